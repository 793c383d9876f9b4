"""What every store does with a commit: all or nothing, new tokens, one moment."""

from datetime import UTC, datetime, timedelta

import pytest

from runbooks.errors import Conflict
from runbooks.store.port import (
    SERVER_TIME,
    Collection,
    Create,
    Delete,
    DocumentStore,
    FieldPath,
    Merge,
    Query,
    Update,
    Write,
)
from tests.contract.suggestion_documents import Q, S, change, content, put, stored

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
