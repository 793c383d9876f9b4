"""What every store does with documents: creates and reads them, takes their ids and sizes."""

import pytest

from runbooks.errors import Conflict, DocumentTooLarge, InvalidRequest
from runbooks.store.codec import document_key
from runbooks.store.port import Collection, Create, Delete, DocumentStore, Query, Update
from tests.contract.conftest import Adapter
from tests.contract.suggestion_documents import Q, S, change, content, put, stored

# Creating and reading


def test_a_created_document_is_read_as_written(store: DocumentStore) -> None:
    """What was created is there, with its id and the token that the commit gave."""
    token = put(store, "a", title="Loop", tags=["x", "y"])
    found = stored(store, "a")
    assert (found.key, found.document) == ("a", {"title": "Loop", "tags": ["x", "y"]})
    assert found.token == token


def test_a_document_without_fields_exists(store: DocumentStore) -> None:
    """An empty document is one, not none."""
    put(store, "a")
    assert content(store, "a") == {}


def test_a_missing_document_is_not_in_the_answer(store: DocumentStore) -> None:
    """Only those that exist are given, in the order of the ids asked for, each once."""
    put(store, "a", n=1)
    put(store, "b", n=2)
    assert list(store.get_many(S, ["b", "missing", "a", "b"])) == ["b", "a"]


def test_many_documents_are_read_at_once(store: DocumentStore) -> None:
    """More ids than a single request of any store takes."""
    keys = [f"k{number:04}" for number in range(620)]
    store.commit([Create(S, key, {"n": 1}) for key in keys[:310]])
    store.commit([Create(S, key, {"n": 1}) for key in keys[310:]])
    assert list(store.get_many(S, keys)) == keys


def test_creating_what_exists_is_a_conflict(store: DocumentStore) -> None:
    """The document that was there stays, and the error names it."""
    token = put(store, "a", n=1)
    with pytest.raises(Conflict) as conflict:
        put(store, "a", n=2)
    assert conflict.value.key in ("a", None)
    assert (content(store, "a"), stored(store, "a").token) == ({"n": 1}, token)


def test_collections_are_apart(store: DocumentStore) -> None:
    """The same id in two collections is two documents."""
    store.commit([Create(S, "a", {"n": 1}), Create(Q, "a", {"n": 2})])
    store.commit([Delete(Q, "a")])
    assert (content(store, "a"), content(store, "a", Q)) == ({"n": 1}, None)


def test_every_collection_can_be_written(store: DocumentStore) -> None:
    """No collection is forgotten."""
    store.commit([Create(collection, "a", {"n": 1}) for collection in Collection])
    assert all(content(store, "a", collection) == {"n": 1} for collection in Collection)


def test_what_was_read_is_the_callers_own(store: DocumentStore) -> None:
    """Changing a document that was read changes nothing in the store."""
    put(store, "a", tags=["x"])
    stored(store, "a").document["tags"].append("y")  # type: ignore[attr-defined]
    assert content(store, "a") == {"tags": ["x"]}


def test_a_mask_fetches_only_the_named_fields(store: DocumentStore) -> None:
    """The token is that of the whole document; a field that is missing is not invented."""
    token = put(store, "a", title="Loop", body={"deep": 1}, **{"odd.name": 2})
    found = store.get_many(S, ["a"], select=("body", "odd.name", "absent"))["a"]
    assert found.document == {"body": {"deep": 1}, "odd.name": 2}
    assert found.token == token


def test_two_openings_are_one_store(adapter: Adapter) -> None:
    """What one process commits, another one reads and is held to."""
    first, second = adapter.open(), adapter.open()
    token = put(first, "a", n=1)
    assert content(second, "a") == {"n": 1}
    second.commit([Update(S, "a", {("n",): 2}, token)])
    with pytest.raises(Conflict):
        first.commit([Update(S, "a", {("n",): 3}, token)])
    first.close()
    second.close()


# Ids


LEGAL = [
    "a",
    "a b",
    "a:b",
    "a.b",
    "...",
    "%2F",
    "100%",
    "_x_",
    "__x",
    "日本",
    "'q\"",
    "\\",
    "#?&",
    "x" * 1500,
]
ILLEGAL = ["", ".", "..", "__x__", "____", "a/b", "/", "é" * 751, "\ud800", "%_x"]


