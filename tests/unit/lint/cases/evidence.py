"""Evidence (RB501 to RB505): texts that a rule must hit, and such as it must leave alone."""

from tests.unit.lint.builder import PARTS, TRACE, draft

OTHER = "0123456789abcdef0123456789abcdef"

EVIDENCE = (
    f"trace {TRACE}: retriever/refresh.py hung, index age 3,600 s, service rag-api, 42 errors"
)


def quoted(source: str) -> str:
    """The sound draft with another source incident."""
    return draft(metadata=PARTS["metadata"].replace(f"`{TRACE}`", source))


UNSURE = {"confidence": 0.6}

SOURCED = {"evidence_text": EVIDENCE}
CALM = {"summary": "The index is stale.", "symptoms": "- `rag.index.age_seconds` stays high"}

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

CASES += [
    ("RB501", False, quoted("`trace-2026-17`"), {"trace_ids": ()}),
    ("RB501", False, quoted(f"[{TRACE}](https://app.datadoghq.com/apm/trace/{TRACE})"), {}),
    ("RB502", True, draft(fix="1. Compare with span 00f067aa0ba902b7 of that day."), {}),
    (
        "RB502",
        True,
        draft(fix="1. See 123e4567-e89b-12d3-a456-426614174000 for the same failure."),
        {},
    ),
    ("RB502", True, draft(symptoms=f"- As in trace `{OTHER}`, 42 errors in the log"), {}),
    (
        "RB503",
        True,
        draft(summary="The index is stale because of a bug, caused by a lock."),
        UNSURE,
    ),
    ("RB503", True, draft(fix="1. This happened because the lock was never released."), UNSURE),
    ("RB503", True, draft(symptoms="- 42 errors, which were the result of a lock"), UNSURE),
    (
        "RB504",
        True,
        draft(fix="1. Move the deadline of `indexer/schedule.yaml` to the retriever."),
        SOURCED,
    ),
    ("RB504", True, draft(symptoms="- 97 % of all answers are older than they should be"), SOURCED),
    (
        "RB504",
        False,
        draft(summary="The index is stale.", symptoms="- `retriever/refresh.py` hangs"),
        SOURCED,
    ),
    ("RB504", False, draft(fix="1. Give it a deadline of 90 seconds.", **CALM), SOURCED),
    ("RB505", True, draft(summary="A person wrote these words."), {"edit_source": "human"}),
    ("RB505", True, draft(), {"edit_source": "human", "reviewer_note": None}),
    ("RB505", True, draft(), {"edit_source": "human", "reviewer_note": "\n"}),
    ("RB505", False, draft(), {"edit_source": None, "reviewer_note": None}),
    ("RB505", False, draft(), {"edit_source": "human", "reviewer_note": "ok"}),
]
