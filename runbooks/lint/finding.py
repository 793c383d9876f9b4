"""What a rule says about a runbook: the finding, its place, and the fix it may offer."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["E", "W", "I"]
Profile = Literal["evalforge", "generic"]

MAX_TEXT = 200

LINE_BREAK = re.compile(r"\r\n|\r|\n")


class StaleFixError(ValueError):
    """The text that a fix would replace is no longer where the fix was made for."""

    def __init__(self, fix: Fix, found: str) -> None:
        super().__init__(f"line {fix.start_line} has changed since this fix was offered")
        self.fix = fix
        self.found = found


@dataclass(frozen=True, slots=True)
class Fix:
    """One replacement that cures a finding.

    Lines count from 1, columns are character offsets from 0, the end is exclusive.
    `replaces` is the text that stood there when the runbook was checked.
    """

    title: str
    start_line: int
    start_column: int
    end_line: int
    end_column: int
    replaces: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of one rule about one place in a runbook.

    `line` and `end_line` count from 1 and are inclusive. `start` and `end` are character
    offsets in `line` and `end_line`, counted from 0, the end exclusive; both are None when
    the remark concerns whole lines. `text` is the offending text, at most 200 characters.
    """

    id: str
    severity: Severity
    line: int
    end_line: int
    start: int | None
    end: int | None
    text: str
    message: str
    why: str
    fix: Fix | None = None

    def to_dict(self) -> dict[str, object]:
        """The finding as plain JSON values, its fix nested or null."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TextMap:
    """A piece of text cut from a document, and where each of its lines came from.

    `starts` holds (offset in the text, line, column) per line, lines counted from 0.
    """

    text: str
    starts: tuple[tuple[int, int, int], ...]

    @classmethod
    def of_lines(cls, pieces: list[tuple[int, int, str]]) -> TextMap:
        """Join (line, column, text) pieces with line breaks."""
        starts, offset = [], 0
        for line, column, text in pieces:
            starts.append((offset, line, column))
            offset += len(text) + 1
        return cls("\n".join(text for _, _, text in pieces), tuple(starts))

    def place(self, offset: int) -> tuple[int, int]:
        """The (line, column) in the document of a character of this text."""
        index = bisect_right(self.starts, offset, key=lambda start: start[0]) - 1
        begin, line, column = self.starts[max(index, 0)]
        return line, column + offset - begin


def apply_fix(markdown: str, fix: Fix) -> str:
    """The text with one fix applied; everything outside the replaced span stays as it was.

    Raises StaleFixError when the text at that place is not the one the fix was made for.
    """
    begins = [0, *(match.end() for match in LINE_BREAK.finditer(markdown))]
    start = _offset(begins, fix.start_line, fix.start_column)
    end = _offset(begins, fix.end_line, fix.end_column)
    found = markdown[start:end]
    if end > len(markdown) or LINE_BREAK.sub("\n", found) != fix.replaces:
        raise StaleFixError(fix, found)
    newline = "\r\n" if "\r\n" in markdown else "\n"
    return markdown[:start] + fix.text.replace("\n", newline) + markdown[end:]


def _offset(begins: list[int], line: int, column: int) -> int:
    index = min(max(line, 1), len(begins)) - 1
    return begins[index] + column
