"""Work that goes on when nobody looks: batches, and the search for new suggestions.

One registry stands beside the process's one service. Its threads never touch Streamlit; a page
reads snapshots. So a batch survives a change of page, a reload and a second visitor.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from runbooks.batch import BatchOrder, Progress, Watch
from runbooks.discovery import DiscoveryState
from runbooks.errors import RunbookError
from runbooks.models import Outcome, RunSummary
from runbooks.service import RunbookService

logger = logging.getLogger(__name__)

MAX_RUNNING = 3
"""Batches that may run at once in this process; each has its own pool of workers."""

KEPT = 5
"""How many finished jobs stay to be looked at."""

REFRESH_EVERY_S = 30.0
_REFRESH_FOR_S = 20.0
_PAUSE_S = 0.05


class JobState(StrEnum):
    """Where a job stands."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class JobView:
    """What a page shows of a job; `total` is None until it is known what there is to do.

    `seconds` is how long it has run, `titles` what the suggestions are called.
    """

    job_id: str
    label: str
    actor: str
    state: JobState
    total: int | None = None
    outcomes: tuple[Outcome, ...] = ()
    working: tuple[str, ...] = ()
    run: RunSummary | None = None
    error: RunbookError | None = None
    seconds: float = 0.0
    titles: dict[str, str] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Say whether nothing more will happen."""
        return self.state in (JobState.DONE, JobState.FAILED)


class Job:
    """One batch in its own thread; `view` may be called from any thread."""

    def __init__(self, service: RunbookService, order: BatchOrder, label: str) -> None:
        self._service = service
        self._order = order
        self._cancel = threading.Event()
        self._lock = threading.Lock()
        self._started = time.monotonic()
        job_id = secrets.token_hex(4)
        self._view = JobView(job_id, label, order.actor, JobState.STARTING)
        self._thread = threading.Thread(target=self._work, name=f"job-{job_id}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def view(self) -> JobView:
        """Give how it stands now."""
        with self._lock:
            return self._view

    def cancel(self) -> None:
        """Let no new draft start; those in work are finished and kept."""
        self._cancel.set()
        with self._lock:
            if not self._view.over:
                self._view = replace(self._view, state=JobState.STOPPING)

    def wait(self, seconds: float) -> bool:
        """Wait for the end; say whether it came."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        watch = Watch(self._report, self._cancel)
        error = _failure_of(lambda: self._service.run_once(self._order, watch))
        self._end(JobState.FAILED if error else JobState.DONE, error)

    def _report(self, progress: Progress) -> None:
        names = (*(outcome.suggestion_id for outcome in progress.outcomes), *progress.working)
        titles = self._titles(names)
        with self._lock:
            stopping = self._cancel.is_set()
            self._view = replace(
                self._view,
                state=JobState.STOPPING if stopping else JobState.RUNNING,
                total=progress.total,
                outcomes=progress.outcomes,
                working=() if progress.finished else progress.working,
                run=progress.run,
                seconds=time.monotonic() - self._started,
                titles=titles,
            )

    def _titles(self, names: tuple[str, ...]) -> dict[str, str]:
        """Give the titles of these suggestions, reading each once in the life of the job."""
        known = self.view().titles
        unknown = [name for name in names if name not in known]
        if not unknown:
            return known
        try:
            found = self._service.repository.entries(unknown)
        except RunbookError:
            return known
        return known | {name: found[name].title if name in found else name for name in unknown}

    def _end(self, state: JobState, error: RunbookError | None) -> None:
        with self._lock:
            seconds = time.monotonic() - self._started
            self._view = replace(self._view, state=state, error=error, working=(), seconds=seconds)


@dataclass(frozen=True)
class Search:
    """How whole the queue is: the last refresh, when it was (monotonic seconds), what failed."""

    state: DiscoveryState | None = None
    at: float | None = None
    error: RunbookError | None = None
    running: bool = False


