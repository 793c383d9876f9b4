"""The places for model calls of a run: so many at once, none once the run stops."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LOOK_S = 0.2


class RunStopped(Exception):
    """The run stopped while an item waited for its place; nothing was asked for it."""


class Places:
    """Lets `calls` callers in at once; who waits leaves when `stopped` says so.

    More items may be made ready than there are places, so that no place stays empty while one is
    read and another is written.
    """

    def __init__(self, calls: int, stopped: Callable[[], bool]) -> None:
        self._free = threading.BoundedSemaphore(calls)
        self.stopped = stopped

    @contextmanager
    def one(self) -> Iterator[float]:
        """Wait for a place and have it; give the seconds waited. Raise RunStopped."""
        started = time.monotonic()
        while not self._free.acquire(timeout=_LOOK_S):
            self.leave_if_stopped()
        try:
            self.leave_if_stopped()
            yield time.monotonic() - started
        finally:
            self._free.release()

    def leave_if_stopped(self) -> None:
        """Raise RunStopped when nothing is to be asked any more."""
        if self.stopped():
            raise RunStopped
