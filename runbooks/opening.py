"""What a reviewer sees of one suggestion: all of it when opened, little when looked at again.

A page runs anew at each click. What costs, reading and redacting the sources, is apart from what
must be fresh each time: the suggestion, its queue entry, the texts that are not saved.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from runbooks.discovery import Discovery
from runbooks.drafting.port import Evidence
from runbooks.findings import blocking, findings_of
from runbooks.gathering import gather
from runbooks.lint import Finding
from runbooks.models import QueueEntry, SlotKind, Suggestion, UnsavedText
from runbooks.repository import Repository
from runbooks.seen import Seen
from runbooks.services import ServiceDirectory
from runbooks.unsaved import Person


@dataclass(frozen=True)
class Glance:
    """How a suggestion stands now, without its sources."""

    suggestion: Suggestion
    entry: QueueEntry
    unsaved: tuple[UnsavedText, ...]


@dataclass(frozen=True)
class Item:
    """All that a reviewer sees of one suggestion, redacted where it comes from a trace (R10)."""

    suggestion: Suggestion
    evidence: Evidence
    entry: QueueEntry
    findings: tuple[Finding, ...]
    blocking: tuple[str, ...]
    unsaved: tuple[UnsavedText, ...]


class Opening:
    """Reads a suggestion for a person's eyes."""

    def __init__(
        self,
        repository: Repository,
        discovery: Discovery,
        services: ServiceDirectory,
        seen: Seen,
        extra_patterns: Sequence[str] = (),
    ) -> None:
        self._repository = repository
        self._discovery = discovery
        self._services = services
        self._seen = seen
        self._extra_patterns = tuple(extra_patterns)

    def open(self, suggestion_id: str, person: Person) -> Item:
        """Read one suggestion with its sources; this person has then seen its revision (R17)."""
        suggestion = self._repository.suggestion(suggestion_id)
        evidence = self.evidence(suggestion)
        self.mark_seen(suggestion, person)
        glance = self._glance(suggestion)
        return Item(
            suggestion=suggestion,
            evidence=evidence,
            entry=glance.entry,
            findings=tuple(findings_of(suggestion.slot)),
            blocking=tuple(blocking(suggestion.slot)),
            unsaved=glance.unsaved,
        )

    def peek(self, suggestion_id: str) -> Glance:
        """Read how a suggestion stands now; nobody has seen anything by that."""
        return self._glance(self._repository.suggestion(suggestion_id))

    def evidence(self, suggestion: Suggestion) -> Evidence:
        """Read and redact the sources; as slow as the traces are long."""
        found = gather(self._repository, self._services, suggestion, self._extra_patterns)
        return found.evidence

    def mark_seen(self, suggestion: Suggestion, person: Person) -> None:
        """Note that this person has the present text on the screen (CONTRACT R17)."""
        self._discovery.index([suggestion])
        if suggestion.slot.kind is not SlotKind.EMPTY:
            self._seen.mark(suggestion, person.actor)

    def _glance(self, suggestion: Suggestion) -> Glance:
        name = suggestion.suggestion_id
        entry = self._repository.entry(name) or QueueEntry(suggestion_id=name)
        return Glance(suggestion, entry, tuple(self._repository.unsaved(name)))