@pytest.mark.parametrize("key", LEGAL)
def test_an_odd_id_is_an_id(store: DocumentStore, key: str) -> None:
    """It is written, read, found by name and deleted like any other."""
    put(store, key, n=1)
    put(store, "other", n=2)
    assert content(store, key) == {"n": 1}
    assert key in {found.key for found in store.scan(S)}
    store.commit([Delete(S, key)])
    assert (content(store, key), content(store, "other")) == (None, {"n": 2})


@pytest.mark.parametrize("raw", ILLEGAL)
def test_any_text_has_a_document_id(store: DocumentStore, raw: str) -> None:
    """Ids that Firestore refuses are kept under their document key."""
    put(store, document_key(raw), raw="kept")
    assert content(store, document_key(raw)) == {"raw": "kept"}


@pytest.mark.parametrize("key", ILLEGAL[:-1])
def test_an_impossible_id_is_refused_and_never_there(store: DocumentStore, key: str) -> None:
    """Writing it is an invalid request in every store, reading it finds nothing."""
    with pytest.raises(InvalidRequest):
        store.commit([Create(S, "good", {"n": 1}), Create(S, key, {"n": 1})])
    put(store, "there", n=1)
    assert list(store.get_many(S, [key, "there", "good"])) == ["there"]


# Sizes


def test_a_long_text_is_kept(store: DocumentStore) -> None:
    """A text of a million bytes fits in every store."""
    text = "0123456789" * 100_000
    put(store, "a", text=text)
    assert content(store, "a") == {"text": text}


def test_a_document_beyond_the_limit_is_refused_whole(
    adapter: Adapter, store: DocumentStore
) -> None:
    """The error says which document and how large it may be; nothing of the commit is done."""
    text = "x" * (adapter.max_document_bytes + 1)
    with pytest.raises(DocumentTooLarge) as refused:
        store.commit([Create(S, "small", {"n": 1}), Create(S, "large", {"text": text})])
    assert refused.value.key == "large"
    assert refused.value.size > refused.value.limit
    assert store.get_many(S, ["small", "large"]) == {}


def test_a_document_does_not_grow_beyond_the_limit(adapter: Adapter, store: DocumentStore) -> None:
    """An update that would make it too large changes nothing."""
    half = "x" * (adapter.max_document_bytes // 2)
    put(store, "a", one=half)
    with pytest.raises(DocumentTooLarge):
        change(store, "a", two=half + "x")
    assert set(stored(store, "a").document) == {"one"}


# Walking and saying what it is


def test_a_scan_gives_everything_in_id_order(store: DocumentStore) -> None:
    """More documents than a step of any store holds, and nothing from other collections."""
    keys = [f"k{number:03}" for number in range(430)]
    store.commit([Create(S, key, {"n": 1}) for key in reversed(keys)])
    store.commit([Create(Q, "other", {"n": 1})])
    assert [found.key for found in store.scan(S)] == keys
    assert list(store.scan(Collection.TRACES)) == []


def test_a_scan_may_write_meanwhile(store: DocumentStore) -> None:
    """A repair that changes each document as it comes by meets each one once."""
    store.commit([Create(S, f"k{number:03}", {"n": 1}) for number in range(230)])
    seen = 0
    for found in store.scan(S):
        store.commit([Update(S, found.key, {("n",): 2}, found.token)])
        seen += 1
    assert seen == 230


def test_a_store_says_which_it_is(store: DocumentStore) -> None:
    """One line for the person who looks whether all is well."""
    line = store.check()
    assert line
    assert "\n" not in line
    assert store.name in line.lower()


def test_reads_and_writes_are_counted(store: DocumentStore) -> None:
    """A document read, also a missing one, is a read; an empty answer is one; a write is one."""
    store.commit([Create(S, "a", {"n": 1}), Create(S, "b", {"n": 1}), Delete(S, "c")])
    assert store.usage.writes == 3
    before = store.usage.reads
    store.get_many(S, ["a", "missing"])
    assert store.usage.reads - before == 2
    store.query(Query(S))
    assert store.usage.reads - before == 4
    store.query(Query(Collection.TRACES))
    assert store.usage.reads - before == 5
    assert sum(store.usage.queries.values()) == 2
