"""A question of the port as Firestore's structured query."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from google.cloud.firestore_v1 import types

from runbooks.errors import InvalidRequest
from runbooks.store.firestore_names import Names
from runbooks.store.firestore_values import Encoder, Message, ValueMessage, is_nan, quoted
from runbooks.store.port import KEY, Collection, Order, Query, Where
from runbooks.store.shapes import full_order

DOCUMENT_ID: Final = "__name__"

_Structured: Final = types.StructuredQuery.pb()
_Aggregation: Final = types.StructuredAggregationQuery.pb()
_Operator = types.StructuredQuery.FieldFilter.Operator
_Unary = types.StructuredQuery.UnaryFilter.Operator
_AND: Final = types.StructuredQuery.CompositeFilter.Operator.AND
_Direction = types.StructuredQuery.Direction

_OPERATORS: Final[Mapping[str, int]] = {
    "==": _Operator.EQUAL,
    "!=": _Operator.NOT_EQUAL,
    "<": _Operator.LESS_THAN,
    "<=": _Operator.LESS_THAN_OR_EQUAL,
    ">": _Operator.GREATER_THAN,
    ">=": _Operator.GREATER_THAN_OR_EQUAL,
    "in": _Operator.IN,
    "contains": _Operator.ARRAY_CONTAINS,
}
_UNARY: Final[Sequence[tuple[str, Callable[[object], bool], int]]] = (
    ("==", lambda value: value is None, _Unary.IS_NULL),
    ("!=", lambda value: value is None, _Unary.IS_NOT_NULL),
    ("==", is_nan, _Unary.IS_NAN),
    ("!=", is_nan, _Unary.IS_NOT_NAN),
)


def structured(query: Query, names: Names, where: Sequence[Where]) -> Message:
    """Make the message of a query whose documents are fetched, with these conditions."""
    message = _filtered(query.collection, where, names)
    for key in full_order(query):
        order = message.order_by.add()
        order.field.field_path = _field(key.field)
        order.direction = _Direction.DESCENDING if key.descending else _Direction.ASCENDING
    if query.after is not None:
        _start_after(message, query, query.after, names)
    if query.select is not None:
        message.select.SetInParent()
        for name in query.select or (KEY,):
            message.select.fields.add().field_path = _field(name)
    message.limit.value = query.limit
    return message


def counting(query: Query, names: Names, where: Sequence[Where]) -> Message:
    """Make the message of a query that only counts."""
    return _counting(_filtered(query.collection, where, names))


def counting_after(query: Query, names: Names, where: Sequence[Where]) -> Message:
    """Make the message that counts what a page would give, behind its cursor and in its limit."""
    return _counting(structured(replace(query, select=None), names, where))


def _counting(query: Message) -> Message:
    message = _Aggregation()
    message.structured_query.CopyFrom(query)
    counted = message.aggregations.add()
    counted.alias = "count"
    counted.count.SetInParent()
    return message


def answerable(where: Where) -> bool:
    """Say whether any document can meet the condition; Firestore refuses an `in` of nothing."""
    return not (where.op == "in" and not _several(where))


def _filtered(collection: Collection, where: Sequence[Where], names: Names) -> Message:
    message = _Structured()
    message.from_.add().collection_id = names.collection(collection)
    conditions = [condition for condition in where if not _always(condition)]
    if len(conditions) == 1:
        _fill_filter(message.where, conditions[0], collection, names)
    elif conditions:
        message.where.composite_filter.op = _AND
        for condition in conditions:
            target = message.where.composite_filter.filters.add()
            _fill_filter(target, condition, collection, names)
    return message


def _always(where: Where) -> bool:
    """Every id comes after the empty one, which Firestore cannot name."""
    return where.field == KEY and where.op in (">", ">=") and where.value == ""


def _fill_filter(target: Message, where: Where, collection: Collection, names: Names) -> None:
    for op, fits, unary in _UNARY:
        if where.op == op and fits(where.value):
            target.unary_filter.field.field_path = _field(where.field)
            target.unary_filter.op = unary
            return
    if where.op not in _OPERATORS:
        raise InvalidRequest(where.field, f"no such comparison: {where.op}")
    target.field_filter.field.field_path = _field(where.field)
    target.field_filter.op = _OPERATORS[where.op]
    value = target.field_filter.value
    if where.op == "in":
        for item in _several(where):
            _fill_value(value.array_value.values.add(), where.field, item, collection, names)
    else:
        _fill_value(value, where.field, where.value, collection, names)


def _several(where: Where) -> Sequence[object]:
    if not isinstance(where.value, list | tuple):
        raise InvalidRequest(where.field, "`in` wants several values")
    return where.value


def _fill_value(
    target: Message, field: str, value: object, collection: Collection, names: Names
) -> None:
    if field != KEY:
        Encoder(names.root).fill(target, value, (field,))
        return
    if not isinstance(value, str):
        raise InvalidRequest("key", "a document id is a text")
    target.reference_value = names.document(collection, value)


def _start_after(message: Message, query: Query, after: tuple[object, ...], names: Names) -> None:
    keys: tuple[Order, ...] = full_order(query)
    if len(after) != len(keys):
        raise InvalidRequest("cursor", f"{len(after)} values for {len(keys)} sort keys")
    for key, value in zip(keys, after, strict=True):
        target = ValueMessage()
        _fill_value(target, key.field, value, query.collection, names)
        message.start_at.values.append(target)
    message.start_at.before = False


def _field(name: str) -> str:
    return DOCUMENT_ID if name == KEY else quoted((name,))
