"""How long batches take against a model server with a known delay; what CPU and memory they need.

The floor is the ideal of the same run: ceil(items ÷ workers) × delay. Printed as a ratio. CPU is
this process's alone: the model server is another one. As other work on a machine slows a process
down, CPU is given as the least of several batches, beside the time of a fixed piece of work.

python -m bench.batches [--no-memory]
"""

import math
import os
import resource
import statistics
import sys
import time

from bench.served import served
from bench.stores import connect, each_store
from runbooks.batch import BatchOrder
from runbooks.bootstrap import assemble, collect_less
from runbooks.clock import utc_now
from runbooks.config import Settings
from runbooks.drafting.choice import choose
from runbooks.store.port import DocumentStore
from tests.world import BusyDrafter, World

WORKERS = 8
CPU_BATCHES = 6
CPU_ITEMS = 40


def world_over(store: DocumentStore, url: str, provider: str = "gemini") -> World:
    """Put a service together that drafts over a provider's wire against the fake server."""
    own: dict[str, dict[str, object]] = {
        "gemini": {"GEMINI_API_KEY": "bench", "GOOGLE_GEMINI_BASE_URL": url},
        "openai": {"OPENAI_BASE_URL": url, "OPENAI_MODEL": "local-model"},
        "offline": {},
    }
    values = {"RUNBOOK_DRAFTER": provider, "RUNBOOK_CONCURRENCY": WORKERS, **own[provider]}
    settings = Settings(_env_file=None, **values)  # type: ignore[arg-type,call-arg]
    drafter, why = choose(settings)
    busy = BusyDrafter(provider=drafter.provider, model=drafter.model, inner=drafter)  # type: ignore[arg-type]
    collect_less()
    service = assemble(store, busy, settings, clock=utc_now, drafter_why=why)
    return World(service, store, utc_now, busy)


def timed(name: str, address: str, items: int, delay: float) -> None:
    """Draft `items` at `delay` seconds a call and print the ratio to the ideal."""
    with served(f"late:{delay}") as url:
        store = connect(name, address)
        world = world_over(store, url)
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


def yardstick() -> float:
    """CPU milliseconds of a fixed piece of Python, to compare machines and their load."""
    started = time.process_time()
    total = 0
    for number in range(300_000):
        total += len(str(number))
    return (time.process_time() - started) * 1000


def cpu(name: str, address: str, provider: str) -> None:
    """Print the CPU that an item of a batch needs, in milliseconds of this process."""
    with served("ok") as url:
        store = connect(name, address)
        world = world_over(store, url, provider)
        world.service.generate(world.suggest(id="warm-up"), "bench")
        each: list[float] = []
        steps: list[float] = []
        for _ in range(CPU_BATCHES):
            for _ in range(CPU_ITEMS):
                world.suggest()
            world.service.discovery.catch_up(CPU_ITEMS)
            steps.append(yardstick())
            started = time.process_time()
            world.service.run_once(BatchOrder(CPU_ITEMS, "bench"))
            each.append((time.process_time() - started) * 1000 / CPU_ITEMS)
        store.close()
    print(
        f"{name:10} {provider:8} CPU an item: least {min(each):5.1f} ms, median"
        f" {statistics.median(each):5.1f} ms (yardstick least {min(steps):.0f} ms, median"
        f" {statistics.median(steps):.0f} ms)",
        flush=True,
    )


def memory(address: str, items: int) -> None:
    """Draft many items and print how the process grew from the first tenth to the end."""
    with served("ok") as url:
        store = connect("sqlite", address)
        world = world_over(store, url)
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
            rest = "_" if name == "firestore" else ""
            for number, (items, delay) in enumerate(((20, 1.0), (100, 0.2))):
                timed(name, f"{address}{number}{rest}", items, delay)
            for provider in ("gemini", "openai", "offline"):
                cpu(name, f"{address}{provider}{rest}", provider)
        if "--no-memory" not in sys.argv:
            memory(f"{stores[0][1]}m", 1000)


if __name__ == "__main__":
    main()
