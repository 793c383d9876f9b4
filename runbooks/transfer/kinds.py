"""What a row is: a trace, a pattern, a suggestion, or a line of an export; and under which id."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from runbooks.store.codec import decode, document_key
from runbooks.store.documents import PATTERN_PREFIX
from runbooks.store.port import Collection
from runbooks.store.reading import kind_of
from runbooks.trace.reading import read as read_payload
from runbooks.trace.spans import is_span, is_spans
from runbooks.transfer.rows import Row
from runbooks.values import Document

LEFT_OUT: Final = frozenset({Collection.LEASES, Collection.STATE})
"""What no export holds: rights that end by themselves, and how far a search has come."""

_Shapes = Mapping[str, type]
_SHAPES: Final[Mapping[Collection, _Shapes]] = {
    Collection.SUGGESTIONS: {
        "suggestion_id": str,
        "type": str,
        "status": str,
        "title": str,
        "description": str,
        "source_traces": list,
        "pattern": dict,
        "suggestion_content": dict,
        "approval_metadata": dict,
        "version_history": list,
    },
    Collection.PATTERNS: {
        "pattern_id": str,
        "source_trace_id": str,
        "title": str,
        "failure_type": str,
        "trigger_condition": str,
        "summary": str,
        "evidence": dict,
        "recommended_actions": list,
        "reproduction_context": dict,
    },
    Collection.TRACES: {"trace_id": str, "service_name": str, "failure_type": str},
}
_NAMES: Final[Mapping[type, str]] = {str: "text", list: "a list", dict: "a map"}
_PATTERN_FIELDS: Final = frozenset(
    {"trigger_condition", "root_cause_hypothesis", "reproduction_context", "evidence"}
)
_TRACE_FIELDS: Final = frozenset({"trace_payload", "fetched_at", "service_name"})
_NO_KIND: Final = (
    "neither a suggestion (suggestion_id), nor a failure pattern (pattern_id), nor a trace "
    "(trace_id with trace_payload)"
)
_BARE_SPANS: Final = (
    "spans, but no trace document: put the spans of each trace into one object with trace_id, "
    "fetched_at, service_name, failure_type and severity, as its trace_payload (README, Your own "
    "data)"
)
"""Spans do not say how a failure is called nor how bad it is; that is not made up here."""


@dataclass(frozen=True)
class Incoming:
    """A document to be stored, and the row that it comes from."""

    collection: Collection
    key: str
    document: Document
    row: Row


class NotTaken(Exception):
    """A row cannot be taken over; `header` when it is no document at all but says so itself."""

    def __init__(self, reason: str, *, header: bool = False) -> None:
        super().__init__(reason)
        self.header = header


def recognise(row: Row) -> Incoming:
    """Say what a row is; raise NotTaken with the reason."""
    if row.problem:
        raise NotTaken(row.problem)
    value = row.value
    if not isinstance(value, dict):
        raise NotTaken(_BARE_SPANS if is_spans(value) else f"a {kind_of(value)}, not an object")
    if "export" in value and "collection" not in value and len(value) == 1:
        raise NotTaken("the head of an export", header=True)
    if value.keys() == {"collection", "id", "document"}:
        return _exported(row, value)
    collection = row.kind or _kind(value)
    if collection is None or (collection is Collection.TRACES and _is_bare_span(value)):
        raise NotTaken(_BARE_SPANS if read_payload(value).spans else _NO_KIND)
    _check_shapes(collection, value)
    return Incoming(collection, document_key(_id(collection, value)), value, row)


def _exported(row: Row, value: Mapping[str, object]) -> Incoming:
    name, key, document = value["collection"], value["id"], value["document"]
    if name not in set(Collection):
        raise NotTaken(f"there is no collection {name!r:.60}")
    if not isinstance(key, str) or not key or not isinstance(document, dict):
        raise NotTaken("a line of an export needs a text as id and a map as document")
    return Incoming(Collection(str(name)), key, decode(json.dumps(document)), row)


def _kind(value: Mapping[str, object]) -> Collection | None:
    if "suggestion_id" in value:
        return Collection.SUGGESTIONS
    if "pattern_id" in value or ("source_trace_id" in value and value.keys() & _PATTERN_FIELDS):
        return Collection.PATTERNS
    if "trace_id" in value and value.keys() & _TRACE_FIELDS:
        return Collection.TRACES
    return None


def _is_bare_span(value: Mapping[str, object]) -> bool:
    return is_span(value) and not value.keys() & {"trace_payload", "fetched_at"}


def _check_shapes(collection: Collection, value: Mapping[str, object]) -> None:
    """Refuse what our own reading would call odd: it is better mended in the file."""
    for name, wanted in _SHAPES[collection].items():
        found = value.get(name)
        if found is not None and not isinstance(found, wanted):
            raise NotTaken(f"{name} is a {kind_of(found)}, not {_NAMES[wanted]}")


def _id(collection: Collection, value: Mapping[str, object]) -> str:
    """Give the id; a pattern's document has it without the prefix (CONTRACT §1)."""
    if collection is Collection.PATTERNS:
        name = str(value.get("pattern_id") or value.get("source_trace_id") or "")
        found = name.removeprefix(PATTERN_PREFIX)
    else:
        field = "suggestion_id" if collection is Collection.SUGGESTIONS else "trace_id"
        found = str(value.get(field) or "")
    if not found.strip():
        raise NotTaken("it has no id")
    return found
