"""The read side: what a list knows of a suggestion, its filters, pages and figures."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from runbooks.errors import InvalidRequest
from runbooks.findings import Counts
from runbooks.models import (
    DraftState,
    FailurePattern,
    QueueEntry,
    RawTrace,
    Severity,
    SlotKind,
    Suggestion,
)
from runbooks.revision import iso
from runbooks.store import queries, records
from runbooks.store.port import KEY, DocumentStore, FieldPath, Query
from runbooks.store.queries import QueueFilter, Sort
from runbooks.store.reading import severity_rank, worst
from runbooks.words import FORM, search_tokens

EPOCH = iso(datetime(1970, 1, 1, tzinfo=UTC))

_PUT_THERE = frozenset(
    {"assignee", "hold_by", "hold_since", "hold_until", "seen_by", "unsaved_by"}
    | {"version_number", "version_revision", "edits"}
)

SORT_FIELDS: Mapping[Sort, tuple[str, ...]] = {
    Sort.WORST: ("severity_rank", "created_at"),
    Sort.OLDEST: ("created_at",),
    Sort.NEWEST: ("created_at",),
    Sort.UPDATED: ("updated_at",),
}


@dataclass(frozen=True)
class QueuePage:
    """Some entries in order; `next_cursor` leads to the following ones, None at the end.

    `unreadable` names entries whose read model is broken; discovery mends them.
    """

    entries: tuple[QueueEntry, ...]
    next_cursor: str | None
    total: int
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True)
class QueueFigures:
    """The figures above the queue, all of runbook suggestions; `acceptance` is approved ÷ decided.

    `oldest` is the creation time of the oldest waiting one, as ISO text, "" when it has none.
    """

    waiting: int
    oldest: str
    without_draft: int
    needs_input: int
    fallback: int
    human: int
    approved: int
    rejected: int

    @property
    def acceptance(self) -> float | None:
        """SC-001 as a share of 1, None before the first decision."""
        decided = self.approved + self.rejected
        return self.approved / decided if decided else None


class Queue:
    """Answers what lists ask; every answer costs one page and two counts at the most."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    def page(self, which: QueueFilter, sort: Sort, limit: int, cursor: str | None) -> QueuePage:
        """Give one page; raise InvalidRequest for a cursor that is not ours."""
        after = read_cursor(cursor, sort) if cursor else None
        found = self._store.query(queries.queue_list(which, sort, limit, after))
        entries = [(stored.key, records.read_entry(stored)) for stored in found]
        last = found[-1] if len(found) == limit else None
        return QueuePage(
            entries=tuple(entry for _, entry in entries if entry),
            next_cursor=write_cursor(last.key, last.document, sort) if last else None,
            total=self._store.count(queries.queue_page(which, sort, limit)),
            unreadable=tuple(key for key, entry in entries if not entry),
        )

    def figures(self, base: QueueFilter | None = None) -> QueueFigures:
        """Count what the head of the queue shows, by aggregation."""
        which = base or QueueFilter()

        def count(**changes: tuple[str, ...]) -> int:
            return self._store.count(_counted(replace(which, **changes)))  # type: ignore[arg-type]

        oldest = self._store.query(queries.queue_page(which, Sort.OLDEST, 1))
        created = str(oldest[0].document.get("created_at", "")) if oldest else ""
        return QueueFigures(
            waiting=count(),
            oldest="" if created == EPOCH else created,
            without_draft=count(draft_state=("none",)),
            needs_input=count(draft_state=("needs_input",)),
            fallback=count(draft_state=("fallback",)),
            human=count(draft_state=("human",)),
            approved=count(status=("approved",)),
            rejected=count(status=("rejected",)),
        )


def _counted(which: QueueFilter) -> Query:
    return queries.queue_page(which, Sort.WORST, 1)


