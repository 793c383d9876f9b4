"""What only Firestore does: its bill, its tokens, its limits, its ways to fail."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from runbooks.errors import (
    CommitUnknown,
    Conflict,
    DocumentTooLarge,
    InvalidRequest,
    StoreUnavailable,
)
from runbooks.store.firestore import FirestoreStore
from runbooks.store.firestore_search import SEARCH_WINDOW
from runbooks.store.firestore_writes import MAX_DOCUMENT_BYTES
from runbooks.store.port import (
    KEY,
    SERVER_TIME,
    Collection,
    Create,
    Delete,
    Merge,
    Order,
    Query,
    Update,
    Where,
    Write,
)
from tests.cutter import Cutter

pytestmark = pytest.mark.firestore

TRACES = Collection.TRACES
QUEUE = Collection.QUEUE


def reads(store: FirestoreStore) -> int:
    """What the store has read so far, in billed documents."""
    return store.usage.reads


def fill(store: FirestoreStore, number: int, **fields: object) -> None:
    """Write so many queue entries."""
    for start in range(0, number, 200):
        some = range(start, min(number, start + 200))
        store.commit([Create(QUEUE, f"e{i:05}", {"n": i, **fields}) for i in some])


def test_reads_are_counted_as_firestore_bills_them(firestore_store: FirestoreStore) -> None:
    """A document is one read, a missing one too, an empty answer one, a count one per thousand."""
    store = firestore_store
    fill(store, 1200)
    assert (store.usage.reads, store.usage.writes) == (0, 1200)
    store.get_many(QUEUE, ["e00000", "e00001", "missing"])
    assert reads(store) == 3
    store.query(Query(QUEUE, limit=20))
    assert reads(store) == 23
    store.query(Query(QUEUE, where=(Where("n", "==", -1),)))
    assert reads(store) == 24
    store.count(Query(QUEUE))
    assert reads(store) == 26
    store.count(Query(QUEUE, where=(Where("n", "==", -1),)))
    assert reads(store) == 27


def test_a_refused_commit_is_not_counted(firestore_store: FirestoreStore) -> None:
    """Writes that a precondition stopped are not on the bill."""
    with pytest.raises(Conflict):
        firestore_store.commit([Update(QUEUE, "none", {("a",): 1}, None), Create(QUEUE, "x", {})])
    assert firestore_store.usage.writes == 0


@pytest.mark.parametrize("first", ["create", "update", "delete", "missing"])
def test_a_conflict_names_its_document_among_many(
    firestore_store: FirestoreStore, first: str
) -> None:
    """The emulator's words lead to the write whose precondition failed."""
    store = firestore_store
    store.commit([Create(TRACES, "old", {"a": 1}), Create(TRACES, "there", {})])
    token = store.get_many(TRACES, ["old"])["old"].token
    store.commit([Update(TRACES, "old", {("a",): 2}, token)])
    failings: dict[str, Write] = {
        "create": Create(TRACES, "there", {}),
        "update": Update(TRACES, "old", {("a",): 3}, token),
        "delete": Delete(TRACES, "old", token),
        "missing": Update(TRACES, "not.there", {("a",): 3}, None),
    }
    failing = failings[first]
    around: list[Write] = [Create(TRACES, "new", {}), Merge(QUEUE, "e", {("a",): 1})]
    with pytest.raises(Conflict) as caught:
        store.commit([*around, failing, Create(TRACES, "newer", {})])
    assert (caught.value.collection, caught.value.key) == (TRACES.value, failing.key)
    assert store.get_many(TRACES, ["new", "newer"]) == {}


@pytest.mark.parametrize("stale", ["a", "b"])
def test_a_stale_state_is_told_from_one_that_holds(
    firestore_store: FirestoreStore, stale: str
) -> None:
    """Of two states in one commit the server repeats the one that did not fit."""
    store = firestore_store
    tokens = {key: store.commit([Create(TRACES, key, {})])[0] for key in ("a", "b")}
    store.commit([Merge(TRACES, stale, {("x",): 1})])
    with pytest.raises(Conflict) as caught:
        store.commit([Update(TRACES, key, {("x",): 2}, tokens[key]) for key in tokens])
    assert caught.value.key == stale


