"""How long another request takes while a huge text is redacted, drafted and checked.

python -m bench.stalls   starts the product over a new file, asks for a small runbook again and
again, first while nothing else is done, then beside each heavy request; prints milliseconds.
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from runbooks.clock import utc_now
from runbooks.store.port import Collection
from runbooks.store.sqlite import SqliteStore
from tests.served_product import served_product
from tests.world import World, make_world

LINE = 1_000_000
SUMMARY = 200_000
IDLE_S = 3.0
_PIECE = "user=ann@example.com token=abc123 took 5004 ms at 10.1.2.3 in worker-7; "


def heavy(world: World) -> dict[str, str]:
    """Store suggestions with one unbroken line and with a summary of these sizes."""
    texts = {"an unbroken line of 1 MB": "x" * LINE, "a line of 1 MB of words": _repeated(LINE)}
    made = {}
    for name, text in texts.items():
        made[name] = world.suggest()
        payload = {"messages": [{"role": "tool", "content": text}]}
        world.put(Collection.TRACES, f"{world.made:032x}", {"trace_payload": payload})
    name = "a summary of 200 kB"
    made[name] = world.suggest()
    world.put(Collection.PATTERNS, f"{world.made:032x}", {"summary": _repeated(SUMMARY)})
    return made


def _repeated(size: int) -> str:
    return (_PIECE * (size // len(_PIECE) + 1))[:size]


def beside(client: httpx.Client, small: str, work: Callable[[], object]) -> list[float]:
    """Ask for the small runbook until the work has ended; give milliseconds of each answer."""
    worker = threading.Thread(target=work)
    worker.start()
    took = []
    while worker.is_alive():
        started = time.monotonic()
        client.get(f"/runbooks/{small}").raise_for_status()
        took.append((time.monotonic() - started) * 1000)
        time.sleep(0.005)
    return took


def told(name: str, took: list[float]) -> None:
    """Print one line of the table."""
    ordered = sorted(took)
    print(
        f"{name:44} {len(took):5} answers: median {statistics.median(took):6.1f} ms, 99 % within"
        f" {ordered[int(len(ordered) * 0.99)]:6.1f} ms, longest {max(took):6.1f} ms",
        flush=True,
    )


def main() -> None:
    """Measure idle, then beside each heavy request."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runbooks.db"
        store = SqliteStore(path)
        world = make_world(store, clock=utc_now)
        small, large = world.suggest(), heavy(world)
        world.service.generate(small, "bench")
        store.close()
        with (
            served_product(Path(folder), path) as product,
            httpx.Client(base_url=product.address, timeout=60) as client,
        ):
            told("nothing else", beside(client, small, lambda: time.sleep(IDLE_S)))
            for name, sid in large.items():
                told(f"drafting from {name}", beside(client, small, _drafting(client, sid)))
            for size in (SUMMARY, 500_000):
                text = "# A\n\n## Summary\n\n" + _repeated(size)
                told(
                    f"checking {size // 1000} kB",
                    beside(client, small, _checking(client, text)),
                )


def _drafting(client: httpx.Client, sid: str) -> Callable[[], object]:
    return _posting(f"{client.base_url}/runbooks/generate/{sid}", {})


def _checking(client: httpx.Client, text: str) -> Callable[[], object]:
    return _posting(f"{client.base_url}/lint", {"markdown": text})


def _posting(address: str, body: object) -> Callable[[], object]:
    return lambda: httpx.post(address, json=body, timeout=120).raise_for_status()


if __name__ == "__main__":
    main()
