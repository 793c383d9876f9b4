"""What only a browser shows of the queue: choosing rows, following links, a narrow screen."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from runbooks.clock import utc_now
from runbooks.store.sqlite import SqliteStore
from tests.served_product import free_port
from tests.ui.conftest import ROOT
from tests.world import make_world
from tools.screenshots import overflow, settle

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=document.title='broken'> " + "w" * 150


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app of its own process, over a store with three suggestions."""
    folder = tmp_path_factory.mktemp("browser")
    _fill(folder / "ui.db")
    port = free_port()
    environment = {
        **os.environ,
        "RUNBOOK_STORE": f"sqlite:///{folder / 'ui.db'}",
        "RUNBOOK_DRAFTER": "offline",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with subprocess.Popen(
        [*command, *options, "--server.fileWatcherType", "none"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def _fill(path: Path) -> None:
    store = SqliteStore(path)
    world = make_world(store, clock=utc_now)
    for severity in ("critical", "high"):
        world.suggest(severity=severity, title=f"A {severity} failure")
    world.suggest(severity="low", title=HOSTILE)
    world.service.refresh()
    store.close()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the app did not start")


@pytest.fixture(scope="module")
def context(launched: Browser) -> Iterator[BrowserContext]:
    """One browser for the tests of this file, which so loads the app's parts once."""
    opened = launched.new_context(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


@pytest.fixture
def tab(context: BrowserContext) -> Iterator[Page]:
    """An empty tab."""
    opened = context.new_page()
    yield opened
    opened.close()


@pytest.fixture
def page(tab: Page, address: str) -> Page:
    """The queue in a tab of its own."""
    tab.goto(f"{address}/queue")
    settle(tab)
    return tab


def test_chosen_rows_can_be_drafted_and_are_then_no_longer_chosen(page: Page) -> None:
    """Choosing shows what can be done; doing it shows the result in the same list."""
    page.get_by_label("Select A critical failure").check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.get_by_role("button", name="Generate drafts…").click()
    page.get_by_role("dialog").get_by_role("button", name="Generate 1").click()
    expect(page.get_by_text("1 drafted")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="A critical failure").last
    expect(row.get_by_text("Draft", exact=True)).to_be_visible()
    expect(page.get_by_label("Select A critical failure")).not_to_be_checked()
    page.get_by_label("Select A critical failure").check()
    expect(page.get_by_text("1 selected")).to_be_visible()


def test_all_rows_of_a_page_are_chosen_at_once(page: Page) -> None:
    """One box chooses all and none."""
    page.get_by_label("Select all on this page").check()
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_label("Select all on this page").uncheck()
    expect(page.get_by_text("3 selected")).to_be_hidden()


def test_a_title_leads_to_its_review_without_loading_the_app_anew(page: Page) -> None:
    """A click stays in the session; the address names the suggestion, and back leads back."""
    page.evaluate("window.stillHere = true")
    page.get_by_role("link", name="A high failure").click()
    page.wait_for_url("**/review?id=*")
    assert page.evaluate("window.stillHere") is True
    page.go_back()
    page.wait_for_url("**/queue")


def test_a_filter_set_by_hand_is_in_the_address(page: Page, launched: Browser) -> None:
    """Copying the address bar gives somebody else the same list."""
    page.get_by_role("button", name="Filters").click()
    page.get_by_test_id("stPopoverBody").get_by_text("High", exact=True).click()
    page.wait_for_url("**/queue?severity=high")
    other = launched.new_page()
    other.goto(page.url)
    settle(other)
    expect(other.get_by_role("link", name="A high failure")).to_be_visible()
    expect(other.get_by_role("link", name="A critical failure")).to_be_hidden()
    other.close()


def test_a_hostile_title_is_shown_and_does_nothing(page: Page) -> None:
    """Markup from another service is text, to the last character."""
    expect(page.get_by_role("link", name="<img src=x")).to_be_visible()
    assert page.title() != "broken"
    assert page.locator("img[src='x']").count() == 0


@pytest.mark.parametrize("place", ["queue", "run-history"])
def test_nothing_is_wider_than_the_screen(tab: Page, address: str, place: str) -> None:
    """On a phone the rows are cards; even a word without end does not push them out."""
    for width in (390, 768, 1280):
        tab.set_viewport_size({"width": width, "height": 844})
        tab.goto(f"{address}/{place}")
        settle(tab)
        assert overflow(tab) == 0


def test_a_phone_finds_the_pages_in_its_menu(tab: Page, address: str) -> None:
    """Where the bar has no room for them they are one touch away."""
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{address}/queue")
    settle(tab)
    tab.get_by_test_id("stExpandSidebarButton").click()
    tab.get_by_role("link", name="Runs").click()
    tab.wait_for_url("**/run-history")
