"""The store in one SQLite file: for a team on one machine, without any service to run."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from runbooks.errors import CommitUnknown, StoreUnavailable
from runbooks.store.codec import is_document_key
from runbooks.store.migrations import migrate, refuse_newer
from runbooks.store.port import Collection, Query, Stored, Usage, Write
from runbooks.store.shapes import Shape, count_shape, shape
from runbooks.store.sqlite_connection import Connections, roll_back
from runbooks.store.sqlite_errors import primary_code, stored_document
from runbooks.store.sqlite_read import Row, answer, counted, counted_after
from runbooks.store.sqlite_write import Writer, next_number
from runbooks.values import Token

MAX_DOCUMENT_BYTES: Final = 64 * 1024 * 1024
"""The largest document, as JSON text; far beyond Firestore's 1 MiB, to bound memory."""

_KEYS_AT_ONCE: Final = 500
_SCAN_ROWS: Final = 200
_SCAN_BYTES: Final = 8 * 1024 * 1024


def _now() -> datetime:
    return datetime.now(UTC)


class SqliteStore:
    """A DocumentStore in the file at `path`; the file and its folders are made when missing.

    Raise StoreUnavailable for a file that cannot be opened, is damaged, belongs to another
    program or to a newer version of this one; whether it can be written, `check` says.
    `busy_seconds` is how long a unit of work waits for other writers. SERVER_TIME and `read_at`
    come from `clock`.
    """

    name = "sqlite"

    def __init__(
        self, path: Path | str, *, clock: Callable[[], datetime] = _now, busy_seconds: float = 10.0
    ) -> None:
        self.path = Path(path)
        self.usage = Usage()
        self._clock = clock
        _make_file(self.path)
        self._connections = Connections(self.path, busy_seconds)
        try:
            with self._connections.unit() as connection:
                migrate(connection, str(self.path))
        except StoreUnavailable:
            self.close()
            raise

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
            rows = islice(answer(connection, query), query.limit)
            found = [_stored(row, query.select, moment) for row in rows]
        self._used(reads=max(1, len(found)), asked=shape(query))
        return found

    def count(self, query: Query) -> int:
        """Count without fetching; `order`, `after`, `limit` do not matter."""
        with self._connections.reading() as connection:
            number = counted(connection, query)
        self._used(reads=max(1, -(-number // 1000)), asked=count_shape(query))
        return number

    def count_after(self, query: Query) -> int:
        """Count what comes behind `after`, at most `limit`, along the index of the list."""
        with self._connections.reading() as connection:
            number = counted_after(connection, query)
        self._used(reads=max(1, -(-number // 1000)), asked=shape(query))
        return number

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
                roll_back(connection)
        self._used(writes=len(writes))
        return tokens

    def scan(self, collection: Collection) -> Iterator[Stored]:
        """Give every document in id order; each step sees the store of its own moment."""
        last = ""
        while True:
            with self._connections.reading() as connection:
                moment = self._clock()
                rows = connection.execute(
                    f"SELECT key, token, body FROM {collection} "  # noqa: S608
                    "WHERE key > ? ORDER BY key LIMIT ?",
                    (last, _SCAN_ROWS),
                )
                found = [_stored(row, None, moment) for row in _bounded(rows)]
            if not found:
                return
            self._used(reads=len(found))
            yield from found
            last = found[-1].key

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
        with self._connections.counting:
            self.usage.reads += reads
            self.usage.writes += writes
            if asked is not None:
                name = str(asked)
                self.usage.queries[name] = self.usage.queries.get(name, 0) + 1


def _finish(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        # The log may or may not have reached the disk; every other error leaves nothing done.
        if primary_code(error) == sqlite3.SQLITE_IOERR:
            raise CommitUnknown from error
        raise


def _bounded(rows: Iterator[Row]) -> Iterator[Row]:
    size = 0
    for row in rows:
        yield row
        size += len(row[2])
        if size > _SCAN_BYTES:
            return


def _stored(row: Row, select: tuple[str, ...] | None, moment: datetime) -> Stored:
    document = stored_document(row[2])
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
        if not path.exists():
            path.touch(mode=0o600)
    except OSError as error:
        raise StoreUnavailable(
            f"The database file {path} cannot be made or opened: {error.strerror}.",
            "Give this program's user the right to write there, or set RUNBOOK_STORE to a path "
            "where it has it.",
        ) from error
