"""Which text of a suggestion the library serves: the last approved revision (CONTRACT R16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runbooks.errors import NotFound
from runbooks.models import QueueEntry, RunbookDraft, Severity, Suggestion
from runbooks.repository import Repository
from runbooks.services import ServiceDirectory

REVIEW_INTERVAL = timedelta(days=90)
"""After how long an approved runbook should be read again."""


@dataclass(frozen=True)
class ShelvedRunbook:
    """An approved runbook as it is served, with what a reader must know about it.

    `label` says in words when the current text differs or the approved revision is not known; it
    is empty when what is served is exactly what was approved. `reviewed_at` is the approval.
    `severity` is the effective one; `approvals` holds every revision that was ever approved;
    `heading` is what lists call it, which need not be its title.
    """

    suggestion_id: str
    title: str
    markdown: str
    draft: RunbookDraft
    revision: str
    severity: Severity | None
    failure_type: str
    service: str
    owner: str
    approved_by: str
    reviewed_at: datetime | None
    label: str
    approvals: frozenset[str] = frozenset()
    heading: str = ""

    def is_stale(self, now: datetime, interval: timedelta = REVIEW_INTERVAL) -> bool:
        """Say whether it should be read again; one without a date always should."""
        return is_stale(self.reviewed_at, now, interval)


def is_stale(
    reviewed_at: datetime | None, now: datetime, interval: timedelta = REVIEW_INTERVAL
) -> bool:
    """Say whether a runbook that was read then should be read again; at an unknown time: yes."""
    return reviewed_at is None or now - reviewed_at > interval


def shelve(
    repository: Repository,
    services: ServiceDirectory,
    suggestion: Suggestion,
    entry: QueueEntry | None = None,
) -> ShelvedRunbook:
    """Find what the library serves of a suggestion; raise NotFound when it was never approved.

    Its queue entry knows the service and the effective severity (CONTRACT §1).
    """
    service, suggestion_id = entry.service if entry else "", suggestion.suggestion_id
    approved = _approved(suggestion)
    if approved is None:
        raise NotFound("approved runbook", suggestion_id)
    revision, actor, at = approved
    draft, label = _served(repository, suggestion, revision)
    if draft is None:
        raise NotFound("approved text", suggestion_id)
    if suggestion.status != "approved":
        label = f"This runbook is {suggestion.status} again and may be changing. {label}".strip()
    return ShelvedRunbook(
        suggestion_id=suggestion_id,
        title=draft.title or suggestion.heading,
        markdown=draft.markdown_content,
        draft=draft,
        revision=revision or suggestion.slot.revision,
        severity=suggestion.severity or _severity(entry),
        failure_type=suggestion.failure_type,
        service=service,
        owner=(services.row(service).owner or "") if service else "",
        approved_by=actor,
        reviewed_at=at,
        label=label,
        approvals=_ever_approved(suggestion),
        heading=suggestion.heading,
    )


def _severity(entry: QueueEntry | None) -> Severity | None:
    known = entry is not None and entry.severity in set(Severity)
    return Severity(entry.severity) if entry and known else None


def _ever_approved(suggestion: Suggestion) -> frozenset[str]:
    past = (entry for entry in suggestion.history if entry.new_status == "approved")
    now = (suggestion.approval,) if suggestion.status == "approved" and suggestion.approval else ()
    return frozenset(found.revision for found in (*past, *now) if found.revision)


def _approved(suggestion: Suggestion) -> tuple[str | None, str, datetime | None] | None:
    """Give revision, person and time of the approval that stands or stood last."""
    approval = suggestion.approval
    if suggestion.status == "approved":
        if approval is None:
            return None, "", None
        return approval.revision, approval.actor, approval.timestamp
    if suggestion.status != "pending":
        return None
    for entry in reversed(suggestion.history):
        if entry.new_status == "rejected":
            return None
        if entry.new_status == "approved":
            return entry.revision, entry.actor, entry.timestamp
    return None


def _served(
    repository: Repository, suggestion: Suggestion, revision: str | None
) -> tuple[RunbookDraft | None, str]:
    """Give the text to serve and what must be said about it."""
    current = suggestion.slot
    if revision is None:
        return current.draft, "Approved elsewhere without a revision: this is the current text."
    if current.revision == revision:
        return current.draft, ""
    version = repository.version_with(suggestion.suggestion_id, revision)
    if version is None:
        said = f"The approved revision {revision} is not stored: this is the current text."
        return current.draft, said
    return (
        version.draft,
        "The current text differs from what was approved; this is the approved one.",
    )


def shelve_all(
    repository: Repository,
    services: ServiceDirectory,
    ids: Sequence[str],
    entries: Mapping[str, QueueEntry],
) -> tuple[list[ShelvedRunbook], list[str]]:
    """Find what is served of many; name those that have nothing to serve."""
    known = repository.suggestions(ids)
    shelved: list[ShelvedRunbook] = []
    missing: list[str] = []
    for suggestion_id in ids:
        try:
            if suggestion_id not in known:
                raise NotFound("suggestion", suggestion_id)
            entry = entries.get(suggestion_id)
            shelved.append(shelve(repository, services, known[suggestion_id], entry))
        except NotFound:
            missing.append(suggestion_id)
    return shelved, missing
