"""Two people, a browser each, at one suggestion: every order of open, edit and a last act.

    python -m bench.two_browsers [--pairs save:approve,…] [--orders 20]

Each opens the page, types a line of their own (taking the editor over where the other one has it)
and then saves, regenerates with force, or approves. After each order is looked for: both lines in
the stored text, a version, an unsaved text or the editor (else `lost`); an act that was not done
without a word of the page about it, or one that the page calls done and was not (`untold`); an
approved text that did not stand on the approver's screen (`unseen`).
"""

import argparse
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from bench.editor_soak import LABEL, until
from runbooks.clock import utc_now
from runbooks.models import Suggestion, VersionReason
from runbooks.store.sqlite import SqliteStore
from runbooks.unsaved import Person
from tests.interleaving import STEPS, orders
from tests.served_product import ServedProduct, served_product
from tests.world import GOOD, World, make_world
from tools.screenshots import FLAGS, browser_path

ACTS = ("save", "regenerate", "approve")
NAMES = ("Kim", "Lee")
LOST, UNTOLD, UNSEEN = "lost", "untold", "unseen"
ATTEMPTS = 3
LATE_MS = 2_500
MESSAGES = '[data-testid="stAlert"], [data-testid="stToast"]'
STATUS = ".st-key-rv_status"


