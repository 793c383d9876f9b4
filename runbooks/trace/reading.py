"""Finds the conversation and the spans in a payload of any shape; the rest stays what it is."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from runbooks.trace.messages import Message, is_conversation, read_messages
from runbooks.trace.spans import Span, is_span, is_spans, of_resource_spans, read_spans

_MAX_PARSED = 2_000_000
_MAX_PLACES = 2_000
_MAX_DEPTH = 5
_FIRST_KEYS = ("messages", "spans", "resourceSpans", "data")

Path = tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """What stands in a payload; `rest` is all that is neither message nor span, None if nothing.

    `messages_left` and `spans_left` count those beyond the bounds.
    """

    messages: tuple[Message, ...] = ()
    spans: tuple[Span, ...] = ()
    rest: object = None
    messages_left: int = 0
    spans_left: int = 0

    @property
    def failures(self) -> int:
        """How many messages and spans tell of an error."""
        return sum(m.failed for m in self.messages) + sum(s.failed for s in self.spans)


def read(payload: object) -> Reading:
    """Read a payload; whatever it is, there is an answer."""
    value = _parsed(payload)
    if is_span(value):
        value = [value]
    talk = _found(value, is_conversation)
    listed = _found(value, is_spans)
    if listed is None:
        listed = _found(value, _has_resource_spans)
    messages, spans = _take(value, talk), _take(value, listed)
    errors = value.get("tool_errors") if isinstance(value, Mapping) else None
    named = [text for text in errors if isinstance(text, str)] if isinstance(errors, list) else []
    if isinstance(spans, Mapping):
        spans = of_resource_spans(spans.get("resourceSpans") or spans.get("resource_spans"))
    said = messages if isinstance(messages, list) else []
    rows = spans if isinstance(spans, list) else []
    shown_messages, shown_spans = read_messages(said, named), read_spans(rows)
    gone = [path for path in (talk, listed) if path is not None]
    return Reading(
        messages=shown_messages,
        spans=shown_spans,
        rest=_without(value, gone),
        messages_left=len(said) - len(shown_messages),
        spans_left=max(0, len(rows) - len(shown_spans)),
    )


def _parsed(payload: object) -> object:
    """Read a payload that was stored as JSON text; any other text stays text."""
    if not isinstance(payload, str) or len(payload) > _MAX_PARSED:
        return payload
    if payload.lstrip()[:1] not in ("{", "["):
        return payload
    try:
        parsed: object = json.loads(payload)
    except (ValueError, RecursionError):
        return payload
    return parsed


def _has_resource_spans(value: object) -> bool:
    return isinstance(value, Mapping) and any(
        isinstance(value.get(key), list) and value[key]
        for key in ("resourceSpans", "resource_spans")
    )


def _found(value: object, fits: Callable[[object], bool]) -> Path | None:
    """Look for the nearest place that fits, level by level, the usual names first."""
    places: deque[tuple[Path, object]] = deque([((), value)])
    for _ in range(_MAX_PLACES):
        if not places:
            return None
        path, here = places.popleft()
        if fits(here):
            return path
        if len(path) < _MAX_DEPTH and isinstance(here, Mapping):
            places.extend(((*path, str(name)), item) for name, item in _usual_first(here))
    return None


def _usual_first(value: Mapping[object, object]) -> Iterator[tuple[object, object]]:
    names = sorted(list(value)[:200], key=lambda name: name not in _FIRST_KEYS)
    return ((name, value[name]) for name in names)


def _take(value: object, path: Path | None) -> object:
    if path is None:
        return None
    for name in path:
        value = value[name] if isinstance(value, Mapping) else None
    return value


def _without(value: object, gone: list[Path]) -> object:
    """Give the payload without what is shown as messages or spans; None when nothing is left."""
    if () in gone:
        return None
    if not isinstance(value, Mapping):
        return value
    kept: dict[str, object] = {}
    for name, item in value.items():
        below = [path[1:] for path in gone if path and path[0] == str(name)]
        rest = _without(item, below) if below else item
        if not below or rest not in (None, {}, []):
            kept[str(name)] = rest
    return kept or None
