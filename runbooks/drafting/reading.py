"""Reads one trace: its errors, status codes, tools, durations, times, models and evaluations."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from runbooks.drafting.error_text import (
    ERROR_LEVELS,
    NO_TEXT,
    error_lines,
    frames,
    is_failed_exit,
    one_line,
    raised,
)
from runbooks.drafting.observed import MAX_ERRORS, Reading
from runbooks.drafting.payload import (
    Node,
    Reach,
    attributes_of,
    name_of,
    number_of,
    unwrapped,
    walk,
)

_TERSE = 25


def read(payload: object, reach: Reach) -> Reading:
    """Read a payload of any shape; it never raises and looks no further than `reach`."""
    found = Reading()
    for node in walk(payload, reach):
        if isinstance(node.value, Mapping):
            _read_map(found, node, node.value)
        else:
            _read_value(found, node)
    found.partial = found.partial or reach.partial
    return found


def _read_map(found: Reading, node: Node, value: Mapping[object, object]) -> None:
    if isinstance(value.get("role"), str):
        found.messages += 1
        content = value.get("content")
        if node.place.role == "assistant" and isinstance(content, str) and content.strip():
            found.last_reply = one_line(content)
    _read_call(found, value)
    _read_span(found, node, value)
    _read_evaluation(found, node, value)
    _read_terse_error(found, node, value)
    level = name_of(value.get("level") or value.get("severity") or value.get("status")).lower()
    spoken = value.get("message") or value.get("msg")
    if level in ERROR_LEVELS and isinstance(spoken, str):
        found.error(spoken, node.place)
    key, held = value.get("key"), unwrapped(value.get("value"))
    if isinstance(key, str) and len(value) <= 3:
        _read_value(found, Node(key[:200], "", held, node.place))


def _read_terse_error(found: Reading, node: Node, value: Mapping[object, object]) -> None:
    """Put the exception's name before a message that says little without it, as `'id'` does."""
    kind, message = name_of(value.get("error.type")), value.get("error.message")
    if kind and isinstance(message, str) and 0 < len(message) < _TERSE:
        found.error(f"{kind}: {message}", node.place)
        found.told.add(message)


def _read_call(found: Reading, value: Mapping[object, object]) -> None:
    """Count a tool call in the forms of OpenAI, Anthropic and plain `name` with `arguments`."""
    used = value.get("arguments", value.get("input"))
    tool = name_of(value.get("name"))
    if not tool or used is None or ("input" in value and value.get("type") != "tool_use"):
        return
    found.calls[tool] += 1
    found.identical[tool, _likeness(used)] += 1


def _read_tool_span(found: Reading, node: Node, attributes: Mapping[str, object]) -> None:
    kinds = ("span.kind", "_dd.llmobs.span_kind", "openinference.span.kind", "gen_ai.tool.name")
    spoken = [name_of(attributes.get(kind)).lower() for kind in kinds]
    if "tool" not in spoken and not spoken[-1]:
        return
    named = attributes.get("gen_ai.tool.name") or attributes.get("tool.name")
    tool = name_of(named) or node.place.label
    used = attributes.get("tool.arguments") or attributes.get("gen_ai.tool.call.arguments")
    if tool:
        found.calls[tool] += 1
        found.identical[tool, _likeness(used) if used else id(attributes)] += 1


def _likeness(arguments: object) -> int:
    if isinstance(arguments, str):
        return hash(arguments)
    try:
        return hash(json.dumps(arguments, sort_keys=True, default=str))
    except (TypeError, ValueError, RecursionError):
        return id(arguments)


def _read_span(found: Reading, node: Node, value: Mapping[object, object]) -> None:
    begin = _moment_ns(value.get("start") or value.get("startTimeUnixNano"))
    begin = begin or _moment_ns(value.get("start_ns"))
    ended = _moment_ns(value.get("endTimeUnixNano"))
    if begin is None:
        return
    found.spans += 1
    attributes = attributes_of(value)
    _read_tool_span(found, node, attributes)
    if value.get("error") in (1, True) or "error.message" in attributes:
        _read_peer(found, attributes)
    lasted = number_of(value.get("duration")) if ended is None else ended - begin
    for moment in (begin, begin + (lasted or 0)):
        if 0 <= moment < 4e18:
            _keep_moment(found, datetime.fromtimestamp(moment / 1e9, UTC))
    if lasted and 0 < lasted < 1e15:
        label = node.place.label or name_of(value.get("name"))
        found.durations[label] = max(found.durations.get(label, 0), lasted)


def _read_peer(found: Reading, attributes: Mapping[str, object]) -> None:
    """Note the host, and its port, that a failing span called."""
    for key in ("out.host", "server.address", "net.peer.name", "peer.hostname", "upstream_host"):
        host = name_of(attributes.get(key))
        if host:
            found.name("host", host)
            for name in ("network.destination.port", "server.port", "net.peer.port", "out.port"):
                port = number_of(attributes.get(name))
                if port and 0 < port < 65_536:
                    found.name("endpoint", f"{host}:{port:.0f}")
            return


