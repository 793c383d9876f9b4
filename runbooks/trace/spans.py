"""Spans of Datadog, its Spans API, LLM Observability or OpenTelemetry, as rows of a waterfall."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from runbooks.drafting.payload import attributes_of, name_of, number_of, unwrapped

MAX_SPANS = 10_000
MAX_DEPTH = 40
MAX_ATTRIBUTES = 100
_ID_KEYS = ("span_id", "spanId")
_PARENT_KEYS = ("parent_id", "parentSpanId", "parent_span_id")
_START_KEYS = ("startTimeUnixNano", "start_ns", "start", "start_timestamp", "start_time")
_END_KEYS = ("endTimeUnixNano", "end_ns", "end", "end_timestamp", "end_time")
_DURATION_KEYS = ("duration_ns", "duration")
_TELLING_KEYS = ("resource", "resource_name", "service", "start", "duration", "startTimeUnixNano")
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""From which size on a point in time is one of nano-, micro- or milliseconds, and how many make a
second; below, it is seconds."""


@dataclass(frozen=True)
class Span:
    """One span; times are seconds, `start` counts from the first span of the trace."""

    name: str
    resource: str
    service: str
    kind: str
    start: float
    duration: float
    depth: int = 0
    failed: bool = False
    problem: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Raw:
    key: str
    parent: str
    span: Span


def is_span(value: object) -> bool:
    """Say whether this is one span."""
    if not isinstance(value, Mapping):
        return False
    told = _fields(value)
    return any(key in told for key in _ID_KEYS) and any(key in told for key in _TELLING_KEYS)


def is_spans(value: object) -> bool:
    """Say whether this is a list of spans, or of traces that are lists of spans."""
    if not isinstance(value, list) or not value:
        return False
    first = value[0]
    return any(is_span(item) for item in value[:5]) or (isinstance(first, list) and is_spans(first))


def of_resource_spans(value: object) -> list[object]:
    """Take the spans out of OpenTelemetry's `resourceSpans`, each with its service's name."""
    found: list[object] = []
    for group in _listed(value):
        fields = group if isinstance(group, Mapping) else {}
        resource = fields.get("resource")
        told = attributes_of(resource) if isinstance(resource, Mapping) else {}
        service = told.get("service.name", "")
        for scope in _listed(fields.get("scopeSpans") or fields.get("instrumentationLibrarySpans")):
            spans = scope.get("spans") if isinstance(scope, Mapping) else None
            found += [
                {"service": service, **span} if isinstance(span, Mapping) else span
                for span in _listed(spans)
            ]
    return found[:MAX_SPANS]


def read_spans(listed: Sequence[object]) -> tuple[Span, ...]:
    """Read spans as rows: each under its parent, siblings by start (times in seconds)."""
    raw = list(islice(_raw(listed), MAX_SPANS))
    begin = min((each.span.start for each in raw if each.span.start > 0), default=0.0)
    return tuple(
        replace(each.span, start=max(0.0, each.span.start - begin), depth=depth)
        for each, depth in _in_tree_order(raw)
    )


def _raw(listed: Sequence[object]) -> Iterator[_Raw]:
    for item in listed:
        if isinstance(item, list):
            yield from _raw([part for part in item if isinstance(part, Mapping)])
        elif isinstance(item, Mapping):
            yield _one(_fields(item))


def _in_tree_order(raw: Sequence[_Raw]) -> Iterator[tuple[_Raw, int]]:
    """Walk from the roots; a span whose parents run in a circle comes last, as a root."""
    known = {each.key for each in raw if each.key}
    children: dict[str, list[_Raw]] = {}
    for each in sorted(raw, key=lambda each: each.span.start):
        is_root = each.parent not in known or each.parent == each.key
        children.setdefault("" if is_root else each.parent, []).append(each)
    seen: set[int] = set()
    stack = [(each, 0) for each in reversed(children.get("", []))]
    while stack:
        each, depth = stack.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each, min(depth, MAX_DEPTH)
        below = children.get(each.key, []) if each.key else []
        stack += [(child, depth + 1) for child in reversed(below)]
    yield from ((each, 0) for each in raw if id(each) not in seen)


def _one(span: Mapping[object, object]) -> _Raw:
    attributes = attributes_of(span)
    start, per_second = _moment(_first(span, _START_KEYS))
    end, _ = _moment(_first(span, _END_KEYS))
    told = number_of(_first(span, _DURATION_KEYS))
    duration = told / per_second if told is not None else end - start
    failed, problem = _failure(span, attributes)
    resource = name_of(span.get("resource")) or name_of(span.get("resource_name"))
    return _Raw(
        str(_first(span, _ID_KEYS) or ""),
        str(_first(span, _PARENT_KEYS) or ""),
        Span(
            name=name_of(span.get("name")) or name_of(span.get("operation_name")) or resource,
            resource=resource,
            service=name_of(span.get("service")) or name_of(attributes.get("service.name")),
            kind=name_of(span.get("type")) or name_of(attributes.get("span.kind")),
            start=start,
            duration=max(0.0, duration),
            failed=failed,
            problem=problem,
            attributes=_shown(attributes),
        ),
    )


def _fields(span: Mapping[object, object]) -> Mapping[object, object]:
    """Look through the envelope of the Spans API: `{id, type, attributes: {…}}`."""
    inner = span.get("attributes")
    if isinstance(inner, Mapping) and any(key in inner for key in _ID_KEYS):
        return inner
    return span


def _first(span: Mapping[object, object], keys: Sequence[str]) -> object:
    return next((span[key] for key in keys if span.get(key) not in (None, "")), None)


def _moment(value: object) -> tuple[float, float]:
    """Read a point in time as seconds; besides, how many of its units make a second."""
    number = number_of(value)
    if number is None:
        return (_iso(value), 1e9) if isinstance(value, str) else (0.0, 1e9)
    per_second = next((unit for least, unit in _UNITS if number >= least), 1.0)
    return number / per_second, per_second


def _iso(value: str) -> float:
    try:
        at = datetime.fromisoformat(value[:40])
    except ValueError:
        return 0.0
    try:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, ValueError):
        return 0.0


def _failure(span: Mapping[object, object], attributes: Mapping[str, object]) -> tuple[bool, str]:
    """Say whether a span failed, and in which words."""
    status = span.get("status")
    code = status.get("code") if isinstance(status, Mapping) else status
    failed = code in (2, "2", "STATUS_CODE_ERROR", "ERROR", "error") or span.get("error") in (
        1,
        True,
    )
    events = [_exception(event) for event in _listed(span.get("events"))[:20]]
    words = (
        attributes.get("error.message"),
        attributes.get("error.msg"),
        status.get("message") if isinstance(status, Mapping) else None,
        *events,
        attributes.get("error.type"),
    )
    problem = next((text for word in words if (text := name_of(word))), "")
    return failed or bool(any(events)), problem if failed or any(events) else ""


def _exception(event: object) -> str:
    if not isinstance(event, Mapping) or event.get("name") != "exception":
        return ""
    told = attributes_of(event)
    return name_of(told.get("exception.message")) or name_of(told.get("exception.type")) or "error"


def _shown(attributes: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    listed = islice(attributes.items(), MAX_ATTRIBUTES)
    return tuple((name[:100], str(unwrapped(value))[:2000]) for name, value in listed if name)


def _listed(value: object) -> list[object]:
    return value[:MAX_SPANS] if isinstance(value, list) else []
