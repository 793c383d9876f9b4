"""How a batch keeps its model busy: items wait ready for a place, and leave when it stops."""

import threading
import time

from runbooks.batch import BatchOrder, Watch
from runbooks.errors import DraftingFailed
from runbooks.leases import Leases

WAIT_S = 10.0


def until(holds) -> None:
    """Wait until something is so."""
    end = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def turns(world) -> Leases:
    """The turns as another process sees them."""
    return Leases(world.store, "generate")


def test_a_run_never_asks_more_at_once_than_it_may(world):
    """Items that are read or written beside the calls take no place (CONTRACT R7)."""
    world.service._batches._concurrency = 3
    for _ in range(12):
        world.suggest()
    lock, now, most = threading.Lock(), 0, 0

    def count(_) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.05)
        with lock:
            now -= 1

    world.drafter.during = count
    run = world.service.run_once(BatchOrder(12, "kim"))
    assert (run.generated_count, most) == (12, 3)


def test_the_next_item_is_ready_before_the_place_is_free(world):
    """Its turn is taken while the first is still asked for, and begins anew with its call."""
    world.service._batches._concurrency = 1
    names = [world.suggest(), world.suggest()]
    waiting: list[object] = []
    asked: list[object] = []

    def watch(request) -> None:
        mine = request.evidence.suggestion.suggestion_id
        if world.drafter.calls == 1:
            (other,) = [name for name in names if name != mine]
            until(lambda: turns(world).last_of(other))
            waiting.append(turns(world).last_of(other).token)
            time.sleep(1.2)
        else:
            asked.append(turns(world).last_of(mine).token)

    world.drafter.during = watch
    run = world.service.run_once(BatchOrder(2, "kim"))
    assert run.generated_count == 2
    assert len(waiting) == len(asked) == 1
    assert waiting != asked
    assert [turns(world).last_of(name) for name in names] == [None, None]


def test_a_cancel_sends_the_waiting_away_as_if_they_had_not_begun(world):
    """Nothing is asked, told or held of them, and the next batch drafts them."""
    world.service._batches._concurrency = 1
    names = [world.suggest() for _ in range(3)]
    watch = Watch()

    def cancel(request) -> None:
        others = [name for name in names if name != request.evidence.suggestion.suggestion_id]
        until(lambda: any(turns(world).last_of(name) for name in others))
        watch.cancel.set()

    world.drafter.during = cancel
    run = world.service.run_once(BatchOrder(3, "kim"), watch)
    assert (world.drafter.calls, len(run.suggestion_outcomes)) == (1, 1)
    assert [turns(world).last_of(name) for name in names] == [None] * 3
    world.drafter.during = lambda _: None
    assert world.service.run_once(BatchOrder(3, "kim")).generated_count == 2


def test_a_dead_provider_sends_the_waiting_away_for_the_next_run(world):
    """They are told as not attempted, like those that had not begun (CONTRACT R13)."""
    world.service._batches._concurrency = 2
    for _ in range(9):
        world.suggest()

    def die(_) -> None:
        raise DraftingFailed("fake", "vertex_error", status=503)

    world.drafter.during = die
    run = world.service.run_once(BatchOrder(9, "kim"))
    reasons = [outcome.error_reason for outcome in run.suggestion_outcomes]
    assert len(reasons) == 9
    assert set(reasons) == {"vertex_error", "not_attempted"}
    assert world.drafter.calls <= 6


def test_a_renewed_turn_is_given_back_by_whoever_took_it(world):
    """Also by somebody who only has its first token."""
    taken = turns(world).acquire("s", "kim", 30)
    turns(world).renew(taken)
    turns(world).release(taken)
    assert turns(world).last_of("s") is None


def test_a_turn_that_another_took_is_not_given_back(world):
    """What is theirs stays theirs."""
    taken = turns(world).acquire("s", "kim", 30)
    turns(world).acquire("s", "ann", 30, take_over=True)
    turns(world).release(taken)
    assert turns(world).last_of("s").holder == "ann"
