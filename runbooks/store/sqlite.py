"""The store in one SQLite file: for a team on one machine, without any service to run."""

import heapq
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

from runbooks.errors import CommitUnknown, StoreUnavailable
from runbooks.store import sqlite_sql as sql
from runbooks.store.codec import decode, is_document_key
from runbooks.store.migrations import migrate, refuse_newer
from runbooks.store.port import Collection, Query, Stored, Usage, Write
from runbooks.store.shapes import Shape, count_shape, full_order, shape
from runbooks.store.sqlite_connection import Connections
from runbooks.store.sqlite_errors import primary_code
from runbooks.store.sqlite_keys import sort_key
from runbooks.store.sqlite_schema import SEARCH_TABLE, Index, column
from runbooks.store.sqlite_write import Writer, next_number
from runbooks.values import Token

MAX_DOCUMENT_BYTES: Final = 64 * 1024 * 1024
"""The largest document, as JSON text; far beyond Firestore's 1 MiB, to bound memory."""

_FEW_FOUND: Final = 2000
"""Up to so many hits a search is answered from its hits, beyond that along the list's order."""

_MAX_BRANCHES: Final = 60
_EQUAL: Final = ("==", "in")
_KEYS_AT_ONCE: Final = 500
_SCAN_ROWS: Final = 200
_SCAN_BYTES: Final = 8 * 1024 * 1024

_Row: TypeAlias = tuple[str, int, str]
_Branch: TypeAlias = tuple[bytes | None, ...]


def _now() -> datetime:
    return datetime.now(UTC)


