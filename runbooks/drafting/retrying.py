"""A model that is asked again when that can help (CONTRACT R13)."""

import random
import threading
import time
from collections.abc import Callable

from runbooks.drafting.model import Model, ModelError, Prompt, Reply, Terms

RETRIES = 3
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0

Pause = Callable[[float, threading.Event], object]
"""Waits so many seconds, or less when the event is set meanwhile."""


def pause_until(seconds: float, cancel: threading.Event) -> None:
    """Wait; a cancel ends it."""
    cancel.wait(seconds)


class RetryingModel:
    """One call and up to three more, with exponential back-off and jitter.

    Only after time-outs, connection errors, 408, 429 and 5xx; the provider's Retry-After is obeyed;
    when the pause would pass the deadline the last error is raised at once. After a cancel no call
    starts, not even one that waits.
    """

    def __init__(
        self,
        inner: Model,
        pause: Pause = pause_until,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.provider = inner.provider
        self.name = inner.name
        self._inner = inner
        self._pause = pause
        self._jitter = jitter

    def complete(self, prompt: Prompt, terms: Terms) -> Reply:
        """Ask until there is a reply or no further try can help.

        Raise the last ModelError, or CallsCancelled.
        """
        for number in range(RETRIES + 1):
            terms.go_on()
            try:
                return self._inner.complete(prompt, terms)
            except ModelError as error:
                wait = self._wait(number, error)
                late = time.monotonic() + wait >= terms.until
                if not error.transient or number == RETRIES or late:
                    raise
            self._pause(wait, terms.cancel)
        raise AssertionError("the loop returns or raises")

    def check(self) -> str:
        """Ask the model inside, once."""
        return self._inner.check()

    def _wait(self, number: int, error: ModelError) -> float:
        grown = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0**number)
        spread = grown * (0.5 + self._jitter() / 2)
        return max(spread, error.retry_after or 0.0)
