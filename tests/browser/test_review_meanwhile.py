"""The review page while other things happen: the browser's own ways, another person's decision."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from runbooks.unsaved import Person
from tests.browser.conftest import Product, idle, person
from tests.browser.editing import (
    area,
    editing,
    mark,
    shows,
    stored,
    type_at_end,
    until,
)
from tests.world import GOOD, World

pytestmark = pytest.mark.browser
SETTLED_MS = 1200
LEE = Person("local:Lee")


def agree(page: Page, tab: str) -> None:
    """The open tab and the address are this one."""
    selected = page.get_by_role("tab", name=tab.capitalize())
    expect(selected).to_have_attribute("aria-selected", "true")
    ending = "" if tab == "preview" else rf"[?&]tab={tab}\b"
    expect(page).to_have_url(re.compile(ending) if ending else re.compile(r"^(?!.*[?&]tab=)"))
    idle(page)
    page.wait_for_timeout(SETTLED_MS)
    expect(selected).to_have_attribute("aria-selected", "true")


def test_back_and_forward_lead_through_the_tabs(
    chromium: Browser, product: Product, sid: str
) -> None:
    """Tab and address are one, whichever of the two was moved; what is typed stays."""
    page = person(chromium, product, "Kim").new_page()
    page.goto(f"{product.address}/review?id={sid}")
    agree(page, "preview")
    for tab in ("edit", "history"):
        page.get_by_role("tab", name=tab.capitalize()).click()
        agree(page, tab)
    page.go_back()
    agree(page, "edit")
    type_at_end(page, " typed")
    mark(page, "the server has a copy")
    page.go_back()
    agree(page, "preview")
    page.go_forward()
    agree(page, "edit")
    shows(page, " typed$")


def test_undo_stays_in_the_tab(chromium: Browser, product: Product, world: World, sid: str) -> None:
    """Approved and undone in the editor: tab and address are still the editor's."""
    page = editing(chromium, product, sid)
    type_at_end(page, "\nmore")
    page.keyboard.press("Control+s")
    saved = page.get_by_text("Saved as revision")
    expect(saved).to_be_visible()
    revision = world.read(sid).slot.revision[:8]
    page.get_by_role("button", name=f"Approve {revision}").click()
    expect(page.get_by_text("Approved by you")).to_be_visible()
    expect(saved).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    until(lambda: world.read(sid).status == "pending", "it was not undone")
    agree(page, "edit")
    expect(saved).to_have_count(0)


@pytest.mark.parametrize("how", ["in bulk", "by itself"])
def test_what_is_approved_while_somebody_types_keeps_the_typed_text(
    chromium: Browser, product: Product, world: World, sid: str, how: str
) -> None:
    """Another person decides: it is said whose decision it is, typing goes on, a reason saves."""
    page = editing(chromium, product, sid)
    type_at_end(page, " before")
    mark(page, "the server has a copy")
    world.service.open(sid, LEE)
    if how == "in bulk":
        [line] = world.service.approve_many([sid], LEE.actor)
        assert line.problem is None
    else:
        world.service.approve(sid, world.revision(sid), LEE.actor)
    page.keyboard.type(" after")
    told = page.get_by_text(re.compile("Meanwhile .*Lee.* set this to .*approved"))
    expect(told).to_be_visible(timeout=40_000)
    page.keyboard.type(" and on")
    assert area(page).endswith(" before after and on")
    save = page.get_by_role("button", name="Reopen and save")
    save.first.click()
    expect(page.get_by_text("Opening it again needs a reason")).to_be_visible()
    assert world.read(sid).status == "approved"
    assert area(page).endswith(" before after and on")
    page.get_by_label("Why it is opened again").fill("a step was missing")
    save.first.click()
    until(lambda: world.read(sid).status == "pending", "it was not opened again")
    assert stored(world, sid) == GOOD + " before after and on"


def test_a_save_that_meets_anothers_approval_says_so_and_keeps_the_text(
    chromium: Browser, product: Product, world: World, sid: str
) -> None:
    """Saved before the page could know of it: nothing is overwritten, and both ways on are there."""
    page = editing(chromium, product, sid)
    type_at_end(page, " typed")
    world.service.approve(sid, world.revision(sid), LEE.actor)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("This suggestion is already approved")).to_be_visible()
    expect(page.get_by_text("Your text is kept: it stands below")).to_be_visible()
    assert area(page).endswith(" typed")
    assert stored(world, sid) == GOOD
    assert any(text.text.endswith(" typed") for text in world.service.peek(sid).unsaved)
