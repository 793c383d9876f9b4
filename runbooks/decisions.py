"""Decisions as the suggestion holds them: what each writes, and how one is known again (R6)."""

from collections.abc import Mapping
from typing import TypeAlias

from runbooks.models import Suggestion
from runbooks.revision import iso
from runbooks.store.port import FieldPath

Fields: TypeAlias = Mapping[FieldPath, object]


def already(now: Suggestion, target: str, actor: str, revision: str) -> bool:
    """Say whether the same person decided the same on the same revision before."""
    approval = now.approval
    return bool(
        target != "pending"
        and now.status == target
        and approval
        and approval.actor == actor
        and approval.revision == revision
    )


def took_effect(now: Suggestion, at: str) -> bool:
    """Say whether an attempt of this very act took effect unseen."""
    last = now.history[-1] if now.history else None
    return bool(last and last.timestamp and iso(last.timestamp) == at)


def decision_fields(
    now: Suggestion, target: str, actor: str, at: str, extra: Mapping[str, str]
) -> Fields:
    """Give the fields that make `target` the status, with the reasons in `extra` that are not "".

    The history is carried on from `now`, whatever stands in it: it is append only (CONTRACT §1).
    """
    facts = {name: value for name, value in extra.items() if value}
    decided = {"actor": actor, "action": target, "timestamp": at, "revision": now.slot.revision}
    notes = facts.get("reason") or facts.get("notes") or ""
    entry = {
        "previous_status": now.status,
        "new_status": target,
        "actor": actor,
        "timestamp": at,
        "notes": notes,
        "revision": now.slot.revision,
    }
    history = now.document.get("version_history")
    kept = history if isinstance(history, list) else [history] if history is not None else []
    return {
        ("status",): target,
        ("approval_metadata",): None if target == "pending" else {**decided, **facts},
        ("version_history",): [*kept, entry],
    }
