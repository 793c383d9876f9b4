"""Typing in the editor of the review page, and looking at what became of it."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Product, idle, person
from tests.pointer import pointer_on
from tests.world import World

LABEL = "Runbook in Markdown"


def editing(browser: Browser, product: Product, sid: str, who: str = "Kim") -> Page:
    """The editor of a suggestion, open in a browser of its own."""
    page = person(browser, product, who).new_page()
    page.goto(f"{product.address}/review?id={sid}&tab=edit")
    page.get_by_label(LABEL).wait_for()
    idle(page)
    return page


def save_button(page: Page) -> Locator:
    """The editor's own button."""
    return page.get_by_role("button", name="Save", exact=True)


def mark(page: Page, words: str) -> None:
    """Wait until the editor says how safe the text is."""
    expect(page.locator(".editor .head")).to_contain_text(words)


def area(page: Page) -> str:
    """What stands in the editor."""
    return page.get_by_label(LABEL).input_value()


def shows(page: Page, ending: str) -> None:
    """The editor, and no other, holds a text with this ending."""
    field = page.get_by_label(LABEL)
    expect(field).to_have_count(1)
    idle(page)
    expect(field).to_have_value(re.compile(ending))


def type_at_end(page: Page, words: str) -> None:
    """Type behind the last line."""
    page.get_by_label(LABEL).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def stored(world: World, sid: str) -> str:
    """The text as it is stored."""
    draft = world.read(sid).slot.draft
    return draft.markdown_content if draft else ""


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    for _ in range(200):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(what)


def write_and_approve(page: Page, world: World, sid: str, write: Callable[[], None]) -> None:
    """Type, and press Approve for the stored revision in the same moment: nothing is approved.

    A click that looked for the button after the typing could come when it has changed.
    """
    revision = world.read(sid).slot.revision[:8]
    click_on = pointer_on(page.get_by_role("button", name=f"Approve {revision}"))
    write()
    click_on()
    expect(page.get_by_text("Nothing was approved")).to_be_visible()
    assert world.read(sid).status == "pending"
