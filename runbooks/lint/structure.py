"""Structure: title, sections, metadata (RB001 to RB008); Markdown itself is in `markup`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from runbooks.lint.document import SIX_SECTIONS, Section
from runbooks.lint.finding import Finding, Fix
from runbooks.lint.metadata import Entry, date_in, metadata_of
from runbooks.lint.page import Check, Page

_TITLE = re.compile(r"\S.{0,300} - Operational Runbook$")
_SUFFIX = " - Operational Runbook"
_WORD = re.compile(r"\w+")
_PART = re.compile(r"[^\W_]+")
"""A word, and of a name such as `rag.index_age` each part: that much it tells."""
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|etc|vs|approx|no|cf|resp|incl|St|Dr)\.", re.IGNORECASE)
_SEVERITIES = frozenset({"low", "medium", "high", "critical", "p1", "p2", "p3"})
_NO_VALUE = frozenset({"", "-", "–", "n/a", "none", "unknown", "tbd", "todo", "?"})
_UNLISTED = "has no row in the services file"
_REVIEWED = ("last reviewed", "last review", "reviewed", "last updated", "lastreviewed")
_MAX_WORDS, _MAX_SUMMARY_WORDS, _MIN_SECTION_WORDS = 1_200, 60, 5


def title(page: Page) -> Iterator[Finding]:
    """RB001: one H1 that ends in ` - Operational Runbook`."""
    heads = [section for section in page.document.sections if section.level == 1]
    if not heads:
        yield page.finding("RB001", "The runbook has no title (H1).", 0)
    for extra in heads[1:]:
        yield page.finding("RB001", "The runbook has a second title (H1).", extra.line)
    if heads and not _TITLE.search(heads[0].title):
        fix = _title_fix(page, heads[0])
        message = "The title does not end in “ - Operational Runbook”."
        yield page.finding("RB001", message, heads[0].line, fix=fix)


def _title_fix(page: Page, head: Section) -> Fix | None:
    line = page.document.lines[head.line]
    if head.setext or not line.startswith("#"):
        return None
    kept = re.sub(
        r"\s*[-–—:]?\s*(?:operational\s+)?runbook\s*#*\s*$", "", line, flags=re.IGNORECASE
    )
    if not kept.strip("# "):
        return None
    number = head.line + 1
    return Fix(
        "End the title in “Operational Runbook”", number, 0, number, len(line), line, kept + _SUFFIX
    )


def sections(page: Page) -> Iterator[Finding]:
    """RB002: the six sections, once each, in order; others come after them."""
    chapters = [section for section in page.document.sections if section.level == 2]
    present: dict[str, Section] = {}
    others: list[Section] = []
    for chapter in chapters:
        name = _six_name(chapter)
        if name is None:
            others.append(chapter)
        elif name in present:
            yield page.finding("RB002", f"The section “{name}” occurs twice.", chapter.line)
        else:
            present[name] = chapter
    yield from _missing(page, others, present)
    for other in others:
        message = f"The section “{other.title[:60]}” is not one of the six."
        yield page.finding("RB002", message, other.line, severity="W")
    yield from _disordered(page, present)


def _six_name(section: Section) -> str | None:
    folded = section.title.strip().casefold()
    return next((name for name in SIX_SECTIONS if name.casefold() == folded), None)


def _missing(page: Page, others: list[Section], present: dict[str, Section]) -> Iterator[Finding]:
    """Absent sections; one that only bears another name is taken out of `others`."""
    for name, role in SIX_SECTIONS.items():
        if name in present:
            continue
        namesake = next((other for other in others if other.role == role), None)
        if namesake:
            others.remove(namesake)
            fix = _rename(page, namesake, name)
            message = f"The section “{namesake.title[:60]}” should be called “{name}”."
            yield page.finding("RB002", message, namesake.line, fix=fix)
        else:
            line, fix = _insertion(page, name, present)
            yield page.finding("RB002", f"The section “{name}” is missing.", line, fix=fix)


def _rename(page: Page, section: Section, name: str) -> Fix | None:
    line = page.document.lines[section.line]
    if section.setext or not line.startswith("##"):
        return None
    number = section.line + 1
    return Fix(f"Call it “{name}”", number, 0, number, len(line), line, f"## {name}")


def _insertion(page: Page, name: str, present: dict[str, Section]) -> tuple[int, Fix]:
    names = list(SIX_SECTIONS)
    later = [present[other] for other in names[names.index(name) + 1 :] if other in present]
    lines = page.document.lines
    heading = f"Insert the section “{name}”"
    if later:
        at = min(section.line for section in later)
        return at, Fix(heading, at + 1, 0, at + 1, 0, "", f"## {name}\n\n\n")
    last = len(lines) - 1
    column = len(lines[last])
    break_before = "\n\n" if lines[last].strip() else "\n"
    return last, Fix(
        heading, last + 1, column, last + 1, column, "", f"{break_before}## {name}\n\n"
    )


def _disordered(page: Page, present: dict[str, Section]) -> Iterator[Finding]:
    latest = -1
    for name in SIX_SECTIONS:
        if name in present:
            if present[name].line < latest:
                message = f"The section “{name}” stands before one that it should follow."
                yield page.finding("RB002", message, present[name].line)
            latest = max(latest, present[name].line)


def empty_sections(page: Page) -> Iterator[Finding]:
    """RB003: a section that must say something says nothing."""
    document = page.document
    for section in _required(page):
        words = len(_PART.findall(document.text_in(section.line + 1, section.end)[:4_000]))
        if words < _MIN_SECTION_WORDS:
            severity = page.milder if words else None
            message = f"The section “{section.title[:60]}” has {words or 'no'} words."
            yield page.finding("RB003", message, section.line, severity=severity)


def _required(page: Page) -> Iterator[Section]:
    if page.strict:
        chapters = (section for section in page.document.sections if section.level == 2)
        return (chapter for chapter in chapters if _six_name(chapter))
    return page.document.of_role("diagnosis", "mitigation")


def long_summary(page: Page) -> Iterator[Finding]:
    """RB004: a summary of more than two sentences or 60 words."""
    for section in page.document.of_role("summary"):
        if not page.strict and "summary" not in section.title.casefold():
            continue
        parts = [
            part
            for part in page.document.prose_in(section.line + 1, section.end)
            if part.kind == "paragraph"
        ]
        text = "\n".join(_ABBREVIATION.sub("", part.plain) for part in parts)
        words = sum(len(_WORD.findall(part.text)) for part in parts)
        sentences = len(_SENTENCE_END.findall(text))
        if sentences > 2 or words > _MAX_SUMMARY_WORDS:
            message = f"The summary has {sentences} sentences and {words} words."
            yield page.finding("RB004", message, section.line)


def identity(page: Page) -> Iterator[Finding]:
    """RB005: source incident, severity and generation date."""
    entries = metadata_of(page.document)
    source, severity, made = (
        entries.get(key) for key in ("source incident", "severity", "generated")
    )
    report = partial(_metadata_finding, page, "RB005")
    named = source.value.strip("`* ").casefold() if source else ""
    if named in _NO_VALUE or named[0] in "{<[":
        yield report(source, "The source incident is not named.")
    if severity is None or severity.value.strip("`* ").casefold() not in _SEVERITIES:
        yield report(severity, "The severity is not low, medium, high, critical or P1 to P3.")
    if made is None or date_in(made.value) is None:
        yield report(made, "The generation date is not an ISO date.")


def _metadata_finding(page: Page, rule: str, entry: Entry | None, message: str) -> Finding:
    if entry is None:
        return page.finding(rule, message, _below_title(page))
    return page.finding(rule, message, entry.line, span=(entry.start, entry.end))


def _below_title(page: Page) -> int:
    heads = [section.line for section in page.document.sections if section.level == 1]
    return heads[0] if heads else 0


def owner(page: Page) -> Iterator[Finding]:
    """RB006: somebody is responsible for the page, and not only by default (CONTRACT §4)."""
    entries = metadata_of(page.document)
    service = page.context.unlisted_service[:80]
    stand_in = page.context.default_owner.casefold() if service else ""
    for key in ("owner", "owners", "team", "maintainer", "service owner", "authors", "author"):
        named = entries[key].value.strip("`* ").casefold() if key in entries else ""
        if named not in _NO_VALUE:
            if named == stand_in:
                message = f"The owner is the default one: {service} {_UNLISTED}."
                yield _metadata_finding(page, "RB006", entries[key], message)
            return
    unlisted = f", and {service} {_UNLISTED}" if service else ""
    yield page.finding("RB006", f"No owner is named{unlisted}.", _below_title(page))


def last_review(page: Page) -> Iterator[Finding]:
    """RB007: the last review, and how long ago it was.

    One of our drafts that nobody has reviewed yet is as old as its generation: the review that it
    lacks is the one it waits for.
    """
    entries = metadata_of(page.document)
    entry = next((entries[key] for key in _REVIEWED if key in entries), None)
    new = entry is None and page.strict
    entry = entries.get("generated") if new else entry
    reviewed = date_in(entry.value) if entry else None
    if reviewed is None:
        place = None if new else entry
        yield _metadata_finding(page, "RB007", place, "The date of the last review is missing.")
        return
    now = page.context.now or datetime.now(UTC)
    now = now if now.tzinfo else now.replace(tzinfo=UTC)
    age = now - reviewed
    if age > timedelta(days=page.context.review_interval_days):
        told = f"It was generated {age.days} days ago and not reviewed since."
        message = told if new else f"The last review was {age.days} days ago."
        yield _metadata_finding(page, "RB007", entry, message)


def length(page: Page) -> Iterator[Finding]:
    """RB008: more words than anyone reads during an incident."""
    words = sum(len(_WORD.findall(line)) for line in page.document.lines)
    if words > _MAX_WORDS:
        yield page.finding("RB008", f"The runbook has {words:,} words.", 0)


CHECKS: dict[str, Check] = {
    "RB001": title,
    "RB002": sections,
    "RB003": empty_sections,
    "RB004": long_summary,
    "RB005": identity,
    "RB006": owner,
    "RB007": last_review,
    "RB008": length,
}
