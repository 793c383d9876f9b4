"""What stands where the draft belongs: read by CONTRACT R2, in whatever shape it is."""

from collections.abc import Mapping

from runbooks.models import DraftSource, GeneratorMeta, RunbookDraft, Slot, SlotKind
from runbooks.revision import revision
from runbooks.store.reading import (
    kind_of,
    mapping,
    moment,
    number,
    said_of,
    text,
    texts,
    whole,
    word,
)
from runbooks.values import Document

_KINDS = {"generated": SlotKind.GENERATED, "human": SlotKind.HUMAN}


def read_slot(document: Document) -> Slot:
    """Say what stands where the draft belongs, by CONTRACT R2."""
    content = document.get("suggestion_content")
    if content is not None and not isinstance(content, Mapping):
        problem = f"suggestion_content is a {kind_of(content)}, not a map"
        return Slot(kind=SlotKind.UNWRITABLE, revision="none", raw=content, problem=problem)
    return slot_of(content.get("runbook_snippet") if content else None)


def slot_of(snippet: object) -> Slot:
    """Classify a stored snippet: only `edit_source == "generated"` is unprotected (CONTRACT R2)."""
    name = revision(snippet)
    if snippet is None or snippet == {}:
        return Slot(kind=SlotKind.EMPTY, revision=name)
    if not isinstance(snippet, Mapping):
        problem = f"the draft is a {kind_of(snippet)}, not a map"
        return Slot(kind=SlotKind.FOREIGN, revision=name, raw=snippet, problem=problem)
    source = snippet.get("edit_source")
    kind = _KINDS.get(source, SlotKind.FOREIGN) if isinstance(source, str) else SlotKind.FOREIGN
    problem = ""
    if not isinstance(snippet.get("markdown_content"), str):
        problem = "the draft has no text in markdown_content"
    elif kind is SlotKind.FOREIGN:
        problem = f"the draft's edit_source {said_of(source)}"
    draft = None if problem else read_draft(snippet)
    return Slot(kind=kind, revision=name, raw=snippet, draft=draft, problem=problem)


def read_draft(snippet: Mapping[str, object]) -> RunbookDraft:
    """View a stored snippet as a draft."""
    return RunbookDraft(
        runbook_id=text(snippet.get("runbook_id")),
        title=text(snippet.get("title")),
        rationale=text(snippet.get("rationale")),
        markdown_content=text(snippet.get("markdown_content")),
        symptoms=texts(snippet.get("symptoms")),
        diagnosis_commands=texts(snippet.get("diagnosis_commands")),
        mitigation_steps=texts(snippet.get("mitigation_steps")),
        escalation_criteria=text(snippet.get("escalation_criteria")),
        source=_draft_source(mapping(snippet.get("source"))),
        status=text(snippet.get("status")),
        edit_source=text(snippet.get("edit_source")),
        generated_at=moment(snippet.get("generated_at")),
        updated_at=moment(snippet.get("updated_at")),
        generator_meta=read_meta(mapping(snippet.get("generator_meta"))),
        edited_by=text(snippet.get("edited_by")) or None,
        edited_at=moment(snippet.get("edited_at")),
    )


def readable_text(raw: object) -> str:
    """Give whatever text a slot of unknown shape holds, so that a person can rescue it."""
    if isinstance(raw, Mapping):
        return text(raw.get("markdown_content"))
    return text(raw)


def read_meta(found: Mapping[str, object]) -> GeneratorMeta:
    """View a stored generator_meta."""
    return GeneratorMeta(
        model=word(found.get("model")),
        provider=word(found.get("provider")),
        model_version=text(found.get("model_version")) or None,
        temperature=number(found.get("temperature")),
        prompt_hash=text(found.get("prompt_hash")) or None,
        prompt_version=text(found.get("prompt_version")) or None,
        response_sha256=text(found.get("response_sha256")) or None,
        run_id=word(found.get("run_id")) or None,
        input_tokens=whole(found.get("input_tokens")),
        output_tokens=whole(found.get("output_tokens")),
        cost_usd=number(found.get("cost_usd")),
        latency_ms=number(found.get("latency_ms")),
        attempts=whole(found.get("attempts")),
        fallback_reason=word(found.get("fallback_reason")) or None,
        evidence_hash=word(found.get("evidence_hash")) or None,
        gate=texts(found.get("gate")),
    )


def _draft_source(found: Mapping[str, object]) -> DraftSource:
    return DraftSource(
        suggestion_id=text(found.get("suggestion_id")),
        canonical_trace_id=text(found.get("canonical_trace_id")) or None,
        canonical_pattern_id=text(found.get("canonical_pattern_id")) or None,
        trace_ids=texts(found.get("trace_ids")),
        pattern_ids=texts(found.get("pattern_ids")),
    )
