"""The template for what cannot be drafted (CONTRACT R8)."""

import pytest

from runbooks.drafting.fallback import REASONS, fallback, fallback_reason
from runbooks.drafting.port import Evidence
from runbooks.markdown.outline import SECTIONS, parse
from runbooks.revision import sha256
from tests.unit.drafting.evidence import NOW, evidence, sample, tau

SUGGESTION = {
    "suggestion_id": "s-1",
    "type": "runbook",
    "severity": "high",
    "source_traces": ["trace-1", "trace-2"],
    "pattern": {"failure_type": "llm_error", "summary": "Calls to the model fail."},
}
TRACE = {
    "trace_id": "trace-1",
    "service_name": "chat",
    "trace_payload": {"tool_errors": ["Error: model is overloaded"]},
}
COMPLETE: dict[str, object] = {
    "source_trace_id": "trace-1",
    "failure_type": "llm_error",
    "trigger_condition": "many calls",
    "root_cause_hypothesis": "No limit on our side.",
    "recommended_actions": ["Lower the concurrency"],
    "reproduction_context": {"input_pattern": "a long question", "tools_involved": []},
    "confidence": 0.8,
}


def having(*, own: str = "", **changes: object) -> Evidence:
    """Evidence with one pattern; `own` is the trigger in the suggestion's own pattern."""
    pattern = {"failure_type": "llm_error", "trigger_condition": own}
    return evidence({**SUGGESTION, "pattern": pattern}, [{**COMPLETE, **changes}], [TRACE])


def test_a_complete_pattern_needs_no_template():
    """Trigger and reproduction input are there: ask the drafter."""
    assert fallback_reason(having()) is None


def test_no_pattern_document_is_a_reason_even_with_an_embedded_one():
    """The suggestion's own short pattern does not replace the document."""
    lone = evidence({**SUGGESTION, "pattern": {"trigger_condition": "x"}}, [], [TRACE])
    assert fallback_reason(lone) == "missing_failure_patterns"


@pytest.mark.parametrize(
    "changes",
    [
        {"trigger_condition": ""},
        {"trigger_condition": "  \n"},
        {"trigger_condition": None},
        {"reproduction_context": None},
        {"reproduction_context": {"input_pattern": "", "tools_involved": ["a"]}},
        {"reproduction_context": {"input_pattern": " "}},
    ],
)
def test_a_missing_trigger_or_input_is_insufficient_context(changes):
    """Either gap is enough, blank counts as missing."""
    assert fallback_reason(having(**changes)) == "insufficient_context"


def test_the_trigger_of_the_embedded_pattern_counts():
    """The same condition said by the suggestion itself is as good."""
    assert fallback_reason(having(own="many calls", trigger_condition="")) is None


def test_real_suggestions_need_no_template(shared_data):
    """SC-006: the nineteen agent failures are all drafted."""
    assert [fallback_reason(one) for one in tau(shared_data)] == [None] * 19


def test_the_sample_shows_both_kinds_of_gap():
    """The sample holds a suggestion without a pattern and one without context."""
    reasons = {fallback_reason(one) for one in sample()}
    assert reasons == {None, "missing_failure_patterns", "insufficient_context"}


@pytest.mark.parametrize("reason", REASONS)
def test_a_template_has_the_six_sections_and_its_own_name(reason):
    """Same headings, model template_<reason>, no attempt, no cost."""
    answer = fallback(having(), reason, NOW)
    assert tuple(parse(answer.markdown).sections) == SECTIONS
    assert answer.meta.model == f"template_{reason}"
    assert answer.meta.provider == "template"
    assert answer.meta.fallback_reason == reason
    assert (answer.meta.attempts, answer.meta.cost_usd) == (0, 0.0)
    assert answer.meta.response_sha256 == sha256(answer.markdown)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("missing_failure_patterns", "No failure pattern is stored"),
        ("insufficient_context", "missing: the trigger condition"),
        ("run_budget_exceeded", "money of this run was used up"),
    ],
)
def test_a_template_says_in_plain_words_what_is_missing(reason, words):
    """In the text and in the rationale, with what a person has to do."""
    answer = fallback(having(trigger_condition=""), reason, NOW)
    assert words in answer.markdown
    assert words in answer.rationale
    assert "A person has to write this section" in answer.markdown
    assert "this runbook again" in answer.markdown


def test_a_template_shows_what_is_known():
    """Errors, ids, the embedded summary and the pattern's own advice are not held back."""
    lone = evidence(SUGGESTION, [], [TRACE])
    text = fallback(lone, "missing_failure_patterns", NOW).markdown
    for words in ("Error: model is overloaded", "trace-1", "Calls to the model fail", "chat"):
        assert words in text
    spent = fallback(having(), "run_budget_exceeded", NOW).markdown
    assert "No limit on our side" in spent
    assert "Lower the concurrency" in spent


def test_the_rationale_counts_what_was_found():
    """A reviewer sees that one of two traces is there."""
    rationale = fallback(having(), "run_budget_exceeded", NOW).rationale
    assert "failure patterns 1, source traces 1 of 2" in rationale
    assert "trace-1" in rationale


def test_a_template_of_nothing_is_a_template():
    """An empty suggestion raises nothing."""
    for reason in REASONS:
        outline = parse(fallback(evidence({}), reason, NOW).markdown)
        assert tuple(outline.sections) == SECTIONS


def test_the_same_evidence_gives_the_same_template():
    """Templates are deterministic, so that a second run changes nothing."""
    one, two = (fallback(having(), "run_budget_exceeded", NOW) for _ in range(2))
    assert one == two
