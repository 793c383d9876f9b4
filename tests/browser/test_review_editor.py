"""What only a browser shows of editing: text between the keys and the server is never lost."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from runbooks.unsaved import Person
from tests.browser.conftest import Product, idle, person
from tests.browser.editing import (
    LABEL,
    area,
    editing,
    mark,
    save_button,
    shows,
    stored,
    type_at_end,
    until,
    write_and_approve,
)
from tests.ui.test_review_untrusted import poisoned
from tests.world import GOOD, World
from tools.screenshots import overflow

pytestmark = pytest.mark.browser


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
            save_button(page).click()
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
    save_button(page).click()
    until(lambda: stored(world, sid).endswith("hasty6 hasty7"), "hasty7 is lost")


def test_a_reload_at_once_loses_nothing(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """Before the server heard of it: the browser's copy is handed in and offered."""
    page = editing(chromium, product, sid)
    type_at_end(page, " typed just now")
    page.reload()
    page.get_by_role("button", name="Put into the editor").click()
    shows(page, r"typed just now$")
    assert page.evaluate("Object.keys(localStorage).some(k => k.startsWith('runbooks:text:'))")
    page.keyboard.press("Control+s")
    until(lambda: stored(world, sid).endswith("typed just now"), "it was not saved")
    mark(page, "Saved")
    assert not world.service.peek(sid).unsaved
    left = "Object.keys(localStorage).filter(k => k.startsWith('runbooks:text:')).length"
    assert page.evaluate(left) == 0


