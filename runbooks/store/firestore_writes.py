"""Writes of the port as writes of Firestore's commit, each with its precondition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from google.cloud.firestore_v1 import types

from runbooks.errors import DocumentTooLarge, InvalidRequest
from runbooks.store.firestore_names import Names
from runbooks.store.firestore_values import Encoder, Message, check_name, quoted
from runbooks.store.port import (
    SERVER_TIME,
    Collection,
    Create,
    Delete,
    FieldPath,
    Merge,
    Update,
    Write,
)

MAX_DOCUMENT_BYTES: Final = 1_048_576
"""The largest document, by Firestore's own way of counting (its quota page; 1 byte more fails)."""

_WriteMessage: Final = types.Write.pb()
_Transform: Final = types.DocumentTransform.FieldTransform.pb()
_REQUEST_TIME: Final = types.DocumentTransform.FieldTransform.ServerValue.REQUEST_TIME


@dataclass(frozen=True)
class UpdateTime:
    """The state of a document: when it last changed, to the nanosecond, as Firestore gave it."""

    seconds: int
    nanos: int

    @classmethod
    def of(cls, timestamp: Message) -> "UpdateTime":
        """Read it from a message."""
        return cls(timestamp.seconds, timestamp.nanos)


@dataclass(frozen=True)
class Encoded:
    """A write as sent, with the bytes that its document has at least."""

    message: Message
    size: int


def encoded(write: Write, names: Names) -> Encoded:
    """Make the message of a write.

    Raise InvalidRequest for what Firestore cannot hold, DocumentTooLarge when the fields alone are
    larger than a document may be; both before anything is sent.
    """
    if isinstance(write, Delete):
        message = _WriteMessage(delete=names.document(write.collection, write.key))
        _require(message, write.if_token)
        return Encoded(message, 0)
    made = _created(write, names) if isinstance(write, Create) else _changed(write, names)
    if made.size > MAX_DOCUMENT_BYTES:
        raise DocumentTooLarge(write.key, made.size, MAX_DOCUMENT_BYTES)
    return made


def _created(write: Create, names: Names) -> Encoded:
    message, encoder = _start(write.collection, write.key, names)
    message.current_document.exists = False
    encoder.fill_fields(message.update.fields, write.document)
    _add_clock(message, encoder)
    return Encoded(message, encoder.size)


def _changed(write: Update | Merge, names: Names) -> Encoded:
    message, encoder = _start(write.collection, write.key, names)
    _check_paths([*write.fields, *write.remove])
    # A mask that is present and empty means "these no fields"; a missing one would mean "all".
    message.update_mask.SetInParent()
    _fill_paths(message, encoder, write.fields)
    message.update_mask.field_paths.extend(quoted(path) for path in write.remove)
    _add_clock(message, encoder)
    if isinstance(write, Update):
        _require(message, write.if_token)
        if write.if_token is None:
            message.current_document.exists = True
    return Encoded(message, encoder.size)


def _start(collection: Collection, key: str, names: Names) -> tuple[Message, Encoder]:
    name = names.document(collection, key)
    message = _WriteMessage()
    message.update.name = name
    below = name.removeprefix(f"{names.root}/")
    # Each part of the name with one byte, sixteen for the name, thirty-two for the document.
    size = sum(len(part.encode("utf-8")) + 1 for part in below.split("/")) + 16 + 32
    return message, Encoder(names.root, size=size)


def _fill_paths(message: Message, encoder: Encoder, fields: Mapping[FieldPath, object]) -> None:
    for path, value in fields.items():
        if value is SERVER_TIME:
            encoder.clock.append(path)
            continue
        target = message.update.fields
        for name in path[:-1]:
            target = target[name].map_value.fields
        encoder.size += len(path[-1].encode("utf-8")) + 1
        encoder.fill(target[path[-1]], value, path)
        message.update_mask.field_paths.append(quoted(path))


def _check_paths(paths: Sequence[FieldPath]) -> None:
    for path in paths:
        if not path:
            raise InvalidRequest("document", "an empty field path")
        for length, name in enumerate(path):
            check_name(name, path[:length])
    ordered = sorted(paths)
    for parent, child in pairwise(ordered):
        if child[: len(parent)] == parent:
            raise InvalidRequest(".".join(child), "the field is written twice in one write")


def _require(message: Message, token: object) -> None:
    if token is None:
        return
    if not isinstance(token, UpdateTime):
        raise InvalidRequest("token", "not a state that this store gave")
    message.current_document.update_time.seconds = token.seconds
    message.current_document.update_time.nanos = token.nanos


def _add_clock(message: Message, encoder: Encoder) -> None:
    message.update_transforms.extend(
        _Transform(field_path=quoted(path), set_to_server_value=_REQUEST_TIME)
        for path in encoder.clock
    )
