"""Money: reserved before a call at its worst case, booked after it at its true cost (R14)."""

import threading
import time
from dataclasses import dataclass

NANO = 1_000_000_000
"""Sums are whole nano-dollars, so that twenty times 0.10 is exactly 2."""

_LOOK_S = 0.1
"""How soon a call that waits for money notices a cancel, in seconds."""


def nano(usd: float) -> int:
    """Give an amount in nano-dollars, rounded to the nearest."""
    return round(usd * NANO)


class BudgetSpent(Exception):
    """What is left does not cover the worst case of the call; amounts in US dollars."""

    def __init__(self, scope: str, needed_usd: float, left_usd: float) -> None:
        super().__init__(scope, needed_usd, left_usd)
        self.scope = scope
        self.needed_usd = needed_usd
        self.left_usd = left_usd


class CallsCancelled(Exception):
    """Nobody wants the answer any more; raised instead of starting a call."""


@dataclass
class Bill:
    """What the calls for one suggestion came to, also when nothing came of them.

    `cost` is in nano-dollars. Written by the thread that drafts, read when it is done.
    """

    attempts: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: int = 0

    @property
    def cost_usd(self) -> float:
        """The cost in US dollars."""
        return self.cost / NANO


class Budget:
    """A sum of money that many threads spend from and never overspend."""

    def __init__(self, limit_usd: float, scope: str) -> None:
        self.scope = scope
        self._limit = nano(limit_usd)
        self._spent = 0
        self._reserved = 0
        self._change = threading.Condition()

    @property
    def spent_usd(self) -> float:
        """What is booked so far."""
        with self._change:
            return self._spent / NANO

    def reserve(self, amount: int, until: float, cancel: threading.Event | None = None) -> None:
        """Set `amount` nano-dollars aside; raise BudgetSpent, CallsCancelled.

        While others have reservations open it waits for what they leave, until the monotonic time
        `until`: the budget counts as exceeded only when nobody can free anything any more.
        """
        with self._change:
            while self._spent + self._reserved + amount > self._limit:
                left = until - time.monotonic()
                if self._reserved == 0 or left <= 0:
                    free = self._limit - self._spent - self._reserved
                    raise BudgetSpent(self.scope, amount / NANO, max(0, free) / NANO)
                self._change.wait(min(left, _LOOK_S))
                if cancel is not None and cancel.is_set():
                    raise CallsCancelled
            self._reserved += amount

    def settle(self, reserved: int, true_cost: int) -> None:
        """Book the true cost of a reservation and free the rest.

        A provider that charges more than the worst case it was held to is booked at what it
        charges: the sum that is shown is never less than the bill.
        """
        with self._change:
            self._reserved -= reserved
            self._spent += true_cost
            self._change.notify_all()


@dataclass(frozen=True)
class Purse:
    """The money of one suggestion within the money of its run."""

    suggestion: Budget
    run: Budget

    @classmethod
    def of(cls, suggestion_usd: float, run: Budget) -> "Purse":
        """Open a purse for one suggestion."""
        return cls(Budget(suggestion_usd, "suggestion"), run)

    def reserve(self, amount: int, until: float, cancel: threading.Event | None = None) -> None:
        """Reserve from both, or from neither; raise BudgetSpent with the scope that refused."""
        self.suggestion.reserve(amount, until, cancel)
        try:
            self.run.reserve(amount, until, cancel)
        except (BudgetSpent, CallsCancelled):
            self.suggestion.settle(amount, 0)
            raise

    def settle(self, reserved: int, true_cost: int) -> None:
        """Book in both."""
        self.suggestion.settle(reserved, true_cost)
        self.run.settle(reserved, true_cost)


def free_purse() -> Purse:
    """Give a purse without money, for drafters that cost nothing."""
    return Purse.of(0.0, Budget(0.0, "run"))
