"""The library as pages, REST and the command line use it."""

from collections.abc import Sequence

from runbooks.library.export import Format, export_zip
from runbooks.library.shelf import ShelvedRunbook, shelve, shelve_all
from runbooks.queue import Queue, QueuePage, words
from runbooks.repository import Repository
from runbooks.services import ServiceDirectory
from runbooks.store.queries import QueueFilter, Sort


class Library:
    """Finds approved runbooks and serves the revision that was approved (CONTRACT R16)."""

    def __init__(self, repository: Repository, queue: Queue, services: ServiceDirectory) -> None:
        self._repository = repository
        self._queue = queue
        self._services = services

    def page(
        self,
        search: str = "",
        service: Sequence[str] = (),
        severity: Sequence[str] = (),
        limit: int = 50,
        cursor: str | None = None,
    ) -> QueuePage:
        """List approved runbooks, the last changed first; raise InvalidRequest for a bad cursor."""
        which = QueueFilter(
            status=("approved",),
            service=tuple(service),
            severity=tuple(severity),
            search=words(search),
        )
        return self._queue.page(which, Sort.UPDATED, limit, cursor)

    def runbook(self, suggestion_id: str) -> ShelvedRunbook:
        """Give what is served of one suggestion; raise NotFound when nothing was approved."""
        return shelve(self._repository, self._services, suggestion_id, self._service(suggestion_id))

    def runbooks(self, ids: Sequence[str]) -> tuple[list[ShelvedRunbook], list[str]]:
        """Give what is served of many, and the ids that have nothing to serve."""
        entries = self._repository.entries(ids)
        named = [(name, entries[name].service if name in entries else "") for name in ids]
        return shelve_all(self._repository, self._services, named)

    def archive(self, ids: Sequence[str], kinds: Sequence[Format]) -> bytes:
        """Give many runbooks in some formats as one zip."""
        return export_zip(self.runbooks(ids)[0], kinds)

    def _service(self, suggestion_id: str) -> str:
        entry = self._repository.entry(suggestion_id)
        return entry.service if entry else ""
