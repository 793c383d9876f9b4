"""What somebody who cannot use a mouse, or cannot see well, needs of every page."""

import re
from itertools import combinations
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Product, idle, person
from tests.world import World
from tools.screenshots import settle

pytestmark = pytest.mark.browser

SCREENS: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1280), ("dark", 390))


def barriers(page: Page) -> list[str]:
    """Name what axe-core calls serious or critical, and skipped levels of headings."""
    found = Axe().run(page).response["violations"]
    return [
        f"{barrier['id']}: {barrier['nodes'][0]['target']} {barrier['nodes'][0]['html'][:200]}"
        for barrier in found
        if barrier["impact"] in ("serious", "critical") or barrier["id"] == "heading-order"
    ]


def test_no_page_has_a_serious_barrier(chromium: Browser, product: Product, world: World) -> None:
    """Queue, each tab of Review, Library with its runbook, Runs with a run: in every look."""
    sid, approved = _with_history(world)
    review = f"review?id={sid}"
    pages = ["queue", review, "library", f"library?id={approved}", "run-history"]
    pages += [f"{review}&tab={tab}" for tab in ("edit", "changes", "history")]
    page = person(chromium, product, "Kim").new_page()
    found = {}
    for place in pages:
        page.goto(f"{product.address}/{place}")
        found |= barriers_in_every_look(page, place)
    page.goto(f"{product.address}/run-history")
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    assert found | barriers_in_every_look(page, "run") == {}


def barriers_in_every_look(page: Page, place: str) -> dict[str, list[str]]:
    """Name the barriers of a page in each look that has any."""
    found = {}
    for scheme, width in SCREENS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        settle(page)
        if wrong := barriers(page):
            found[f"{place}, {scheme} {width}"] = wrong
    return found


def test_what_opens_over_a_page_has_no_serious_barrier(
    chromium: Browser, product: Product, world: World
) -> None:
    """The panels of the batch, the filters, the keys, regenerating, rejecting, many at once."""
    sid, _ = _with_history(world)
    page = person(chromium, product, "Kim").new_page()
    found = {}
    for place, name in (
        ("queue", "Run batch"),
        ("queue", "Filters"),
        ("queue", "Keys"),
        (f"review?id={sid}", "Regenerate"),
        (f"review?id={sid}", "Reject"),
    ):
        page.goto(f"{product.address}/{place}")
        settle(page)
        page.get_by_role("button", name=name).first.click()
        idle(page)
        if wrong := barriers(page):
            found[name] = wrong
    page.goto(f"{product.address}/queue")
    settle(page)
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Approve").first.click()
    idle(page)
    if wrong := barriers(page):
        found["bulk"] = wrong
    assert found == {}


BAR = """() => [...document.querySelectorAll('.st-key-rv_bar :is(button, a)')].map((each) => {
  const { x, y, width, height } = each.getBoundingClientRect();
  const cut = [...each.querySelectorAll("p")].some((p) => p.clientWidth > 1 && p.scrollWidth > p.clientWidth);
  return { name: each.innerText.trim(), x, y, width, height, cut };
}).filter((each) => each.width)"""
END = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  main.scrollTop = main.scrollHeight;
  const last = document.querySelector(".st-key-rv_sources").getBoundingClientRect().bottom;
  return [last, document.querySelector('[data-testid="stBottom"]').getBoundingClientRect().top];
}"""


def test_the_bar_of_actions_can_be_hit_with_a_thumb(
    chromium: Browser, product: Product, world: World
) -> None:
    """At 390 px: 44 px each way, whole labels, nothing over another or over the page's end."""
    sid, approved = _with_history(world)
    page = person(chromium, product, "Kim", viewport={"width": 390, "height": 844}).new_page()
    for name, least in ((sid, 6), ("sugg_sample_013", 6), (approved, 4)):
        page.goto(f"{product.address}/review?id={name}")
        settle(page)
        hit = page.evaluate(BAR)
        assert len(hit) >= least
        for each in hit:
            assert min(each["width"], each["height"]) >= 44, each
            assert 0 <= each["x"] <= 390 - each["width"], each
            assert not each["cut"], each
        assert not [(a["name"], b["name"]) for a, b in combinations(hit, 2) if over(a, b)]
        last, bar = page.evaluate(END)
        assert last <= bar
        assert 844 - bar < 180


FREE = """() => {
  const menu = document.querySelector('[data-testid="stExpandSidebarButton"]');
  const { x, y, width, height } = menu.getBoundingClientRect();
  const inside = [0.2, 0.5, 0.8];
  return inside.every((right) => inside.every((down) =>
    menu.contains(document.elementFromPoint(x + right * width, y + down * height))));
}"""


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("name", ["", "Alexandra%20Kowalczyk-Montgomery"])
def test_the_menu_of_a_phone_is_free_under_any_name(
    chromium: Browser, product: Product, width: int, name: str
) -> None:
    """A long name gives way to the menu, which leads to the other pages."""
    page = person(chromium, product, name, viewport={"width": width, "height": 844}).new_page()
    page.goto(f"{product.address}/queue")
    settle(page)
    assert page.evaluate(FREE)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Runs").click()
    page.wait_for_url("**/run-history")


