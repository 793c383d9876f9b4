"""One byte string per value, so that SQLite compares values as Firestore does.

The first byte is the kind: null, boolean, not-a-number, number, datetime, text, bytes, reference,
place, list, vector, map, in Firestore's order; the rest sorts within the kind. So one index
serves every kind, and a range stays within the kind of its bound.
"""

import math
import struct
from collections.abc import Mapping
from datetime import datetime

from runbooks.revision import iso
from runbooks.store.codec import decode, encode
from runbooks.values import GeoPoint, Reference, Vector

_NULL, _BOOLEAN, _NAN, _NUMBER, _DATETIME, _TEXT = 0x10, 0x20, 0x2F, 0x30, 0x40, 0x50
_BYTES, _REFERENCE, _PLACE, _LIST, _VECTOR, _MAP = 0x60, 0x70, 0x80, 0x90, 0xA0, 0xB0

NULL_KEY = bytes([_NULL])


def sort_key(value: object) -> bytes:
    """Give the bytes by which this value is compared; equal values have equal bytes."""
    if value is None:
        return NULL_KEY
    if isinstance(value, bool):
        return bytes([_BOOLEAN, value])
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return bytes([_DATETIME]) + iso(value).encode("ascii")
    if isinstance(value, str):
        return bytes([_TEXT]) + value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return bytes([_BYTES]) + value
    return bytes([_kind(value)]) + encode({"": value}).encode("utf-8")


def next_kind(key: bytes) -> bytes:
    """Give the first bytes after every value of the same kind."""
    return bytes([key[0] + 1])


def field_key(body: str, field: bytes) -> bytes | None:
    """Give the sort key of a top-level field of a stored body, None where it is missing."""
    document, name = decode(body), field.decode("utf-8", "surrogatepass")
    return sort_key(document[name]) if name in document else None


def has_member(body: str, field: bytes, member: bytes) -> bool:
    """Say whether a top-level field of a stored body is a list with this member."""
    value = decode(body).get(field.decode("utf-8", "surrogatepass"))
    return isinstance(value, list) and any(sort_key(item) == member for item in value)


def _number(value: int | float) -> bytes:
    if isinstance(value, float) and math.isnan(value):
        return bytes([_NAN])
    try:
        near = float(value)
    except OverflowError:
        near = math.inf if value > 0 else -math.inf
    # What rounding to a double lost is told apart by the difference, so 2**53 + 1 keeps its place.
    rest = 0 if math.isinf(near) else int(value - int(near)) if isinstance(value, int) else 0
    (bits,) = struct.unpack(">Q", struct.pack(">d", near + 0.0))
    ordered = bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63)
    clamped = max(-(2**62), min(2**62, rest)) + 2**63
    return bytes([_NUMBER]) + struct.pack(">QQ", ordered, clamped)


def _kind(value: object) -> int:
    if isinstance(value, Mapping):
        return _MAP
    if isinstance(value, list | tuple):
        return _LIST
    kinds = {Reference: _REFERENCE, GeoPoint: _PLACE, Vector: _VECTOR}
    for known, kind in kinds.items():
        if isinstance(value, known):
            return kind
    raise TypeError(f"a document cannot hold a {type(value).__name__}")
