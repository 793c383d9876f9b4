"""The lines above the first section: `**Severity**: high`, or YAML front matter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from runbooks.lint.document import Document

_SCANNED_LINES = 80
_BOLD = re.compile(r"\s{0,3}(?:[-*+]\s+)?\*\*([^*:\n]{1,40}):?\*\*\s{0,3}:?\s{0,5}(.{0,500})")
_PLAIN = re.compile(r"\s{0,3}(?:[-*+]\s+)?([A-Za-z][A-Za-z _-]{1,30}):\s{1,5}(.{1,500})")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w{0,60})\}?|<([A-Za-z_][\w .-]{0,60})>")


@dataclass(frozen=True, slots=True)
class Entry:
    """One metadata value and its place; columns are those of the value."""

    value: str
    line: int
    start: int
    end: int


def metadata_of(document: Document) -> dict[str, Entry]:
    """Metadata by lower-case key; the first of equal keys counts."""
    entries: dict[str, Entry] = {}
    for number, line in enumerate(document.lines[: _metadata_end(document)]):
        match = _BOLD.match(line) or _PLAIN.match(line)
        if match:
            value = match.group(2).rstrip().rstrip("\\").rstrip()
            key = match.group(1).strip().casefold().replace("_", " ").replace("-", " ")
            start = match.start(2)
            entries.setdefault(key, Entry(value, number, start, start + len(value)))
    return entries


def _metadata_end(document: Document) -> int:
    chapters = [section.line for section in document.sections if section.level == 2]
    return min(chapters[0] if chapters else _SCANNED_LINES, _SCANNED_LINES)


def date_in(text: str) -> datetime | None:
    """The ISO date or timestamp that a value begins with, in UTC; None if there is none."""
    match = re.match(
        r"[`*_\s]{0,4}(\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}[\d:.]{0,12})?)(Z|[+-]\d{2}:?\d{2})?",
        text,
    )
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(match.group(1) + (match.group(2) or ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def declared_variables(document: Document) -> frozenset[str]:
    """Names under the Variables line, or in a section of that name, lower-case.

    A placeholder such as `<pod-name>` or `$NAMESPACE` is fine when it is declared there.
    """
    texts = [entry.value for key, entry in metadata_of(document).items() if "variable" in key]
    for section in document.sections:
        if re.search(r"\b(?:variables|placeholders|parameters)\b", section.title, re.IGNORECASE):
            texts.append(document.text_in(section.line + 1, section.end)[:20_000])
    names = {
        (match.group(1) or match.group(2)).casefold()
        for text in texts
        for match in _VARIABLE.finditer(text)
    }
    names |= {word.casefold() for text in texts for word in re.findall(r"`([\w.-]{1,60})`", text)}
    return frozenset(names)
