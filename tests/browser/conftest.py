"""A whole product for browser tests: `python -m runbooks serve` in a process of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from runbooks.clock import utc_now
from runbooks.store.sqlite import SqliteStore
from runbooks.unsaved import Person
from tests.served_product import ServedProduct, served_product
from tests.world import GOOD, World, make_world

expect.set_options(timeout=20_000)

Product = ServedProduct


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with its sample; tests share it, and make items of their own."""
    yield from _with_sample(tmp_path_factory.mktemp("product"))


@pytest.fixture(scope="module")
def own_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with its sample, for the tests of a file that change what others look at."""
    yield from _with_sample(tmp_path_factory.mktemp("own"))


def _with_sample(folder: Path) -> Iterator[Product]:
    with served_product(folder, folder / "runbooks.db", "--with-sample") as product:
        yield product
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def world(product: Product) -> World:
    """The store of the running product, as another process sees it."""
    return make_world(SqliteStore(product.store), clock=utc_now)


@pytest.fixture
def sid(world: World) -> str:
    """A suggestion with a runbook that a person wrote."""
    return written(world)


def written(world: World) -> str:
    """A suggestion with a runbook that a person wrote."""
    name = suggested(world)
    kim = Person("local:Kim")
    world.service.open(name, kim)
    world.service.save(name, GOOD, "none", kim)
    return name


def suggested(world: World, **fields: object) -> str:
    """A suggestion on the one trace that `GOOD` names."""
    if world.made:
        trace = f"{1:032x}"
        fields["source_traces"] = [{"trace_id": trace, "pattern_id": f"pattern_{trace}"}]
    return world.suggest(**fields)


def person(browser: Browser, product: Product, name: str, **options: object) -> BrowserContext:
    """A browser of somebody who gave this name."""
    options = {"viewport": {"width": 1280, "height": 900}, **options}
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.add_cookies([{"name": "runbooks_name", "value": name, "url": product.address}])
    context.set_default_timeout(20_000)
    return context


def idle(page: Page) -> None:
    """Wait until the app has answered and nothing is under way."""
    page.wait_for_timeout(300)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
