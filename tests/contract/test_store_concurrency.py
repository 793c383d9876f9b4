"""Several at once: no change is lost, one of two wins, nobody sees half of a commit."""

import threading
from collections.abc import Callable

from runbooks.errors import Conflict
from runbooks.store.port import Collection, Create, DocumentStore, Merge, Query, Update
from tests.contract.conftest import Adapter

S = Collection.SUGGESTIONS


def together(*acts: Callable[[], None]) -> None:
    """Start all of these at the same moment and wait for them; an error in one fails the test."""
    gate = threading.Barrier(len(acts))
    errors: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        gate.wait()
        try:
            act()
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    if errors:
        raise errors[0]


def add_one(store: DocumentStore) -> int:
    """Count up by compare-and-set and give how often somebody else was quicker."""
    conflicts = 0
    while True:
        found = store.get_many(S, ["counter"])["counter"]
        number = found.document["n"]
        assert isinstance(number, int)
        try:
            store.commit([Update(S, "counter", {("n",): number + 1}, found.token)])
        except Conflict:
            conflicts += 1
        else:
            return conflicts


def test_compare_and_set_loses_no_update(store: DocumentStore) -> None:
    """Four threads that count to a common number arrive at the sum."""
    store.commit([Create(S, "counter", {"n": 0})])
    together(*[lambda: [add_one(store) for _ in range(6)] and None for _ in range(4)])
    assert store.get_many(S, ["counter"])["counter"].document == {"n": 24}


def test_two_openings_lose_no_update(adapter: Adapter) -> None:
    """The same holds for two processes' stores."""
    first, second = adapter.open(), adapter.open()
    first.commit([Create(S, "counter", {"n": 0})])
    together(*[lambda s=s: [add_one(s) for _ in range(6)] and None for s in (first, second)])  # type: ignore[misc]
    assert first.get_many(S, ["counter"])["counter"].document == {"n": 12}
    first.close()
    second.close()


def test_of_several_creators_exactly_one_wins(store: DocumentStore) -> None:
    """The winner's whole commit stands, and nothing of the others'."""
    won: list[int] = []

    def create(number: int) -> None:
        try:
            store.commit([Create(S, f"mine{number}", {}), Create(S, "one", {"by": number})])
        except Conflict:
            return
        won.append(number)

    together(*[lambda n=n: create(n) for n in range(4)])  # type: ignore[misc]
    assert len(won) == 1
    assert store.get_many(S, ["one"])["one"].document == {"by": won[0]}
    assert {found.key for found in store.query(Query(S))} == {"one", f"mine{won[0]}"}


def test_merges_into_one_document_all_arrive(store: DocumentStore) -> None:
    """Two people who open an item at once are both in `seen_by`."""
    together(
        *[
            lambda n=n: store.commit([Merge(S, "a", {("seen_by", f"p{n}"): "r1"})]) and None  # type: ignore[misc]
            for n in range(4)
        ]
    )
    seen = store.get_many(S, ["a"])["a"].document["seen_by"]
    assert seen == {f"p{n}": "r1" for n in range(4)}


def test_nobody_sees_half_of_a_commit(store: DocumentStore) -> None:
    """Two entries that change together are the same in every list that is read meanwhile."""
    queue = Collection.QUEUE
    store.commit([Create(queue, key, {"n": 0}) for key in ("a", "b")])
    ended = threading.Event()

    def write() -> None:
        for number in range(1, 30):
            store.commit([Merge(queue, key, {("n",): number}) for key in ("a", "b")])
        ended.set()

    def read() -> None:
        while not ended.is_set():
            assert len({str(found.document["n"]) for found in store.query(Query(queue))}) == 1

    together(write, read)
