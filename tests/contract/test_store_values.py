"""What goes into a store comes out of it: every kind of value, every shape, the same revision."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from runbooks.errors import InvalidRequest
from runbooks.revision import revision
from runbooks.store.port import Collection, Create, DocumentStore, Query, Update
from runbooks.values import GeoPoint, Reference, Vector

T = Collection.TRACES

VALUES: dict[str, object] = {
    "null": None,
    "true": True,
    "false": False,
    "zero": 0,
    "one": 1,
    "one as a float": 1.0,
    "negative": -7,
    "float": 0.1,
    "tiny": 5e-324,
    "huge": 1.7976931348623157e308,
    "last exact integer": 2**53,
    "beyond exact integers": 2**53 + 1,
    "negative beyond": -(2**53) - 1,
    "largest integer": 2**63 - 1,
    "smallest integer": -(2**63),
    "infinity": math.inf,
    "minus infinity": -math.inf,
    "empty text": "",
    "text": "kubectl get pods\n\t-n 'prod' \\ \"x\" </script>",
    "every control character": "".join(map(chr, range(32))) + "\x7f\x85\u2028\u2029\ufeff\uffff",
    "other scripts": "日本 ελ ру עברית é e\u0301 😀👩‍👩‍👧",
    "ISO text": "2026-11-20T04:00:00.000001Z",
    "moment": datetime(2026, 11, 20, 4, 5, 6, 123457, UTC),
    "old moment": datetime(1969, 12, 31, 23, 59, 59, 999999, UTC),
    "first moment": datetime(1, 1, 1, tzinfo=UTC),
    "bytes": bytes(range(256)),
    "no bytes": b"",
    "embedding": Vector((0.25, -1.0, 1e-9)),
    "place": GeoPoint(48.5, -122.25),
    "reference": Reference("suggestions/a b"),
    "empty list": [],
    "list": [1, "a", None, True, 1.5, {"deep": [1, {"er": []}]}],
    "empty map": {},
    "map": {"a": {"b": {"c": {"d": [{"e": 1}]}}}},
    "map like a moment": {"$datetime": "2026-11-20T04:00:00.000000Z"},
    "map like an escaped one": {"$$datetime": "x", "$": 1, "$$": 2},
    "map like several tags": {"$bytes": "AA==", "$integer": "1"},
    "map like a broken tag": {"$integer": ["x"]},
    "values in a list": [datetime(2026, 1, 1, tzinfo=UTC), b"x", GeoPoint(1.0, 2.0)],
    "values in a map": {"at": datetime(2026, 1, 1, tzinfo=UTC), "n": 2**60, "i": math.inf},
}


def same(left: object, right: object) -> bool:
    """Equal and of the same kinds throughout: 1 is not 1.0 and not True."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


@pytest.mark.parametrize("name", VALUES)
def test_a_value_comes_back_as_it_was(store: DocumentStore, name: str) -> None:
    """By id, by query and by scan, with its kind and with the same revision (CONTRACT R4)."""
    document = {"value": VALUES[name], "beside": "x"}
    store.commit([Create(T, "a", document)])
    for found in (store.get_many(T, ["a"])["a"], *store.query(Query(T)), *store.scan(T)):
        assert same(found.document["value"], VALUES[name])
        assert revision(found.document) == revision(document)


def test_every_value_can_be_set_by_an_update(store: DocumentStore) -> None:
    """Deep in a map, one beside the other; the rest of the map stays."""
    store.commit([Create(T, "a", {"all": {"kept": 1}})])
    store.commit([Update(T, "a", {("all", name): value for name, value in VALUES.items()}, None)])
    found = store.get_many(T, ["a"])["a"].document["all"]
    assert same(found, {"kept": 1, **VALUES})


def test_an_update_of_another_field_changes_no_value(store: DocumentStore) -> None:
    """A document that is read and written a hundred times keeps its revision."""
    store.commit([Create(T, "a", {"all": VALUES, "n": 0})])
    before = revision(store.get_many(T, ["a"])["a"].document["all"])
    for number in range(20):
        store.commit([Update(T, "a", {("n",): number}, None)])
    assert revision(store.get_many(T, ["a"])["a"].document["all"]) == before == revision(VALUES)


def test_not_a_number_stays_one(store: DocumentStore) -> None:
    """It equals nothing, so it is asked for by what it is."""
    store.commit([Create(T, "a", {"value": math.nan, "list": [math.nan]})])
    document = store.get_many(T, ["a"])["a"].document
    assert math.isnan(document["value"])  # type: ignore[arg-type]
    assert math.isnan(document["list"][0])  # type: ignore[index]


def test_a_moment_of_another_zone_is_the_same_moment(store: DocumentStore) -> None:
    """It comes back aware, in UTC, to the microsecond."""
    moment = datetime(2026, 11, 20, 4, 5, 6, 1, timezone(timedelta(hours=5, minutes=30)))
    store.commit([Create(T, "a", {"at": moment})])
    found = store.get_many(T, ["a"])["a"].document["at"]
    assert found == moment
    assert isinstance(found, datetime)
    assert found.utcoffset() == timedelta(0)


def test_the_order_of_a_list_stays(store: DocumentStore) -> None:
    """A list is a list; the order of a map's keys is nobody's promise."""
    values = [3, 1, 2, "b", "a", 3]
    store.commit([Create(T, "a", {"list": values})])
    assert store.get_many(T, ["a"])["a"].document["list"] == values


def test_nesting_as_deep_as_documents_are_is_kept(store: DocumentStore) -> None:
    """Fifteen maps and lists in each other, which every store takes."""
    value: object = "core"
    for level in range(15):
        value = {"in": value} if level % 2 else {"list": [value]}["list"]
    store.commit([Create(T, "a", {"deep": value})])
    assert same(store.get_many(T, ["a"])["a"].document["deep"], value)


@pytest.mark.parametrize("value", [{1, 2}, object(), 1 + 2j, {1: "a"}, [{"deep": object()}]])
def test_what_no_document_holds_is_refused(store: DocumentStore, value: object) -> None:
    """An invalid request, and nothing of the commit is done."""
    with pytest.raises(InvalidRequest):
        store.commit([Create(T, "good", {"n": 1}), Create(T, "bad", {"value": value})])
    assert store.get_many(T, ["good", "bad"]) == {}
