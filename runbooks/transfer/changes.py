"""What `--update` may change of a document that is there: CONTRACT R2, R3 as a pure function."""

import json
from collections.abc import Mapping
from typing import Final

from runbooks.store.codec import encode
from runbooks.store.port import Collection, FieldPath
from runbooks.values import Document

KEPT: Final = frozenset({"status", "approval_metadata", "version_history", "updated_at"})
"""Decisions, and the time of the last write, which is the store's own."""

_CONTENT: Final = "suggestion_content"
_TEXT: Final = "runbook_snippet"


def allowed_changes(
    collection: Collection, stored: Document, new: Document
) -> dict[FieldPath, object]:
    """Give the fields that may be replaced and are different; fields that `new` lacks stay.

    Of a suggestion neither the runbook's text nor a decision is among them, and nothing at all of
    one that is decided.
    """
    if collection is not Collection.SUGGESTIONS:
        return {(name,): value for name, value in new.items() if _differs(stored, name, value)}
    if stored.get("status") != "pending":
        return {}
    changes: dict[FieldPath, object] = {
        (name,): value
        for name, value in new.items()
        if name not in KEPT and name != _CONTENT and _differs(stored, name, value)
    }
    return changes | _content_changes(stored.get(_CONTENT), new.get(_CONTENT))


def _content_changes(stored: object, new: object) -> dict[FieldPath, object]:
    if not isinstance(new, Mapping) or not (stored is None or isinstance(stored, Mapping)):
        return {}
    there = stored or {}
    return {
        (_CONTENT, name): value
        for name, value in new.items()
        if name != _TEXT and _differs(there, name, value)
    }


def _differs(stored: Mapping[str, object], name: str, value: object) -> bool:
    return name not in stored or not same(stored[name], value)


def same(left: object, right: object) -> bool:
    """Say whether two stored values are the same: of the same kinds, whatever the keys' order."""
    return _canonical(left) == _canonical(right)


def _canonical(value: object) -> str:
    return json.dumps(json.loads(encode({"": value})), sort_keys=True)
