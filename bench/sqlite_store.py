"""How fast the SQLite store is: python -m bench.sqlite_store [entries]

Prints writes a second (each its own commit, on disk), then pages, counts and searches of a queue
of so many entries, beside a read by id in the same file as the floor. Medians, milliseconds.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from runbooks.store import queries
from runbooks.store.port import Collection, Create, Update
from runbooks.store.queries import QueueFilter, Sort
from runbooks.store.sqlite import SqliteStore
from runbooks.store.sqlite_connection import open_connection

STATES = ("none", "generated", "generated", "human", "fallback", "needs_input")


def entry(number: int, chance: random.Random) -> dict[str, object]:
    """Give a queue entry as the product writes it."""
    words = [f"word{chance.randrange(5000)}" for _ in range(12)] + ["tool", f"id{number}"]
    return {
        "suggestion_id": f"sugg_{number:06d}",
        "type": "runbook",
        "status": chance.choices(("pending", "approved", "rejected"), (30, 60, 10))[0],
        "severity": chance.choice(("critical", "high", "medium", "low")),
        "severity_rank": chance.choice((0, 1, 2, 3, 4)),
        "created_at": f"2026-{1 + number % 12:02d}-{1 + number % 28:02d}T00:00:00.{number:06d}Z",
        "updated_at": f"2026-11-{1 + number % 28:02d}T00:00:00.{number:06d}Z",
        "title": "Agent repeats a refund after the tool timed out " + str(number),
        "failure_type": chance.choice(("wrong_tool", "runaway_loop", "stale_data", "pii_leak")),
        "service": f"service-{chance.randrange(40)}",
        "draft_state": chance.choice(STATES),
        "fallback_reason": chance.choice(("", "run_budget_exceeded")),
        "failures": int(chance.random() < 0.1),
        "six_sections": chance.random() < 0.9,
        "similarity_group": f"group-{chance.randrange(20000)}",
        "assignee": chance.choice(("", "", "", "ana", "bo")),
        "search_tokens": words,
        "seen_by": {"ana@example.org": "0123456789abcdef"},
    }


def median(act: Callable[[], object], times: int = 60) -> str:
    """Time an act and give its median and worst in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append((time.perf_counter() - start) * 1000)
    return f"{statistics.median(taken):8.2f}   (worst {max(taken):.2f})"


def fill(store: SqliteStore, entries: int, chance: random.Random) -> None:
    """Write the queue in commits of a thousand."""
    for start in range(0, entries, 1000):
        numbers = range(start, min(start + 1000, entries))
        store.commit([Create(Collection.QUEUE, f"sugg_{n:06d}", entry(n, chance)) for n in numbers])


Acts = dict[str, Callable[[], object]]


def show_pages(store: SqliteStore, entries: int, chance: random.Random) -> None:
    """Time what the lists ask."""
    acts = floors(store, entries, chance) | pages(store) | searches(store) | counts(store)
    for name, act in acts.items():
        print(f"{name:34}{median(act)}")


def floors(store: SqliteStore, entries: int, chance: random.Random) -> Acts:
    """Give what no list can be faster than."""

    def some_key() -> str:
        return f"sugg_{chance.randrange(entries):06d}"

    return {
        "floor: one document by id": lambda: store.get_many(Collection.QUEUE, [some_key()]),
        "floor: 50 documents by id": lambda: store.get_many(
            Collection.QUEUE, [some_key() for _ in range(50)]
        ),
    }


def page(store: SqliteStore, which: QueueFilter, sort: Sort = Sort.WORST) -> Callable[[], object]:
    """Give the question for the first page of a list."""
    return lambda: store.query(queries.queue_page(which, sort, 50))


