"""The sources of one draft, made searchable: words, names, numbers with what stands beside them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from runbooks.evidence.passages import Passage
from runbooks.evidence.quantities import NUMBER, Quantity, read, unit_of_key
from runbooks.evidence.report import MAX_PASSAGE, Support
from runbooks.evidence.words import lowered, stems

MOST_PLACES = 200
"""So many places of one word or number are looked at."""
_COMPARED = 40
_BESIDE = 56
_NAME_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")
_KEY = re.compile(r"([\w.@-]{1,80})[\"']?\s?(?:[:=]|\bis\b|\bof\b)\s?[\"'`>]{0,2}$")
_CLAUSE = re.compile(r"[;\n]|[.!?] |, (?=[\"\w.]{1,60}[\"']?:)")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A number in a source, with the unit and the words beside it."""

    at: int
    quantity: Quantity
    beside: frozenset[str]


class Index:
    """Passages joined to one text that is searched; positions are offsets in that text."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self.passages = tuple(passages)
        self.text = "\n".join(lowered(passage.text) for passage in self.passages)
        self._starts: list[int] = []
        at = 0
        for passage in self.passages:
            self._starts.append(at)
            at += len(passage.text) + 1

    def places(self, words: str, most: int = MOST_PLACES) -> Iterator[int]:
        """Give where these words stand by themselves, not as a part of longer names."""
        needle = lowered(words)
        if not needle:
            return
        own_start, own_end = needle[0] in _NAME_SIGNS, needle[-1] in _NAME_SIGNS
        at = self.text.find(needle)
        while at >= 0 and most > 0:
            end = at + len(needle)
            before, behind = self.text[at - 1 : at] if at else "", self.text[end : end + 1]
            free = not (own_start and before in _NAME_SIGNS if before else False)
            if free and not (own_end and behind and behind in _NAME_SIGNS):
                yield at
            most -= 1
            at = self.text.find(needle, at + 1)

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

    @cached_property
    def _numbers(self) -> dict[float, list[re.Match[str]]]:
        found: dict[float, list[re.Match[str]]] = {}
        for match in NUMBER.finditer(self.text):
            value = float(match["digits"].replace(",", "") + (match["rest"] or ""))
            listed = found.setdefault(value, [])
            if len(listed) < MOST_PLACES:
                listed.append(match)
        return found

    @cached_property
    def _values(self) -> list[float]:
        return sorted(self._numbers)

    def occurrences(self, low: float, high: float) -> Iterator[Occurrence]:
        """Give the numbers of the sources from `low` to `high`, the bounds included."""
        if low == high:
            values = [low] if low in self._numbers else []
        else:
            values = self._values[bisect_left(self._values, low) : bisect_right(self._values, high)]
        matches = (match for value in values[:MOST_PLACES] for match in self._numbers[value])
        for match in islice(matches, MOST_PLACES):
            found = self._occurrence(match)
            if found:
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
        return Occurrence(match.start(), quantity, frozenset(beside))

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
