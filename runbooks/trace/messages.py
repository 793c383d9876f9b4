"""A conversation of an agent: who said what, which tools were called, which of them failed."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MAX_MESSAGES = 10_000
MAX_CALLS = 50
_KNOWN_ROLES = {"system", "developer", "user", "assistant", "tool", "function"}
_TOOL_ROLES = {"tool", "function"}
_FAILED_START = re.compile(
    r"[\s\"'\[{(]{0,20}(error|exception|traceback|failed|failure|fatal)\b", re.IGNORECASE
)
_FAILED_FIELD = re.compile(
    r"\"(?:error|exception|error_message)\"\s{0,5}:\s{0,5}(?!\s|null|false|\"\"|\[\s{0,5}\]|\{\s{0,5}\}|0\b)",
    re.IGNORECASE,
)
_FAILED_RUN = re.compile(r"\s{0,20}exit ?(?:code|status):? {0,3}-?[1-9]", re.IGNORECASE)
"""How the answer of something that ran code begins, in whosever name it is recorded."""
_LOOKED_AT = 4_000


@dataclass(frozen=True)
class Call:
    """A tool that the agent called; `arguments` is JSON or text, as recorded."""

    name: str
    arguments: str


@dataclass(frozen=True)
class Message:
    """One message; `number` counts from 1, `failed` says that a tool answered with an error."""

    number: int
    role: str
    name: str
    text: str
    calls: tuple[Call, ...] = ()
    at: str = ""
    failed: bool = False


def is_conversation(value: object) -> bool:
    """Say whether this is a list of messages."""
    if not isinstance(value, list) or not value:
        return False
    maps = [item for item in value[:20] if isinstance(item, Mapping)]
    return bool(maps) and any(isinstance(item.get("role"), str) for item in maps)


def read_messages(listed: Sequence[object], errors: Sequence[str] = ()) -> tuple[Message, ...]:
    """Read messages of any common service; `errors` are tool errors that the trace names itself."""
    known = frozenset(text for text in errors if text)
    return tuple(
        _message(number, item, known) for number, item in enumerate(listed[:MAX_MESSAGES], 1)
    )


def _message(number: int, item: object, errors: frozenset[str]) -> Message:
    if not isinstance(item, Mapping):
        return Message(number, "unknown", "", _text(item))
    role = str(item.get("role") or "unknown").lower()[:30]
    text, calls, marked = _content(item)
    if item.get("is_error") is True or item.get("status") == "error":
        marked = True
    marked = marked or bool(_FAILED_RUN.match(text))
    if role in _TOOL_ROLES:
        marked = marked or text in errors or _tells_failure(text)
    name = item.get("name") or item.get("tool_name") or item.get("agent")
    at = item.get("timestamp") or item.get("created_at") or item.get("time")
    return Message(
        number,
        role if role in _KNOWN_ROLES else role or "unknown",
        str(name)[:100] if isinstance(name, str) else "",
        text,
        tuple(calls[:MAX_CALLS]),
        str(at)[:40] if isinstance(at, str | int | float) else "",
        marked,
    )


def _content(item: Mapping[object, object]) -> tuple[str, list[Call], bool]:
    """Read text, calls and error marks of a message, also of one made of blocks."""
    calls = [_call(call) for call in _listed(item.get("tool_calls"))]
    if isinstance(item.get("function_call"), Mapping):
        calls.append(_call(item["function_call"]))
    content = item.get("content")
    if not isinstance(content, list):
        return _text(content), calls, False
    texts: list[str] = []
    marked = False
    for block in content[:1000]:
        kind = block.get("type") if isinstance(block, Mapping) else None
        if isinstance(block, Mapping) and kind == "tool_use":
            calls.append(_call(block))
        elif isinstance(block, Mapping) and kind == "tool_result":
            texts.append(_block_text(block.get("content")))
            marked = marked or block.get("is_error") is True or _tells_failure(texts[-1])
        else:
            texts.append(_block_text(block))
    return "\n".join(text for text in texts if text), calls, marked


def _block_text(block: object) -> str:
    if isinstance(block, Mapping) and isinstance(block.get("text"), str):
        return str(block["text"])
    if isinstance(block, list):
        return "\n".join(_block_text(part) for part in block[:1000])
    return _text(block)


def _call(item: object) -> Call:
    fields = item if isinstance(item, Mapping) else {}
    inner = fields.get("function")
    told = inner if isinstance(inner, Mapping) else fields
    name = told.get("name")
    arguments = next((told[key] for key in ("arguments", "input", "args") if key in told), "")
    return Call(str(name)[:200] if name else "unknown", _text(arguments))


def _tells_failure(text: str) -> bool:
    """Say whether a tool's answer reads as an error; only its beginning is looked at."""
    start = text[:_LOOKED_AT]
    return bool(_FAILED_START.match(start) or _FAILED_FIELD.search(start))


def _listed(value: object) -> list[object]:
    return value[:MAX_CALLS] if isinstance(value, list) else []


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return str(type(value).__name__)
