"""A cancelled batch starts no further call, wherever its workers are; what is paid for is kept."""

import threading
import time

import pytest

from runbooks.batch import BatchOrder, Watch
from runbooks.errors import Cancelled
from runbooks.models import OutcomeStatus, RunState
from tests.models.conftest import PROVIDERS


class Batch:
    """A batch in a thread, with its watch."""

    def __init__(self, world, size: int) -> None:
        self.watch = Watch()
        self.run = None
        self._thread = threading.Thread(target=self._work, args=(world, size), daemon=True)
        self._thread.start()

    def _work(self, world, size: int) -> None:
        self.run = world.service.run_once(BatchOrder(size, "batch"), self.watch)

    def end(self, seconds: float):
        """Wait for the end and give the run; say when it did not come."""
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "the batch did not end"
        return self.run


def reasons(run) -> list[str | None]:
    """Why items of a run have no draft."""
    return sorted(str(outcome.error_reason) for outcome in run.suggestion_outcomes)


def until(condition, seconds: float = 20.0) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_call_that_waits_in_back_off_does_not_start_again(model_world, fake, provider):
    """The provider asked for a long pause; the cancel ends it at once."""
    world = model_world(provider, RUNBOOK_CONCURRENCY=4, RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC=120)
    for _ in range(8):
        world.suggest()
    fake.play("status:429:60")
    batch = Batch(world, 8)
    until(lambda: len(fake.requests) == 4)
    batch.watch.cancel.set()
    run = batch.end(10)
    assert len(fake.requests) == 4
    assert (run.state, reasons(run)) == (RunState.CANCELLED, ["cancelled"] * 4)
    assert run.skipped_count == run.picked_up_count == 4
    assert [o.attempts for o in run.suggestion_outcomes] == [1] * 4


def test_a_call_that_waits_for_its_money_does_not_start(model_world, fake):
    """One call holds the run's money; those that wait for it are cancelled, it is finished."""
    world = model_world("gemini", RUNBOOK_CONCURRENCY=4, RUNBOOK_RUN_COST_BUDGET_USD=0.03)
    for _ in range(4):
        world.suggest()
    fake.play("late:2")
    batch = Batch(world, 4)
    until(lambda: len(fake.requests) == 1)
    time.sleep(0.3)
    batch.watch.cancel.set()
    run = batch.end(15)
    assert len(fake.requests) == 1
    assert reasons(run) == ["None", "cancelled", "cancelled", "cancelled"]
    assert (run.generated_count, run.fallback_count) == (1, 0)


def test_a_call_under_way_is_finished_and_kept(model_world, fake):
    """It is paid for; a repair after it would be a new call and is not made."""
    world = model_world("openai", RUNBOOK_CONCURRENCY=2)
    names = [world.suggest() for _ in range(3)]
    fake.play("late:1")
    batch = Batch(world, 3)
    until(lambda: len(fake.requests) == 2)
    batch.watch.cancel.set()
    run = batch.end(15)
    assert len(fake.requests) == 2
    assert run.generated_count == 2
    drafts = [draft for name in names if (draft := world.read(name).slot.draft)]
    assert [draft.status for draft in drafts] == ["draft", "draft"]


def test_no_repair_is_asked_for_after_a_cancel(model_world, fake):
    """The second call of an item is a call like any other."""
    world = model_world("openai", RUNBOOK_CONCURRENCY=1)
    world.suggest()
    fake.play("late_rubbish:1", "ok")
    batch = Batch(world, 1)
    until(lambda: len(fake.requests) == 1)
    batch.watch.cancel.set()
    run = batch.end(15)
    assert len(fake.requests) == 1
    assert reasons(run) == ["cancelled"]


def test_a_worker_that_still_reads_its_evidence_asks_nobody(model_world, fake):
    """The cancel comes between the picking and the first call."""
    world = model_world("gemini")
    world.suggest()
    watch = Watch()
    world.drafter.during = lambda _: watch.cancel.set()
    run = world.service.run_once(BatchOrder(1, "batch"), watch)
    assert fake.requests == []
    assert [(o.status, o.error_reason) for o in run.suggestion_outcomes] == [
        (OutcomeStatus.SKIPPED, "cancelled")
    ]


def test_what_was_cancelled_is_drafted_by_the_next_batch(model_world, fake):
    """Nothing stands back for it and no hold is left."""
    world = model_world("gemini", RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC=120)
    names = [world.suggest() for _ in range(3)]
    fake.play("status:503:60")
    batch = Batch(world, 3)
    until(lambda: len(fake.requests) == 3)
    batch.watch.cancel.set()
    batch.end(10)
    fake.play("ok")
    assert world.service.run_once(BatchOrder(3, "batch")).generated_count == 3
    assert all(world.read(name).slot.draft for name in names)


def test_an_order_that_is_cancelled_before_it_begins_takes_no_hold(model_world, fake):
    """It is refused before anything is read."""
    from runbooks.orders import Order

    world = model_world("gemini")
    name = world.suggest()
    order = Order(name, "local:kim", "run_x")
    order.cancel.set()
    with pytest.raises(Cancelled):
        world.service._generator.generate(order)
    assert world.service.generate(name, "local:kim").written
