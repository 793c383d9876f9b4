"""What becomes of a suggestion for each thing that a model server can do, over real HTTP.

python -m bench.models   prints behaviour × provider → outcome, calls, cost, seconds; then how many
of 200 items a provider that fails 30 % of its calls costs, beside what is expected.
"""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runbooks.batch import BatchOrder
from runbooks.bootstrap import assemble
from runbooks.clock import utc_now
from runbooks.config import Settings
from runbooks.drafting.choice import choose
from runbooks.drafting.retrying import Pause, pause_until
from runbooks.models import Outcome
from runbooks.store.sqlite import SqliteStore
from tests.fake_model import FakeModel, fake_model
from tests.world import BusyDrafter, World

PROVIDERS = ("gemini", "openai")
DEADLINE_S = 4.0
ITEMS = 200
RATE = 0.3

BEHAVIOURS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("answers at once", ("ok",)),
    ("answers after 1 s", ("late:1",)),
    ("answers after the deadline", ("late:6",)),
    ("429 with Retry-After 1, then good", ("status:429:1", "ok")),
    ("429 with Retry-After 60", ("status:429:60",)),
    ("503 three times, then good", ("status:503", "status:503", "status:503", "ok")),
    ("503 always", ("status:503",)),
    ("500 once, then good", ("status:500", "ok")),
    ("400", ("status:400",)),
    ("401", ("status:401",)),
    ("hangs", ("hang:6",)),
    ("drips bytes", ("drip:6",)),
    ("fenced JSON", ("fenced",)),
    ("raw line breaks in strings", ("raw_newlines",)),
    ("whole Markdown, thin", ("whole",)),
    ("no token counts", ("no_usage",)),
    ("malformed, then good", ("malformed", "ok")),
    ("malformed always", ("malformed",)),
    ("truncated, then good", ("truncated", "ok")),
    ("truncated always", ("truncated",)),
    ("empty always", ("empty",)),
    ("wrong schema always", ("wrong_schema",)),
    ("echoes the prompt always", ("echo",)),
    ("blocked", ("blocked",)),
    ("obeys an order in the trace", ("obeys",)),
    ("a proxy's HTML page", ("html",)),
    ("not the agreed shape", ("odd_shapes",)),
)


def settings_for(provider: str, fake: FakeModel, **more: object) -> Settings:
    """Settings under which this provider talks to the fake server."""
    own: dict[str, dict[str, object]] = {
        "gemini": {"GEMINI_API_KEY": "bench", "GOOGLE_GEMINI_BASE_URL": fake.url},
        "openai": {"OPENAI_BASE_URL": fake.url, "OPENAI_MODEL": "local-model"},
    }
    values = {"RUNBOOK_DRAFTER": provider, **own[provider], **more}
    return Settings(_env_file=None, **values)  # type: ignore[arg-type,call-arg]


@contextmanager
def world_for(
    provider: str, fake: FakeModel, pause: Pause = pause_until, **more: object
) -> Iterator[World]:
    """A service over an empty SQLite store."""
    settings = settings_for(provider, fake, **more)
    drafter, why = choose(settings, pause)
    busy = BusyDrafter(provider=drafter.provider, model=drafter.model, inner=drafter)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "b.db")
        service = assemble(store, busy, settings, clock=utc_now, drafter_why=why)
        yield World(service, store, utc_now, busy)
        store.close()


def words(outcome: Outcome, status: str) -> str:
    """Say what became of it: the draft's status, or the kind of error."""
    if outcome.status == "generated":
        return "draft" if status == "draft" else "needs a person"
    return f"{outcome.status}: {outcome.error_reason}"


def behaviour(name: str, turns: tuple[str, ...], provider: str) -> None:
    """Draft one suggestion against a server that behaves so, and print the row."""
    with fake_model(*turns) as fake:
        more = {"RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC": DEADLINE_S}
        with world_for(provider, fake, **more) as world:
            suggestion = world.suggest()
            started = time.monotonic()
            run = world.service.run_once(BatchOrder(1, "bench"))
            took = time.monotonic() - started
            draft = world.read(suggestion).slot.draft
        [outcome] = run.suggestion_outcomes
        end = words(outcome, draft.status if draft else "")
        print(
            f"{name:36} {provider:7} {end:28} {len(fake.requests):5} {run.cost_usd:9.5f}"
            f" {took:6.1f}",
            flush=True,
        )


def at_a_rate(provider: str) -> None:
    """Draft many items against a server that fails at a rate, without pauses."""

    def no_pause(_seconds: float, _cancel: threading.Event) -> None:
        """Go on at once."""

    with fake_model(f"rate:503:{RATE}") as fake:
        more = {"RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC": 120}
        with world_for(provider, fake, no_pause, **more) as world:
            for _ in range(ITEMS):
                world.suggest()
            run = world.service.run_once(BatchOrder(ITEMS, "bench"))
        expected = 1 - RATE**4
        calls = sum(RATE**tries for tries in range(4)) * ITEMS
        print(
            f"{provider}: {run.generated_count} of {ITEMS} drafted"
            f" ({run.generated_count / ITEMS:.1%}, expected {expected:.1%}),"
            f" {run.error_count} errors, {run.fallback_count} templates,"
            f" {len(fake.requests)} calls (expected {calls:.0f}), {run.cost_usd:.4f} US$",
            flush=True,
        )


def main() -> None:
    """Print both tables."""
    print(f"{'behaviour':36} {'wire':7} {'outcome':28} {'calls':>5} {'US$':>9} {'s':>6}")
    for name, turns in BEHAVIOURS:
        for provider in PROVIDERS:
            behaviour(name, turns, provider)
    print(f"\n{RATE:.0%} of the calls answer 503, one call and up to three retries:")
    for provider in PROVIDERS:
        at_a_rate(provider)


if __name__ == "__main__":
    main()
