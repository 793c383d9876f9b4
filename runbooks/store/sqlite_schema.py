"""The tables of the SQLite store: which fields have a column of their own, which indexes there are.

A document's body is one JSON text; the fields here are copied into columns (as sort keys, see
`sqlite_keys`) because a query of `queries.py` filters or sorts by them. Whoever changes anything
here gives the file a new number in `migrations.py`.
"""

from dataclasses import dataclass
from typing import Final

from runbooks.store.port import Collection

FIELDS: Final[dict[Collection, tuple[str, ...]]] = {
    Collection.SUGGESTIONS: ("type", "status", "created_at", "updated_at"),
    Collection.PATTERNS: (),
    Collection.TRACES: (),
    Collection.RUNS: ("started_at",),
    Collection.ERRORS: ("run_id",),
    Collection.QUEUE: (
        "type",
        "status",
        "severity_rank",
        "created_at",
        "updated_at",
        "draft_state",
        "severity",
        "failure_type",
        "service",
        "assignee",
        "similarity_group",
        "fallback_reason",
        "run_id",
        "edited",
        "failures",
        "six_sections",
        "two_commands",
        "clean_markdown",
    ),
    Collection.VERSIONS: ("suggestion_id", "number", "revision"),
    Collection.UNSAVED: ("suggestion_id",),
    Collection.LEASES: ("run_id",),
    Collection.AUDIT: ("suggestion_id", "at"),
    Collection.STATE: (),
}
"""Every collection has a table; these of its top-level fields have a column."""


@dataclass(frozen=True)
class Index:
    """An index for questions with these equalities and this order, which the id always ends.

    `also` are fields at its end, so that further conditions are decided without the table.
    A question that names several or no values for an `each` field is answered value by value.
    """

    name: str
    collection: Collection
    equal: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    each: tuple[str, ...] = ()


_STATE: Final = ("type", "status")
_FILTERS: Final = (
    "draft_state",
    "severity",
    "failure_type",
    "service",
    "assignee",
    "similarity_group",
    "edited",
)
_WORST: Final = ("severity_rank", "created_at")
_FIGURES: Final = ("six_sections", "two_commands", "clean_markdown")

INDEXES: Final = (
    Index("suggestions_state", Collection.SUGGESTIONS, _STATE),
    Index("suggestions_created", Collection.SUGGESTIONS, (), ("created_at",)),
    Index("suggestions_updated", Collection.SUGGESTIONS, (), ("updated_at",)),
    Index("queue_worst", Collection.QUEUE, _STATE, _WORST, _FILTERS, _STATE),
    Index("queue_created", Collection.QUEUE, _STATE, ("created_at",), _FILTERS, _STATE),
    Index("queue_updated", Collection.QUEUE, _STATE, ("updated_at",), _FILTERS, _STATE),
    Index("queue_draftless", Collection.QUEUE, (*_STATE, "draft_state"), ("failures", *_WORST)),
    Index(
        "queue_fallback", Collection.QUEUE, (*_STATE, "fallback_reason"), _WORST, ("draft_state",)
    ),
    Index("queue_figures", Collection.QUEUE, ("type", "draft_state"), (), _FIGURES),
    Index("queue_run", Collection.QUEUE, ("run_id",)),
    Index("queue_group", Collection.QUEUE, ("similarity_group",)),
    Index("queue_assignee", Collection.QUEUE, ("assignee",)),
    Index("versions_number", Collection.VERSIONS, ("suggestion_id",), ("number",)),
    Index("versions_revision", Collection.VERSIONS, ("suggestion_id", "revision")),
    Index("unsaved_suggestion", Collection.UNSAVED, ("suggestion_id",)),
    Index("runs_started", Collection.RUNS, (), ("started_at",)),
    Index("errors_run", Collection.ERRORS, ("run_id",)),
    Index("leases_run", Collection.LEASES, ("run_id",)),
    Index("audit_at", Collection.AUDIT, ("suggestion_id",), ("at",)),
)

SEARCH_TABLE: Final = "queue_search"
SEARCH_FIELD: Final = "search_tokens"
COUNTER: Final = "commit_number"


def column(field: str) -> str:
    """Name the column that holds the sort key of a field."""
    return f"f_{field}"


def table_sql(collection: Collection) -> str:
    """Write the statement that makes a collection's table.

    The body comes last, so that reading a column does not read through a long text. `id` stays
    the same for a row's life: the search table refers to it.
    """
    columns = "".join(f"{column(field)} BLOB, " for field in FIELDS[collection])
    return (
        f"CREATE TABLE IF NOT EXISTS {collection} ("
        "id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, token INTEGER NOT NULL, "
        f"{columns}body TEXT NOT NULL CHECK (json_type(body) = 'object'))"
    )


def index_sql(index: Index) -> str:
    """Write the statement that makes an index."""
    before = [column(field) for field in (*index.equal, *index.order)]
    after = [column(field) for field in index.also]
    columns = ", ".join([*before, "key", *after])
    return f"CREATE INDEX IF NOT EXISTS {index.name} ON {index.collection} ({columns})"
