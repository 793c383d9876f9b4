"""The six sections of a runbook's Markdown as fields, and back (CONTRACT R11, R12).

Read from the parser's tokens, never from the raw text: a `## ` inside a code block is no
section, an underlined heading is one.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from runbooks.markdown.commands import commands_in, commands_of, language_of
from runbooks.markdown.escaping import code_span, escape_inline, one_line
from runbooks.markdown.parsing import (
    Environment,
    TooComplexError,
    block_parser,
    clean_text,
    fresh_environment,
    plain_text,
)
from runbooks.markdown.parsing import parse as parse_blocks
from runbooks.markdown.parsing import parse_inline as parse_inline_text
from runbooks.markdown.sections import METADATA, SECTIONS, failure_name, metadata_name, section_name
from runbooks.markdown.template import RunbookParts, Step, compose, step_line

__all__ = [
    "SECTIONS",
    "Outline",
    "RunbookParts",
    "Step",
    "code_span",
    "compose",
    "escape_inline",
    "parse",
    "quality",
    "step_line",
]

_MIN_COMMANDS = 2
_FOOTER_START = "auto-generated"


@dataclass(frozen=True)
class Outline:
    """What a runbook says, by field.

    `title` is plain text without the suffix; `meta` maps the lines above the first section to
    plain text; `sections` maps the names of SECTIONS that are there to their Markdown, and
    `other_sections` the rest in the order of the text. Symptoms and steps are one line of inline
    Markdown each, commands are plain text, `escalation_criteria` is plain text by line.
    """

    title: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    symptoms: tuple[str, ...] = ()
    diagnosis_commands: tuple[str, ...] = ()
    mitigation_steps: tuple[str, ...] = ()
    escalation_criteria: str = ""
    missing_sections: tuple[str, ...] = SECTIONS
    other_sections: Mapping[str, str] = field(default_factory=dict)


def parse(markdown: str) -> Outline:
    """The outline of any text; of one that is beyond the parser's bounds, an empty outline."""
    try:
        return _Document(clean_text(markdown)).outline()
    except TooComplexError:
        return Outline()


def quality(outline: Outline) -> tuple[str, ...]:
    """Why a draft needs human input (CONTRACT R12), one sentence each; empty when it does not."""
    reasons = [f"The section {name} is missing." for name in outline.missing_sections]
    reasons += [
        f"The section {name} is empty." for name, body in outline.sections.items() if not body
    ]
    found = len(outline.diagnosis_commands)
    if found < _MIN_COMMANDS:
        reasons.append(f"Diagnosis names {found} of the {_MIN_COMMANDS} commands it needs.")
    if not outline.symptoms:
        reasons.append("No symptom is listed.")
    return tuple(reasons)


@dataclass
class _Section:
    """What stands under the headings of one name, up to the next H1 or H2."""

    tokens: list[Token] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    @property
    def body(self) -> str:
        return "\n\n".join(body for body in self.bodies if body)


