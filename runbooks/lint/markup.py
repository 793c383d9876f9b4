"""Markdown that is shown otherwise than it was meant (RB009), and links to nowhere (RB010)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial

from runbooks.lint.document import CodeBlock, Prose
from runbooks.lint.finding import Finding, Fix
from runbooks.lint.inline import Link
from runbooks.lint.page import Check, Page

_ACTIVE_HTML = re.compile(
    r"<\s{0,3}(?:script|iframe|embed|style)(?=[\s>/])|<\s{0,3}(?:object|form|base|meta)\s[^<>]{0,200}="
    r"|<[a-z][^<>\n]{0,300}\son[a-z]{3,20}\s{0,3}=|(?:href|src)\s{0,3}=\s{0,3}[\"']?\s{0,3}javascript:",
    re.IGNORECASE,
)
_TABLE_ROW = re.compile(r"\s{0,3}\|.{0,2000}\|")
_ANCHOR = re.compile(r"(?:name|id)\s{0,3}=\s{0,3}[\"']?([\w-]{1,100})")
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}:|//)", re.IGNORECASE)

LITERAL_TARGETS = frozenset({"", "#", "link", "url", "href", "todo", "tbd", "here", "insert-link"})


def broken_markdown(page: Page) -> Iterator[Finding]:
    """RB009: open fences, tables without rule, active HTML, skipped heading levels."""
    yield from _unread(page)
    for block in page.document.blocks:
        if block.fenced and not block.closed:
            message = "This code block is never closed; what follows is shown as code."
            fix = _closing(page, block)
            yield page.finding("RB009", message, block.line, end_line=block.end - 1, fix=fix)
    yield from _active_html(page)
    for prose in page.document.prose:
        if prose.kind == "paragraph" and prose.text.startswith("|"):
            yield from _ruleless_table(page, prose)
    yield from _heading_levels(page)


def _unread(page: Page) -> Iterator[Finding]:
    if page.document.unread_from is not None:
        message = "The runbook is too long to be checked; nothing from here on was looked at."
        yield page.finding("RB009", message, page.document.unread_from)


def _closing(page: Page, block: CodeBlock) -> Fix:
    first = page.document.lines[block.line]
    opening = re.search(r"`{3,}|~{3,}", first)
    marks = opening.group() if opening else "```"
    indent = first[: opening.start()] if opening else ""
    last = max(block.line, block.end - 1)
    while last > block.line and not page.document.lines[last].strip():
        last -= 1
    column = len(page.document.lines[last])
    indent = indent if not indent.strip() else " " * len(indent)
    return Fix("Close the code block", last + 1, column, last + 1, column, "", f"\n{indent}{marks}")


def _active_html(page: Page) -> Iterator[Finding]:
    message = "Active HTML does not belong in a runbook."
    for line, end in page.document.html:
        for number in range(line, end):
            match = _ACTIVE_HTML.search(page.document.lines[number])
            if match:
                yield page.finding("RB009", message, number, span=match.span())
    for prose in page.document.prose:
        match = _ACTIVE_HTML.search(prose.plain) if "<" in prose.plain else None
        if match:
            yield page.at("RB009", message, prose.body, match.start(), match.end())


def _ruleless_table(page: Page, prose: Prose) -> Iterator[Finding]:
    rows = prose.text.split("\n")
    if len(rows) < 2 or not all(_TABLE_ROW.match(row) for row in rows[:2]):
        return
    columns = max(1, rows[0].count("|") - 1)
    rule = "|" + " --- |" * columns
    line, column = prose.body.place(len(rows[0]))
    fix = Fix("Add the rule line", line + 1, column, line + 1, column, "", f"\n{rule}")
    message = "This table has no rule line under its head and is shown as plain text."
    yield page.finding("RB009", message, prose.line, end_line=prose.end - 1, fix=fix)


def _heading_levels(page: Page) -> Iterator[Finding]:
    before = None
    for section in page.document.sections:
        if section.setext and page.document.lines[section.line].lstrip().startswith("**"):
            yield _false_heading(page, section.line)
        elif before is not None and section.level > before + 1:
            message = f"The heading skips from level {before} to {section.level}."
            yield page.finding("RB009", message, section.line, severity=page.milder)
        before = section.level


def _false_heading(page: Page, line: int) -> Finding:
    text = page.document.lines[line]
    fix = Fix("Add a blank line", line + 1, len(text), line + 1, len(text), "", "\n")
    message = "The dashes below turn this line into a heading; a blank line is missing."
    return page.finding("RB009", message, line, severity=page.milder, fix=fix)


def dead_links(page: Page) -> Iterator[Finding]:
    """RB010: literal `(link)`, anchors and references without target, relative links."""
    anchors: frozenset[str] | None = None
    for prose in page.document.prose:
        for link in prose.links:
            report = partial(page.at, "RB010", body=prose.body, start=link.start, end=link.end)
            if link.target.startswith("#") and len(link.target) > 1:
                anchors = _anchors(page) if anchors is None else anchors
                if link.target[1:].casefold() not in anchors:
                    yield report(message=f"No heading here has the anchor {link.target[:80]}.")
            elif message := _dead_target(page, link):
                yield report(message=message)


def _dead_target(page: Page, link: Link) -> str | None:
    if link.reference is not None:
        name = (link.reference or link.label).casefold()
        known = " ".join(name.split()) in page.document.references
        return None if known else f"The reference [{name[:60]}] is not defined."
    if link.target.casefold() in LITERAL_TARGETS:
        return "The link has no target."
    if page.strict and not _SCHEME.match(link.target):
        return "A relative link leads nowhere outside its folder."
    return None


def _anchors(page: Page) -> frozenset[str]:
    slugs = [_slug(section.title) for section in page.document.sections]
    numbered: set[str] = set()
    seen: Counter[str] = Counter()
    for slug in slugs:
        numbered.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    for line in page.document.lines:
        if "name=" in line or "id=" in line or "{#" in line:
            numbered.update(match.casefold() for match in _ANCHOR.findall(line))
            numbered.update(match.casefold() for match in re.findall(r"\{#([\w-]{1,100})", line))
    return frozenset(numbered)


def _slug(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.casefold()).strip().replace(" ", "-")


CHECKS: dict[str, Check] = {"RB009": broken_markdown, "RB010": dead_links}