def pages(store: SqliteStore) -> Acts:
    """Give the pages that people and batches ask for."""
    deep = store.query(queries.queue_page(QueueFilter(), Sort.WORST, 20_000))[-1]
    place = (deep.document["severity_rank"], deep.document["created_at"], deep.key)
    return {
        "page of 50, worst first": page(store, QueueFilter()),
        "page of 50, 20,000 down": lambda: store.query(
            queries.queue_page(QueueFilter(), Sort.WORST, 50, place)
        ),
        "page, newest": page(store, QueueFilter(), Sort.NEWEST),
        "page, every status": page(store, QueueFilter(status=())),
        "page, two statuses": page(store, QueueFilter(status=("approved", "rejected"))),
        "page, one service": page(store, QueueFilter(service=("service-7",))),
        "page, filter without a hit": page(
            store, QueueFilter(service=("none",), severity=("low",))
        ),
        "page, one group": page(store, QueueFilter(similarity_group="group-7")),
        "without draft, batch of 20": lambda: store.query(queries.queue_draftless(20)),
    }


def searches(store: SqliteStore) -> Acts:
    """Give searches for rare and for frequent words."""
    rare_filter = QueueFilter(search=("tool",), service=("service-7",), severity=("low",))
    return {
        "search, rare word": page(store, QueueFilter(search=("id99",))),
        "search, word of all": page(store, QueueFilter(search=("tool",))),
        "search, one letter": page(store, QueueFilter(search=("w",))),
        "search, two words": page(store, QueueFilter(search=("tool", "word12"))),
        "search, frequent, rare filter": page(store, rare_filter),
    }


def counts(store: SqliteStore) -> Acts:
    """Give the counts beside the lists."""
    pending = queries.queue_with({"type": "runbook", "status": "pending"})
    good = queries.queue_with({"type": "runbook", "draft_state": "generated", "six_sections": True})
    found = queries.queue_page(QueueFilter(search=("tool",)), Sort.WORST, 1)
    return {
        "count pending": lambda: store.count(pending),
        "count good drafts": lambda: store.count(good),
        "fallbacks of one reason": lambda: store.query(
            queries.queue_fallbacks("run_budget_exceeded", 20)
        ),
        "count of a search": lambda: store.count(found),
    }


def show_floor(folder: Path) -> None:
    """Time what the disk itself needs for one small write that waits for it."""
    file = os.open(folder / "floor", os.O_CREAT | os.O_WRONLY)
    start, number = time.perf_counter(), 0
    while time.perf_counter() - start < 2:
        os.pwrite(file, b"x" * 4096, 4096 * (number % 1000))
        os.fdatasync(file)
        number += 1
    os.close(file)
    print(
        f"floor: 4 kB written and synced    {number / (time.perf_counter() - start):8.0f} a second"
    )


def show_writes(store: SqliteStore) -> None:
    """Time single commits: a plain document, and an act of four documents."""
    start, number = time.perf_counter(), 0
    while time.perf_counter() - start < 3:
        store.commit([Create(Collection.AUDIT, f"plain-{number}", {"suggestion_id": "s"})])
        number += 1
    print(
        f"commits of one document           {number / (time.perf_counter() - start):8.0f} a second"
    )
    start, number = time.perf_counter(), 0
    text = "A line of a runbook. " * 200
    while time.perf_counter() - start < 3:
        key = f"sugg_{number:06d}"
        store.commit(
            [
                Update(Collection.QUEUE, key, {("revision",): str(number)}, None),
                Create(Collection.VERSIONS, f"{key}:1", {"suggestion_id": key, "text": text}),
                Create(Collection.AUDIT, f"act-{number}", {"suggestion_id": key, "at": "2026"}),
                Create(Collection.UNSAVED, f"{key}:a", {"suggestion_id": key, "text": text}),
            ]
        )
        number += 1
    print(
        f"commits of four documents         {number / (time.perf_counter() - start):8.0f} a second"
    )


def main() -> None:
    """Measure in a folder of its own."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "bench.db")
        start = time.perf_counter()
        fill(store, entries, chance)
        taken = time.perf_counter() - start
        size = store.path.stat().st_size / 1e6
        print(f"{entries} entries in {taken:.1f} s, file {size:.0f} MB")

        def opened() -> None:
            connection = open_connection(store.path, 1)
            connection.execute("SELECT body FROM runbook_queue WHERE key = 'x'").fetchone()
            connection.close()

        print(f"{'a connection opened for one read':34}{median(opened)}")
        show_pages(store, entries, chance)
        show_floor(Path(folder))
        show_writes(store)
        store.close()


if __name__ == "__main__":
    main()