def test_a_conflict_that_could_be_either_is_not_guessed(firestore_store: FirestoreStore) -> None:
    """Two documents of one commit have the same state, so neither is blamed."""
    store = firestore_store
    a, b = store.commit([Create(TRACES, "a", {}), Create(TRACES, "b", {})])
    store.commit([Merge(TRACES, "a", {("x",): 1})])
    with pytest.raises(Conflict) as caught:
        store.commit([Update(TRACES, "a", {("x",): 2}, a), Update(TRACES, "b", {("x",): 2}, b)])
    assert caught.value.key is None


def test_a_document_of_exactly_the_limit_is_written(firestore_store: FirestoreStore) -> None:
    """Our way of counting is Firestore's: the limit fits, one byte more does not."""
    store = firestore_store
    name = f"{firestore_store._prefix}{TRACES.value}"
    fixed = len(name) + 1 + len("big") + 1 + 16 + 32 + 2 * (1 + 1 + 1)
    half, odd = divmod(MAX_DOCUMENT_BYTES - fixed, 2)
    document = {"a": "x" * half, "b": "y" * (half + odd)}
    store.commit([Create(TRACES, "big", document)])
    with pytest.raises(DocumentTooLarge) as caught:
        store.commit([Create(TRACES, "gib", {**document, "b": "y" * (half + odd + 1)})])
    assert (caught.value.size, caught.value.limit) == (MAX_DOCUMENT_BYTES + 1, MAX_DOCUMENT_BYTES)


def test_a_document_that_grows_too_large_is_refused(firestore_store: FirestoreStore) -> None:
    """Fields that fit by themselves and not beside those stored are the server's refusal."""
    firestore_store.commit([Create(TRACES, "big", {"a": "x" * 600_000})])
    with pytest.raises(DocumentTooLarge) as caught:
        firestore_store.commit([Update(TRACES, "big", {("b",): "y" * 600_000}, None)])
    assert caught.value.key == "big"


def test_a_commit_beyond_the_request_limit_is_refused(firestore_store: FirestoreStore) -> None:
    """Several documents that together are larger than one request may be."""
    writes = [Create(TRACES, f"b{i}", {"a": "x" * 1_000_000}) for i in range(11)]
    with pytest.raises(DocumentTooLarge) as caught:
        firestore_store.commit(writes)
    assert caught.value.key == "commit"
    assert firestore_store.count(Query(TRACES)) == 0


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (2**63, "a"),
        (-(2**63) - 1, "a"),
        ("\ud800", "a"),
        ([[1]], "a[0]"),
        ({"b": [1, [2]]}, "a.b[1]"),
        ({"__b__": 1}, "a"),
        ({"": 1}, "a"),
        ({"k" * 1501: 1}, "a"),
        ([SERVER_TIME], "a[0]"),
        ([{"b": {"c": SERVER_TIME}}], "a[0].b.c"),
    ],
)
def test_what_firestore_cannot_hold_is_refused_with_its_field(
    firestore_store: FirestoreStore, value: object, field: str
) -> None:
    """A value that could not be stored is named before anything is sent."""
    writes: list[Write] = [Create(TRACES, "ok", {}), Merge(TRACES, "bad", {("a",): value})]
    with pytest.raises(InvalidRequest) as caught:
        firestore_store.commit(writes)
    assert caught.value.field == field
    assert firestore_store.count(Query(TRACES)) == 0


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), "\0", {"k" * 1400: 1}, [{"a": [1]}]])
def test_what_stands_at_the_edge_is_kept(firestore_store: FirestoreStore, value: object) -> None:
    """The largest of each kind is written and read back the same."""
    firestore_store.commit([Create(TRACES, "edge", {"a": value})])
    assert firestore_store.get_many(TRACES, ["edge"])["edge"].document == {"a": value}


def test_nesting_is_refused_where_the_server_would(firestore_store: FirestoreStore) -> None:
    """Twenty levels are stored, one more is named as the fault."""

    def nested(levels: int) -> object:
        return {"a": nested(levels - 1)} if levels else "x"

    firestore_store.commit([Create(TRACES, "deep", {"m": nested(20)})])
    with pytest.raises(InvalidRequest, match="nested"):
        firestore_store.commit([Create(TRACES, "deeper", {"m": nested(21)})])


