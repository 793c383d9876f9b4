"""The server dies while somebody types: the dialog of Streamlit takes no key away."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Product, idle
from tests.browser.editing import LABEL, area, editing, mark, shows, type_at_end

pytestmark = pytest.mark.browser
PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def running(product: Product) -> Iterator[None]:
    """The product answers again after each test, however that ended."""
    yield
    if not product.runs:
        product.start()


def dialog(page: Page) -> Locator:
    """The dialog that Streamlit opens by itself."""
    return page.get_by_test_id("stDialog")


def type_until_told(page: Page, letters: str) -> str:
    """Type on without looking, until the dialog stands there; give what was typed."""
    typed, end = "", time.monotonic() + PATIENCE_S
    while time.monotonic() < end and not dialog(page).is_visible():
        letter = letters[len(typed) % len(letters)]
        page.keyboard.type(letter)
        typed += letter
        page.wait_for_timeout(40)
    assert dialog(page).is_visible(), "the page never said that the server is gone"
    return typed


def typing_as_it_dies(
    browser: Browser, product: Product, sid: str, letters: str
) -> tuple[Page, str]:
    """An editor with " before" typed, then the letters that it gives, to a server that is dead."""
    page = editing(browser, product, sid)
    type_at_end(page, " before")
    product.kill()
    return page, type_until_told(page, letters)


def in_this_browser(page: Page) -> str:
    """The newest text that this browser keeps."""
    copies = page.evaluate(
        "Object.entries(localStorage).filter(([k]) => k.startsWith('runbooks:text:'))"
        ".map(([, v]) => JSON.parse(v).text)"
    )
    return str(max(copies, key=len))


def test_typing_goes_on_over_the_death_of_the_server(
    chromium: Browser, product: Product, sid: str
) -> None:
    """Every letter lands in the editor and in the browser's copy, and is offered afterwards."""
    page, blind = typing_as_it_dies(chromium, product, sid, "abcdefghij")
    page.keyboard.type(" after it opened")
    expect(dialog(page)).to_be_visible()
    expect(dialog(page)).to_contain_text("Connection error")
    mark(page, "no connection to the server")
    typed = f" before{blind} after it opened"
    assert area(page).endswith(typed)
    assert in_this_browser(page).endswith(typed)
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    page.keyboard.type(" and closed")
    product.start()
    mark(page, "the server has a copy")
    shows(page, f"{typed} and closed$")
    page.reload()
    page.get_by_role("button", name="Put into the editor").click()
    shows(page, f"{typed} and closed$")


def test_what_was_typed_to_a_dead_server_is_offered_in_another_tab(
    chromium: Browser, product: Product, sid: str
) -> None:
    """The tab is closed before the server is back: the browser's copy is handed in by the next."""
    page, blind = typing_as_it_dies(chromium, product, sid, "0123456789")
    typed = f" before{blind} after"
    page.keyboard.type(" after")
    page.wait_for_timeout(100)
    page.close()
    product.start()
    other = page.context.new_page()
    other.goto(f"{product.address}/review?id={sid}&tab=edit")
    other.get_by_role("button", name="Put into the editor").click()
    shows(other, f"{re.escape(typed)}$")


def test_the_dialog_is_closed_by_hand_and_the_editor_goes_on(
    chromium: Browser, product: Product, sid: str
) -> None:
    """Who goes into the dialog with the mouse is let in, and comes back by a click."""
    page, blind = typing_as_it_dies(chromium, product, sid, "xyz")
    dialog(page).get_by_role("button", name="Close").click()
    expect(dialog(page)).to_have_count(0)
    page.get_by_label(LABEL).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" again")
    assert area(page).endswith(f" before{blind} again")
    product.start()
    idle(page)
    mark(page, "the server has a copy")
