"""CONTRACT R18: one at a time, by the store's clock, whoever was killed, late or has a wrong clock."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runbooks import holds, turns
from runbooks.batch import BatchOrder
from runbooks.clock import Clock
from runbooks.errors import (
    BeingEdited,
    GenerationInProgress,
    HoldLost,
    OverwriteBlocked,
    StaleRevision,
)
from runbooks.leases import Leases, LeaseTaken
from runbooks.models import RunState
from runbooks.runs import LOST_CALL
from runbooks.store.firestore import FirestoreStore
from runbooks.store.port import Collection, Create, DocumentStore, Write
from runbooks.store.sqlite import SqliteStore
from runbooks.unsaved import Person
from runbooks.values import Token
from tests.world import World, make_world

LATE = 2.5
"""More seconds than a turn or a hold lasts in these tests."""


class Moved:
    """The time of day, and as much later as it is told."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


@dataclass
class Place:
    """A store whose time passes: SQLite's clock is moved, Firestore's is waited for."""

    store: DocumentStore
    kind: str
    address: str
    pass_time: Callable[[], None]
    ttl: float = LATE - 0.5

    def world(self, clock: Clock | None = None) -> World:
        """Give a service over this store, as in a process of its own."""
        return make_world(self.store, clock)


@pytest.fixture(params=["sqlite", pytest.param("firestore", marks=pytest.mark.firestore)])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Each store; turns and holds last two seconds."""
    monkeypatch.setattr(turns, "LEASE_MARGIN_S", LATE - 0.5 - 30.0)
    monkeypatch.setattr(holds, "HOLD_SECONDS", LATE - 0.5)
    if request.param == "firestore":
        store: FirestoreStore = request.getfixturevalue("firestore_store")
        prefix = request.getfixturevalue("firestore_prefix")
        host = request.getfixturevalue("firestore_host")
        return Place(store, "firestore", f"{host} {prefix}", lambda: time.sleep(LATE))
    moved = Moved()

    def later() -> None:
        moved.by += timedelta(seconds=LATE)

    path = tmp_path / "leases.db"
    return Place(SqliteStore(path, clock=moved), "sqlite", str(path), later)


def killed_while_drafting(place: Place, name: str) -> None:
    """Let another process begin a draft, and end it without warning when the model was asked."""
    command = [sys.executable, "-m", "tests.holder", place.kind, place.address, name]
    process = subprocess.Popen([*command, str(place.ttl)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"asked\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_a_lease_is_free_when_its_time_is_over(place: Place) -> None:
    """Until then a second one is told who has it and for how long."""
    leases = Leases(place.store, "generate")
    first = leases.acquire("s", "local:kim", place.ttl, run_id="run_1")
    with pytest.raises(LeaseTaken) as taken:
        leases.acquire("s", "local:lee", place.ttl)
    assert taken.value.lease.holder == "local:kim"
    assert 0 < taken.value.lease.seconds_left <= place.ttl
    place.pass_time()
    assert leases.holder_of("s") is None
    second = leases.acquire("s", "local:lee", place.ttl)
    assert second.after_run == "run_1"
    leases.release(first)
    held = leases.holder_of("s")
    assert held is not None
    assert held.holder == "local:lee"


def test_a_renewed_lease_starts_its_time_again(place: Place) -> None:
    """And one that was taken over cannot be renewed."""
    leases = Leases(place.store, "edit")
    lease = leases.acquire("s", "local:kim", 2 * LATE - 1)
    place.pass_time()
    lease = leases.renew(lease)
    place.pass_time()
    assert leases.holder_of("s") is not None
    leases.acquire("s", "local:lee", LATE, take_over=True)
    with pytest.raises(LeaseTaken) as taken:
        leases.renew(lease)
    assert taken.value.lease.holder == "local:lee"


def test_only_one_of_many_gets_a_lease_that_ran_out(place: Place) -> None:
    """However many wait for it."""
    leases = Leases(place.store, "generate")
    leases.acquire("s", "local:gone", place.ttl)
    place.pass_time()
    got: list[str] = []

    def take(holder: str) -> None:
        try:
            got.append(leases.acquire("s", holder, 60).holder)
        except LeaseTaken:
            return

    threads = [threading.Thread(target=take, args=(f"local:{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = leases.holder_of("s")
    assert held is not None
    assert got == [held.holder]


def test_a_killed_generation_blocks_until_its_time_is_over(place: Place) -> None:
    """The second caller is told who; after that one call makes the draft, and both are counted."""
    world = place.world(Moved())
    name = world.suggest()
    world.service.discovery.catch_up(5)
    killed_while_drafting(place, name)
    with pytest.raises(GenerationInProgress) as refused:
        world.service.generate(name, "local:kim")
    assert refused.value.holder == "local:gone"
    assert 0 < refused.value.seconds_left <= place.ttl
    run = world.service.run_once(BatchOrder(1, "batch"))
    assert run.suggestion_outcomes[0].error_reason == "generation_in_progress"
    assert world.drafter.calls == 0
    place.pass_time()
    assert world.service.generate(name, "local:kim").written
    assert world.drafter.calls == 1


def test_a_call_of_a_killed_run_stays_counted(place: Place) -> None:
    """CONTRACT §1: the run is interrupted by its silence; what was paid for nothing is told."""
    clock = Moved()
    world = place.world(clock)
    name = world.suggest()
    killed_while_drafting(place, name)
    [killed] = world.service.runs()
    assert (killed.state, killed.in_flight) == (RunState.RUNNING, 0)
    clock.by += timedelta(seconds=61)
    [killed] = world.service.runs()
    assert (killed.state, killed.in_flight, killed.error_count) == (RunState.INTERRUPTED, 1, 0)
    place.pass_time()
    world.service.generate(name, "local:kim")
    shown, errors = world.service.run(killed.run_id)
    assert (shown.state, shown.in_flight, shown.error_count) == (RunState.INTERRUPTED, 0, 1)
    assert [error.error_message for error in errors] == [LOST_CALL]


def test_a_late_answer_is_written_when_nobody_took_over(place: Place) -> None:
    """Also when another service changed the document meanwhile."""
    world = place.world()
    name = world.suggest()

    def late(_: object) -> None:
        place.pass_time()
        world.foreign_write(name, {("embedding",): [0.5]})

    world.drafter.during = late
    assert world.service.generate(name, "local:kim").written
    assert [v.reason for v in world.service.versions(name)] == ["generated"]
    stored = place.store.get_many(Collection.SUGGESTIONS, [name])[name].document
    assert stored["embedding"] == [0.5]


def test_a_late_answer_is_kept_beside_while_another_is_at_it(place: Place) -> None:
    """R13: it is a proposal, and its caller is told who has the turn now."""
    world = place.world()
    name = world.suggest()

    def late(_: object) -> None:
        place.pass_time()
        Leases(place.store, "generate").acquire(name, "local:lee", 60)

    world.drafter.during = late
    with pytest.raises(GenerationInProgress) as refused:
        world.service.generate(name, "local:kim")
    assert refused.value.holder == "local:lee"
    assert world.revision(name) == "none"
    [proposal] = world.service.versions(name)
    assert (proposal.reason, proposal.applied) == ("proposal", False)


def test_a_late_answer_is_kept_beside_what_another_wrote(place: Place) -> None:
    """R13: the draft of whoever took over stands."""
    world = place.world()
    name = world.suggest()

    def late(_: object) -> None:
        world.drafter.during = lambda _: None
        place.pass_time()
        world.service.generate(name, "local:lee")

    world.drafter.during = late
    with pytest.raises(StaleRevision):
        world.service.generate(name, "local:kim")
    newest, first = world.service.versions(name)
    assert (newest.reason, newest.actor) == ("proposal", "local:kim")
    assert (first.reason, first.actor) == ("generated", "local:lee")
    assert world.revision(name) == first.revision


def test_a_late_answer_is_written_when_whoever_took_over_gave_up(place: Place) -> None:
    """Nobody is at it and nothing was written: the paid draft is worth having."""
    world = place.world()
    name = world.suggest()

    def late(_: object) -> None:
        place.pass_time()
        other = Leases(place.store, "generate")
        other.release(other.acquire(name, "local:lee", 60))

    world.drafter.during = late
    assert world.service.generate(name, "local:kim").written
    assert world.read(name).slot.draft is not None


def test_a_paid_draft_is_kept_however_many_versions_come_before_it(
    place: Place, kim: Person, good_text: str
) -> None:
    """R13: a proposal replaces nothing, so it goes on until it finds a free number."""
    world = place.world()
    name = world.suggest()

    def saved(_: object) -> None:
        world.service.save(name, good_text, "none", kim)

    world.drafter.during = saved
    commit = place.store.commit
    others: list[str] = []

    def crowded(writes: Sequence[Write]) -> list[Token | None]:
        for write in writes:
            mine = isinstance(write, Create) and write.document.get("reason") == "proposal"
            if isinstance(write, Create) and mine and len(others) < 7:
                others.append(write.key)
                taken = {**write.document, "reason": "edited", "snippet": {}}
                commit([Create(write.collection, write.key, taken)])
        return commit(writes)

    place.store.commit = crowded  # type: ignore[method-assign]
    with pytest.raises((OverwriteBlocked, StaleRevision)):
        world.service.generate(name, "local:lee")
    assert len(others) == 7
    assert [v.reason for v in world.service.versions(name)].count("proposal") == 1


@pytest.mark.parametrize("skew", [timedelta(days=3), -timedelta(days=3)], ids=["ahead", "behind"])
def test_a_wrong_clock_of_a_process_frees_nothing(
    place: Place, kim: Person, skew: timedelta
) -> None:
    """A batch in a process whose clock is days off leaves alone what somebody edits or drafts."""
    here, there = place.world(Moved()), place.world(Moved())
    there.clock.by = skew  # type: ignore[attr-defined]
    held, turn = here.suggest(), here.suggest()
    here.service.open(held, kim)
    here.service.hold(held, kim)
    Leases(place.store, "generate").acquire(turn, "local:lee", place.ttl)
    with pytest.raises(BeingEdited):
        there.service.hold(held, Person("local:ann"))
    run = there.service.run_once(BatchOrder(5, "batch", suggestion_ids=(held, turn)))
    told = {o.suggestion_id: o.error_reason for o in run.suggestion_outcomes}
    assert told == {held: "being_edited", turn: "generation_in_progress"}
    place.pass_time()
    run = there.service.run_once(BatchOrder(5, "batch", suggestion_ids=(held, turn)))
    assert run.generated_count == 2


def test_a_hold_that_ran_out_hinders_its_person_only_when_another_took_it(
    place: Place, kim: Person, lee: Person, good_text: str
) -> None:
    """R18: a tab that slept saves as before; after a takeover its text is kept beside."""
    world = place.world()
    name = world.suggest()
    world.service.open(name, kim)
    mine = Person(kim.actor, hold=world.service.hold(name, kim))
    place.pass_time()
    seen = world.service.save(name, good_text, "none", mine).slot.revision
    place.pass_time()
    world.service.hold(name, lee)
    with pytest.raises(HoldLost) as lost:
        world.service.save(name, good_text + "\nmore", seen, mine)
    assert (lost.value.holder, lost.value.text_kept) == ("local:lee", True)
