"""What the product asks of a store: documents, bounded queries, one atomic commit.

The port is small on purpose. Everything that has a rule (versions, leases, the queue, discovery)
is written once above it, so two adapters cannot disagree on a rule. See docs/architecture.md,
"How to add another store".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from runbooks.values import Document, Token

FieldPath: TypeAlias = tuple[str, ...]
"""The way to a field; a key may hold dots, so a path is never one string."""


class Collection(StrEnum):
    """Every collection, by its name without the prefix (CONTRACT §1)."""

    SUGGESTIONS = "suggestions"
    PATTERNS = "failure_patterns"
    TRACES = "raw_traces"
    RUNS = "runbook_runs"
    ERRORS = "runbook_errors"
    QUEUE = "runbook_queue"
    VERSIONS = "runbook_versions"
    UNSAVED = "runbook_drafts"
    LEASES = "runbook_leases"
    AUDIT = "audit_log"
    STATE = "runbook_state"


class _ServerTime:
    """Stands in a written document for the store's own clock."""

    def __repr__(self) -> str:
        return "SERVER_TIME"


SERVER_TIME: Final = _ServerTime()
"""As a value in a write: the moment of the commit by the store's clock, read back as a datetime."""


@dataclass(frozen=True)
class Stored:
    """One document as read: its id, content, state token and when it was read (store's clock)."""

    key: str
    document: Document
    token: Token
    read_at: datetime


@dataclass(frozen=True)
class Create:
    """Write a new document; Conflict if one of that id exists."""

    collection: Collection
    key: str
    document: Document


@dataclass(frozen=True)
class Update:
    """Set (or remove) the named fields of an existing document, all other fields stay.

    `if_token` is the state it must still be in, or Conflict; None asks only that it exists.
    """

    collection: Collection
    key: str
    fields: Mapping[FieldPath, object]
    if_token: Token | None
    remove: tuple[FieldPath, ...] = ()


@dataclass(frozen=True)
class Merge:
    """Set the named fields, making the document if it is not there; no precondition."""

    collection: Collection
    key: str
    fields: Mapping[FieldPath, object]
    remove: tuple[FieldPath, ...] = ()


@dataclass(frozen=True)
class Delete:
    """Remove a document; with `if_token` only in that state, or Conflict; gone already is fine
    without a token and a Conflict with one."""

    collection: Collection
    key: str
    if_token: Token | None = None


Write: TypeAlias = Create | Update | Merge | Delete


@dataclass(frozen=True)
class Where:
    """One condition of a query: field, `op` one of == != < <= > >= in contains, value.

    Ranges compare only values of the same type: strings with strings, datetimes with datetimes,
    numbers with numbers. `contains` asks for a member of a list, `in` takes ≤30 values.
    """

    field: str
    op: str
    value: object


@dataclass(frozen=True)
class Order:
    """One sort key; a document without the field is not in the answer."""

    field: str
    descending: bool = False


KEY: Final = "__key__"
"""As a field in `Where` or `Order`: the document's id."""


@dataclass(frozen=True)
class Query:
    """A bounded question; the order always ends with the document id, in the last key's direction.

    `after` holds the sort values and the id of the last document of the page before.
    `select` names the top-level fields to fetch, None all. `search` holds lower-case words that
    must all occur as words (SQLite: also as beginnings of words) among a document's
    `search_tokens`; only Collection.QUEUE has these.
    """

    collection: Collection
    where: tuple[Where, ...] = ()
    order: tuple[Order, ...] = ()
    after: tuple[object, ...] | None = None
    limit: int = 100
    select: tuple[str, ...] | None = None
    search: tuple[str, ...] = ()


@dataclass
class Usage:
    """Documents read and written since the start, as Firestore would bill them."""

    reads: int = 0
    writes: int = 0
    queries: dict[str, int] = field(default_factory=dict)


class DocumentStore(Protocol):
    """Where documents live. Adapters are safe to use from many threads."""

    name: str
    usage: Usage

    def get_many(
        self, collection: Collection, keys: Sequence[str], select: tuple[str, ...] | None = None
    ) -> dict[str, Stored]:
        """Read these documents, those that exist; one read each. Raise StoreUnavailable."""

    def query(self, query: Query) -> list[Stored]:
        """Answer a bounded query in its order; raise StoreUnavailable."""

    def count(self, query: Query) -> int:
        """Count without fetching; `order`, `after`, `limit` do not matter."""

    def count_after(self, query: Query) -> int:
        """Count what `query` would give: behind `after`, at most `limit`, in its order.

        Of the questions of lists alone, with at most one search word.
        """

    def commit(self, writes: Sequence[Write]) -> list[Token | None]:
        """Do all of these writes or none; give each document's new token (None: deleted).

        Raise Conflict (nothing written), CommitUnknown, DocumentTooLarge, StoreUnavailable.
        """

    def scan(self, collection: Collection) -> Iterator[Stored]:
        """Give every document in id order, for export; not for pages or batches."""

    def check(self) -> str:
        """Say in one line which store this is when it can be read and written; else raise."""

    def close(self) -> None:
        """Give back connections; the store is not used after that."""