def write_cursor(key: str, document: Mapping[str, object], sort: Sort) -> str:
    """Give the opaque text that continues a list after this document."""
    values = [document.get(name) for name in SORT_FIELDS[sort]]
    raw = json.dumps([sort.value, *values, key], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_cursor(cursor: str, sort: Sort) -> tuple[object, ...]:
    """Read such a text; raise InvalidRequest when it is damaged or of another order."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.urlsafe_b64decode(padded.encode("ascii", "strict")))
    except (ValueError, binascii.Error, RecursionError):
        raise InvalidRequest("cursor", "not a cursor of this list") from None
    kinds = {"severity_rank": int, "created_at": str, "updated_at": str, KEY: str}
    wanted = [kinds[name] for name in (*SORT_FIELDS[sort], KEY)]
    fits = isinstance(parts, list) and len(parts) == len(wanted) + 1 and parts[0] == sort.value
    if not fits or [type(part) for part in parts[1:]] != wanted:
        raise InvalidRequest("cursor", "not a cursor of this list in this order")
    return tuple(parts[1:])


def entry_of(
    suggestion: Suggestion,
    patterns: Sequence[FailurePattern],
    traces: Iterable[RawTrace],
    counts: Counts,
) -> QueueEntry:
    """Make the whole read model of a suggestion from what is stored (CONTRACT §1).

    Effective severity: the suggestion's, else the canonical pattern's, else the worst trace's.
    """
    seen = list(traces)
    severity = effective_severity(suggestion, patterns, seen)
    service = next((trace.service_name for trace in seen if trace.service_name), "")
    last_seen = max((s.added_at for s in suggestion.sources if s.added_at), default=None)
    entry = QueueEntry(
        suggestion_id=suggestion.suggestion_id,
        type=listed_as(suggestion)[0],
        severity=severity.value if severity else "unknown",
        severity_rank=severity_rank(severity),
        created_at=iso(suggestion.created_at) if suggestion.created_at else EPOCH,
        title=suggestion.heading[:200],
        failure_type=suggestion.failure_type,
        service=service,
        similarity_group=suggestion.similarity_group,
        occurrences=sum(max(1, t.recurrence_count or 1) for t in seen) or len(suggestion.sources),
        last_seen=iso(last_seen) if last_seen else "",
        sample=suggestion.sample,
    )
    return entry.model_copy(update=state_of(suggestion, counts, service))


def effective_severity(
    suggestion: Suggestion, patterns: Sequence[FailurePattern], traces: Iterable[RawTrace]
) -> Severity | None:
    """Say how bad it is, `patterns` with the canonical one first (CONTRACT §1)."""
    canonical = patterns[0].severity if patterns else None
    return (
        suggestion.severity
        or canonical
        or suggestion.pattern.severity
        or worst(trace.severity for trace in traces)
    )


def state_of(suggestion: Suggestion, counts: Counts, service: str) -> dict[str, object]:
    """Give the fields of an entry that change with the suggestion's draft and status.

    `service` is the one of its traces, which the entry knows; a search finds it too.
    """
    slot = suggestion.slot
    meta = slot.draft.generator_meta if slot.draft else None
    approval = suggestion.approval
    return {
        "status": listed_as(suggestion)[1],
        "updated_at": iso(suggestion.updated_at) if suggestion.updated_at else EPOCH,
        "draft_state": slot.state if not _unreadable(suggestion) else DraftState.UNREADABLE,
        "edited": slot.kind is SlotKind.HUMAN,
        "revision": slot.revision,
        "problem": problem_of(suggestion),
        "findings_e": counts.errors,
        "findings_w": counts.warnings,
        "findings_i": counts.hints,
        "run_id": (meta.run_id or "") if meta else "",
        "fallback_reason": (meta.fallback_reason or "") if meta else "",
        "evidence_hash": (meta.evidence_hash or "") if meta else "",
        **asdict(counts.quality),
        "failures": 0,
        "decided_at": iso(approval.timestamp) if approval and approval.timestamp else "",
        "decided_by": approval.actor if approval else "",
        "search_tokens": search_tokens(suggestion, service),
        "search_form": FORM,
    }


def problem_of(suggestion: Suggestion) -> str:
    """Say in words what of a suggestion cannot be read; "" when all of it can."""
    parts = (suggestion.slot.problem, *suggestion.oddities)
    return "; ".join(part for part in parts if part)[:300]


def _unreadable(suggestion: Suggestion) -> bool:
    """Say whether nobody can tell what this is, where it stands, or where its draft would be."""
    unknown = listed_as(suggestion) != (suggestion.type, suggestion.status)
    return suggestion.slot.kind is SlotKind.UNWRITABLE or unknown


def listed_as(suggestion: Suggestion) -> tuple[str, str]:
    """Give the type and status that lists show it under.

    What has none that can be read stands among the pending runbooks, where it is seen and called
    unreadable; nothing is drafted or decided by that, since the suggestion itself is asked.
    """
    found = suggestion.document
    return (
        suggestion.type if isinstance(found.get("type"), str) else "runbook",
        suggestion.status if isinstance(found.get("status"), str) else "pending",
    )


def as_fields(changes: Mapping[str, object]) -> dict[FieldPath, object]:
    """Give changes of an entry as field paths for a merge."""
    return {(name,): _stored(value) for name, value in changes.items()}


def _stored(value: object) -> object:
    if isinstance(value, DraftState):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def entry_fields(entry: QueueEntry) -> dict[FieldPath, object]:
    """Give everything of an entry that is read from its suggestion and sources.

    What people and acts put there stays: assignee, holds, marks, unsaved texts, newest version.
    """
    document = records.write_entry(entry)
    return {(name,): value for name, value in document.items() if name not in _PUT_THERE}
