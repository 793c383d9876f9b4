"""Placeholders that were left in the text (RB104)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbooks.lint.command import Command
from runbooks.lint.document import Prose
from runbooks.lint.finding import Finding, Severity, TextMap
from runbooks.lint.markup import LITERAL_TARGETS
from runbooks.lint.metadata import declared_variables
from runbooks.lint.page import Check, Page

_UNFINISHED = re.compile(
    r"\b(?:TODO|TBD|FIXME|CHANGE_?ME|REPLACE_?ME)\b|(?i:\blorem ipsum\b)"
    r"|(?i:\binsert site[ -]specific\b)|(?i:[<\[](?:insert|fill[ -]in)\b[^<>\[\]\n]{0,80}[>\]])"
)
_THREE_X = re.compile(r"(?<![\w-])XXX(?![\w-])")
_EXAMPLE_HOST = re.compile(r"\bexample\.(?:com|org|net)\b", re.IGNORECASE)
_BRACES = re.compile(r"(?<![{$\\%#\w/])\{([A-Za-z][\w .-]{0,40})\}(?!\})")
_ANGLES = re.compile(r"(?<![<\w\\])<([A-Za-z_][\w .-]{0,60}[\w.]|[A-Za-z_])>")
_SEARCHES = frozenset({"grep", "egrep", "fgrep", "rg", "ag", "ack", "sed", "awk", "git"})

# What the drafting template itself holds in braces; such a word is never a real pattern.
_TEMPLATE_WORDS = frozenset(
    {
        *("failure", "failure type", "failure_type", "trace_id", "severity", "timestamp"),
        *("specific_pattern", "file", "check", "rule_name", "service", "command", "pattern"),
    }
)
_HTML_TAGS = frozenset(
    {
        *("a", "abbr", "b", "blockquote", "br", "center", "code", "dd", "del", "details", "div"),
        *("dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins"),
        *("kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike"),
        *("strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "tt"),
        *("u", "ul", "var", "video", "picture", "source", "svg", "script", "style", "iframe"),
    }
)


def placeholders(page: Page) -> Iterator[Finding]:
    """RB104: unfinished text, template braces, example hosts, undeclared variables."""
    declared = declared_variables(page.document)
    named: set[str] = set()
    for prose in page.document.prose:
        yield from _in_prose(page, prose)
        yield from _in_code_spans(page, prose)
        yield from _undeclared(page, prose.body, prose.plain, declared, named, shown=False)
    for block in page.document.blocks:
        yield from _in_comments(page, block.body)
    for command in page.commands:
        yield from _in_command(page, command, declared, named)


def _in_prose(page: Page, prose: Prose) -> Iterator[Finding]:
    plain = prose.plain
    for match in _UNFINISHED.finditer(plain):
        yield _left(page, prose.body, match.start(), match.end())
    for shape in (_THREE_X, _BRACES, _EXAMPLE_HOST):
        for match in shape.finditer(plain):
            yield _left(page, prose.body, match.start(), match.end(), page.milder)
    for link in prose.links:
        if link.reference is None and link.target.casefold() in LITERAL_TARGETS - {"#"}:
            yield _left(page, prose.body, link.start, link.end)


def _left(
    page: Page, body: TextMap, start: int, end: int, severity: Severity | None = None
) -> Finding:
    text = body.text[start:end][:60].replace("\n", " ")
    message = f"The placeholder {text} was never filled in."
    return page.at("RB104", message, body, start, end, severity=severity)


def _in_code_spans(page: Page, prose: Prose) -> Iterator[Finding]:
    for span in prose.spans:
        whole = _BRACES.fullmatch(span.content)
        if whole and page.strict:
            severity: Severity = "E" if whole.group(1).casefold() in _TEMPLATE_WORDS else "W"
            yield _left(page, prose.body, span.start, span.end, severity)
        elif _UNFINISHED.fullmatch(span.content.strip()) and prose.kind != "heading":
            yield _left(page, prose.body, span.start, span.end, page.milder)


def _in_comments(page: Page, body: TextMap) -> Iterator[Finding]:
    offset = 0
    for line in body.text.split("\n"):
        match = _UNFINISHED.search(line) if line.lstrip().startswith("#") else None
        if match:
            yield _left(page, body, offset + match.start(), offset + match.end())
        offset += len(line) + 1


def _in_command(
    page: Page, command: Command, declared: frozenset[str], named: set[str]
) -> Iterator[Finding]:
    text = command.text
    if not any(call.program in _SEARCHES for call in command.calls):
        for match in _UNFINISHED.finditer(text):
            start = command.start + match.start()
            yield _left(page, command.body, start, command.start + match.end())
        for match in _EXAMPLE_HOST.finditer(text):
            start, end = command.start + match.start(), command.start + match.end()
            yield _left(page, command.body, start, end, "W")
    padded = " " * command.start + text
    yield from _undeclared(page, command.body, padded, declared, named, shown=True)


def _undeclared(
    page: Page,
    body: TextMap,
    text: str,
    declared: frozenset[str],
    named: set[str],
    *,
    shown: bool,
) -> Iterator[Finding]:
    """Names in angle brackets that no Variables line declares; each name once."""
    for match in _ANGLES.finditer(text) if "<" in text else ():
        name = match.group(1).casefold()
        known = name in declared or name in named or name.split()[0] in _HTML_TAGS
        if known or _UNFINISHED.match(match.group()):
            continue
        named.add(name)
        message = f"The variable {match.group()} is not declared under Variables."
        if not shown:
            message = f"{match.group()} is read as an HTML tag and not shown; put it in backticks."
        yield page.at("RB104", message, body, match.start(), match.end(), severity="W")


CHECKS: dict[str, Check] = {"RB104": placeholders}
