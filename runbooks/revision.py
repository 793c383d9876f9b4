"""The revision of a draft: a short name for exactly this stored content (CONTRACT R4)."""

import base64
import hashlib
import math
from collections.abc import Mapping
from datetime import UTC, datetime

import rfc8785

from runbooks.values import GeoPoint, Reference, Vector

NO_DRAFT = "none"
_SAFE_INTEGER = 2**53 - 1


def iso(moment: datetime) -> str:
    """Write a moment as the other services do: UTC, microseconds, `Z` (CONTRACT §1)."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def revision(snippet: object) -> str:
    """Name a stored snippet by its content: 16 hex digits, or `none` where there is no draft.

    Absent, null and an empty map are no draft (CONTRACT R2). Unknown keys count. The same
    content has the same revision in every store.
    """
    if snippet is None or snippet == {}:
        return NO_DRAFT
    return hashlib.sha256(rfc8785.dumps(_plain(snippet))).hexdigest()[:16]  # type: ignore[arg-type]


def sha256(text: str) -> str:
    """Give the hash of a text as generator_meta writes it: `sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> object:
    """Turn a stored value into one that RFC 8785 can write; what JSON lacks is type-tagged."""
    if isinstance(value, Mapping):
        return {_text(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, datetime):
        return iso(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    return _tagged(value)


def _text(value: str) -> str:
    # A lone surrogate has no UTF-8 form; its escape has, and stays distinct enough.
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def _number(value: int | float) -> object:
    if isinstance(value, int) and abs(value) > _SAFE_INTEGER:
        return {"$integer": str(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$number": repr(value)}
    return value


def _tagged(value: object) -> object:
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, Vector):
        return {"$vector": [_number(item) for item in value.values]}
    if isinstance(value, GeoPoint):
        return {"$geopoint": [_number(value.latitude), _number(value.longitude)]}
    if isinstance(value, Reference):
        return {"$reference": _text(value.path)}
    raise TypeError(f"a document cannot hold a {type(value).__name__}")
