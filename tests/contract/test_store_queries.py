"""How every store compares, orders and pages: kinds of value, absence, cursors, ids."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runbooks.errors import InvalidRequest
from runbooks.store import queries
from runbooks.store.port import KEY, Collection, DocumentStore, Order, Query, Where
from runbooks.store.shapes import full_order
from tests.contract.queue_documents import keys, position, put

S = Collection.SUGGESTIONS
DAY = datetime(2026, 11, 20, tzinfo=UTC)


def put_values(store: DocumentStore, *values: object) -> None:
    """Create a document for each value, and one without."""
    documents: dict[str, dict[str, object]] = {
        f"v{place}": {"v": value} for place, value in enumerate(values)
    }
    put(store, S, **documents, without={"other": 1})


def asked(store: DocumentStore, op: str, value: object, *order: Order) -> list[str]:
    """Ask for documents by one condition."""
    return keys(store.query(Query(S, where=(Where("v", op, value),), order=order)))


# Comparisons


@pytest.mark.parametrize(
    ("op", "value", "found"),
    [
        ("==", "b", ["v1"]),
        ("!=", "b", ["v0", "v2"]),
        ("<", "b", ["v0"]),
        ("<=", "b", ["v0", "v1"]),
        (">", "b", ["v2"]),
        (">=", "b", ["v1", "v2"]),
        ("in", ("a", "c", "x"), ["v0", "v2"]),
        ("in", ["b"], ["v1"]),
        ("in", (), []),
        ("==", "x", []),
        ("<", "a", []),
    ],
)
def test_texts_are_compared(store: DocumentStore, op: str, value: object, found: list[str]) -> None:
    """By every operator; a document without the field meets none, not even `!=`."""
    put_values(store, "a", "b", "c")
    order = () if op in ("==", "in") else (Order("v"),)
    assert asked(store, op, value, *order) == found


def test_numbers_are_compared_by_size(store: DocumentStore) -> None:
    """Whole or not, beyond 2**53, infinite; texts of digits are no numbers."""
    values = [-1e300, -5, -0.5, 0, 0.5, 1, 1.5, 10, 2**53, 2**53 + 1, 2**60, 1e300]
    put_values(store, *reversed(values), "7", None, True)
    rising = store.query(Query(S, where=(Where("v", ">=", -1e300),), order=(Order("v"),)))
    assert [found.document["v"] for found in rising] == values
    assert asked(store, "==", 1.0) == asked(store, "==", 1) != []
    assert len(asked(store, ">", 2**53, Order("v"))) == 3
    assert len(asked(store, "<", 0, Order("v"))) == 3


def test_texts_are_ordered_by_their_characters(store: DocumentStore) -> None:
    """By code point, as in UTF-8: capitals first, an astral character last; a beginning first."""
    texts = ["", " ", "A", "B", "a", "aa", "ab", "é", "日", "\uffee", "😀"]
    put_values(store, *reversed(texts))
    rising = store.query(Query(S, order=(Order("v"),)))
    assert [found.document["v"] for found in rising] == texts
    assert len(asked(store, ">=", "a", Order("v"))) == 7


def test_moments_are_ordered_to_the_microsecond(store: DocumentStore) -> None:
    """Whatever zone they were written in."""
    values = [DAY + timedelta(microseconds=step) for step in (0, 1, 10, 1_000_000)]
    put_values(store, *reversed(values))
    falling = store.query(Query(S, order=(Order("v", descending=True),)))
    assert [found.document["v"] for found in falling] == values[::-1]
    assert asked(store, ">", DAY + timedelta(microseconds=1), Order("v")) == ["v1", "v0"]


def test_a_range_stays_within_its_kind(store: DocumentStore) -> None:
    """Texts with texts, moments with moments, numbers with numbers, in both directions."""
    put_values(store, None, True, 7, DAY, "2026", b"x", ["a"], {"a": 1})
    for op in (">=", "<="):
        assert asked(store, op, 7, Order("v")) == ["v2"]
        assert asked(store, op, DAY, Order("v")) == ["v3"]
        assert asked(store, op, "2026", Order("v")) == ["v4"]


def test_equality_stays_within_its_kind(store: DocumentStore) -> None:
    """1 is not true, null is not absent, a moment is not its text."""
    text = "2026-11-20T00:00:00.000000Z"
    put_values(store, None, True, 1, DAY, text, "", False, 0)
    assert asked(store, "==", None) == ["v0"]
    assert asked(store, "==", True) == ["v1"]
    assert asked(store, "==", 1) == ["v2"]
    assert asked(store, "==", DAY) == ["v3"]
    assert asked(store, "==", text) == ["v4"]
    assert asked(store, "==", "") == ["v5"]
    assert asked(store, "==", False) == ["v6"]
    assert asked(store, "in", (0, "", True)) == ["v1", "v5", "v7"]


def test_kinds_are_ordered_as_firestore_orders_them(store: DocumentStore) -> None:
    """Null, booleans, numbers, moments, texts, bytes; absent is nowhere."""
    values = [None, False, True, -1, 3.5, DAY, "a", b"a"]
    put_values(store, *values)
    assert asked_in_order(store, False) == [f"v{place}" for place in range(len(values))]
    assert asked_in_order(store, True) == [f"v{place}" for place in range(len(values))][::-1]


def asked_in_order(store: DocumentStore, descending: bool) -> list[str]:
    """Ask for everything in the order of the field."""
    return keys(store.query(Query(S, order=(Order("v", descending),))))


def test_a_list_is_asked_for_a_member(store: DocumentStore) -> None:
    """Of the same kind; a text is no list."""
    put_values(store, ["a", 1], ["b", DAY], "a", [], [{"x": "a"}])
    assert asked(store, "contains", "a") == ["v0"]
    assert asked(store, "contains", 1) == ["v0"]
    assert asked(store, "contains", DAY) == ["v1"]
    assert asked(store, "contains", "x") == []


def test_conditions_hold_together(store: DocumentStore) -> None:
    """A range between two bounds, with an equality on another field."""
    put(
        store,
        S,
        **{f"k{n}": {"v": n, "odd": bool(n % 2), "name.x": f"n{n}"} for n in range(8)},
    )
    between = (Where("v", ">", 1), Where("v", "<=", 6), Where("odd", "==", True))
    assert keys(store.query(Query(S, where=between, order=(Order("v"),)))) == ["k3", "k5"]
    assert keys(store.query(Query(S, where=(Where("name.x", "==", "n4"),)))) == ["k4"]
    contradiction = (Where("v", "==", 1), Where("v", "==", 2))
    assert store.query(Query(S, where=contradiction)) == []


def test_an_unknown_comparison_is_refused(store: DocumentStore) -> None:
    """A mistake in a query is told, not answered."""
    with pytest.raises(InvalidRequest):
        store.query(Query(S, where=(Where("v", "like", "a"),)))


# Order and pages


@pytest.mark.parametrize(
    "order",
    [
        (),
        (Order("v"),),
        (Order("v", descending=True),),
        (Order("v"), Order("w")),
        (Order("v", descending=True), Order("w", descending=True)),
        (Order("v", descending=True), Order("w")),
        (Order("v"), Order("w", descending=True)),
        (Order(KEY),),
    ],
)
def test_pages_follow_each_other_in_any_order(
    store: DocumentStore, order: tuple[Order, ...]
) -> None:
    """Rising, falling or mixed, over ties, with the id as the last word.

    Ids alone are walked upwards only: Firestore refuses to walk them down.
    """
    documents = {f"k{n:02}": {"v": n % 3, "w": n % 2} for n in range(24)}
    put(store, S, **documents)
    whole = sorted(documents)
    for one in reversed(full_order(Query(S, order=order))):
        whole.sort(
            key=lambda key, field=one.field: key if field == KEY else documents[key][field],  # type: ignore[misc]
            reverse=one.descending,
        )
    page = Query(S, order=order, limit=5)
    listed: list[str] = []
    while found := store.query(page):
        listed += keys(found)
        page = replace(page, after=position(found[-1], page))
    assert listed == whole


def test_a_limit_bounds_the_answer(store: DocumentStore) -> None:
    """To that many, and to none."""
    put_values(store, 1, 2, 3)
    assert keys(store.query(Query(S, order=(Order("v"),), limit=2))) == ["v0", "v1"]
    assert store.query(Query(S, limit=0)) == []


def test_a_cursor_of_the_wrong_length_is_refused(store: DocumentStore) -> None:
    """A link from another list does not show a wrong page."""
    with pytest.raises(InvalidRequest):
        store.query(Query(S, order=(Order("v"),), after=("only",)))


def test_a_cursor_may_stand_between_documents(store: DocumentStore) -> None:
    """Values that no document has, and values of another kind, are places too."""
    put_values(store, "a", "c")
    order = (Order("v"),)
    assert keys(store.query(Query(S, order=order, after=("b", "x")))) == ["v1"]
    assert keys(store.query(Query(S, order=order, after=(5, "x")))) == ["v0", "v1"]
    assert keys(store.query(Query(S, order=order, after=("z", "x")))) == []


# By name


def test_documents_are_walked_by_name(store: DocumentStore) -> None:
    """For the sweep: from the beginning, then behind the last one (CONTRACT R7)."""
    put(store, Collection.QUEUE, **{name: {"n": 1} for name in ("b", "a", "c", "B", "aa")})
    first = queries.documents_by_name(Collection.QUEUE, "", 2)
    assert keys(store.query(first)) == ["B", "a"]
    rest = queries.documents_by_name(Collection.QUEUE, "a", 10)
    assert keys(store.query(rest)) == ["aa", "b", "c"]
    assert store.count(first) == 5


@pytest.mark.parametrize(
    ("op", "value", "found"),
    [
        ("==", "b", ["b"]),
        ("<", "b", ["a"]),
        ("<=", "b", ["a", "b"]),
        (">", "b", ["c"]),
        (">=", "b", ["b", "c"]),
        ("in", ("a", "c", "x"), ["a", "c"]),
    ],
)
def test_ids_are_compared(store: DocumentStore, op: str, value: object, found: list[str]) -> None:
    """Like a field that every document has."""
    put(store, S, a={}, b={}, c={})
    assert keys(store.query(Query(S, where=(Where(KEY, op, value),)))) == found
