"""Connections to one database file: one for each unit of work, never two threads on one.

Opening a connection reads the whole schema, which costs several times what a read by id costs.
So a connection that was given back in good order serves the next unit of work; one that met an
error is closed. Connections never cross a fork, and never outlive a replaced file.
"""

import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from runbooks.errors import CommitUnknown, StoreUnavailable
from runbooks.store.sqlite_errors import (
    Damaged,
    locked,
    primary_code,
    stored_text,
    unavailable,
)
from runbooks.store.sqlite_keys import field_key, has_member

_KEEP: Final = 8
"""How many idle connections are kept; more are opened when more threads work at once."""

_abandoned: list[object] = []
# A child process must neither use nor close its parent's connections (sqlite.org/howtocorrupt,
# 2.6): closing could remove the log that the parent still writes. So they are kept for ever.


class _Process:
    """What belongs to this process alone: idle connections, and locks that a fork would copy."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.idle: deque[tuple[sqlite3.Connection, tuple[int, int]]] = deque()
        self.writing = threading.Lock()
        self.counting = threading.Lock()


class Connections:
    """Gives out connections to the file at `path`, which must exist."""

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self.path = path
        self.busy_seconds = busy_seconds
        self._process = _Process()
        self._closed = False

    @contextmanager
    def unit(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection for one unit of work; an error in it is raised as StoreUnavailable.

        Whatever the unit did not commit is rolled back.
        """
        connection, identity = self._take()
        process, sound = self._process, True
        try:
            yield connection
        except (sqlite3.Error, Damaged) as error:
            sound = False
            raise unavailable(error, str(self.path)) from error
        except CommitUnknown:
            sound = False
            raise
        finally:
            if process.pid != os.getpid():
                _abandoned.append(connection)
            elif self._reusable(connection, sound, len(process.idle)):
                process.idle.append((connection, identity))
            else:
                _close(connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that sees one unchanging state of the store."""
        with self.unit() as connection:
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this process's turn to write, so that its threads do not wait in SQLite."""
        writing = self._here().writing
        if not writing.acquire(timeout=self.busy_seconds):
            raise locked(str(self.path))
        try:
            yield
        finally:
            writing.release()

    @property
    def counting(self) -> threading.Lock:
        """This process's lock for its figures."""
        return self._here().counting

    def close(self) -> None:
        """Close what is idle; a connection at work is closed when its unit ends."""
        self._closed = True
        idle = self._here().idle
        with suppress(IndexError):
            while True:
                _close(idle.pop()[0])

    def _reusable(self, connection: sqlite3.Connection, sound: bool, idle: int) -> bool:
        return sound and not connection.in_transaction and not self._closed and idle < _KEEP

    def _here(self) -> _Process:
        if self._process.pid != os.getpid():
            _abandoned.append(self._process)
            self._process = _Process()
        return self._process

    def _take(self) -> tuple[sqlite3.Connection, tuple[int, int]]:
        if self._closed:
            raise StoreUnavailable(
                "The store is closed.", "The program is stopping; start it again to go on."
            )
        identity = self._identity()
        idle = self._here().idle
        while True:
            try:
                connection, opened = idle.pop()
            except IndexError:
                return self._open(), identity
            if opened == identity:
                return connection, identity
            _close(connection)

    def _identity(self) -> tuple[int, int]:
        # A restored backup has another inode; a connection to the old file would write to nowhere.
        try:
            found = os.stat(self.path)
        except OSError:
            return (0, 0)
        return (found.st_dev, found.st_ino)

    def _open(self) -> sqlite3.Connection:
        try:
            return open_connection(self.path, self.busy_seconds)
        except sqlite3.Error as error:
            raise unavailable(error, str(self.path)) from error


def open_connection(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Open an existing file for reading and writing; raise sqlite3.Error.

    synchronous=FULL: in WAL mode NORMAL keeps the file sound in a power cut but may lose the last
    commits (sqlite.org/pragma.html#pragma_synchronous), and a person's saved text is one of them.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=busy_seconds,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _use_wal(connection, busy_seconds)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA checkpoint_fullfsync = ON")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute("PRAGMA cache_size = -16000")
        connection.text_factory = stored_text
        connection.create_function("field_key", 2, field_key, deterministic=True)
        connection.create_function("has_member", 3, has_member, deterministic=True)
    except sqlite3.Error:
        _close(connection)
        raise
    return connection


def roll_back(connection: sqlite3.Connection) -> None:
    """End what is not committed; a connection that cannot do it is closed by its unit of work."""
    with suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _use_wal(connection: sqlite3.Connection, busy_seconds: float) -> None:
    # Changing the mode does not wait for a lock by itself (the busy handler is not asked).
    until = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _close(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error):
        connection.close()
