"""Type, and do something else in the same moment: is any text lost, is a stale one approved?

    python -m bench.editor_soak [--editor own|ace] [--trials 100] [--acts save,next,…] [--typing 60]

A real Chromium types a word of its own into the editor of a running product and then acts without
a pause. After each act the word is looked for: in the stored text, among the unsaved texts that the
store has, in the editor, and in what a reload offers. `done`: the act was done with the text on the
screen. `told`: it was not, the text is kept, and the page says so. `silent`: the page says nothing
and the word is nowhere, or not where the page says that it is. `stale`: another text than the one
on the screen was approved.
"""

import argparse
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Dialog, Frame, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from runbooks.clock import utc_now
from runbooks.store.sqlite import SqliteStore
from runbooks.unsaved import Person
from tests.pointer import pointer_on
from tests.served_product import ServedProduct, served_product
from tests.world import GOOD, World, make_world
from tools.screenshots import FLAGS, browser_path

KIM = Person("local:Kim")
LABEL = "Runbook in Markdown"
UNSAVED = re.compile(r"Not saved|unsaved text|not saved", re.IGNORECASE)
PATIENCE_S = {"own": 30.0, "ace": 6.0}
"""How long a sign is waited for before it counts as missing; a busy machine needs long.

What streamlit-ace loses is waited for each time, so that it gets less.
"""
DONE, TOLD, SILENT, STALE = "done", "told", "silent", "stale"
UNTYPED = "not typed"


@dataclass
class Soak:
    """A product, its store as another process sees it, and a browser."""

    server: ServedProduct
    world: World
    browser: Browser
    editor: str
    number: int = 0
    context: BrowserContext | None = None
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def until(self, holds: Callable[[], bool]) -> bool:
        """Wait until something is so, as long as this editor is given; say whether it became so."""
        return until(holds, PATIENCE_S[self.editor])

    def word(self) -> str:
        """Give a word that was never typed before."""
        self.number += 1
        letters = [chr(ord("a") + int(digit)) for digit in f"{self.number:05}"]
        return f"word{''.join(letters)}"

    def item(self) -> str:
        """Give a new suggestion with a runbook that a person wrote, not the last in the list."""
        if not self.world.made:
            self.world.suggest(created_at="2026-12-31T00:00:00.000000Z")
            self.world.service.refresh()
        second = self.world.made
        sid = self.world.suggest(created_at=f"2026-01-01T00:{second // 60:02}:{second % 60:02}Z")
        text = GOOD.replace(f"{1:032x}", f"{self.world.made:032x}")
        self.world.service.open(sid, KIM)
        self.world.service.save(sid, text, "none", KIM)
        return sid

    def fresh_page(self, before: Page | None = None) -> Page:
        """Close a page and give a new one of the same browser, which keeps no text of before."""
        if self.context is None:
            self.context = self.tab()
        if before is not None and not before.is_closed():
            before.goto("about:blank")
        page = self.context.new_page()
        if before is not None and not before.is_closed():
            before.close()
        return page

    def last(self, page: Page) -> Page:
        """Give this page, or the one that came after it was closed."""
        return page.context.pages[-1] if page.is_closed() else page

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
        page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
        self.focus(page)
        page.evaluate(_FORGET)
        self.watch(page)

    def watch(self, page: Page) -> None:
        """Note what reached the screen, so that a key that met no editor is not called a loss."""
        if self.editor == "own":
            page.evaluate(_WITNESS)
        else:
            self.frame(page).evaluate(_ACE_WITNESS)

    def reached(self, page: Page, word: str) -> bool:
        """Whether the word was ever on the screen."""
        return word in str(page.evaluate("localStorage.getItem('soak')"))

    def frame(self, page: Page) -> Frame:
        """Give the frame of streamlit-ace."""
        return next(frame for frame in page.frames if "streamlit_ace" in frame.url)

    def focus(self, page: Page) -> None:
        """Put the cursor at the end of the text."""
        if self.editor == "own":
            page.get_by_label(LABEL).click()
        else:
            frame = page.frame_locator('iframe[title^="streamlit_ace"]')
            frame.locator(".ace_content").first.click()
        page.keyboard.press("Control+End")

    def text(self, page: Page) -> str:
        """Give the text in the editor, "" where there is none."""
        if self.editor == "own":
            field_ = page.get_by_label(LABEL)
            return field_.input_value(timeout=3000) if field_.count() else ""
        shown = any("streamlit_ace" in frame.url for frame in page.frames)
        return str(self.frame(page).evaluate(_ACE_TEXT)) if shown else ""

    def stored(self, sid: str, word: str) -> bool:
        """Whether the stored text has the word."""
        return word in str(self.world.read(sid).slot.raw)

    def kept(self, sid: str, word: str) -> bool:
        """Whether the store has it among the texts that are not saved."""
        return any(word in text.text for text in self.world.service.repository.unsaved(sid))


