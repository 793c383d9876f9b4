"""One suggestion that several fight over, and what became of every text afterwards.

A text is lost when somebody wrote it and it is neither current, nor in the versions, nor kept as
that person's unsaved text. Somebody is told wrong when an act reported success and its text is
neither current nor in the versions, an approval is not in the history, or one stands on a revision
that nobody approved. A draft is lost when it was paid for and no version holds it. The list is off
when the queue entry says other than the suggestion.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from runbooks.drafting.port import DraftRequest
from runbooks.errors import RunbookError, StoreError
from runbooks.models import Suggestion
from runbooks.store.port import DocumentStore
from runbooks.unsaved import Person
from tests.world import GOOD, World, make_world

KIM, LEE = Person("local:kim"), Person("local:lee")
_BY_MACHINE = {"generated", "forced", "proposal"}
_ALL = 5_000


@dataclass
class Verdict:
    """How often what must never happen did."""

    TITLES: ClassVar[str] = f"{'lost':>5} {'told wrong':>10} {'drafts lost':>11} {'list off':>8}"
    lost: int = 0
    wrong: int = 0
    drafts: int = 0
    off: int = 0

    def add(self, other: "Verdict") -> None:
        """Count another trial's in."""
        self.lost += other.lost
        self.wrong += other.wrong
        self.drafts += other.drafts
        self.off += other.off

    def __str__(self) -> str:
        return f"{self.lost:5} {self.wrong:10} {self.drafts:11} {self.off:8}"


class Sides:
    """Two services over one store's documents: one for people, one for the machine."""

    def __init__(self, open_store: Callable[[], DocumentStore], first: int = 0) -> None:
        self.people, self.machine = make_world(open_store()), make_world(open_store())
        self.people.made = first
        self.paid: Counter[str] = Counter()
        self._counting = threading.Lock()

    def let_drafts_take(self, seconds: float) -> None:
        """Let each draft take up to so long, and count it for its suggestion."""

        def during(request: DraftRequest) -> None:
            with self._counting:
                self.paid[request.evidence.suggestion.suggestion_id] += 1
            time.sleep(random.uniform(0, seconds))

        self.people.drafter.during = self.machine.drafter.during = during

    def trial(self) -> "Trial":
        """Begin with a new suggestion."""
        return Trial(self, self.people.suggest())

    def close(self) -> None:
        """Close both stores."""
        self.people.service.close()
        self.machine.service.close()


@dataclass
class Trial:
    """What was written and what was reported in one trial."""

    sides: Sides
    name: str
    written: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)
    refused: int = 0
    gave_up: int = 0

    @property
    def people(self) -> World:
        """The people's service."""
        return self.sides.people

    @property
    def machine(self) -> World:
        """The machine's service."""
        return self.sides.machine

    def revision(self) -> str:
        """Give the revision that stands there now."""
        return self.people.revision(self.name)

    def save(self, person: Person, revision: str, world: World | None = None) -> bool:
        """Save a text that occurs once; say whether it was saved."""
        text = f"{GOOD}\n{random.getrandbits(64):016x}\n"
        service = (world or self.people).service
        self.written.append(text)
        saved = self.does(lambda: service.save(self.name, text, revision, person))
        if saved:
            self.acknowledged.append(text)
        return saved

    def approve(self, person: Person, revision: str, world: World | None = None) -> bool:
        """Approve a revision; say whether it was."""
        service = (world or self.people).service
        done = self.does(
            lambda: service.approve(self.name, revision, person.actor, override_reason="soak")
        )
        if done:
            self.approved.append(revision)
        return done

    def does(self, act: Callable[[], object]) -> bool:
        """Do anything that may be refused; say whether it was done."""
        try:
            act()
        except StoreError:
            self.gave_up += 1
            return False
        except RunbookError:
            self.refused += 1
            return False
        return True

    def verdict(self) -> Verdict:
        """Look what became of everything."""
        repository = self.people.service.repository
        now = self.people.read(self.name)
        versions = repository.versions(self.name, _ALL)
        standing = [now.slot.raw, *(version.snippet for version in versions)]
        texts = {raw["markdown_content"] for raw in standing if isinstance(raw, dict)}
        kept = texts | {unsaved.text for unsaved in repository.unsaved(self.name)}
        wrong = sum(text not in texts for text in self.acknowledged)
        wrong += self._approvals_told_wrong(now)
        wrong += sorted(v.number for v in versions) != list(range(1, len(versions) + 1))
        by_machine = sum(version.reason in _BY_MACHINE for version in versions)
        entry = repository.entry(self.name)
        same = entry and (entry.revision, entry.status, entry.draft_state) == (
            now.slot.revision,
            now.status,
            now.slot.state,
        )
        return Verdict(
            lost=sum(text not in kept for text in self.written),
            wrong=wrong,
            drafts=max(0, self.sides.paid[self.name] - by_machine),
            off=not same and bool(versions),
        )

    def _approvals_told_wrong(self, now: Suggestion) -> int:
        told = {entry.revision for entry in now.history if entry.new_status == "approved"}
        missing = len(set(self.approved) - told)
        if now.status != "approved":
            return missing
        stands = now.approval.revision if now.approval else None
        return missing + (stands not in self.approved or stands != now.slot.revision)
