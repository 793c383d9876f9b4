"""Two texts line against line, with the words that differ; in bounded time for any texts.

Lines that stand once in both texts are the anchors; between two anchors the shortest way from one
text to the other is looked for, up to a bound beyond which the whole stretch counts as replaced.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

Kind = Literal["same", "changed", "removed", "added"]
Pair = tuple[int, int]
Span = tuple[int, int, int, int]
"""A stretch of both texts: from and to in the first, from and to in the second."""

MAX_EDITS = 300
"""How many insertions and deletions are looked for between two anchors."""
MAX_WORDS = 400
MAX_WORD_EDITS = 100
MAX_MARKED = 500
"""In how many changed lines the words that differ are marked."""
_LEAST_COMMON = 0.35
_BREAK = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A part of a line, and whether the other text has it differently."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Row:
    """A line of the first text beside its counterpart; numbers count from 1, None is no line."""

    kind: Kind
    left: int | None
    right: int | None
    left_pieces: tuple[Piece, ...] = ()
    right_pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """All rows; `removed` and `added` count lines, `coarse` says that a bound was reached."""

    rows: tuple[Row, ...]
    removed: int
    added: int
    coarse: bool = False

    @property
    def same(self) -> bool:
        """Say whether the texts have the same lines."""
        return not self.removed and not self.added


def compare(first: str, second: str) -> Comparison:
    """Compare two texts by lines; the kind of line break makes no difference."""
    left, right = lines_of(first), lines_of(second)
    pairs, coarse = matched(left, right, MAX_EDITS)
    rows = tuple(_rows(left, right, pairs))
    removed = sum(row.left is not None and row.kind != "same" for row in rows)
    added = sum(row.right is not None and row.kind != "same" for row in rows)
    return Comparison(rows, removed, added, coarse)


def lines_of(text: str) -> list[str]:
    """Split a text into lines; one line break at the end makes no further line."""
    lines = _BREAK.split(text)
    return lines[:-1] if lines[-1] == "" else lines


def folded(rows: Sequence[Row], around: int = 3) -> Iterator[Row | int]:
    """Give the rows near changes, and for each stretch left out how many rows it has."""
    near = [False] * len(rows)
    for index, row in enumerate(rows):
        if row.kind != "same":
            start, end = max(0, index - around), min(len(rows), index + around + 1)
            near[start:end] = [True] * (end - start)
    skipped = 0
    for row, shown in zip(rows, near, strict=True):
        if not shown:
            skipped += 1
            continue
        if skipped:
            yield skipped
            skipped = 0
        yield row
    if skipped:
        yield skipped


def _rows(left: list[str], right: list[str], pairs: list[Pair]) -> Iterator[Row]:
    at_left = at_right = marked = 0
    for i, j in [*pairs, (len(left), len(right))]:
        yield from _block(left, right, (at_left, i, at_right, j), marked < MAX_MARKED)
        marked += min(i - at_left, j - at_right)
        if i < len(left):
            line = (Piece(left[i]),)
            yield Row("same", i + 1, j + 1, line, line)
        at_left, at_right = i + 1, j + 1


def _block(left: list[str], right: list[str], span: Span, marked: bool) -> Iterator[Row]:
    """Give a replaced stretch: line beside line as long as both have some."""
    a, b, c, d = span
    last = a + MAX_MARKED if marked else a
    for i, j in zip_longest(range(a, b), range(c, d)):
        if j is None:
            yield Row("removed", i + 1, None, (Piece(left[i]),))
        elif i is None:
            yield Row("added", None, j + 1, (), (Piece(right[j]),))
        else:
            pieces = _words if i < last else _whole
            yield Row("changed", i + 1, j + 1, *pieces(left[i], right[j]))


def _words(first: str, second: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Mark the words of two lines that differ; lines with little in common are not marked."""
    left, right = _WORD.findall(first), _WORD.findall(second)
    if max(len(left), len(right)) > MAX_WORDS:
        return _whole(first, second)
    pairs, _ = matched(left, right, MAX_WORD_EDITS)
    common = sum(len(left[i]) for i, _ in pairs)
    if common < _LEAST_COMMON * max(len(first), len(second)):
        return _whole(first, second)
    kept_left, kept_right = {i for i, _ in pairs}, {j for _, j in pairs}
    return _pieces(left, kept_left), _pieces(right, kept_right)


