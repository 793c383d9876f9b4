"""A model that answers in time or not at all, also when its server drips bytes (CONTRACT R13)."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from typing import TypeVar

from runbooks.drafting.model import Model, ModelError, Prompt, Reply, Terms

CHECK_S = 60.0
"""How long a check may take, in seconds: a local server may have to load its model first."""

Given = TypeVar("Given")


class DeadlineModel:
    """Runs each call in a thread of its own and leaves it behind at the deadline.

    A read time-out restarts with every byte, so it cannot end a call whose server drips; a worker
    that waits here is free again at the deadline, whatever the server does.
    """

    def __init__(self, inner: Model) -> None:
        self.provider = inner.provider
        self.name = inner.name
        self._inner = inner

    def complete(self, prompt: Prompt, terms: Terms) -> Reply:
        """Give the reply if it comes before `terms.until`; raise ModelError otherwise."""
        left = terms.until - time.monotonic()
        if left <= 0:
            raise ModelError("no time left before the call", timed_out=True)
        return _within(left, lambda: self._inner.complete(prompt, terms))

    def check(self) -> str:
        """Ask the model inside; a server that drips bytes ends it too."""
        return _within(CHECK_S, self._inner.check)


def _within(seconds: float, call: Callable[[], Given]) -> Given:
    answer: Future[Given] = Future()
    threading.Thread(target=_run, args=(call, answer), daemon=True, name="model-call").start()
    try:
        return answer.result(timeout=seconds)
    except NotInTime:
        raise ModelError(
            f"no answer within {seconds:.1f} s", timed_out=True, billable=True
        ) from None


def _run(call: Callable[[], Given], answer: "Future[Given]") -> None:
    try:
        answer.set_result(call())
    except BaseException as error:  # noqa: BLE001 - carried over to the thread that waits
        answer.set_exception(error)