@dataclass
class Side:
    """One person at the page, the line they type, and what went wrong for them."""

    world: World
    product: ServedProduct
    page: Page
    name: str
    sid: str
    last: str
    line: str
    typed: bool = False
    wrong: list[str] = field(default_factory=list)
    acted: Counter[str] = field(default_factory=Counter)
    before: frozenset[str] = frozenset()
    told: Counter[str] = field(default_factory=Counter)

    @property
    def actor(self) -> str:
        """The name in records."""
        return f"local:{self.name}"

    def step(self, name: str) -> None:
        """Do the next step."""
        self.before = frozenset(self.messages())
        if name != "act":
            getattr(self, name)()
            return
        try:
            getattr(self, self.last)()
        except PlaywrightError:  # what was to be clicked went away, or was locked meanwhile
            self.settle("not offered" if self.says_why() else "missing")

    def open(self) -> None:
        """Open the page with its editor."""
        self.page.goto(f"{self.product.address}/review?id={self.sid}&tab=edit")
        self.idle()

    def edit(self) -> None:
        """Take the editor, from the other one if need be, and type at its end."""
        take = self.button(re.compile("Take over|Edit here"))
        editor = self.page.get_by_label(LABEL)
        until(lambda: take.is_visible() or _is_open(editor) or self.decided())
        if take.is_visible():
            take.click()
            until(lambda: _is_open(editor))
        if not _is_open(editor):
            return
        editor.click()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(f"\n\n{self.line}")
        self.typed = self.line in editor.input_value()

    def save(self) -> None:
        """Save by key, as one who types does."""
        if not self.typed:
            return
        self.page.keyboard.press("Control+s")
        if not _is_open(self.page.get_by_label(LABEL)):
            self.settle("not offered" if until(self.says_why) else "missing")
        elif until(lambda: self.is_saved() or self.says_not()):
            self.settle("saved" if self.is_saved() else "refused")
        else:
            self.wrong.append(f"{UNTOLD}: the save")

    def regenerate(self) -> None:
        """Draft anew with force."""
        before = self.drafts()
        opener = self.page.get_by_test_id("stPopoverButton").filter(has_text="Regenerate")
        if not self.usable(opener):
            self.settle("not offered" if self.says_why() else "missing")
            return
        opener.click()
        body = self.page.get_by_test_id("stPopoverBody")
        button = body.get_by_role("button", name="Regenerate")
        until(button.is_visible)
        self.idle()
        force = body.get_by_text("Force overwrite")
        if force.count():
            until(lambda: self.is_ticked(force, body.get_by_role("checkbox")))
        self.before = frozenset(self.messages())  # the panel itself warns of what it does
        button.click()
        done = until(lambda: self.drafts() > before or self.says_not())
        if not done:
            self.wrong.append(f"{UNTOLD}: the draft")
        self.settle("drafted" if self.drafts() > before else "refused")

    def is_ticked(self, label: Locator, box: Locator) -> bool:
        """Tick a box that is not ticked yet, and say whether it is now."""
        if not box.is_checked():
            label.click()
            self.idle()
        return box.is_checked()

    def approve(self) -> None:
        """Approve by whatever way the page offers, again where it first asks for a look."""
        asked = None
        for _ in range(ATTEMPTS):
            button = self.button(re.compile("Save and approve|Approve [0-9a-f]{8}"))
            if self.approved_by_me() or not self.usable(button):
                break
            asked = self.approve_once(button)
            self.before = frozenset()  # what stands there is told again when it is clicked again
        if asked and self.approved_by_me():
            self.settle("approved")
            self.hold_against(*asked)
        elif not asked:
            self.settle("not offered" if self.says_why() else "missing")

    def approve_once(self, button: Locator) -> tuple[str, str]:
        """Click what approves; give the text that stood in the editor, and what was clicked."""
        editor = self.page.get_by_label(LABEL)
        shown, name = editor.input_value() if editor.count() else "", button.inner_text()
        button.click()
        self.with_care(name)
        until(lambda: self.approved_by_me() or self.says_not())
        self.page.wait_for_timeout(LATE_MS)  # what was said before may stand until it is done
        if not self.approved_by_me():
            self.settle("refused" if self.says_not() else "missing")
        return shown, name

    def hold_against(self, shown: str, name: str) -> None:
        """Note when the approved text is not the one in the editor, or else of the revision named.

        The button may change under the pointer to one that saves first: the editor's text counts.
        """
        now = self.now()
        text = now.slot.draft.markdown_content if now.slot.draft else ""
        named = re.search("[0-9a-f]{8}", name)
        revision = now.approval.revision or "" if now.approval else ""
        right = text == shown if shown else bool(named and revision.startswith(named.group()))
        if not right:
            self.wrong.append(f"{UNSEEN}: {name} approved {revision[:8]}")

    def with_care(self, seen: str) -> None:
        """Go on where the page first says what speaks against it."""
        if "…" not in seen:
            return
        body = self.page.get_by_test_id("stPopoverBody")
        inner = body.get_by_role("button", name=re.compile("Approve")).first
        if until(inner.is_visible):
            inner.click()

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """Give the first button of that name."""
        return self.page.get_by_role("button", name=name).first

    def usable(self, button: Locator) -> bool:
        """Wait for a button, or for a word why there is none; say whether it can be clicked."""
        until(lambda: button.count() > 0 or self.says_why())
        return button.count() > 0 and button.first.is_visible() and button.first.is_enabled()

    def settle(self, what: str) -> None:
        """Count what came of the act; one that is missing without a word is told to nobody."""
        self.acted[what] += 1
        if what in ("refused", "not offered"):
            news = [
                said for said in self.messages() if what != "refused" or said not in self.before
            ]
            self.told[_without_numbers(f"{self.last} {what}: {' / '.join(news)}")] += 1
        if what == "missing":
            self.wrong.append(f"{UNTOLD}: {self.last}")
        self.idle()

    def now(self) -> Suggestion:
        """Read the suggestion as it is stored."""
        return self.world.read(self.sid)

    def decided(self) -> bool:
        """Whether somebody has decided it."""
        return self.now().status != "pending"

    def drafts(self) -> int:
        """Count what this person had drafted."""
        versions = self.world.service.versions(self.sid)
        made = (VersionReason.GENERATED, VersionReason.FORCED)
        return sum(v.actor == self.actor and v.reason in made for v in versions)

    def is_saved(self) -> bool:
        """Whether a version of this person has the line."""
        versions = self.world.service.versions(self.sid)
        return any(v.actor == self.actor and self.line in str(v.snippet) for v in versions)

    def approved_by_me(self) -> bool:
        """Whether it stands approved by this person."""
        now = self.now()
        return bool(now.status == "approved" and now.approval and now.approval.actor == self.actor)

    def messages(self, where: str = MESSAGES) -> list[str]:
        """Give what the page tells in messages, or in another place."""
        try:
            return self.page.locator(where).all_inner_texts()
        except PlaywrightError:
            return []

    def says_not(self) -> bool:
        """Whether the page says something that it did not say before the step."""
        return any(said and said not in self.before for said in self.messages())

    def says_why(self) -> bool:
        """Whether the page tells why there is nothing to click: a decision, another person."""
        return any(re.search("Approved|is editing", said) for said in self.messages(STATUS))

    def idle(self) -> None:
        """Wait until the page has answered."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')

    def is_kept(self) -> bool:
        """Whether the line is stored, in the history, among unsaved texts or in the editor."""
        if not self.typed:
            return True
        versions = str([v.snippet for v in self.world.service.versions(self.sid)])
        unsaved = str([t.text for t in self.world.service.repository.unsaved(self.sid)])
        return self.line in versions + unsaved or self.line in self.on_screen()

    def on_screen(self) -> str:
        """Give the text in this person's editor."""
        editor = self.page.get_by_label(LABEL)
        return editor.input_value() if editor.count() else ""


