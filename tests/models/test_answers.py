"""Any text that a model can send becomes a runbook's parts or is refused, and nothing else."""

import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runbooks.drafting.answers import (
    MAX_ANSWER_CHARS,
    SCHEMA,
    RunbookAnswer,
    Unusable,
    WholeAnswer,
    close_truncated,
    read_answer,
)
from tests.examples import examples

STEP = {
    "title": "Read the log of “checkout” – Ünïcödé 🚑",
    "command": 'kubectl logs -n shop deploy/checkout | grep -E "a\\\\.b" \\\n  --since=1h',
    "language": "sh",
    "expect": 'a line with "pool exhausted"\tand\u2028more',
    "otherwise": "go on",
}
GOOD = {
    "title": "Pool exhausted",
    "rationale": "Trace 4bf92f says so.",
    "summary": "Checkout waits for connections.",
    "symptoms": ["`PoolTimeout` in the log", "p99 above 5 s"],
    "diagnosis": [STEP, {**STEP, "title": "Count {braces} and [brackets]"}],
    "mitigation": [STEP],
    "root_cause_fix": ["Likely a leak in \\path\\to"],
}
TEXT = json.dumps(GOOD)
PLAIN = json.dumps(GOOD, ensure_ascii=False)


def outcome(text: str, *, mend: bool) -> object:
    """What reading gives: an answer, or the kind of refusal. Any other error is one."""
    try:
        return read_answer(text, mend=mend)
    except Unusable as unusable:
        return unusable.kind if unusable.problem else "a refusal without a reason"


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        PLAIN,
        f"  \n{TEXT}\n ",
        f"```json\n{TEXT}\n```",
        f"```\n{TEXT}\n```\nI hope this helps!",
        f"Here is your runbook:\n\n{TEXT}\n\nStay safe.",
        f"<think>The user wants {{JSON}} of a runbook…</think>\n{TEXT}",
        f"\ufeff{TEXT}",
        PLAIN.replace("\\n", "\n"),
        PLAIN.replace("a\\\\\\\\.b", "a\\.b"),
        json.dumps({**GOOD, "invented": {"more": [1, None]}}),
    ],
)
def test_good_answers_in_every_wrapping_are_read(text):
    """Fences, words around it, thoughts before it, raw line breaks, fields nobody asked for."""
    answer = read_answer(text)
    assert isinstance(answer, RunbookAnswer)
    assert (answer.title, len(answer.diagnosis)) == ("Pool exhausted", 2)


def test_a_finished_text_is_read_as_one():
    """Some models and gateways send the whole Markdown."""
    answer = read_answer(json.dumps({"title": "T", "markdown_content": "# T\n\n## Summary\n"}))
    assert answer == WholeAnswer(title="T", markdown_content="# T\n\n## Summary\n")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "invalid_json"),
        (" \n\t", "invalid_json"),
        ("I cannot help with that.", "invalid_json"),
        ("Sure! Here is { your runbook", "invalid_json"),
        ("null", "schema_validation"),
        ("42", "schema_validation"),
        ('"text"', "schema_validation"),
        ("[]", "schema_validation"),
        ("{}", "schema_validation"),
        ('{"answer": 42}', "schema_validation"),
        (json.dumps({**GOOD, "symptoms": "one line"}), "schema_validation"),
        (json.dumps({**GOOD, "diagnosis": [1, 2]}), "schema_validation"),
        (json.dumps({**GOOD, "title": ""}), "schema_validation"),
        (json.dumps({**GOOD, "title": "x" * 301}), "schema_validation"),
        (json.dumps({**GOOD, "diagnosis": [STEP] * 21}), "schema_validation"),
        (json.dumps({"markdown_content": ""}), "schema_validation"),
        (json.dumps({"markdown_content": None}), "schema_validation"),
    ],
)
def test_what_is_no_runbook_is_refused_by_its_kind(text, kind):
    """The kinds are those of the error records (CONTRACT §1)."""
    assert outcome(text, mend=False) == kind
    assert outcome(text, mend=True) == kind


