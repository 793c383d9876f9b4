"""Escalation: when, to whom, from which threshold (RB401 to RB405)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from runbooks.lint.document import Document, Section
from runbooks.lint.finding import Finding
from runbooks.lint.metadata import metadata_of
from runbooks.lint.page import Check, Page

_LABELLED = re.compile(
    r"\s{0,9}(?:[-*+]\s+)?\*{0,2}(?P<label>[A-Za-z][\w /-]{2,40}?)\*{0,2}\s?:"
    r"\s?\*{0,2}\s{0,3}(?P<value>.{0,600})"
)
_WHEN = re.compile(
    r"\b(?:if|when|after|within|unless|once|as soon as|no later than|unresolved|conditions?)\b",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"(?<![\w/&])#[A-Za-z][\w-]{1,80}")
_ROLE = re.compile(
    r"\bon[- ]?call\b|\b(?:platform|data|reliability) engineering\b|\bSREs?\b|\bCISO\b"
    r"|\b(?:team|tech|ML|incident|engineering|duty|product|security)[- ]"
    r"(?:lead|manager|commander|owner|team|officer)\b",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"\b(?:contact|notify|page|call|ask|inform|ping|escalate to|reach out to|open a (?:ticket|case)"
    r" with|mail)\s+\S",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\d[\d.,]{0,12}\s?(?:%|percent\b|(?:more\s+)?(?:ms|milliseconds?|s|secs?|seconds?|m|min|mins|minutes?|h|hrs?|hours?"
    r"|days?|users?|customers?|tenants?|requests?|reqs?|rps|errors?|failures?|replicas?|pods?|nodes?"
    r"|tickets?|alerts?|conversations?|sessions?|USD|EUR|GB|MB|tokens?|times)\b)|[$€]\s?\d",
    re.IGNORECASE,
)
_DURATION = re.compile(r"(\d{1,4})\s?(m|min|mins|minutes?|h|hrs?|hours?|days?)\b", re.IGNORECASE)
_ONLY_ESCALATES = re.compile(
    r"[\s*_]{0,4}(?:please\s+)?(?:escalate|contact|page|notify|call|ask|inform)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Escalation:
    """What an escalation section says, part by part; an absent part is an empty string."""

    when: str
    who: str
    threshold: str
    whole: str


def read_escalation(document: Document, section: Section) -> Escalation:
    """Take an escalation section apart, by its labels or else by its wording."""
    whole = "\n".join(part.text for part in document.prose_in(section.line + 1, section.end))
    labelled: dict[str, str] = {}
    for line in whole.split("\n"):
        match = _LABELLED.match(line)
        if match:
            labelled.setdefault(match["label"].strip().casefold(), match["value"].strip("* "))
    when = _value(labelled, "when") or (whole if _WHEN.search(whole) else "")
    who = _value(labelled, "who", "contact", "whom", "channel", "escalate to")
    if not who and (_CHANNEL.search(whole) or _ADDRESSED.search(whole)):
        who = whole
    threshold = _value(labelled, "threshold", "trigger", "criteria", "impact")
    if not threshold and _AMOUNT.search(_value(labelled, "when") or whole):
        threshold = when or whole
    return Escalation(when, who, threshold, whole)


def _value(labelled: dict[str, str], *words: str) -> str:
    return next(
        (value for label, value in labelled.items() if any(word in label for word in words)), ""
    )


def complete(page: Page) -> Iterator[Finding]:
    """RB401: when, who and threshold."""
    for section, told in _sections(page):
        parts = {"when": told.when, "to whom": told.who, "from which threshold": told.threshold}
        missing = [name for name, value in parts.items() if not value]
        if missing:
            message = f"The escalation does not say {', nor '.join(missing)}."
            yield page.finding("RB401", message, section.line)


def _sections(page: Page) -> Iterator[tuple[Section, Escalation]]:
    for section in page.document.of_role("escalation"):
        told = read_escalation(page.document, section)
        if told.whole.strip():
            yield section, told


def measurable(page: Page) -> Iterator[Finding]:
    """RB402: a number with a unit in the threshold."""
    for section, told in _sections(page):
        if not _AMOUNT.search(told.threshold or told.whole):
            message = "The escalation threshold has no number with a unit."
            yield page.finding("RB402", message, _line_of(page, section, told.threshold))


def reachable(page: Page) -> Iterator[Finding]:
    """RB403: a #channel or a role; with a services file, one of its channels."""
    for section, told in _sections(page):
        if not told.who:
            continue
        line = _line_of(page, section, told.who)
        channels = [channel.casefold() for channel in _CHANNEL.findall(told.who)]
        if page.context.channels:
            known = {f"#{name.lstrip('#')}".casefold() for name in page.context.channels}
            for channel in channels:
                if channel not in known:
                    message = f"{channel} is not a channel of the services file."
                    yield page.finding("RB403", message, line)
        owners = [name for name in page.context.owners if name.casefold() in told.who.casefold()]
        if not (channels or owners or _ROLE.search(told.who)):
            yield page.finding("RB403", "The contact is neither a #channel nor a known role.", line)


def _line_of(page: Page, section: Section, part: str) -> int:
    """The line where a part stands; that of the heading when it is not one line."""
    wanted = part.split("\n")[0].strip()[:80]
    for number in range(section.line + 1, min(section.end, section.line + 200)):
        if wanted and wanted in page.document.lines[number]:
            return number
    return section.line


def in_time(page: Page) -> Iterator[Finding]:
    """RB404: the wait before escalating against the time that the severity allows."""
    entry = metadata_of(page.document).get("severity")
    severity = entry.value.strip("`* ").casefold() if entry else ""
    allowed = page.context.investigation_minutes.get(severity)
    for section, told in _sections(page) if allowed else ():
        match = _DURATION.search(told.when)
        if match and allowed and _minutes(match) > allowed:
            message = (
                f"{match.group()} is longer than the {allowed} minutes that {severity} allows."
            )
            yield page.finding("RB404", message, _line_of(page, section, told.when))


def _minutes(match: re.Match[str]) -> int:
    unit = match.group(2).casefold()
    factor = 1 if unit.startswith("m") else 60 if unit.startswith("h") else 1_440
    return int(match.group(1)) * factor


def only_escalation(page: Page) -> Iterator[Finding]:
    """RB405: every step hands the problem on."""
    document = page.document
    steps = [
        step
        for section in document.of_role("diagnosis", "mitigation")
        for step in document.steps_in(section.line, section.end)
    ]
    texts = [part.text for step in steps for part in document.prose_in(step.line, step.end)[:1]]
    if texts and len(texts) == len(steps) and all(_ONLY_ESCALATES.match(text) for text in texts):
        yield page.finding("RB405", "The only step is to escalate.", steps[0].line)


CHECKS: dict[str, Check] = {
    "RB401": complete,
    "RB402": measurable,
    "RB403": reachable,
    "RB404": in_time,
    "RB405": only_escalation,
}
