"""What every store does with writes: preconditions, field paths, all or nothing, tokens, time."""

from datetime import UTC, datetime, timedelta

import pytest

from runbooks.errors import Conflict, DocumentTooLarge, InvalidRequest
from runbooks.store.codec import document_key
from runbooks.store.port import (
    SERVER_TIME,
    Collection,
    Create,
    Delete,
    DocumentStore,
    FieldPath,
    Merge,
    Query,
    Stored,
    Update,
    Write,
)
from runbooks.values import Token
from tests.contract.conftest import Adapter

S = Collection.SUGGESTIONS
Q = Collection.QUEUE


def put(store: DocumentStore, key: str, **fields: object) -> Token:
    """Create a suggestion and give its token."""
    return store.commit([Create(S, key, fields)])[0]


def stored(store: DocumentStore, key: str, collection: Collection = S) -> Stored:
    """Read a document that must be there."""
    return store.get_many(collection, [key])[key]


def content(store: DocumentStore, key: str, collection: Collection = S) -> object:
    """Read a document's fields, None where there is none."""
    found = store.get_many(collection, [key]).get(key)
    return None if found is None else found.document


def change(store: DocumentStore, key: str, *remove: FieldPath, **fields: object) -> Token:
    """Set top-level fields and remove paths, whatever the state."""
    named = {(name,): value for name, value in fields.items()}
    return store.commit([Update(S, key, named, None, remove)])[0]


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


# Updating


def test_an_update_leaves_the_other_fields(store: DocumentStore) -> None:
    """Only the named fields change."""
    put(store, "a", title="Loop", status="pending", content={"x": 1})
    change(store, "a", status="approved")
    assert content(store, "a") == {"title": "Loop", "status": "approved", "content": {"x": 1}}


def test_an_update_with_the_present_token_is_done(store: DocumentStore) -> None:
    """Compare-and-set succeeds on the state that was read."""
    token = put(store, "a", n=1)
    store.commit([Update(S, "a", {("n",): 2}, token)])
    assert content(store, "a") == {"n": 2}


def test_an_update_with_a_stale_token_is_a_conflict(store: DocumentStore) -> None:
    """The change in between stays."""
    token = put(store, "a", n=1)
    change(store, "a", n=2)
    with pytest.raises(Conflict):
        store.commit([Update(S, "a", {("n",): 3}, token)])
    assert content(store, "a") == {"n": 2}


def test_a_change_of_any_field_makes_a_token_stale(store: DocumentStore) -> None:
    """The precondition covers the whole document."""
    token = put(store, "a", n=1, embedding=[0.5])
    change(store, "a", embedding=[0.25])
    with pytest.raises(Conflict):
        store.commit([Update(S, "a", {("n",): 3}, token)])


@pytest.mark.parametrize("with_token", [False, True])
def test_updating_a_missing_document_is_a_conflict(store: DocumentStore, with_token: bool) -> None:
    """An update never makes a document."""
    token = put(store, "a", n=1)
    store.commit([Delete(S, "a")])
    with pytest.raises(Conflict):
        store.commit([Update(S, "a", {("n",): 2}, token if with_token else None)])
    assert content(store, "a") is None


def test_a_recreated_document_never_has_an_old_token(store: DocumentStore) -> None:
    """A token of the document that was deleted does not fit its successor."""
    token = put(store, "a", n=1)
    store.commit([Delete(S, "a")])
    put(store, "a", n=1)
    with pytest.raises(Conflict):
        store.commit([Update(S, "a", {("n",): 2}, token)])
    with pytest.raises(Conflict):
        store.commit([Delete(S, "a", token)])


def test_a_field_set_to_a_map_is_replaced_whole(store: DocumentStore) -> None:
    """Setting a field is not merging into it."""
    put(store, "a", snippet={"title": "old", "unknown": 1})
    change(store, "a", snippet={"title": "new"})
    assert content(store, "a") == {"snippet": {"title": "new"}}


# Merging


def test_a_merge_makes_a_missing_document(store: DocumentStore) -> None:
    """Also with deep paths."""
    store.commit([Merge(S, "a", {("seen_by", "ana"): "r1", ("n",): 1})])
    assert content(store, "a") == {"seen_by": {"ana": "r1"}, "n": 1}


def test_a_merge_keeps_what_it_does_not_name(store: DocumentStore) -> None:
    """In the document and in the maps on the way; a named map is replaced whole."""
    put(store, "a", n=1, seen_by={"bo": "r0"}, state={"x": 1, "y": 2})
    store.commit([Merge(S, "a", {("seen_by", "ana"): "r1", ("state",): {"x": 3}})])
    assert content(store, "a") == {"n": 1, "seen_by": {"bo": "r0", "ana": "r1"}, "state": {"x": 3}}


def test_a_merge_can_remove_fields(store: DocumentStore) -> None:
    """Top-level or deep, whether or not they are there."""
    put(store, "a", n=1, unsaved_by={"ana": "t1", "bo": "t2"})
    store.commit([Merge(S, "a", {}, (("unsaved_by", "ana"), ("n",), ("absent", "x")))])
    assert content(store, "a") == {"unsaved_by": {"bo": "t2"}}


