"""Processor time, which other work on the machine lengthens little, and only now and then."""

import time
from collections.abc import Callable

_TRIES = 3


def seconds(work: Callable[[], object]) -> float:
    """Give the processor time of a piece of work."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def holds_once(measured: Callable[[], bool]) -> bool:
    """Whether one of a few measurements holds: work that is slow by itself is slow in all."""
    return any(measured() for _ in range(_TRIES))
