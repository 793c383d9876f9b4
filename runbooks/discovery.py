"""Finds what other services created or changed, and keeps the queue in step (CONTRACT R7).

New documents are found by counting: when there are more suggestions than queue entries, the newest
are looked at first, then ranges of names whose counts differ. Changes are found by watermarks on
updated_at. A sweep by name, a window at a time, finds the rest and remembers names to count by.
Cost and alternatives: docs/decisions/0006-discovery.md.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from runbooks.acts import Acts
from runbooks.mending import Mender
from runbooks.missing import MissingEntries
from runbooks.models import Suggestion
from runbooks.queue import entry_fields
from runbooks.repository import Repository
from runbooks.revision import iso
from runbooks.store import queries
from runbooks.store.documents import read_suggestion
from runbooks.store.port import Collection, Delete, FieldPath, Merge, Stored, Write
from runbooks.store.reading import mapping, moment, text, texts, whole
from runbooks.store.records import read_entry

STATE_KEY = "discovery"
OVERLAP = timedelta(minutes=10)
"""How far a watermark query looks back, for changes that arrive late or out of order."""

WINDOW = 200
"""How many documents one question of a refresh reads at the most."""

_NAME_EVERY = 50
_MOST_NAMES = 4000
_MOST_CHARS = 120_000
_LONGEST_VALUE = 500
_KINDS = ("text", "time")


@dataclass(frozen=True)
class DiscoveryState:
    """How sure the queue is to be whole; times are the store's documents' own.

    `missing` is how many suggestions have no queue entry yet, by count; `sweep_finished` when the
    last full walk over all documents ended, None before the first.
    """

    missing: int
    sweep_finished: datetime | None
    sweep_started: datetime | None
    counted_at: datetime | None


@dataclass
class Found:
    """What discovery did: documents seen, entries made or mended, entries removed."""

    seen: int = 0
    mended: int = 0
    removed: int = 0
    caught_up: bool = True

    def add(self, other: "Found") -> None:
        """Count another step's results in."""
        self.seen += other.seen
        self.mended += other.mended
        self.removed += other.removed
        self.caught_up = other.caught_up


class _Passed(TypedDict):
    names: list[str]
    since: int


