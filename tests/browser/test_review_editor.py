"""What only a browser shows of editing: text between the keys and the server is never lost."""

import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from runbooks.clock import utc_now
from runbooks.store.sqlite import SqliteStore
from runbooks.unsaved import Person
from tests.browser.conftest import Product, idle, person
from tests.ui.test_review_untrusted import poisoned
from tests.world import GOOD_RUNBOOK, World, make_world
from tools.screenshots import overflow

pytestmark = pytest.mark.browser
GOOD = GOOD_RUNBOOK.read_text(encoding="utf-8")


@pytest.fixture
def world(product: Product) -> World:
    """The store of the running product, as another process sees it."""
    return make_world(SqliteStore(product.store), clock=utc_now)


@pytest.fixture
def sid(world: World) -> str:
    """A suggestion with a runbook that a person wrote."""
    name = world.suggest()
    kim = Person("local:Kim")
    world.service.open(name, kim)
    world.service.save(name, GOOD, "none", kim)
    return name


def editing(browser: Browser, product: Product, sid: str, who: str = "Kim") -> Page:
    """The editor of a suggestion, open in a browser of its own."""
    page = person(browser, product, who).new_page()
    page.goto(f"{product.address}/review?id={sid}&tab=edit")
    page.wait_for_selector('[data-testid="stTextArea"] textarea')
    idle(page)
    page.wait_for_timeout(500)
    return page


def area(page: Page) -> str:
    """What stands in the editor."""
    return page.get_by_label("Runbook in Markdown").input_value()


def shows(page: Page, ending: str) -> None:
    """The editor, and no other, holds a text with this ending."""
    field = page.get_by_label("Runbook in Markdown")
    expect(field).to_have_count(1)
    idle(page)
    expect(field).to_have_value(re.compile(ending))


def type_at_end(page: Page, words: str) -> None:
    """Type behind the last line."""
    page.get_by_label("Runbook in Markdown").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def stored(world: World, sid: str) -> str:
    """The text as it is stored."""
    draft = world.read(sid).slot.draft
    return draft.markdown_content if draft else ""


def until(holds, what: str) -> None:  # type: ignore[no-untyped-def]
    """Wait until something is so."""
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(what)


@pytest.mark.parametrize("how", ["keyboard", "mouse"])
def test_the_last_letter_typed_is_saved(
    chromium: Browser, product: Product, world: World, sid: str, how: str
) -> None:
    """Saving at once after typing saves what was typed, ten times out of ten."""
    page = editing(chromium, product, sid)
    for number in range(10):
        type_at_end(page, f" word{number}")
        if how == "keyboard":
            page.keyboard.press("Control+s")
        else:
            page.get_by_role("button", name="Save").click()
        until(lambda n=number: stored(world, sid).endswith(f"word{n}"), f"word{number} is lost")
        idle(page)
    assert area(page).endswith("word8 word9")
    until(lambda: not world.service.peek(sid).unsaved, "a copy of saved text stays behind")


def test_the_cursor_stays_where_it_was_after_saving(
    chromium: Browser, product: Product, sid: str
) -> None:
    """Saving with the keyboard does not throw the person out of the text."""
    page = editing(chromium, product, sid)
    type_at_end(page, " a")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("batches will leave this text alone")).to_be_visible()
    idle(page)
    page.keyboard.type("b")
    assert area(page).endswith(" ab")


