"""Tracing raises on no text and no evidence, and takes no longer than their length."""

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runbooks.evidence import EvidenceReport, claims_in, sources_of, trace_claims
from runbooks.evidence.report import MAX_PASSAGE
from tests.examples import examples
from tests.timing import holds_once, seconds
from tests.unit.drafting.evidence import evidence, service_row
from tests.unit.drafting.test_untrusted import ATTACKS, poisoned
from tests.unit.evidence.test_tracing import page, sources

SOURCES = sources()
READ = sources_of(SOURCES)
PIECES = st.sampled_from(
    [
        "`", "``", "**", "\\", "# ", "## Summary\n", "## Root Cause Fix\n", "```bash\n", "```\n",
        "- ", "1. ", "\n", "\n\n", "> ", "| a | b |\n|---|---|\n", "kubectl get pods -n ", "--flag=",
        "$(", "\"", "'", "“", "payments-api", "5004 ms", "2.31.0", "because ", "1,000,000", "0.5%",
        "service:", "@http.status_code:>=500", "/srv/pay/pool.py:88", "\u202e", "\x00", "ß", "İ", "…",
        "psql -c \"SELECT 1 FROM t\"", "jq '.a", "| sort -rn", "<a>", "12:30", "-", "_", "~", "€9",
        "1 of 3 ", "**Code change**: ", "`deployment.apps/payments-api restarted`", "wait 5 minutes ",
        "Expected: `0/1`", "about 300 s ", "`No resources found`", "… ",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=30)), max_size=60).map("".join)
JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40),
        st.sampled_from(["role", "messages", "2026-11-12", "1e400", "{", "[1,2"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(
            st.one_of(
                st.sampled_from(
                    ["role", "content", "span_id", "start", "duration", "meta", "name", "attributes",
                     "messages", "spans", "error", "resource", "evaluation", "tool_calls"]
                ),
                st.text(max_size=12),
            ),
            inner,
            max_size=6,
        ),
    ),
    max_leaves=40,
)  # fmt: skip


def check(report: EvidenceReport, text: str) -> None:
    """What holds of every report."""
    lines = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert sum(report.counts.values()) == len(report.claims)
    for traced in report.claims:
        claim, support = traced.claim, traced.support
        assert 1 <= claim.line <= claim.end_line <= lines
        assert claim.start >= 0
        assert claim.end > 0
        assert (claim.line, claim.start) < (claim.end_line, claim.end)
        assert len(support.passage) <= MAX_PASSAGE
        assert 0 <= support.score <= 1
        assert support.found == bool(support.source)


@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_any_text_is_traced(text: str) -> None:
    """A runbook may be any text."""
    check(trace_claims(text, SOURCES, sources=READ), text)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON, JSON, TEXTS)
def test_any_evidence_is_read(payload: object, other: object, words: str) -> None:
    """Traces may hold any JSON value, patterns and rows any words."""
    trace = {"trace_id": "t-1", "service_name": words[:40], "trace_payload": payload}
    pattern = {
        "source_trace_id": "t-1",
        "summary": words,
        "root_cause_hypothesis": words[:100],
        "evidence": other,
        "recommended_actions": other,
        "confidence": other,
    }
    found = evidence({"suggestion_id": "s", "title": words}, [pattern], [trace, {"trace_id": "u"}])
    text = page(f"It fails because of `{words[:60]}` {words}", "Root Cause Fix")
    check(trace_claims(text, found), text)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS)
def test_any_edit_is_traced(base: str, text: str) -> None:
    """Whatever was generated and whatever a person made of it, there is a report."""
    report = trace_claims(text, SOURCES, base_markdown=base, sources=READ)
    check(report, text)
    same = trace_claims(text, SOURCES, base_markdown=text, sources=READ)
    assert same.counts["person"] == 0


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_words_are_quotes(attack: str) -> None:
    """Text of a stranger in every place of the evidence breaks nothing."""
    text = page(f"It fails with {attack} because of it.", "Summary")
    check(trace_claims(text, poisoned(attack)), text)


HOSTILE: list[Callable[[int], str]] = [
    lambda size: "a-" * (size // 2),
    lambda size: "a.b/" * (size // 4),
    lambda size: "1," * (size // 2),
    lambda size: "1.5 ms " * (size // 7),
    lambda size: "`x y z w` " * (size // 10),
    lambda size: "`" * size,
    lambda size: "**" * (size // 2),
    lambda size: '"' * size,
    lambda size: '"a1 b c" ' * (size // 9),
    lambda size: "because " * (size // 8),
    lambda size: "some-name-x " * (size // 12),
    lambda size: "Before it fails, x. " * (size // 20),
    lambda size: "service:a " * (size // 10),
    lambda size: "\\" * size,
    lambda size: "```bash\n" + "kubectl get pods --a --b -c d | " * (size // 32),
    lambda size: "```bash\n" + "kubectl get pods -n x --bad\n" * (size // 28),
    lambda size: "error: no such words as these here at all " * (size // 42),
    lambda size: "- `no such quote in any source`\n" * (size // 32),
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_texts_take_no_longer_than_their_length(number: int) -> None:
    """Twice the text takes about twice the time, and 60 kB a few seconds at most."""

    def took(size: int) -> float:
        text = "## Summary\n\n" + HOSTILE[number](size)
        return seconds(lambda: check(trace_claims(text, SOURCES, sources=READ), text))

    def is_linear() -> bool:
        short, long = took(30_000), took(60_000)
        return long < min(4, 4 * short + 0.2)

    assert holds_once(is_linear)


def test_megabytes_of_traces_stay_bounded() -> None:
    """Eight megabytes of traces are read in part, in a few seconds, and the report says so."""
    said = "The pool of worker-{0} gave {1} ms to request r-{0}{1}. "
    messages = [
        {"role": "tool", "content": "".join(said.format(n, m) for m in range(40))}
        for n in range(4_000)
    ]
    trace = {"trace_id": "t-1", "service_name": "payments-api", "trace_payload": messages}
    found = evidence({"suggestion_id": "s-1"}, [], [trace], service_row("payments-api"))
    text = page("`worker-7` gave 31 ms, `no such words as these` and `worker-9999999`.") * 40
    begin = time.process_time()
    report = trace_claims(text, found)
    assert report.partial
    assert time.process_time() - begin < 5
    assert report.counts["trace"] > 0


def test_a_text_beyond_the_parser_s_bounds_is_partial() -> None:
    """What was not read of a runbook is not passed over in silence."""
    assert trace_claims("It takes 99 minutes. " * 20_000, SOURCES, sources=READ).partial


def test_claims_are_found_without_any_source() -> None:
    """The claims of a text are known without its evidence."""
    kinds = [
        claim.kind
        for claim in claims_in(page("`pay_pool` starves because of `pool.py` after 9 s."))
    ]
    assert kinds == ["cause", "name", "file", "number"]
