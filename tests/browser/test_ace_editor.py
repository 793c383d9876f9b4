"""streamlit-ace as the editor: what it is told to keep it keeps, and what it cannot it says."""

import re

import pytest
from playwright.sync_api import Browser, Frame, Page, expect
from playwright.sync_api import Error as PlaywrightError

from runbooks.unsaved import Person
from tests.browser.conftest import Product, idle, person
from tests.browser.editing import LABEL, save_button, stored, type_at_end, until, write_and_approve
from tests.world import GOOD, World

pytestmark = pytest.mark.browser
DEBOUNCE_MS = 400
_ACE = "document.querySelector('.ace_editor')"


def ace_editing(browser: Browser, product: Product, sid: str, **options: object) -> Page:
    """The editor of a suggestion after the reviewer switched to streamlit-ace."""
    page = person(browser, product, "Kim", **options).new_page()
    page.goto(f"{product.address}/review?id={sid}&tab=edit")
    page.get_by_label(LABEL).wait_for()
    idle(page)
    page.get_by_role("button", name="Use streamlit-ace").click()
    holds(page, "")
    idle(page)
    return page


def frame(page: Page) -> Frame | None:
    """The frame of Ace, None before there is one."""
    return next((each for each in page.frames if "streamlit_ace" in each.url), None)


def ace(page: Page, what: str) -> str:
    """Ask Ace in its frame; "" while it is not there, or is being replaced."""
    found = frame(page)
    asked = f"() => {_ACE}?.env?.editor ? String({_ACE}.{what}) : ''"
    try:
        return str(found.evaluate(asked)) if found else ""
    except PlaywrightError:
        return ""


def text(page: Page) -> str:
    """What stands in Ace."""
    return ace(page, "env.editor.getValue()")


def holds(page: Page, ending: str) -> None:
    """Wait until Ace is there and its text ends like this."""
    for _ in range(100):
        found = text(page)
        if found and found.endswith(ending):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"streamlit-ace holds no text that ends with {ending!r}")


def write_at_end(page: Page, words: str) -> None:
    """Type behind the last line of Ace."""
    inside = page.frame_locator('iframe[title^="streamlit_ace"]')
    inside.locator(".ace_content").first.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def test_the_switch_shows_ace_with_its_limits_and_leads_back(
    chromium: Browser, product: Product, sid: str
) -> None:
    """What it can lose stands below it; text that had come is in the other editor, too."""
    page = ace_editing(chromium, product, sid)
    assert text(page) == GOOD
    limits = "Ace hands its text over a moment after the last key"  # a tooltip says it, too
    told = page.get_by_test_id("stCaptionContainer").filter(has_text=limits)
    expect(told).to_contain_text("is lost")
    expect(told).to_contain_text("Ctrl+S does nothing in it")
    write_at_end(page, " from ace")
    page.wait_for_timeout(DEBOUNCE_MS)
    idle(page)
    page.get_by_role("button", name="Use our editor").click()
    expect(page.get_by_label(LABEL)).to_have_value(re.compile(r" from ace$"))
    type_at_end(page, " and ours")
    page.get_by_role("button", name="Use streamlit-ace").click()
    holds(page, " from ace and ours")


def test_what_is_typed_and_then_saved_is_stored(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """After the moment that Ace takes, and without it: Save waits until the text has come."""
    page = ace_editing(chromium, product, sid)
    for number, pause in enumerate((DEBOUNCE_MS, 0, 50, 0)):
        write_at_end(page, f" word{number}")
        page.wait_for_timeout(pause)
        save_button(page).click()
        until(lambda n=number: stored(world, sid).endswith(f"word{n}"), f"word{number} is lost")
        idle(page)
    assert text(page).endswith("word0 word1 word2 word3")


def test_ctrl_s_saves_nothing_and_loses_nothing(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """As the page says: the text stays, the bar calls it unsaved, and Save saves it."""
    page = ace_editing(chromium, product, sid)
    write_at_end(page, " typed")
    page.keyboard.press("Control+s")
    expect(page.locator(".st-key-rv_status")).to_contain_text("unsaved text")
    assert stored(world, sid) == GOOD
    holds(page, " typed")
    save_button(page).click()
    until(lambda: stored(world, sid).endswith(" typed"), "it was not saved")


def test_approving_at_once_approves_no_other_text(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """Typed and approved in the same moment: nothing is approved, then both are done."""
    page = ace_editing(chromium, product, sid)
    write_and_approve(page, world, sid, lambda: write_at_end(page, "\n\nlast word"))
    holds(page, "last word")
    write_at_end(page, " but one")
    page.get_by_role("button", name="Save and approve").click()
    until(lambda: world.read(sid).status == "approved", "it was not approved")
    assert stored(world, sid).endswith("last word but one")
    assert world.read(sid).approval.revision == world.read(sid).slot.revision


@pytest.mark.parametrize(("scheme", "theme"), [("light", "ace-chrome"), ("dark", "tomorrow-night")])
def test_a_new_revision_is_shown_in_the_theme_of_the_page(
    chromium: Browser, product: Product, world: World, sid: str, scheme: str, theme: str
) -> None:
    """Another person's text comes into Ace when it is asked for, and not before."""
    page = ace_editing(chromium, product, sid, color_scheme=scheme)
    assert theme in ace(page, "className").replace("_", "-")
    snippet = {**world.read(sid).slot.raw, "markdown_content": GOOD + "\nby Lee\n"}
    path = ("suggestion_content", "runbook_snippet")
    world.foreign_write(sid, {path: {**snippet, "edited_by": "local:Lee"}})
    newer = page.get_by_role("button", name="Show the newer text")
    newer.wait_for(timeout=40_000)
    assert text(page) == GOOD
    newer.click()
    holds(page, "\nby Lee\n")
    write_at_end(page, "by Kim")
    save_button(page).click()
    until(lambda: stored(world, sid).endswith("by Lee\nby Kim"), "it was not saved")


def test_another_suggestion_is_another_text(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """Going on to the next shows its text, and coming back finds what was typed."""
    other = world.suggest()
    world.service.save(other, GOOD + "\nanother\n", "none", Person("local:Kim"))
    page = ace_editing(chromium, product, sid)
    write_at_end(page, " of the first")
    page.wait_for_timeout(DEBOUNCE_MS)
    idle(page)
    link = f"{product.address}/review?id={other}&tab=edit"
    page.evaluate("address => history.pushState({}, '', address)", link)
    page.evaluate("() => window.dispatchEvent(new PopStateEvent('popstate'))")
    holds(page, "\nanother\n")
    page.go_back()
    holds(page, " of the first")