_FORGET = """() => {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith('runbooks:text:')) localStorage.removeItem(name);
  }
}"""
_WITNESS = """() => window.addEventListener('input', event =>
  localStorage.setItem('soak', event.composedPath()[0].value.slice(-60)), true)"""
_ACE_WITNESS = """() => {
  const ace = document.querySelector('.ace_editor').env.editor;
  ace.on('change', () => localStorage.setItem('soak', ace.getValue().slice(-60)));
}"""
_ACE_TEXT = "() => document.querySelector('.ace_editor')?.env?.editor?.getValue() ?? ''"


def until(holds: Callable[[], bool], seconds: float = PATIENCE_S["own"]) -> bool:
    """Wait until something is so; say whether it became so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(PlaywrightError):  # the page is just being drawn anew
            if holds():
                return True
        time.sleep(0.05)
    return False


def where(page: Page) -> str:
    """Give the address that the page shows by now."""
    return str(page.evaluate("location.href"))


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
    if soak.until(lambda: soak.stored(sid, word)):
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
    click_on = pointer_on(button)  # a click that looked for it after the typing would come late
    page.keyboard.type(f"\n\n{word}")
    click_on()
    told = soak.until(lambda: soak.world.read(sid).status == "approved" or _told_unsaved(page))
    page.wait_for_timeout(300)
    if soak.world.read(sid).status == "approved":
        return DONE if soak.stored(sid, word) else STALE
    safe = soak.kept(sid, word) or soak.stored(sid, word)
    return TOLD if told and safe else SILENT


def _told_unsaved(page: Page) -> bool:
    """Whether the page says that this text is not part of what is approved."""
    return _refused(page) or page.get_by_role("button", name="Save and approve").is_visible()


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
    soak.until(lambda: soak.world.read(sid).status == "approved" or _refused(page))
    if soak.world.read(sid).status == "approved":
        return DONE if soak.stored(sid, word) else STALE
    return TOLD if soak.kept(sid, word) or soak.stored(sid, word) else SILENT


def go_next(soak: Soak, page: Page, sid: str, word: str) -> str:
    """The next suggestion."""
    page.keyboard.type(f"\n\n{word}")
    page.get_by_role("button", name=re.compile("Next")).first.click()
    soak.until(lambda: sid not in where(page))
    return _elsewhere(soak, page, sid, word)


def other_page(soak: Soak, page: Page, sid: str, word: str) -> str:
    """The library, by its link."""
    page.keyboard.type(f"\n\n{word}")
    page.get_by_role("link", name="Library").first.click()
    soak.until(lambda: "library" in where(page))
    return _elsewhere(soak, page, sid, word)


def other_tab(soak: Soak, page: Page, sid: str, word: str) -> str:
    """Preview and back."""
    page.keyboard.type(f"\n\n{word}")
    page.get_by_role("tab", name="Preview").click()
    page.wait_for_timeout(600)
    page.get_by_role("tab", name="Edit").click()
    back = soak.until(lambda: word in soak.text(page))
    return TOLD if back and soak.until(lambda: says(page, UNSAVED)) else SILENT


def _elsewhere(soak: Soak, page: Page, sid: str, word: str) -> str:
    """Look on the page that was gone to; the click may have got lost, and then it stands here."""
    told = soak.until(lambda: says(page, re.compile("Unsaved text: ")))
    if not told and word in soak.text(page) and says(page, UNSAVED):
        print(f"the click got lost: {word}", flush=True)
        return TOLD
    return TOLD if told and _there_again(soak, page, sid, word) else SILENT


def reload(soak: Soak, page: Page, sid: str, word: str) -> str:
    """F5."""
    page.keyboard.type(f"\n\n{word}")
    page.reload()
    return TOLD if _there_again(soak, page, sid, word, goto=False) else SILENT


def close(soak: Soak, page: Page, sid: str, word: str) -> str:
    """Closing the tab, although the browser warns; then a new one."""
    warned: list[str] = []

    def warn(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.accept()

    page.on("dialog", warn)
    page.keyboard.type(f"\n\n{word}")
    page.close(run_before_unload=True)
    if not page.is_closed():
        page.wait_for_event("close")
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
    """Whether the text stands in the editor, or is offered and comes back with a click."""
    if goto:
        page.goto(f"{soak.server.address}/review?id={sid}&tab=edit")
    put = page.get_by_role("button", name="Put into the editor").first
    if not soak.until(lambda: word in soak.text(page) or put.is_visible()):
        return False
    if word not in soak.text(page):
        put.click()
    return soak.until(lambda: word in soak.text(page)) or put.is_visible()


def typing(soak: Soak, seconds: float) -> str:
    """Type without a pause while a batch runs and finishes and another tab watches it."""
    for _ in range(60):
        soak.world.suggest()
    soak.world.service.refresh()
    sid, page = soak.item(), soak.fresh_page()
    soak.open(page, sid)
    before, typed, began = soak.text(page), "", time.monotonic()
    watching = soak.tab().new_page()
    watching.goto(f"{soak.server.address}/queue")
    page.bring_to_front()
    body = {"batchSize": 100, "triggeredBy": "manual"}
    address = f"{soak.server.address}/runbooks/run-once"
    with ThreadPoolExecutor(1) as pool:
        batch = pool.submit(httpx.post, address, json=body, timeout=300)
        while time.monotonic() - began < seconds:
            word = f" {soak.word()}"
            page.keyboard.type(word, delay=25)
            typed += word
        summary = batch.result().json()
    page.keyboard.press("Control+s")
    soak.until(lambda: soak.stored(sid, typed[-10:]))
    draft = soak.world.read(sid).slot.draft
    missing = [
        text != before + typed for text in (soak.text(page), draft and draft.markdown_content)
    ]
    return (
        f"{len(typed):,} characters typed in {seconds:.0f} s beside a batch that drafted "
        f"{summary['generatedCount']}: on the screen {'NOT ' * missing[0]}all of them, "
        f"stored {'NOT ' * missing[1]}all of them"
    )


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
    page, sid, began = soak.fresh_page(), "", time.monotonic()
    for trial in range(number):
        if not goes_on or trial % 20 == 0:
            page = soak.fresh_page(page)
            sid = soak.item()
            soak.open(page, sid)
        else:
            soak.focus(page)
        word = soak.word()
        found = act(soak, page, sid, word)
        page = soak.last(page)
        if found == SILENT and not soak.reached(page, word):
            found = UNTYPED
        counts[found] += 1
        if found not in (DONE, TOLD):
            print(f"{name} {word} of {sid}: {found}", flush=True)
            page.screenshot(path=f"{tempfile.gettempdir()}/soak-{soak.editor}-{word}.png")
    page.close()
    took = (time.monotonic() - began) / max(1, number)
    print(f"{_row(name, counts)}  ({took:.1f} s each)", flush=True)


def _row(name: str, counts: Counter[str]) -> str:
    shown = " | ".join(str(counts[kind]) for kind in (DONE, TOLD, SILENT, STALE))
    return f"| {name} | {counts.total()} | {shown} |"


@contextmanager
def prepared(editor: str) -> Iterator[Soak]:
    """Start product and browser; end both."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "soak.db"
        store = SqliteStore(file)
        world = make_world(store, clock=utc_now)
        store.check()
        with served_product(Path(folder), file, RUNBOOK_EDITOR=editor) as server:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
            try:
                yield Soak(server, world, browser, editor)
            finally:
                browser.close()


def main() -> None:
    """Run the trials and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--editor", choices=("own", "ace"), default="own")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--acts", default=",".join(ACTS))
    parser.add_argument("--typing", type=float, default=60, help="seconds, 0 for none")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    with prepared(asked.editor) as soak:
        if asked.typing:
            print(typing(soak, asked.typing), flush=True)
        for name in filter(None, asked.acts.split(",")):
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
