"""Drafters over real HTTP to a model server that the tests own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runbooks.bootstrap import assemble
from runbooks.config import Settings
from runbooks.drafting.choice import choose
from runbooks.drafting.retrying import Pause, pause_until
from runbooks.store.sqlite import SqliteStore
from tests.fake_model import FakeModel, fake_model
from tests.world import BusyDrafter, Ticker, World

PROVIDERS = ("gemini", "openai")


@pytest.fixture
def fake() -> Iterator[FakeModel]:
    """A model server that answers well until it is told otherwise."""
    with fake_model() as served:
        yield served


def settings_for(provider: str, fake: FakeModel, **more: object) -> Settings:
    """Settings under which this provider talks to the fake server."""
    own = {
        "gemini": {
            "GEMINI_API_KEY": "test-key",
            "GOOGLE_GEMINI_BASE_URL": fake.url,
            "GEMINI_MODEL": "gemini-3.5-flash-lite",
        },
        "openai": {"OPENAI_BASE_URL": f"{fake.url}/v1", "OPENAI_MODEL": "local-model"},
    }
    values = {"RUNBOOK_DRAFTER": provider, **own[provider], **more}
    return Settings(_env_file=None, **values)  # type: ignore[arg-type,call-arg]


@pytest.fixture
def model_world(tmp_path: Path, fake: FakeModel) -> Iterator[Callable[..., World]]:
    """Make a service that drafts with a provider over HTTP."""
    stores: list[SqliteStore] = []

    def make(provider: str = "gemini", pause: Pause = pause_until, **more: object) -> World:
        settings = settings_for(provider, fake, **more)
        store = SqliteStore(tmp_path / f"{len(stores)}.db")
        stores.append(store)
        drafter, why = choose(settings, pause)
        busy = BusyDrafter(provider=drafter.provider, model=drafter.model, inner=drafter)
        clock = Ticker()
        service = assemble(store, busy, settings, clock=clock, drafter_why=why)
        return World(service, store, clock, busy)

    yield make
    for store in stores:
        store.close()