def test_approving_at_once_approves_no_other_text(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """Typed and approved in the same moment: nothing is approved, then both are done."""
    page = editing(chromium, product, sid)
    write_and_approve(page, world, sid, lambda: type_at_end(page, "\n\nlast word"))
    page.get_by_role("button", name="Save and approve").click()
    until(lambda: world.read(sid).status == "approved", "it was not approved")
    assert stored(world, sid).endswith("last word")
    assert world.read(sid).approval.revision == world.read(sid).slot.revision


def test_other_pages_name_the_text_that_is_not_saved(
    chromium: Browser, product: Product, sid: str
) -> None:
    """Who leaves with text that is not saved reads of it, and one click leads back to it."""
    page = editing(chromium, product, sid)
    type_at_end(page, " on the way out")
    page.get_by_role("link", name="Back to queue").click()
    page.get_by_role("link", name=re.compile("Unsaved text: ")).click()
    shows(page, r"on the way out$")


def test_a_link_whose_click_got_lost_is_followed_all_the_same(
    chromium: Browser, product: Product, sid: str
) -> None:
    """Streamlit drops a click now and then: the editor, which knows that it still stands, insists."""
    page = editing(chromium, product, sid)
    type_at_end(page, " not saved")
    page.evaluate(
        """() => {
          let lost = 0;
          document.addEventListener("click", (event) => {
            if (lost++) return;
            event.preventDefault();
            event.stopImmediatePropagation();
          }, true);
        }"""
    )
    page.get_by_role("link", name="Library").first.click()
    page.wait_for_url("**/library*")
    expect(page.get_by_text("Unsaved text: ")).to_be_visible()


def test_what_was_saved_can_still_be_undone(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """The editor stays the same over saves, so that Ctrl+Z goes back through them."""
    page = editing(chromium, product, sid)
    type_at_end(page, " first")
    page.keyboard.press("Control+s")
    until(lambda: stored(world, sid).endswith(" first"), "it was not saved")
    mark(page, "Saved")
    page.keyboard.type(" second")
    page.keyboard.press("Control+s")
    until(lambda: stored(world, sid).endswith(" second"), "it was not saved")
    mark(page, "Saved")
    for _ in range(20):
        page.keyboard.press("Control+z")
        if area(page) == GOOD:
            break
    assert area(page) == GOOD
    mark(page, "Not saved")


def test_letters_typed_here_are_no_keys_of_the_page(
    chromium: Browser, product: Product, sid: str
) -> None:
    """N and H write letters; Tab leaves the editor."""
    page = editing(chromium, product, sid)
    type_at_end(page, "nhN")
    idle(page)
    assert f"id={sid}" in page.url
    assert area(page).endswith("nhN")
    page.keyboard.press("Tab")
    focused = page.evaluate(
        "() => { let e = document.activeElement; while (e?.shadowRoot) e = e.shadowRoot.activeElement; return e.tagName }"
    )
    assert focused != "TEXTAREA"


def test_findings_stand_in_the_gutter_of_what_is_typed(
    chromium: Browser, product: Product, sid: str
) -> None:
    """A line that blocks approval is marked a moment after it was typed, and moves with the text."""
    page = editing(chromium, product, sid)
    marked = page.locator('.mark[data-severity="E"]')
    assert marked.count() == 0
    type_at_end(page, "\n\n```\nrm -rf /var\n```\n")
    expect(marked).to_have_count(1)
    line = area(page).split("\n").index("rm -rf /var") + 1
    number = "e => [...e.parentElement.parentElement.children].indexOf(e.parentElement) + 1"
    assert marked.evaluate(number) == line
    page.keyboard.press("Control+Home")
    page.keyboard.type("\n")
    assert marked.evaluate(number) == line + 1
    for _ in range(page.locator(".mark").count()):
        page.keyboard.press("F8")
        if "blocks approval" in page.locator(".editor .told").inner_text():
            break
    expect(page.locator(".editor .told")).to_contain_text("blocks approval")


def test_a_text_that_is_too_long_is_told_before_it_is_saved(
    chromium: Browser, product: Product, sid: str
) -> None:
    """Size and limit stand below the text while it is too long; bar and editor say one thing."""
    page = editing(chromium, product, sid)
    field, bar = page.get_by_label(LABEL), page.locator(".st-key-rv_status")
    long = page.locator(".editor .long")
    fill = "(area, text) => { area.value = text; area.dispatchEvent(new Event('input')); }"
    field.evaluate(fill, "ä line\n" * 90_000)
    expect(long).to_have_text(
        "Too long to be saved: 720 kB, and at most 600 kB fit. Shorten it by 120 kB."
    )
    mark(page, "the server has a copy")
    expect(bar).to_contain_text("unsaved text")
    expect(bar).not_to_contain_text("copy")
    save_button(page).click()
    expect(page.get_by_text("the text is too long. It has 720 kB")).to_be_visible()
    mark(page, "the server has a copy")
    page.get_by_role("tab", name="Preview").click()
    expect(bar).to_contain_text("unsaved text, the server has a copy")
    page.get_by_role("tab", name="Edit").click()
    shows(page, "ä line\n$")
    field.evaluate(fill, GOOD + "ä line\n" * 70_000)
    expect(long).to_have_text("")


def test_two_tabs_of_one_person_do_not_overwrite_each_other(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """The second tab takes the editor; the first one's text is told of, kept and not saved over."""
    context = person(chromium, product, "Kim")
    first, second = context.new_page(), context.new_page()
    address = f"{product.address}/review?id={sid}&tab=edit"
    first.goto(address)
    idle(first)
    type_at_end(first, " from the first")
    second.goto(address)
    second.get_by_label(LABEL).wait_for()
    idle(second)
    type_at_end(second, " from the second")
    second.keyboard.press("Control+s")
    until(lambda: stored(world, sid).endswith("from the second"), "it was not saved")
    first.get_by_label(LABEL).click()
    first.keyboard.press("Control+s")
    expect(first.get_by_text("Your text is kept").first).to_be_visible()
    assert area(first).endswith("from the first")
    assert stored(world, sid).endswith("from the second")


def test_typed_text_is_offered_after_a_reload(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """A second after the last key the server has a copy, which a reload offers."""
    page = editing(chromium, product, sid)
    type_at_end(page, " typed before the crash")
    mark(page, "the server has a copy")
    page.reload()
    page.get_by_role("button", name="Put into the editor").click()
    shows(page, r"typed before the crash$")
    idle(page)
    save_button(page).click()
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
    expect(ana.get_by_label(LABEL)).to_be_visible()
    idle(ana)
    type_at_end(ana, " by ana")
    ana.keyboard.press("Control+s")
    until(lambda: stored(world, sid).endswith("by ana"), "Ana's text was not saved")
    kim.get_by_label(LABEL).click()
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
