"""A runbook's HTML with notes beside the blocks that they concern."""

import re
import secrets
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from runbooks.markdown.html import render_changed

Note = Callable[[Sequence[int]], str]
_BLOCKS = frozenset(
    {"paragraph_open", "heading_open", "fence", "code_block", "html_block", "table_open", "hr"}
)


def render_beside(markdown: str, lines: Iterable[int], note: Note) -> str:
    """Safe HTML of a Markdown text with notes before the blocks of some lines, from 1.

    `note` is asked once for each block, with those of the lines that stand in it, and gives HTML
    that is put in as it is: it must come from us. A line outside all blocks belongs to the next
    one. No note is lost: one without a place stands above the text.
    """
    places = _Places(sorted({max(1, line) for line in lines}))
    html = render_changed(markdown, places.marked)
    notes = {number: note(group) for number, group in enumerate(places.groups)}
    html = places.sign.sub(lambda match: notes.pop(int(match[1]), ""), html)
    return "".join(notes.values()) + html


@dataclass
class _Places:
    """Where the notes of some lines belong; `groups` are the lines of each note.

    Until a note is put in, a sign that no text can hold stands in its place.
    """

    lines: list[int]
    secret: str = field(default_factory=lambda: secrets.token_hex(12))
    groups: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Without blocks all lines share one note."""
        self.groups = [self.lines] if self.lines else []

    @property
    def sign(self) -> re.Pattern[str]:
        """The sign of a note, its number in a group."""
        return re.compile(rf"{self.secret}:(\d{{1,9}});")

    def marked(self, tokens: list[Token]) -> list[Token]:
        """Put a sign before each block that has a note."""
        blocks = _blocks(tokens)
        if not blocks:
            return tokens
        found: dict[int, list[int]] = {}
        for line in self.lines:
            found.setdefault(_block_of(line - 1, blocks), []).append(line)
        self.groups = list(found.values())
        numbers = {index: number for number, index in enumerate(found)}
        made: list[Token] = []
        for index, token in enumerate(tokens):
            if index in numbers:
                made.append(Token("text", "", 0, content=f"{self.secret}:{numbers[index]};"))
            made.append(token)
        return made


def _blocks(tokens: list[Token]) -> list[tuple[int, int, int]]:
    """Give the blocks as (first line, end, index of the token), lines from 0, in order."""
    return [
        (token.map[0], token.map[1], index)
        for index, token in enumerate(tokens)
        if token.type in _BLOCKS and token.map
    ]


def _block_of(line: int, blocks: list[tuple[int, int, int]]) -> int:
    """Give the token of the block around a line, else of the next one, else of the last."""
    behind = bisect_right(blocks, line, key=lambda block: block[0])
    if behind and line < blocks[behind - 1][1]:
        return blocks[behind - 1][2]
    return blocks[min(behind, len(blocks) - 1)][2]
