"""Two runbooks as they are read, block beside block, with the words that differ marked.

Everything is laid out and cleaned as `html.render` does; the marks are put between the words of
the cleaned HTML and nowhere else.
"""

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from markdown_it.token import Token

from runbooks.comparison import MAX_EDITS, Kind, Pair, matched
from runbooks.markdown.html import balanced, render_changed

MAX_WORDS = 3_000
"""Blocks of more words are compared as a whole."""
_MAX_WORD_EDITS = 200
_LEAST_COMMON = 0.3
# Reads cleaned HTML alone, in which attributes are always quoted and text has no "<".
_TAG = re.compile(r'<(?:[^">]|"[^"]*+")*+>')
_FIRST_TAG = re.compile(r"<(\w{1,12})")
_WORD = re.compile(r"&#?\w{1,32};|\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Change:
    """One block of the first text beside its counterpart, as safe HTML; "" where there is none."""

    kind: Kind
    left: str
    right: str


def rendered_changes(first: str, second: str) -> tuple[Change, ...]:
    """Compare two Markdown texts as they are read; whatever they are, there is an answer."""
    left, right = blocks_of(first), blocks_of(second)
    pairs, _ = matched(left, right, MAX_EDITS)
    return tuple(_changes(left, right, pairs))


def blocks_of(markdown: str) -> list[str]:
    """Give the blocks of a text as safe HTML: a paragraph, a heading, a whole list or table."""
    sign = secrets.token_hex(12)

    def separated(tokens: list[Token]) -> list[Token]:
        made: list[Token] = []
        for token in tokens:
            if token.level == 0 and token.nesting >= 0:
                made.append(Token("text", "", 0, content=sign))
            made.append(token)
        return made

    pieces = (piece.strip() for piece in render_changed(markdown, separated).split(sign))
    return [balanced(piece) for piece in pieces if piece]


def _changes(left: list[str], right: list[str], pairs: list[Pair]) -> Iterator[Change]:
    at_left = at_right = 0
    for i, j in [*pairs, (len(left), len(right))]:
        yield from _replaced(left[at_left:i], right[at_right:j])
        if i < len(left):
            yield Change("same", left[i], right[j])
        at_left, at_right = i + 1, j + 1


def _replaced(left: Sequence[str], right: Sequence[str]) -> Iterator[Change]:
    """Give a stretch that differs; blocks that have little in common do not stand together."""
    for first, second in zip_longest(left, right):
        if first is None:
            yield Change("added", "", second)
        elif second is None:
            yield Change("removed", first, "")
        else:
            marked = _marked(first, second)
            if marked is None:
                yield Change("removed", first, "")
                yield Change("added", "", second)
            else:
                yield Change("changed", *marked)


def _marked(first: str, second: str) -> tuple[str, str] | None:
    """Mark the words of two blocks that differ; None when they are not the same block at all."""
    if _kind(first) != _kind(second):
        return None
    left, right = _words(first), _words(second)
    if max(len(left), len(right)) > MAX_WORDS:
        return first, second
    pairs, _ = matched(left, right, _MAX_WORD_EDITS)
    common = _length(left[i] for i, _ in pairs)
    if common < _LEAST_COMMON * max(_length(left), _length(right)):
        return None
    return _with_marks(first, {i for i, _ in pairs}), _with_marks(second, {j for _, j in pairs})


def _length(words: Iterable[str]) -> int:
    return sum(len(word) for word in words if not word.isspace())


def _kind(block: str) -> str:
    found = _FIRST_TAG.match(block)
    return found[1] if found else ""


def _texts(html: str) -> Iterator[tuple[str, bool]]:
    """Give the parts of cleaned HTML in order, and whether each is a tag."""
    at = 0
    for tag in _TAG.finditer(html):
        if tag.start() > at:
            yield html[at : tag.start()], False
        yield tag[0], True
        at = tag.end()
    if at < len(html):
        yield html[at:], False


def _words(html: str) -> list[str]:
    return [word for text, is_tag in _texts(html) if not is_tag for word in _WORD.findall(text)]


def _with_marks(html: str, kept: set[int]) -> str:
    """Mark the words whose number is not among those kept; spaces between two are marked too."""
    made: list[str] = []
    number = 0
    for text, is_tag in _texts(html):
        if is_tag:
            made.append(text)
            continue
        run: list[str] = []
        for word in _WORD.findall(text):
            if number in kept:
                made.append(_mark(run))
                run = []
                made.append(word)
            else:
                run.append(word)
            number += 1
        made.append(_mark(run))
    return "".join(made)


def _mark(run: list[str]) -> str:
    text = "".join(run)
    return f"<mark>{text}</mark>" if text.strip() else text
