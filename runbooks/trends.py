"""SC-001 to SC-004, the time to a decision and the edits it took, day by day (CONTRACT §5).

They are read from the queue entries that changed last, a bounded number: one question.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from runbooks.figures import share
from runbooks.models import DraftState, QueueEntry
from runbooks.queue import EPOCH
from runbooks.store import queries
from runbooks.store.port import DocumentStore
from runbooks.store.queries import QueueFilter, Sort
from runbooks.store.reading import moment
from runbooks.store.records import read_entry

LOOKED_AT = 500
"""How many of the suggestions that changed last are read."""

_MOST_DAYS = 45
_RUN_DAY = slice(4, 12)
_DRAFTED = (DraftState.GENERATED, DraftState.NEEDS_INPUT, DraftState.HUMAN)


@dataclass(frozen=True)
class Period:
    """What was decided and drafted in a day, or in the week that began then (UTC).

    Shares are of 1 and speak of drafts that are no templates; None where nothing is to be said.
    `hours_to_decision` is the median from the suggestion's creation to its decision, `edits` the
    mean of texts that people saved, over the runbooks approved.
    """

    day: date
    approved_unedited: int
    approved_edited: int
    rejected: int
    six_sections: float | None
    two_commands: float | None
    clean_markdown: float | None
    hours_to_decision: float | None
    edits: float | None

    @property
    def accepted(self) -> float | None:
        """SC-001 of the period as a share of 1."""
        approved = self.approved_unedited + self.approved_edited
        return share(approved, approved + self.rejected)


def latest(store: DocumentStore, limit: int = LOOKED_AT) -> list[QueueEntry]:
    """Give the runbook suggestions that changed last, whatever their status."""
    found = store.query(queries.queue_list(QueueFilter(status=()), Sort.UPDATED, limit))
    return [entry for stored in found if (entry := read_entry(stored))]


def trends(entries: Sequence[QueueEntry]) -> tuple[Period, ...]:
    """Sum these entries up by the day of their decision and of their draft, oldest first.

    By weeks when they reach over more than 45 days.
    """
    decided = [(day, entry) for entry in entries if (day := _decision_day(entry))]
    drafted = [(day, entry) for entry in entries if (day := _draft_day(entry))]
    days = {day for day, _ in (*decided, *drafted)}
    if not days:
        return ()
    weekly = (max(days) - min(days)).days > _MOST_DAYS

    def begin(day: date) -> date:
        return day - timedelta(days=day.weekday()) if weekly else day

    return tuple(
        _period(
            first,
            [entry for day, entry in decided if begin(day) == first],
            [entry for day, entry in drafted if begin(day) == first],
        )
        for first in sorted({begin(day) for day in days})
    )


def _period(day: date, decided: Sequence[QueueEntry], drafted: Sequence[QueueEntry]) -> Period:
    approved = [entry for entry in decided if entry.status == "approved"]
    hours = [hours for entry in decided if (hours := _hours(entry)) is not None]
    edited = sum(entry.edited for entry in approved)
    return Period(
        day=day,
        approved_unedited=len(approved) - edited,
        approved_edited=edited,
        rejected=len(decided) - len(approved),
        six_sections=_share_of(drafted, lambda entry: entry.six_sections),
        two_commands=_share_of(drafted, lambda entry: entry.two_commands),
        clean_markdown=_share_of(drafted, lambda entry: entry.clean_markdown),
        hours_to_decision=round(median(hours), 2) if hours else None,
        edits=round(sum(map(_edits, approved)) / len(approved), 2) if approved else None,
    )


def _share_of(entries: Iterable[QueueEntry], good: Callable[[QueueEntry], bool]) -> float | None:
    marks = [good(entry) for entry in entries]
    return share(sum(marks), len(marks))


def _decision_day(entry: QueueEntry) -> date | None:
    decided = moment(entry.decided_at) if entry.status in ("approved", "rejected") else None
    return decided.date() if decided else None


def _draft_day(entry: QueueEntry) -> date | None:
    """Give the day of the run that drafted it; the name of a run begins with it (CONTRACT §1)."""
    if entry.draft_state not in _DRAFTED:
        return None
    try:
        return datetime.strptime(entry.run_id[_RUN_DAY], "%Y%m%d").date()
    except ValueError:
        return None


def _hours(entry: QueueEntry) -> float | None:
    decided = moment(entry.decided_at)
    created = moment(entry.created_at) if entry.created_at != EPOCH else None
    if decided is None or created is None or decided < created:
        return None
    return (decided - created).total_seconds() / 3600


def _edits(entry: QueueEntry) -> int:
    """Give the edits counted; a text that a person brought along was edited at least once."""
    return max(entry.edits, int(entry.edited))
