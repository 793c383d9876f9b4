"""What a chart is drawn in, seen as a person sees it: its pixels."""

import io
import re

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Product, person
from tools.screenshots import settle

pytestmark = pytest.mark.browser
_BOX = 100
"""So many pixels of one colour are a bar, no edge of a letter."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_legend_has_exactly_the_colours_of_its_bars(
    chromium: Browser, product: Product, scheme: str
) -> None:
    """Drafted and template of the runs, approved and rejected of the days: in both looks."""
    for ids in (["sugg_sample_001", "sugg_sample_020"], ["sugg_sample_002", "sugg_sample_021"]):
        httpx.post(f"{product.address}/runbooks/run-once", json={"suggestionIds": ids}, timeout=60)
    page = person(chromium, product, "Kim", color_scheme=scheme).new_page()
    page.goto(f"{product.address}/run-history")
    settle(page)
    for title, kinds in (
        ("Outcomes of each run", ("drafted", "template")),
        ("Decisions", ("as drafted", "rejected")),
    ):
        named = colours(page, title)
        drawn = pixels(page, title)
        for kind in kinds:
            assert drawn.get(named[kind], 0) > _BOX, (title, kind, named[kind])


def colours(page: Page, title: str) -> dict[str, tuple[int, ...]]:
    """The colours that the legend under this title gives to its kinds."""
    found = (
        page.locator(".rb-legend")
        .filter(has_text=title)
        .evaluate(
            """(legend) => [...legend.querySelectorAll(".rb-kind")].map((mark) => [
          mark.parentElement.innerText.replace("■", "").trim(), getComputedStyle(mark).color,
        ])"""
        )
    )
    return {name: tuple(map(int, re.findall(r"\d+", rgb)))[:3] for name, rgb in found}


def pixels(page: Page, title: str) -> dict[tuple[int, ...], int]:
    """How many pixels of the chart under this title have which colour."""
    column = page.locator('[data-testid="stColumn"]').filter(has_text=title)
    chart = column.locator('[data-testid="stVegaLiteChart"]')
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    image = Image.open(io.BytesIO(chart.screenshot())).convert("RGB")
    counted = image.getcolors(image.width * image.height) or []
    return {colour: count for count, colour in counted}  # type: ignore[misc]