# Field paths


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ({"a": {"b": {"c": 1, "d": 2}}}, ("a", "b", "c"), {"a": {"b": {"c": 9, "d": 2}}}),
        ({}, ("a", "b", "c"), {"a": {"b": {"c": 9}}}),
        ({"a": None}, ("a", "b"), {"a": {"b": 9}}),
        ({"a": {}}, ("a", "b"), {"a": {"b": 9}}),
        ({"a": "text"}, ("a", "b"), {"a": {"b": 9}}),
        ({"a": [1, 2]}, ("a", "b"), {"a": {"b": 9}}),
        ({"a": {"b": 5}}, ("a", "b", "c"), {"a": {"b": {"c": 9}}}),
    ],
)
def test_a_deep_field_is_set(
    store: DocumentStore, before: dict[str, object], path: FieldPath, after: dict[str, object]
) -> None:
    """A parent that is missing, null or no map becomes a map; siblings stay."""
    put(store, "a", **before)
    store.commit([Update(S, "a", {path: 9}, None)])
    assert content(store, "a") == after


@pytest.mark.parametrize(
    "name",
    ["a.b", ".", "a b", "`tick`", "back\\slash", "$datetime", "$", "0", "日本", "ana@x.org", "a/b"],
)
def test_a_field_name_may_be_odd(store: DocumentStore, name: str) -> None:
    """A name is never read as a path or a tag: at the top, deep, as the way, and when removed."""
    put(store, "a", **{name: 1, "a": {"b": 0}})
    store.commit([Update(S, "a", {("map", name): 2, ("way", name, "end"): 3}, None)])
    assert content(store, "a") == {
        name: 1,
        "a": {"b": 0},
        "map": {name: 2},
        "way": {name: {"end": 3}},
    }
    store.commit([Update(S, "a", {}, None, ((name,), ("map", name), ("way", name, "end")))])
    assert content(store, "a") == {"a": {"b": 0}, "map": {}, "way": {name: {}}}


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ({"a": 1, "b": 2}, ("a",), {"b": 2}),
        ({"a": {"b": 1, "c": 2}}, ("a", "b"), {"a": {"c": 2}}),
        ({"a": {"b": 1}}, ("a", "b"), {"a": {}}),
        ({"b": 2}, ("a",), {"b": 2}),
        ({"b": 2}, ("a", "b"), {"b": 2}),
    ],
)
def test_a_field_is_removed(
    store: DocumentStore, before: dict[str, object], path: FieldPath, after: dict[str, object]
) -> None:
    """Alone; what is not there is gone already, and no parent is made for it."""
    put(store, "a", **before)
    change(store, "a", path)
    assert content(store, "a") == after


def test_one_update_sets_and_removes(store: DocumentStore) -> None:
    """Both in the same maps."""
    put(store, "a", hold={"by": "ana", "until": "x"}, n=1)
    fields: dict[FieldPath, object] = {("hold", "by"): "bo", ("m",): 2}
    store.commit([Update(S, "a", fields, None, (("hold", "until"), ("n",)))])
    assert content(store, "a") == {"hold": {"by": "bo"}, "m": 2}


@pytest.mark.parametrize(
    ("fields", "remove"),
    [
        ({("a",): 1, ("a", "b"): 2}, ()),
        ({("a", "b"): 2}, (("a",),)),
        ({("a",): 2}, (("a",),)),
        ({(): 1}, ()),
    ],
)
def test_paths_that_contradict_each_other_are_refused(
    store: DocumentStore, fields: dict[FieldPath, object], remove: tuple[FieldPath, ...]
) -> None:
    """No order of such writes would be right, so nothing is written."""
    put(store, "a", n=1)
    with pytest.raises(InvalidRequest):
        store.commit([Update(S, "a", fields, None, remove)])
    assert content(store, "a") == {"n": 1}


# Deleting


def test_a_deleted_document_is_gone(store: DocumentStore) -> None:
    """Its token is None, and its id is free again."""
    put(store, "a", n=1)
    assert store.commit([Delete(S, "a")]) == [None]
    assert content(store, "a") is None
    put(store, "a", n=2)
    assert content(store, "a") == {"n": 2}


def test_deleting_what_is_gone_is_fine_without_a_token(store: DocumentStore) -> None:
    """The outcome is what was asked for."""
    assert store.commit([Delete(S, "a")]) == [None]


def test_a_delete_with_a_token_asks_for_that_state(store: DocumentStore) -> None:
    """A stale token and a document that is gone are conflicts; the present token deletes."""
    stale = put(store, "a", n=1)
    present = change(store, "a", n=2)
    with pytest.raises(Conflict):
        store.commit([Delete(S, "a", stale)])
    assert content(store, "a") == {"n": 2}
    store.commit([Delete(S, "a", present)])
    with pytest.raises(Conflict):
        store.commit([Delete(S, "a", present)])


# All or nothing


