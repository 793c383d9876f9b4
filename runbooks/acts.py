"""One act, one commit: what every change of a suggestion writes, and how it is settled.

CONTRACT R5 and R6. An act reads, asks `overwrite.judge`, builds all its writes and commits them
together; when the commit fails or nobody knows, it reads again and decides anew.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial

from runbooks.errors import (
    AlreadyPending,
    NoDraft,
    NotPending,
    OverwriteBlocked,
    StaleRevision,
    UnreadableDocument,
)
from runbooks.findings import counts_of
from runbooks.lineage import canonical_first, pattern_keys
from runbooks.models import (
    AuditEntry,
    QueueEntry,
    SlotKind,
    Suggestion,
    Version,
    VersionReason,
)
from runbooks.overwrite import Verdict
from runbooks.queue import as_fields, entry_fields, entry_of, state_of
from runbooks.repository import Repository
from runbooks.revision import iso, revision
from runbooks.services import NO_HOUSE, House
from runbooks.settling import ATTEMPTS, Result, settle
from runbooks.store import records
from runbooks.store.documents import read_after
from runbooks.store.port import Collection, Create, FieldPath, Merge, Update, Write

SNIPPET: FieldPath = ("suggestion_content", "runbook_snippet")
_TRIES_TO_KEEP = 24


@dataclass(frozen=True)
class Head:
    """The newest version of a suggestion: its number (0: none yet) and revision."""

    number: int
    revision: str


@dataclass(frozen=True)
class NewText:
    """A snippet that is to replace what stands there, by whom and why.

    `besides` is what else of the suggestion changes in the same commit.
    """

    snippet: Mapping[str, object]
    actor: str
    reason: VersionReason
    note: str = ""
    besides: Mapping[FieldPath, object] = field(default_factory=dict)

    @cached_property
    def revision(self) -> str:
        """The revision that it leaves behind."""
        return revision(self.snippet)


class Acts:
    """Builds the writes of an act and settles it; holds no state of its own."""

    def __init__(
        self,
        repository: Repository,
        clock: Callable[[], datetime],
        pause: Callable[[float], None] = time.sleep,
        house: House = NO_HOUSE,
    ) -> None:
        self._repository = repository
        self.counts = partial(counts_of, house=house)
        self._clock = clock
        self._pause = pause

    def settle(
        self, suggestion_id: str, attempt: Callable[[bool], Result], tries: int = ATTEMPTS
    ) -> Result:
        """Run `attempt` until a commit is sure; see `settling.settle`."""
        return settle(suggestion_id, attempt, self._pause, tries)

    def text_writes(
        self,
        suggestion: Suggestion,
        text: NewText,
        entry: QueueEntry | None,
        *,
        again: bool,
        seen_by: str | None = None,
        ended: Sequence[str] = (),
    ) -> list[Write]:
        """Give the writes that put `text` in place: suggestion, versions, entry, audit (R5).

        Text that other services left without a version is adopted as one first. `seen_by` is the
        person who wrote it, `ended` names the unsaved texts that it ends.
        """
        now = self._clock()
        sid = suggestion.suggestion_id
        head = self._first(suggestion, entry, again) or self.head(sid, None if again else entry)
        found = self._found(suggestion, head, now)
        number = head.number + len(found) + 1
        version = self._version(suggestion, text, number, now, applied=True)
        put: dict[FieldPath, object] = {SNIPPET: text.snippet, ("updated_at",): iso(now)}
        fields = {**text.besides, **put}
        after = read_after(suggestion, fields)
        head, edited = Head(number, version.revision), text.reason is VersionReason.EDITED
        listed = self.entry_write(after, entry, head, seen_by, ended, edited=edited)
        return [
            Update(Collection.SUGGESTIONS, sid, fields, if_token=suggestion.token),
            *found,
            _create(version),
            listed,
            self.audit_write(sid, text.actor, text.reason.value, version.revision, text.note),
        ]

    def status_writes(
        self, suggestion: Suggestion, fields: Mapping[FieldPath, object], *, again: bool
    ) -> list[Write]:
        """Give the writes of a change of status; the text it speaks of gets a version (R16)."""
        now = self._clock()
        sid = suggestion.suggestion_id
        entry = self._repository.entry(sid)
        head = self.head(sid, None if again else entry)
        found = self._found(suggestion, head, now)
        if found:
            head = Head(head.number + 1, suggestion.slot.revision)
        changed = {**fields, ("updated_at",): iso(now)}
        return [
            Update(Collection.SUGGESTIONS, sid, changed, if_token=suggestion.token),
            *found,
            self.entry_write(read_after(suggestion, changed), entry, head),
        ]

    def keep_proposal(self, suggestion: Suggestion, text: NewText, base_revision: str) -> Version:
        """Keep a text as a version that was never in place (CONTRACT R13).

        It replaces nothing, so it only has to find a free number: it tries long.
        """

        def attempt(again: bool) -> Version:
            del again
            head = self.head(suggestion.suggestion_id, None)
            version = self._version(
                suggestion, text, head.number + 1, self._clock(), applied=False
            ).model_copy(update={"base_revision": base_revision})
            changes: dict[str, object] = {
                "version_number": version.number,
                "version_revision": version.revision,
            }
            sid = suggestion.suggestion_id
            entry = self._repository.entry(sid)
            audit = self.audit_write(
                sid, text.actor, VersionReason.PROPOSAL.value, version.revision, text.note
            )
            writes: list[Write] = [_create(version), audit]
            if entry:
                writes.append(Merge(Collection.QUEUE, sid, as_fields(changes)))
            self._repository.store.commit(writes)
            return version

        return self.settle(suggestion.suggestion_id, attempt, _TRIES_TO_KEEP)

    def head(self, suggestion_id: str, entry: QueueEntry | None) -> Head:
        """Say which version is the newest; the entry knows it without a further read."""
        if entry is not None and entry.version_number > 0:
            return Head(entry.version_number, entry.version_revision)
        newest = self._repository.versions(suggestion_id, limit=1)
        return Head(newest[0].number, newest[0].revision) if newest else Head(0, "")

    @staticmethod
    def _first(suggestion: Suggestion, entry: QueueEntry | None, again: bool) -> Head | None:
        """Save a read where no text is: if there are versions all the same, that is a Conflict."""
        empty = suggestion.slot.kind is SlotKind.EMPTY
        new = entry is not None and entry.version_number == 0
        return Head(0, "") if empty and new and not again else None

    def entry_write(
        self,
        after: Suggestion,
        entry: QueueEntry | None,
        head: Head,
        seen_by: str | None = None,
        ended: Sequence[str] = (),
        *,
        edited: bool = False,
    ) -> Write:
        """Give the write that brings the queue entry to the state after the act.

        `edited` counts one edit by a person more.
        """
        if entry is None:
            changes = entry_fields(self.fresh_entry(after))
        else:
            changes = as_fields(state_of(after, self.counts(after.slot), entry.service))
        changes[("version_number",)] = head.number
        changes[("version_revision",)] = head.revision
        if seen_by:
            changes[("seen_by", seen_by)] = after.slot.revision
        if edited:
            changes[("edits",)] = (entry.edits if entry else 0) + 1
        gone: tuple[FieldPath, ...] = tuple(("unsaved_by", place) for place in ended)
        return Merge(Collection.QUEUE, after.suggestion_id, changes, remove=gone)

    def fresh_entry(self, suggestion: Suggestion) -> QueueEntry:
        """Make the whole queue entry of a suggestion, reading what it needs of its lineage."""
        sources = suggestion.sources[:5]
        patterns = canonical_first(self._repository.patterns(pattern_keys(sources)).values())
        traces = self._repository.trace_headers([source.trace_id for source in sources])
        return entry_of(suggestion, patterns, traces.values(), self.counts(suggestion.slot))

    def audit_write(
        self, suggestion_id: str, actor: str, action: str, revision_: str, detail: str = ""
    ) -> Write:
        """Give the write of an audit entry."""
        at = self._clock()
        entry = AuditEntry(
            suggestion_id=suggestion_id,
            actor=actor,
            action=action,
            at=at,
            revision=revision_,
            detail=detail[:500],
        )
        key = f"{iso(at)}-{secrets.token_hex(6)}"
        return Create(Collection.AUDIT, key, records.write_audit(entry))

    def _found(self, suggestion: Suggestion, head: Head, now: datetime) -> list[Write]:
        """Adopt what stands there as a version if no version has it (CONTRACT R5)."""
        slot = suggestion.slot
        if slot.kind in (SlotKind.EMPTY, SlotKind.UNWRITABLE) or slot.revision == head.revision:
            return []
        sid = suggestion.suggestion_id
        if head.number and self._repository.version_with(sid, slot.revision):
            return []
        return [
            _create(
                Version(
                    suggestion_id=sid,
                    number=head.number + 1,
                    revision=slot.revision,
                    base_revision=head.revision or "none",
                    applied=True,
                    snippet=slot.raw,
                    actor=(slot.draft.edited_by if slot.draft else None) or "unknown",
                    reason=VersionReason.FOUND,
                    at=now,
                )
            )
        ]

    def _version(
        self, suggestion: Suggestion, text: NewText, number: int, now: datetime, *, applied: bool
    ) -> Version:
        return Version(
            suggestion_id=suggestion.suggestion_id,
            number=number,
            revision=text.revision,
            base_revision=suggestion.slot.revision,
            applied=applied,
            snippet=text.snippet,
            actor=text.actor,
            reason=text.reason if applied else VersionReason.PROPOSAL,
            at=now,
            note=text.note,
        )


def refuse(verdict: Verdict, suggestion: Suggestion, decided_on: str) -> None:
    """Raise the error of a verdict that refuses; WRITE and DONE pass."""
    sid = suggestion.suggestion_id
    if verdict is Verdict.STALE:
        raise StaleRevision(sid, decided_on, suggestion.slot.revision)
    if verdict is Verdict.NOT_PENDING and suggestion.status == "pending":
        raise AlreadyPending(sid)
    if verdict is Verdict.NOT_PENDING:
        raise NotPending(sid, suggestion.status)
    if verdict is Verdict.BLOCKED:
        raise OverwriteBlocked(sid, suggestion.slot.revision)
    if verdict is Verdict.UNREADABLE:
        raise UnreadableDocument(sid, suggestion.slot.problem)
    if verdict is Verdict.NO_DRAFT:
        raise NoDraft(sid)


def _create(version: Version) -> Create:
    key = records.version_key(version.suggestion_id, version.number)
    return Create(Collection.VERSIONS, key, records.write_version(version))
