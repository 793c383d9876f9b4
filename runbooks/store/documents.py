"""Foreign documents as models: any shape is read, nothing raises, nothing is lost (CONTRACT §1).

The model is a view; writes go back to named fields of the document, so what we do not know stays.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from runbooks.models import (
    Approval,
    EmbeddedPattern,
    FailurePattern,
    HistoryEntry,
    RawTrace,
    Source,
    Suggestion,
)
from runbooks.store.port import FieldPath, Stored
from runbooks.store.reading import (
    kind_of,
    mapping,
    members,
    moment,
    number,
    said_of,
    severity,
    text,
    texts,
    whole,
    word,
)
from runbooks.store.slots import read_slot
from runbooks.values import Document

PATTERN_PREFIX = "pattern_"

SUGGESTION_FIELDS = (
    "suggestion_id",
    "type",
    "status",
    "severity",
    "title",
    "description",
    "source_traces",
    "source_trace_id",
    "pattern",
    "similarity_group",
    "suggestion_content",
    "approval_metadata",
    "version_history",
    "created_at",
    "updated_at",
    "sample",
)
"""What is fetched of a suggestion: all that we read, and never the embedding."""


def read_suggestion(stored: Stored) -> Suggestion:
    """View a stored document as a suggestion; its document id is its id."""
    found = stored.document
    return Suggestion(
        suggestion_id=stored.key,
        type=word(found.get("type")),
        status=word(found.get("status")),
        severity=severity(found.get("severity")),
        title=text(found.get("title")),
        description=text(found.get("description")),
        sources=_sources(found),
        pattern=_embedded(found.get("pattern")),
        similarity_group=word(found.get("similarity_group")),
        slot=read_slot(found),
        approval=_approval(found.get("approval_metadata")),
        history=tuple(_history(item) for item in members(found.get("version_history"))),
        created_at=moment(found.get("created_at")),
        updated_at=moment(found.get("updated_at")),
        sample=found.get("sample") is True,
        oddities=_oddities(stored.key, found),
        document=found,
        token=stored.token,
    )


def read_after(suggestion: Suggestion, fields: Mapping[FieldPath, object]) -> Suggestion:
    """Give the suggestion as it will read once these fields are written."""
    document: dict[str, object] = dict(suggestion.document)
    for path, value in fields.items():
        _put(document, path, value)
    stored = Stored(suggestion.suggestion_id, document, None, datetime.min.replace(tzinfo=UTC))
    return read_suggestion(stored)


def _put(document: dict[str, object], path: FieldPath, value: object) -> None:
    name, *rest = path
    if not rest:
        document[name] = value
        return
    copy = dict(mapping(document.get(name)))
    _put(copy, tuple(rest), value)
    document[name] = copy


def read_pattern(stored: Stored) -> FailurePattern:
    """View a stored document as a failure pattern; the document id names its trace."""
    found = stored.document
    evidence = mapping(found.get("evidence"))
    context = mapping(found.get("reproduction_context"))
    return FailurePattern(
        pattern_id=text(found.get("pattern_id")) or PATTERN_PREFIX + stored.key,
        source_trace_id=text(found.get("source_trace_id")) or stored.key,
        title=text(found.get("title")),
        failure_type=word(found.get("failure_type")),
        trigger_condition=text(found.get("trigger_condition")),
        summary=text(found.get("summary")),
        root_cause_hypothesis=text(found.get("root_cause_hypothesis")),
        signals=texts(evidence.get("signals")),
        excerpt=text(evidence.get("excerpt")),
        recommended_actions=texts(found.get("recommended_actions")),
        input_pattern=text(context.get("input_pattern")),
        required_state=text(context.get("required_state")),
        tools_involved=texts(context.get("tools_involved")),
        severity=severity(found.get("severity")),
        confidence=number(found.get("confidence")),
        confidence_rationale=text(found.get("confidence_rationale")),
        extracted_at=moment(found.get("extracted_at")),
    )


def read_trace(stored: Stored) -> RawTrace:
    """View a stored document as a raw trace; its document id is its id."""
    found = stored.document
    return RawTrace(
        trace_id=stored.key,
        service_name=word(found.get("service_name")),
        failure_type=word(found.get("failure_type")),
        severity=severity(found.get("severity")),
        payload=found.get("trace_payload"),
        fetched_at=moment(found.get("fetched_at")),
        status_code=whole(found.get("status_code")),
        recurrence_count=whole(found.get("recurrence_count")),
        datadog_url=text(found.get("datadog_url")),
        datadog_site=text(found.get("datadog_site")),
    )


def _sources(found: Document) -> tuple[Source, ...]:
    """Read the lineage: objects, plain trace ids, or only `source_trace_id`; each trace once."""
    read = [_source(item) for item in members(found.get("source_traces"))]
    only = text(found.get("source_trace_id"))
    if only:
        read.append(Source(trace_id=only))
    unique: dict[str, Source] = {}
    for source in read:
        if source is not None:
            unique.setdefault(source.trace_id, source)
    return tuple(unique.values())


def _source(item: object) -> Source | None:
    if isinstance(item, str):
        return Source(trace_id=item) if item else None
    fields = mapping(item)
    pattern_id = text(fields.get("pattern_id"))
    trace_id = text(fields.get("trace_id")) or pattern_id.removeprefix(PATTERN_PREFIX)
    if not trace_id:
        return None
    return Source(
        trace_id=trace_id,
        pattern_id=pattern_id or None,
        similarity_score=number(fields.get("similarity_score")),
        added_at=moment(fields.get("added_at")),
    )


def _embedded(value: object) -> EmbeddedPattern:
    found = mapping(value)
    return EmbeddedPattern(
        failure_type=word(found.get("failure_type")),
        trigger_condition=text(found.get("trigger_condition")),
        title=text(found.get("title")),
        summary=text(found.get("summary")),
        severity=severity(found.get("severity")),
    )


def _approval(value: object) -> Approval | None:
    found = mapping(value)
    if not found:
        return None
    return Approval(
        actor=word(found.get("actor")),
        action=word(found.get("action")),
        timestamp=moment(found.get("timestamp")),
        notes=text(found.get("notes")),
        reason=text(found.get("reason")),
        revision=text(found.get("revision")) or None,
        override_reason=text(found.get("override_reason")),
    )


def _history(value: object) -> HistoryEntry:
    found = mapping(value)
    return HistoryEntry(
        previous_status=word(found.get("previous_status")),
        new_status=word(found.get("new_status")),
        actor=word(found.get("actor")),
        timestamp=moment(found.get("timestamp")),
        notes=text(found.get("notes")),
        revision=text(found.get("revision")) or None,
    )


_EXPECTED: dict[str, tuple[type, ...]] = {
    "type": (str,),
    "status": (str,),
    "source_traces": (list,),
    "pattern": (Mapping,),
    "approval_metadata": (Mapping,),
    "version_history": (list,),
}


def _oddities(key: str, found: Document) -> tuple[str, ...]:
    """Say in words which parts are not of the shape that the contract gives them."""
    said = [
        f"{name} is a {kind_of(found[name])}"
        for name, kinds in _EXPECTED.items()
        if found.get(name) is not None and not isinstance(found[name], kinds)
    ]
    said += [f"{name} is missing" for name in ("type", "status") if found.get(name) is None]
    stored_id = found.get("suggestion_id")
    if stored_id is not None and stored_id != key:
        said.append(f"suggestion_id {said_of(stored_id)}")
    return tuple(said)
