"""Acts over a selection of the queue in a browser: preview, result, undo; keys that do no harm."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Product, idle, person

pytestmark = pytest.mark.browser
READY = "sugg_sample_013"
READY_TITLE = "Checkout loses its database connections"
OTHER_TITLE = "Support agent shows one customer the data of another"


@pytest.fixture(scope="module")
def product(own_product: Product) -> Product:
    """The tests decide items of the sample, each others; what is decided twice is undone before."""
    return own_product


def status(product: Product, sid: str) -> str:
    """The status of a suggestion as REST gives it."""
    answer = httpx.get(f"{product.address}/runbooks/{sid}")
    return str(answer.json()["suggestion_status"])


def select(page: Page, *titles: str) -> None:
    """Choose rows of the queue."""
    for title in titles:
        page.get_by_label(f"Select {title}").check()
    expect(page.get_by_text(f"{len(titles)} selected")).to_be_visible()


def queue(page: Page, product: Product) -> None:
    """Go to the queue."""
    page.goto(f"{product.address}/queue")
    expect(page.get_by_label("Select all on this page")).to_be_visible()
    idle(page)


def row(where: Page | Locator, title: str) -> Locator:
    """The line of a suggestion."""
    return where.get_by_role("row").filter(has_text=title).last


def test_a_bulk_approval_is_foreseen_done_told_and_undone(
    chromium: Browser, product: Product
) -> None:
    """The list says what will happen, only that happens, and Undo takes it back."""
    page = person(chromium, product, "Kim").new_page()
    page.goto(f"{product.address}/review?id={READY}")
    expect(page.get_by_role("heading", name=READY_TITLE)).to_be_visible()
    idle(page)
    queue(page, product)
    select(page, READY_TITLE, OTHER_TITLE)
    page.get_by_role("button", name="Approve…").click()
    dialog = page.get_by_role("dialog")
    expect(row(dialog, READY_TITLE)).to_contain_text("Approves")
    expect(row(dialog, OTHER_TITLE)).to_contain_text("it has no draft")
    assert status(product, READY) == "pending"
    dialog.get_by_role("button", name="Approve 1 of 2").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("1 approved", exact=True)).to_be_visible()
    assert status(product, READY) == "approved"
    expect(page.get_by_label(f"Select {READY_TITLE}")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 undone", exact=True)).to_be_visible()
    assert status(product, READY) == "pending"
    expect(page.get_by_label(f"Select {READY_TITLE}")).to_be_visible()


def test_a_preview_that_is_closed_does_nothing(chromium: Browser, product: Product) -> None:
    """Escape leaves everything as it was, and the dialog does not come back by itself."""
    page = person(chromium, product, "Kim").new_page()
    queue(page, product)
    select(page, READY_TITLE)
    page.get_by_role("button", name="Reject…").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    idle(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    idle(page)
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("1 selected")).to_be_hidden()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert status(product, READY) == "pending"


def test_work_is_given_to_a_name_that_is_typed_and_found_by_it(
    chromium: Browser, product: Product
) -> None:
    """The row says for whom it is; that name leads to all that is theirs, as a link."""
    page = person(chromium, product, "Kim").new_page()
    queue(page, product)
    select(page, OTHER_TITLE)
    page.get_by_role("button", name="Assign…").click()
    dialog = page.get_by_role("dialog")
    expect(row(dialog, OTHER_TITLE)).to_contain_text("nobody → you")
    dialog.get_by_role("combobox").fill("Lee Ann")
    page.keyboard.press("Enter")
    expect(row(dialog, OTHER_TITLE)).to_contain_text("nobody → Lee Ann")
    dialog.get_by_role("button", name="Assign 1").click()
    expect(page.get_by_text("1 assigned to Lee Ann")).to_be_visible()
    row(page, OTHER_TITLE).get_by_role("link", name="for Lee Ann").click()
    page.wait_for_url("**/queue?assignee=local*")
    expect(page.get_by_label(f"Select {READY_TITLE}")).to_be_hidden()
    expect(page.get_by_label(f"Select {OTHER_TITLE}")).to_be_visible()


def test_a_duplicate_is_rejected_from_its_row(chromium: Browser, product: Product) -> None:
    """The reason names the other one before anything is clicked."""
    page = person(chromium, product, "Kim").new_page()
    queue(page, product)
    page.get_by_role("button", name="reject as duplicate…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Reason")).to_have_value(f"duplicate of {READY}")
    dialog.get_by_role("button", name="Reject 1").click()
    expect(page.get_by_text("1 rejected", exact=True)).to_be_visible()
    assert status(product, READY) == "pending"


def test_keys_lead_and_never_fire_while_typing(chromium: Browser, product: Product) -> None:
    """H, M and N are letters in a search; outside of fields they lead, and decide nothing."""
    page = person(chromium, product, "Kim").new_page()
    queue(page, product)
    search = page.get_by_placeholder(re.compile("Search title"))
    search.click()
    page.keyboard.type("hmn")
    idle(page)
    expect(search).to_have_value("hmn")
    assert "/queue" in page.url
    assert "assignee" not in page.url
    expect(page.get_by_text("No key approves")).to_be_hidden()
    queue(page, product)
    page.keyboard.press("h")
    expect(page.get_by_text("No key approves")).to_be_visible()
    page.keyboard.press("h")
    expect(page.get_by_text("No key approves")).to_be_hidden()
    page.keyboard.press("m")
    page.wait_for_url("**/queue?assignee=local*")
    idle(page)
    page.keyboard.press("m")
    page.wait_for_url("**/queue")
    expect(page.get_by_label(f"Select {READY_TITLE}")).to_be_visible()
    idle(page)
    page.keyboard.press("n")
    page.wait_for_url("**/review?id=*")


def test_letters_in_the_editor_are_text(chromium: Browser, product: Product) -> None:
    """Nobody leaves a text half written because of a key."""
    page = person(chromium, product, "Kim").new_page()
    page.goto(f"{product.address}/review?id={READY}")
    page.get_by_role("tab", name="Edit").wait_for()
    idle(page)
    page.get_by_role("tab", name="Edit").click()
    area = page.get_by_label("Runbook in Markdown")
    area.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("hnm")
    idle(page)
    assert area.input_value().endswith("hnm")
    assert READY in page.url
    expect(page.get_by_text("No key approves")).to_be_hidden()
