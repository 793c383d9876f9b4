"""The library as pages and the command line use it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from runbooks.errors import NotFound
from runbooks.library.export import Format, export_zip
from runbooks.library.shelf import ShelvedRunbook, shelve, shelve_all
from runbooks.models import QueueEntry, Version
from runbooks.queue import Queue, QueuePage
from runbooks.repository import Repository
from runbooks.services import ServiceDirectory
from runbooks.store.queries import QueueFilter, Sort

_AT_ONCE = 100


@dataclass(frozen=True)
class ShelvedVersion:
    """A text that once stood as the runbook; `approved` when somebody ever approved it,
    `served` when it is the one that the library shows."""

    version: Version
    approved: bool
    served: bool


class Library:
    """Finds approved runbooks and serves the revision that was approved (CONTRACT R16)."""

    def __init__(self, repository: Repository, queue: Queue, services: ServiceDirectory) -> None:
        self._repository = repository
        self._queue = queue
        self._services = services

    @property
    def finds_beginnings(self) -> bool:
        """Say whether a search finds words by their beginnings; Firestore knows whole ones only."""
        return self._repository.store.name != "firestore"

    def page(
        self, which: QueueFilter | None = None, limit: int = 50, cursor: str | None = None
    ) -> QueuePage:
        """List approved runbooks, the last changed first; raise InvalidRequest for a bad cursor."""
        return self._queue.page(_approved(which), Sort.UPDATED, limit, cursor)

    def entries(self, which: QueueFilter | None = None, most: int = 10_000) -> Iterator[QueueEntry]:
        """Walk through all that match, page by page; at most `most`."""
        cursor: str | None = None
        while most > 0:
            page = self.page(which, min(most, _AT_ONCE), cursor)
            yield from page.entries
            most -= len(page.entries) + len(page.unreadable)
            cursor = page.next_cursor
            if cursor is None:
                return

    def runbook(self, suggestion_id: str) -> ShelvedRunbook:
        """Give what is served of one suggestion; raise NotFound when nothing was approved."""
        suggestion = self._repository.suggestion(suggestion_id)
        entry = self._repository.entry(suggestion_id)
        return shelve(self._repository, self._services, suggestion, entry)

    def runbooks(self, ids: Sequence[str]) -> tuple[list[ShelvedRunbook], list[str]]:
        """Give what is served of many, and the ids that have nothing to serve."""
        entries = self._repository.entries(ids)
        return shelve_all(self._repository, self._services, ids, entries)

    def versions(self, book: ShelvedRunbook, limit: int = 50) -> list[ShelvedVersion]:
        """Give the texts that stood as this runbook, newest first, without mere proposals."""
        found = self._repository.versions(book.suggestion_id, limit)
        return [_shelved(version, book) for version in found if version.applied]

    def version(self, book: ShelvedRunbook, number: int) -> ShelvedVersion:
        """Give one of them; raise NotFound for one that never stood as the runbook."""
        version = self._repository.version(book.suggestion_id, number)
        if not version.applied:
            raise NotFound("version", f"{book.suggestion_id}:{number}")
        return _shelved(version, book)

    def archive(self, ids: Sequence[str], kinds: Sequence[Format]) -> bytes:
        """Give many runbooks in some formats as one zip, which names those it has no text of."""
        books, missing = self.runbooks(ids)
        return export_zip(books, kinds, missing)


def _approved(which: QueueFilter | None) -> QueueFilter:
    return replace(which or QueueFilter(), status=("approved",))


def _shelved(version: Version, book: ShelvedRunbook) -> ShelvedVersion:
    return ShelvedVersion(
        version=version,
        approved=version.revision in book.approvals,
        served=version.revision == book.revision,
    )
