"""Pictures of every page: python -m tools.screenshots BASE_URL FOLDER [PAGE …]

Each page is taken at 1280 and 390 pixels, light and dark, whole. A page is an address below the
base, such as `queue` or `queue?severity=critical`; without any, the three pages and the review of
the first suggestion in the queue. Says which pages are wider than the screen, and ends with 1 when
one is. CHROMIUM names the browser; else it is one of Debian's, else Playwright's own.
"""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGES = ("queue", "run-history")
_BROWSERS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
"""The first draws no window around a page, which would cost half as much as the page itself."""
_QUIET_MS = 700


def browser_path() -> str | None:
    """Give the browser to use, None for the one that Playwright brings."""
    named = os.environ.get("CHROMIUM")
    return next((path for path in (named, *_BROWSERS) if path and Path(path).exists()), None)


def settle(page: Page) -> None:
    """Wait until the app has finished drawing."""
    page.wait_for_selector('[data-testid="stMainBlockContainer"] h1')
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_timeout(_QUIET_MS)


def overflow(page: Page) -> int:
    """Say by how many pixels the page is wider than the screen."""
    return int(
        page.evaluate(
            """() => {
              const main = document.querySelector('[data-testid="stMain"]') || document.body;
              return Math.max(0, main.scrollWidth - main.clientWidth);
            }"""
        )
    )


def whole(page: Page, path: Path) -> None:
    """Take the page in its full height; the app scrolls inside, so the window is made as tall."""
    height = page.evaluate(
        """() => {
          const main = document.querySelector('[data-testid="stMainBlockContainer"]');
          return Math.ceil(main ? main.getBoundingClientRect().height + 60 : 0);
        }"""
    )
    size = page.viewport_size or {"width": 1280, "height": 900}
    tall = min(max(int(height), size["height"]), 6000)
    page.set_viewport_size({"width": size["width"], "height": tall})
    page.wait_for_timeout(_QUIET_MS)
    page.screenshot(path=path)


def first_suggestion(browser: Browser, base: str) -> str:
    """Give the address of the review of the first suggestion, "" when there is none."""
    page = browser.new_page()
    page.goto(f"{base}/queue")
    settle(page)
    links = page.locator('a.title[href^="review"]')
    href = links.first.get_attribute("href") if links.count() else None
    page.close()
    return href or ""


def take(browser: Browser, base: str, pages: Sequence[str], folder: Path) -> list[str]:
    """Take all pictures; give the complaints."""
    complaints = []
    for scheme in SCHEMES:
        for name, (width, height) in WIDTHS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page = context.new_page()
            for address in pages:
                page.set_viewport_size({"width": width, "height": height})
                page.goto(f"{base}/{address}")
                settle(page)
                file = re.sub(r"[^\w-]+", "_", address)[:60] + f"-{name}-{scheme}.png"
                if too_wide := overflow(page):
                    complaints.append(f"{file}: {too_wide} px too wide")
                whole(page, folder / file)
            context.close()
    return complaints


def main(arguments: Sequence[str]) -> int:
    """Take the pictures and say what is wrong."""
    if len(arguments) < 2:
        print(__doc__)
        return 2
    base, folder = arguments[0].rstrip("/"), Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        wanted = list(arguments[2:])
        if not wanted:
            review = first_suggestion(browser, base)
            wanted = [*PAGES, review] if review else list(PAGES)
        complaints = take(browser, base, wanted, folder)
        browser.close()
    print("\n".join(complaints) or f"{len(list(folder.glob('*.png')))} pictures in {folder}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