def _without_numbers(said: str) -> str:
    return " ".join(re.sub(r"[0-9a-f]{8}|\d\d:\d\d(:\d\d)?|\d+ s\b", "…", said).split())


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:04}")


def _is_open(editor: Locator) -> bool:
    return editor.count() > 0 and editor.first.is_visible() and editor.first.is_editable()


@contextmanager
def pages(browser: Browser, address: str) -> Iterator[tuple[Page, Page]]:
    """Give a page each to two people in browsers of their own."""
    made = []
    for name in NAMES:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": "runbooks_name", "value": name, "url": address}])
        context.set_default_timeout(20_000)
        made.append(context)
    try:
        yield made[0].new_page(), made[1].new_page()
    finally:
        for context in made:
            context.close()


def play(
    world: World,
    product: ServedProduct,
    browser: Browser,
    acts: tuple[str, str],
    order: Sequence[int],
) -> tuple[Side, Side]:
    """Let two people do their steps in this order, at a new suggestion; judge what came of it."""
    sid = world.suggest()
    ann = Person("local:Ann")
    world.service.open(sid, ann)
    world.service.save(sid, GOOD.replace(f"{1:032x}", f"{world.made:032x}"), "none", ann)
    with pages(browser, product.address) as opened:
        sides = tuple(
            Side(world, product, page, name, sid, act, f"{name} looked at {_letters(world.made)}")
            for page, name, act in zip(opened, NAMES, acts, strict=True)
        )
        steps = [iter(STEPS), iter(STEPS)]
        for who in order:
            sides[who].step(next(steps[who]))
        for side in sides:
            if not until(side.is_kept):
                side.wrong.append(f"{LOST}: {side.line}")
            if side.wrong:
                picture = f"{tempfile.gettempdir()}/two-{sid}-{side.name}.png"
                side.page.screenshot(path=picture, full_page=True)
    return sides[0], sides[1]


def pair(
    world: World, product: ServedProduct, browser: Browser, acts: tuple[str, str], most: int
) -> Counter[str]:
    """Play every order of two acts; print what is wrong, and give the counts."""
    counts: Counter[str] = Counter()
    told: Counter[str] = Counter()
    began = time.monotonic()
    for order in list(orders())[:most]:
        counts["orders"] += 1
        for side in play(world, product, browser, acts, order):
            counts.update(side.acted)
            told.update(side.told)
            for wrong in side.wrong:
                counts[wrong.partition(":")[0]] += 1
                print(f"{acts} {order} {side.sid} {side.name}: {wrong}", flush=True)
    print(
        f"{row(acts, counts)}  ({(time.monotonic() - began) / counts['orders']:.1f} s each)",
        flush=True,
    )
    for said, times in told.most_common():
        print(f"    {times} x {said}", flush=True)
    return counts


COLUMNS = ("orders", "saved", "drafted", "approved", "refused", "not offered", LOST, UNTOLD, UNSEEN)


def row(acts: tuple[str, str], counts: Counter[str]) -> str:
    """Give a row of the table."""
    return f"| {' and '.join(acts)} | {' | '.join(str(counts[name]) for name in COLUMNS)} |"


def main() -> None:
    """Play all pairs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    every = ",".join(":".join(acts) for acts in combinations_with_replacement(ACTS, 2))
    parser.add_argument("--pairs", default=every)
    parser.add_argument("--orders", type=int, default=20)
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    pairs = [tuple(each.split(":")) for each in asked.pairs.split(",")]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "two.db"
        world = make_world(SqliteStore(file), clock=utc_now)
        world.store.check()
        with served_product(Path(folder), file) as product:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
            found = {
                (first, second): pair(world, product, browser, (first, second), asked.orders)
                for first, second in pairs
            }
            browser.close()
    print(f"\n| two people | {' | '.join(COLUMNS)} |\n|{'---|' * (len(COLUMNS) + 1)}")
    for acts, counts in found.items():
        print(row(acts, counts))
    if any(counts[bad] for counts in found.values() for bad in (LOST, UNTOLD, UNSEEN)):
        sys.exit(1)


if __name__ == "__main__":
    main()
