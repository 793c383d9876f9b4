"""What a person does to a suggestion: save, restore, approve, reject, reopen, hold.

Who may, when, on which revision: CONTRACT R3, R5, R11, R12, R16–R18. A text that cannot be saved
is kept as an unsaved text of that person before the error is raised.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from runbooks.acts import Acts, NewText, refuse
from runbooks.decisions import already, decision_fields, took_effect
from runbooks.errors import (
    BlockingFindings,
    ChangedSince,
    InvalidRequest,
    NotRunbook,
    RunbookError,
    StaleRevision,
    StrictGate,
)
from runbooks.findings import blocking, errors_of
from runbooks.holds import checked_hold
from runbooks.leases import Leases
from runbooks.models import SlotKind, Suggestion, VersionReason
from runbooks.overwrite import Act, Position, Verdict, judge
from runbooks.repository import Repository
from runbooks.revision import iso
from runbooks.snippets import by_person, edited
from runbooks.store.port import Write
from runbooks.store.slots import readable_text
from runbooks.unsaved import Person, UnsavedTexts, check_text


class Review:
    """The person's side of a suggestion."""

    def __init__(
        self,
        repository: Repository,
        acts: Acts,
        holds: Leases,
        unsaved: UnsavedTexts,
        clock: Callable[[], datetime],
        strict: bool = False,
    ) -> None:
        self.strict = strict
        self._repository = repository
        self._acts = acts
        self._holds = holds
        self._unsaved = unsaved
        self._clock = clock

    def save(
        self, suggestion_id: str, markdown: str, revision: str, person: Person, reason: str = ""
    ) -> Suggestion:
        """Save a person's text over `revision`; raise StaleRevision, NotPending, HoldLost.

        When it cannot be saved it is kept as that person's unsaved text. The same text saved again
        by the same person, whose answer got lost, is saved already (CONTRACT R6).
        """
        return self._save(Act.SAVE, suggestion_id, markdown, revision, person, reason)

    def reopen_and_save(
        self, suggestion_id: str, markdown: str, revision: str, person: Person, reason: str
    ) -> Suggestion:
        """Make a decided suggestion pending and save a text over `revision`, both or neither (R3).

        One that somebody reopened meanwhile gets the text alone. Raise and keep as `save` does.
        """
        if not reason.strip():
            raise InvalidRequest("reason", "reopening needs a reason")
        act = Act.REOPEN_AND_SAVE
        return self._save(act, suggestion_id, markdown, revision, person, reason.strip())

    def restore(self, suggestion_id: str, number: int, revision: str, person: Person) -> Suggestion:
        """Bring a version back as a person's text over `revision` (CONTRACT R11).

        Raise as `save` does, and InvalidRequest for a version without a text.
        """
        version = self._repository.version(suggestion_id, number)
        at = self._clock()
        base = version.snippet if isinstance(version.snippet, Mapping) else {}
        markdown = readable_text(version.snippet)
        if not markdown.strip():
            problem = f"version {number} holds no text that could be put in place"
            raise InvalidRequest("version", problem)

        def build(suggestion: Suggestion) -> NewText:
            snippet = by_person(suggestion, base, markdown, person.actor, at)
            note = f"version {number}"
            return NewText(snippet, person.actor, VersionReason.RESTORED, note)

        return self._write(Act.RESTORE, suggestion_id, revision, person, build)

    def approve(
        self,
        suggestion_id: str,
        revision: str,
        actor: str,
        notes: str = "",
        override_reason: str = "",
    ) -> Suggestion:
        """Approve exactly this revision; raise StaleRevision, NotPending, BlockingFindings.

        What blocks is passed with a written reason, which is kept (CONTRACT R12); where the gate
        is strict an E-finding is not: StrictGate.
        """

        def gate(suggestion: Suggestion) -> None:
            errors = errors_of(suggestion.slot) if self.strict else []
            if errors:
                raise StrictGate(suggestion_id, errors)
            named = blocking(suggestion.slot)
            if named and not override_reason.strip():
                raise BlockingFindings(suggestion_id, named)

        extra = {"notes": notes.strip(), "override_reason": override_reason.strip()}
        return self._decide(Act.APPROVE, suggestion_id, revision, actor, extra, gate)

    def reject(
        self, suggestion_id: str, revision: str, actor: str, reason: str, notes: str = ""
    ) -> Suggestion:
        """Reject this revision for a reason that is not empty; raise as `approve` does."""
        if not reason.strip():
            raise InvalidRequest("reason", "a rejection needs a reason")
        extra = {"reason": reason.strip(), "notes": notes.strip()}
        return self._decide(Act.REJECT, suggestion_id, revision, actor, extra)

    def reopen(self, suggestion_id: str, actor: str, reason: str) -> Suggestion:
        """Make a decided suggestion pending again (CONTRACT R16); raise AlreadyPending."""
        if not reason.strip():
            raise InvalidRequest("reason", "reopening needs a reason")
        return self._decide(Act.REOPEN, suggestion_id, None, actor, {"notes": reason.strip()})

    def take_back(self, suggestion_id: str, at: str, revision: str, actor: str) -> Suggestion:
        """Reopen what this person decided at that moment (ISO text) on that revision.

        Raise ChangedSince when another decision or another text stands there by now.
        """

        def gate(suggestion: Suggestion) -> None:
            stands = already(suggestion, suggestion.status, actor, revision)
            decided = suggestion.approval.timestamp if suggestion.approval else None
            unchanged = suggestion.slot.revision == revision
            if not (stands and unchanged and decided and iso(decided) == at):
                raise ChangedSince(suggestion_id, suggestion.status)

        notes = f"undone by {actor.removeprefix('local:')}"
        return self._decide(Act.REOPEN, suggestion_id, None, actor, {"notes": notes}, gate)

    def _save(
        self,
        act: Act,
        suggestion_id: str,
        markdown: str,
        revision: str,
        person: Person,
        reason: str,
    ) -> Suggestion:
        check_text(markdown)
        at = self._clock()

        def build(suggestion: Suggestion) -> NewText:
            snippet = edited(suggestion, markdown, person.actor, at)
            return NewText(snippet, person.actor, VersionReason.EDITED, reason)

        try:
            return self._write(act, suggestion_id, revision, person, build)
        except RunbookError as error:
            saved = self._saved_before(error, markdown, person)
            if saved is not None:
                return saved
            error.text_kept = self._unsaved.rescue(
                suggestion_id, markdown, revision, person, error.code
            )
            raise

    def _saved_before(
        self, error: RunbookError, markdown: str, person: Person
    ) -> Suggestion | None:
        """Give the suggestion if it is stale because this very text of theirs stands there."""
        if not isinstance(error, StaleRevision):
            return None
        try:
            now = self._repository.suggestion(error.suggestion_id)
        except RunbookError:
            return None
        return now if _is_their_text(now, markdown, person) else None

    def _write(
        self,
        act: Act,
        suggestion_id: str,
        decided_on: str,
        person: Person,
        build: Callable[[Suggestion], NewText],
    ) -> Suggestion:
        """Put a person's text in place; the text is built once, on the state decided on."""
        built: list[NewText] = []

        def attempt(again: bool) -> Suggestion:
            now = self._runbook(suggestion_id)
            if not built and now.slot.revision == decided_on:
                built.append(build(now))
            mine = built[0].revision if built else None
            verdict = judge(act, decided_on, Position.of(now.slot, now.status), mine)
            refuse(verdict, now, decided_on)
            if verdict is Verdict.WRITE:
                text, opening = self._with_opening(act, now, built[0])
                ended = () if act is Act.RESTORE else self._unsaved.ended_by(text, person)
                entry = self._repository.entry(now.suggestion_id)
                writes = self._acts.text_writes(
                    now, text, entry, again=again, seen_by=person.actor, ended=ended
                )
                held = checked_hold(self._holds, now.suggestion_id, person)
                writes += [*opening, *self._unsaved.removals(now, ended), *held]
                self._repository.store.commit(writes)
            return self._repository.suggestion(now.suggestion_id)

        return self._acts.settle(suggestion_id, attempt)

    def _with_opening(
        self, act: Act, now: Suggestion, text: NewText
    ) -> tuple[NewText, list[Write]]:
        """Make the same commit open a decided suggestion again; its history is the present one."""
        if act is not Act.REOPEN_AND_SAVE or now.status == "pending":
            return text, []
        reason = {"notes": text.note}
        fields = decision_fields(now, "pending", text.actor, iso(self._clock()), reason)
        audit = self._acts.audit_write(
            now.suggestion_id, text.actor, Act.REOPEN.value, now.slot.revision, text.note
        )
        return replace(text, besides=fields), [audit]

    def _decide(
        self,
        act: Act,
        suggestion_id: str,
        revision: str | None,
        actor: str,
        extra: Mapping[str, str],
        gate: Callable[[Suggestion], None] | None = None,
    ) -> Suggestion:
        """Change the status under the revision that was seen; repeated by the same person it is
        done already (CONTRACT R6)."""
        target = {Act.APPROVE: "approved", Act.REJECT: "rejected", Act.REOPEN: "pending"}[act]
        at = iso(self._clock())

        def attempt(again: bool) -> Suggestion:
            now = self._runbook(suggestion_id)
            decided_on = revision if revision is not None else now.slot.revision
            if already(now, target, actor, decided_on) or (again and took_effect(now, at)):
                return now
            refuse(judge(act, decided_on, Position.of(now.slot, now.status)), now, decided_on)
            if gate:
                gate(now)
            fields = decision_fields(now, target, actor, at, extra)
            writes = self._acts.status_writes(now, fields, again=again)
            detail = extra.get("reason") or extra.get("override_reason") or extra.get("notes", "")
            writes.append(
                self._acts.audit_write(now.suggestion_id, actor, act.value, decided_on, detail)
            )
            self._repository.store.commit(writes)
            return self._repository.suggestion(now.suggestion_id)

        return self._acts.settle(suggestion_id, attempt)

    def _runbook(self, suggestion_id: str) -> Suggestion:
        found = self._repository.suggestion(suggestion_id)
        if found.type != "runbook":
            raise NotRunbook(suggestion_id, found.type)
        return found


def _is_their_text(now: Suggestion, markdown: str, person: Person) -> bool:
    draft = now.slot.draft
    return bool(
        draft
        and now.status == "pending"
        and now.slot.kind is SlotKind.HUMAN
        and draft.markdown_content == markdown
        and draft.edited_by == person.actor
    )
