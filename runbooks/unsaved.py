"""Texts in editors that are not saved: kept until they are saved or thrown away by their author.

Two kinds lie in `runbook_drafts`: what is being typed (one per person and tab), and what a refused
save would have lost (one per text, so that a later text never replaces it; CONTRACT R3, R13).
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from runbooks.acts import NewText
from runbooks.errors import InvalidRequest, NotYourText, RunbookError, TextTooLong
from runbooks.models import Lease, Suggestion, UnsavedText
from runbooks.names import NAMELESS
from runbooks.repository import Repository
from runbooks.store import records
from runbooks.store.codec import document_key, key_of
from runbooks.store.port import Collection, Delete, FieldPath, Merge, Write

MAX_TEXT_BYTES = 600_000
"""A runbook's text, in UTF-8; more than that is no runbook and fits no Firestore document."""
_LEFT_ALONE = timedelta(minutes=1)
"""How long a nameless text lies untouched before anybody may throw it away."""


@dataclass(frozen=True)
class Person:
    """Who acts: `actor` as it is recorded, `place` the tab or session, `hold` the editing lease."""

    actor: str
    place: str = ""
    hold: Lease | None = None

    @property
    def desk(self) -> str:
        """Where this person's unsaved text lies: one place per tab."""
        return f"{self.actor}#{self.place}" if self.place else self.actor


class UnsavedTexts:
    """Keeps, gives back and ends unsaved texts."""

    def __init__(self, repository: Repository, clock: Callable[[], datetime]) -> None:
        self._repository = repository
        self._clock = clock

    def keep(
        self, suggestion_id: str, text: str, base_revision: str, person: Person
    ) -> UnsavedText:
        """Keep what a person is typing; the next text of the same tab replaces it."""
        return self._put(suggestion_id, text, base_revision, person, person.desk, "typing")

    def rescue(
        self, suggestion_id: str, text: str, base_revision: str, person: Person, why: str
    ) -> bool:
        """Keep a text whose save was refused, beside everything else that person has.

        Say whether it is kept: when the store is what failed, only the caller has it.
        """
        try:
            place = _rescued(person, text)
            self._put(suggestion_id, text, base_revision, person, place, why)
        except RunbookError:
            return False
        return True

    def discard(self, suggestion_id: str, places: Iterable[str], person: Person) -> None:
        """Throw these texts away, as their author asked; raise NotYourText, and then keep all.

        What somebody without a name left a minute ago may be thrown away by anybody.
        """
        gone, entry = tuple(places), self._repository.entry(suggestion_id)
        for text in self._repository.unsaved(suggestion_id):
            if text.place in gone and not self._may_discard(text, person):
                raise NotYourText(suggestion_id, text.actor)
        writes: list[Write] = [Delete(Collection.UNSAVED, _key(suggestion_id, p)) for p in gone]
        if entry:
            paths: tuple[FieldPath, ...] = tuple(("unsaved_by", place) for place in gone)
            writes.append(Merge(Collection.QUEUE, entry.suggestion_id, {}, remove=paths))
        self._repository.store.commit(writes)

    def ended_by(self, text: NewText, person: Person) -> tuple[str, ...]:
        """Name the unsaved texts that saving `text` ends: this tab's, and the very same text."""
        saved = text.snippet.get("markdown_content")
        return (person.desk, _rescued(person, saved if isinstance(saved, str) else ""))

    def removals(self, suggestion: Suggestion, places: Iterable[str]) -> list[Write]:
        """Give the writes that remove these texts."""
        sid = suggestion.suggestion_id
        return [Delete(Collection.UNSAVED, _key(sid, place)) for place in places]

    def _may_discard(self, text: UnsavedText, person: Person) -> bool:
        if text.actor == person.actor:
            return True
        return left_by_nobody(text, self._clock(), _LEFT_ALONE)

    def _put(
        self,
        suggestion_id: str,
        text: str,
        base_revision: str,
        person: Person,
        place: str,
        why: str,
    ) -> UnsavedText:
        unsaved = UnsavedText(
            key=_key(suggestion_id, place),
            suggestion_id=key_of(suggestion_id),
            actor=person.actor,
            place=place,
            base_revision=base_revision,
            text=text,
            at=self._clock(),
            why=why,
        )
        document = records.write_unsaved(unsaved)
        writes: list[Write] = [
            Merge(Collection.UNSAVED, unsaved.key, {(k,): v for k, v in document.items()})
        ]
        if self._repository.entry(unsaved.suggestion_id):
            mark: dict[FieldPath, object] = {("unsaved_by", place): document["at"]}
            writes.append(Merge(Collection.QUEUE, unsaved.suggestion_id, mark))
        self._repository.store.commit(writes)
        return unsaved


def left_by_nobody(text: UnsavedText, now: datetime, patience: timedelta) -> bool:
    """Say whether somebody without a name left this text alone for longer than `patience`.

    Nobody could show that it is theirs: who gives no name is another one after a reload.
    """
    return text.actor.startswith(NAMELESS) and (text.at is None or now - text.at > patience)


def check_text(markdown: str, field: str = "markdownContent") -> None:
    """Refuse a text that cannot be stored as it is; raise InvalidRequest, TextTooLong."""
    if not markdown.strip():
        raise InvalidRequest(field, "the text is empty")
    try:
        size = len(markdown.encode("utf-8"))
    except UnicodeEncodeError:
        raise InvalidRequest(field, "the text holds half a character") from None
    if size > MAX_TEXT_BYTES:
        raise TextTooLong(field, size, MAX_TEXT_BYTES)


def _rescued(person: Person, text: str) -> str:
    name = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{person.actor}~{name}"


def _key(suggestion_id: str, place: str) -> str:
    return document_key(f"{key_of(suggestion_id)}:{place}")
