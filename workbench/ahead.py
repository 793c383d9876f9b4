"""The next item prepared while a person reads this one: its sources and checks are read ahead.

Nothing that was read ahead is shown unasked. Opening reads the suggestion itself anew, and what
is kept belongs to exactly one revision and one state of the sources.
"""

import logging
import threading

from runbooks.errors import RunbookError
from runbooks.service import RunbookService
from runbooks.unsaved import Person
from workbench.kept import OfService, kept
from workbench.opened import Opened
from workbench.review_state import Desk

logger = logging.getLogger(__name__)


class Ahead:
    """Prepares one suggestion at a time for a service, in a thread that never touches Streamlit."""

    def __init__(self, service: RunbookService) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def prepare(self, suggestion_id: str) -> None:
        """Begin to read a suggestion, unless it was read within the last minute or one is read."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            self._thread = threading.Thread(
                target=self._once, args=(suggestion_id,), name="ahead", daemon=True
            )
            self._thread.start()

    def wait(self, seconds: float = 10.0) -> None:
        """Wait until what was begun is read."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _once(self, suggestion_id: str) -> None:
        key = ("ahead", suggestion_id)
        try:
            kept(self._service).get(key, lambda: self._read(suggestion_id))
        except RunbookError as error:
            logger.info("nothing prepared ahead", extra={"error": error.code})

    def _read(self, suggestion_id: str) -> bool:
        found = self._service.peek(suggestion_id)
        now = found.suggestion
        if now.type != "runbook":
            return False
        nobody = Person("")
        opened = Opened(self._service, nobody, Desk(), now, found.entry, found.unsaved, now.slot)
        opened.checked()
        opened.blocking()
        return True


_AHEAD = OfService(Ahead)


def ahead(service: RunbookService) -> Ahead:
    """Give the one of the process's service."""
    return _AHEAD.of(service)
