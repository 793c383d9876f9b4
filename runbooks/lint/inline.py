"""Code spans, links and HTML inside prose, with their offsets; a few linear scans.

markdown-it parses blocks; its inline tokens carry no columns, and a fix needs them. The rules
for code spans are CommonMark's: a run of backticks is closed by the next run of equal length.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

_RUN = re.compile(r"`+")
_ESCAPE_OR_RUN = re.compile(r"\\[\s\S]|`+")
_LINK = re.compile(
    r"!?\[(?P<label>[^\[\]]{0,300})\]"
    r"(?:\(\s{0,9}(?P<target><[^<>\n]{0,600}>|[^\s()<>]{0,800}(?:\([^\s()<>]{0,200}\)[^\s()<>]{0,200})?)"
    r"(?:\s{1,9}(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'))?\s{0,9}\)"
    r"|\[(?P<reference>[^\[\]]{0,200})\])"
)
_BARE_URL = re.compile(r"https?://[^\s<>\"'`)\]]{1,2000}")


@dataclass(frozen=True, slots=True)
class CodeSpan:
    """Inline code: offsets of the whole span, and its content without the backticks."""

    start: int
    end: int
    content: str
    content_start: int


@dataclass(frozen=True, slots=True)
class Link:
    """An inline link, a reference link (`reference` set), or a bare address."""

    start: int
    end: int
    label: str
    target: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """What a piece of prose holds; `plain` has code spans blanked, offsets unchanged."""

    spans: tuple[CodeSpan, ...]
    stray: int | None
    plain: str


def scan_code(text: str) -> Scan:
    """Find code spans; `stray` is the offset of the first backtick that opens nothing."""
    if "`" not in text:
        return Scan((), None, text)
    closers = _runs_by_length(text)
    spans: list[CodeSpan] = []
    stray: int | None = None
    at = 0
    while match := _ESCAPE_OR_RUN.search(text, at):
        at = match.end()
        if match.group().startswith("\\"):
            continue
        close = _next_run(closers[len(match.group())], at)
        if close is None:
            stray = match.start() if stray is None else stray
            continue
        at = close + len(match.group())
        spans.append(_span(text, match.start(), match.end(), close, at))
    return Scan(tuple(spans), stray, _blanked(text, spans))


def find_links(plain: str, text: str) -> list[Link]:
    """Links of a prose text; `plain` is the same text with code blanked."""
    links = [
        Link(
            match.start(),
            match.end(),
            text[match.start("label") : match.end("label")],
            (match["target"] or "").strip("<>"),
            match["reference"],
        )
        for match in (_LINK.finditer(plain) if "](" in plain or "][" in plain else ())
    ]
    taken = [(link.start, link.end) for link in links]
    for match in _BARE_URL.finditer(plain) if "://" in plain else ():
        if not _inside(taken, match.start()):
            url = match.group().rstrip(".,;:")
            links.append(Link(match.start(), match.start() + len(url), url, url))
    return links


def _runs_by_length(text: str) -> defaultdict[int, list[int]]:
    runs: defaultdict[int, list[int]] = defaultdict(list)
    for match in _RUN.finditer(text):
        runs[len(match.group())].append(match.start())
    return runs


def _next_run(starts: list[int], at: int) -> int | None:
    index = bisect_right(starts, at - 1)
    return starts[index] if index < len(starts) else None


def _span(text: str, start: int, inner: int, close: int, end: int) -> CodeSpan:
    content = text[inner:close]
    padded = content.startswith(" ") and content.endswith(" ") and content.strip()
    if padded:
        return CodeSpan(start, end, content[1:-1], inner + 1)
    return CodeSpan(start, end, content, inner)


def _blanked(text: str, spans: list[CodeSpan]) -> str:
    pieces, at = [], 0
    for span in spans:
        pieces.append(text[at : span.start])
        pieces.append(re.sub(r"[^\n]", " ", text[span.start : span.end]))
        at = span.end
    return "".join([*pieces, text[at:]])


def _inside(ranges: list[tuple[int, int]], offset: int) -> bool:
    index = bisect_right(ranges, (offset, float("inf"))) - 1
    return index >= 0 and ranges[index][0] <= offset < ranges[index][1]
