"""Races between people and machine on one suggestion: is any text lost, is anybody told wrong?

Each trial starts its actors at the same moment with a random delay of a few milliseconds. A text
is lost when somebody wrote it and it is neither current, nor in the versions, nor kept as that
person's unsaved text. Somebody is told wrong when an act reported success and its text is neither
current nor in the versions, or an approval stands on another revision than the one it named.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from runbooks.batch import BatchOrder
from runbooks.errors import RunbookError
from runbooks.models import Suggestion
from runbooks.store.port import DocumentStore
from runbooks.unsaved import Person
from tests.world import GOOD_RUNBOOK, World, make_world

GOOD = GOOD_RUNBOOK.read_text(encoding="utf-8")
KIM, LEE = Person("local:kim"), Person("local:lee")


@dataclass
class Trial:
    """What was written and what was reported in one trial."""

    world: World
    name: str
    written: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)
    refused: int = 0

    def save(self, person: Person, revision: str) -> None:
        """Save a text that occurs once."""
        text = f"{GOOD}\n{random.getrandbits(64):016x}\n"
        self.written.append(text)
        self._told(lambda: self.world.service.save(self.name, text, revision, person), text)

    def approve(self, revision: str) -> None:
        """Approve a revision."""
        try:
            self.world.service.approve(self.name, revision, KIM.actor, override_reason="soak")
        except RunbookError:
            self.refused += 1
        else:
            self.approved.append(revision)

    def do(self, act: Callable[[], object]) -> None:
        """Do anything that may be refused."""
        try:
            act()
        except RunbookError:
            self.refused += 1

    def _told(self, act: Callable[[], Suggestion], text: str) -> None:
        try:
            act()
        except RunbookError:
            self.refused += 1
        else:
            self.acknowledged.append(text)

    def verdict(self) -> tuple[int, int]:
        """Count what is lost and what was told wrong."""
        repository = self.world.service.repository
        now = self.world.read(self.name)
        standing = [now.slot.raw, *(v.snippet for v in repository.versions(self.name, 5_000))]
        texts = {s["markdown_content"] for s in standing if isinstance(s, dict)}
        kept = texts | {u.text for u in repository.unsaved(self.name)}
        lost = sum(text not in kept for text in self.written)
        wrong = sum(text not in texts for text in self.acknowledged)
        if self.approved and now.status == "approved":
            wrong += now.approval is None or now.approval.revision not in self.approved
            wrong += now.approval is not None and now.approval.revision != now.slot.revision
        return lost, wrong


def _together(*acts: Callable[[], object]) -> None:
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        time.sleep(random.uniform(0, 0.03))
        act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _save_during_generate(before: str) -> Callable[[World, str], Trial]:
    def trial(world: World, name: str) -> Trial:
        t = Trial(world, name)
        if before == "generated":
            world.service.generate(name, "soak")
        elif before == "human":
            t.save(LEE, "none")
        seen = world.revision(name)
        force = before == "human"
        generate = lambda: world.service.generate(name, "soak", force=force, revision=seen)  # noqa: E731
        _together(lambda: t.save(KIM, seen), lambda: t.do(generate))
        return t

    return trial


def _save_during_batch(world: World, name: str) -> Trial:
    t = Trial(world, name)
    order = BatchOrder(3, "soak", suggestion_ids=(name,))
    _together(lambda: t.save(KIM, "none"), lambda: t.do(lambda: world.service.run_once(order)))
    return t


def _approve_during_generate(world: World, name: str) -> Trial:
    t = Trial(world, name)
    t.save(LEE, "none")
    seen = world.revision(name)
    generate = lambda: world.service.generate(name, "soak", force=True, revision=seen)  # noqa: E731
    _together(lambda: t.approve(seen), lambda: t.do(generate))
    return t


def _force_against_newer_edit(world: World, name: str) -> Trial:
    t = Trial(world, name)
    t.save(LEE, "none")
    seen = world.revision(name)
    t.save(KIM, seen)
    newer = world.revision(name)
    generate = lambda: world.service.generate(name, "soak", force=True, revision=seen)  # noqa: E731
    _together(lambda: t.save(LEE, newer), lambda: t.do(generate))
    return t


def _two_saves(world: World, name: str) -> Trial:
    t = Trial(world, name)
    _together(lambda: t.save(KIM, "none"), lambda: t.save(LEE, "none"))
    return t


def _restore_against_save(world: World, name: str) -> Trial:
    t = Trial(world, name)
    t.save(LEE, "none")
    t.save(KIM, world.revision(name))
    seen = world.revision(name)
    restore = lambda: world.service.restore(name, 1, seen, LEE)  # noqa: E731
    _together(lambda: t.save(KIM, seen), lambda: t.do(restore))
    return t


def _reopen_against_batch(world: World, name: str) -> Trial:
    t = Trial(world, name)
    t.save(LEE, "none")
    seen = world.revision(name)
    t.approve(seen)
    t.approved.clear()
    order = BatchOrder(3, "soak", suggestion_ids=(name,))

    def reopen() -> None:
        t.do(lambda: world.service.reopen(name, KIM.actor, "soak"))
        t.save(KIM, seen)

    _together(reopen, lambda: t.do(lambda: world.service.run_once(order)))
    return t


RACES: dict[str, Callable[[World, str], Trial]] = {
    "save during generate, nothing before": _save_during_generate("none"),
    "save during generate, generated before": _save_during_generate("generated"),
    "save during forced generate, human before": _save_during_generate("human"),
    "save during batch": _save_during_batch,
    "approve during forced generate": _approve_during_generate,
    "force against a newer edit": _force_against_newer_edit,
    "two saves at once": _two_saves,
    "restore against save": _restore_against_save,
    "reopen and save against batch": _reopen_against_batch,
}


def races(store: DocumentStore, trials: int) -> None:
    """Run every race and print a line for each."""
    world = make_world(store)
    world.drafter.during = lambda _: time.sleep(random.uniform(0, 0.006))
    print(f"{'race':44} trials  lost  told wrong  refused")
    for title, race in RACES.items():
        lost = wrong = refused = 0
        for _ in range(trials):
            done = race(world, world.suggest())
            one_lost, one_wrong = done.verdict()
            lost, wrong, refused = lost + one_lost, wrong + one_wrong, refused + done.refused
        print(f"{title:44} {trials:6} {lost:5} {wrong:11} {refused:8}", flush=True)


def mixed(store: DocumentStore, seconds: float, threads: int = 20) -> None:
    """Let many threads save, generate, restore and decide on ten suggestions; then check all."""
    world = make_world(store)
    world.drafter.during = lambda _: time.sleep(random.uniform(0, 0.01))
    world.made = 1_000_000
    trials = [Trial(world, world.suggest()) for _ in range(10)]
    stop = time.monotonic() + seconds
    acts = [0]

    def work() -> None:
        while time.monotonic() < stop:
            t = random.choice(trials)
            _one_act(t)
            acts[0] += 1

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    verdicts = [t.verdict() for t in trials]
    written = sum(len(t.written) for t in trials)
    told = sum(len(t.acknowledged) for t in trials)
    print(
        f"{threads} threads for {seconds:.0f} s: {acts[0]} acts, {written} texts written,"
        f" {told} acknowledged, lost: {sum(v[0] for v in verdicts)},"
        f" told wrong: {sum(v[1] for v in verdicts)}",
        flush=True,
    )


def _one_act(t: Trial) -> None:
    service = t.world.service
    person = random.choice((KIM, LEE))
    seen = t.world.revision(t.name)
    dice = random.random()
    if dice < 0.45:
        t.save(person, seen)
    elif dice < 0.65:
        force = random.random() < 0.5
        t.do(lambda: service.generate(t.name, "soak", force=force, revision=seen))
    elif dice < 0.75:
        t.do(lambda: service.restore(t.name, random.randint(1, 20), seen, person))
    elif dice < 0.85:
        t.do(lambda: service.approve(t.name, seen, person.actor, override_reason="soak"))
    else:
        t.do(lambda: service.reopen(t.name, person.actor, "soak"))