def test_a_word_of_a_search_costs_only_its_own_documents(firestore_store: FirestoreStore) -> None:
    """The longest word is asked of the index; the others are compared in what it gives."""
    store = firestore_store
    tokens = [["pool", "checkout"], ["pool"], ["checkout", "other"], ["pool", "checkout", "more"]]
    store.commit(
        [Create(QUEUE, f"e{i}", {"search_tokens": t, "n": i}) for i, t in enumerate(tokens)]
    )
    query = Query(QUEUE, order=(Order("n", True),), search=("pool", "checkout"), select=("n",))
    found = store.query(query)
    assert [(stored.key, stored.document) for stored in found] == [
        ("e3", {"n": 3}),
        ("e0", {"n": 0}),
    ]
    assert reads(store) == 3
    assert store.count(query) == 2


def test_a_frequent_long_word_does_not_hide_a_rare_short_one(
    firestore_store: FirestoreStore,
) -> None:
    """When the longest word is in too many documents, the rarest is asked for instead."""
    store = firestore_store
    fill(store, SEARCH_WINDOW + 1, search_tokens=["everywhere"])
    store.commit([Create(QUEUE, "f", {"n": 9999, "search_tokens": ["oom", "everywhere"]})])
    query = Query(QUEUE, order=(Order("n"),), search=("everywhere", "oom"), limit=5)
    assert [stored.key for stored in store.query(query)] == ["f"]
    assert store.count(query) == 1


def test_a_search_that_would_be_incomplete_says_so(firestore_store: FirestoreStore) -> None:
    """Beyond the window a short list would look complete, so there is an error instead."""
    store = firestore_store
    fill(store, SEARCH_WINDOW + 1, search_tokens=["everywhere", "always"])
    query = Query(QUEUE, order=(Order("n"),), search=("everywhere", "always"), limit=5)
    assert len(store.query(query)) == 5
    with pytest.raises(InvalidRequest, match="more than 1000 entries"):
        store.count(query)
    others = range(SEARCH_WINDOW + 1)
    store.commit([Create(QUEUE, f"o{i}", {"n": -i, "search_tokens": ["never"]}) for i in others])
    with pytest.raises(InvalidRequest, match="more than 1000 entries"):
        store.query(replace(query, search=("everywhere", "never")))


def test_a_single_word_is_counted_without_reading(firestore_store: FirestoreStore) -> None:
    """One word is the index's own question, however many documents have it."""
    fill(firestore_store, 250, search_tokens=["common"])
    assert firestore_store.count(Query(QUEUE, search=("common",))) == 250
    assert reads(firestore_store) == 1


def test_a_write_that_changes_nothing_keeps_the_state(firestore_store: FirestoreStore) -> None:
    """Firestore moves the update time only when content changes, so the token stays good."""
    store = firestore_store
    (token,) = store.commit([Create(TRACES, "a", {"x": 1})])
    assert store.commit([Update(TRACES, "a", {("x",): 1}, token)]) == [token]


def test_checking_says_where_and_writes_a_probe(
    firestore_store: FirestoreStore, firestore_prefix: str
) -> None:
    """The line names project, database and prefix; reading and writing were both tried."""
    said = firestore_store.check()
    for part in ("demo-tests", "(default)", firestore_prefix, "emulator"):
        assert part in said
    assert (firestore_store.usage.reads, firestore_store.usage.writes) == (1, 1)


def test_documents_by_name_start_at_the_very_first(firestore_store: FirestoreStore) -> None:
    """A sweep from the empty id meets every document, in the order of names."""
    fill(firestore_store, 3)
    found = firestore_store.query(Query(QUEUE, where=(Where(KEY, ">", ""),), limit=2))
    assert [stored.key for stored in found] == ["e00000", "e00001"]
    rest = firestore_store.query(Query(QUEUE, where=(Where(KEY, ">", "e00001"),), limit=2))
    assert [stored.key for stored in rest] == ["e00002"]


