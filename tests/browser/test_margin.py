"""The marks beside the text in a browser: opened by key, read at their block, fixed by one click."""

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Product, idle, person
from tools.screenshots import overflow

pytestmark = pytest.mark.browser

SID = "sugg_sample_013"
TRUE = "kubectl get pods -n checkout -l app=checkout-api"
INVENTED = 'datadog trace search "service:checkout-api"'
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def spoiled(product: Product) -> Product:
    """The product with a runbook in which a person put a command that does not exist."""
    base = f"{product.address}/runbooks/{SID}"
    found = httpx.get(base)
    text = found.json()["runbook"]["markdown_content"].replace(TRUE, INVENTED, 1)
    headers = {"If-Match": found.headers["etag"]}
    assert httpx.put(base, json={"markdownContent": text}, headers=headers).status_code == 200
    return product


def opened(browser: Browser, product: Product) -> Page:
    """The runbook in Preview, drawn to the end."""
    page = person(browser, product, "Kim").new_page()
    page.goto(f"{product.address}/review?id={SID}")
    page.locator(".rv-mark").first.wait_for()
    idle(page)
    return page


def test_a_mark_opens_by_key_behind_its_block_and_closes_by_escape(
    chromium: Browser, spoiled: Product
) -> None:
    """Nothing but the keyboard; the command stays in sight, and the focus goes back to the sign."""
    page = opened(chromium, spoiled)
    mark = page.locator(".rv-mark:has(.rv-red)")
    expect(mark).to_have_count(1)
    mark.locator("summary").focus()
    page.keyboard.press("Enter")
    note = page.locator("pre + .rv-note")
    expect(note).to_contain_text("There is no command")
    expect(note).to_contain_text("command not found")
    expect(page.locator("pre", has_text=INVENTED)).to_be_visible()
    page.keyboard.press("Escape")
    expect(note).to_have_count(0)
    expect(mark.locator("summary")).to_be_focused()


def test_one_mark_is_open_at_a_time_and_shows_where_a_claim_comes_from(
    chromium: Browser, spoiled: Product
) -> None:
    """Opening the next one puts the first one's words away."""
    page = opened(chromium, spoiled)
    signs = page.locator(".rv-mark:has(.rv-plain) > summary")
    for number in (0, 1):
        signs.nth(number).click()
        expect(page.locator(".rv-note:visible")).to_have_count(1)
    expect(page.locator(".rv-note:visible .rv-quote").first).not_to_be_empty()


def test_a_fix_at_the_line_goes_into_the_editor(chromium: Browser, spoiled: Product) -> None:
    """One click; nothing is saved by it."""
    page = opened(chromium, spoiled)
    page.locator(".rv-mark:has(.rv-red) > summary").click()
    page.get_by_role("button", name="Use pup", exact=True).first.click()
    field = page.get_by_label("Runbook in Markdown")
    expect(field).to_have_count(1)
    idle(page)
    assert 'pup traces search --query="service:checkout-api" --from=1h' in field.input_value()
    stored = httpx.get(f"{spoiled.address}/runbooks/{SID}").json()["runbook"]["markdown_content"]
    assert INVENTED in stored


def test_marks_fit_on_a_phone(chromium: Browser, spoiled: Product) -> None:
    """At 390 pixels nothing is wider than the screen, open or closed, and a finger hits a sign."""
    page = opened(chromium, spoiled)
    page.set_viewport_size(PHONE)
    idle(page)
    sign = page.locator(".rv-mark:has(.rv-red) > summary")
    sign.scroll_into_view_if_needed()
    box = sign.bounding_box()
    assert box is not None
    assert box["height"] >= 24
    assert box["width"] >= 24
    sign.click()
    expect(page.locator("pre + .rv-note")).to_be_visible()
    assert overflow(page) == 0
