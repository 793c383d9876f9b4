"""How a query is answered: along which index, in how many walks, and how a search takes part.

SQLite gives rows in the order of an index only when the fields before that order are fixed. Where
a list shows several states at once, it is walked once for each and the walks are merged, so no
question sorts the whole queue.
"""

import heapq
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from runbooks.store import sqlite_sql as sql
from runbooks.store.port import Query
from runbooks.store.shapes import full_order
from runbooks.store.sqlite_schema import SEARCH_TABLE, Index, column

FEW_FOUND: Final = 2000
"""Up to so many hits a search is answered from its hits, beyond that along the list's order."""

Row: TypeAlias = tuple[str, int, str]
_Branch: TypeAlias = tuple[bytes | None, ...]

_MAX_BRANCHES: Final = 60
_EQUAL: Final = ("==", "in")


def answer(connection: sqlite3.Connection, query: Query) -> Iterator[Row]:
    """Give key, token and body of the answer's documents, then what they are sorted by.

    At least `query.limit` of them if there are so many; the caller takes what it asked for.
    """
    extra, by = _search(connection, query)
    index = None if by else sql.fitting_index(query)
    branches = _branches(connection, query, index) if index else []
    if index is None or len(branches) > _MAX_BRANCHES:
        select = sql.page(query, extra, by)
        return iter(connection.execute(select.sql, select.values))
    return _merged(connection, query, extra, index, branches)


def counted(connection: sqlite3.Connection, query: Query) -> int:
    """Give the number of documents in the whole answer."""
    extra, by = _search(connection, query)
    select = sql.counting(query, extra, by)
    return int(connection.execute(select.sql, select.values).fetchone()[0])


def counted_after(connection: sqlite3.Connection, query: Query) -> int:
    """Give how many documents come behind `query.after`, at most `query.limit`."""
    extra, by = _search(connection, query)
    index = None if by else sql.fitting_index(query)
    branches = _branches(connection, query, index) if index else []
    if index is None or len(branches) > _MAX_BRANCHES:
        pages = [sql.page(query, extra, by, told="key")]
    else:
        pages = [_walk(query, extra, index, branch, told="key") for branch in branches]
    found = 0
    for page in pages:
        statement = f"SELECT count(*) FROM ({page.sql})"  # noqa: S608
        found += int(connection.execute(statement, page.values).fetchone()[0])
    return min(found, query.limit)


def _search(connection: sqlite3.Connection, query: Query) -> tuple[list[sql.Condition], str]:
    """Give what a search adds to the conditions, and what SQLite is told about indexes."""
    if not any(query.search):
        return [], ""
    few = _finds_few(connection, query.search)
    return [sql.found(query.search)], sql.ROWS_FIRST if few else ""


def _finds_few(connection: sqlite3.Connection, words: Sequence[str]) -> bool:
    (hits,) = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {SEARCH_TABLE} "  # noqa: S608
        f"WHERE {SEARCH_TABLE} MATCH ? LIMIT ?)",
        (sql.searching(words), FEW_FOUND + 1),
    ).fetchone()
    return int(hits) <= FEW_FOUND


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
            return [sql.asked_key(field, where.value)]
        if where.field == field and where.op == "in":
            return list({sql.asked_key(field, value) for value in sql.alternatives(where)})
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
) -> Iterator[Row]:
    """Walk the index in order once for each branch, and merge the walks."""
    told = "key, token, body"
    pages = [_walk(query, extra, index, branch, told) for branch in branches]
    walks = [connection.execute(page.sql, page.values) for page in pages]
    down = full_order(query)[0].descending
    return heapq.merge(*walks, key=lambda row: row[3:], reverse=down)


def _walk(
    query: Query, extra: list[sql.Condition], index: Index, branch: _Branch, told: str
) -> sql.Select:
    """Write the statement that walks the index in order for one branch."""
    rest = replace(
        query,
        where=tuple(w for w in query.where if w.field not in index.equal or w.op not in _EQUAL),
    )
    fixed = [
        sql.Condition(f"{column(field)} IS ?", (value,))
        for field, value in zip(index.equal, branch, strict=True)
    ]
    return sql.page(rest, [*fixed, *extra], sql.along(index), told)
