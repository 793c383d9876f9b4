"""When a commit failed, or nobody can say: read again and decide anew (CONTRACT R6)."""

import random
from collections.abc import Callable
from typing import TypeVar

from runbooks.errors import CommitUnknown, Conflict, StoreUnavailable

Result = TypeVar("Result")
ATTEMPTS = 6
_FIRST_PAUSE_S = 0.02


def settle(
    suggestion_id: str,
    attempt: Callable[[bool], Result],
    pause: Callable[[float], None],
    tries: int = ATTEMPTS,
) -> Result:
    """Run `attempt` until a commit is sure, at most `tries` times with jitter.

    `attempt` reads and judges anew each time; it is told whether it is a repetition. Raise
    StoreUnavailable when the outcome stays unknown or the document never holds still.
    """
    unknown = False
    for number in range(tries):
        try:
            return attempt(number > 0)
        except (Conflict, CommitUnknown) as error:
            unknown = isinstance(error, CommitUnknown)
            seconds = _FIRST_PAUSE_S * 2 ** min(number, ATTEMPTS - 1)
            pause(seconds * random.uniform(0.5, 1.5))  # noqa: S311
    if unknown:
        raise StoreUnavailable(
            f"the store did not say whether the last attempt to change {suggestion_id} worked",
            "Read it again before you repeat it.",
        )
    raise StoreUnavailable(
        f"{suggestion_id} was changed by others at each of {tries} attempts",
        "Nothing was overwritten. Try again.",
    )
