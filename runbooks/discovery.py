"""Finds what other services created or changed, and keeps the queue in step (CONTRACT R7).

Three ways, each bounded: watermark queries on created_at and updated_at, for strings and for
timestamps; a sweep over all documents by name that goes on where it stopped; and counts that tell
when nothing is missing. Cost and alternatives: docs/decisions/0006-discovery.md.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from runbooks.acts import Acts
from runbooks.findings import counts_of
from runbooks.models import QueueEntry, Suggestion
from runbooks.queue import as_fields, entry_fields, state_of
from runbooks.repository import Repository
from runbooks.revision import iso
from runbooks.store import queries
from runbooks.store.documents import read_suggestion
from runbooks.store.port import Collection, Delete, FieldPath, Merge, Write
from runbooks.store.reading import mapping, moment, text, whole
from runbooks.store.records import read_entry

STATE_KEY = "discovery"
OVERLAP = timedelta(minutes=10)
"""How far a watermark query looks back, for documents that arrive late or out of order."""

WINDOW = 200
"""How many documents one question of a refresh reads at the most."""

_KINDS = ("text", "time")
_FIELDS = ("created_at", "updated_at")


@dataclass(frozen=True)
class DiscoveryState:
    """How sure the queue is to be whole; times are the store's documents' own.

    `missing` is how many pending suggestions have no queue entry yet, by count; `sweep_finished`
    when the last full walk over all documents ended, None before the first.
    """

    missing: int
    sweep_finished: datetime | None
    sweep_started: datetime | None
    counted_at: datetime | None


@dataclass
class Found:
    """What one refresh did."""

    seen: int = 0
    mended: int = 0
    removed: int = 0
    caught_up: bool = True


class Discovery:
    """Brings the read model into step with the suggestions; safe to call from many threads."""

    def __init__(self, repository: Repository, acts: Acts, clock: Callable[[], datetime]) -> None:
        self._repository = repository
        self._acts = acts
        self._clock = clock
        self._one_at_a_time = threading.Lock()

    def catch_up(self, wanted: int, cancel: threading.Event | None = None) -> Found:
        """Refresh until nothing new is left or four windows and `wanted` documents are read."""
        total = Found()
        for _ in range(4 + wanted // WINDOW):
            step = self.refresh()
            total.seen += step.seen
            total.mended += step.mended
            total.removed += step.removed
            total.caught_up = step.caught_up
            missing = self.state().missing
            if (step.caught_up and missing <= 0) or (cancel is not None and cancel.is_set()):
                break
        return total

    def refresh(self, window: int = WINDOW) -> Found:
        """Look once for new and changed documents and sweep one window further.

        At most six windows of documents are read. Only one refresh runs at a time in a process;
        a second caller returns at once.
        """
        if not self._one_at_a_time.acquire(blocking=False):
            return Found()
        try:
            state = self._stored_state()
            found = Found()
            changes: dict[FieldPath, object] = {}
            for field in _FIELDS:
                for kind in _KINDS:
                    mark = mapping(state.get(f"{field}_{kind}"))
                    changes |= self._follow(field, kind, mark, found, window)
            changes |= self._sweep(state, found, window)
            changes |= self._count()
            self._repository.store.commit([Merge(Collection.STATE, STATE_KEY, changes)])
            return found
        finally:
            self._one_at_a_time.release()

    def index(self, suggestions: Iterable[Suggestion]) -> int:
        """Make or mend the queue entries of these suggestions; give how many were wrong."""
        listed = list(suggestions)
        entries = self._repository.entries([s.suggestion_id for s in listed])
        return self._mend(listed, entries)

    def rebuild(self, suggestions: Iterable[Suggestion]) -> None:
        """Make these queue entries, at most a few hundred, anew in one commit.

        For an import: the suggestions are new, or their traces and patterns came after them.
        """
        writes: list[Write] = [
            Merge(Collection.QUEUE, s.suggestion_id, entry_fields(self._acts.fresh_entry(s)))
            for s in suggestions
        ]
        self._repository.store.commit(writes)

    def state(self) -> DiscoveryState:
        """Say how whole the queue is, from the last refresh."""
        state = self._stored_state()
        return DiscoveryState(
            missing=(whole(state.get("suggestions")) or 0) - (whole(state.get("entries")) or 0),
            sweep_finished=moment(state.get("sweep_finished")),
            sweep_started=moment(state.get("sweep_started")),
            counted_at=moment(state.get("counted_at")),
        )

    def _stored_state(self) -> Mapping[str, object]:
        found = self._repository.store.get_many(Collection.STATE, [STATE_KEY]).get(STATE_KEY)
        return found.document if found else {}

    def _follow(
        self, field: str, kind: str, mark: Mapping[str, object], found: Found, window: int
    ) -> dict[FieldPath, object]:
        """Read on from a watermark; a full window goes on exactly where it ended.

        When nothing is left the mark moves to the time at which this walk began, less the overlap,
        so that documents with odd times never move it.
        """
        since = moment(mark.get("since"))
        key = text(mark.get("key"))
        after = (mark.get("value"), key) if key else None
        page = self._repository.store.query(
            queries.suggestions_since(field, _start(kind, since), window, after)
        )
        found.seen += len(page)
        found.mended += self.index(read_suggestion(stored) for stored in page)
        began = moment(mark.get("began")) or self._clock()
        if len(page) < window:
            return {(f"{field}_{kind}",): {"since": iso(began - OVERLAP)}}
        found.caught_up = False
        goes_on = {
            "since": iso(since) if since else None,
            "began": iso(began),
            "value": page[-1].document.get(field),
            "key": page[-1].key,
        }
        return {(f"{field}_{kind}",): goes_on}

    def _sweep(
        self, state: Mapping[str, object], found: Found, window: int
    ) -> dict[FieldPath, object]:
        """Compare the next window of documents, by name, with the queue's same window."""
        after = text(state.get("sweep_after"))
        store = self._repository.store
        page = store.query(queries.documents_by_name(Collection.SUGGESTIONS, after, window))
        ended = len(page) < window
        until = None if ended else page[-1].key
        listed = store.query(queries.documents_by_name(Collection.QUEUE, after, window + 50))
        in_window = [stored for stored in listed if until is None or stored.key <= until]
        entries = {s.key: entry for s in in_window if (entry := read_entry(s))}
        names = {stored.key for stored in page}
        orphans = [stored.key for stored in in_window if stored.key not in names]
        if ended or len(in_window) < len(listed) or len(listed) < window + 50:
            found.removed += self._remove(orphans)
        found.seen += len(page)
        found.mended += self._mend([read_suggestion(stored) for stored in page], entries)
        now = iso(self._clock())
        started = now if not after else state.get("sweep_started") or now
        changes: dict[FieldPath, object] = {
            ("sweep_after",): until or "",
            ("sweep_started",): started,
        }
        if ended:
            changes[("sweep_finished",)] = now
        return changes

    def _remove(self, orphans: list[str]) -> int:
        """Remove entries whose suggestion is gone, after asking once more."""
        if not orphans:
            return 0
        still = self._repository.suggestions(orphans)
        gone: list[Write] = [Delete(Collection.QUEUE, key) for key in orphans if key not in still]
        if gone:
            self._repository.store.commit(gone)
        return len(gone)

    def _mend(self, suggestions: list[Suggestion], entries: Mapping[str, QueueEntry]) -> int:
        wrong = 0
        for suggestion in suggestions:
            write = self._correction(suggestion, entries.get(suggestion.suggestion_id))
            if write is not None:
                self._repository.store.commit([write])
                wrong += 1
        return wrong

    def _correction(self, suggestion: Suggestion, entry: QueueEntry | None) -> Write | None:
        """Give the write that mends an entry, or None when it is right."""
        key = suggestion.suggestion_id
        if entry is None or _moved(suggestion, entry):
            return Merge(Collection.QUEUE, key, entry_fields(self._acts.fresh_entry(suggestion)))
        same = (
            entry.status == suggestion.status
            and entry.revision == suggestion.slot.revision
            and entry.type == suggestion.type
        )
        if same:
            return None
        return Merge(
            Collection.QUEUE, key, as_fields(state_of(suggestion, counts_of(suggestion.slot)))
        )

    def _count(self) -> dict[FieldPath, object]:
        store = self._repository.store
        pending = queries.queue_with({"type": "runbook", "status": "pending"})
        return {
            ("suggestions",): store.count(queries.pending_suggestions()),
            ("entries",): store.count(pending),
            ("counted_at",): iso(self._clock()),
        }


def _start(kind: str, since: datetime | None) -> datetime | str:
    if kind == "text":
        return iso(since) if since else ""
    return since or datetime(1970, 1, 1, tzinfo=UTC)


def _moved(suggestion: Suggestion, entry: QueueEntry) -> bool:
    """Say whether what the entry took from the suggestion's other fields has changed."""
    created = iso(suggestion.created_at) if suggestion.created_at else None
    own = suggestion.severity
    return (
        suggestion.type != entry.type
        or suggestion.heading[:200] != entry.title
        or suggestion.failure_type != entry.failure_type
        or suggestion.similarity_group != entry.similarity_group
        or (created is not None and created != entry.created_at)
        or (own is not None and own.value != entry.severity)
    )
