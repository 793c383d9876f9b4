"""From an empty machine to an approved runbook, in a browser, as REST sees it too."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Product, idle, person

pytestmark = pytest.mark.browser

LINE = "Ask in #catalog-oncall whether a deploy is running before you change anything."


@pytest.fixture
def product(own_product: Product) -> Product:
    """A product of its own: batches draft whatever is there."""
    return own_product


def run_batch(page: Page, product: Product) -> None:
    """Start a batch on the queue and wait for its end."""
    page.goto(f"{product.address}/queue")
    page.get_by_role("button", name="Run batch").click()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text(re.compile(r"finished after"))).to_be_visible(timeout=60_000)
    idle(page)


def text(product: Product, sid: str) -> dict[str, object]:
    """The runbook as REST gives it."""
    answer = httpx.get(f"{product.address}/runbooks/{sid}")
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()["runbook"]
    return found


def regenerate(page: Page, *, force: bool) -> None:
    """Ask for a new draft, with or without the box."""
    idle(page)  # the panel of the time before closes when all is drawn
    page.get_by_test_id("stPopoverButton").filter(has_text="Regenerate").click()
    body = page.get_by_test_id("stPopoverBody")
    box = body.get_by_text("Force overwrite")
    expect(box).to_be_visible()
    if force:
        box.click()
        idle(page)
    body.get_by_role("button", name="Regenerate").click()
    idle(page)


def write_line(page: Page) -> None:
    """Add a line to the runbook by typing, and save with the keyboard."""
    page.get_by_role("tab", name="Edit").click()
    area = page.get_by_label("Runbook in Markdown")
    area.click()
    area.evaluate(
        """area => {
          const at = area.value.indexOf('\\n## Diagnosis Steps\\n') + 20;
          area.setSelectionRange(at, at);
        }"""
    )
    page.keyboard.type(f"\n{LINE}\n")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("batches will leave this text alone")).to_be_visible()
    expect(page.get_by_text("edit source human")).to_be_visible()


def restore_mine(page: Page) -> None:
    """Bring the edited version back with one click."""
    page.get_by_role("tab", name="History").click()
    mine = page.locator('[class*="st-key-rv_version_"]').filter(has_text="· edited ·")
    mine.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("edit source human")).to_be_visible()


def approve(page: Page) -> None:
    """Approve what is on the screen; nothing blocks it."""
    page.get_by_role("button", name=re.compile(r"^\W*Approve [0-9a-f]{8}$")).click()
    expect(page.get_by_text(re.compile(r"Approved by you"))).to_be_visible()


def test_from_the_queue_to_an_approved_runbook(chromium: Browser, product: Product) -> None:
    """Draft, edit, be left alone by batches, refuse, force, restore, approve: nothing is lost."""
    page = person(chromium, product, "Kim").new_page()
    run_batch(page, product)
    page.get_by_role("link", name="Research agent loops on an empty page").click()
    expect(page.get_by_text("No language model wrote")).to_be_visible()
    idle(page)
    sid = page.url.split("id=")[1].split("&")[0]
    assert text(product, sid)["edit_source"] == "generated"

    write_line(page)
    saved = text(product, sid)
    assert (saved["edit_source"], saved["edited_by"]) == ("human", "local:Kim")
    assert LINE in str(saved["markdown_content"])

    run_batch(page, product)
    body = {"suggestionIds": [sid], "triggeredBy": "manual"}
    summary = httpx.post(f"{product.address}/runbooks/run-once", json=body, timeout=60).json()
    assert [o["errorReason"] for o in summary["suggestionOutcomes"]] == ["overwrite_blocked"]
    assert text(product, sid) == saved

    page.goto(f"{product.address}/review?id={sid}")
    idle(page)
    regenerate(page, force=False)
    expect(page.get_by_text("it was not replaced")).to_be_visible()
    assert text(product, sid) == saved
    regenerate(page, force=True)
    expect(page.get_by_text("edit source generated")).to_be_visible()
    assert text(product, sid)["edit_source"] == "generated"

    restore_mine(page)
    assert text(product, sid)["markdown_content"] == saved["markdown_content"]
    approve(page)
    answer = httpx.get(f"{product.address}/runbooks/{sid}")
    seen = answer.json()
    assert (seen["suggestion_status"], seen["runbook"]["edit_source"]) == ("approved", "human")
    assert seen["approval_metadata"]["actor"] == "local:Kim"
    assert seen["approval_metadata"]["revision"] == answer.headers["etag"].strip('"')
    assert LINE in seen["runbook"]["markdown_content"]
