"""kill -9 at random moments of a batch: what is lost, what is half, what is paid again?

A child process runs a batch; its drafter notes each call it starts in a file before it answers.
The parent kills it without warning when a random number of calls has begun, reads what is stored,
and runs the rest. What the killed run says of itself is compared with what was seen.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bench.stores import connect
from runbooks.batch import BatchOrder
from runbooks.clock import utc_now
from runbooks.drafting.port import DraftRequest
from runbooks.errors import RunbookError
from runbooks.models import RunState, SlotKind
from tests.world import World, make_world

ITEMS = 24
_POLL_S = 0.002
_PATIENCE_S = 60.0


@dataclass
class Toll:
    """What the kills cost."""

    kills: int = 0
    amid: int = 0
    written_before: int = 0
    lost: int = 0
    half: int = 0
    paid_again: int = 0
    in_flight: int = 0
    shown_interrupted: int = 0
    shown_written: int = 0
    shown_in_flight: int = 0
    counted_later: int = 0
    left: list[str] = field(default_factory=list)


def child(name: str, address: str, first: int, calls: Path) -> None:
    """Run one batch over the suggestions from number `first`; the parent ends this process."""
    world = make_world(connect(name, address), utc_now)
    _note_calls(world, calls)
    world.store.check()
    ids = tuple(f"sugg-{number:03}" for number in range(first, first + ITEMS))
    print("ready", flush=True)
    world.service.run_once(BatchOrder(ITEMS, "soak", suggestion_ids=ids))
    print("done", flush=True)
    time.sleep(_PATIENCE_S)


def _note_calls(world: World, calls: Path) -> None:
    """Let the drafter take its time and note each call before it answers."""

    def note(request: DraftRequest) -> None:
        with calls.open("a") as file:
            file.write(f"{request.evidence.suggestion.suggestion_id}\n")
            file.flush()
        time.sleep(random.uniform(0.005, 0.05))

    world.drafter.during = note


def kills(name: str, address: str, number: int, folder: Path) -> Toll:
    """Kill `number` batches and count."""
    world = make_world(connect(name, address), utc_now)
    toll = Toll()
    for kill in range(number):
        first = world.made + 1
        ids = [world.suggest() for _ in range(ITEMS)]
        calls = folder / f"{name}-{kill}.calls"
        calls.touch()
        _kill_one(name, address, first, calls)
        _look(world, ids, calls, toll)
    world.store.close()
    return toll


def _kill_one(name: str, address: str, first: int, calls: Path) -> None:
    """End a batch when a random number of its calls has begun, and a random moment later."""
    command = [sys.executable, "-m", "bench.soak_kill", name, address, str(first), str(calls)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    wanted, until = random.randint(1, ITEMS), time.monotonic() + _PATIENCE_S
    while len(_begun(calls)) < wanted and time.monotonic() < until:
        time.sleep(_POLL_S)
    time.sleep(random.uniform(0.0, 0.05))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def _begun(calls: Path) -> list[str]:
    return calls.read_text().split()


def _look(world: World, ids: list[str], calls: Path, toll: Toll) -> None:
    """Compare what was paid with what is stored, then draft the rest."""
    started = _begun(calls)
    written = {sid: raw for sid in ids if (raw := _written(world, sid, toll))}
    in_flight = set(started) - set(written)
    toll.kills += 1
    toll.amid += bool(written) and bool(in_flight)
    toll.written_before += len(written)
    toll.in_flight += len(in_flight)
    calls.write_text("")
    _note_calls(world, calls)
    world.service.run_once(BatchOrder(ITEMS, "soak", suggestion_ids=tuple(_draftless(world, ids))))
    toll.paid_again += len(set(_begun(calls)) & set(written))
    for sid, raw in written.items():
        toll.lost += world.read(sid).slot.raw != raw
    toll.left += _draftless(world, ids)


def _draftless(world: World, ids: list[str]) -> list[str]:
    return [sid for sid in ids if world.read(sid).slot.kind is SlotKind.EMPTY]


def _written(world: World, sid: str, toll: Toll) -> Mapping[str, object] | None:
    """Give a written draft; count it as half when its version, entry or audit is missing."""
    slot = world.read(sid).slot
    versions = world.service.repository.versions(sid)
    if slot.kind is SlotKind.EMPTY:
        toll.half += bool(versions)
        return None
    entry = world.service.repository.entry(sid)
    whole = (
        slot.draft is not None
        and [v.revision for v in versions] == [slot.revision]
        and entry is not None
        and entry.revision == slot.revision
        and len(world.service.audit(sid)) == 1
    )
    toll.half += not whole
    return slot.raw if isinstance(slot.raw, Mapping) else None


def finish(name: str, address: str, toll: Toll) -> None:
    """Wait until the turns of killed calls are over, look at the runs, draft what is left.

    Nobody starts anything anew for that: a run is interrupted because it fell silent.
    """
    world = make_world(connect(name, address), utc_now)
    runs = [run for run in world.service.repository.runs(5_000) if run.state is RunState.RUNNING]
    newest = max((run.heartbeat_at for run in runs if run.heartbeat_at), default=utc_now())
    time.sleep(max(0.0, (newest + timedelta(seconds=62) - utc_now()).total_seconds()))
    for run in runs:
        shown = world.service.run(run.run_id)[0]
        toll.shown_interrupted += shown.state is RunState.INTERRUPTED
        toll.shown_written += shown.generated_count
        toll.shown_in_flight += shown.in_flight
    for start in range(0, len(toll.left), ITEMS):
        some = tuple(toll.left[start : start + ITEMS])
        world.service.run_once(BatchOrder(len(some), "soak", suggestion_ids=some))
    toll.left = _draftless(world, toll.left)
    toll.counted_later = sum(_counted(world, run.run_id) for run in runs)
    world.store.close()


def _counted(world: World, run_id: str) -> int:
    """Say how many calls a run still knows to have been under way, now that they are made up."""
    try:
        run, errors = world.service.run(run_id)
    except RunbookError:
        return 0
    return run.in_flight + len(errors)


def report(name: str, toll: Toll) -> None:
    """Print what the kills cost."""
    rows = [
        ("kills", toll.kills),
        ("of these with drafts written and calls in flight", toll.amid),
        ("drafts written before a kill", toll.written_before),
        ("  shown by the interrupted runs", toll.shown_written),
        ("  lost", toll.lost),
        ("  paid again", toll.paid_again),
        ("half-written", toll.half),
        ("calls in flight at a kill", toll.in_flight),
        ("  shown by the interrupted runs", toll.shown_in_flight),
        ("  still counted after others drafted these", toll.counted_later),
        ("runs shown as interrupted", toll.shown_interrupted),
        ("suggestions without a draft at the end", len(toll.left)),
    ]
    print(f"kill -9 in batches of {ITEMS} on {name}")
    for title, number in rows:
        print(f"  {title:50} {number:6}", flush=True)


if __name__ == "__main__":
    child(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
