"""Markdown to Document: one pass over the block tokens of markdown-it."""

from __future__ import annotations

import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from runbooks.lint.document import (
    CodeBlock,
    Document,
    Item,
    Prose,
    Section,
    role_of,
    split_lines,
)
from runbooks.lint.finding import TextMap

_BLOCKS = MarkdownIt("commonmark").enable("table")
_BLOCKS.core.ruler.enableOnly(["normalize", "block"])

READ_LIMIT = 300_000
_FRONT_MATTER_LIMIT = 80
_CLOSING_FENCE = re.compile(r"[ \t>]{0,200}(`{3,}|~{3,})[ \t]{0,200}$")
_MARKUP = re.compile(r"[`*_]")


@lru_cache(maxsize=4)
def parse_document(markdown: str) -> Document:
    """Read any text as a runbook; never raises, and reads at most 300,000 characters.

    The last texts are kept as they were read: gate, findings and tracing ask for the same one.
    """
    lines = split_lines(markdown[:READ_LIMIT])
    head = _front_matter(lines)
    env: dict[str, dict[str, object]] = {}
    source = "\n".join(("",) * head + lines[head:])
    builder = _Builder(lines)
    for token in _BLOCKS.parse(source, env):
        builder.take(token)
    return Document(
        lines=lines,
        sections=tuple(_sections(builder.headings, len(lines))),
        items=tuple(sorted(builder.items, key=lambda item: (item.line, item.depth))),
        blocks=tuple(builder.blocks),
        prose=tuple(builder.prose),
        html=tuple(builder.html),
        references=frozenset(name.casefold() for name in env.get("references", {})),
        front_matter_end=head,
        unread_from=len(lines) - 1 if len(markdown) > READ_LIMIT else None,
    )


def _front_matter(lines: tuple[str, ...]) -> int:
    """The number of lines of YAML front matter; markdown-it would read them as a heading."""
    if lines[0].rstrip() != "---":
        return 0
    for index, line in enumerate(lines[1:_FRONT_MATTER_LIMIT], start=1):
        if line.rstrip() in ("---", "..."):
            return index + 1
        if not line.strip() or line.startswith("#"):
            return 0
    return 0


class _Builder:
    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        self.headings: list[Section] = []
        self.items: list[Item] = []
        self.blocks: list[CodeBlock] = []
        self.prose: list[Prose] = []
        self.html: list[tuple[int, int]] = []
        self._ordered: list[bool] = []
        self._heading: Token | None = None
        self._cell = False

    def take(self, token: Token) -> None:
        """Note what one block token says."""
        kind = token.type
        if kind in ("bullet_list_open", "ordered_list_open"):
            self._ordered.append(kind.startswith("ordered"))
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._ordered.pop()
        elif kind in ("heading_open", "heading_close"):
            self._heading = token if kind == "heading_open" else None
        elif kind in ("tr_open", "tr_close"):
            self._cell = kind == "tr_open"
        elif token.map:
            self._take_mapped(token, token.map[0], token.map[1])

    def _take_mapped(self, token: Token, line: int, end: int) -> None:
        if token.type == "list_item_open":
            self._item(token, line, end)
        elif token.type == "inline":
            self._inline(token, line, end)
        elif token.type in ("fence", "code_block"):
            self._code(token, line, end)
        elif token.type == "html_block":
            self.html.append((line, end))

    def _item(self, token: Token, line: int, end: int) -> None:
        ordered = self._ordered[-1] if self._ordered else False
        marker = token.info + token.markup if ordered else token.markup
        self.items.append(Item(line, self._trimmed(line, end), len(self._ordered), ordered, marker))

    def _inline(self, token: Token, line: int, end: int) -> None:
        body = self._located(token.content, line, end)
        if self._heading is not None:
            self._note_heading(self._heading, token.content, line)
            self.prose.append(Prose("heading", line, end, body))
        elif token.content:
            self.prose.append(Prose("cell" if self._cell else "paragraph", line, end, body))

    def _note_heading(self, opening: Token, content: str, line: int) -> None:
        if opening.level:
            return
        title = _MARKUP.sub("", content).strip()
        setext = opening.markup in ("-", "=")
        self.headings.append(
            Section(title, int(opening.tag[1:]), line, line, "other", setext=setext)
        )

    def _code(self, token: Token, line: int, end: int) -> None:
        fenced = token.type == "fence"
        content = token.content.split("\n")[:-1] if token.content else []
        first = line + 1 if fenced else line
        pieces = [
            (number, self._column(number, text, from_end=True), text)
            for number, text in enumerate(content, start=first)
            if number < len(self.lines)
        ]
        closed = not fenced or self._is_closed(token, line, end)
        self.blocks.append(
            CodeBlock(token.info.strip(), line, end, TextMap.of_lines(pieces), fenced, closed)
        )

    def _is_closed(self, token: Token, line: int, end: int) -> bool:
        match = _CLOSING_FENCE.match(self.lines[end - 1]) if end - 1 > line else None
        return match is not None and match.group(1).startswith(token.markup)

    def _located(self, content: str, line: int, end: int) -> TextMap:
        numbered = enumerate(content.split("\n"), start=line)
        pieces = [
            (number, self._column(number, text), text) for number, text in numbered if number < end
        ]
        return TextMap.of_lines(pieces)

    def _column(self, number: int, text: str, *, from_end: bool = False) -> int:
        source = self.lines[number]
        found = source.rfind(text) if from_end else source.find(text)
        return max(found, 0)

    def _trimmed(self, line: int, end: int) -> int:
        while end > line + 1 and not self.lines[end - 1].strip():
            end -= 1
        return end


_OF_A_TITLE = frozenset({"diagnosis", "mitigation", "rollback"})
"""What a page as a whole can be for; a support bot in its title makes it no page on support."""


def _sections(headings: list[Section], total: int) -> list[Section]:
    ends: list[int] = [total] * len(headings)
    still_open: list[int] = []
    sections: list[Section] = []
    # The title of a page names its failure: "Errors in support-agent" is no section on support.
    titles = [heading for heading in headings if heading.level == 1]
    title = titles[0] if len(titles) == 1 and len(headings) > 1 else None
    for index, heading in enumerate(headings):
        while still_open and headings[still_open[-1]].level >= heading.level:
            ends[still_open.pop()] = heading.line
        parent = sections[still_open[-1]].role if still_open else "other"
        still_open.append(index)
        role = role_of(heading.title, parent if heading.level > 2 else "other")
        if heading is title or (heading.level == 1 and role not in _OF_A_TITLE):
            role = "other"
        sections.append(
            Section(heading.title, heading.level, heading.line, 0, role, heading.setext)
        )
    return [
        Section(part.title, part.level, part.line, end, part.role, part.setext)
        for part, end in zip(sections, ends, strict=True)
    ]
