"""What a batch and a health check read on Firestore, among many suggestions, on the emulator.

python -m bench.reads [drafted]   prints billed reads and writes as the store counts them.
"""

import statistics
import sys
import time

from starlette.testclient import TestClient

from bench.stores import connect, each_store
from runbooks.api import create_api
from runbooks.batch import BatchOrder
from runbooks.clock import utc_now
from runbooks.config import Settings
from runbooks.revision import iso
from runbooks.store.port import Collection, Create, DocumentStore, Usage
from tests.world import World, make_world, pattern_document, trace_document

NEW = 20
_AT_ONCE = 400
_HEALTH_CALLS = 50


def fill(store: DocumentStore, first: int, count: int, *, drafted: bool) -> None:
    """Create suggestions as another service does, with a draft or without."""
    snippet = {"markdown_content": "# T", "edit_source": "generated", "status": "draft"}
    now = iso(utc_now())
    for start in range(first, first + count, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, first + count))
        store.commit(
            [
                Create(
                    Collection.SUGGESTIONS,
                    f"s{n:07}",
                    _suggestion(n, now, snippet if drafted else None),
                )
                for n in numbers
            ]
        )


def _suggestion(number: int, now: str, snippet: dict[str, str] | None) -> dict[str, object]:
    trace = f"{number % NEW:032x}"
    return {
        "suggestion_id": f"s{number:07}",
        "type": "runbook",
        "status": "pending",
        "severity": "high",
        "source_traces": [{"trace_id": trace, "pattern_id": f"pattern_{trace}"}],
        "pattern": {"failure_type": "runaway_loop"},
        "suggestion_content": {"runbook_snippet": snippet} if snippet else {},
        "created_at": now,
        "embedding": [0.0] * 64,
    }


def spent(usage: Usage, before: tuple[int, int]) -> tuple[int, int]:
    """Give reads and writes since `before`."""
    return usage.reads - before[0], usage.writes - before[1]


def mark(usage: Usage) -> tuple[int, int]:
    """Remember where the counters stand."""
    return usage.reads, usage.writes


def catch_up(world: World) -> int:
    """Refresh until discovery has seen everything; give the number of steps."""
    steps = 0
    while True:
        steps += 1
        found = world.service.discovery.refresh()
        if found.caught_up and world.service.discovery.state().sweep_finished:
            return steps


def main() -> None:
    """Measure on every store that can be had."""
    drafted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with each_store() as stores:
        for name, address in stores:
            store = connect(name, address)
            _measure(name, store, drafted)
            store.close()


def _measure(name: str, store: DocumentStore, drafted: int) -> None:
    for number in range(NEW):
        trace = f"{number:032x}"
        store.commit(
            [
                Create(Collection.PATTERNS, trace, pattern_document(trace)),
                Create(Collection.TRACES, trace, trace_document(trace)),
            ]
        )
    world = make_world(store, utc_now)
    fill(store, 0, drafted, drafted=True)
    before = mark(store.usage)
    steps = catch_up(world)
    print(
        f"{name}: first walk over {drafted} suggestions: {steps} steps,"
        f" reads and writes {spent(store.usage, before)}"
    )
    fill(store, drafted, NEW, drafted=False)
    before = mark(store.usage)
    started = time.monotonic()
    run = world.service.run_once(BatchOrder(NEW, "bench"))
    took = time.monotonic() - started
    reads, writes = spent(store.usage, before)
    print(
        f"{name}: batch of {run.generated_count} new among {drafted} drafted: {reads} reads,"
        f" {writes} writes, {took:.2f} s"
    )
    _per_item(name, world, store)
    _health(name, world, store)


def _per_item(name: str, world: World, store: DocumentStore) -> None:
    """Draft five with explicit ids, so that nothing but the item itself is read."""
    ids = tuple(f"s{number:07}" for number in range(5))
    before = mark(store.usage)
    run = world.service.run_once(BatchOrder(5, "bench", suggestion_ids=ids))
    reads, writes = spent(store.usage, before)
    sources = 2 * run.generated_count
    print(
        f"{name}: per generated item, {run.generated_count} of them: {(reads - sources) / 5:.1f}"
        f" reads beyond patterns and traces, {writes / 5:.1f} writes"
    )


def _health(name: str, world: World, store: DocumentStore) -> None:
    """Ask /health as a monitor does: the first counts what waits, the others know it."""
    api = create_api(lambda: world.service, Settings(_env_file=None))
    times: list[float] = []
    reads: list[int] = []
    with TestClient(api, base_url="http://127.0.0.1:8501") as client:
        for _ in range(_HEALTH_CALLS):
            before, started = mark(store.usage), time.monotonic()
            answer = client.get("/health").json()
            times.append((time.monotonic() - started) * 1000)
            reads.append(spent(store.usage, before)[0])
    pending = answer["backlog"]["pendingRunbookSuggestions"]
    print(
        f"{name}: /health ({answer['status']}) at {pending} pending: the first"
        f" {reads[0]} reads, {times[0]:.0f} ms; the {_HEALTH_CALLS - 1} after it"
        f" {max(reads[1:])} reads, median {statistics.median(times[1:]):.0f} ms,"
        f" slowest {max(times[1:]):.0f} ms"
    )


if __name__ == "__main__":
    main()
