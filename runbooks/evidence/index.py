"""The sources of one draft, made searchable: words, names, numbers with what stands beside them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, field
from itertools import islice

from runbooks.evidence.passages import Passage
from runbooks.evidence.quantities import NUMBER, Quantity, read, unit_of_key
from runbooks.evidence.report import MAX_PASSAGE, Support
from runbooks.evidence.shapes import names_in
from runbooks.evidence.words import lowered, stems

MOST_PLACES = 200
"""So many places of one word or number are looked at."""
MOST_NAMES = 2_000
MOST_SEARCHED = 400_000_000
"""So many characters are looked through for one runbook; that is well below a second."""
_PER_SEARCH = 200
_COMPARED = 40
_BESIDE = 56
_NAME_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")
_KEY = re.compile(r"([\w.@-]{1,80})[\"']?\s?(?:[:=]|\bis\b|\bof\b)\s?[\"'`>]{0,2}$")
_CLAUSE = re.compile(r"[;\n]|[.!?] |, (?=[\"\w.]{1,60}[\"']?:)")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A number in a source, with the unit and the words beside it; `key` is its field's name."""

    at: int
    quantity: Quantity
    beside: frozenset[str]
    key: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Kept:
    """What was read of a text and is not read again."""

    numbers: dict[float, list[re.Match[str]]] | None = None
    values: list[float] = field(default_factory=list)
    occurrences: dict[int, Occurrence] = field(default_factory=dict)
    names: frozenset[str] | None = None


