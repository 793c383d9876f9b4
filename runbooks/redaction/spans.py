"""What a detector reads and what it answers: pages, windows and spans."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """The word inside a placeholder; the order says which wins when two spans are equally long."""

    SECRET = "SECRET"  # noqa: S105 a kind of finding, not a password
    CARD = "CARD"
    IBAN = "IBAN"
    SSN = "SSN"
    ID = "ID"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    IP = "IP"
    DOB = "DOB"
    ADDRESS = "ADDRESS"
    NAME = "NAME"
    CUSTOM = "CUSTOM"


class Span(NamedTuple):
    """One sensitive passage: half-open character offsets into the text, and its kind."""

    start: int
    end: int
    kind: Kind


PLACEHOLDER = re.compile(r"\[(" + "|".join(Kind) + r")_(\d{1,7})\]")
# A token may follow an escaped line break, because traces are often JSON inside a string.
LEFT = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt]))"
RIGHT = r"(?![A-Za-z0-9])"
_RANK = {kind: rank for rank, kind in enumerate(Kind)}
_LOWER_STEP = 1 << 16


@dataclass(frozen=True, slots=True)
class Page:
    """A text and its lower-case twin; offsets in both mean the same character."""

    text: str
    low: str

    @classmethod
    def of(cls, text: str) -> "Page":
        """Lower-case in steps, so that other threads run in between.

        The dotted capital I is the one letter whose lower case is longer than itself.
        """
        if len(text) <= _LOWER_STEP:
            return cls(text, _lower(text))
        steps = range(0, len(text), _LOWER_STEP)
        return cls(text, "".join(_lower(text[at : at + _LOWER_STEP]) for at in steps))

    def has(self, needle: str, start: int, end: int) -> bool:
        """Whether the lower-case needle occurs in the window."""
        return self.low.find(needle, start, end) >= 0


def words(text: str) -> frozenset[str]:
    """The words of a list that is easier to read as a line of text."""
    return frozenset(text.split())


Detector = Callable[[Page, int, int], Iterator[Span]]


def _lower(text: str) -> str:
    low = text.lower()
    return low if len(low) == len(text) else text.replace("\u0130", "I").lower()


def merge(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, none touching another's inside; overlapping ones become their union.

    The union has the kind of the longest part, so nothing that any detector saw is left over.
    """
    merged: list[Span] = []
    longest = 0
    for span in sorted(set(spans), key=lambda s: (s.start, -s.end, _RANK[s.kind])):
        size = span.end - span.start
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            kind = span.kind if (size, -_RANK[span.kind]) > (longest, -_RANK[last.kind]) else None
            merged[-1] = Span(last.start, max(last.end, span.end), kind or last.kind)
            longest = max(longest, size)
        else:
            merged.append(span)
            longest = size
    return merged


def outside_placeholders(text: str, spans: list[Span]) -> list[Span]:
    """Drop spans that touch or cut an existing placeholder; one that encloses it may stay.

    Redacted text is left alone by this rule (CONTRACT R10: redacting twice changes nothing).
    """
    if not spans or "[" not in text:
        return spans
    marks = [match.span() for match in PLACEHOLDER.finditer(text)]
    kept = []
    first = 0
    for span in spans:
        while first < len(marks) and marks[first][1] < span.start:
            first += 1
        if not _spoils(span, marks, first):
            kept.append(span)
    return kept


def _spoils(span: Span, marks: list[tuple[int, int]], first: int) -> bool:
    for at in range(first, len(marks)):
        left, right = marks[at]
        if left > span.end:
            return False
        if not (span.start < left and right < span.end):
            return True
    return False
