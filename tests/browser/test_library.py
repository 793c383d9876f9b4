"""The on-call view in a browser: commands into the clipboard, on a phone, without a mouse."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Product, idle, person
from tools.screenshots import overflow

pytestmark = pytest.mark.browser

RUNBOOK = "library?id=sugg_sample_012"
FIRST = (
    'pup traces search --query="service:llm-gateway env:prod status:error '
    '@http.status_code:429" --from=15m'
)
PHONE = {"width": 390, "height": 844}


def opened(context: BrowserContext, product: Product, address: str) -> Page:
    """A tab at this page, drawn to the end."""
    page = context.new_page()
    page.goto(f"{product.address}/{address}")
    page.wait_for_selector('[data-testid="stMainBlockContainer"] h1')
    idle(page)
    return page


def clipboard(page: Page) -> Any:
    """What a paste would give."""
    return page.evaluate("navigator.clipboard.readText()")


def top_of(page: Page, text: str) -> float:
    """How far below the window's upper edge a heading stands."""
    box = page.get_by_role("heading", name=text, exact=True).bounding_box()
    assert box is not None
    return box["y"]


def test_a_copy_button_puts_the_exact_command_into_the_clipboard(
    chromium: Browser, product: Product
) -> None:
    """By mouse at a block, by keyboard in the list of all commands; "Copied" is announced."""
    context = person(chromium, product, "Kim")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened(context, product, RUNBOOK)
    block = page.locator(".paper .block").first
    block.get_by_role("button", name=re.compile("^Copy: pup traces search")).click()
    expect(block.get_by_role("button")).to_have_text("Copied")
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
    assert clipboard(page) == FIRST
    listed = page.locator(".all li").filter(has_text="kubectl get jobs").get_by_role("button")
    listed.focus()
    page.keyboard.press("Enter")
    expect(listed).to_have_text("Copied")
    assert clipboard(page) == "kubectl get jobs -n agents -l app=summary-backfill"
    expect(listed).to_have_text("Copy", timeout=5_000)
    context.close()


def test_commands_are_copied_also_where_the_clipboard_is_refused(
    chromium: Browser, product: Product
) -> None:
    """A workbench on plain http has no `navigator.clipboard`."""
    context = person(chromium, product, "Kim")
    context.grant_permissions(["clipboard-read"])
    context.add_init_script(
        "const write = () => Promise.reject(new Error('refused'));"
        "Object.defineProperty(Clipboard.prototype, 'writeText', { value: write });"
    )
    page = opened(context, product, RUNBOOK)
    button = page.locator(".paper .block").first.get_by_role("button")
    button.click()
    expect(button).to_have_text("Copied")
    assert clipboard(page) == FIRST
    context.close()


def test_a_phone_shows_it_without_scrolling_sideways(chromium: Browser, product: Product) -> None:
    """Long commands scroll in their own block; what one taps is at least 44 px high."""
    context = person(chromium, product, "Kim", viewport=PHONE, has_touch=True, is_mobile=True)
    page = opened(context, product, RUNBOOK)
    assert overflow(page) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    wide = page.locator(".paper pre").first
    assert wide.evaluate("block => block.scrollWidth > block.clientWidth")
    for button in page.locator(".copy, .jump").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    assert overflow(opened(context, product, "library")) == 0
    context.close()


def test_the_sections_stay_at_hand_and_lead_to_their_places(
    chromium: Browser, product: Product
) -> None:
    """The bar sticks under the header, marks where one is, and a tap goes there."""
    context = person(chromium, product, "Kim", viewport=PHONE, has_touch=True)
    page = opened(context, product, RUNBOOK)
    page.get_by_role("button", name="Mitigation", exact=True).tap()
    page.wait_for_timeout(1_500)
    bar = page.get_by_role("navigation", name="Sections").bounding_box()
    assert bar is not None
    assert 0 <= bar["y"] < 80
    assert bar["y"] + bar["height"] <= top_of(page, "Immediate Mitigation") < 220
    expect(page.locator(".jump[data-current]")).to_have_text("Mitigation")
    page.get_by_role("button", name="All commands").tap()
    page.wait_for_timeout(1_500)
    expect(page.locator(".jump[data-current]")).to_have_text("All commands")
    context.close()


def test_a_selection_leaves_as_a_zip_with_two_clicks(chromium: Browser, product: Product) -> None:
    """Menu, format: the file comes down; following a row opens the runbook."""
    context = person(chromium, product, "Kim", accept_downloads=True)
    page = opened(context, product, "library")
    page.get_by_label(re.compile("^Select Model provider")).check()
    page.get_by_role("button", name="Export 1", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Confluence storage format").click()
    assert re.fullmatch(r"runbooks-confluence-[\d-]+\.zip", download.value.suggested_filename)
    assert download.value.path().read_bytes()[:2] == b"PK"
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Model provider refuses with 429 during the backfill").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("LLM Rate Limit")
    assert page.url.endswith(f"/{RUNBOOK}")
    context.close()
