"""Finds suggestions that have no queue entry by counting, however they are named (CONTRACT R7).

Where there are more suggestions than entries, the newest are looked at first; then the ranges of
names whose counts differ are halved until they are small enough to be read.
"""

from collections.abc import Callable

from runbooks.store import queries
from runbooks.store.port import DocumentStore, Stored

NEWEST = 300
"""How many of the newest documents are looked at, at the most, before names are counted."""

_WINDOW = 200
_FIELDS = ("created_at", "updated_at")


class MissingEntries:
    """Looks for missing entries; `index` makes those of a page and says how many it made."""

    def __init__(self, store: DocumentStore, index: Callable[[list[Stored]], int]) -> None:
        self._store = store
        self._index = index

    def find(self, names: tuple[str, ...]) -> None:
        """Make the entries that counts say are missing; `names` cut all names into ranges."""
        missing = self.lacking("", "")
        if missing <= 0:
            return
        for field in _FIELDS:
            for as_timestamp in (False, True):
                page = self._store.query(
                    queries.suggestions_newest(field, as_timestamp, min(missing + 5, NEWEST))
                )
                mended = self._index(page)
                missing -= mended
                if missing <= 0:
                    return
        self._search_names(("", *names, ""))

    def _search_names(self, names: tuple[str, ...]) -> None:
        """Halve ranges of names whose counts differ, and read the smallest that still do."""
        ranges = [(0, len(names) - 1)]
        while ranges:
            low, high = ranges.pop()
            if self.lacking(names[low], names[high]) <= 0:
                continue
            if high - low <= 1:
                self._read_range(names[low], names[high])
                continue
            middle = (low + high) // 2
            ranges += [(middle, high), (low, middle)]

    def _read_range(self, after: str, until: str) -> None:
        """Index all suggestions of one range of names, a window at a time."""
        while True:
            page = self._store.query(queries.suggestions_between(after, until, _WINDOW))
            self._index(page)
            if len(page) < _WINDOW:
                return
            after = page[-1].key

    def lacking(self, after: str, until: str) -> int:
        """Count how many more suggestions than entries there are in a range of names."""
        suggestions = self._store.count(queries.suggestions_between(after, until, 1))
        return suggestions - self._store.count(queries.entries_between(after, until))
