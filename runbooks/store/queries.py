"""Every question that the product asks of a store, in one place.

An adapter's indexes are made from these, and a test holds that each shape has its index. Nobody
else builds a `Query`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from math import prod

from runbooks.errors import InvalidRequest
from runbooks.models import QueueEntry
from runbooks.store.codec import asked_for
from runbooks.store.documents import SUGGESTION_FIELDS
from runbooks.store.port import KEY, Collection, Order, Query, Where
from runbooks.store.shapes import SEARCH_FIELD

MAX_ALTERNATIVES = 30
"""How many combinations of "any of these" one question may have (Firestore's limit)."""


FALLBACK_REASONS = ("run_budget_exceeded", "missing_failure_patterns", "insufficient_context")
"""Why a template was written instead of a draft, those first whose cause passes by itself (R8)."""

_LISTED = tuple(sorted(set(QueueEntry.model_fields) - {"suggestion_id", SEARCH_FIELD}))


class Sort(StrEnum):
    """The orders that a list of suggestions can have."""

    WORST = "worst"
    OLDEST = "oldest"
    NEWEST = "newest"
    UPDATED = "updated"


_ORDERS: dict[Sort, tuple[Order, ...]] = {
    Sort.WORST: (Order("severity_rank"), Order("created_at")),
    Sort.OLDEST: (Order("created_at"),),
    Sort.NEWEST: (Order("created_at", descending=True),),
    Sort.UPDATED: (Order("updated_at", descending=True),),
}


@dataclass(frozen=True)
class QueueFilter:
    """Which suggestions a list shows; an empty tuple or string asks for nothing.

    Several values of one field mean "any of these"; `search` holds lower-case words.
    """

    type: str = "runbook"
    status: tuple[str, ...] = ("pending",)
    severity: tuple[str, ...] = ()
    failure_type: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    draft_state: tuple[str, ...] = ()
    assignee: str = ""
    similarity_group: str = ""
    search: tuple[str, ...] = ()

    def conditions(self) -> tuple[Where, ...]:
        """Give the filter as conditions; raise InvalidRequest when it has too many values."""
        several = {
            "status": self.status,
            "severity": self.severity,
            "failure_type": self.failure_type,
            "service": self.service,
            "draft_state": self.draft_state,
        }
        if prod(max(1, len(values)) for values in several.values()) > MAX_ALTERNATIVES:
            raise InvalidRequest("filter", f"more than {MAX_ALTERNATIVES} combinations of values")
        single = {
            "type": self.type,
            "assignee": self.assignee,
            "similarity_group": self.similarity_group,
        }
        return tuple(_equals(name, value) for name, value in single.items() if value) + tuple(
            _any_of(name, values) for name, values in several.items() if values
        )


def _equals(field: str, value: object) -> Where:
    return Where(field, "==", value)


def _any_of(field: str, values: Sequence[str]) -> Where:
    return _equals(field, values[0]) if len(values) == 1 else Where(field, "in", tuple(values))


def queue_page(
    which: QueueFilter, sort: Sort, limit: int, after: tuple[object, ...] | None = None
) -> Query:
    """A page of the queue."""
    return Query(
        Collection.QUEUE,
        where=which.conditions(),
        order=_ORDERS[sort],
        after=after,
        limit=limit,
        search=which.search,
    )


def queue_list(
    which: QueueFilter, sort: Sort, limit: int, after: tuple[object, ...] | None = None
) -> Query:
    """A page of the queue as lists show it: without the words that a search finds."""
    return replace(queue_page(which, sort, limit, after), select=_LISTED)


def queue_back(
    which: QueueFilter, sort: Sort, limit: int, after: tuple[object, ...] | None = None
) -> Query:
    """The same list from its end to its beginning: what comes before a place, the nearest first."""
    listed = queue_list(which, sort, limit, after)
    turned = tuple(Order(key.field, not key.descending) for key in listed.order)
    return replace(listed, order=turned)


def queue_draftless(limit: int, after: tuple[object, ...] | None = None) -> Query:
    """Pending runbook suggestions without a draft, worst first, then oldest (CONTRACT R7).

    Those that failed before come after those that did not, so that a few that always fail never
    keep the others from their turn.
    """
    page = queue_page(QueueFilter(draft_state=("none",)), Sort.WORST, limit, after)
    return replace(page, order=(Order("failures"), *page.order))


def queue_fallbacks(reason: str, limit: int, after: tuple[object, ...] | None = None) -> Query:
    """Pending unedited fallbacks of one cause, worst first (CONTRACT R7)."""
    page = queue_page(QueueFilter(draft_state=("fallback",)), Sort.WORST, limit, after)
    where = (*page.where, _equals("fallback_reason", reason))
    return Query(page.collection, where=where, order=page.order, after=after, limit=limit)


def queue_of_run(run_id: str, limit: int = 1000) -> Query:
    """The suggestions whose present draft was made by this run."""
    return Query(Collection.QUEUE, where=(_equals("run_id", asked_for(run_id)),), limit=limit)


def queue_with(equal: Mapping[str, str | bool]) -> Query:
    """Queue entries by plain equalities, to be counted."""
    where = tuple(_equals(name, value) for name, value in sorted(equal.items()))
    return Query(Collection.QUEUE, where=where)


def pending_suggestions() -> Query:
    """Pending runbook suggestions as their own documents say, to be counted."""
    where = (_equals("type", "runbook"), _equals("status", "pending"))
    return Query(Collection.SUGGESTIONS, where=where)


def suggestions_since(
    field: str, moment: datetime | str, limit: int, after: tuple[object, ...] | None = None
) -> Query:
    """Suggestions created or updated since a moment, in that order (CONTRACT R7)."""
    return Query(
        Collection.SUGGESTIONS,
        where=(Where(field, ">=", moment),),
        order=(Order(field),),
        after=after,
        limit=limit,
        select=SUGGESTION_FIELDS,
    )


def suggestions_newest(field: str, as_timestamp: bool, limit: int) -> Query:
    """The newest suggestions by a time that is stored as a timestamp, or as text (CONTRACT R7)."""
    earliest: datetime | str = datetime(1970, 1, 1, tzinfo=UTC) if as_timestamp else ""
    return Query(
        Collection.SUGGESTIONS,
        where=(Where(field, ">=", earliest),),
        order=(Order(field, descending=True),),
        limit=limit,
        select=SUGGESTION_FIELDS,
    )


def suggestions_between(after: str, until: str, limit: int) -> Query:
    """Suggestions whose name is after one and not after the other; "" leaves an end open."""
    return Query(
        Collection.SUGGESTIONS,
        where=_between(after, until),
        limit=limit,
        select=SUGGESTION_FIELDS,
    )


def entries_between(after: str, until: str) -> Query:
    """Queue entries in such a range, to be counted."""
    return Query(Collection.QUEUE, where=_between(after, until))


def _between(after: str, until: str) -> tuple[Where, ...]:
    low = (Where(KEY, ">", after),) if after else ()
    return (*low, Where(KEY, "<=", until)) if until else low


def documents_by_name(collection: Collection, after_key: str, limit: int) -> Query:
    """The next documents by name, for the sweep and for walking a collection in steps."""
    select = SUGGESTION_FIELDS if collection is Collection.SUGGESTIONS else None
    where = (Where(KEY, ">", after_key),) if after_key else ()
    return Query(collection, where=where, limit=limit, select=select)


def versions_of(suggestion_id: str, limit: int, after: tuple[object, ...] | None = None) -> Query:
    """The versions of a suggestion, newest first."""
    return Query(
        Collection.VERSIONS,
        where=(_equals("suggestion_id", asked_for(suggestion_id)),),
        order=(Order("number", descending=True),),
        after=after,
        limit=limit,
    )


def version_with(suggestion_id: str, revision: str, limit: int = 1) -> Query:
    """A version of a suggestion that holds exactly this content."""
    where = (_equals("suggestion_id", asked_for(suggestion_id)), _equals("revision", revision))
    return Query(Collection.VERSIONS, where=where, limit=limit)


def unsaved_of(
    suggestion_id: str, limit: int = 50, after: tuple[object, ...] | None = None
) -> Query:
    """The unsaved texts of a suggestion, by name."""
    where = (_equals("suggestion_id", asked_for(suggestion_id)),)
    return Query(Collection.UNSAVED, where=where, after=after, limit=limit)


def runs_newest(limit: int, after: tuple[object, ...] | None = None) -> Query:
    """Runs, newest first."""
    return Query(
        Collection.RUNS,
        order=(Order("started_at", descending=True),),
        after=after,
        limit=limit,
    )


def errors_of(run_id: str, limit: int = 1000) -> Query:
    """The error records of a run."""
    return Query(Collection.ERRORS, where=(_equals("run_id", asked_for(run_id)),), limit=limit)


def leases_of_run(run_id: str, limit: int = 1000) -> Query:
    """The generation leases that a run holds or left behind."""
    return Query(Collection.LEASES, where=(_equals("run_id", asked_for(run_id)),), limit=limit)


def audit_of(suggestion_id: str, limit: int = 200) -> Query:
    """What was done to a suggestion, newest first."""
    return Query(
        Collection.AUDIT,
        where=(_equals("suggestion_id", asked_for(suggestion_id)),),
        order=(Order("at", descending=True),),
        limit=limit,
    )
