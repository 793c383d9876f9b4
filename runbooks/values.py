"""The kinds of value that a stored document holds, by the names that the core uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Document: TypeAlias = Mapping[str, object]
"""A document as stored: None, bool, int, float, str, bytes, aware datetime, GeoPoint, Reference,
Vector, and lists and string-keyed maps of these."""

Token: TypeAlias = object
"""What a store gives for a state of a document; equal only to itself, opaque to the core."""


@dataclass(frozen=True)
class Vector:
    """An embedding as Firestore's vector type."""

    values: tuple[float, ...]


@dataclass(frozen=True)
class GeoPoint:
    """A place, degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Reference:
    """A pointer to another document, as the path below the database's root."""

    path: str
