"""Who may write over what: CONTRACT R2, R3 and R6 as one pure function.

Every act on a suggestion asks here before each attempt to commit, with the state that it has just
read. The table of all answers is in tests/unit/test_overwrite.py.
"""

from dataclasses import dataclass
from enum import StrEnum

from runbooks.models import Slot, SlotKind


class Act(StrEnum):
    """What somebody wants to do to a suggestion."""

    SAVE = "save"
    RESTORE = "restore"
    GENERATE = "generate"
    FORCE = "force"
    PROPOSE = "propose"
    """Draft a text beside what stands there; it replaces nothing."""
    APPROVE = "approve"
    REJECT = "reject"
    REOPEN = "reopen"
    REOPEN_AND_SAVE = "reopen_and_save"
    """Make a decided suggestion pending and put a text in place, in one commit; a pending one only
    gets the text."""


class Verdict(StrEnum):
    """What the state allows."""

    WRITE = "write"
    """Commit it, under the precondition of the state just read."""
    DONE = "done"
    """It is already so: an earlier attempt took effect, or the act is repeated."""
    STALE = "stale_revision"
    NOT_PENDING = "not_pending"
    BLOCKED = "overwrite_blocked"
    UNREADABLE = "unreadable_document"
    NO_DRAFT = "no_draft"


@dataclass(frozen=True)
class Position:
    """What an act depends on: the kind of text that stands there, its revision, the status."""

    kind: SlotKind
    revision: str
    status: str

    @classmethod
    def of(cls, slot: Slot, status: str) -> "Position":
        """Take the position from a suggestion's slot and status."""
        return cls(slot.kind, slot.revision, status)


_TEXT_ACTS = {Act.SAVE, Act.RESTORE, Act.GENERATE, Act.FORCE, Act.REOPEN_AND_SAVE}
_UNPROTECTED = {SlotKind.EMPTY, SlotKind.GENERATED}
_DECIDED = {"approved", "rejected"}


def judge(act: Act, decided_on: str, now: Position, mine: str | None = None) -> Verdict:
    """Say what `act`, decided on revision `decided_on`, may do to the state `now`.

    `mine` is the revision that the act would leave behind, or has left if an earlier attempt took
    effect without our being told (CONTRACT R6). Force and restore go over protected text, a plain
    generation never does; a map that is none is never written into (CONTRACT R2). A proposal
    replaces nothing, so it does not matter what was saved meanwhile.
    """
    if act in _TEXT_ACTS and mine is not None and now.revision == mine:
        return Verdict.DONE
    if act is Act.REOPEN:
        return Verdict.WRITE if now.status in _DECIDED else Verdict.NOT_PENDING
    if now.kind is SlotKind.UNWRITABLE and act is not Act.REJECT:
        return Verdict.UNREADABLE
    opens = act is Act.REOPEN_AND_SAVE and now.status in _DECIDED
    if now.status != "pending" and not opens:
        return Verdict.NOT_PENDING
    if act is Act.PROPOSE:
        return Verdict.WRITE
    if act is Act.GENERATE and now.kind not in _UNPROTECTED:
        return Verdict.BLOCKED
    if now.revision != decided_on:
        return Verdict.STALE
    if act is Act.APPROVE and now.kind is SlotKind.EMPTY:
        return Verdict.NO_DRAFT
    return Verdict.WRITE
