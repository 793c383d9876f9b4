"""How a snippet is made: from a drafter's answer, or from a person's text (CONTRACT R11, R12)."""

from collections.abc import Mapping
from datetime import datetime

from runbooks.drafting.port import DraftAnswer, Evidence
from runbooks.findings import Assessment, assess
from runbooks.markdown.outline import Outline, parse, quality
from runbooks.models import RunbookDraft, Suggestion
from runbooks.revision import iso

Snippet = dict[str, object]


def generated(
    suggestion: Suggestion, evidence: Evidence, answer: DraftAnswer, run_id: str, now: datetime
) -> Snippet:
    """Make the snippet of a drafter's answer; the gate of CONTRACT R12 decides its status.

    Keys of the replaced snippet that are not ours stay: other services put them there (§1).
    """
    read = assess(answer.markdown, evidence.trace_ids, evidence.pattern_ids)
    gate = _gate(read, answer)
    meta = answer.meta.model_copy(update={"run_id": run_id, "gate": gate})
    return {
        **_foreign(suggestion.slot.raw),
        "runbook_id": f"runbook_{suggestion.suggestion_id}",
        "rationale": answer.rationale,
        "markdown_content": answer.markdown,
        **_fields(read.outline, suggestion),
        "source": _source(suggestion, evidence),
        "status": "needs_human_input" if gate else "draft",
        "edit_source": "generated",
        "generated_at": iso(now),
        "updated_at": iso(now),
        "generator_meta": meta.model_dump(mode="json", exclude_none=True),
    }


def _foreign(raw: object) -> Snippet:
    ours = RunbookDraft.model_fields
    return {k: v for k, v in raw.items() if k not in ours} if isinstance(raw, Mapping) else {}


def _gate(read: Assessment, answer: DraftAnswer) -> tuple[str, ...]:
    """Say in words why a person must complete this draft; nothing when it may stand (R12).

    A template, too little content, or a finding that would block its approval.
    """
    reasons = [*answer.doubts, *quality(read.outline)]
    if answer.meta.fallback_reason is not None:
        reasons.insert(0, f"a template stands in: {answer.meta.fallback_reason}")
    reasons += [f"{f.id} line {f.line}: {f.message}" for f in read.errors]
    return tuple(reasons[:12])


def edited(suggestion: Suggestion, markdown: str, actor: str, now: datetime) -> Snippet:
    """Merge a person's text onto what stands there; keys that we do not know stay (R2, R11)."""
    raw = suggestion.slot.raw
    return by_person(suggestion, raw if isinstance(raw, Mapping) else {}, markdown, actor, now)


def by_person(
    suggestion: Suggestion,
    base: Mapping[str, object],
    markdown: str,
    actor: str,
    now: datetime,
) -> Snippet:
    """Make the snippet of a person's text on `base`: fields and text agree (CONTRACT R11)."""
    kept = {"runbook_id": f"runbook_{suggestion.suggestion_id}", "rationale": "", **base}
    kept.setdefault("source", _source(suggestion, None))
    return {
        **kept,
        **_fields(parse(markdown), suggestion),
        "markdown_content": markdown,
        "status": "draft",
        "edit_source": "human",
        "updated_at": iso(now),
        "edited_by": actor,
        "edited_at": iso(now),
    }


def _fields(outline: Outline, suggestion: Suggestion) -> Snippet:
    return {
        "title": outline.title or suggestion.heading,
        "symptoms": list(outline.symptoms),
        "diagnosis_commands": list(outline.diagnosis_commands),
        "mitigation_steps": list(outline.mitigation_steps),
        "escalation_criteria": outline.escalation_criteria,
    }


def _source(suggestion: Suggestion, evidence: Evidence | None) -> Snippet:
    canonical = evidence.canonical if evidence else None
    listed = [source.trace_id for source in suggestion.sources]
    return {
        "suggestion_id": suggestion.suggestion_id,
        "canonical_trace_id": (evidence.canonical_trace_id or None) if evidence else None,
        "canonical_pattern_id": canonical.pattern_id if canonical else None,
        "trace_ids": list(evidence.trace_ids) if evidence else listed,
        "pattern_ids": list(evidence.pattern_ids) if evidence else [],
    }
