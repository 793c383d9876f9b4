"""Parts of one text put into another: the places where two texts differ, taken one by one."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from runbooks.comparison import Piece, Row, compare, lines_of

_SECTION = "## "


@dataclass(frozen=True)
class Part:
    """One place where two texts differ; `number` counts from 0 in the order of the text.

    `left` and `right` say from which line to behind which, counted from 0. `heading` is the
    nearest one above, "" for none; `rows` shows the change, line beside line.
    """

    number: int
    heading: str
    left: tuple[int, int]
    right: tuple[int, int]
    rows: tuple[Row, ...]

    @property
    def removed(self) -> int:
        """How many lines of the first text it takes away."""
        return sum(row.left is not None and row.kind != "same" for row in self.rows)

    @property
    def added(self) -> int:
        """How many lines of the second text it brings."""
        return sum(row.right is not None and row.kind != "same" for row in self.rows)


@dataclass(frozen=True)
class _Placed:
    """A row, and how many lines of each text stand before it."""

    row: Row
    left: int
    right: int


def parts_of(first: str, second: str) -> tuple[Part, ...]:
    """Give the places where two texts differ; those with only empty lines between are one.

    A section begins a part of its own, also where the one before differs up to its end.
    """
    lines = lines_of(second)
    found = []
    for number, run in enumerate(_runs(_placed(compare(first, second).rows))):
        begin, end = run[0], run[-1]
        left = (begin.left, end.left + (end.row.left is not None))
        right = (begin.right, end.right + (end.row.right is not None))
        rows = tuple(placed.row for placed in run)
        found.append(Part(number, _heading(lines, begin.right, rows), left, right, rows))
    return tuple(found)


def taken(first: str, second: str, chosen: Collection[int]) -> str:
    """Give the first text with the chosen parts as the second one has them.

    Lines end with a line feed, as an editor in a browser has them.
    """
    left, right = lines_of(first), lines_of(second)
    result: list[str] = []
    at = 0
    for part in parts_of(first, second):
        if part.number in chosen:
            result += [*left[at : part.left[0]], *right[slice(*part.right)]]
            at = part.left[1]
    result += left[at:]
    return "\n".join(result) + "\n" if result else ""


def _placed(rows: Iterable[Row]) -> Iterator[_Placed]:
    left = right = 0
    for row in rows:
        yield _Placed(row, left, right)
        left += row.left is not None
        right += row.right is not None


def _runs(rows: Iterable[_Placed]) -> Iterator[list[_Placed]]:
    """Give the stretches of changed rows, with the empty lines between two of them."""
    run: list[_Placed] = []
    between: list[_Placed] = []
    for placed in rows:
        row = placed.row
        if row.kind == "same" and run and not _text(row.left_pieces).strip():
            between.append(placed)
            continue
        if run and row.kind == "same":
            yield run
            run = []
        elif run and _begins_section(row):
            ended = len(run) - _blank_end(run)
            if ended:
                yield run[:ended]
            run = run[ended:]
        if row.kind != "same":
            run += [*(between if run else []), placed]
        between = []
    if run:
        yield run


def _blank_end(run: Sequence[_Placed]) -> int:
    """Count the empty lines at the end of a stretch: they belong to the section that follows."""
    count = 0
    for placed in reversed(run):
        if placed.row.kind == "changed" or _text(placed.row.left_pieces).strip():
            break
        if _text(placed.row.right_pieces).strip():
            break
        count += 1
    return count


def _begins_section(row: Row) -> bool:
    sides = (row.left_pieces, row.right_pieces)
    return all(_text(side).startswith(_SECTION) for side in sides if side)


def _heading(lines: Sequence[str], at: int, rows: Sequence[Row]) -> str:
    """Name the section that a change stands in, or that it takes away or brings."""
    first = next(
        (row for row in rows if _text(row.right_pieces or row.left_pieces).strip()), rows[0]
    )
    own = _text(first.right_pieces or first.left_pieces)
    above = (line for line in reversed(lines[:at]) if line.startswith("#"))
    found = own if own.startswith("#") else next(above, "")
    return found.lstrip("#").strip()


def _text(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)
