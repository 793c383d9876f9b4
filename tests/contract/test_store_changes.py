"""What every store does with changes: updates, merges, field paths, deletions, preconditions."""

import pytest

from runbooks.errors import Conflict, InvalidRequest
from runbooks.store.port import Delete, DocumentStore, FieldPath, Merge, Update
from tests.contract.suggestion_documents import S, change, content, put

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