class Discovering:
    """Looks for new suggestions now and then, in the background, while somebody is looking."""

    def __init__(self, service: RunbookService) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._search = Search()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def nudge(self, wait_first: float = 0.0) -> Search:
        """Start a refresh if the last one is 30 s ago; give what is known.

        Only when nothing was ever found out does it wait, at most `wait_first` seconds.
        """
        with self._lock:
            due = self._search.at is None or time.monotonic() - self._search.at > REFRESH_EVERY_S
            if due and not self._search.running and not self._stop.is_set():
                self._search = replace(self._search, running=True)
                self._thread = threading.Thread(target=self._work, name="discovery", daemon=True)
                self._thread.start()
            first, thread = self._search.at is None, self._thread
        if first and thread is not None and wait_first:
            thread.join(wait_first)
        return self.search()

    def search(self) -> Search:
        """Give what is known without asking for more."""
        with self._lock:
            return self._search

    def close(self) -> None:
        """Stop, and wait for a refresh that is under way."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)

    def _work(self) -> None:
        """Refresh until every pending suggestion is listed, or time is up."""
        error = _failure_of(self._refresh)
        with self._lock:
            self._search = Search(self._search.state, time.monotonic(), error, running=False)

    def _refresh(self) -> None:
        until = time.monotonic() + _REFRESH_FOR_S
        while True:
            state = self._service.refresh()
            with self._lock:
                self._search = Search(state, time.monotonic(), running=True)
            if state.missing <= 0 or time.monotonic() > until or self._stop.wait(_PAUSE_S):
                return


class Jobs:
    """The registry of one service; safe to use from many threads."""

    def __init__(self, service: RunbookService) -> None:
        self.service = service
        self.discovering = Discovering(service)
        self._lock = threading.Lock()
        self._jobs: list[Job] = []

    def start(self, order: BatchOrder, label: str) -> JobView | None:
        """Start a batch and give its first view, None when too many are running."""
        with self._lock:
            if sum(not job.view().over for job in self._jobs) >= MAX_RUNNING:
                return None
            job = Job(self.service, order, label)
            over = [known for known in self._jobs if known.view().over][-KEPT + 1 :]
            running = [known for known in self._jobs if not known.view().over]
            self._jobs = [*over, *running, job]
            job.start()
            return job.view()

    def views(self) -> list[JobView]:
        """Give all jobs that are known, newest first."""
        with self._lock:
            return [job.view() for job in reversed(self._jobs)]

    def cancel(self, job_id: str) -> None:
        """Stop a job; one that is not known is none."""
        for job in self._found(job_id):
            job.cancel()

    def wait(self, job_id: str, seconds: float) -> bool:
        """Wait for the end of a job; say whether it came."""
        return all(job.wait(seconds) for job in self._found(job_id))

    def close(self, seconds: float = 5.0) -> None:
        """Stop everything and wait a little for it."""
        with self._lock:
            jobs = list(self._jobs)
        for job in jobs:
            job.cancel()
        self.discovering.close()
        until = time.monotonic() + seconds
        for job in jobs:
            job.wait(max(0.0, until - time.monotonic()))

    def _found(self, job_id: str) -> list[Job]:
        with self._lock:
            return [job for job in self._jobs if job.view().job_id == job_id]


def _failure_of(act: Callable[[], object]) -> RunbookError | None:
    """Do it, and give what went wrong: at the edge of a thread an error becomes a state."""
    try:
        act()
    except RunbookError as error:
        return error
    except Exception as error:
        logger.exception("unexpected error in the background")
        return RunbookError(type(error).__name__)
    return None


class _Shared:
    """The one registry of this process; it changes with the service."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: Jobs | None = None

    def of(self, service: RunbookService) -> Jobs:
        with self._lock:
            if self._jobs is None or self._jobs.service is not service:
                self._jobs = Jobs(service)
            return self._jobs

    def close(self) -> None:
        with self._lock:
            jobs, self._jobs = self._jobs, None
        if jobs is not None:
            jobs.close()


_SHARED = _Shared()


def shared_jobs(service: RunbookService) -> Jobs:
    """Give the registry of the process's service; who comes first makes it."""
    return _SHARED.of(service)


def close_jobs() -> None:
    """Stop all jobs, before the service is closed."""
    _SHARED.close()