def _moment_ns(value: object) -> float | None:
    """Read a Unix time in nanoseconds between the years 2001 and 2096."""
    found = number_of(value)
    return found if found is not None and 1e18 <= found < 4e18 else None


def _keep_moment(found: Reading, moment: datetime) -> None:
    if len(found.moments) < MAX_ERRORS:
        found.moments.append(moment)


def _read_evaluation(found: Reading, node: Node, value: Mapping[object, object]) -> None:
    if not {"evaluation", "evaluations", "scores"} & {node.key, node.parent}:
        return
    name = name_of(value.get("name")) or node.key
    scores = (value.get(key) for key in ("value", "score", "mean", "label"))
    score = next((found for found in scores if found is not None), None)
    if (
        isinstance(score, str | int | float)
        and name not in ("evaluations", "scores")
        and len(found.evaluations) < 20
    ):
        found.evaluations[name] = one_line(str(score), 60)
        failed = name_of(value.get("failed_check"))
        if failed:
            found.evaluations["failed_check"] = failed


def _read_value(found: Reading, node: Node) -> None:
    key = node.key.lower()
    reader = _FIELDS.get(key) or _FIELDS.get(node.path)
    if reader is not None:
        reader(found, node)
    elif isinstance(node.value, str) and node.value:
        _read_text(found, node, node.value)


def _error_text(found: Reading, node: Node) -> None:
    value = node.value
    if isinstance(value, str) and value.strip().lower() not in NO_TEXT:
        if value not in found.told:
            found.error(value, node.place)
        found.flagged[node.place.label] += 1
    elif value in (1, True, "1", "true"):
        found.flagged[node.place.label] += 1


def _error_state(found: Reading, node: Node) -> None:
    if str(node.value)[:30].lower() in ("error", "2", "status_code_error"):
        found.flagged[node.place.label] += 1


def _status_code(found: Reading, node: Node) -> None:
    code = number_of(node.value)
    if code is not None and 100 <= code <= 599:
        found.statuses[int(code)] += 1


def _stack(found: Reading, node: Node) -> None:
    if not isinstance(node.value, str):
        return
    text = node.value[-8_000:]
    found.frames.extend(frames(text)[:20])
    found.name("exception", raised(text.strip().rsplit("\n", 1)[-1]))


def _time(found: Reading, node: Node) -> None:
    if not isinstance(node.value, str) or len(node.value) > 40:
        return
    try:
        moment = datetime.fromisoformat(node.value.strip())
    except ValueError:
        return
    if 2001 <= moment.year <= 2096:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        _keep_moment(found, aware.astimezone(UTC))


def _named(kind: str) -> Callable[[Reading, Node], None]:
    return lambda found, node: found.name(kind, node.value)


def _read_text(found: Reading, node: Node, text: str) -> None:
    """Look for errors in a text that a machine wrote; what people and models say is left alone."""
    role = node.place.role
    if role == "tool" or not role or (role == "user" and is_failed_exit(text)):
        for line in error_lines(text, told=role != ""):
            found.error(line, node.place)
            found.name("exception", raised(line))


_FIELDS: dict[str, Callable[[Reading, Node], None]] = {
    **dict.fromkeys(
        (
            "error", "errors", "err", "tool_errors", "error_message", "errormessage",
            "error.message", "errors.message", "error.msg", "exception.message",
            "error_description", "error_reason", "status.message", "status_message", "stderr",
        ),
        _error_text,
    ),
    **dict.fromkeys(("status", "status.code", "otel.status_code"), _error_state),
    **dict.fromkeys(
        (
            "http.status_code", "status_code", "statuscode", "http.response.status_code",
            "response.status", "http_status", "response.status_code",
        ),
        _status_code,
    ),
    **dict.fromkeys(
        ("error.stack", "exception.stacktrace", "stacktrace", "stack_trace", "traceback"), _stack
    ),
    **dict.fromkeys(
        ("timestamp", "@timestamp", "start_timestamp", "end_timestamp", "time", "ts"), _time
    ),
    **dict.fromkeys(("error.type", "exception.type", "error_type"), _named("exception")),
    **dict.fromkeys(("service", "service_name", "service.name", "peer.service"), _named("service")),
    **dict.fromkeys(
        (
            "model", "model_name", "agent_model", "gen_ai.request.model", "_dd.llmobs.model_name",
            "anthropic.request.model", "openai.request.model",
        ),
        _named("model"),
    ),
    **dict.fromkeys(("db.system", "db.type"), _named("database")),
    **dict.fromkeys(("messaging.destination.name", "messaging.destination"), _named("queue")),
}  # fmt: skip