@pytest.mark.parametrize("place", [0, 2, 4])
@pytest.mark.parametrize("kind", ["create", "update", "missing", "delete"])
def test_of_a_failed_commit_nothing_is_done(store: DocumentStore, place: int, kind: str) -> None:
    """Wherever the failing write stands, whatever it is; not in the queue or its search either."""
    stale = put(store, "there", n=1)
    change(store, "there", n=2)
    store.commit([Create(Q, "entry", {"search_tokens": ["before"], "n": 1})])
    fails: dict[str, Write] = {
        "create": Create(S, "there", {"n": 9}),
        "update": Update(S, "there", {("n",): 9}, stale),
        "missing": Update(S, "absent", {("n",): 9}, None),
        "delete": Delete(S, "there", stale),
    }
    writes: list[Write] = [
        Create(S, "new", {"n": 9}),
        Merge(Q, "entry", {("search_tokens",): ["after"]}),
        Create(Q, "made", {"search_tokens": ["after"]}),
        Delete(Q, "entry") if place else Merge(Q, "entry", {("n",): 9}),
    ]
    if place:
        writes.pop(1)
        writes.append(Create(Collection.AUDIT, "act", {"n": 9}))
    with pytest.raises(Conflict):
        store.commit([*writes[:place], fails[kind], *writes[place:]])
    assert content(store, "there") == {"n": 2}
    assert content(store, "entry", Q) == {"search_tokens": ["before"], "n": 1}
    assert [content(store, "new"), content(store, "made", Q)] == [None, None]
    assert [found.key for found in store.query(Query(Q, search=("before",)))] == ["entry"]
    assert store.query(Query(Q, search=("after",))) == []


def test_an_act_is_one_commit(store: DocumentStore) -> None:
    """Suggestion, version, queue, audit and unsaved text change together (CONTRACT R5)."""
    token = put(store, "s", status="pending")
    store.commit([Create(Q, "s", {"n": 1}), Create(Collection.UNSAVED, "s:ana", {"text": "x"})])
    tokens = store.commit(
        [
            Update(S, "s", {("suggestion_content", "runbook_snippet"): {"title": "T"}}, token),
            Create(Collection.VERSIONS, "s:1", {"number": 1}),
            Merge(Q, "s", {("n",): 2}),
            Create(Collection.AUDIT, "act", {"at": SERVER_TIME}),
            Delete(Collection.UNSAVED, "s:ana"),
        ]
    )
    assert [token is None for token in tokens] == [False, False, False, False, True]
    assert content(store, "s") == {
        "status": "pending",
        "suggestion_content": {"runbook_snippet": {"title": "T"}},
    }
    assert content(store, "s:1", Collection.VERSIONS) == {"number": 1}
    assert content(store, "s:ana", Collection.UNSAVED) is None


def test_no_writes_are_no_commit(store: DocumentStore) -> None:
    """Nothing to do is done."""
    assert store.commit([]) == []


# Tokens and time


def test_every_change_gives_a_new_token(store: DocumentStore) -> None:
    """The commit's answer is the token that a read finds, and it never comes again."""
    tokens = [put(store, "a", n=0)]
    for number in range(1, 6):
        tokens.append(change(store, "a", n=number))
        assert stored(store, "a").token == tokens[-1]
    assert all(tokens.index(token) == place for place, token in enumerate(tokens))


def test_a_write_leaves_the_tokens_of_other_documents(store: DocumentStore) -> None:
    """A neighbour's change is no conflict."""
    token = put(store, "a", n=1)
    put(store, "b", n=1)
    change(store, "b", n=2)
    store.commit([Update(S, "a", {("n",): 2}, token)])
    assert content(store, "a") == {"n": 2}


def test_server_time_is_the_moment_of_the_commit(store: DocumentStore) -> None:
    """One moment for the whole commit, by the clock that `read_at` shows, in maps too."""
    fields: dict[FieldPath, object] = {("at",): SERVER_TIME, ("deep", "at"): SERVER_TIME}
    store.commit(
        [
            Create(S, "a", {"at": SERVER_TIME, "deep": {"at": SERVER_TIME, "n": 1}}),
            Merge(S, "b", fields),
        ]
    )
    found = store.get_many(S, ["a", "b"])
    moment = found["a"].document["at"]
    assert isinstance(moment, datetime)
    assert moment.utcoffset() == timedelta(0)
    assert found["a"].document == {"at": moment, "deep": {"at": moment, "n": 1}}
    assert found["b"].document == {"at": moment, "deep": {"at": moment}}
    assert moment <= found["a"].read_at <= moment + timedelta(seconds=60)
    assert abs(datetime.now(UTC) - moment) < timedelta(seconds=60)


def test_server_time_moves_on_with_an_update(store: DocumentStore) -> None:
    """A renewal is later than what it renews."""
    put(store, "a", at=SERVER_TIME)
    first = stored(store, "a").document["at"]
    change(store, "a", at=SERVER_TIME)
    assert stored(store, "a").document["at"] > first  # type: ignore[operator]


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
