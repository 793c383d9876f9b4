"""What only a browser shows of the walk: keys, double clicks, jumps, and what is behind a click."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from runbooks.unsaved import Person
from tests.browser.conftest import Product, idle, person, suggested
from tests.world import GOOD, World
from tools.screenshots import overflow

pytestmark = pytest.mark.browser


@pytest.fixture
def three(world: World) -> list[str]:
    """Three drafted ones of one group, in the order of the list."""
    group = f"sugg-{world.made + 1:03}"
    days = [f"2026-11-0{day}T00:00:00Z" for day in (1, 2, 3)]
    names = [suggested(world, similarity_group=group, created_at=day) for day in days]
    for name in names:
        world.service.generate(name, "local:machine")
    return names


def reviewing(browser: Browser, product: Product, sid: str, **options: object) -> Page:
    """The review of a suggestion, walked through the group named after it."""
    page = person(browser, product, "Kim", **options).new_page()
    page.goto(f"{product.address}/review?id={sid}&group={sid}")
    way(page, "Next").wait_for()
    idle(page)
    return page


def way(page: Page, name: str) -> Locator:
    """The button that leads on, or back."""
    return page.locator(".st-key-rv_walk").get_by_role("button", name=name)


def stands(page: Page, sid: str, place: str) -> None:
    """This suggestion is open, at this place of the list, and all of it is drawn."""
    expect(page).to_have_url(re.compile(rf"id={sid}&"))
    expect(page.locator(".st-key-rv_walk")).to_contain_text(place)
    idle(page)


def test_keys_walk_the_list_and_do_nothing_while_typing(
    chromium: Browser, product: Product, three: list[str]
) -> None:
    """N and P go on and back; in a field they are letters."""
    page = reviewing(chromium, product, three[0])
    stands(page, three[0], "1 of 3")
    page.keyboard.press("n")
    stands(page, three[1], "2 of 3")
    page.keyboard.press("p")
    stands(page, three[0], "1 of 3")
    field = page.get_by_label("Search in the traces")
    field.click()
    field.press_sequentially("npn")
    idle(page)
    expect(field).to_have_value("npn")
    stands(page, three[0], "1 of 3")


def test_a_double_click_approves_one_and_undo_brings_it_back(
    chromium: Browser, product: Product, world: World, three: list[str]
) -> None:
    """The second click lands on another runbook, which nobody has read."""
    page = reviewing(chromium, product, three[0])
    page.get_by_role("button", name="Approve and next").dblclick(delay=60)
    stands(page, three[1], "1 of 2")
    assert [world.read(name).status for name in three] == ["approved", "pending", "pending"]
    page.get_by_role("button", name="Undo").click()
    stands(page, three[0], "1 of 3")
    assert world.read(three[0]).status == "pending"


def test_typed_text_is_kept_when_one_goes_on(
    chromium: Browser, product: Product, world: World, three: list[str]
) -> None:
    """Next at once after a key: the text is on the server, and there when one comes back."""
    page = reviewing(chromium, product, three[0])
    page.get_by_role("tab", name="Edit").click()
    area = page.get_by_label("Runbook in Markdown")
    area.wait_for()
    idle(page)
    area.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("typed and left")
    way(page, "Next").click()
    stands(page, three[1], "2 of 3")
    texts = [text.text for text in world.service.peek(three[0]).unsaved]
    assert len(texts) == 1
    assert "typed and left" in texts[0]
    way(page, "Previous").click()
    stands(page, three[0], "1 of 3")
    page.get_by_role("tab", name="Edit").click()
    expect(page.get_by_label("Runbook in Markdown")).to_have_value(re.compile("typed and left"))


def test_the_nodes_of_the_lineage_lead_to_their_places(
    chromium: Browser, product: Product, three: list[str]
) -> None:
    """Also to what is folded away."""
    page = reviewing(chromium, product, three[0])
    fold = page.locator("details.rv-suggestion")
    assert fold.get_attribute("open") is None
    page.locator('[data-rv-jump="suggestion"]').click()
    expect(fold).to_have_attribute("open", "")
    expect(fold).to_be_in_viewport()
    page.locator('.rv-graph [data-rv-jump="trace:0"]').click()
    expect(page.locator(".st-key-rv_traces")).to_be_in_viewport()
    idle(page)
    assert three[0] in page.url


def test_a_part_of_a_proposal_goes_into_the_editor(
    chromium: Browser, product: Product, world: World, three: list[str]
) -> None:
    """Asked for, compared, ticked, taken; the person's text stands until it is saved."""
    kim = Person("local:Kim")
    world.service.save(three[0], GOOD, world.revision(three[0]), kim)
    page = reviewing(chromium, product, three[0])
    page.get_by_role("button", name="Regenerate").click()
    page.get_by_role("button", name="Draft a proposal beside it").click()
    part = page.locator(".st-key-rv_parts")
    part.wait_for()
    idle(page)
    part.get_by_text("Summary", exact=True).click()
    page.get_by_role("button", name="Put what is ticked into the editor").click()
    area = page.get_by_label("Runbook in Markdown")
    expect(area).not_to_have_value(GOOD)
    text = area.input_value()
    assert text.partition("## Symptoms")[2] == GOOD.partition("## Symptoms")[2]
    assert world.read(three[0]).slot.draft.markdown_content == GOOD


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_everything_is_in_reach(
    chromium: Browser, product: Product, world: World, three: list[str], scheme: str
) -> None:
    """Nothing is wider than the screen; the ways and the decisions are in sight."""
    world.service.save(three[0], GOOD, world.revision(three[0]), Person("local:Kim"))
    world.service.generate(three[0], "local:Kim", beside=True)
    phone = {"width": 390, "height": 844}
    page = reviewing(chromium, product, three[0], viewport=phone, color_scheme=scheme)
    acts = [page.get_by_role("button", name=name) for name in ("Approve and next", "Reject")]
    for button in (way(page, "Previous"), way(page, "Next"), *acts):
        box = button.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 844
    page.get_by_role("button", name="Compare and take").click()
    page.get_by_text("As read").click()
    page.locator(".rv-read").wait_for()
    idle(page)
    assert overflow(page) == 0


def test_who_only_reads_hears_of_a_newer_text_without_a_click(
    chromium: Browser, product: Product, world: World, three: list[str]
) -> None:
    """Somebody else saves: it is announced, and the text on the screen stays."""
    page = reviewing(chromium, product, three[0])
    lee = Person("local:Lee")
    world.service.save(three[0], GOOD, world.revision(three[0]), lee)
    expect(page.get_by_text(re.compile("Lee")).first).to_be_visible(timeout=40_000)
    page.get_by_role("button", name=re.compile("^.*Approve")).first.wait_for()
