"""Unedited fallbacks that are worth another try, each reached in its turn (CONTRACT R7)."""

from collections.abc import Callable, Iterator, Sequence

from runbooks.models import QueueEntry
from runbooks.repository import Repository
from runbooks.store import queries
from runbooks.store.port import Collection, FieldPath, Merge, Stored
from runbooks.store.reading import mapping, members
from runbooks.store.records import read_entry

STATE_KEY = "renewal"
Position = tuple[object, ...]


class Renewal:
    """Looks through fallbacks a window at a time, on from where the last look ended.

    Without that, a few whose cause stays would keep all others from ever being looked at.
    """

    def __init__(
        self, repository: Repository, cause_is_gone: Callable[[QueueEntry, str], bool]
    ) -> None:
        self._repository = repository
        self._cause_is_gone = cause_is_gone

    def find(self, places: int, *, remember: bool) -> list[QueueEntry]:
        """Give at most `places` of them, having looked at no more of each cause.

        `remember` keeps where the look ended; a dry run writes nothing (CONTRACT R15).
        """
        found: list[QueueEntry] = []
        for reason in queries.FALLBACK_REASONS:
            wanted = places - len(found)
            if wanted > 0:
                seen = self._window(reason, wanted, remember=remember)
                found += [entry for entry in seen if self._cause_is_gone(entry, reason)]
        return found

    def _window(self, reason: str, size: int, *, remember: bool) -> Iterator[QueueEntry]:
        before = self._position(reason)
        page = self._repository.store.query(queries.queue_fallbacks(reason, size, before))
        if before and len(page) < size:
            known = {stored.key for stored in page}
            start = self._repository.store.query(queries.queue_fallbacks(reason, size - len(page)))
            page = [*page, *(stored for stored in start if stored.key not in known)]
        after = _place(page) if len(page) == size else None
        if remember and after != before:
            fields: dict[FieldPath, object] = {(reason,): list(after or ())}
            self._repository.store.commit([Merge(Collection.STATE, STATE_KEY, fields)])
        return (entry for stored in page if (entry := read_entry(stored)))

    def _position(self, reason: str) -> Position | None:
        stored = self._repository.store.get_many(Collection.STATE, [STATE_KEY]).get(STATE_KEY)
        position = tuple(members(mapping(stored.document).get(reason))) if stored else ()
        fits = [type(part) for part in position] == [int, str, str]
        return position if fits else None


def _place(page: Sequence[Stored]) -> Position:
    last = page[-1]
    return (last.document.get("severity_rank"), last.document.get("created_at"), last.key)
