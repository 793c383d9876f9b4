"""Setting and removing fields of a document by their paths, as Firestore's update does."""

from collections.abc import Collection, Mapping
from datetime import datetime

from runbooks.errors import InvalidRequest
from runbooks.store.port import SERVER_TIME, FieldPath
from runbooks.values import Document


def changed(
    document: Document,
    fields: Mapping[FieldPath, object],
    remove: Collection[FieldPath],
    moment: datetime,
) -> dict[str, object]:
    """Give the document with these fields set and those removed; the given one stays as it is.

    A parent that is missing, null or no map becomes a map; SERVER_TIME becomes `moment`. Raise
    InvalidRequest when a path is empty or lies within another: no order of them would be right.
    """
    _check_paths([*fields, *remove])
    result: dict[str, object] = dict(document)
    for path, value in fields.items():
        _parent(result, path)[path[-1]] = resolved(value, moment)
    for path in remove:
        _remove(result, path)
    return result


def resolved(value: object, moment: datetime) -> object:
    """Give the value with every SERVER_TIME in its maps replaced by the moment of the commit.

    Raise InvalidRequest for one in a list, where Firestore does not take it either.
    """
    if value is SERVER_TIME:
        return moment
    if isinstance(value, Mapping):
        return {key: resolved(item, moment) for key, item in value.items()}
    if isinstance(value, list | tuple):
        if SERVER_TIME in value:
            raise InvalidRequest("document", "the store's clock cannot stand in a list")
        return [resolved(item, moment) for item in value]
    return value


def _check_paths(paths: list[FieldPath]) -> None:
    known = set(paths)
    for path in paths:
        if not path or any(path[:length] in known for length in range(len(path))):
            raise InvalidRequest("document", f"field path {path!r} is empty or within another")
    if len(known) != len(paths):
        raise InvalidRequest("document", "a field is both set and removed")


def _parent(document: dict[str, object], path: FieldPath) -> dict[str, object]:
    here = document
    for key in path[:-1]:
        below = here.get(key)
        copied = dict(below) if isinstance(below, Mapping) else {}
        here[key] = copied
        here = copied
    return here


def _remove(document: dict[str, object], path: FieldPath) -> None:
    here: object = document
    for key in path[:-1]:
        here = here.get(key) if isinstance(here, Mapping) else None
    if isinstance(here, Mapping) and path[-1] in here:
        _parent(document, path).pop(path[-1])
