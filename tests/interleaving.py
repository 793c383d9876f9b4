"""Two people with three steps each, in every order in which these can come."""

from collections.abc import Iterator
from itertools import combinations

STEPS = ("open", "edit", "act")
"""What each person does; the last one is the act that the case is about."""


def orders() -> Iterator[tuple[int, ...]]:
    """Every way to mix the steps of two people: which of them is next."""
    length = 2 * len(STEPS)
    for first in combinations(range(length), len(STEPS)):
        yield tuple(0 if place in first else 1 for place in range(length))