class Index:
    """Passages joined to one text that is searched; positions are offsets in that text.

    `left` is how many characters may still be looked through; below 0 it finds nothing more.
    """

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages = tuple(passages)
        self.text = "\n".join(lowered(passage.text) for passage in self.passages)
        self.left = MOST_SEARCHED
        self._kept = _Kept()
        self._starts: list[int] = []
        at = 0
        for passage in self.passages:
            self._starts.append(at)
            at += len(passage.text) + 1

    def again(self) -> "Index":
        """The same index for one more text, with all its characters to look through."""
        other = copy(self)
        other.left = MOST_SEARCHED
        return other

    def find(self, needle: str, start: int = 0) -> int:
        """Give the next place of a text in lower case, or -1."""
        if self.left < 0:
            return -1
        at = self.text.find(needle, start)
        self.left -= (at if at >= 0 else len(self.text)) - start + _PER_SEARCH
        return at

    def places(self, words: str, most: int = MOST_PLACES) -> Iterator[int]:
        """Give where these words stand by themselves, not as a part of longer names."""
        needle = lowered(words)
        if not needle:
            return
        at = self.find(needle)
        while at >= 0 and most > 0:
            if self._stands_alone(at, at + len(needle)):
                yield at
            most -= 1
            at = self.find(needle, at + 1)

    def joins(self, at: int) -> bool:
        """Tell whether a place is within a name: both signs around it belong to names."""
        if not 0 < at < len(self.text):
            return False
        return self.text[at] in _NAME_SIGNS and self.text[at - 1] in _NAME_SIGNS

    def _stands_alone(self, start: int, end: int) -> bool:
        return not (self.joins(start) or self.joins(end))

    def first(self, words: str) -> int | None:
        """Give the place of these words: where they are a whole field, else the first, or None."""
        first: int | None = None
        for at in self.places(words, _COMPARED):
            if self._is_field(at, at + len(words)):
                return at
            first = at if first is None else first
        return first

    def _is_field(self, start: int, end: int) -> bool:
        before, behind = self.text[max(0, start - 2) : start], self.text[end : end + 1]
        return (not before or before == ": " or before[-1] == "\n") and behind in ("", ";", "\n")

    def passage_at(self, at: int) -> Passage:
        """Give the passage around a position."""
        return self.passages[self.number_at(at)]

    def number_at(self, at: int) -> int:
        """Give the number of the passage around a position."""
        return max(0, bisect_right(self._starts, at) - 1)

    def support(self, at: int, length: int, score: float = 1.0) -> Support:
        """Give the support that a position is, its passage cut around it."""
        number = self.number_at(at)
        passage = self.passages[number]
        inside = at - self._starts[number]
        return Support(passage.kind, passage.source, cut(passage.text, inside, length), score)

    def whole(self, number: int, score: float) -> Support:
        """Give the support that a whole passage is."""
        passage = self.passages[number]
        return Support(passage.kind, passage.source, passage.text[:MAX_PASSAGE], score)

    def _numbers(self) -> dict[float, list[re.Match[str]]]:
        """Give every number of the text by its value; read once for all who share the text."""
        kept = self._kept
        if kept.numbers is None:
            found: dict[float, list[re.Match[str]]] = {}
            for match in NUMBER.finditer(self.text):
                value = float(match["digits"].replace(",", "") + (match["rest"] or ""))
                listed = found.setdefault(value, [])
                if len(listed) < MOST_PLACES:
                    listed.append(match)
            kept.values = sorted(found)
            kept.numbers = found  # last: who shares the text takes it as read from now on
        return kept.numbers

    @property
    def names(self) -> frozenset[str]:
        """The names with hyphens that the text has; read once."""
        if self._kept.names is None:
            self._kept.names = frozenset(islice(names_in(self.text), MOST_NAMES))
        return self._kept.names

    def occurrences(self, low: float, high: float) -> Iterator[Occurrence]:
        """Give the numbers of the sources from `low` to `high`, the bounds included."""
        numbers, values = self._numbers(), self._kept.values
        if low == high:
            within = [low] if low in numbers else []
        else:
            within = values[bisect_left(values, low) : bisect_right(values, high)]
        matches = (match for value in within[:MOST_PLACES] for match in numbers[value])
        for match in islice(matches, MOST_PLACES):
            found = self._kept.occurrences.get(match.start()) or self._occurrence(match)
            if found:
                self._kept.occurrences[match.start()] = found
                yield found

    def _occurrence(self, match: re.Match[str]) -> Occurrence | None:
        quantity = read(match)
        if quantity is None:
            return None
        start, end = self._line(match.start(), match.end())
        before = self.text[max(start, match.start() - _BESIDE) : match.start()]
        behind = self.text[quantity.end : min(end, quantity.end + _BESIDE)]
        key = _KEY.search(before)
        if key and not quantity.measure:
            quantity = _with_key(quantity, key[1])
        beside = stems(f"{_last_clause(before)} {_first_clause(behind)}")
        named = frozenset(stems(key[1])) if key else frozenset()
        return Occurrence(match.start(), quantity, frozenset(beside), named)

    def _line(self, start: int, end: int) -> tuple[int, int]:
        number = self.number_at(start)
        begin = self._starts[number]
        return begin, max(end, begin + len(self.passages[number].text))


def _with_key(quantity: Quantity, key: str) -> Quantity:
    known = unit_of_key(key)
    if known is None or (key.endswith("duration") and quantity.value < 1e4):
        return quantity
    return Quantity(
        quantity.value,
        quantity.start,
        quantity.end,
        *known,
        key,
        quantity.decimals,
        quantity.digits,
    )


def _last_clause(text: str) -> str:
    """What stands before a number, back to the end of the clause before the last one."""
    parts = _CLAUSE.split(text)
    return " ".join(parts[-2:])


def _first_clause(text: str) -> str:
    return _CLAUSE.split(text, maxsplit=1)[0]


def cut(text: str, at: int, length: int) -> str:
    """Cut a passage to at most 300 characters around a place."""
    if len(text) <= MAX_PASSAGE:
        return text
    begin = max(0, min(at - max(0, MAX_PASSAGE - length) // 2, len(text) - MAX_PASSAGE))
    piece = text[begin : begin + MAX_PASSAGE - 4]
    return f"{'… ' if begin else ''}{piece}{' …' if begin + MAX_PASSAGE - 4 < len(text) else ''}"
