"""Values as Firestore's wire format holds them, and as the core reads them.

Done on the messages themselves: the client library's own conversion turns maps that look like
BSON into objects, and refuses a whole document that points into another database.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from google.cloud.firestore_v1 import types

from runbooks.errors import InvalidRequest
from runbooks.store.port import SERVER_TIME, FieldPath
from runbooks.values import GeoPoint, Reference, Vector

Message: TypeAlias = Any
"""A protobuf message or a part of one: the generated classes carry no types."""

ValueMessage: Final = types.Value.pb()
MAX_DEPTH: Final = 20
"""How deep lists and maps nest in a field (Firestore's quota page; the emulator agrees)."""
MAX_NAME_BYTES: Final = 1500
MAX_INTEGER: Final = 2**63 - 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RESERVED = re.compile(r"__.*__", re.DOTALL)
_SIMPLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FULL_PATH = re.compile(r"projects/[^/]+/databases/[^/]+/documents/")


def quoted(path: FieldPath) -> str:
    """Write a field path as the wire wants it; odd names stand in backticks."""
    return ".".join(_quoted_name(name) for name in path)


def _quoted_name(name: str) -> str:
    if _SIMPLE_NAME.fullmatch(name):
        return name
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def check_name(name: object, where: FieldPath) -> str:
    """Give a field name that Firestore takes; raise InvalidRequest for any other."""
    at = ".".join(where) or "document"
    if not isinstance(name, str) or not name:
        raise InvalidRequest(at, "a field name must be a text that is not empty")
    if _bytes(name, where) > MAX_NAME_BYTES:
        raise InvalidRequest(at, f"a field name is longer than {MAX_NAME_BYTES} bytes")
    if _RESERVED.fullmatch(name):
        raise InvalidRequest(at, f"the field name {name!r} is reserved")
    return name


@dataclass
class Encoder:
    """Fills wire values; `root` is the database's path, `clock` the fields for the store's clock.

    `size` adds up what Firestore counts for the values and never more than that, so that it
    refuses nothing that would be accepted.
    """

    root: str
    clock: list[FieldPath] = field(default_factory=list)
    size: int = 0
    _lists: int = 0

    def fill(self, target: Message, value: object, path: FieldPath) -> None:
        """Write a value; raise InvalidRequest naming the field when Firestore cannot hold it."""
        self._fill(target, value, path, len(path) - 1)

    def fill_fields(self, target: Message, fields: Mapping[str, object]) -> None:
        """Write the fields of a document; those of the store's clock are only noted."""
        self._fields(target, fields, (), 0)

    def _fill(self, target: Message, value: object, path: FieldPath, depth: int) -> None:
        if isinstance(value, Mapping | list | tuple):
            if depth + 1 > MAX_DEPTH:
                raise InvalidRequest(".".join(path), f"nested deeper than {MAX_DEPTH} levels")
            self._nest(target, value, path, depth + 1)
        elif isinstance(value, Vector):
            self._vector(target, value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._number(target, value, path)
        else:
            self._scalar(target, value, path)

    def _nest(
        self,
        target: Message,
        value: Mapping[str, object] | Sequence[object],
        path: FieldPath,
        depth: int,
    ) -> None:
        if isinstance(value, Mapping):
            target.map_value.SetInParent()
            self._fields(target.map_value.fields, value, path, depth)
            return
        target.array_value.SetInParent()
        self._lists += 1
        for index, item in enumerate(value):
            at = (*path[:-1], f"{path[-1]}[{index}]")
            if isinstance(item, list | tuple):
                raise InvalidRequest(".".join(at), "a list directly inside a list")
            self._fill(target.array_value.values.add(), item, at, depth)
        self._lists -= 1

    def _fields(
        self, target: Message, fields: Mapping[str, object], path: FieldPath, depth: int
    ) -> None:
        for name, value in fields.items():
            at = (*path, check_name(name, path))
            self.size += _bytes(name, path) + 1
            if value is SERVER_TIME and not self._lists:
                self.clock.append(at)
                self.size += 8
            else:
                self._fill(target[name], value, at, depth)

    def _vector(self, target: Message, value: Vector) -> None:
        fields = target.map_value.fields
        fields["__type__"].string_value = "__vector__"
        fields["value"].array_value.SetInParent()
        for number in value.values:
            fields["value"].array_value.values.add().double_value = number
        self.size += 8 * len(value.values)

    def _number(self, target: Message, value: int | float, path: FieldPath) -> None:
        self.size += 8
        if isinstance(value, float):
            target.double_value = value
        elif -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
            target.integer_value = value
        else:
            raise InvalidRequest(".".join(path), "a whole number of more than 64 bits")

    def _scalar(self, target: Message, value: object, path: FieldPath) -> None:
        if value is None:
            target.null_value = 0
            self.size += 1
        elif isinstance(value, bool):
            target.boolean_value = value
            self.size += 1
        elif isinstance(value, str):
            self.size += _bytes(value, path) + 1
            target.string_value = value
        elif isinstance(value, bytes):
            target.bytes_value = value
            self.size += len(value)
        else:
            self._special(target, value, path)

    def _special(self, target: Message, value: object, path: FieldPath) -> None:
        if isinstance(value, datetime):
            target.timestamp_value.FromDatetime(value)
            self.size += 8
        elif isinstance(value, GeoPoint):
            self._place(target, value, path)
        elif isinstance(value, Reference):
            full = _FULL_PATH.match(value.path)
            target.reference_value = value.path if full else f"{self.root}/{value.path}"
            self.size += _bytes(value.path, path)
        elif value is SERVER_TIME:
            raise InvalidRequest(".".join(path), "the store's clock inside a list")
        else:
            kind = type(value).__name__
            raise InvalidRequest(".".join(path), f"a value of the kind {kind!r}")

    def _place(self, target: Message, value: GeoPoint, path: FieldPath) -> None:
        if not (abs(value.latitude) <= 90 and abs(value.longitude) <= 180):
            raise InvalidRequest(".".join(path), "a place outside of ±90, ±180 degrees")
        target.geo_point_value.latitude = value.latitude
        target.geo_point_value.longitude = value.longitude
        self.size += 16


def _bytes(text: str, where: FieldPath) -> int:
    try:
        return len(text.encode("utf-8"))
    except UnicodeEncodeError:
        at = ".".join(where) or "document"
        raise InvalidRequest(at, "the text has half a character (a lone surrogate)") from None


def read_fields(fields: Message, root: str) -> dict[str, object]:
    """Read the fields of a document or map, by name; nothing is refused."""
    return {name: read_value(fields[name], root) for name in sorted(fields)}


def read_value(value: Message, root: str) -> object:
    """Read one wire value as the core knows it (`runbooks.values`)."""
    kind = value.WhichOneof("value_type")
    if kind == "map_value":
        return _read_map(value.map_value.fields, root)
    if kind == "array_value":
        return [read_value(item, root) for item in value.array_value.values]
    if kind is None or kind == "null_value":
        return None
    found = getattr(value, kind)
    if kind == "timestamp_value":
        return moment(found)
    if kind == "geo_point_value":
        return GeoPoint(found.latitude, found.longitude)
    if kind == "reference_value":
        return Reference(found.removeprefix(f"{root}/"))
    return found


def _read_map(fields: Message, root: str) -> object:
    if set(fields) == {"__type__", "value"} and fields["__type__"].string_value == "__vector__":
        return Vector(tuple(_numbers(fields["value"].array_value.values)))
    return read_fields(fields, root)


def _numbers(values: Message) -> Iterable[float]:
    for value in values:
        whole = value.WhichOneof("value_type") == "integer_value"
        yield float(value.integer_value) if whole else value.double_value


def moment(timestamp: Message) -> datetime:
    """Read a wire timestamp as an aware datetime, to the microsecond, rounded down."""
    return _EPOCH + timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1000)


def is_nan(value: object) -> bool:
    """Say whether a value is not a number; Firestore asks for it by an operator of its own."""
    return isinstance(value, float) and math.isnan(value)
