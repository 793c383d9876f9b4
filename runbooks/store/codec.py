"""Documents as JSON text, and ids that every store takes.

JSON lacks some kinds of value, so these are maps of one tag: `$datetime`, `$bytes`, `$vector`,
`$geopoint`, `$reference`, `$integer` (beyond 2**53), `$number` (not finite), `$text` (text that
has no UTF-8 form). A document's own keys that begin with `$` get a second one, so nothing is
taken for a tag that is none. SQLite keeps bodies in this form, and export and import use it.
"""

import base64
import binascii
import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from runbooks.revision import iso
from runbooks.values import Document, GeoPoint, Reference, Vector

SAFE_INTEGER: Final = 2**53 - 1
MAX_KEY_BYTES: Final = 1500
"""The longest id that Firestore takes, in UTF-8 (CONTRACT §1)."""

MAX_ASKED_BYTES: Final = 1490
"""The longest text that is asked for: Firestore compares no values of 1,500 bytes and an end."""

MAX_DEPTH: Final = 100
"""How deep maps and lists may be nested, so that reading never meets Python's own limit."""

_KEY_MARK: Final = "%_"
_RESERVED: Final = re.compile(r"__.*__", re.DOTALL)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_TEXT_KEY: Final = "$text:"


def encode(document: Document) -> str:
    """Write a document as JSON text with tags.

    A naive datetime is read as UTC, as everywhere in the product. Raise TypeError for what no
    document holds, ValueError for maps and lists nested deeper than MAX_DEPTH.
    """
    return json.dumps(_plain(document, 0), ensure_ascii=False, separators=(",", ":"))


def decode(text: str) -> dict[str, object]:
    """Read what `encode` wrote; raise ValueError for text that is not a JSON map.

    A map that only looks like a tag (a `$datetime` that is none) stays a map.
    """
    document = json.loads(text, object_hook=_untagged) if '"$' in text else json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("a document is a map")
    return document


def document_key(raw_id: str) -> str:
    """Give the document id for any text; an ordinary id is its own.

    Ids that Firestore refuses (CONTRACT §1), and the few that begin with `%_`, get the prefix
    `%_` and are percent-encoded, or hashed when that is too long; so two ids never meet.
    """
    if is_document_key(raw_id) and not raw_id.startswith(_KEY_MARK):
        return raw_id
    encoded = _KEY_MARK + quote(raw_id.encode("utf-8", "surrogatepass"), safe=" :@+,;=!()'")
    if len(encoded) <= MAX_KEY_BYTES:
        return encoded
    return _hashed(raw_id)


def key_of(id_: str) -> str:
    """Give the document id that an id means, whether it is one already or as somebody wrote it.

    Unlike `document_key` this leaves alone what `document_key` gave, so that an id from a list
    leads to its document.
    """
    return id_ if is_document_key(id_) else document_key(id_)


def asked_for(id_: str) -> str:
    """Give an id as fields hold it that questions compare: the very longest ones hashed."""
    fits = len(id_.encode("utf-8", "surrogatepass")) <= MAX_ASKED_BYTES
    return id_ if fits else _hashed(id_)


def _hashed(id_: str) -> str:
    digest = hashlib.sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_KEY_MARK}sha256-{digest}"


def is_document_key(key: str) -> bool:
    """Say whether every store takes this as a document id (Firestore's rules, CONTRACT §1)."""
    if not key or "/" in key or key in (".", "..") or _RESERVED.fullmatch(key):
        return False
    return not _SURROGATE.search(key) and len(key.encode("utf-8")) <= MAX_KEY_BYTES


def _plain(value: object, depth: int) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"$text": _base64(value)} if _SURROGATE.search(value) else value
    if isinstance(value, int | float):
        return _number(value)
    if depth > MAX_DEPTH:
        raise ValueError(f"maps and lists are nested deeper than {MAX_DEPTH}")
    if isinstance(value, Mapping):
        return {_key(key): _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, depth + 1) for item in value]
    return _tagged(value)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a document's keys are text, not {type(key).__name__}")
    if _SURROGATE.search(key):
        return _TEXT_KEY + _base64(key)
    return "$" + key if key.startswith("$") else key


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


def _number(value: int | float) -> object:
    if isinstance(value, int) and abs(value) > SAFE_INTEGER:
        return {"$integer": str(int(value))}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$number": repr(float(value))}
    return value


def _tagged(value: object) -> object:
    if isinstance(value, datetime):
        return {"$datetime": iso(value)}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, Vector):
        return {"$vector": [_number(item) for item in value.values]}
    if isinstance(value, GeoPoint):
        return {"$geopoint": [_number(value.latitude), _number(value.longitude)]}
    if isinstance(value, Reference):
        return {"$reference": _plain(value.path, 0)}
    raise TypeError(f"a document cannot hold a {type(value).__name__}")


def _untagged(read: dict[str, object]) -> object:
    if len(read) == 1:
        (key, value), *_ = read.items()
        reader = _READERS.get(key)
        if reader is not None:
            try:
                return reader(value)
            except (ValueError, TypeError):
                return read
    if any(key.startswith("$") for key in read):
        return {_unescaped(key): value for key, value in read.items()}
    return read


def _unescaped(key: str) -> str:
    if key.startswith(_TEXT_KEY):
        try:
            return _read_text(key.removeprefix(_TEXT_KEY))
        except ValueError:
            return key
    return key[1:] if key.startswith("$$") else key


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a tag that wants text")
    return value


def _read_datetime(value: object) -> datetime:
    moment = datetime.fromisoformat(_string(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_bytes(value: object) -> bytes:
    try:
        return base64.b64decode(_string(value), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def _read_text(value: object) -> str:
    return _read_bytes(value).decode("utf-8", "surrogatepass")


def _read_numbers(value: object) -> tuple[float, ...]:
    if not isinstance(value, list) or not all(
        isinstance(item, int | float) and not isinstance(item, bool) for item in value
    ):
        raise TypeError("a tag that wants numbers")
    return tuple(value)


def _read_geopoint(value: object) -> GeoPoint:
    latitude, longitude = _read_numbers(value)
    return GeoPoint(latitude, longitude)


_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "$datetime": _read_datetime,
    "$bytes": _read_bytes,
    "$vector": lambda value: Vector(_read_numbers(value)),
    "$geopoint": _read_geopoint,
    "$reference": lambda value: Reference(_string(value)),
    "$integer": lambda value: int(_string(value)),
    "$number": lambda value: float(_string(value)),
    "$text": _read_text,
}
