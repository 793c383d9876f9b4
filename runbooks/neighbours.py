"""Where a suggestion stands in a list, and what stands before and behind it.

Every answer is a few bounded questions along the list's own index; no list is read through, so a
queue of a hundred thousand costs no more than one of a hundred.
"""

from dataclasses import dataclass, replace
from typing import Final

from runbooks.models import QueueEntry
from runbooks.queue import read_cursor, write_cursor
from runbooks.store import queries, records
from runbooks.store.port import DocumentStore, Query
from runbooks.store.queries import QueueFilter, Sort

MOST_COUNTED: Final = 10_000
"""Up to so many are counted: ten reads on Firestore."""
_LOOKED_AT: Final = (1, 6)
"""Of so many the first that can be read is the neighbour; more are read only if none can."""


@dataclass(frozen=True)
class Around:
    """The neighbours' ids ("" for none) and the place, counted from 1; 0 when it is not known.

    `listed` says whether it stands in this list now; else `position` is where it would stand.
    `total` beyond MOST_COUNTED says that there are more.
    """

    before: str
    after: str
    position: int
    total: int
    listed: bool


def place_of(entry: QueueEntry, sort: Sort) -> str:
    """Give the place of an entry in a list of this order, as a cursor that lasts.

    The place outlives the entry's stay: what was approved has left the list of what waits, and
    its next is still the next.
    """
    return write_cursor(entry.suggestion_id, entry.model_dump(mode="json"), sort)


def fits(entry: QueueEntry, which: QueueFilter) -> bool:
    """Say whether an entry stands in a list by what it tells itself."""
    several = (
        (entry.status, which.status),
        (entry.severity, which.severity),
        (entry.failure_type, which.failure_type),
        (entry.service, which.service),
        (entry.draft_state.value, which.draft_state),
    )
    single = (
        (entry.type, which.type),
        (entry.assignee, which.assignee),
        (entry.similarity_group, which.similarity_group),
    )
    return (
        all(value in wanted for value, wanted in several if wanted)
        and all(value == wanted for value, wanted in single if wanted)
        and all(any(t.startswith(word) for t in entry.search_tokens) for word in which.search)
    )


class Neighbours:
    """Asks the store for what stands around a place."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    def around(self, entry: QueueEntry, which: QueueFilter, sort: Sort, place: str) -> Around:
        """Say what stands around a place of `place_of`; raise InvalidRequest for another text.

        A search of several words has no position: Firestore would look through all that it finds.
        """
        before, total = 0, 0
        at = read_cursor(place, sort)
        listed = fits(entry, which)
        if len(which.search) < 2:
            before = self._store.count_after(queries.queue_back(which, sort, MOST_COUNTED, at))
            total = self._store.count_after(queries.queue_list(which, sort, MOST_COUNTED + 1))
        return Around(
            before=self._first(queries.queue_back(which, sort, 1, at)),
            after=self._first(queries.queue_list(which, sort, 1, at)),
            position=before + 1 if total else 0,
            total=total,
            listed=listed,
        )

    def behind(self, suggestion_id: str, which: QueueFilter, sort: Sort, place: str) -> str:
        """Give what comes behind this suggestion's place, from the beginning after the last."""
        for at in (read_cursor(place, sort), None):
            found = self._first(queries.queue_list(which, sort, 1, at), suggestion_id)
            if found:
                return found
        return ""

    def before(self, suggestion_id: str, which: QueueFilter, sort: Sort, place: str) -> str:
        """Give what comes before this suggestion's place, "" for the first."""
        at = read_cursor(place, sort)
        return self._first(queries.queue_back(which, sort, 1, at), suggestion_id)

    def _first(self, query: Query, but: str = "") -> str:
        """Give the first that can be read and is another one; mostly one is read."""
        for limit in _LOOKED_AT:
            stored = self._store.query(replace(query, limit=limit))
            found = (records.read_entry(each) for each in stored)
            names = (entry.suggestion_id for entry in found if entry)
            name = next((name for name in names if name != but), "")
            if name or len(stored) < limit:
                return name
        return ""
