"""A `Query` as SQL: conditions, order, the place to go on from, and the index that serves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeGuard

from runbooks.errors import InvalidRequest
from runbooks.store.codec import is_document_key
from runbooks.store.port import KEY, Collection, Query, Where
from runbooks.store.shapes import full_order
from runbooks.store.sqlite_keys import NULL_KEY, next_kind, sort_key
from runbooks.store.sqlite_schema import FIELDS, INDEXES, SEARCH_TABLE, Index, column

Value: TypeAlias = str | bytes | int | None

ROWS_FIRST: Final = " NOT INDEXED"
"""Tells SQLite to fetch the rows that are named by their numbers, and to sort these."""

MAX_IN: Final = 30
"""How many values an `in` takes (Firestore's limit, see `Where`)."""

_RANGES: Final = ("<", "<=", ">", ">=")


@dataclass(frozen=True)
class Condition:
    """A piece of SQL that is true or false, with its parameters."""

    sql: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Select:
    """One statement with its parameters."""

    sql: str
    values: tuple[Value, ...]


def expression(collection: Collection, field: str) -> str:
    """Give the SQL that yields a field's sort key, NULL where the document lacks it."""
    if field == KEY:
        return "key"
    if field in FIELDS[collection]:
        return column(field)
    return f"field_key(body, x'{field.encode('utf-8', 'surrogatepass').hex()}')"


def condition(collection: Collection, where: Where) -> Condition:
    """Write one condition; raise InvalidRequest for what the port does not know."""
    if where.field == KEY:
        return _key_condition(where)
    left = expression(collection, where.field)
    if where.op == "==":
        return Condition(f"{left} = ?", (asked_key(where.field, where.value),))
    if where.op == "!=":
        return Condition(
            f"{left} IS NOT NULL AND {left} NOT IN (?, ?)",
            (NULL_KEY, asked_key(where.field, where.value)),
        )
    if where.op == "in":
        keys = [asked_key(where.field, value) for value in alternatives(where)]
        return Condition(f"{left} IN ({_marks(keys)})", tuple(keys))
    if where.op == "contains":
        name = where.field.encode("utf-8", "surrogatepass").hex()
        return Condition(f"has_member(body, x'{name}', ?)", (asked_key(where.field, where.value),))
    return _range(left, where)


def asked_key(field: str, value: object) -> bytes:
    """Give the sort key of a value asked for; raise InvalidRequest for one no document holds."""
    try:
        return sort_key(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidRequest(field, str(error)) from error


def alternatives(where: Where) -> Sequence[object]:
    """Give the values of an `in`; raise InvalidRequest when they are no list or too many."""
    if not isinstance(where.value, list | tuple | set | frozenset):
        raise InvalidRequest(where.field, "'in' takes a list of values")
    if len(where.value) > MAX_IN:
        raise InvalidRequest(where.field, f"'in' takes at most {MAX_IN} values")
    return tuple(where.value)


def conditions(query: Query) -> list[Condition]:
    """Write what a document must be like to be counted."""
    return [condition(query.collection, where) for where in query.where]


def present(query: Query) -> list[Condition]:
    """Ask for every field that the query sorts by: a document without it is not in the answer."""
    return [
        Condition(f"{expression(query.collection, order.field)} IS NOT NULL")
        for order in full_order(query)
        if order.field != KEY
    ]


def after(query: Query) -> list[Condition]:
    """Ask for what comes behind the last document of the page before.

    Raise InvalidRequest when `after` does not hold one value for each sort key and the id.
    """
    if query.after is None:
        return []
    orders = full_order(query)
    if len(query.after) != len(orders):
        raise InvalidRequest("cursor", f"{len(query.after)} values for {len(orders)} sort keys")
    left = [expression(query.collection, order.field) for order in orders]
    values = [
        _bindable(value) if order.field == KEY else asked_key(order.field, value)
        for order, value in zip(orders, query.after, strict=True)
    ]
    down = [order.descending for order in orders]
    if len(set(down)) == 1:
        sign = "<" if down[0] else ">"
        return [Condition(f"({', '.join(left)}) {sign} ({_marks(values)})", tuple(values))]
    return [_after_mixed(left, values, down)]


def searching(words: Sequence[str]) -> str:
    """Write the words as a full-text question: each must begin a token.

    Tokens are kept as hexadecimal UTF-8, so that no rule of a tokenizer changes them; the
    beginning of a word is the beginning of its hexadecimal form.
    """
    return " AND ".join(f'"{hex_token(word)}" *' for word in words if word)


def hex_token(word: str) -> str:
    """Give a word as the search table keeps it."""
    return word.encode("utf-8", "surrogatepass").hex()


def fitting_index(query: Query) -> Index | None:
    """Give the index that answers the query in its order, None to leave it to SQLite.

    The more of its first fields the query fixes, the better it fits.
    """
    orders = full_order(query)
    fields = tuple(order.field for order in orders if order.field != KEY)
    equal = [where.field for where in query.where if where.op in ("==", "in")]
    one_way = len({order.descending for order in orders}) == 1
    if not fields or not one_way or len(set(equal)) < len(equal):
        return None
    fixed = {where.field for where in query.where if where.op == "=="}
    fitting = [
        index
        for index in INDEXES
        if index.collection == query.collection
        and index.order == fields
        and set(index.equal) - fixed <= set(index.each)
    ]
    return max(
        fitting,
        key=lambda index: (-len(set(index.equal) - fixed), len(index.equal)),
        default=None,
    )


def page(
    query: Query, extra: Sequence[Condition], by: str = "", told: str = "key, token, body"
) -> Select:
    """Write the statement for one page: key, token, body, then the sort columns.

    `by` is what SQLite is told about indexes (`along`, ROWS_FIRST), nothing to let it choose.
    Without the body (`told`) no row of the table is touched.
    """
    orders = full_order(query)
    left = [expression(query.collection, order.field) for order in orders]
    wanted = _joined([*conditions(query), *present(query), *after(query), *extra])
    sort = ", ".join(
        f"{name} DESC" if order.descending else name
        for name, order in zip(left, orders, strict=True)
    )
    return Select(
        f"SELECT {told}, {', '.join(left)} FROM {query.collection}{by}"  # noqa: S608
        f"{wanted.sql} ORDER BY {sort} LIMIT ?",
        (*wanted.values, query.limit),
    )


def along(index: Index) -> str:
    """Tell SQLite to walk this index."""
    return f" INDEXED BY {index.name}"


def counting(query: Query, extra: Sequence[Condition], by: str = "") -> Select:
    """Write the statement that counts the query's documents, whatever their order."""
    wanted = _joined([*conditions(query), *extra])
    return Select(
        f"SELECT count(*) FROM {query.collection}{by}{wanted.sql}",  # noqa: S608
        wanted.values,
    )


def found(words: Sequence[str]) -> Condition:
    """Ask for the documents that a search finds."""
    return Condition(
        f"id IN (SELECT rowid FROM {SEARCH_TABLE} WHERE {SEARCH_TABLE} MATCH ?)",  # noqa: S608
        (searching(words),),
    )


def _key_condition(where: Where) -> Condition:
    if where.op in ("==", "!="):
        sign = "IS" if where.op == "==" else "IS NOT"
        return Condition(f"key {sign} ?", (where.value if _storable(where.value) else None,))
    if where.op == "in":
        keys = [value for value in alternatives(where) if _storable(value)]
        return Condition(f"key IN ({_marks(keys)})", tuple(keys))
    if where.op in _RANGES:
        return Condition(f"key {where.op} ?", (_bindable(where.value),))
    raise InvalidRequest("key", f"an id cannot be asked with {where.op!r}")


def _range(left: str, where: Where) -> Condition:
    if where.op not in _RANGES:
        raise InvalidRequest(where.field, f"no such comparison: {where.op}")
    key = asked_key(where.field, where.value)
    if where.op in ("<", "<="):
        return Condition(f"{left} {where.op} ? AND {left} >= ?", (key, key[:1]))
    return Condition(f"{left} {where.op} ? AND {left} < ?", (key, next_kind(key)))


def _after_mixed(left: list[str], values: list[str | bytes], down: list[bool]) -> Condition:
    pieces, parameters = [], list[Value]()
    for place in range(len(left)):
        same = [f"{name} = ?" for name in left[:place]]
        sign = "<" if down[place] else ">"
        pieces.append(" AND ".join([*same, f"{left[place]} {sign} ?"]))
        parameters += values[: place + 1]
    return Condition(f"({' OR '.join(pieces)})", tuple(parameters))


def _joined(pieces: Sequence[Condition]) -> Condition:
    if not pieces:
        return Condition("")
    sql = " WHERE " + " AND ".join(f"({piece.sql})" for piece in pieces)
    return Condition(sql, tuple(value for piece in pieces for value in piece.values))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _storable(key: object) -> TypeGuard[str]:
    return isinstance(key, str) and is_document_key(key)


def _bindable(key: object) -> str:
    # SQLite takes UTF-8 alone, which a lone surrogate has not; U+FFFD stands near enough to it.
    return str(key).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
