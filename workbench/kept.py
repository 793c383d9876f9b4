"""Costly answers kept for a while: a page runs anew at each click, its sources are read once."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from runbooks.service import RunbookService

T = TypeVar("T")
SECONDS = 60.0
MOST = 64


class Kept:
    """At most `most` answers, each for at most `seconds`; safe to use from many threads."""

    def __init__(
        self,
        most: int = MOST,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, tuple[float, object]] = OrderedDict()

    def has(self, key: Hashable) -> bool:
        """Whether there is an answer to this key that has not grown too old."""
        with self._lock:
            found = self._answers.get(key)
            return found is not None and self._clock() - found[0] < self._seconds

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give the kept answer of this key, else make and keep it; what it raises is not kept."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None and self._clock() - found[0] < self._seconds:
                self._answers.move_to_end(key)
                return found[1]  # type: ignore[return-value]
        made = make()
        with self._lock:
            self._answers[key] = (self._clock(), made)
            self._answers.move_to_end(key)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        return made


class OfService(Generic[T]):
    """One thing for the process's service; a new service gets a new one."""

    def __init__(self, make: Callable[[RunbookService], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._pair: tuple[RunbookService, T] | None = None

    def of(self, service: RunbookService) -> T:
        """Give the one of this service."""
        with self._lock:
            if self._pair is None or self._pair[0] is not service:
                self._pair = (service, self._make(service))
            return self._pair[1]


_KEPT = OfService(lambda _: Kept())


def kept(service: RunbookService) -> Kept:
    """Give what is kept for the process's service."""
    return _KEPT.of(service)
