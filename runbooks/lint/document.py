"""A runbook as the rules see it: sections, steps, code blocks and prose, each with its lines.

Lines and columns count from 0 here; a Finding counts lines from 1.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol, TypeVar

from runbooks.lint.finding import LINE_BREAK, TextMap
from runbooks.lint.inline import CodeSpan, Link, Scan, find_links, scan_code

Role = Literal[
    "summary",
    "symptoms",
    "diagnosis",
    "mitigation",
    "fix",
    "escalation",
    "rollback",
    "verification",
    "story",
    "other",
]

SIX_SECTIONS: dict[str, Role] = {
    "Summary": "summary",
    "Symptoms": "symptoms",
    "Diagnosis Steps": "diagnosis",
    "Immediate Mitigation": "mitigation",
    "Root Cause Fix": "fix",
    "Escalation": "escalation",
}

OUTPUT_LANGUAGES = frozenset(
    {"text", "output", "plaintext", "plain", "json", "yaml", "yml", "xml", "log", "logs", "diff"}
)

_TITLES: tuple[tuple[Role, str], ...] = (
    ("rollback", r"\b(roll ?back|revert|undo)"),
    ("escalation", r"\b(escalat|who to contact|contacts?\b|support\b)"),
    ("fix", r"\b(root cause fix|permanent|long[- ]term|prevent|follow[- ]up)"),
    (
        "story",
        r"\b(impact|background|previous|history|timeline|references?|post-?mortem|past)\b",
    ),
    ("verification", r"\b(verif|validat)"),
    ("symptoms", r"\b(symptoms?|signs?)\b"),
    ("diagnosis", r"\b(diagnos|troubleshoot|investigat|triage|debug)"),
    ("mitigation", r"\b(mitigat|remediat|resolution|resolv|recover|solution|fix|how to)"),
    ("summary", r"\b(summary|overview|meaning|description|about)\b"),
)

_ROLE_WORDS = tuple((role, re.compile(words, re.IGNORECASE)) for role, words in _TITLES)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what it governs: lines `line` to `end` (exclusive), subsections included."""

    title: str
    level: int
    line: int
    end: int
    role: Role
    setext: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One list item; `depth` 1 is a list that is not inside another."""

    line: int
    end: int
    depth: int
    ordered: bool
    marker: str


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A fenced or indented code block; `body` maps its text to the lines of the document."""

    info: str
    line: int
    end: int
    body: TextMap
    fenced: bool
    closed: bool

    @property
    def language(self) -> str:
        """The first word of the info string, lower-case; empty when there is none."""
        words = self.info.split(maxsplit=1)
        return words[0].lower() if words else ""


@dataclass(frozen=True)
class Prose:
    """A paragraph, a heading or a table cell."""

    kind: Literal["paragraph", "heading", "cell"]
    line: int
    end: int
    body: TextMap

    @property
    def text(self) -> str:
        """The text as written, its lines without list and quote markers."""
        return self.body.text

    @cached_property
    def _scan(self) -> Scan:
        return scan_code(self.body.text)

    @property
    def spans(self) -> tuple[CodeSpan, ...]:
        """The code spans, offsets into `text`."""
        return self._scan.spans

    @property
    def stray_backtick(self) -> int | None:
        """The offset of the first backtick that opens no code span."""
        return self._scan.stray

    @property
    def plain(self) -> str:
        """The text with code spans blanked; offsets are those of `text`."""
        return self._scan.plain

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Links and bare addresses, offsets into `text`."""
        return tuple(find_links(self.plain, self.text))


@dataclass(frozen=True)
class Document:
    """The parsed runbook; every list is in document order.

    `unread_from` is the first line that was not read, where the text was too long.
    """

    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    blocks: tuple[CodeBlock, ...]
    prose: tuple[Prose, ...]
    html: tuple[tuple[int, int], ...]
    references: frozenset[str]
    front_matter_end: int
    unread_from: int | None = None

    def of_role(self, *roles: Role) -> Iterator[Section]:
        """The outermost sections that have one of the roles."""
        end = -1
        for section in self.sections:
            if section.role in roles and section.line >= end:
                end = section.end
                yield section

    def role_at(self, line: int) -> Role:
        """What the section around a line is for; `other` before the first heading."""
        section = self.section_at(line)
        return section.role if section else "other"

    def section_at(self, line: int) -> Section | None:
        """The innermost section around a line."""
        index = bisect_right(self.sections, line, key=lambda section: section.line) - 1
        return self.sections[index] if index >= 0 else None

    def chapter_at(self, line: int) -> Section | None:
        """The section of level 2 around a line, or the innermost one where there is none."""
        index = bisect_right(self._chapters, line, key=lambda section: section.line) - 1
        if index >= 0 and line < self._chapters[index].end:
            return self._chapters[index]
        return self.section_at(line)

    @cached_property
    def _chapters(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.level == 2)

    def item_at(self, line: int) -> Item | None:
        """The innermost list item around a line."""
        index = bisect_right(self.items, line, key=lambda item: item.line) - 1
        for item in reversed(self.items[max(0, index - 40) : index + 1]):
            if item.line <= line < item.end:
                return item
        return None

    def step_at(self, line: int) -> Item | None:
        """The outermost list item around a line: what a reader counts as one step."""
        index = bisect_right(self._steps, line, key=lambda item: item.line) - 1
        if index >= 0 and line < self._steps[index].end:
            return self._steps[index]
        return None

    @cached_property
    def _steps(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.depth == 1)

    def prose_in(self, line: int, end: int) -> tuple[Prose, ...]:
        """Prose that begins in the lines from `line` to `end` (exclusive)."""
        return lines_between(self.prose, line, end)

    def blocks_in(self, line: int, end: int) -> tuple[CodeBlock, ...]:
        """Code blocks that begin in the lines from `line` to `end` (exclusive)."""
        return lines_between(self.blocks, line, end)

    def items_in(self, line: int, end: int) -> tuple[Item, ...]:
        """List items of any depth that begin in the lines from `line` to `end` (exclusive)."""
        return lines_between(self.items, line, end)

    def steps_in(self, line: int, end: int) -> tuple[Item, ...]:
        """Outermost list items that begin in the lines from `line` to `end` (exclusive)."""
        return lines_between(self._steps, line, end)

    def text_in(self, line: int, end: int) -> str:
        """The source of some lines."""
        return "\n".join(self.lines[max(line, 0) : max(end, 0)])


class _Placed(Protocol):
    @property
    def line(self) -> int: ...


_Part = TypeVar("_Part", bound=_Placed)


def line_of(part: _Placed) -> int:
    """The line of a part, as a sort key."""
    return part.line


def lines_between(parts: tuple[_Part, ...], line: int, end: int) -> tuple[_Part, ...]:
    """Those of the ordered parts that begin in the lines from `line` to `end` (exclusive)."""
    first = bisect_left(parts, line, key=line_of)
    return parts[first : bisect_left(parts, end, key=line_of)]


def split_lines(markdown: str) -> tuple[str, ...]:
    """Lines as markdown-it counts them: a break is CR LF, CR or LF and nothing else."""
    return tuple(LINE_BREAK.split(markdown))


def role_of(title: str, inherited: Role = "other") -> Role:
    """What a section is for, by its heading; a heading that says nothing inherits."""
    for name, role in SIX_SECTIONS.items():
        if title.strip().casefold() == name.casefold():
            return role
    for role, words in _ROLE_WORDS:
        if words.search(title[:120]):
            return role
    return inherited