class SqliteStore:
    """A DocumentStore in the file at `path`; the file and its folders are made when missing.

    Raise StoreUnavailable for a file that cannot be written, is damaged, belongs to another
    program or to a newer version of this one. `busy_seconds` is how long a unit of work waits
    for other writers. SERVER_TIME and `read_at` come from `clock`.
    """

    name = "sqlite"

    def __init__(
        self, path: Path | str, *, clock: Callable[[], datetime] = _now, busy_seconds: float = 10.0
    ) -> None:
        self.path = Path(path)
        self.usage = Usage()
        self._clock = clock
        self._counting = threading.Lock()
        _make_file(self.path)
        self._connections = Connections(self.path, busy_seconds)
        with self._connections.unit() as connection:
            migrate(connection, str(self.path))

    def get_many(
        self, collection: Collection, keys: Sequence[str], select: tuple[str, ...] | None = None
    ) -> dict[str, Stored]:
        """Read these documents, those that exist; an id that no store takes does not."""
        wanted = [key for key in dict.fromkeys(keys) if is_document_key(key)]
        found: dict[str, Stored] = {}
        with self._connections.reading() as connection:
            moment = self._clock()
            for start in range(0, len(wanted), _KEYS_AT_ONCE):
                some = wanted[start : start + _KEYS_AT_ONCE]
                rows = connection.execute(
                    f"SELECT key, token, body FROM {collection} "  # noqa: S608
                    f"WHERE key IN ({', '.join('?' * len(some))})",
                    some,
                )
                found |= {row[0]: _stored(row, select, moment) for row in rows}
        self._used(reads=len(wanted))
        return {key: found[key] for key in wanted if key in found}

    def query(self, query: Query) -> list[Stored]:
        """Answer a bounded query in its order."""
        if query.limit <= 0:
            return []
        with self._connections.reading() as connection:
            moment = self._clock()
            rows = list(islice(_rows(connection, query), query.limit))
        self._used(reads=max(1, len(rows)), asked=shape(query))
        return [_stored(row, query.select, moment) for row in rows]

    def count(self, query: Query) -> int:
        """Count without fetching; `order`, `after`, `limit` do not matter."""
        extra = [sql.found(query.search, few=True)] if any(query.search) else []
        select = sql.counting(query, extra)
        with self._connections.reading() as connection:
            (number,) = connection.execute(select.sql, select.values).fetchone()
        self._used(reads=max(1, -(-number // 1000)), asked=count_shape(query))
        return int(number)

    def commit(self, writes: Sequence[Write]) -> list[Token | None]:
        """Do all of these writes or none; give each document's new token (None: deleted).

        Besides the port's errors: InvalidRequest for an id that no store takes.
        """
        if not writes:
            return []
        with self._connections.turn(), self._connections.unit() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                refuse_newer(connection, str(self.path))
                writer = Writer(
                    connection, next_number(connection), self._clock(), MAX_DOCUMENT_BYTES
                )
                tokens: list[Token | None] = [writer.write(write) for write in writes]
                _finish(connection)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        self._used(writes=len(writes))
        return tokens

    def scan(self, collection: Collection) -> Iterator[Stored]:
        """Give every document in id order; each step sees the store of its own moment."""
        last = ""
        while True:
            with self._connections.reading() as connection:
                moment = self._clock()
                rows = _bounded(
                    connection.execute(
                        f"SELECT key, token, body FROM {collection} "  # noqa: S608
                        "WHERE key > ? ORDER BY key LIMIT ?",
                        (last, _SCAN_ROWS),
                    )
                )
            if not rows:
                return
            self._used(reads=len(rows))
            yield from (_stored(row, None, moment) for row in rows)
            last = rows[-1][0]

    def check(self) -> str:
        """Write one row and say which file this is; raise StoreUnavailable when that fails."""
        with self._connections.turn(), self._connections.unit() as connection:
            refuse_newer(connection, str(self.path))
            connection.execute(
                "INSERT OR REPLACE INTO store_numbers VALUES ('checked_at', ?)",
                (int(self._clock().timestamp()),),
            )
            (version,) = connection.execute("SELECT sqlite_version()").fetchone()
        return f"SQLite {version}, file {self.path}"

    def close(self) -> None:
        """Close the connections; the store is not used after that."""
        self._connections.close()

    def _used(self, reads: int = 0, writes: int = 0, asked: Shape | None = None) -> None:
        with self._counting:
            self.usage.reads += reads
            self.usage.writes += writes
            if asked is not None:
                name = str(asked)
                self.usage.queries[name] = self.usage.queries.get(name, 0) + 1


def _rows(connection: sqlite3.Connection, query: Query) -> Iterator[_Row]:
    """Give key, token and body of the answer's documents, then what they are sorted by."""
    index = sql.fitting_index(query)
    extra: list[sql.Condition] = []
    if any(query.search):
        few = _finds_few(connection, query.search)
        extra = [sql.found(query.search, few)]
        index = None if few else index
    branches = _branches(connection, query, index) if index else []
    if index is None or len(branches) > _MAX_BRANCHES:
        select = sql.page(query, extra)
        return iter(connection.execute(select.sql, select.values))
    return _merged(connection, query, extra, index, branches)


def _finds_few(connection: sqlite3.Connection, words: Sequence[str]) -> bool:
    (hits,) = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {SEARCH_TABLE} "  # noqa: S608
        f"WHERE {SEARCH_TABLE} MATCH ? LIMIT ?)",
        (sql.searching(words), _FEW_FOUND + 1),
    ).fetchone()
    return int(hits) <= _FEW_FOUND


def _branches(connection: sqlite3.Connection, query: Query, index: Index) -> list[_Branch]:
    """Give each combination of values for the index's first fields that the answer can have."""
    branches: list[_Branch] = [()]
    for field in index.equal:
        found = [
            (*branch, value)
            for branch in branches[: _MAX_BRANCHES + 1]
            for value in _choices(connection, query, index, branch, field)
        ]
        branches = found
    return branches


def _choices(
    connection: sqlite3.Connection, query: Query, index: Index, branch: _Branch, field: str
) -> list[bytes | None]:
    """Give the values that a field can have: those asked for, else those that are there."""
    for where in query.where:
        if where.field == field and where.op == "==":
            return [sort_key(where.value)]
        if where.field == field and where.op == "in":
            return list({sort_key(value) for value in sql.alternatives(where)})
    fixed = "".join(f"{column(before)} IS ? AND " for before in index.equal[: len(branch)])
    values: list[bytes | None] = [None]
    last: bytes | None = b""
    while len(values) <= _MAX_BRANCHES:
        (last,) = connection.execute(
            f"SELECT min({column(field)}) FROM {index.collection} INDEXED BY {index.name} "  # noqa: S608
            f"WHERE {fixed}{column(field)} > ?",
            (*branch, last),
        ).fetchone()
        if last is None:
            break
        values.append(last)
    return values


def _merged(
    connection: sqlite3.Connection,
    query: Query,
    extra: list[sql.Condition],
    index: Index,
    branches: list[_Branch],
) -> Iterator[_Row]:
    """Walk the index in order once for each branch, and merge the walks."""
    rest = replace(
        query,
        where=tuple(w for w in query.where if w.field not in index.equal or w.op not in _EQUAL),
    )
    walks = []
    for branch in branches:
        fixed = [
            sql.Condition(f"{column(field)} IS ?", (value,))
            for field, value in zip(index.equal, branch, strict=True)
        ]
        select = sql.page(rest, [*fixed, *extra], index)
        walks.append(connection.execute(select.sql, select.values))
    down = full_order(query)[0].descending
    return heapq.merge(*walks, key=lambda row: row[3:], reverse=down)


def _finish(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        # The log may or may not have reached the disk; every other error leaves nothing done.
        if primary_code(error) == sqlite3.SQLITE_IOERR:
            raise CommitUnknown from error
        raise


def _bounded(rows: Iterator[_Row]) -> list[_Row]:
    taken: list[_Row] = []
    size = 0
    for row in rows:
        taken.append(row)
        size += len(row[2])
        if size > _SCAN_BYTES:
            break
    return taken


def _stored(row: _Row, select: tuple[str, ...] | None, moment: datetime) -> Stored:
    document = decode(row[2])
    if select is not None:
        document = {key: value for key, value in document.items() if key in select}
    return Stored(row[0], document, row[1], moment)


def _make_file(path: Path) -> None:
    """Make the folders and an empty file that only this user can read: traces hold secrets."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise StoreUnavailable(
                f"{path} is a folder, not a database file.",
                "Set RUNBOOK_STORE to a path of a file, for example sqlite:///var/runbooks.db.",
            )
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreUnavailable(
            f"The database file {path} cannot be made or opened: {error.strerror}.",
            "Give this program's user the right to write there, or set RUNBOOK_STORE to a path "
            "where it has it.",
        ) from error