def test_two_prefixes_do_not_see_each_other(
    firestore_store: FirestoreStore, firestore_host: str
) -> None:
    """The prefix alone separates two installations in one database."""
    firestore_store.commit([Create(TRACES, "mine", {})])
    with closing(FirestoreStore("demo-tests", "(default)", "other_", firestore_host)) as other:
        assert other.get_many(TRACES, ["mine"]) == {}


def test_a_host_that_refuses_is_reported_at_once(firestore_prefix: str) -> None:
    """Nobody listens: reads and commits say so within seconds, and nothing was written."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{held.getsockname()[1]}"
        with closing(FirestoreStore("demo-tests", "(default)", firestore_prefix, host)) as store:
            for ask in (store.check, lambda: store.commit([Create(TRACES, "a", {})])):
                started = time.monotonic()
                with pytest.raises(StoreUnavailable) as caught:
                    ask()
                assert time.monotonic() - started < 5
                assert "FIRESTORE_EMULATOR_HOST" in caught.value.remedy


def test_a_host_that_never_answers_is_given_up(firestore_prefix: str) -> None:
    """A read ends at its time; a commit then cannot be known."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        with closing(
            FirestoreStore("demo-tests", "(default)", firestore_prefix, host, timeout_seconds=1.0)
        ) as store:
            started = time.monotonic()
            with pytest.raises(StoreUnavailable):
                store.get_many(TRACES, ["a"])
            with pytest.raises(CommitUnknown):
                store.commit([Create(TRACES, "a", {})])
            assert time.monotonic() - started < 5


@pytest.fixture
def cut(firestore_host: str) -> Iterator[Cutter]:
    """A line to the emulator that can be cut."""
    with Cutter(firestore_host) as line:
        yield line


def test_a_commit_whose_answer_is_lost_is_unknown_and_was_done(
    firestore_store: FirestoreStore, firestore_prefix: str, cut: Cutter
) -> None:
    """The line breaks after the request: nobody can say, and reading again tells (CONTRACT R6)."""
    with closing(FirestoreStore("demo-tests", "(default)", firestore_prefix, cut.host)) as store:
        store.get_many(TRACES, ["warm"])
        cut.lose_answers()
        with pytest.raises(CommitUnknown):
            store.commit([Create(TRACES, "a", {"x": 1})])
        cut.mend()
        assert firestore_store.get_many(TRACES, ["a"])["a"].document == {"x": 1}
        assert store.get_many(TRACES, ["a"])["a"].document == {"x": 1}


def test_a_read_survives_a_broken_line(
    firestore_store: FirestoreStore, firestore_prefix: str, cut: Cutter
) -> None:
    """Reading twice does no harm, so a read tries again on a new line."""
    firestore_store.commit([Create(TRACES, "a", {"x": 1})])
    with closing(FirestoreStore("demo-tests", "(default)", firestore_prefix, cut.host)) as store:
        store.get_many(TRACES, ["a"])
        cut.drop()
        assert store.get_many(TRACES, ["a"])["a"].document == {"x": 1}


def test_many_threads_share_one_store(firestore_store: FirestoreStore) -> None:
    """Of many threads that create the same document exactly one does, and the bill adds up."""
    won: list[int] = []

    def race(number: int) -> None:
        firestore_store.commit([Create(TRACES, f"own{number}", {})])
        try:
            firestore_store.commit([Create(TRACES, "one", {"by": number})])
            won.append(number)
        except Conflict:
            return

    threads = [threading.Thread(target=race, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert firestore_store.get_many(TRACES, ["one"])["one"].document == {"by": won[0]}
    assert firestore_store.usage.writes == 13


def test_a_page_after_a_document_that_is_gone_goes_on(firestore_store: FirestoreStore) -> None:
    """The place in a list is made of values, so it outlives the document it was taken from."""
    store = firestore_store
    fill(store, 5)
    query = Query(QUEUE, order=(Order("n"),), limit=2)
    last = store.query(query)[-1]
    store.commit([Delete(QUEUE, last.key)])
    found = store.query(replace(query, after=(last.document["n"], last.key)))
    assert [stored.document["n"] for stored in found] == [2, 3]