def test_typed_text_outlives_tabs_and_pages(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """Looking at another tab or at the queue and coming back finds every letter."""
    page = editing(chromium, product, sid)
    type_at_end(page, " not saved yet")
    page.get_by_role("tab", name="Preview").click()
    expect(page.get_by_text("unsaved text").first).to_be_visible()
    page.get_by_role("tab", name="Edit").click()
    shows(page, r"not saved yet$")
    page.get_by_role("link", name="Back to queue").click()
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    idle(page)
    page.go_back()
    idle(page)
    page.get_by_role("tab", name="Edit").click()
    shows(page, r"not saved yet$")
    assert stored(world, sid) == GOOD


def test_leaving_and_coming_back_at_once_loses_nothing(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """Faster than the page is drawn: the text is in the editor, and saving saves it."""
    page = editing(chromium, product, sid)
    for number in range(8):
        type_at_end(page, f" hasty{number}")
        page.get_by_role("tab", name="Preview").click()
        page.wait_for_timeout(40 * number)
        page.get_by_role("tab", name="Edit").click()
        shows(page, rf"hasty{number}$")
    page.get_by_role("button", name="Save").click()
    until(lambda: stored(world, sid).endswith("hasty6 hasty7"), "hasty7 is lost")


def test_typed_text_is_offered_after_a_reload(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """A second after the last key the server has a copy, which a reload offers."""
    page = editing(chromium, product, sid)
    type_at_end(page, " typed before the crash")
    expect(page.get_by_text("A copy is kept on the server")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Put into the editor").click()
    shows(page, r"typed before the crash$")
    idle(page)
    page.get_by_role("button", name="Save").click()
    until(lambda: stored(world, sid).endswith("typed before the crash"), "it was not saved")
    assert not world.service.peek(sid).unsaved


def test_two_people_do_not_collide(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """The second one sees who edits and takes over; the first one's save loses nothing."""
    kim = editing(chromium, product, sid)
    type_at_end(kim, " by kim")
    ana = person(chromium, product, "Ana").new_page()
    ana.goto(f"{product.address}/review?id={sid}&tab=edit")
    expect(
        ana.get_by_text(re.compile("Kim is editing this since .*You can read it"))
    ).to_be_visible()
    ana.get_by_role("button", name="Take over").click()
    expect(ana.get_by_label("Runbook in Markdown")).to_be_visible()
    idle(ana)
    type_at_end(ana, " by ana")
    ana.keyboard.press("Control+s")
    until(lambda: stored(world, sid).endswith("by ana"), "Ana's text was not saved")
    kim.get_by_label("Runbook in Markdown").click()
    kim.keyboard.press("Control+s")
    expect(kim.get_by_text("Your text is kept").first).to_be_visible()
    assert stored(world, sid).endswith("by ana")
    assert any(text.text.endswith("by kim") for text in world.service.peek(sid).unsaved)


def test_attacks_do_nothing_in_a_real_browser(
    chromium: Browser, product: Product, world: World, shared_data: Path
) -> None:
    """No dialog, no request to elsewhere, no error: foreign text is text on every tab."""
    lines = (shared_data / "xss.jsonl").read_text(encoding="utf-8").splitlines()
    name = poisoned(world, [json.loads(line)["payload"] for line in lines])
    page = person(chromium, product, "kim").new_page()
    happened: list[str] = []
    page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: happened.append(str(error)))
    page.on(
        "request",
        lambda request: (
            happened.append(request.url)
            if not request.url.startswith((product.address, product.address.replace("http", "ws")))
            and not request.url.startswith(("data:", "blob:"))
            else None
        ),
    )
    page.goto(f"{product.address}/review?id={name}")
    idle(page)
    for tab in ("Edit", "Changes", "History", "Preview"):
        page.get_by_role("tab", name=tab).click()
        idle(page)
        page.wait_for_timeout(400)
        assert page.get_by_test_id("stException").count() == 0
    page.get_by_text("What it would change").first.click()
    idle(page)
    for summary in page.locator(".rv summary").all()[:40]:
        summary.evaluate("each => each.parentElement.open = true")
    page.wait_for_timeout(1000)
    assert happened == []


@pytest.mark.parametrize("tab", ["preview", "edit", "changes", "history"])
def test_nothing_is_wider_than_a_phone(
    chromium: Browser, product: Product, world: World, sid: str, tab: str
) -> None:
    """At 390 pixels nothing has to be scrolled sideways, and the actions are in sight."""
    revision = world.read(sid).slot.revision
    world.service.save(sid, GOOD + "\n" + "x" * 500 + "\n", revision, Person("local:Lee"))
    context = person(chromium, product, "Kim", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{product.address}/review?id={sid}&tab={tab}")
    idle(page)
    page.wait_for_timeout(800)
    assert overflow(page) == 0
    for action in ("Reject", "Regenerate", "Approve"):
        box = page.get_by_role("button", name=action).first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 844
