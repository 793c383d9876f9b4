"""Documents in Cloud Firestore (native mode), or in its emulator.

Google's libraries are imported at the first call, so choosing another store does not wait for
them. What Firestore promises and what it costs: docs/decisions/0005-firestore.md.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from runbooks.store.codec import is_document_key
from runbooks.store.firestore_search import WordSearch, words_of
from runbooks.store.port import (
    SERVER_TIME,
    Collection,
    FieldPath,
    Merge,
    Query,
    Stored,
    Usage,
    Where,
    Write,
)
from runbooks.store.shapes import SEARCH_FIELD, Shape, count_shape, shape
from runbooks.values import Token

if TYPE_CHECKING:
    from runbooks.store.firestore_wire import Wire

_GET_PAGE: Final = 300
_SCAN_PAGE: Final = 100
_SCAN_SECONDS: Final = 60.0
_COUNTED_PER_READ: Final = 1000
_PROBE_KEY: Final = "store_check"


class FirestoreStore:
    """A document store in one Firestore database, with a prefix before every collection.

    Nothing is opened before the first call. Each call ends within `timeout_seconds` and a little,
    also when nobody answers. `project` None means the project of the credentials.

    Search: Firestore knows no words, so each document carries them in `search_tokens`, and a word
    is found only when it stands there as a whole (a beginning of a word only when that beginning
    was stored as a token). The index is asked for one word; the others are compared here, in at
    most SEARCH_WINDOW documents, see `firestore_search`.
    """

    name = "firestore"

    def __init__(
        self,
        project: str | None,
        database: str,
        prefix: str,
        emulator_host: str | None = None,
        *,
        timeout_seconds: float = 8.0,
    ) -> None:
        self.usage = Usage()
        self._project = project
        self._database = database
        self._prefix = prefix
        self._emulator_host = emulator_host
        self._seconds = timeout_seconds
        self._open: Wire | None = None
        self._lock = threading.Lock()
        self._search = WordSearch(self._page, self._counted)

    def get_many(
        self, collection: Collection, keys: Sequence[str], select: tuple[str, ...] | None = None
    ) -> dict[str, Stored]:
        """Read these documents, those that exist; a missing one costs a read too."""
        wanted = [key for key in dict.fromkeys(keys) if is_document_key(key)]
        found: dict[str, Stored] = {}
        for start in range(0, len(wanted), _GET_PAGE):
            page = wanted[start : start + _GET_PAGE]
            documents = [self._wire.names.document(collection, key) for key in page]
            stored = self._wire.get(documents, select)
            self._count_reads(len(page))
            found |= {document.key: document for document in stored}
        return {key: found[key] for key in wanted if key in found}

    def query(self, query: Query) -> list[Stored]:
        """Answer a bounded query in its order; raise StoreUnavailable, InvalidRequest."""
        if query.limit < 1:
            return []
        if len(words_of(query)) > 1:
            return self._search.find(query)
        return self._page(query)

    def count(self, query: Query) -> int:
        """Count by the index: one read per started thousand.

        With several search words the documents themselves are looked through (see the class).
        """
        if len(words_of(query)) > 1:
            return self._search.number(query)
        return self._counted(query)

    def count_after(self, query: Query) -> int:
        """Count along the list's own index, at most `limit`: one read per started thousand."""
        from runbooks.store.firestore_query import answerable, counting_after

        where = _conditions(query)
        if not all(answerable(condition) for condition in where):
            return 0
        asked = shape(query)
        counted = self._wire.count(counting_after(query, self._wire.names, where), asked)
        self._count_reads(-(-counted // _COUNTED_PER_READ), asked)
        return counted

    def commit(self, writes: Sequence[Write]) -> list[Token | None]:
        """Do all of these writes or none, in one request that is sent once.

        Raise Conflict, CommitUnknown, DocumentTooLarge, StoreUnavailable, and InvalidRequest for
        a value, field name or id that Firestore cannot hold.
        """
        if not writes:
            return []
        from runbooks.store.firestore_writes import encoded

        sent = [encoded(write, self._wire.names) for write in writes]
        tokens = self._wire.commit(writes, sent)
        with self._lock:
            self.usage.writes += len(writes)
        return list(tokens)

    def scan(self, collection: Collection) -> Iterator[Stored]:
        """Give every document in id order, in steps of a hundred."""
        after: tuple[object, ...] | None = None
        while True:
            query = Query(collection, after=after, limit=_SCAN_PAGE)
            page = self._page(query, _SCAN_SECONDS)
            yield from page
            if len(page) < _SCAN_PAGE:
                return
            after = (page[-1].key,)

    def check(self) -> str:
        """Read one document and write one; say which database this is."""
        self.get_many(Collection.STATE, [_PROBE_KEY])
        fields: dict[FieldPath, object] = {("checked_at",): SERVER_TIME}
        self.commit([Merge(Collection.STATE, _PROBE_KEY, fields)])
        names = self._wire.names
        where = f" in the emulator at {self._emulator_host}" if self._emulator_host else ""
        return (
            f"Firestore{where}: project {names.project}, database {names.database},"
            f" collections {names.prefix}*"
        )

    def close(self) -> None:
        """Close the connection, if one was opened."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    @property
    def _wire(self) -> Wire:
        if self._open is not None:
            return self._open
        from runbooks.store.firestore_wire import Address, connect

        address = Address(self._project, self._database, self._prefix, self._emulator_host)
        with self._lock:
            if self._open is None:
                self._open = connect(address, self._seconds)
            return self._open

    def _page(self, query: Query, seconds: float | None = None) -> list[Stored]:
        from runbooks.store.firestore_query import answerable, structured

        where = _conditions(query)
        if not all(answerable(condition) for condition in where):
            return []
        asked = shape(query)
        message = structured(query, self._wire.names, where)
        found = self._wire.query(message, asked, seconds)
        self._count_reads(len(found), asked)
        return found

    def _counted(self, query: Query) -> int:
        from runbooks.store.firestore_query import answerable, counting

        where = _conditions(query)
        if not all(answerable(condition) for condition in where):
            return 0
        asked = count_shape(query)
        counted = self._wire.count(counting(query, self._wire.names, where), asked)
        self._count_reads(-(-counted // _COUNTED_PER_READ), asked)
        return counted

    def _count_reads(self, reads: int, asked: Shape | None = None) -> None:
        """Count as Firestore bills: one per document, at least one per question."""
        with self._lock:
            self.usage.reads += max(1, reads)
            if asked is not None:
                label = str(asked)
                self.usage.queries[label] = self.usage.queries.get(label, 0) + 1


def _conditions(query: Query) -> tuple[Where, ...]:
    """Give the conditions with the one search word as the last, if there is one."""
    return (*query.where, *(Where(SEARCH_FIELD, "contains", word) for word in words_of(query)))
