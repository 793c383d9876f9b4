"""How long batches take against a model server with a known delay, and what memory they need.

The floor is the ideal of the same run: ceil(items ÷ workers) × delay. Printed as a ratio.
"""

import math
import os
import resource
import sys
import time

from bench.stores import connect, each_store
from runbooks.batch import BatchOrder
from runbooks.bootstrap import assemble
from runbooks.clock import utc_now
from runbooks.config import Settings
from runbooks.drafting.choice import choose
from runbooks.store.port import DocumentStore
from tests.fake_model import FakeModel, fake_model
from tests.world import BusyDrafter, World

WORKERS = 8


def world_over(store: DocumentStore, fake: FakeModel) -> World:
    """Put a service together that drafts with Gemini's wire against the fake server."""
    values: dict[str, object] = {
        "RUNBOOK_DRAFTER": "gemini",
        "GEMINI_API_KEY": "bench",
        "GOOGLE_GEMINI_BASE_URL": fake.url,
        "RUNBOOK_CONCURRENCY": WORKERS,
    }
    settings = Settings(_env_file=None, **values)  # type: ignore[arg-type,call-arg]
    drafter, why = choose(settings)
    busy = BusyDrafter(provider=drafter.provider, model=drafter.model, inner=drafter)  # type: ignore[arg-type]
    service = assemble(store, busy, settings, clock=utc_now, drafter_why=why)
    return World(service, store, utc_now, busy)


def timed(name: str, address: str, items: int, delay: float) -> None:
    """Draft `items` at `delay` seconds a call and print the ratio to the ideal."""
    with fake_model(f"late:{delay}") as fake:
        store = connect(name, address)
        world = world_over(store, fake)
        world.service.generate(world.suggest(id="warm-up"), "bench")
        for _ in range(items):
            world.suggest()
        started = time.monotonic()
        run = world.service.run_once(BatchOrder(items, "bench"))
        took = time.monotonic() - started
        store.close()
    ideal = math.ceil(items / WORKERS) * delay
    print(
        f"{name:10} {items:4} items at {delay} s, {WORKERS} workers: {took:6.2f} s,"
        f" ideal {ideal:.2f} s, ratio {took / ideal:.2f}, drafted {run.generated_count},"
        f" fallbacks {run.fallback_count}",
        flush=True,
    )


def memory(address: str, items: int) -> None:
    """Draft many items and print how the process grew from the first tenth to the end."""
    with fake_model("ok") as fake:
        store = connect("sqlite", address)
        world = world_over(store, fake)
        for _ in range(items):
            world.suggest()
        world.service.run_once(BatchOrder(items // 10, "bench"))
        before = _resident_mb()
        world.service.run_once(BatchOrder(items, "bench"))
        after = _resident_mb()
        store.close()
    print(
        f"memory over {items} items: {before:.0f} MB after the first tenth,"
        f" {after:.0f} MB at the end, peak"
        f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB",
        flush=True,
    )


def _resident_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Measure on every store that can be had."""
    with each_store() as stores:
        for name, address in stores:
            for number, (items, delay) in enumerate(((20, 1.0), (100, 0.2))):
                timed(
                    name, f"{address}{number}" + ("_" if name == "firestore" else ""), items, delay
                )
        if "--no-memory" not in sys.argv:
            memory(f"{stores[0][1]}m", 1000)


if __name__ == "__main__":
    main()
