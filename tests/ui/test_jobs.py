"""Batches in the background: they go on when nobody looks."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runbooks.batch import BatchOrder
from runbooks.clock import utc_now
from runbooks.errors import RunbookError, StoreUnavailable
from runbooks.models import DraftState, OutcomeStatus, RunState
from runbooks.store.sqlite import SqliteStore
from tests.world import World, make_world
from workbench import jobs as jobs_module
from workbench.jobs import KEPT, MAX_RUNNING, Jobs, JobState, shared_jobs

ORDER = BatchOrder(20, "local:kim")


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[World]:
    """A service whose drafter can be made to wait; by the machine's clock, as threads need it."""
    store = SqliteStore(tmp_path / "jobs.db")
    yield make_world(store, clock=utc_now)
    store.close()


@pytest.fixture
def jobs(busy: World) -> Iterator[Jobs]:
    """The registry of that service."""
    made = Jobs(busy.service)
    yield made
    made.close()


class Gate:
    """Holds every draft until it is opened, and says when the first one waits."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self, _: object) -> None:
        self.reached.set()
        assert self.open.wait(20)


def started(jobs: Jobs, order: BatchOrder = ORDER) -> str:
    """Start a job and give its id."""
    view = jobs.start(order, "Batch of 20")
    assert view is not None
    return view.job_id


def test_a_batch_ends_though_nobody_looks(busy: World, jobs: Jobs) -> None:
    """The page may be gone; the drafts are written all the same."""
    names = [busy.suggest() for _ in range(3)]
    assert jobs.wait(started(jobs), 30)
    view = jobs.views()[0]
    assert view.state is JobState.DONE
    assert view.run is not None
    assert view.run.state is RunState.FINISHED
    assert [o.status for o in view.outcomes] == [OutcomeStatus.GENERATED] * 3
    assert all(busy.read(name).slot.state is DraftState.GENERATED for name in names)


def test_a_running_batch_says_what_is_in_work_and_how_it_is_called(busy: World, jobs: Jobs) -> None:
    """Whoever looks sees each suggestion by its title while it is drafted."""
    gate = busy.drafter.during = Gate()
    name = busy.suggest()
    job = started(jobs)
    assert gate.reached.wait(20)
    _until(lambda: jobs.views()[0].working == (name,))
    view = jobs.views()[0]
    assert view.state is JobState.RUNNING
    assert view.total == 1
    assert view.titles[name] == "Agent repeats a search"
    gate.open.set()
    assert jobs.wait(job, 20)
    assert jobs.views()[0].working == ()


def test_a_cancelled_batch_keeps_what_is_in_work_and_begins_nothing_new(
    busy: World, jobs: Jobs
) -> None:
    """Drafts that a model was asked for are paid for, so they are finished and kept."""
    gate = busy.drafter.during = Gate()
    names = [busy.suggest() for _ in range(12)]
    job = started(jobs)
    assert gate.reached.wait(20)
    jobs.cancel(job)
    assert jobs.views()[0].state is JobState.STOPPING
    gate.open.set()
    assert jobs.wait(job, 30)
    view = jobs.views()[0]
    assert view.run is not None
    assert view.run.state is RunState.CANCELLED
    drafted = [o for o in view.outcomes if o.status is OutcomeStatus.GENERATED]
    left = {o.error_reason for o in view.outcomes if o not in drafted}
    assert 1 <= len(drafted) <= 8
    assert len(drafted) <= len(view.outcomes) <= 12
    assert left <= {"cancelled"}
    assert len([n for n in names if busy.read(n).slot.state is DraftState.GENERATED]) == len(
        drafted
    )


def test_selected_suggestions_are_drafted_and_no_others(busy: World, jobs: Jobs) -> None:
    """A batch may be a choice; a human edit in it is skipped with the reason."""
    first, second, edited = busy.suggest(), busy.suggest(), busy.suggest()
    busy.foreign_write(
        edited,
        {("suggestion_content",): {"runbook_snippet": {"edit_source": "human", "title": "x"}}},
    )
    order = BatchOrder(2, "local:kim", suggestion_ids=(first, edited))
    assert jobs.wait(started(jobs, order), 30)
    outcomes = {o.suggestion_id: o for o in jobs.views()[0].outcomes}
    assert outcomes[first].status is OutcomeStatus.GENERATED
    assert outcomes[edited].error_reason == "overwrite_blocked"
    assert busy.read(second).slot.state is DraftState.NONE


def test_an_error_of_the_store_becomes_a_state_of_the_job(
    busy: World, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread does not die unseen: the job has failed, with the error to be told."""

    def broken(*_: object, **__: object) -> None:
        raise StoreUnavailable("disk is full")

    monkeypatch.setattr(busy.service, "run_once", broken)
    assert jobs.wait(started(jobs), 20)
    view = jobs.views()[0]
    assert view.state is JobState.FAILED
    assert isinstance(view.error, StoreUnavailable)


