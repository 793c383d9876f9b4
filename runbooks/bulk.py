"""One act over many suggestions: what it would do to each, what it did, and how it is undone.

What a bulk act may do: CONTRACT R7 and R17. One suggestion that refuses never stops the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from runbooks.acts import Acts, refuse
from runbooks.clock import Clock
from runbooks.errors import (
    BeingEdited,
    BlockingFindings,
    ChangedSince,
    NotFound,
    NotPending,
    NotRunbook,
    NotSeen,
    RunbookError,
)
from runbooks.findings import blocking
from runbooks.models import QueueEntry, Suggestion
from runbooks.names import checked_actor
from runbooks.overwrite import Act, Position, judge
from runbooks.queue import entry_fields
from runbooks.repository import Repository
from runbooks.review import Review
from runbooks.revision import iso
from runbooks.store.port import Collection, FieldPath, Merge, Write


class BulkAct(StrEnum):
    """What can be done to many suggestions at once."""

    GENERATE = "generate"
    APPROVE = "approve"
    REJECT = "reject"
    ASSIGN = "assign"


@dataclass(frozen=True)
class Decision:
    """A decision that was made in bulk; moment (ISO text) and revision tell whether it stands."""

    suggestion_id: str
    at: str
    revision: str


@dataclass(frozen=True)
class Assignment:
    """A suggestion that was given to somebody, and whose it was before; "" is nobody."""

    suggestion_id: str
    assignee: str
    before: str


Deed: TypeAlias = Decision | Assignment


@dataclass(frozen=True)
class BulkLine:
    """What became, or would become, of one suggestion; `problem` is None when it is done.

    `deed` is what can be undone, None when nothing was changed.
    """

    suggestion_id: str
    problem: RunbookError | None
    deed: Deed | None = None


class Bulk:
    """Acts over a selection; every act is checked as if it came alone."""

    def __init__(self, repository: Repository, acts: Acts, review: Review, clock: Clock) -> None:
        self._repository = repository
        self._acts = acts
        self._review = review
        self._clock = clock

    def foresee(self, act: BulkAct, ids: Sequence[str], actor: str) -> list[BulkLine]:
        """Say what the act would do to each as things stand, without doing it.

        It reads four times for a hundred suggestions. Generation may still be refused for what
        only the evidence tells (CONTRACT R8).
        """
        found = self._repository.suggestions(ids)
        entries = self._repository.entries(ids)

        def check(name: str) -> None:
            if name not in found:
                raise NotFound("suggestion", name)
            now = found[name]
            self._check(act, now, entries.get(now.suggestion_id), actor)

        return [_line(name, check) for name in ids]

    def approve(self, ids: Sequence[str], actor: str, notes: str) -> list[BulkLine]:
        """Approve those whose present revision this person has opened and nothing blocks (R17)."""

        def approve(name: str) -> Deed:
            now = self._repository.suggestion(name)
            self._check(BulkAct.APPROVE, now, self._repository.entry(name), actor)
            return _decision(self._review.approve(name, now.slot.revision, actor, notes))

        return [_line(name, approve) for name in ids]

    def reject(self, ids: Sequence[str], actor: str, reason: str) -> list[BulkLine]:
        """Reject these with one reason, each at its present revision (R17)."""

        def reject(name: str) -> Deed:
            now = self._repository.suggestion(name)
            self._check(BulkAct.REJECT, now, None, actor)
            return _decision(self._review.reject(name, now.slot.revision, actor, reason))

        return [_line(name, reject) for name in ids]

    def assign(self, ids: Sequence[str], assignee: str, actor: str) -> list[BulkLine]:
        """Give these to a person, "" to nobody; raise InvalidRequest for what is no name."""
        whom = checked_actor(assignee)
        return [_line(name, lambda n: self._assign(n, whom, actor)) for name in ids]

    def undo(self, deeds: Sequence[Deed], actor: str) -> list[BulkLine]:
        """Undo what this person did in bulk, where it still stands; the rest is ChangedSince."""

        def undone(deed: Deed) -> BulkLine:
            return _line(deed.suggestion_id, lambda _: self._undo(deed, actor))

        return [undone(deed) for deed in deeds]

    def _undo(self, deed: Deed, actor: str) -> None:
        if isinstance(deed, Decision):
            self._review.take_back(deed.suggestion_id, deed.at, deed.revision, actor)
        else:
            self._assign(deed.suggestion_id, deed.before, actor, still=deed.assignee)

    def _check(self, act: BulkAct, now: Suggestion, entry: QueueEntry | None, actor: str) -> None:
        """Raise what keeps the act from this suggestion."""
        if now.type != "runbook":
            raise NotRunbook(now.suggestion_id, now.type)
        if act is BulkAct.ASSIGN:
            if now.status != "pending":
                raise NotPending(now.suggestion_id, now.status)
            return
        revision = now.slot.revision
        refuse(judge(Act(act.value), revision, Position.of(now.slot, now.status)), now, revision)
        if act is BulkAct.APPROVE:
            _refuse_unseen(now, entry, actor)
            _refuse_blocked(now, entry)
        if act is BulkAct.GENERATE and entry is not None:
            self._refuse_busy(entry)

    def _refuse_busy(self, entry: QueueEntry) -> None:
        """Raise BeingEdited when the list shows a person at it; the batch asks again (R7)."""
        if entry.hold_by and entry.hold_until > iso(self._clock()):
            raise BeingEdited(entry.suggestion_id, entry.hold_by)
        if entry.unsaved_by:
            raise BeingEdited(entry.suggestion_id, next(iter(entry.unsaved_by)))

    def _assign(
        self, suggestion_id: str, assignee: str, actor: str, still: str | None = None
    ) -> Deed | None:
        """Give it to somebody; only if it is still somebody's, when that is asked."""
        now = self._repository.suggestion(suggestion_id)
        self._check(BulkAct.ASSIGN, now, None, actor)
        sid = now.suggestion_id
        entry = self._repository.entry(sid)
        before = entry.assignee if entry else ""
        if still is not None and before != still:
            raise ChangedSince(sid, now.status)
        if before == assignee:
            return None
        fields: dict[FieldPath, object] = {} if entry else entry_fields(self._acts.fresh_entry(now))
        fields[("assignee",)] = assignee
        told = f"{before or 'nobody'} → {assignee or 'nobody'}"
        writes: list[Write] = [
            Merge(Collection.QUEUE, sid, fields),
            self._acts.audit_write(sid, actor, BulkAct.ASSIGN.value, now.slot.revision, told),
        ]
        self._acts.settle(sid, lambda again: self._give(sid, assignee, writes, again=again))
        return Assignment(sid, assignee, before)

    def _give(self, sid: str, assignee: str, writes: Sequence[Write], *, again: bool) -> None:
        """Commit an assignment unless an attempt before took effect unseen (CONTRACT R6)."""
        entry = self._repository.entry(sid) if again else None
        if entry is None or entry.assignee != assignee:
            self._repository.store.commit(writes)


def _refuse_unseen(now: Suggestion, entry: QueueEntry | None, actor: str) -> None:
    revision = now.slot.revision
    if entry is None or entry.seen_by.get(actor) != revision:
        raise NotSeen(now.suggestion_id, revision)


def _refuse_blocked(now: Suggestion, entry: QueueEntry | None) -> None:
    """Raise BlockingFindings; a text that the entry knows to be clean is not read again."""
    draft = now.slot.draft
    known = entry is not None and entry.revision == now.slot.revision and not entry.findings_e
    if known and draft is not None and draft.status != "needs_human_input":
        return
    named = blocking(now.slot)
    if named:
        raise BlockingFindings(now.suggestion_id, named)


def _decision(after: Suggestion) -> Deed:
    approval = after.approval
    at = iso(approval.timestamp) if approval and approval.timestamp else ""
    return Decision(after.suggestion_id, at, after.slot.revision)


def _line(name: str, act: Callable[[str], Deed | None]) -> BulkLine:
    try:
        return BulkLine(name, None, act(name))
    except RunbookError as error:
        return BulkLine(name, error)
