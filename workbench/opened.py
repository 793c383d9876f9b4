"""The suggestion that a person has open: what is on the screen, and what is stored by now.

The two are kept apart on purpose: a text that somebody else saved meanwhile is announced, and
every act names the revision that the person sees (CONTRACT R3, R17).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from runbooks.checks import Checked
from runbooks.clock import utc_now
from runbooks.drafting.port import Evidence
from runbooks.evidence import Traced
from runbooks.findings import blocking
from runbooks.lint import Finding
from runbooks.models import QueueEntry, RunbookDraft, Slot, SlotKind, Suggestion, UnsavedText
from runbooks.revision import revision
from runbooks.service import RunbookService
from runbooks.store.slots import readable_text
from runbooks.unsaved import Person
from workbench import review_state, times, wiring
from workbench.kept import kept
from workbench.review_state import Desk

MOST_CHECKED = 60_000
"""Characters up to which a text is checked while it is typed."""
SHORT = 8
"""How many digits of a revision people are shown."""


@dataclass(frozen=True)
class Opened:
    """One suggestion on the desk of a person; `slot` is the text on the screen.

    `began_with` is the generated text that typing began with, None where the versions say it.
    """

    service: RunbookService
    person: Person
    desk: Desk
    now: Suggestion
    entry: QueueEntry
    unsaved: tuple[UnsavedText, ...]
    slot: Slot
    began_with: str | None = None

    @property
    def sid(self) -> str:
        """The suggestion's id."""
        return self.now.suggestion_id

    @property
    def newer(self) -> bool:
        """Whether somebody stored another text than the one on the screen."""
        return self.now.slot.revision != (self.desk.screen or self.slot).revision

    @property
    def pending(self) -> bool:
        """Whether it still waits for a decision."""
        return self.now.status == "pending"

    @property
    def writable(self) -> bool:
        """Whether a text may be put in its place at all (CONTRACT R2)."""
        return self.now.slot.kind is not SlotKind.UNWRITABLE

    @property
    def protected(self) -> bool:
        """Whether the text on the screen is somebody's own (CONTRACT R2)."""
        return self.slot.kind in (SlotKind.HUMAN, SlotKind.FOREIGN)

    @property
    def text(self) -> str:
        """The text on the screen, also one of a shape that is not known."""
        return text_of(self.slot)

    @property
    def dirty(self) -> bool:
        """Whether this tab has text that is not saved."""
        return self.desk.typed is not None

    @property
    def other_holder(self) -> str:
        """Who else is editing it now, "" when nobody is."""
        until = times.as_moment(self.entry.hold_until)
        holder = self.entry.hold_by
        if not holder or holder == self.person.actor or until is None:
            return ""
        return holder if until > utc_now() else ""

    @property
    def typed_text(self) -> str:
        """What is typed, "" where nothing is; half a character reads as a question mark."""
        typed = self.desk.typed.text if self.desk.typed is not None else ""
        return typed.encode("utf-8", "replace").decode("utf-8")

    @property
    def too_long_to_check(self) -> bool:
        """Whether what is typed is so long that it is checked only when it is saved."""
        return self.desk.typed is not None and len(self.desk.typed.text) > MOST_CHECKED

    def as_typed(self) -> "Opened":
        """Give the suggestion as if what is typed were saved, so that it can be checked.

        It is the same where nothing is typed, or too much.
        """
        if not self.dirty or self.too_long_to_check:
            return self
        text = {"markdown_content": self.typed_text, "edit_source": "human", "status": "draft"}
        draft = (self.slot.draft or RunbookDraft()).model_copy(update=text)
        name = f"typed {revision([self.slot.revision, self.typed_text])}"
        changes = {"kind": SlotKind.HUMAN, "draft": draft, "revision": name}
        began = self.text if self.slot.kind is SlotKind.GENERATED else None
        return replace(self, slot=self.slot.model_copy(update=changes), began_with=began)

    def checked(self) -> Checked:
        """The text on the screen held against its sources; the service does it once."""
        shown = self.now.model_copy(update={"slot": self.slot})
        return self.service.checked(shown, self.evidence(), self.began_with)

    def findings(self) -> tuple[Finding, ...]:
        """What the checks say of the text on the screen."""
        return self.checked().findings

    def unsupported(self) -> tuple[Traced, ...]:
        """The claims of the text on the screen that have no source."""
        return self.checked().report.unsupported

    def blocking(self) -> tuple[str, ...]:
        """What keeps the text on the screen from approval without a written reason."""
        key = ("blocking", self.sid, self.slot.revision)
        return kept(self.service).get(key, lambda: tuple(blocking(self.slot)))

    def barred(self) -> bool:
        """Whether no reason passes what blocks it (RUNBOOK_GATE_STRICT)."""
        return self.service.gate_strict and any(f.severity == "E" for f in self.findings())

    def evidence(self) -> Evidence:
        """The sources, redacted; read at most once a minute."""
        return kept(self.service).get(self._evidence_key(), lambda: self.service.evidence(self.now))

    def _evidence_key(self) -> tuple[str, str, str]:
        now = self.now
        named = {
            "sources": [source.model_dump(mode="json") for source in now.sources],
            "pattern": now.pattern.model_dump(mode="json"),
            "texts": [now.title, now.description],
        }
        return ("evidence", self.sid, revision(named))


