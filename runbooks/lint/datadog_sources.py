"""Where Datadog queries stand in a runbook: commands, API bodies, blocks, inline code, links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from runbooks.lint.calls import Call
from runbooks.lint.command import Command, first_program
from runbooks.lint.document import CodeBlock, Document, Prose
from runbooks.lint.finding import TextMap
from runbooks.lint.tools import KNOWN_PROGRAMS, NO_SUCH_PROGRAM

Kind = Literal["spans", "logs", "llm", "unknown"]
Source = Literal["pup", "api", "block", "inline", "link"]

MAX_QUERIES = 500
_MAX_QUERY = 4_000

_QUERY_SHAPE = re.compile(
    r"(?:^|[\s(])-?(?:@[A-Za-z][\w.@-]{0,100}|(?:service|env|ml_app|resource_name|operation_name"
    r"|trace_id|kube_namespace)):[^\s:/]"
)
_NOT_A_QUERY = re.compile(r"[{}]|://|^\s*(?:sum|avg|max|min|count|p\d\d):|\bby\s*\{|,\s*\w+:")
_JSON_QUERY = re.compile(r'"query"\s{0,9}:\s{0,9}("(?:[^"\\]|\\.){0,4000}")')
_API = re.compile(r"https?://api\.[\w.<>${}-]{1,80}/api/v\d/(spans|logs|llm-obs)[\w/.-]{0,80}")
_APP_LINK = re.compile(r"https?://[\w.-]{0,80}\b(?:datadoghq\.(?:com|eu)|ddog-gov\.com)/")
_WINDOW = re.compile(
    r"\bnow-\d|--from\b|\blast\s+\d{1,4}\s*(?:s|m|h|d|min|minutes?|hours?|days?)\b|\b(?:last|past)\s+"
    r"(?:\d{1,4}\s+)?(?:minutes?|hours?|days?|hour|day)\b|\b(?:from_ts|time window)\b",
    re.IGNORECASE,
)
_LLM = re.compile(r"\bml_app:|@(?:meta|evaluations|trace|child)\.|@ml_app\b")
_JOINED = re.compile(
    r"^\s*(?:AND|OR|and|or)\b|\b(?:AND|OR|and|or)\s*$|^\s+\S|^[^()]*\([^)]*$", re.M
)


@dataclass(frozen=True, slots=True)
class QueryUse:
    """One query and where it stands; `exact` says that its offsets in `body` are its own."""

    text: str
    body: TextMap
    start: int
    end: int
    kind: Kind
    source: Source
    windowed: bool
    exact: bool = True

    @property
    def line(self) -> int:
        """The document line where it begins, from 0."""
        return self.body.place(self.start)[0]


def queries_of(document: Document, commands: tuple[Command, ...]) -> tuple[QueryUse, ...]:
    """Every Datadog query of a runbook in document order; at most 500."""
    found: list[QueryUse] = []
    for query in _all_queries(document, commands):
        found.append(query)
        if len(found) >= MAX_QUERIES:
            break
    return tuple(sorted(found, key=lambda query: query.line))


def _all_queries(document: Document, commands: tuple[Command, ...]) -> Iterator[QueryUse]:
    for command in commands:
        yield from _command_queries(command)
    for block in document.blocks:
        if block.language in ("datadog", "ddquery"):
            yield from _block_queries(document, block)
        elif block.language == "json" and "search_request" in block.body.text:
            yield from _json_queries(block.body, 0, len(block.body.text), "spans")
    for prose in document.prose:
        yield from _prose_queries(document, prose)


def _command_queries(command: Command) -> Iterator[QueryUse]:
    for call in command.calls:
        if call.program == "pup":
            yield from _pup_queries(command, call)
        elif call.program == "curl":
            yield from _curl_queries(command)


def _pup_queries(command: Command, call: Call) -> Iterator[QueryUse]:
    area = call.positionals[0] if call.positionals else ""
    if area not in ("traces", "logs", "spans", "apm", "llm-obs", "llm"):
        return
    kind: Kind = "logs" if area == "logs" else "spans"
    for text in call.values("--query", "-q"):
        at = command.body.text.find(text, command.start, command.end) if text else -1
        start, end = (at, at + len(text)) if at >= 0 else (command.start, command.end)
        windowed = call.has("--from") or area != "logs"
        yield QueryUse(
            text, command.body, start, end, _kind(kind, text), "pup", windowed, exact=at >= 0
        )


def _curl_queries(command: Command) -> Iterator[QueryUse]:
    api = _API.search(command.text)
    if api:
        kinds: dict[str, Kind] = {"logs": "logs", "llm-obs": "llm"}
        kind = kinds.get(api.group(1), "spans")
        yield from _json_queries(command.body, command.start, command.end, kind)


def _json_queries(body: TextMap, start: int, end: int, kind: Kind) -> Iterator[QueryUse]:
    text = body.text[start:end]
    windowed = '"from"' in text
    for match in _JSON_QUERY.finditer(text):
        try:
            query = str(json.loads(match.group(1)))
        except ValueError:
            continue
        inner = start + match.start(1) + 1
        exact = body.text[inner : inner + len(query)] == query
        yield QueryUse(
            query,
            body,
            inner,
            start + match.end(1) - 1,
            _kind(kind, query),
            "api",
            windowed,
            exact=exact,
        )


def _block_queries(document: Document, block: CodeBlock) -> Iterator[QueryUse]:
    around = document.text_in(block.line - 4, block.end + 3)
    windowed = bool(_WINDOW.search(around))
    for start, end in _query_spans(block.body.text):
        text = block.body.text[start:end]
        yield QueryUse(text, block.body, start, end, _kind("unknown", text), "block", windowed)


def _query_spans(text: str) -> Iterator[tuple[int, int]]:
    """One query a line, or the whole block where lines hang together."""
    if _JOINED.search(text.strip()):
        stripped = text.strip()
        start = text.find(stripped)
        yield start, start + len(stripped)
        return
    offset = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped and not stripped.startswith(("# ", "//")):
            start = offset + line.find(stripped)
            yield start, start + len(stripped)
        offset += len(line) + 1


def _prose_queries(document: Document, prose: Prose) -> Iterator[QueryUse]:
    windowed: bool | None = None
    for span in prose.spans:
        if _is_inline_query(span.content):
            if windowed is None:
                windowed = bool(_WINDOW.search(document.text_in(prose.line, prose.end + 2)))
            start, end = span.content_start, span.content_start + len(span.content)
            kind = _kind("unknown", span.content)
            yield QueryUse(span.content, prose.body, start, end, kind, "inline", windowed)
    for link in prose.links:
        if _APP_LINK.match(link.target):
            yield from _link_queries(prose, link.target, link.start, link.end)


def _is_inline_query(content: str) -> bool:
    if len(content) > _MAX_QUERY or not _QUERY_SHAPE.search(content):
        return False
    program = first_program(content)
    is_command = program in KNOWN_PROGRAMS or program in NO_SUCH_PROGRAM
    return not (is_command or _NOT_A_QUERY.search(content))


def _link_queries(prose: Prose, target: str, start: int, end: int) -> Iterator[QueryUse]:
    try:
        parts = urlsplit(target)
        parameters = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return
    kinds: tuple[tuple[str, Kind], ...] = (
        ("/apm/", "spans"),
        ("/logs", "logs"),
        ("/llm/", "llm"),
    )
    kind = next((kind for prefix, kind in kinds if parts.path.startswith(prefix)), None)
    if kind is None:
        return
    windowed = bool({"from_ts", "start", "from", "paused", "live"} & parameters.keys())
    for text in parameters.get("query", [])[:1]:
        yield QueryUse(
            text[:_MAX_QUERY], prose.body, start, end, kind, "link", windowed, exact=False
        )


def _kind(given: Kind, text: str) -> Kind:
    return "llm" if _LLM.search(text) else given
