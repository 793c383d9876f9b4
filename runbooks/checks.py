"""What the checks say of a text once its sources are known: all findings, and each claim's source.

The gate of CONTRACT R12 asks `runbooks.findings`, which needs the text alone: what blocks an
approval is the same here and there, only warnings and hints are more.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from runbooks.drafting.port import Evidence
from runbooks.evidence import EvidenceReport, Sources, sources_of, trace_claims
from runbooks.findings import findings_of
from runbooks.lint import Finding, LintContext, lint
from runbooks.models import RunbookDraft, SlotKind, Suggestion, Version
from runbooks.repository import Repository
from runbooks.services import ServiceDirectory, ServiceRow

MOST_KEPT = 64
_PAGE = 50
MOST_READ = 4
"""So many suggestions' sources stay read, some megabytes each: an edit is held against them."""
_Key = tuple[str, ...]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Checked:
    """One text held against its sources."""

    findings: tuple[Finding, ...] = ()
    report: EvidenceReport = field(default_factory=EvidenceReport)


class Checks:
    """Checks texts; the last 64 answers are kept, each for exactly this text and evidence."""

    def __init__(self, repository: Repository, services: ServiceDirectory) -> None:
        self._repository = repository
        self._services = services
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, Checked] = OrderedDict()
        self._read: OrderedDict[_Key, Sources] = OrderedDict()

    def of(
        self, suggestion: Suggestion, evidence: Evidence, began_with: str | None = None
    ) -> Checked:
        """Check the text of a suggestion against its evidence; one without a text has nothing.

        `began_with` is the generated text that a person began with, where the caller knows it;
        its revision has to be part of the slot's. Else the versions are read for it.
        """
        draft = suggestion.slot.draft
        if draft is None:
            return Checked()
        told = evidence.suggestion
        sources = (suggestion.suggestion_id, evidence.hash, told.title, told.description)
        key = (*sources, suggestion.slot.revision)
        return self._once(
            self._kept,
            MOST_KEPT,
            key,
            lambda: self._check(
                suggestion,
                draft,
                evidence,
                self._edit(suggestion) if began_with is None else (began_with, ""),
                self._once(self._read, MOST_READ, sources, lambda: sources_of(evidence)),
            ),
        )

    def _once(
        self, kept: OrderedDict[_Key, Answer], most: int, key: _Key, make: Callable[[], Answer]
    ) -> Answer:
        with self._lock:
            found = kept.get(key)
            if found is not None:
                kept.move_to_end(key)
                return found
        made = make()
        with self._lock:
            kept[key] = made
            while len(kept) > most:
                kept.popitem(last=False)
        return made

    def _check(
        self,
        suggestion: Suggestion,
        draft: RunbookDraft,
        evidence: Evidence,
        edit: tuple[str | None, str],
        sources: Sources,
    ) -> Checked:
        text = draft.markdown_content
        base, note = edit
        report = trace_claims(text, evidence, base_markdown=base, sources=sources)
        more = lint(text, self._context(draft, evidence, sources, note), "evalforge")
        found = [finding for finding in more if finding.severity != "E"]
        found += [finding for finding in findings_of(suggestion.slot) if finding.severity == "E"]
        found.sort(key=lambda finding: (finding.line, finding.id, finding.start or 0))
        return Checked(tuple(found), report)

    def _edit(self, suggestion: Suggestion) -> tuple[str | None, str]:
        """Give the text that a person began with, and the note that was left since.

        That is the newest generated text that stood there; a text that a person began has none.
        """
        if suggestion.slot.kind is not SlotKind.HUMAN:
            return None, ""
        note = ""
        for version in self._versions(suggestion.suggestion_id):
            draft = version.draft
            if version.applied and draft and draft.edit_source == "generated":
                return draft.markdown_content, note
            note = note or (version.note.strip() if version.applied else "")
        return None, note

    def _versions(self, suggestion_id: str) -> Iterator[Version]:
        below = 0
        while found := self._repository.versions(suggestion_id, _PAGE, below):
            yield from found
            below = found[-1].number
            if len(found) < _PAGE or below <= 1:
                return

    def _context(
        self, draft: RunbookDraft, evidence: Evidence, sources: Sources, note: str
    ) -> LintContext:
        """Say what the text alone does not tell.

        Sources too large to be read whole prove nothing by their silence: RB504 is left out then.
        """
        own, pattern, row = draft.source, evidence.canonical, evidence.row
        rows = list(_rows(self._services))
        return LintContext(
            trace_ids=tuple(dict.fromkeys((*own.trace_ids, *evidence.trace_ids))),
            pattern_ids=tuple(dict.fromkeys((*own.pattern_ids, *evidence.pattern_ids))),
            confidence=pattern.confidence if pattern else None,
            evidence_text="" if sources.partial else sources.everything.text,
            channels=tuple({each.escalation_channel: None for each in rows}),
            owners=tuple({each.owner: None for each in rows if each.owner}),
            unlisted_service="" if row.known else evidence.service or "its service",
            default_owner="" if row.known else row.owner or "",
            known_tools=self._services.house.tools,
            known_tags=self._services.house.tags,
            edit_source=draft.edit_source,
            reviewer_note=note,
        )


def _rows(services: ServiceDirectory) -> Iterator[ServiceRow]:
    """Give every row and the default one; no file, no rows: then any channel may be right."""
    names = services.names
    yield from (services.row(name) for name in (*names, "") if names)
