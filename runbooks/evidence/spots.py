"""A claim as it is found in a text, with what is needed to look for its source."""

from collections.abc import Iterable
from dataclasses import dataclass

from runbooks.evidence.quantities import Quantity
from runbooks.evidence.report import Claim, ClaimKind
from runbooks.lint.finding import TextMap


@dataclass(frozen=True, slots=True)
class Spot:
    """A claim, the words to look for, and the compared sentence around it.

    `beside` are the stems near a number; `share` is `1 of 3` where it is one of these two.
    `doubtful`: may be ordinary language. `program` and `whole` are the program with its subcommands
    and the command line that a part stands in. `stated`: a cause that the sentence gives as a fact
    and nobody else is named for.
    """

    claim: Claim
    words: str
    sentence: str = ""
    quantity: Quantity | None = None
    beside: frozenset[str] = frozenset()
    doubtful: bool = False
    stated: bool = False
    program: tuple[str, ...] = ()
    whole: str = ""
    share: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A piece of the document, which gives claims their lines and columns."""

    body: TextMap

    def claim(self, kind: ClaimKind, text: str, start: int, end: int) -> Claim:
        """A claim on a range of the piece."""
        line, column = self.body.place(start)
        last, behind = self.body.place(max(start, end - 1))
        return Claim(kind, text, line + 1, column, last + 1, behind + 1)


def in_order(spots: Iterable[Spot]) -> tuple[Spot, ...]:
    """Sort by place; of two equal claims the first stays."""
    found: dict[Claim, Spot] = {}
    for spot in spots:
        found.setdefault(spot.claim, spot)
    ordered = sorted(found.values(), key=lambda spot: (spot.claim.line, spot.claim.start))
    return tuple(ordered)