@pytest.mark.parametrize("text", [TEXT, PLAIN], ids=["escaped", "plain"])
def test_an_answer_cut_at_any_place_is_mended_or_refused(text):
    """Never another error, never a word that the model did not send."""
    mended = 0
    for cut in range(len(text)):
        assert outcome(text[:cut], mend=False) in ("invalid_json", "schema_validation")
        found = outcome(text[:cut], mend=True)
        if isinstance(found, RunbookAnswer):
            mended += 1
            assert found.diagnosis == read_answer(text).diagnosis
            for line, whole in zip(found.root_cause_fix, GOOD["root_cause_fix"], strict=False):
                assert whole.startswith(line)
    assert mended > 10


@pytest.mark.parametrize("text", [TEXT, PLAIN], ids=["escaped", "plain"])
def test_closing_gives_json_wherever_it_was_cut(text):
    """And what was whole before the cut is still there."""
    for cut in range(1, len(text) + 1):
        found = json.loads(close_truncated(text[:cut]), strict=False)
        assert found.keys() <= GOOD.keys()
        for name in list(found)[:-1]:
            assert found[name] == GOOD[name]


@settings(max_examples=examples(300), deadline=None)
@given(st.text(max_size=400))
@example("{" * 100_000)
@example("[" * 100_000)
@example('{"a":' * 50_000)
@example('{"title":"\\ud83d"}')
@example('{"a":' + "9" * 5_000 + "}")
@example("\x00" * 100)
def test_no_text_raises_anything_else(text):
    """Whatever comes over the wire."""
    outcome(text, mend=False)
    outcome(text, mend=True)


@settings(max_examples=examples(300), deadline=None)
@given(st.text(alphabet='{}[]":,\\u0123 ntrue-.eE\n`', max_size=120))
def test_no_mixture_of_json_signs_raises_anything_else(text):
    """Nearly JSON is what breaks readers."""
    outcome(text, mend=False)
    outcome(text, mend=True)
    close_truncated(text)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@settings(max_examples=examples(300), deadline=None)
@given(
    st.dictionaries(st.sampled_from([*GOOD, "markdown_content"]), values),
    st.integers(0, 400),
)
def test_no_value_of_any_shape_raises_anything_else(fields, cut):
    """Right names with wrong values, whole and cut."""
    text = json.dumps({**GOOD, **fields})
    outcome(text, mend=False)
    outcome(text[:cut], mend=True)


@settings(max_examples=examples(200), deadline=None)
@given(values, st.integers(0, 300))
def test_any_json_cut_anywhere_is_closed_to_json(value, cut):
    """The closing is about JSON, not about runbooks."""
    text = json.dumps({"a": value, "b": [value]})
    closed = close_truncated(text[: max(1, cut)])
    json.loads(closed)


def test_half_of_a_sign_does_not_get_further():
    """A lone surrogate can be stored nowhere, so it is replaced."""
    answer = read_answer(json.dumps({**GOOD, "title": "a\ud83d b"}))
    answer.title.encode("utf-8")


HOSTILE = [
    ("nested braces", "{"),
    ("nested brackets", "["),
    ("keys", '{"a":'),
    ("quotes", '"'),
    ("escapes", '{"a":"\\\\'),
    ("commas", ',"x"'),
    ("blanks after a value", '{"a":"x"' + " " * 1000),
    ("fences", "```json\n"),
    ("thoughts", "</think>"),
    ("line breaks", "\n"),
]


@pytest.mark.parametrize("piece", [p for _, p in HOSTILE], ids=[name for name, _ in HOSTILE])
def test_the_time_grows_with_the_length(piece):
    """The longest text that is looked at takes a fraction of a second."""
    text = (piece * MAX_ANSWER_CHARS)[: MAX_ANSWER_CHARS - 1] + "z"
    started = time.process_time()
    outcome(text, mend=True)
    assert time.process_time() - started < 2.0


def test_what_is_beyond_the_limit_is_not_read():
    """A server that sends without end costs no more than one that stops."""
    assert outcome(TEXT[:-1] + " " * MAX_ANSWER_CHARS + "}", mend=False) == "invalid_json"


def test_the_schema_is_plain_and_closed():
    """No references, every field required, nothing besides: what strict servers ask for."""
    text = json.dumps(SCHEMA)
    assert "$ref" not in text
    assert set(SCHEMA["required"]) == set(SCHEMA["properties"]) == set(GOOD)
    assert SCHEMA["additionalProperties"] is False
