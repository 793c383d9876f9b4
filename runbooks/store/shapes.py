"""What a question needs of an index: its fields and its order, without its values.

Firestore answers nothing without an index; `firestore.indexes.json` is made for these shapes and
a test holds that each shape of `runbooks.store.queries` is served.
"""

from dataclasses import dataclass
from typing import Final

from runbooks.store.port import KEY, Collection, Order, Query

SEARCH_FIELD: Final = "search_tokens"
_EQUALITIES: Final = ("==", "in")


@dataclass(frozen=True)
class Shape:
    """The fields of a question by what is asked of them.

    `equal` holds the fields compared with `==` or `in` (an `in` is answered as several
    equalities), `contains` those of lists, `order` every sort key with True for descending. A
    range's field stands in the order. The document id, which ends every index, is left out.
    """

    collection: Collection
    equal: frozenset[str] = frozenset()
    contains: frozenset[str] = frozenset()
    order: tuple[tuple[str, bool], ...] = ()

    def __str__(self) -> str:
        fields = [*sorted(self.equal), *(f"{name}[]" for name in sorted(self.contains))]
        keys = [f"{'-' if descending else '+'}{name}" for name, descending in self.order]
        return f"{self.collection.value}({' '.join([*fields, *keys])})"


def shape(query: Query) -> Shape:
    """Give the shape of a question whose documents are fetched."""
    order = tuple((key.field, key.descending) for key in full_order(query) if key.field != KEY)
    return _shape(query, order)


def count_shape(query: Query) -> Shape:
    """Give the shape of a question that is only counted; its order does not matter."""
    return _shape(query, tuple((name, False) for name in _range_fields(query)))


def full_order(query: Query) -> tuple[Order, ...]:
    """Give every sort key: those asked for, fields of ranges, and the document id at the end."""
    named = [key.field for key in query.order]
    descending = query.order[-1].descending if query.order else False
    added = [Order(name, descending) for name in _range_fields(query) if name not in named]
    ending = () if KEY in named else (Order(KEY, descending),)
    return (*query.order, *added, *ending)


def _shape(query: Query, order: tuple[tuple[str, bool], ...]) -> Shape:
    equal = {where.field for where in query.where if where.op in _EQUALITIES}
    contains = {where.field for where in query.where if where.op == "contains"}
    if any(query.search):
        contains.add(SEARCH_FIELD)
    return Shape(query.collection, frozenset(equal - {KEY}), frozenset(contains), order)


def _range_fields(query: Query) -> list[str]:
    fields = {where.field for where in query.where if where.op in ("<", "<=", ">", ">=", "!=")}
    return sorted(fields - {KEY})
