"""A view of the queue and the link to it: filters, order and place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self, TypeAlias
from urllib.parse import urlencode

from runbooks.errors import InvalidRequest
from runbooks.models import DraftState, Severity
from runbooks.names import checked_actor
from runbooks.queue import read_cursor
from runbooks.store.queries import QueueFilter, Sort
from runbooks.words import words

STATUSES: Final = ("pending", "approved", "rejected")
SEVERITIES: Final = (*(level.value for level in Severity), "unknown")
DRAFT_STATES: Final = tuple(state.value for state in DraftState)
PAGE_SIZES: Final = (25, 50, 100, 200)

_MAX_VALUES = 10
_MAX_CHARS = 200
ANY: Final = "any"

Params: TypeAlias = Mapping[str, Sequence[str]]
"""URL parameters; each may stand there several times."""


def one_value(params: Params, name: str, limit: int = _MAX_CHARS) -> str:
    """Give the last value of a parameter, "" when there is none or it is too long."""
    values = params.get(name, ())
    value = values[-1] if values else ""
    return value if len(value) <= limit else ""


def _chosen(params: Params, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
    """Give the known ones of the values, in their own order; all of them ask for nothing."""
    given = set(params.get(name, ()))
    known = tuple(value for value in allowed if value in given)
    return () if len(known) == len(allowed) else known


def _free(params: Params, name: str) -> tuple[str, ...]:
    values = (value.strip() for value in params.get(name, ()))
    kept = dict.fromkeys(v for v in values if v and len(v) <= _MAX_CHARS)
    return tuple(kept)[:_MAX_VALUES]


def whole_number(text: str, default: int) -> int:
    """Read a whole number of at most seven digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else default


@dataclass(frozen=True)
class View:
    """What the queue shows: filter, order and place; its parameters make the link to it.

    `page` counts from 1 and is only for people, `after` is the cursor that the page starts at.
    """

    status: tuple[str, ...] = ("pending",)
    severity: tuple[str, ...] = ()
    failure_type: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    draft_state: tuple[str, ...] = ()
    text: str = ""
    group: str = ""
    assignee: str = ""
    sort: Sort = Sort.WORST
    size: int = 50
    page: int = 1
    after: str = ""

    @classmethod
    def read(cls, params: Params) -> Self:
        """Read a view from URL parameters; what is not known or too long is left out."""
        sort = _sort(one_value(params, "sort"))
        size = whole_number(one_value(params, "size"), 50)
        after = _cursor(one_value(params, "after", limit=2500), sort)
        page = max(1, whole_number(one_value(params, "page"), 1))
        return cls(
            status=_statuses(params),
            severity=_chosen(params, "severity", SEVERITIES),
            failure_type=_free(params, "failure"),
            service=_free(params, "service"),
            draft_state=_chosen(params, "draft", DRAFT_STATES),
            text=one_value(params, "q"),
            group=one_value(params, "group"),
            assignee=_person(one_value(params, "assignee")),
            sort=sort,
            size=size if size in PAGE_SIZES else 50,
            page=page if after else 1,
            after=after,
        )

    def params(self) -> dict[str, str | list[str]]:
        """Give the URL parameters of this view, without what is usual."""
        usual = View()
        status = list(self.status) or [ANY]
        several: dict[str, list[str]] = {
            "status": [] if self.status == usual.status else status,
            "severity": list(self.severity),
            "failure": list(self.failure_type),
            "service": list(self.service),
            "draft": list(self.draft_state),
        }
        single = {
            "q": self.text,
            "group": self.group,
            "assignee": self.assignee,
            "sort": "" if self.sort is usual.sort else self.sort.value,
            "size": "" if self.size == usual.size else str(self.size),
            "page": str(self.page) if self.after else "",
            "after": self.after,
        }
        return {k: v for k, v in several.items() if v} | {k: v for k, v in single.items() if v}

    def query(self) -> str:
        """Give the same as the text behind the `?`."""
        return urlencode(self.params(), doseq=True)

    def filter(self) -> QueueFilter:
        """Give what the core is asked for."""
        return QueueFilter(
            status=self.status,
            severity=self.severity,
            failure_type=self.failure_type,
            service=self.service,
            draft_state=self.draft_state,
            similarity_group=self.group,
            assignee=self.assignee,
            search=words(self.text),
        )

    def changed(self, **changes: object) -> "View":
        """Give this view with other filters or order, at its first page."""
        return replace(self, **{"page": 1, "after": "", **changes})  # type: ignore[arg-type]

    @property
    def narrowed(self) -> bool:
        """Say whether it leaves anything out besides what is decided."""
        return self.filter() != QueueFilter()


def _person(text: str) -> str:
    """Give the actor that a link names, "" when it is none."""
    try:
        return checked_actor(text)
    except InvalidRequest:
        return ""


def _sort(word: str) -> Sort:
    return Sort(word) if word in {sort.value for sort in Sort} else Sort.WORST


def _cursor(text: str, sort: Sort) -> str:
    """Give the cursor if it is one of this order, else "": the first page."""
    try:
        return text if text and read_cursor(text, sort) else ""
    except InvalidRequest:
        return ""


def _statuses(params: Params) -> tuple[str, ...]:
    if "status" not in params:
        return ("pending",)
    if ANY in params["status"]:
        return ()
    wanted = _chosen(params, "status", STATUSES)
    named = set(params["status"]) & set(STATUSES)
    return wanted if wanted or len(named) == len(STATUSES) else ("pending",)
