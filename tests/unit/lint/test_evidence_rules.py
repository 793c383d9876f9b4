"""Evidence (RB501 to RB505): does the text rest on its sources?"""

import pytest

from runbooks.lint import LintContext
from tests.unit.lint.builder import NOW, PARTS, TRACE, draft, ids

OTHER = "0123456789abcdef0123456789abcdef"
EVIDENCE = (
    f"trace {TRACE}: retriever/refresh.py hung, index age 3,600 s, service rag-api, 42 errors"
)


def context(**facts: object) -> LintContext:
    """The lineage of the sound draft with single facts replaced."""
    known: dict[str, object] = {"trace_ids": (TRACE,), "now": NOW, **facts}
    return LintContext(**known)  # type: ignore[arg-type]


def quoted(source: str) -> str:
    """The sound draft with another source incident."""
    return draft(metadata=PARTS["metadata"].replace(f"`{TRACE}`", source))


UNSURE = {"confidence": 0.6}
SOURCED = {"evidence_text": EVIDENCE}

CASES = [
    ("RB501", False, draft(), {}),
    ("RB501", True, quoted("`{trace_id}`"), {"trace_ids": ()}),
    ("RB501", True, quoted("unknown"), {"trace_ids": ()}),
    ("RB501", True, quoted("unknown"), {}),
    ("RB501", True, quoted(f"`{OTHER}`"), {}),
    ("RB501", False, quoted("see below") + f"\nSource: {TRACE}\n", {}),
    ("RB501", True, draft(metadata="**Severity**: high"), {}),
    ("RB501", False, quoted(f"`{OTHER}`"), {"trace_ids": (OTHER, TRACE)}),
    ("RB502", False, draft(), {}),
    ("RB502", True, draft(fix=f"1. See trace {OTHER} for the same failure."), {}),
    ("RB502", True, draft(fix="1. See `pattern_made-up-17` for the same failure."), {}),
    ("RB502", False, draft(fix=f"1. See `pattern_{TRACE}` for the same failure."), {}),
    (
        "RB502",
        False,
        draft(fix="1. See span 00f067aa0ba902b7 for the same failure."),
        {"evidence_text": "span 00f067aa0ba902b7"},
    ),
    ("RB502", False, draft(fix="1. The field trace_id and `pattern_id` are required."), {}),
    (
        "RB502",
        False,
        draft(fix=f"1. See trace {OTHER} for the same failure."),
        {"trace_ids": (), "pattern_ids": ()},
    ),
    ("RB503", False, draft(), UNSURE),
    ("RB503", True, draft(summary="The root cause is a hanging refresh of the index."), UNSURE),
    ("RB503", True, draft(fix="1. The failure was caused by a hanging refresh."), UNSURE),
    ("RB503", False, draft(summary="The root cause is likely a hanging refresh."), UNSURE),
    ("RB503", False, draft(summary="The root cause is a hanging refresh."), {"confidence": 0.9}),
    ("RB503", False, draft(summary="The root cause is a hanging refresh."), {"confidence": None}),
    ("RB503", False, draft(fix="1. The failure may be caused by a hanging refresh."), UNSURE),
    (
        "RB504",
        False,
        draft(symptoms="- `rag.index.age_seconds` stays high", summary="The index is stale."),
        SOURCED,
    ),
    ("RB504", True, draft(fix="1. Give the call in `retriever/ranker.py` a deadline."), SOURCED),
    ("RB504", True, draft(summary="The index was 7,250 seconds old when it happened."), SOURCED),
    ("RB504", True, draft(summary="The calls to billing-service failed for everybody."), SOURCED),
    (
        "RB504",
        False,
        draft(summary="rag-api saw 42 errors; the index was 3600 s old.", symptoms="- `x` is up"),
        SOURCED,
    ),
    ("RB504", False, draft(summary="The index was 7,250 seconds old."), {}),
    ("RB505", False, draft(), {}),
    ("RB505", True, draft(), {"edit_source": "human"}),
    ("RB505", True, draft(), {"edit_source": "human", "reviewer_note": "  "}),
    ("RB505", False, draft(), {"edit_source": "human", "reviewer_note": "step 2 was wrong"}),
    ("RB505", False, draft(), {"edit_source": "generated"}),
]


@pytest.mark.parametrize(("rule", "hits", "text", "facts"), CASES)
def test_evidence_rules_hit_what_they_should_and_nothing_else(
    rule: str, hits: bool, text: str, facts: dict[str, object]
) -> None:
    """Each case names one rule, the text, what is known of its sources, and the outcome."""
    assert (rule in ids(text, context(**facts))) is hits


@pytest.mark.parametrize("rule", ["RB502", "RB503", "RB504"])
def test_without_a_lineage_nothing_is_said_about_it(rule: str) -> None:
    """Text alone cannot tell whether a claim has a source."""
    text = draft(summary=f"The root cause is 7,250 in ranker.py, trace {OTHER}.")
    assert rule not in ids(text)