def test_an_unforeseen_error_becomes_a_state_too(
    busy: World, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake in the code is told as an error of the workbench, without its text."""

    def broken(*_: object, **__: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(busy.service, "run_once", broken)
    assert jobs.wait(started(jobs), 20)
    error = jobs.views()[0].error
    assert type(error) is RunbookError
    assert "secret" not in str(error)


def test_no_more_batches_run_at_once_than_the_process_bears(busy: World, jobs: Jobs) -> None:
    """One more is refused, not queued: a person decides when the first is done."""
    gate = busy.drafter.during = Gate()
    busy.suggest()
    running = [started(jobs) for _ in range(MAX_RUNNING)]
    assert jobs.start(ORDER, "one more") is None
    gate.open.set()
    assert all(jobs.wait(job, 30) for job in running)
    assert jobs.start(ORDER, "now") is not None


def test_finished_batches_are_forgotten_in_time(busy: World, jobs: Jobs) -> None:
    """The registry does not grow; all runs stay on the page of runs."""
    for _ in range(KEPT + 3):
        jobs.wait(started(jobs), 20)
    assert len(jobs.views()) == KEPT
    assert len(busy.service.runs()) == KEPT + 3


def test_a_service_has_one_registry(busy: World, tmp_path: Path) -> None:
    """Every page and visitor sees the same jobs; another service has its own."""
    other = SqliteStore(tmp_path / "other.db")
    try:
        assert shared_jobs(busy.service) is shared_jobs(busy.service)
        first = shared_jobs(busy.service)
        assert shared_jobs(make_world(other).service) is not first
    finally:
        jobs_module.close_jobs()
        other.close()


def test_new_suggestions_of_other_services_are_found_in_the_background(
    busy: World, jobs: Jobs
) -> None:
    """A first look waits a moment for the first refresh, so that the first page is not empty."""
    name = busy.suggest()
    search = jobs.discovering.nudge(wait_first=20)
    assert search.state is not None
    assert search.state.missing == 0
    assert busy.service.repository.entry(name) is not None


def test_looking_again_soon_does_not_search_again(busy: World, jobs: Jobs) -> None:
    """Ten tabs that look every second cost one refresh in thirty seconds."""
    jobs.discovering.nudge(wait_first=20)
    _until(lambda: not jobs.discovering.search().running)
    before = busy.store.usage.reads
    for _ in range(10):
        jobs.discovering.nudge(wait_first=20)
    assert busy.store.usage.reads == before


def test_a_search_that_fails_says_so_and_is_tried_again(
    busy: World, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list stays usable; only the note at its foot changes."""

    def broken() -> None:
        raise StoreUnavailable("no answer")

    monkeypatch.setattr(jobs_module, "REFRESH_EVERY_S", 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(busy.service, "refresh", broken)
        assert isinstance(jobs.discovering.nudge(wait_first=20).error, StoreUnavailable)
    _until(lambda: jobs.discovering.nudge().state is not None)
    assert jobs.discovering.search().error is None


def _until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for something to become true."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        pause.wait(0.02)
    raise AssertionError("it did not happen")
