"""Type, and do something else in the same moment: is any text lost, is a stale one approved?

    python -m bench.editor_soak [--editor own|ace] [--trials 100] [--acts save,reload,…]

A real Chromium types a word of its own into the editor of a running product and then acts without
a pause. After each act the word is looked for: in the stored text, among the unsaved texts that the
store has, in the editor, and in what a reload offers. `done`: the act was done with the text on the
screen. `told`: it was not, the text is kept, and the page says so. `silent`: the page says nothing
and the word is nowhere, or not where the page says that it is. `stale`: another text than the one
on the screen was approved.
"""

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from runbooks.clock import utc_now
from runbooks.store.sqlite import SqliteStore
from runbooks.unsaved import Person
from tests.world import GOOD_RUNBOOK, World, make_world
from tools.screenshots import FLAGS, browser_path

GOOD = GOOD_RUNBOOK.read_text(encoding="utf-8")
KIM = Person("local:Kim")
LABEL = "Runbook in Markdown"
UNSAVED = re.compile(r"Not saved|unsaved text|not saved", re.IGNORECASE)
PATIENCE_S = 12.0
DONE, TOLD, SILENT, STALE = "done", "told", "silent", "stale"


class Server:
    """The product in a process of its own that can be killed and started again."""

    def __init__(self, folder: Path, editor: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.address = f"http://127.0.0.1:{self.port}"
        self.settings = os.environ | {
            "RUNBOOK_STORE": f"sqlite:///{folder / 'soak.db'}",
            "RUNBOOK_DRAFTER": "offline",
            "RUNBOOK_EDITOR": editor,
            "PORT": str(self.port),
            "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        }

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = (self.folder / "serve.log").open("ab")
        command = [sys.executable, "-m", "runbooks", "serve"]
        self.process = subprocess.Popen(
            command, cwd=self.folder, env=self.settings, stdout=log, stderr=log
        )
        for _ in range(600):
            try:
                if httpx.get(f"{self.address}/health", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError("the product did not start")

    def kill(self) -> None:
        """End it without warning."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@dataclass
class Soak:
    """A product, its store as another process sees it, and a browser."""

    server: Server
    world: World
    browser: Browser
    editor: str
    number: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def word(self) -> str:
        """Give a word that was never typed before."""
        self.number += 1
        letters = [chr(ord("a") + int(digit)) for digit in f"{self.number:05}"]
        return f"word{''.join(letters)}"

    def item(self) -> str:
        """Give a new suggestion with a runbook that a person wrote."""
        sid = self.world.suggest()
        self.world.service.open(sid, KIM)
        self.world.service.save(sid, GOOD, "none", KIM)
        return sid

    def tab(self) -> BrowserContext:
        """Give a browser of somebody with a name."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        name = {"name": "runbooks_name", "value": "Kim", "url": self.server.address}
        context.add_cookies([name])
        context.set_default_timeout(20_000)
        return context

    def open(self, page: Page, sid: str) -> None:
        """Open the editor of a suggestion and put the cursor at the end."""
        page.goto(f"{self.server.address}/review?id={sid}&tab=edit")
        self.focus(page)

    def focus(self, page: Page) -> None:
        """Put the cursor at the end of the text."""
        if self.editor == "own":
            page.get_by_label(LABEL).click()
        else:
            frame = page.frame_locator('iframe[title^="streamlit_ace"]')
            frame.locator(".ace_content").click()
        page.keyboard.press("Control+End")

    def text(self, page: Page) -> str:
        """Give the text in the editor, "" where there is none."""
        if self.editor == "own":
            field_ = page.get_by_label(LABEL)
            return field_.input_value(timeout=3000) if field_.count() else ""
        for frame in page.frames:
            if "streamlit_ace" in frame.url:
                return str(frame.evaluate(_ACE_TEXT))
        return ""

    def stored(self, sid: str, word: str) -> bool:
        """Whether the stored text has the word."""
        return word in str(self.world.read(sid).slot.raw)

    def kept(self, sid: str, word: str) -> bool:
        """Whether the store has it among the texts that are not saved."""
        return any(word in text.text for text in self.world.service.repository.unsaved(sid))


_ACE_TEXT = "() => document.querySelector('.ace_editor')?.env?.editor?.getValue() ?? ''"


def until(holds: Callable[[], bool], seconds: float = PATIENCE_S) -> bool:
    """Wait until something is so; say whether it became so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def says(page: Page, words: str | re.Pattern[str]) -> bool:
    """Whether the page shows these words."""
    try:
        return page.get_by_text(words).first.is_visible()
    except PlaywrightError:
        return False


# --- acts: each types, acts at once, and gives what became of the word ----------------------------


def save(soak: Soak, page: Page, sid: str, word: str) -> str:
    """The button Save."""
    page.keyboard.type(f"\n\n{word}")
    page.get_by_role("button", name="Save", exact=True).click()
    return _saved(soak, page, sid, word)


def ctrl_s(soak: Soak, page: Page, sid: str, word: str) -> str:
    """Ctrl+S while the cursor stands in the text."""
    page.keyboard.type(f"\n\n{word}")
    page.keyboard.press("Control+s")
    return _saved(soak, page, sid, word)


def _saved(soak: Soak, page: Page, sid: str, word: str) -> str:
    if until(lambda: soak.stored(sid, word), 5):
        return DONE
    page.wait_for_timeout(1000)
    if soak.stored(sid, word):
        return DONE
    safe = soak.kept(sid, word) or word in soak.text(page)
    return TOLD if safe and says(page, UNSAVED) else SILENT


def approve(soak: Soak, page: Page, sid: str, word: str) -> str:
    """Approve, as the button stands there."""
    button = page.get_by_role("button", name=re.compile(r"Approve [0-9a-f]{8}"))
    button.wait_for()
    page.keyboard.type(f"\n\n{word}")
    button.click()
    decided = until(lambda: soak.world.read(sid).status == "approved" or _refused(page), 6)
    page.wait_for_timeout(500)
    if soak.world.read(sid).status == "approved":
        return DONE if soak.stored(sid, word) else STALE
    safe = soak.kept(sid, word) or soak.stored(sid, word)
    return TOLD if decided and safe else SILENT


def _refused(page: Page) -> bool:
    return says(page, re.compile("Nothing was approved|not approved yet"))


def save_and_approve(soak: Soak, page: Page, sid: str, word: str) -> str:
    """Save and approve, with more typed after the button came."""
    page.keyboard.type("\n\nbegun")
    button = page.get_by_role("button", name="Save and approve")
    button.wait_for()
    soak.focus(page)
    page.keyboard.type(f"\n\n{word}")
    button.click()
    until(lambda: soak.world.read(sid).status == "approved" or _refused(page), 6)
    if soak.world.read(sid).status == "approved":
        return DONE if soak.stored(sid, word) else STALE
    return TOLD if soak.kept(sid, word) or soak.stored(sid, word) else SILENT


def go_next(soak: Soak, page: Page, sid: str, word: str) -> str:
    """The next suggestion."""
    page.keyboard.type(f"\n\n{word}")
    page.get_by_role("button", name=re.compile("Next")).first.click()
    until(lambda: sid not in page.url, 6)
    return _elsewhere(soak, page, sid, word)


def other_page(soak: Soak, page: Page, sid: str, word: str) -> str:
    """The library, by its link."""
    page.keyboard.type(f"\n\n{word}")
    page.get_by_role("link", name="Library").first.click()
    until(lambda: "library" in page.url, 6)
    return _elsewhere(soak, page, sid, word)


def other_tab(soak: Soak, page: Page, sid: str, word: str) -> str:
    """Preview and back."""
    page.keyboard.type(f"\n\n{word}")
    page.get_by_role("tab", name="Preview").click()
    page.wait_for_timeout(600)
    page.get_by_role("tab", name="Edit").click()
    back = until(lambda: word in soak.text(page), 6)
    return TOLD if back and until(lambda: says(page, UNSAVED), 3) else SILENT


def _elsewhere(soak: Soak, page: Page, sid: str, word: str) -> str:
    told = until(lambda: says(page, re.compile("Unsaved text: ")), 6)
    return TOLD if told and _there_again(soak, page, sid, word) else SILENT


def reload(soak: Soak, page: Page, sid: str, word: str) -> str:
    """F5."""
    page.keyboard.type(f"\n\n{word}")
    page.reload()
    return TOLD if _there_again(soak, page, sid, word, goto=False) else SILENT


def close(soak: Soak, page: Page, sid: str, word: str) -> str:
    """Closing the tab, although the browser warns; then a new one."""
    warned: list[str] = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    page.keyboard.type(f"\n\n{word}")
    page.close(run_before_unload=True)
    until(page.is_closed, 6)
    again = page.context.new_page()
    return TOLD if _there_again(soak, again, sid, word) and warned else SILENT


def kill(soak: Soak, page: Page, sid: str, word: str) -> str:
    """The server is killed, started again, and the page loaded anew."""
    page.keyboard.type(f"\n\n{word}")
    soak.server.kill()
    soak.server.start()
    page.reload()
    return TOLD if _there_again(soak, page, sid, word, goto=False) else SILENT


def _there_again(soak: Soak, page: Page, sid: str, word: str, goto: bool = True) -> bool:
    """Whether the text stands in the editor or is offered, and comes back with one click."""
    if goto:
        page.goto(f"{soak.server.address}/review?id={sid}&tab=edit")
    put = page.get_by_role("button", name="Put into the editor").first
    if not until(lambda: word in soak.text(page) or put.is_visible(), 8):
        return False
    if word not in soak.text(page):
        put.click()
    return until(lambda: word in soak.text(page), 8)


ACTS: dict[str, tuple[Callable[[Soak, Page, str, str], str], bool]] = {
    "save": (save, True),
    "ctrl+s": (ctrl_s, True),
    "approve": (approve, False),
    "save and approve": (save_and_approve, False),
    "next": (go_next, False),
    "other page": (other_page, False),
    "other tab": (other_tab, False),
    "reload": (reload, False),
    "close": (close, False),
    "kill": (kill, False),
}
"""Each act, and whether many trials of it may run on one page."""


def trials(soak: Soak, name: str, number: int) -> None:
    """Do one act so many times and count what became of the text."""
    act, goes_on = ACTS[name]
    counts = soak.counts.setdefault(name, Counter())
    context, page, sid = soak.tab(), None, ""
    for trial in range(number):
        if page is None or not goes_on or trial % 20 == 0:
            context.close()
            context, sid = soak.tab(), soak.item()
            soak.item()
            soak.world.service.refresh()
            page = context.new_page()
            soak.open(page, sid)
        word = soak.word()
        found = act(soak, page, sid, word)
        counts[found] += 1
        if found in (SILENT, STALE):
            print(f"{name} {word} of {sid}: {found}", flush=True)
    context.close()
    print(_row(name, counts), flush=True)


def _row(name: str, counts: Counter[str]) -> str:
    shown = " | ".join(str(counts[kind]) for kind in (DONE, TOLD, SILENT, STALE))
    return f"| {name} | {counts.total()} | {shown} |"


@contextmanager
def prepared(editor: str) -> Iterator[Soak]:
    """Start product and browser; end both."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = SqliteStore(Path(folder) / "soak.db")
        world = make_world(store, clock=utc_now)
        store.check()
        server = Server(Path(folder), editor)
        server.start()
        browser = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        try:
            yield Soak(server, world, browser, editor)
        finally:
            browser.close()
            server.kill()


def main() -> None:
    """Run the trials and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--editor", choices=("own", "ace"), default="own")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--acts", default=",".join(ACTS))
    asked = parser.parse_args()
    with prepared(asked.editor) as soak:
        for name in asked.acts.split(","):
            trials(soak, name, asked.trials)
        print(f"\n| {asked.editor}: type, then at once | trials | done | told | silent | stale |")
        print("|---|---|---|---|---|---|")
        for name, counts in soak.counts.items():
            print(_row(name, counts))
        bad = sum(counts[SILENT] + counts[STALE] for counts in soak.counts.values())
    if asked.editor == "own" and bad:
        sys.exit(1)


if __name__ == "__main__":
    main()
