"""kill -9 at random moments of a batch: what is lost, what is half, what is paid again?

A child process runs a batch; its drafter notes each call it starts in a file before it answers.
The parent kills it without warning, reads what is stored, and runs the rest.
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
from runbooks.models import RunState, SlotKind
from tests.world import World, make_world

ITEMS = 12


@dataclass
class Toll:
    """What the kills cost."""

    kills: int = 0
    written_before: int = 0
    lost: int = 0
    half: int = 0
    paid_again: int = 0
    in_flight: int = 0
    shown_interrupted: int = 0
    drafted_after: int = 0
    left: list[str] = field(default_factory=list)


def child(name: str, address: str, first: int, calls: Path) -> None:
    """Run one batch over the suggestions from number `first`; the parent ends this process."""
    world = make_world(connect(name, address), utc_now)
    paid(world, calls)
    ids = tuple(f"sugg-{number:03}" for number in range(first, first + ITEMS))
    print("ready", flush=True)
    world.service.run_once(BatchOrder(ITEMS, "soak", suggestion_ids=ids))
    print("done", flush=True)
    time.sleep(60)


def paid(world: World, calls: Path) -> None:
    """Let the drafter take its time and note each call before it answers."""

    def note(request: object) -> None:
        sid = request.evidence.suggestion.suggestion_id  # type: ignore[attr-defined]
        with calls.open("a") as file:
            file.write(f"{sid}\n")
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
    command = [sys.executable, "-m", "bench.soak_kill", name, address, str(first), str(calls)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ})
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(random.uniform(0.0, 0.35 if name == "sqlite" else 1.5))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def _look(world: World, ids: list[str], calls: Path, toll: Toll) -> None:
    """Compare what was paid with what is stored, then draft the rest."""
    started = calls.read_text().split()
    written = {sid: raw for sid in ids if (raw := _written(world, sid, toll))}
    toll.kills += 1
    toll.written_before += len(written)
    toll.in_flight += len(set(started) - set(written))
    calls.write_text("")
    paid(world, calls)
    world.service.run_once(BatchOrder(ITEMS, "soak", suggestion_ids=tuple(_draftless(world, ids))))
    again = calls.read_text().split()
    toll.paid_again += len(set(again) & set(written))
    toll.drafted_after += len(again)
    for sid, raw in written.items():
        toll.lost += world.read(sid).slot.raw != raw
    toll.left += _draftless(world, ids)


def _draftless(world: World, ids: list[str]) -> list[str]:
    return [sid for sid in ids if world.read(sid).slot.kind is SlotKind.EMPTY]


def _written(world: World, sid: str, toll: Toll) -> Mapping[str, object] | None:
    """Give a written draft; count it as half when its version or its queue entry is missing."""
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
    )
    toll.half += not whole
    return slot.raw if isinstance(slot.raw, Mapping) else None


def finish(name: str, address: str, toll: Toll) -> None:
    """Wait until the holds of killed calls have expired, draft what is left, look at the runs."""
    world = make_world(connect(name, address), utc_now)
    runs = [run for run in world.service.repository.runs(500) if run.state is RunState.RUNNING]
    newest = max((run.heartbeat_at for run in runs if run.heartbeat_at), default=utc_now())
    time.sleep(max(0.0, (newest + timedelta(seconds=62) - utc_now()).total_seconds()))
    for run in runs:
        shown = world.service.run(run.run_id)[0]
        toll.shown_interrupted += shown.state is RunState.INTERRUPTED
    left = tuple(dict.fromkeys(toll.left))
    if left:
        world.service.run_once(BatchOrder(len(left), "soak", suggestion_ids=left))
    toll.left = _draftless(world, list(left))
    world.store.close()


def report(name: str, toll: Toll) -> None:
    """Print what the kills cost."""
    print(
        f"{name}: {toll.kills} kills, {toll.written_before} drafts written before them,"
        f" lost: {toll.lost}, half-written: {toll.half}, written and paid again:"
        f" {toll.paid_again}, calls in flight at the kill: {toll.in_flight}, runs shown as"
        f" interrupted: {toll.shown_interrupted}, still without a draft at the end:"
        f" {len(toll.left)}",
        flush=True,
    )


if __name__ == "__main__":
    child(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
