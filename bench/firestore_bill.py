"""What Firestore would bill for typical acts: python -m bench.firestore_bill [entries]

Runs on the emulator (its own, or FIRESTORE_EMULATOR_HOST) and prints billed reads and writes, as
the store counts them, beside the medians of the emulator's time, which say nothing of production.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from uuid import uuid4

from bench.sqlite_store import entry
from runbooks.neighbours import Neighbours, place_of
from runbooks.store import queries, records
from runbooks.store.firestore import FirestoreStore
from runbooks.store.port import SERVER_TIME, Collection, Create, Merge, Update
from runbooks.store.queries import QueueFilter, Sort
from tests.emulator import emulator

_AT_ONCE = 500
_TIMES = 20


def fill(store: FirestoreStore, entries: int, chance: random.Random) -> None:
    """Write the queue, and one suggestion."""
    for start in range(0, entries, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, entries))
        store.commit([Create(Collection.QUEUE, f"sugg_{n:06d}", entry(n, chance)) for n in numbers])
    store.commit([Create(Collection.SUGGESTIONS, "sugg_000001", {"status": "pending"})])


def save(store: FirestoreStore) -> None:
    """Do what saving a text writes: suggestion, version, queue entry, audit entry."""
    key = "sugg_000001"
    token = store.get_many(Collection.SUGGESTIONS, [key])[key].token
    mark = uuid4().hex
    store.commit(
        [
            Update(Collection.SUGGESTIONS, key, {("updated_at",): mark}, token),
            Create(Collection.VERSIONS, f"{key}:{mark}", {"suggestion_id": key, "at": mark}),
            Merge(Collection.QUEUE, key, {("revision",): mark}),
            Create(Collection.AUDIT, mark, {"suggestion_id": key, "at": SERVER_TIME}),
        ]
    )


def acts(store: FirestoreStore) -> dict[str, Callable[[], object]]:
    """Give what is measured, by name."""

    def page(which: QueueFilter) -> Callable[[], object]:
        return lambda: store.query(queries.queue_page(which, Sort.WORST, 50))

    def count(which: QueueFilter) -> Callable[[], object]:
        return lambda: store.count(queries.queue_page(which, Sort.WORST, 50))

    def place(which: QueueFilter) -> object:
        [found] = store.query(queries.queue_page(which, Sort.WORST, 1))
        asked = records.read_entry(found)
        assert asked is not None
        at = place_of(asked, Sort.WORST)
        before = store.usage.reads
        around = Neighbours(store).around(asked, which, Sort.WORST, at)
        return around, store.usage.reads - before

    two_words = QueueFilter(search=("id77", "tool"))
    return {
        "a document by id": lambda: store.get_many(Collection.QUEUE, ["sugg_000001"]),
        "a page of 50 pending": page(QueueFilter()),
        "a page of 50, four filters": page(
            QueueFilter(status=("pending", "approved"), severity=("high",), service=("service-3",))
        ),
        "a page, one word": page(QueueFilter(status=(), search=("id77",))),
        "a page, two words": page(QueueFilter(status=(), search=two_words.search)),
        "the number of pending": count(QueueFilter()),
        "the number, two words": count(QueueFilter(status=(), search=two_words.search)),
        "a place of the pending, and 1": lambda: place(QueueFilter()),
        "100 without a draft": lambda: store.query(queries.queue_draftless(100)),
        "nothing new since": lambda: store.query(
            queries.suggestions_since("updated_at", "9999", 100)
        ),
        "saving a text": lambda: save(store),
        "check": store.check,
    }


def show(store: FirestoreStore) -> None:
    """Print one line for each act."""
    print(f"{'act':32} {'reads':>6} {'writes':>6} {'ms':>8}")
    for name, act in acts(store).items():
        before = (store.usage.reads, store.usage.writes)
        act()
        reads, writes = store.usage.reads - before[0], store.usage.writes - before[1]
        taken = []
        for _ in range(_TIMES):
            start = time.perf_counter()
            act()
            taken.append((time.perf_counter() - start) * 1000)
        print(f"{name:32} {reads:6} {writes:6} {statistics.median(taken):8.1f}")


def main() -> None:
    """Fill a store in the emulator and measure."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with emulator() as host:
        store = FirestoreStore("demo-bench", "(default)", f"b{uuid4().hex[:8]}_", host)
        fill(store, entries, random.Random(7))
        print(f"{entries} queue entries")
        show(store)
        store.close()


if __name__ == "__main__":
    main()
