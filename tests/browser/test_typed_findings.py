"""Findings and fixes follow what is typed, and no letter is lost by that."""

import random
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Product, idle
from tests.browser.editing import area, editing, shows, stored, type_at_end, until
from tests.examples import examples
from tests.world import GOOD, World

pytestmark = pytest.mark.browser
BAD = "\n\n```\nrm -rf /var\n```\n"


def panel(page: Page) -> Locator:
    """The list of findings beside the text."""
    return page.locator(".st-key-rv_findings")


def test_the_panel_says_what_the_gutter_says(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """A line that blocks approval stands in both a moment after it was typed, and goes from both."""
    page = editing(chromium, product, sid)
    type_at_end(page, BAD)
    expect(panel(page)).to_contain_text("blocks approval")
    expect(panel(page)).to_contain_text("Of the text as typed, not saved.")
    line = area(page).split("\n").index("rm -rf /var") + 1
    expect(panel(page)).to_contain_text(f"line {line}")
    page.keyboard.press("Control+Home")
    page.keyboard.type("\n\n")
    expect(panel(page)).to_contain_text(f"line {line + 2}")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(GOOD + "more")
    expect(panel(page)).not_to_contain_text("blocks approval")
    page.keyboard.press("Control+s")
    until(lambda: stored(world, sid) == GOOD + "more", "it was not saved")
    expect(panel(page)).not_to_contain_text("as typed")


def test_a_fix_corrects_what_was_typed_a_moment_ago(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """A prompt that was typed in is taken away by one click, and what stands below it stays."""
    page = editing(chromium, product, sid)
    type_at_end(page, "\n```sh\n$ kubectl get pods -n agents\n```\n\nmy own line")
    button = panel(page).get_by_role("button", name=re.compile("prompt", re.IGNORECASE))
    button.wait_for()
    page.keyboard.type(" goes on")
    button.click()
    shows(page, r"\n```sh\nkubectl get pods -n agents\n```\n\nmy own line goes on$")
    assert stored(world, sid) == GOOD


def test_typing_with_rests_loses_no_letter(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """Each word changes the findings, and the rests are around the time of a redrawing."""
    page = editing(chromium, product, sid)
    chance, typed = random.Random(7), ""
    type_at_end(page, "\n")
    for number in range(examples(40)):
        word = f"- `zebra-{number}` {'rm -rf /x' if number % 3 else 'sees 99 pods'}\n"
        page.keyboard.type(word, delay=15)
        typed += word
        page.wait_for_timeout(chance.choice((0, 300, 480, 520, 600, 750, 1000, 1300)))
    expected = f"{GOOD}\n{typed}"
    assert area(page) == expected
    page.keyboard.press("Control+s")
    until(lambda: stored(world, sid) == expected, "letters are missing in what was saved")
    idle(page)
    assert area(page) == expected
