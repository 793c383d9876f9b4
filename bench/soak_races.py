"""Races between people and machine on one suggestion: is any text lost, is anybody told wrong?

Each side has a store and a service of its own, as two processes have. Both start at the same
moment; who comes first is balanced from trial to trial by a delay that is moved a little towards
the side that lost, so that the writes meet as closely as the machine allows and each side wins
about as often, where it can win at all. What is counted is in `soak_trial`.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.soak_trial import KIM, LEE, Sides, Trial, Verdict
from runbooks.batch import BatchOrder
from runbooks.store.port import DocumentStore

_STEP_S = 0.002
_MOST_S = 0.4
_JITTER_S = 0.004


@dataclass
class Pace:
    """How much later the person starts than the machine; negative: earlier."""

    lag: float = 0.02

    def together(
        self,
        person: Callable[[], object],
        machine: Callable[[], bool],
        before: Callable[[], object] = lambda: None,
    ) -> bool:
        """Do both at once and say whether the machine won; the person does `before` at once."""
        won: list[bool] = []
        gate = threading.Barrier(2)

        def run(act: Callable[[], object], delay: float, first: Callable[[], object]) -> None:
            gate.wait()
            first()
            time.sleep(max(0.0, delay) + random.uniform(0, _JITTER_S))
            act()

        drafted = lambda: won.append(machine())  # noqa: E731
        threads = [
            threading.Thread(target=run, args=(person, self.lag, before)),
            threading.Thread(target=run, args=(drafted, -self.lag, lambda: None)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        step = _STEP_S * random.uniform(0.5, 1.5)
        self.lag += -step if won == [True] else step
        self.lag = min(_MOST_S, max(-_MOST_S, self.lag))
        return won == [True]


Race = Callable[[Trial, Pace], bool]


def _generated(t: Trial, force: bool = False, revision: str | None = None) -> bool:
    return t.does(
        lambda: t.machine.service.generate(t.name, "soak", force=force, revision=revision)
    )


def _batched(t: Trial) -> bool:
    order = BatchOrder(3, "soak", suggestion_ids=(t.name,))
    return t.machine.service.run_once(order).generated_count == 1


def _batched_later(t: Trial) -> bool:
    time.sleep(random.uniform(0, 10 * _JITTER_S))
    return _batched(t)


def _save_during_generate(t: Trial, pace: Pace) -> bool:
    return pace.together(lambda: t.save(KIM, "none"), lambda: _generated(t))


def _save_over_generated(t: Trial, pace: Pace) -> bool:
    _generated(t)
    seen = t.revision()
    return pace.together(lambda: t.save(KIM, seen), lambda: _generated(t, revision=seen))


def _save_during_forced(t: Trial, pace: Pace) -> bool:
    t.save(LEE, "none")
    seen = t.revision()
    return pace.together(lambda: t.save(KIM, seen), lambda: _generated(t, True, seen))


def _save_during_batch(t: Trial, pace: Pace) -> bool:
    return pace.together(lambda: t.save(KIM, "none"), lambda: _batched(t))


def _approve_during_forced(t: Trial, pace: Pace) -> bool:
    t.save(LEE, "none")
    seen = t.revision()
    return pace.together(lambda: t.approve(KIM, seen), lambda: _generated(t, True, seen))


def _force_against_newer(t: Trial, pace: Pace) -> bool:
    t.save(LEE, "none")
    seen = t.revision()
    t.save(KIM, seen)
    newer = t.revision()
    return pace.together(lambda: t.save(LEE, newer), lambda: _generated(t, True, seen))


def _two_saves(t: Trial, pace: Pace) -> bool:
    return pace.together(lambda: t.save(KIM, "none"), lambda: t.save(LEE, "none", t.machine))


def _two_generations(t: Trial, pace: Pace) -> bool:
    other = t.people.service
    return pace.together(
        lambda: t.does(lambda: other.generate(t.name, "local:kim")), lambda: _generated(t)
    )


def _restore_against_save(t: Trial, pace: Pace) -> bool:
    t.save(LEE, "none")
    t.save(KIM, t.revision())
    seen = t.revision()
    restore = lambda: t.machine.service.restore(t.name, 1, seen, LEE)  # noqa: E731
    return pace.together(lambda: t.save(KIM, seen), lambda: t.does(restore))


def _reopen_against_batch(t: Trial, pace: Pace) -> bool:
    _generated(t)
    seen = t.revision()
    t.approve(KIM, seen)

    def reopen() -> bool:
        return t.does(lambda: t.people.service.reopen(t.name, KIM.actor, "soak"))

    return pace.together(lambda: t.save(KIM, seen), lambda: _batched_later(t), reopen)


def _approve_against_save(t: Trial, pace: Pace) -> bool:
    t.save(LEE, "none")
    seen = t.revision()
    return pace.together(lambda: t.approve(KIM, seen), lambda: t.save(LEE, seen, t.machine))


RACES: dict[str, Race] = {
    "save during generate": _save_during_generate,
    "save over a generated text during generate": _save_over_generated,
    "save during forced generate": _save_during_forced,
    "save during batch": _save_during_batch,
    "approve during forced generate": _approve_during_forced,
    "reopen and save during batch": _reopen_against_batch,
    "newer save during forced generate (never)": _force_against_newer,
    "two generations (second)": _two_generations,
    "two saves (second)": _two_saves,
    "save against restore (restore)": _restore_against_save,
    "approve against save (save)": _approve_against_save,
}
"""Who stands in the column "machine won" is named where it is not the machine."""


def races(open_store: Callable[[], DocumentStore], trials: int) -> None:
    """Run every race and print a line for each."""
    sides = Sides(open_store)
    sides.let_drafts_take(0.006)
    print(f"{'race':42} {'trials':>6} {'machine won':>11} {'refused':>7} {Verdict.TITLES}")
    for title, race in RACES.items():
        pace, total, won, refused = Pace(), Verdict(), 0, 0
        for _ in range(trials):
            trial = sides.trial()
            won += race(trial, pace)
            refused += trial.refused
            total.add(trial.verdict())
        print(f"{title:42} {trials:6} {won:11} {refused:7} {total}", flush=True)
    sides.close()


@dataclass
class _Crowd:
    """Many threads on a few suggestions for a while."""

    trials: list[Trial]
    seconds: float
    acts: list[int] = field(default_factory=list)

    def run(self, threads: int) -> None:
        workers = [threading.Thread(target=self._work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def _work(self) -> None:
        done, stop = 0, time.monotonic() + self.seconds
        while time.monotonic() < stop:
            _one_act(random.choice(self.trials))
            done += 1
        self.acts.append(done)


def mixed(open_store: Callable[[], DocumentStore], seconds: float, threads: int = 20) -> None:
    """Let many threads save, generate, restore and decide on ten suggestions; then check all."""
    sides = Sides(open_store, first=1_000_000)
    sides.let_drafts_take(0.01)
    crowd = _Crowd([sides.trial() for _ in range(10)], seconds)
    crowd.run(threads)
    total = Verdict()
    for trial in crowd.trials:
        total.add(trial.verdict())
    written = sum(len(t.written) for t in crowd.trials)
    told = sum(len(t.acknowledged) for t in crowd.trials)
    drafts = sum(sides.paid.values())
    print(
        f"{threads} threads for {seconds:.0f} s: {sum(crowd.acts)} acts, {written} texts written,"
        f" {told} acknowledged, {drafts} drafts paid, gave up after six attempts:"
        f" {sum(t.gave_up for t in crowd.trials)}, lost: {total.lost}, told wrong:"
        f" {total.wrong}, drafts lost: {total.drafts}, list off: {total.off}",
        flush=True,
    )
    sides.close()


def _one_act(t: Trial) -> None:
    world = random.choice((t.people, t.machine))
    person = random.choice((KIM, LEE))
    seen, dice = t.revision(), random.random()
    if dice < 0.35:
        t.save(person, seen, world)
    elif dice < 0.65:
        force = random.random() < 0.8
        t.does(lambda: world.service.generate(t.name, "soak", force=force, revision=seen))
    elif dice < 0.75:
        t.does(lambda: world.service.restore(t.name, random.randint(1, 20), seen, person))
    elif dice < 0.85:
        t.approve(person, seen, world)
    else:
        t.does(lambda: world.service.reopen(t.name, person.actor, "soak"))
