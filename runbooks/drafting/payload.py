"""Walks a trace payload of any shape and hands out what stands in it, in bounded time.

A payload is foreign: a list of Datadog spans, `messages` with tool calls, OpenTelemetry JSON, log
text, or anything else that JSON can say. Nothing here raises on a shape, follows what a text says,
or looks at more than a fixed number of nodes and characters.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

MAX_NODES = 40_000
MAX_CHARACTERS = 4_000_000
MAX_DEPTH = 60
MAX_MEMBERS = 4_000
MAX_KEYS = 400
MAX_PARSED = 2_000_000
MAX_TEXT = 20_000
"""Of one text no reader looks at more characters than this."""
_SPAN_KEYS = ("span_id", "spanId", "resource", "resource_name", "service")


@dataclass(frozen=True)
class Place:
    """Where something stands: the nearest span or message, its service, a message's role."""

    label: str = ""
    service: str = ""
    role: str = ""


@dataclass(frozen=True)
class Node:
    """One value of the payload, the key it stands under and the key of the map around it.

    Lists are looked through: their members carry the key of the list.
    """

    key: str
    parent: str
    value: object
    place: Place

    @property
    def path(self) -> str:
        """Both keys in lower case, `error.message` for instance."""
        return f"{self.parent}.{self.key}".lower()


@dataclass
class Reach:
    """How far a walk may still go; `partial` tells that something was left out."""

    nodes: int = MAX_NODES
    characters: int = MAX_CHARACTERS
    partial: bool = False


def walk(payload: object, reach: Reach) -> Iterator[Node]:
    """Give maps and plain values of a payload in their order, as many as `reach` allows."""
    stack: list[tuple[object, str, str, Place, int]] = [(parsed(payload), "", "", Place(), 0)]
    while stack:
        if reach.nodes <= 0:
            reach.partial = True
            return
        reach.nodes -= 1
        value, key, parent, place, depth = stack.pop()
        if depth > MAX_DEPTH:
            reach.partial = True
        elif isinstance(value, Mapping):
            here = _place(value, place)
            yield Node(key, parent, value, here)
            inside = [(item, name, key, here, depth + 1) for name, item in _fields(value, reach)]
            stack.extend(reversed(inside))
        elif isinstance(value, list | tuple):
            listed = [(item, key, parent, place, depth + 1) for item in _sampled(value, reach)]
            stack.extend(reversed(listed))
        elif _within(value, reach):
            yield Node(key, parent, value, place)


def _within(value: object, reach: Reach) -> bool:
    """Take a text from the characters that may still be read; other values cost nothing."""
    if isinstance(value, str):
        reach.characters -= min(len(value), MAX_TEXT)
        if reach.characters < 0:
            reach.partial = True
    return reach.characters >= 0


def name_of(value: object) -> str:
    """Read a name as one line of at most 200 characters; what is not text is empty."""
    return " ".join(value[:400].split())[:200] if isinstance(value, str) else ""


def number_of(value: object) -> float | None:
    """Read a finite number, also one written as text of sensible length."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > 40:
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def unwrapped(value: object) -> object:
    """Take the value out of OpenTelemetry's `{"stringValue": …}`."""
    if isinstance(value, Mapping) and len(value) == 1:
        for kind in ("stringValue", "intValue", "doubleValue", "boolValue"):
            if kind in value:
                return value[kind]
    return value


def attributes_of(value: Mapping[object, object]) -> dict[str, object]:
    """Give a span's attributes as one flat map: Datadog's `meta`, OpenTelemetry's `attributes`."""
    found: dict[str, object] = {}
    for key in ("meta", "metrics", "attributes", "tags"):
        held = value.get(key)
        if isinstance(held, Mapping):
            found.update((str(name), item) for name, item in islice(held.items(), MAX_KEYS))
        elif isinstance(held, list):
            pairs = (item for item in held[:MAX_KEYS] if isinstance(item, Mapping))
            found.update((name_of(item.get("key")), unwrapped(item.get("value"))) for item in pairs)
    return found


def parsed(payload: object) -> object:
    """Read a payload that was stored as JSON text; any other text stays text."""
    if not isinstance(payload, str) or len(payload) > MAX_PARSED:
        return payload
    if payload.lstrip()[:1] not in ("{", "["):
        return payload
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return payload


def _fields(value: Mapping[object, object], reach: Reach) -> list[tuple[str, object]]:
    if len(value) > MAX_KEYS:
        reach.partial = True
    return [(str(name)[:200], item) for name, item in islice(value.items(), MAX_KEYS)]


def _sampled(value: Sequence[object], reach: Reach) -> Sequence[object]:
    """Take a long list's beginning and end: how a run failed is told at its end."""
    if len(value) <= MAX_MEMBERS:
        return value
    reach.partial = True
    half = MAX_MEMBERS // 2
    return [*value[:half], *value[-half:]]


def _place(value: Mapping[object, object], outer: Place) -> Place:
    role = value.get("role")
    if isinstance(role, str):
        return Place(name_of(value.get("name")), outer.service, role[:20].lower())
    if not any(key in value for key in _SPAN_KEYS):
        return outer
    resource = value.get("resource") or value.get("resource_name")
    label = name_of(resource) or name_of(value.get("name")) or outer.label
    return Place(label, name_of(value.get("service")) or outer.service)
