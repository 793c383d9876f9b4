"""Evidence: does the text rest on its sources (RB501 to RB505)?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbooks.lint.document import Prose
from runbooks.lint.finding import Finding
from runbooks.lint.metadata import metadata_of
from runbooks.lint.page import Check, Page
from runbooks.lint.wording import wording

_ID = re.compile(
    r"(?<![\w:-])(?:(?:pattern|trace|tr|span)[_-](?=[\w-]{0,80}\d)[\w-]{4,120}"
    r"|[0-9a-f]{32}|[0-9a-f]{16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])"
)
_QUOTED_SOURCE = re.compile(r"[`*\s]{0,4}(?!unknown\b|none\b|tbd\b)[\w:./-]{4,200}", re.IGNORECASE)
_STATED = re.compile(
    r"\broot cause (?:is|was)\b|\b(?:is|was|are|were) (?:caused by|due to|the result of)\b"
    r"|\bthis (?:happens|happened|occurs|occurred) because\b|\bcaused by\b",
    re.IGNORECASE,
)
_HEDGE = wording(
    """likely, unlikely, probab*, may, might, could, suspect*, appear*, seem*, possib*, hypothes*,
    suggest*, assum*, unconfirmed, candidate, if, whether, confidence, potential*"""
)
_SENTENCE = re.compile(r"[^.!?\n]{1,600}")
_FILE = re.compile(r"\b[\w-]{1,60}\.(?:py|ts|js|go|java|rb|rs|cs|php|yaml|yml|toml|sql|tf|ipynb)\b")
_SERVICE = re.compile(
    r"\b[a-z][a-z0-9]{1,30}(?:-[a-z0-9]{1,30}){0,4}-(?:service|api|agent|worker|gateway|server|db)\b"
)
_NUMBER = re.compile(
    r"(?<![\w.:/-])\d{1,3}(?:,\d{3})+|(?<![\w.:/-])\d{2,12}(?:\.\d{1,6})?(?:\s?%|(?![\w/-]))"
)
_CONFIDENT = 0.75
_MOST = 20


def source_quoted(page: Page) -> Iterator[Finding]:
    """RB501: at least one source trace id stands in the text."""
    text = "\n".join(page.document.lines)
    entry = metadata_of(page.document).get("source incident")
    if page.context.trace_ids:
        if not any(trace_id in text for trace_id in page.context.trace_ids):
            line = entry.line if entry else 0
            yield page.finding("RB501", "None of the source trace ids is quoted.", line)
    elif not (entry and _QUOTED_SOURCE.match(entry.value)) and not _ID.search(text):
        yield page.finding("RB501", "No source trace id is quoted.", entry.line if entry else 0)


def foreign_ids(page: Page) -> Iterator[Finding]:
    """RB502: a trace or pattern id that is not in the lineage."""
    traces, patterns = page.context.trace_ids, page.context.pattern_ids
    if not (traces or patterns):
        return
    known = {*traces, *patterns, *(f"pattern_{trace_id}" for trace_id in traces)}
    known |= {pattern.removeprefix("pattern_") for pattern in patterns}
    evidence = page.context.evidence_text
    for number, line in enumerate(page.document.lines):
        for match in _ID.finditer(line):
            if match.group() not in known and match.group() not in evidence:
                message = f"{match.group()[:60]} is not among the sources of this runbook."
                yield page.finding("RB502", message, number, span=match.span())


def overconfident(page: Page) -> Iterator[Finding]:
    """RB503: a cause stated as a fact that the pattern only supposes."""
    confidence = page.context.confidence
    if confidence is None or confidence >= _CONFIDENT:
        return
    for prose in _telling(page, "summary", "symptoms", "fix", "story", "other"):
        for sentence in _SENTENCE.finditer(prose.plain):
            match = _STATED.search(sentence.group())
            if match and not _HEDGE.search(sentence.group()):
                start = sentence.start() + match.start()
                end = sentence.start() + match.end()
                message = f"The confidence is {confidence:.2f}; say “likely”."
                yield page.at("RB503", message, prose.body, start, end)


def _telling(page: Page, *roles: str) -> Iterator[Prose]:
    for prose in page.document.prose:
        if prose.kind != "heading" and page.document.role_at(prose.line) in roles:
            yield prose


def unsupported(page: Page) -> Iterator[Finding]:
    """RB504: files, services and numbers of the account that no source mentions."""
    evidence = page.context.evidence_text
    if not evidence:
        return
    supported = evidence.replace(",", "").casefold()
    seen: set[str] = set()
    for prose in _telling(page, "summary", "symptoms", "fix"):
        shapes = (_FILE, _SERVICE) if page.document.role_at(prose.line) == "fix" else _ALL_SHAPES
        for shape in shapes:
            for match in shape.finditer(prose.text):
                token = match.group().replace(",", "").rstrip(" %").casefold()
                if token in seen or token in supported or len(seen) >= _MOST:
                    continue
                seen.add(token)
                message = f"“{match.group()}” occurs in no source trace or pattern."
                yield page.at("RB504", message, prose.body, match.start(), match.end())


_ALL_SHAPES = (_FILE, _SERVICE, _NUMBER)


def silent_edit(page: Page) -> Iterator[Finding]:
    """RB505: a person changed the draft and left no note."""
    note = page.context.reviewer_note or ""
    if page.context.edit_source == "human" and not note.strip():
        yield page.finding("RB505", "The draft was edited by a person without a note.", 0)


CHECKS: dict[str, Check] = {
    "RB501": source_quoted,
    "RB502": foreign_ids,
    "RB503": overconfident,
    "RB504": unsupported,
    "RB505": silent_edit,
}
