"""Approved runbooks as the rows that people read: words, tones and links."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from runbooks.library.shelf import REVIEW_INTERVAL, is_stale
from runbooks.models import QueueEntry
from runbooks.services import ServiceDirectory
from workbench import messages, theme, times
from workbench.library_state import runbook_link

DUE = "Review due"
INTERVAL_DAYS = REVIEW_INTERVAL.days


class Row(TypedDict):
    """One line of the list; every value is plain text that is shown as it is."""

    id: str
    href: str
    title: str
    kind: str
    sample: str
    severity: str
    severity_tone: str
    service: str
    owner: str
    approved_by: str
    reviewed: str
    reviewed_at: str
    due: str
    due_hint: str


def rows(
    entries: Iterable[QueueEntry], services: ServiceDirectory, now: datetime, me: str
) -> list[Row]:
    """Give the rows of a page; `me` is the actor who looks, and is called "you"."""
    return [_row(entry, services, now, me) for entry in entries]


def due_hint(reviewed: datetime | None) -> str:
    """Say why a runbook should be read again."""
    if reviewed is None:
        return "Nobody recorded when it was last read"
    return f"Last read more than {INTERVAL_DAYS} days ago"


def _row(entry: QueueEntry, services: ServiceDirectory, now: datetime, me: str) -> Row:
    reviewed = times.as_moment(entry.decided_at)
    due = is_stale(reviewed, now)
    return Row(
        id=entry.suggestion_id,
        href=runbook_link(entry.suggestion_id),
        title=entry.title.strip() or messages.failure_type(entry.failure_type),
        kind=messages.failure_type(entry.failure_type),
        sample="sample" if entry.sample else "",
        severity=messages.SEVERITIES.get(entry.severity, entry.severity),
        severity_tone=_tone(entry.severity),
        service=entry.service,
        owner=(services.row(entry.service).owner or "") if entry.service else "",
        approved_by=messages.who(entry.decided_by, me) if entry.decided_by else "",
        reviewed=times.since(reviewed, now) if reviewed else "unknown",
        reviewed_at=times.exact(reviewed),
        due=DUE if due else "",
        due_hint=due_hint(reviewed) if due else "",
    )


def _tone(severity: str) -> str:
    strong = {"critical": "solid", "unknown": "outline"}.get(severity)
    return strong or theme.SEVERITY_TONES.get(severity, "gray")
