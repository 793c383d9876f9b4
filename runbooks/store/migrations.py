"""Numbered steps that bring a database file to the form this program knows.

Each step runs once, in one BEGIN IMMEDIATE together with the number that says it is done; two
processes that start at once take turns. To change the schema: declare it in `sqlite_schema.py`
and add a step here, `_declared` again if new tables, fields or indexes are all there is.
"""

import sqlite3
from collections.abc import Callable
from typing import Final

from runbooks.errors import StoreUnavailable
from runbooks.store.sqlite_schema import (
    COUNTER,
    FIELDS,
    INDEXES,
    SEARCH_TABLE,
    column,
    index_sql,
    table_sql,
)

APPLICATION_ID: Final = 0x52424B53
"""Stands in the header of the file and says whose it is ("RBKS")."""


def _declared(connection: sqlite3.Connection) -> None:
    """Make the tables, columns and indexes of the schema that are not there yet."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS store_numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL)"
    )
    connection.execute("INSERT OR IGNORE INTO store_numbers VALUES (?, 0)", (COUNTER,))
    for collection, fields in FIELDS.items():
        connection.execute(table_sql(collection))
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({collection})")}
        for field in fields:
            if column(field) not in there:
                connection.execute(f"ALTER TABLE {collection} ADD COLUMN {column(field)} BLOB")
                connection.execute(
                    f"UPDATE {collection} SET {column(field)} = field_key(body, ?)",  # noqa: S608
                    (field.encode(),),
                )
    for index in INDEXES:
        connection.execute(index_sql(index))
    connection.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {SEARCH_TABLE} "
        "USING fts5(words, detail=none, columnsize=0, prefix='2 4 6')"
    )


MIGRATIONS: Final[tuple[Callable[[sqlite3.Connection], None], ...]] = (_declared,)
SCHEMA: Final = len(MIGRATIONS)
"""The number of the form of file that this program reads and writes."""


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Bring the file to SCHEMA; raise StoreUnavailable for a newer or a foreign one."""
    if _number(connection, "user_version") == SCHEMA:
        _refuse_foreign(connection, path)
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        _refuse_foreign(connection, path)
        for step in MIGRATIONS[_number(connection, "user_version") :]:
            step(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def refuse_newer(connection: sqlite3.Connection, path: str) -> None:
    """Raise StoreUnavailable when the file has a form that this program does not know."""
    found = _number(connection, "user_version")
    if found > SCHEMA:
        raise StoreUnavailable(
            f"The database file {path} was written by a newer version of this program "
            f"(its form is number {found}, this program knows {SCHEMA}).",
            "Nothing was changed. Start the newer version, or restore the copy of the file "
            "from before the upgrade.",
        )


def _refuse_foreign(connection: sqlite3.Connection, path: str) -> None:
    refuse_newer(connection, path)
    owner = _number(connection, "application_id")
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if owner == APPLICATION_ID or (owner == 0 and tables == 0):
        return
    raise StoreUnavailable(
        f"The database file {path} belongs to another program.",
        "Nothing was changed. Set RUNBOOK_STORE to a path of its own.",
    )


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])