def _whole(first: str, second: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    return (Piece(first),), (Piece(second),)


def _pieces(words: list[str], kept: set[int]) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for index, word in enumerate(words):
        changed = index not in kept
        if found and found[-1].changed == changed:
            found[-1] = Piece(found[-1].text + word, changed)
        else:
            found.append(Piece(word, changed))
    return tuple(found)


def matched(left: list[str], right: list[str], bound: int) -> tuple[list[Pair], bool]:
    """Give the pairs of places that stay, in order, and whether a bound was reached.

    `bound` says how many insertions and deletions are looked for between two anchors.
    """
    pairs: list[Pair] = []
    coarse = False
    at_left = at_right = 0
    for i, j in [*_anchors(left, right), (len(left), len(right))]:
        inside, cut = _between(left, right, (at_left, i, at_right, j), bound)
        pairs += inside
        coarse = coarse or cut
        if i < len(left):
            pairs.append((i, j))
        at_left, at_right = i + 1, j + 1
    return pairs, coarse


def _anchors(left: list[str], right: list[str]) -> list[Pair]:
    """Pair what stands exactly once on each side, as many as keep their order."""
    once_left, once_right = Counter(left), Counter(right)
    places = {text: j for j, text in enumerate(right) if once_right[text] == 1}
    pairs = [
        (i, places[text])
        for i, text in enumerate(left)
        if once_left[text] == 1 and text in places and text.strip()
    ]
    return _longest_rising(pairs)


def _longest_rising(pairs: list[Pair]) -> list[Pair]:
    """Keep the longest run of pairs whose second numbers rise (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        before.append(piles[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [j]
        piles[pile : pile + 1] = [index]
    kept: list[Pair] = []
    at = piles[-1] if piles else -1
    while at >= 0:
        kept.append(pairs[at])
        at = before[at]
    return kept[::-1]


def _between(left: list[str], right: list[str], span: Span, bound: int) -> tuple[list[Pair], bool]:
    """Match a stretch without anchors: its equal ends, then the shortest way between."""
    a, b, c, d = span
    head = tail = 0
    while a + head < b and c + head < d and left[a + head] == right[c + head]:
        head += 1
    while b - tail > a + head and d - tail > c + head and left[b - tail - 1] == right[d - tail - 1]:
        tail += 1
    start = [(a + k, c + k) for k in range(head)]
    end = [(b - tail + k, d - tail + k) for k in range(tail)]
    inner = left[a + head : b - tail], right[c + head : d - tail]
    if not inner[0] or not inner[1]:
        return start + end, False
    found = _shortest(*inner, bound)
    middle = [(a + head + i, c + head + j) for i, j in found or ()]
    return start + middle + end, found is None


def _shortest(left: list[str], right: list[str], bound: int) -> list[Pair] | None:
    """Give the pairs of the shortest edit (Myers 1986), None when it takes more than the bound.

    `reached[k]` is how far along diagonal k (place in left minus place in right) one gets.
    """
    reached = {1: 0}
    trail: list[dict[int, int]] = []
    for edits in range(min(bound, len(left) + len(right)) + 1):
        trail.append(dict(reached))
        for k in range(-edits, edits + 1, 2):
            i = _step(reached, k, edits)
            while i < len(left) and 0 <= i - k < len(right) and left[i] == right[i - k]:
                i += 1
            reached[k] = i
            if i >= len(left) and i - k >= len(right):
                return _walked_back(trail, len(left), len(right))
    return None


def _step(reached: dict[int, int], k: int, edits: int) -> int:
    down = k == -edits or (k != edits and reached[k - 1] < reached[k + 1])
    return reached[k + 1] if down else reached[k - 1] + 1


def _walked_back(trail: list[dict[int, int]], i: int, j: int) -> list[Pair]:
    pairs: list[Pair] = []
    for edits in range(len(trail) - 1, -1, -1):
        reached, k = trail[edits], i - j
        start = _step(reached, k, edits)
        while i > start and j > start - k:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        down = k == -edits or (k != edits and reached[k - 1] < reached[k + 1])
        k = k + 1 if down else k - 1
        i = reached[k] if edits else 0
        j = i - k if edits else 0
    return pairs[::-1]