def over(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two places on the screen have something in common."""
    return all(
        one[at] < other[at] + other[size] - 0.5 and other[at] < one[at] + one[size] - 0.5
        for at, size in (("x", "width"), ("y", "height"))
    )


FOCUS = """() => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  if (!at || at === document.body) return "";
  return (at.getAttribute("aria-label") || at.innerText || at.placeholder || "").trim().slice(0, 80);
}"""


def tab_to(page: Page, name: str) -> int:
    """Press Tab until something of this name has the focus; say how often that took."""
    passed = []
    for _ in range(300):
        page.keyboard.press("Tab")
        passed.append(str(page.evaluate(FOCUS)))
        if re.search(name, passed[-1]):
            return len(passed)
    raise AssertionError(f"{name} is not reached by Tab: {passed}")


def test_the_first_tab_leads_past_what_stands_before(
    chromium: Browser, product: Product, world: World
) -> None:
    """One Tab, Enter, and few more: to the rows of the queue, and from there to Approve."""
    _titled(world, "Walked by keyboard")
    page = person(chromium, product, "Kim").new_page()
    page.goto(f"{product.address}/queue?q=walked")
    settle(page)
    assert tab_to(page, "^Skip to the list$") == 1
    expect(page.locator("#rb-skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert tab_to(page, "^Walked by keyboard") <= 3
    page.keyboard.press("Enter")
    page.wait_for_url("**/review?*")
    settle(page)
    assert tab_to(page, "^Skip to the actions$") == 1
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-rv_actions")).to_be_focused()
    assert tab_to(page, "Approve [0-9a-f]{8}") <= 3
    page.get_by_role("link", name="Runs").first.click()
    page.wait_for_url("**/run-history")
    settle(page)
    expect(page.locator("#rb-skip")).to_have_count(0)
    page.get_by_role("link", name="Queue").first.click()
    page.wait_for_url("**/queue*")
    settle(page)
    expect(page.locator("#rb-skip")).to_have_text("Skip to the list")


def test_the_whole_path_is_walked_by_keyboard_alone(
    chromium: Browser, product: Product, world: World
) -> None:
    """From the queue to an approved runbook without touching a mouse."""
    sid = _titled(world, "Approved by keyboard")
    page = person(chromium, product, "Kim").new_page()
    page.goto(f"{product.address}/queue")
    settle(page)
    tab_to(page, "^Approved by keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review?*")
    settle(page)
    tab_to(page, "Approve [0-9a-f]{8}")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Approved by you"))).to_be_visible()
    assert world.read(sid).status == "approved"


def test_a_line_is_edited_and_approved_by_keyboard_alone(
    chromium: Browser, product: Product, world: World
) -> None:
    """Queue, open, tab Edit, a line, out of the editor by Tab as it says, save, approve."""
    sid = _titled(world, "Edited by keyboard")
    page = person(chromium, product, "Kim").new_page()
    page.goto(f"{product.address}/queue")
    settle(page)
    tab_to(page, "^Edited by keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review?*")
    settle(page)
    tab_to(page, "^Preview$")
    page.keyboard.press("ArrowRight")
    area = page.get_by_label("Runbook in Markdown")
    area.wait_for()
    settle(page)
    tab_to(page, "^Runbook in Markdown$")
    described = (
        "each => each.getRootNode().getElementById(each.getAttribute('aria-describedby')).innerText"
    )
    assert "Tab and Shift+Tab leave the editor" in area.evaluate(described)
    page.keyboard.press("Control+End")
    page.keyboard.type("\nOur own last line.")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS) != "Runbook in Markdown"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUS) == "Runbook in Markdown"
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as revision")).to_be_visible()
    settle(page)
    revision = world.read(sid).slot.revision[:8]
    tab_to(page, f"Approve {revision}")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Approved by you"))).to_be_visible()
    decided = world.read(sid)
    assert decided.status == "approved"
    assert decided.slot.draft.markdown_content.endswith("Our own last line.")
    assert decided.approval.revision == decided.slot.revision


def _titled(world: World, title: str) -> str:
    """Give a drafted suggestion a title by which a row of the queue is found; give its id."""
    sid, _ = _with_history(world)
    world.foreign_write(sid, {("pattern", "title"): title})
    world.service.refresh()
    return sid


def _with_history(world: World) -> tuple[str, str]:
    """Draft one suggestion twice, so that each tab has something, and approve another."""
    sid, approved = world.suggest(), world.suggest()
    for name in (sid, approved):
        world.service.generate(name, "local:kim")
    world.service.generate(sid, "local:kim", force=True, revision=world.revision(sid))
    world.service.approve(approved, world.revision(approved), "local:kim", override_reason="known")
    return sid, approved