def open_suggestion(service: RunbookService, suggestion_id: str) -> Opened:
    """Put a suggestion on the desk as it stands; raise NotFound.

    Who comes from elsewhere sees the newest text; who is already looking keeps what is on the
    screen until asking for the newer one.
    """
    glance = service.peek(suggestion_id)
    desk = review_state.desk(suggestion_id)
    person = replace(wiring.person(), hold=desk.lease)
    if desk.screen is None or desk.follow or review_state.arrives(suggestion_id):
        adopt(desk, glance.suggestion)
        service.mark_seen(glance.suggestion, person)
    slot = desk.screen or glance.suggestion.slot
    return Opened(service, person, desk, glance.suggestion, glance.entry, glance.unsaved, slot)


def look_again(service: RunbookService, suggestion: Suggestion) -> Opened:
    """Put a state that this person has just made on the screen."""
    sid = suggestion.suggestion_id
    glance, desk = service.peek(sid), review_state.desk(sid)
    person = replace(wiring.person(), hold=desk.lease)
    return Opened(service, person, desk, suggestion, glance.entry, glance.unsaved, suggestion.slot)


def adopt(desk: Desk, suggestion: Suggestion) -> None:
    """Put this state of a suggestion on the screen; text being typed stays what it is."""
    desk.screen, desk.status, desk.follow = suggestion.slot, suggestion.status, False
    if desk.typed is None:
        desk.base = desk.opened = suggestion.slot.revision


def text_of(slot: Slot) -> str:
    """Give the text of a slot, also of one of unknown shape, so that a person can rescue it."""
    raw = slot.raw
    if slot.draft is not None:
        return slot.draft.markdown_content
    return readable_text(raw) if isinstance(raw, str | Mapping) else ""


def working_text(desk: Desk) -> str:
    """Give the text that a person works on: what was typed, else what is on the screen."""
    if desk.typed is not None:
        return desk.typed.text
    return text_of(desk.screen) if desk.screen is not None else ""


def short(revision_: str) -> str:
    """Give a revision as people are shown it."""
    return revision_[:SHORT] if revision_ != "none" else "none"


def same_text(first: str, second: str) -> bool:
    """Say whether two texts differ at most in how their lines end; a browser knows one way."""
    return _lines(first) == _lines(second)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_offline(slot: Slot) -> bool:
    """Whether the offline drafter wrote the text, and no model."""
    return slot.draft is not None and slot.draft.generator_meta.provider == "offline"
