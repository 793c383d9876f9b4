"""Our own documents ⇄ models: versions, queue entries, unsaved texts, runs, errors, audit.

Runs and errors are shared with other services, so they are read with the same patience as
foreign documents; a queue entry that cannot be read is made anew by discovery.
"""

from pydantic import ValidationError

from runbooks.models import (
    AuditEntry,
    Outcome,
    OutcomeStatus,
    QueueEntry,
    RunError,
    RunState,
    RunSummary,
    UnsavedText,
    Version,
)
from runbooks.revision import iso
from runbooks.store.codec import asked_for, key_of
from runbooks.store.port import Stored
from runbooks.store.reading import mapping, members, moment, number, text, whole
from runbooks.store.slots import slot_of
from runbooks.values import Document

_RUN_COUNTS = (
    "batch_size",
    "picked_up_count",
    "generated_count",
    "skipped_count",
    "error_count",
    "fallback_count",
    "needs_input_count",
    "in_flight",
    "input_tokens",
    "output_tokens",
)
_CALL_COUNTS = ("input_tokens", "output_tokens", "attempts")


def version_key(suggestion_id: str, number_: int) -> str:
    """Name a version's document (CONTRACT §1)."""
    return key_of(f"{suggestion_id}:{number_}")


def write_version(version: Version) -> Document:
    """Give a version as stored; its snippet goes in untouched."""
    return {
        "suggestion_id": asked_for(version.suggestion_id),
        "number": version.number,
        "revision": version.revision,
        "base_revision": version.base_revision,
        "applied": version.applied,
        "snippet": version.snippet,
        "actor": version.actor,
        "reason": version.reason,
        "note": version.note,
        "at": iso(version.at) if version.at else None,
    }


def read_version(stored: Stored) -> Version:
    """View a stored version."""
    found = stored.document
    snippet = found.get("snippet")
    return Version(
        suggestion_id=text(found.get("suggestion_id")),
        number=whole(found.get("number")) or 0,
        revision=text(found.get("revision")),
        base_revision=text(found.get("base_revision")),
        applied=found.get("applied") is not False,
        snippet=snippet,
        actor=text(found.get("actor")),
        reason=text(found.get("reason")),
        note=text(found.get("note")),
        at=moment(found.get("at")),
        draft=slot_of(snippet).draft,
    )


def write_entry(entry: QueueEntry) -> dict[str, object]:
    """Give a queue entry as stored."""
    return entry.model_dump(mode="json")


def read_entry(stored: Stored) -> QueueEntry | None:
    """View a stored queue entry; None when it is broken and must be made anew."""
    try:
        return QueueEntry.model_validate({**stored.document, "suggestion_id": stored.key})
    except ValidationError:
        return None


def read_unsaved(stored: Stored) -> UnsavedText:
    """View an unsaved text."""
    found = stored.document
    return UnsavedText(
        key=stored.key,
        suggestion_id=text(found.get("suggestion_id")),
        actor=text(found.get("actor")),
        place=text(found.get("place")),
        base_revision=text(found.get("base_revision")),
        text=text(found.get("text")),
        at=moment(found.get("at")),
        why=text(found.get("why")),
    )


def write_unsaved(unsaved: UnsavedText) -> Document:
    """Give an unsaved text as stored."""
    return {
        **unsaved.model_dump(exclude={"key", "at"}),
        "suggestion_id": asked_for(unsaved.suggestion_id),
        "at": iso(unsaved.at) if unsaved.at else None,
    }


def write_run(run: RunSummary) -> dict[str, object]:
    """Give a run as stored (CONTRACT §1, runbook_runs)."""
    document = run.model_dump(mode="json")
    for name in ("started_at", "finished_at", "heartbeat_at"):
        at = getattr(run, name)
        document[name] = iso(at) if at else None
    return document


def read_run(stored: Stored) -> RunSummary:
    """View a stored run, also one that another service wrote."""
    found = stored.document
    state = text(found.get("state"))
    fallback_state = RunState.FINISHED if found.get("finished_at") else RunState.RUNNING
    return RunSummary(
        run_id=stored.key,
        started_at=moment(found.get("started_at")),
        stored_start=found.get("started_at"),
        finished_at=moment(found.get("finished_at")),
        heartbeat_at=moment(found.get("heartbeat_at")),
        triggered_by=text(found.get("triggered_by")),
        actor=text(found.get("actor")),
        processing_duration_ms=number(found.get("processing_duration_ms")) or 0.0,
        suggestion_outcomes=tuple(
            outcome for item in members(found.get("suggestion_outcomes")) if (outcome := _out(item))
        ),
        cost_usd=number(found.get("cost_usd")) or 0.0,
        state=RunState(state) if state in set(RunState) else fallback_state,
        provider=text(found.get("provider")),
        dry_run=found.get("dry_run") is True,
        **{name: whole(found.get(name)) or 0 for name in _RUN_COUNTS},
    )


def _out(item: object) -> Outcome | None:
    found = mapping(item)
    status = text(found.get("status"))
    if status not in set(OutcomeStatus):
        return None
    return Outcome(
        suggestion_id=text(found.get("suggestion_id")),
        status=OutcomeStatus(status),
        error_reason=text(found.get("error_reason")) or None,
        fallback_reason=text(found.get("fallback_reason")) or None,
        needs_input=found.get("needs_input") is True,
        duration_ms=number(found.get("duration_ms")),
        cost_usd=number(found.get("cost_usd")) or 0.0,
        **{name: whole(found.get(name)) or 0 for name in _CALL_COUNTS},
    )


def write_error(error: RunError) -> Document:
    """Give an error record as stored (CONTRACT §1, runbook_errors)."""
    document = error.model_dump(mode="json") | {"run_id": asked_for(error.run_id)}
    return {**document, "recorded_at": iso(error.recorded_at) if error.recorded_at else None}


def read_error(stored: Stored) -> RunError:
    """View a stored error record."""
    found = stored.document
    return RunError(
        run_id=text(found.get("run_id")),
        suggestion_id=text(found.get("suggestion_id")),
        error_type=text(found.get("error_type")),
        error_message=text(found.get("error_message")),
        recorded_at=moment(found.get("recorded_at")),
        model_response_sha256=text(found.get("model_response_sha256")) or None,
        model_response_excerpt=text(found.get("model_response_excerpt"))[:500],
    )


def write_audit(entry: AuditEntry) -> Document:
    """Give an audit entry as stored."""
    document = entry.model_dump(mode="json") | {"suggestion_id": asked_for(entry.suggestion_id)}
    return {**document, "at": iso(entry.at) if entry.at else None}


def read_audit(stored: Stored) -> AuditEntry:
    """View a stored audit entry."""
    found = stored.document
    return AuditEntry(
        suggestion_id=text(found.get("suggestion_id")),
        actor=text(found.get("actor")),
        action=text(found.get("action")),
        at=moment(found.get("at")),
        revision=text(found.get("revision")),
        detail=text(found.get("detail")),
    )