class _Document:
    """A parsed text; may raise TooComplexError wherever inline text is read."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._environment: Environment = fresh_environment(text)
        self._tokens = parse_blocks(block_parser(), text, self._environment)
        headings = [i for i, token in enumerate(self._tokens) if _opens_section(token)]
        self._title = next((i for i in headings if self._tokens[i].tag == "h1"), None)
        self._starts = [i for i in headings if i != self._title and not self._is_metadata(i)]
        title = [] if self._title is None else [self._title]
        self._bounds = sorted([*self._starts, *title, len(self._tokens)])

    def outline(self) -> Outline:
        known, others = self._sections()
        diagnosis = known.get("Diagnosis Steps")
        return Outline(
            title=failure_name(self._plain(self._title)) if self._title is not None else "",
            meta=self._metadata(),
            sections={name: known[name].body for name in SECTIONS if name in known},
            symptoms=self._items(known.get("Symptoms")),
            diagnosis_commands=commands_in(diagnosis.tokens, self._inline) if diagnosis else (),
            mitigation_steps=self._items(known.get("Immediate Mitigation")),
            escalation_criteria=self._text(known.get("Escalation")),
            missing_sections=tuple(name for name in SECTIONS if name not in known),
            other_sections={name: section.body for name, section in others.items()},
        )

    def _inline(self, token: Token) -> list[Token]:
        return parse_inline_text(block_parser(), token.content, self._environment)

    def _plain(self, heading: int) -> str:
        return plain_text(self._inline(self._tokens[heading + 1]))

    def _is_metadata(self, heading: int) -> bool:
        """Metadata right above a rule, without an empty line between, reads as a heading."""
        is_underlined = self._tokens[heading].markup == "-"
        return is_underlined and any(_pairs(self._inline(self._tokens[heading + 1])))

    def _sections(self) -> tuple[dict[str, _Section], dict[str, _Section]]:
        known: dict[str, _Section] = {}
        others: dict[str, _Section] = {}
        for start in self._starts:
            heading = self._plain(start).strip()
            name = section_name(heading)
            section = (known if name else others).setdefault(name or heading, _Section())
            self._read_section(start, section)
        return known, others

    def _read_section(self, start: int, section: _Section) -> None:
        end = self._bounds[bisect_right(self._bounds, start)]
        tokens = self._without_footer(self._tokens[start + 3 : end])
        following = self._tokens[start + 3 + len(tokens) : start + 4 + len(tokens)]
        first = (self._tokens[start].map or [0, 0])[1]
        last = (following[0].map or [0])[0] if following else len(self._lines)
        section.tokens += tokens
        section.bodies.append("\n".join(self._lines[first:last]).strip("\n").rstrip())

    def _without_footer(self, tokens: list[Token]) -> list[Token]:
        rules = [i for i, token in enumerate(tokens) if token.type == "hr" and token.level == 0]
        if not rules:
            return tokens
        after = tokens[rules[-1] + 1 :]
        words = [plain_text(self._inline(token)) for token in after if token.type == "inline"]
        is_footer = len(after) == 3 and words and words[0].lower().startswith(_FOOTER_START)
        return tokens[: rules[-1]] if not after or is_footer else tokens

    def _metadata(self) -> dict[str, str]:
        end = self._starts[0] if self._starts else len(self._tokens)
        found: dict[str, str] = {}
        for index, token in enumerate(self._tokens[:end]):
            if token.type == "inline" and (self._title is None or index != self._title + 1):
                for key, value in _pairs(self._inline(token)):
                    found.setdefault(metadata_name(key), value)
        return found

    def _items(self, section: _Section | None) -> tuple[str, ...]:
        folded = map(self._folded, _top_items(section.tokens if section else ()))
        return tuple(item for item in folded if item)

    def _folded(self, item: Sequence[Token]) -> str:
        """A list item on one line: blocks follow each other, nested items stand between ";"."""
        pieces: list[str] = []
        separator = " "
        for token in item:
            piece = _piece(token)
            if piece:
                pieces += [separator, piece] if pieces else [piece]
            separator = _SEPARATOR_AFTER.get(token.type, " " if piece else separator)
        return "".join(pieces)

    def _text(self, section: _Section | None) -> str:
        lines: list[str] = []
        for token in section.tokens if section else ():
            if token.type == "inline":
                lines.append(one_line(plain_text(self._inline(token))))
            elif token.type in ("fence", "code_block"):
                lines.append(token.content.strip("\n"))
        return "\n".join(line for line in lines if line)


_SEPARATOR_AFTER = {"list_item_close": "; ", "bullet_list_close": " ", "ordered_list_close": " "}
_HARD_BREAK = re.compile(r"(?<!\\)((?:\\\\){0,20})\\\n")


def _opens_section(token: Token) -> bool:
    return token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2")


def _top_items(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    start = 0
    for index, token in enumerate(tokens):
        if token.level == 1 and token.type == "list_item_open":
            start = index + 1
        elif token.level == 1 and token.type == "list_item_close":
            yield tokens[start:index]


def _piece(token: Token) -> str:
    if token.type == "inline":
        return one_line(_HARD_BREAK.sub(r"\1 ", token.content))
    if token.type in ("fence", "code_block"):
        commands = commands_of(token.content, language_of(token)) or [token.content]
        return "; ".join(code_span(command) for command in commands if command.strip())
    return ""


def _pairs(inline: list[Token]) -> Iterator[tuple[str, str]]:
    """The `**Key**: value` lines of a paragraph; without the bold only names of the template."""
    for line in _split_lines(inline):
        bold = line[0].type == "strong_open"
        end = next((i for i, t in enumerate(line) if t.type == "strong_close"), 0) if bold else 0
        key, rest = plain_text(line[:end]), plain_text(line[end:])
        if not bold:
            key, _, rest = rest.partition(":")
            key = key + ":" if metadata_name(key) in METADATA else ""
        if key.rstrip().endswith(":") or (key and rest.lstrip().startswith(":")):
            yield key.strip(" :"), rest.strip().removeprefix(":").strip()


def _split_lines(inline: list[Token]) -> Iterator[list[Token]]:
    line: list[Token] = []
    for token in inline:
        if token.type in ("softbreak", "hardbreak"):
            if line:
                yield line
            line = []
        elif line or token.type != "text" or token.content.strip():
            line.append(token)
    if line:
        yield line
