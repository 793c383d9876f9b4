"""Money: reserved before a call at its worst case, booked after it at its true cost (R14)."""

import threading
import time
from dataclasses import dataclass

_NANO = 1_000_000_000
"""Sums are whole nano-dollars, so that twenty times 0.10 is exactly 2."""


def nano(usd: float) -> int:
    """Give an amount in nano-dollars, rounded to the nearest."""
    return round(usd * _NANO)


class BudgetSpent(Exception):
    """What is left does not cover the worst case of the call; amounts in US dollars."""

    def __init__(self, scope: str, needed_usd: float, left_usd: float) -> None:
        super().__init__(scope, needed_usd, left_usd)
        self.scope = scope
        self.needed_usd = needed_usd
        self.left_usd = left_usd


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
            return self._spent / _NANO

    def reserve(self, amount: int, until: float) -> None:
        """Set `amount` nano-dollars aside; raise BudgetSpent.

        While others have reservations open it waits for what they leave, until the monotonic time
        `until`: the budget counts as exceeded only when nobody can free anything any more.
        """
        with self._change:
            while self._spent + self._reserved + amount > self._limit:
                left = until - time.monotonic()
                if self._reserved == 0 or left <= 0:
                    free = self._limit - self._spent - self._reserved
                    raise BudgetSpent(self.scope, amount / _NANO, max(0, free) / _NANO)
                self._change.wait(left)
            self._reserved += amount

    def settle(self, reserved: int, true_cost: int) -> None:
        """Book the true cost of a reservation and free the rest."""
        with self._change:
            self._reserved -= reserved
            self._spent += min(true_cost, reserved)
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

    def reserve(self, amount: int, until: float) -> None:
        """Reserve from both, or from neither; raise BudgetSpent with the scope that refused."""
        self.suggestion.reserve(amount, until)
        try:
            self.run.reserve(amount, until)
        except BudgetSpent:
            self.suggestion.settle(amount, 0)
            raise

    def settle(self, reserved: int, true_cost: int) -> None:
        """Book in both."""
        self.suggestion.settle(reserved, true_cost)
        self.run.settle(reserved, true_cost)


def free_purse() -> Purse:
    """Give a purse without money, for drafters that cost nothing."""
    return Purse.of(0.0, Budget(0.0, "run"))
