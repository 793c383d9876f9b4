"""Finds words in a trace: in messages with their tool calls, in spans, and in everything else."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from runbooks.trace.messages import Message
from runbooks.trace.reading import Reading
from runbooks.trace.spans import Span

MAX_QUERY = 200
MAX_PLACES = 200
MAX_NODES = 20_000
_MAX_DEPTH = 40
_PASSAGES = 3
_AROUND = 90

Kind = Literal["message", "span", "other"]


@dataclass(frozen=True)
class Passage:
    """What was found with what stands around it; an ellipsis says that something was left out."""

    before: str
    hit: str
    after: str


@dataclass(frozen=True)
class Place:
    """One message, span or value with hits; `number` counts from 1 within its kind.

    `title` names it, `hits` counts all of them, `passages` shows the first three.
    """

    kind: Kind
    number: int
    title: str
    hits: int
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Found:
    """The places in the order of the trace; `partial` says that not all were looked at."""

    places: tuple[Place, ...] = ()
    hits: int = 0
    partial: bool = False


def find(reading: Reading, query: str) -> Found:
    """Look for a text, without regard to case; every space stands for any white space."""
    words = query[:MAX_QUERY].split()
    if not words:
        return Found()
    wanted = re.compile(r"\s+".join(re.escape(word) for word in words), re.IGNORECASE)
    places: list[Place] = []
    hits = 0
    for kind, number, title, texts in _parts(reading):
        found = [_passage(text, match) for text in texts for match in wanted.finditer(text)]
        if not found:
            continue
        hits += len(found)
        if len(places) < MAX_PLACES:
            places.append(Place(kind, number, title, len(found), tuple(found[:_PASSAGES])))
    return Found(tuple(places), hits, _size(reading.rest) > MAX_NODES)


def _parts(reading: Reading) -> Iterator[tuple[Kind, int, str, list[str]]]:
    for message in reading.messages:
        title = f"{message.role} {message.name}".strip()
        yield "message", message.number, title, list(_said(message))
    for number, span in enumerate(reading.spans, 1):
        yield "span", number, span.resource or span.name or "unnamed", list(_told(span))
    for number, (path, text) in enumerate(_leaves(reading.rest), 1):
        yield "other", number, path, [text]


def _said(message: Message) -> Iterator[str]:
    yield from (message.text, message.name)
    for call in message.calls:
        yield f"{call.name} {call.arguments}"


def _told(span: Span) -> Iterator[str]:
    yield from dict.fromkeys((span.resource, span.name, span.service, span.problem))
    for name, value in span.attributes:
        yield f"{name} {value}"


def _leaves(value: object) -> Iterator[tuple[str, str]]:
    """Give every value with the way to it, in order, at most so many."""
    stack: list[tuple[str, object, int]] = [("", value, 0)] if value is not None else []
    for _ in range(MAX_NODES):
        if not stack:
            return
        path, here, depth = stack.pop()
        below = _below(path, here) if depth < _MAX_DEPTH else None
        if below is None:
            name = path.rpartition(".")[2]
            yield path or "text", f"{name}: {here}" if name else str(here)
        else:
            stack += [(way, item, depth + 1) for way, item in reversed(below)]


def _below(path: str, value: object) -> list[tuple[str, object]] | None:
    if isinstance(value, Mapping):
        dot = "." if path else ""
        return [(f"{path}{dot}{str(name)[:100]}", item) for name, item in value.items()]
    if isinstance(value, list | tuple):
        return [(f"{path}[{number}]", item) for number, item in enumerate(value)]
    return None


def _size(value: object) -> int:
    """Count the values up to one more than are looked at."""
    count, waiting = 0, [value]
    while waiting and count <= MAX_NODES:
        here = waiting.pop()
        count += 1
        inside: Iterable[object] = ()
        if isinstance(here, Mapping):
            inside = here.values()
        elif isinstance(here, list | tuple):
            inside = here
        waiting.extend(inside)
    return count


def _passage(text: str, match: re.Match[str]) -> Passage:
    start, end = max(0, match.start() - _AROUND), match.end() + _AROUND
    return Passage(
        before=("…" if start else "") + text[start : match.start()],
        hit=match[0],
        after=text[match.end() : end] + ("…" if end < len(text) else ""),
    )
