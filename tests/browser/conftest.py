"""A whole product for browser tests: `python -m runbooks serve` in a process of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

expect.set_options(timeout=20_000)

ROOT = Path(__file__).resolve().parents[2]
_KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "OPENAI_BASE_URL")


@dataclass(frozen=True)
class Product:
    """A running product: where it answers, and the file that it keeps its documents in."""

    address: str
    store: Path


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """The product with its sample, on a free port, over a new file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    store = tmp_path / "runbooks.db"
    settings = {k: v for k, v in os.environ.items() if k not in _KEYS}
    settings |= {
        "RUNBOOK_STORE": f"sqlite:///{store}",
        "RUNBOOK_DRAFTER": "offline",
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    log = tmp_path / "serve.log"
    command = [sys.executable, "-m", "runbooks", "serve", "--with-sample"]
    with (
        log.open("wb") as out,
        subprocess.Popen(
            command, cwd=tmp_path, env=settings, stdout=out, stderr=out, start_new_session=True
        ) as process,
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}", process, log)
            yield Product(f"http://127.0.0.1:{port}", store)
        finally:
            _end(process)
    shutil.rmtree(tmp_path, ignore_errors=True)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{address}/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"the product did not start: {log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what was started here and whatever it started itself."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
        else:
            return


def person(browser: Browser, product: Product, name: str, **options: object) -> BrowserContext:
    """A browser of somebody who gave this name."""
    options = {"viewport": {"width": 1280, "height": 900}, **options}
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.add_cookies([{"name": "runbooks_name", "value": name, "url": product.address}])
    context.set_default_timeout(20_000)
    return context


def idle(page: Page) -> None:
    """Wait until the app has answered and nothing is under way."""
    page.wait_for_timeout(300)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
