"""The parameters of lists: checked, both spellings, nothing unknown passes unnoticed."""

import base64
from collections.abc import Sequence

from pydantic.alias_generators import to_snake
from starlette.datastructures import QueryParams

from runbooks.errors import InvalidRequest
from runbooks.models import DraftState, RunSummary, Severity
from runbooks.store.codec import decode, encode
from runbooks.store.queries import QueueFilter, Sort
from runbooks.store.reading import severity as read_severity
from runbooks.words import words

MAX_LIMIT = 200
_STATUSES = ("pending", "approved", "rejected")
_SEVERITIES = (*(level.value for level in Severity), "unknown")
_MAX_CHARS = 300
_MAX_RAW_CURSOR = 1850
_SEVERAL = ("status", "severity", "failure_type", "service", "draft_state")
_SINGLE = ("type", "assignee", "similarity_group", "q", "sort", "cursor", "limit")
QUEUE_PARAMETERS = (*_SEVERAL, *_SINGLE)
PAGE_PARAMETERS = ("limit", "cursor")
_ANY_OF = "May be given several times: any of these."
_MEANINGS = {
    "status": f"pending, approved or rejected. {_ANY_OF}",
    "severity": f"critical, high, medium, low or unknown; P1, P2, P3 are read as well. {_ANY_OF}",
    "failure_type": f"The failure type as stored. {_ANY_OF}",
    "service": f"The exact name of the service. {_ANY_OF}",
    "draft_state": f"{', '.join(DraftState)}. {_ANY_OF}",
    "type": "runbook (the default), eval or guardrail.",
    "assignee": "Whom it is assigned to, as records name people: local:Ann.",
    "similarity_group": "The group of suggestions that are alike.",
    "q": "Words to search for.",
    "sort": f"The order: {', '.join(Sort)}; {Sort.WORST} is the default.",
    "cursor": "Where to go on: nextCursor or next_cursor of the page before. Empty: the start.",
    "limit": f"How many at the most, 1 to {MAX_LIMIT}.",
}


class Parameters:
    """The query of a request, by snake_case names; raise InvalidRequest for unknown ones."""

    def __init__(self, query: QueryParams, allowed: Sequence[str]) -> None:
        self._given: dict[str, list[str]] = {}
        for name, value in query.multi_items():
            snake = to_snake(name)
            if snake not in allowed:
                raise InvalidRequest(name[:60], "there is no such parameter here")
            if len(value) > (4000 if snake == "cursor" else _MAX_CHARS):
                raise InvalidRequest(name, "the value is too long")
            self._given.setdefault(snake, []).append(value)

    def one(self, name: str, default: str = "") -> str:
        """Give a parameter that may occur once."""
        values = self._given.get(name, [default])
        if len(values) > 1:
            raise InvalidRequest(name, "give it once")
        return values[0]

    def several(self, name: str, allowed: Sequence[str] = ()) -> tuple[str, ...]:
        """Give a parameter that may occur several times, as "any of these"."""
        values = tuple(dict.fromkeys(value for value in self._given.get(name, []) if value))
        for value in values:
            if allowed and value not in allowed:
                raise InvalidRequest(name, f"one of {', '.join(allowed)}")
        return values

    def limit(self, default: int) -> int:
        """Give how many rows are asked for, 1 to 200."""
        return self.whole("limit", default, MAX_LIMIT)

    def whole(self, name: str, default: int, most: int) -> int:
        """Give a whole number from 1 to `most`."""
        text = self.one(name, str(default)) or str(default)
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        if not 1 <= number <= most:
            raise InvalidRequest(name, f"a whole number from 1 to {most}")
        return number


def described(names: Sequence[str]) -> dict[str, object]:
    """Describe the parameters that a route reads as `Parameters`, for OpenAPI."""
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": _MEANINGS[name],
                "schema": {"type": "string"}
                if name != "limit"
                else {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
            }
            for name in names
        ]
    }


def queue_filter(given: Parameters) -> tuple[QueueFilter, Sort]:
    """Give the filter and order of `GET /suggestions`; without a type it lists runbooks."""
    sort = given.one("sort", Sort.WORST.value)
    if sort not in set(Sort):
        raise InvalidRequest("sort", f"one of {', '.join(Sort)}")
    severities = tuple(_severity(value) for value in given.several("severity"))
    chosen = QueueFilter(
        type=given.one("type", "runbook"),
        status=given.several("status", _STATUSES),
        severity=tuple(dict.fromkeys(severities)),
        failure_type=given.several("failure_type"),
        service=given.several("service"),
        draft_state=given.several("draft_state", tuple(DraftState)),
        assignee=given.one("assignee"),
        similarity_group=given.one("similarity_group"),
        search=words(given.one("q")),
    )
    return chosen, Sort(sort)


def _severity(value: str) -> str:
    """Read a severity as documents do: P1 is critical (CONTRACT §1)."""
    known = read_severity(value)
    if known is None and value != "unknown":
        raise InvalidRequest("severity", f"one of {', '.join(_SEVERITIES)}")
    return known.value if known else value


def write_run_cursor(run: RunSummary) -> str:
    """Give the opaque text that goes on after this run.

    What other services left as the start may be anything. A long text counts by its beginning;
    what is long and no text stands before all times, so the list goes on with these.
    """
    start = run.stored_start
    raw = encode({"start": start[:100] if isinstance(start, str) else start, "key": run.run_id})
    if len(raw) > _MAX_RAW_CURSOR:
        raw = encode({"start": b"", "key": run.run_id})
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_run_cursor(cursor: str) -> tuple[object, ...] | None:
    """Read such a text, None for an empty one; raise InvalidRequest when it is none."""
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found = decode(base64.urlsafe_b64decode(padded.encode("ascii")).decode("utf-8"))
        encode(found)
    except (ValueError, RecursionError):
        raise InvalidRequest("cursor", "not a cursor of this list") from None
    key = found.get("key")
    if not isinstance(key, str) or not key or found.keys() != {"start", "key"}:
        raise InvalidRequest("cursor", "not a cursor of this list")
    return found["start"], key