class Discovery:
    """Brings the read model into step with the suggestions; safe to call from many threads."""

    def __init__(self, repository: Repository, acts: Acts, clock: Callable[[], datetime]) -> None:
        self._repository = repository
        self._acts = acts
        self._clock = clock
        self._mender = Mender(repository, acts)
        self._one_at_a_time = threading.Lock()

    def catch_up(self, wanted: int, cancel: threading.Event | None = None) -> Found:
        """Refresh, and find every suggestion that has no entry yet, before a batch picks.

        Until the first sweep has ended everything is new, so it walks to the end. After that it
        costs one refresh, two counts, and what is new.
        """
        total = Found()
        while True:
            total.add(self.refresh(WINDOW if self.state().sweep_finished is None else wanted))
            stopped = cancel is not None and cancel.is_set()
            if stopped or self.state().sweep_finished is not None:
                return total

    def refresh(self, window: int = WINDOW) -> Found:
        """Look once for new and changed documents and sweep one window further.

        Reads at most four windows, what is new, and two counts. Only one refresh runs at a time
        in a process; a second caller waits for it and then looks itself.
        """
        with self._one_at_a_time:
            found = Found()
            state = self._stored_state()
            changes = self._sweep(state, found, window)
            if moment(state.get("sweep_finished")) is not None:
                for kind in _KINDS:
                    mark = mapping(state.get(f"updated_at_{kind}"))
                    changes |= self._follow(kind, mark, found, window)
                self._missing(found).find(texts(state.get("names")))
            changes |= self._count()
            self._repository.store.commit([Merge(Collection.STATE, STATE_KEY, changes)])
            return found

    def _missing(self, found: Found) -> MissingEntries:
        return MissingEntries(self._repository.store, lambda page: self._index_all(page, found))

    def _index_all(self, page: list[Stored], found: Found) -> int:
        mended = self.index(read_suggestion(stored) for stored in page)
        found.seen += len(page)
        found.mended += mended
        return mended

    def index(self, suggestions: Iterable[Suggestion]) -> int:
        """Make or mend the queue entries of these suggestions; give how many were wrong."""
        listed = list(suggestions)
        entries = self._repository.entries([s.suggestion_id for s in listed])
        return self._mender.mend(listed, entries)

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
            missing=max(0, whole(state.get("missing")) or 0),
            sweep_finished=moment(state.get("sweep_finished")),
            sweep_started=moment(state.get("sweep_started")),
            counted_at=moment(state.get("counted_at")),
        )

    def _stored_state(self) -> Mapping[str, object]:
        found = self._repository.store.get_many(Collection.STATE, [STATE_KEY]).get(STATE_KEY)
        return found.document if found else {}

    def _follow(
        self, kind: str, mark: Mapping[str, object], found: Found, window: int
    ) -> dict[FieldPath, object]:
        """Read changes on from a watermark; a full window goes on exactly where it ended.

        When nothing is left the mark moves to the time at which this walk began, less the overlap,
        so that documents with odd times never move it. The first walk begins now: what is older
        was seen by the sweep.
        """
        began = moment(mark.get("began")) or self._clock()
        since = moment(mark.get("since")) or began - OVERLAP
        key = text(mark.get("key"))
        after = (mark.get("value"), key) if key else None
        start = iso(since) if kind == "text" else since
        page = self._repository.store.query(
            queries.suggestions_since("updated_at", start, window, after)
        )
        self._index_all(page, found)
        if len(page) < window:
            return {(f"updated_at_{kind}",): {"since": iso(began - OVERLAP)}}
        found.caught_up = False
        goes_on = {
            "since": iso(since),
            "began": iso(began),
            "value": _bounded(page[-1].document.get("updated_at")),
            "key": page[-1].key,
        }
        return {(f"updated_at_{kind}",): goes_on}

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
        found.mended += self._mender.mend([read_suggestion(stored) for stored in page], entries)
        now = iso(self._clock())
        started = now if not after else state.get("sweep_started") or now
        passed = self._passed(state if after else {}, page)
        changes: dict[FieldPath, object] = {
            ("sweep_after",): until or "",
            ("sweep_started",): started,
            ("names_so_far",): [] if ended else passed["names"],
            ("since_name",): 0 if ended else passed["since"],
        }
        if ended:
            changes |= {("sweep_finished",): now, ("names",): passed["names"]}
        return changes

    @staticmethod
    def _passed(state: Mapping[str, object], page: list[Stored]) -> "_Passed":
        """Remember every so many names, to count by; thinned out when there are too many."""
        names = list(texts(state.get("names_so_far")))
        since = whole(state.get("since_name")) or 0
        for stored in page:
            since += 1
            if since >= _NAME_EVERY:
                names.append(stored.key)
                since = 0
        while len(names) > _MOST_NAMES or sum(map(len, names)) > _MOST_CHARS:
            names = names[1::2]
        return {"names": names, "since": since}

    def _remove(self, orphans: list[str]) -> int:
        """Remove entries whose suggestion is gone, after asking once more."""
        if not orphans:
            return 0
        still = self._repository.suggestions(orphans)
        gone: list[Write] = [Delete(Collection.QUEUE, key) for key in orphans if key not in still]
        if gone:
            self._repository.store.commit(gone)
        return len(gone)

    def _count(self) -> dict[FieldPath, object]:
        return {
            ("missing",): self._missing(Found()).lacking("", ""),
            ("counted_at",): iso(self._clock()),
        }


def _bounded(value: object) -> object:
    """Cut a text that is no time: where it stands in the order, its beginning says."""
    return value[:_LONGEST_VALUE] if isinstance(value, str) else value
