"""What an import did, in numbers and in lines for a person."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from runbooks.store.port import Collection

MAX_LINES: Final = 5000
MAX_LINES_OF_A_FILE: Final = 100
"""How many lines are kept for show, so that one bad file does not hide another; counts go on."""


class Change(StrEnum):
    """What became of one row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DIFFERS = "differs"
    """The store has another document of that id; it was left as it is."""
    REFUSED = "refused"
    SKIPPED = "skipped"
    """Not carried from store to store: holds and marks of the search."""


@dataclass(frozen=True)
class Line:
    """One row that was not taken over, with the reason."""

    file: str
    line: int
    change: Change
    reason: str

    def __str__(self) -> str:
        """Give it as one line of text."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.change}: {self.reason}"


@dataclass
class ImportReport:
    """Counts by collection and change; `lines` are the first of each file that were not taken."""

    counts: Counter[tuple[Collection | None, Change]] = field(default_factory=Counter)
    lines: list[Line] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)

    def count(self, collection: Collection | None, change: Change) -> None:
        """Count one row."""
        self.counts[collection, change] += 1

    def tell(self, collection: Collection | None, line: Line) -> None:
        """Count one row and keep why it was not taken over."""
        self.count(collection, line.change)
        self.told[line.file] += 1
        if self.told[line.file] <= MAX_LINES_OF_A_FILE and len(self.lines) < MAX_LINES:
            self.lines.append(line)

    def untold(self) -> dict[str, int]:
        """Give how many further lines each file would have."""
        shown = Counter(line.file for line in self.lines)
        return {
            file: number - shown[file] for file, number in self.told.items() if number > shown[file]
        }

    def total(self, change: Change) -> int:
        """Give how many rows had this end, over all collections."""
        return sum(number for (_, kind), number in self.counts.items() if kind is change)

    @property
    def rows(self) -> int:
        """How many rows were read."""
        return self.counts.total()


Progress: TypeAlias = Callable[[str, int], None]
"""Told a file's name and how many rows were read so far."""
