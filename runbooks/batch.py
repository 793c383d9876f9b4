"""run-once: pick, draft with a pool of workers, write as it comes, summarise (CONTRACT R7)."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sized
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from runbooks.discovery import Discovery
from runbooks.drafting.budget import Bill, Budget
from runbooks.errors import NotFound, Refused, RunbookError
from runbooks.generation import Generator
from runbooks.models import Outcome, QueueEntry, RunState, RunSummary
from runbooks.orders import Order
from runbooks.outcomes import Breaker, billed, failed, made, not_attempted, skipped, timed
from runbooks.places import Places, RunStopped
from runbooks.renewal import Renewal
from runbooks.repository import Repository
from runbooks.runs import Runs, Tally
from runbooks.store import queries
from runbooks.store.codec import key_of
from runbooks.store.port import Collection, Delete, FieldPath, Merge
from runbooks.store.records import read_entry
from runbooks.turns import Turns

logger = logging.getLogger(__name__)
_TICK_S = 0.5


@dataclass(frozen=True)
class BatchOrder:
    """What a batch shall do; `suggestion_ids` None picks by CONTRACT R7."""

    batch_size: int
    actor: str
    suggestion_ids: tuple[str, ...] | None = None
    dry_run: bool = False
    triggered_by: str = "manual"


@dataclass(frozen=True)
class Progress:
    """How far a batch is; `working` names the suggestions in work right now."""

    run: RunSummary
    total: int
    outcomes: tuple[Outcome, ...]
    working: tuple[str, ...] = ()
    finished: bool = False


@dataclass
class Watch:
    """How a caller follows a batch and stops it: `cancel` keeps new calls from starting."""

    report: Callable[[Progress], None] = field(default=lambda _: None)
    cancel: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Pick:
    """A suggestion of a batch and the revision that it was picked on, None as found."""

    suggestion_id: str
    revision: str | None = None


@dataclass(frozen=True)
class _Work:
    """One batch under way."""

    order: BatchOrder
    run: RunSummary
    tally: Tally
    watch: Watch
    breaker: Breaker
    places: Places

    @contextmanager
    def place(self) -> Iterator[float]:
        """Have a place; the breaker knows of a failure before the next one gets it."""
        with self.places.one() as waited:
            try:
                yield waited
            except RunbookError as error:
                self.breaker.failed(error)
                raise

    def report(self, total: int, working: tuple[str, ...]) -> None:
        self.watch.report(Progress(self.run, total, tuple(self.tally.outcomes), working))


class Batches:
    """Runs batches; several may overlap, each item is still drafted once (CONTRACT R18)."""

    def __init__(
        self,
        repository: Repository,
        discovery: Discovery,
        generator: Generator,
        runs: Runs,
        turns: Turns,
        *,
        concurrency: int,
        provider: str,
        suggestion_budget_usd: float,
        run_budget_usd: float | None,
    ) -> None:
        self._repository = repository
        self._discovery = discovery
        self._generator = generator
        self._runs = runs
        self._turns = turns
        self._renewal = Renewal(repository, generator.cause_is_gone)
        self._concurrency = concurrency
        self._provider = provider
        self._suggestion_budget_usd = suggestion_budget_usd
        self._run_budget_usd = run_budget_usd

    def run_once(self, order: BatchOrder, watch: Watch | None = None) -> RunSummary:
        """Draft a batch and give its summary; what fails is recorded and the next one goes on."""
        watch = watch or Watch()
        run = self._runs.start(
            batch_size=order.batch_size,
            triggered_by=order.triggered_by,
            actor=order.actor,
            provider=self._provider,
            dry_run=order.dry_run,
        )
        tally = Tally(budget=self._budget(order))
        work = self._open(order, run, tally, watch)
        state = RunState.INTERRUPTED
        try:
            with self._runs.alive(run, tally):
                picks = self._pick(order, watch)
                watch.report(Progress(run, len(picks), ()))
                self._work(work, picks)
            state = RunState.CANCELLED if watch.cancel.is_set() else RunState.FINISHED
        finally:
            run = self._runs.finish(run, tally, state)
        watch.report(Progress(run, len(picks), tuple(tally.outcomes), finished=True))
        return run

    def _open(self, order: BatchOrder, run: RunSummary, tally: Tally, watch: Watch) -> _Work:
        breaker = Breaker()
        places = Places(self._concurrency, lambda: watch.cancel.is_set() or breaker.open)
        return _Work(order, run, tally, watch, breaker, places)

    def _pick(self, order: BatchOrder, watch: Watch) -> list[Pick]:
        """Choose what to draft: as ordered, or what has no draft, worst first (CONTRACT R7)."""
        if order.suggestion_ids is not None:
            return [Pick(name) for name in dict.fromkeys(map(key_of, order.suggestion_ids))]
        if not order.dry_run:
            self._discovery.catch_up(order.batch_size, watch.cancel)
        free: list[Pick] = []
        busy: list[Pick] = []
        for entry in self._draftless():
            (busy if self._is_busy(entry) else free).append(Pick(entry.suggestion_id, "none"))
            if len(free) >= order.batch_size:
                break
        picks = [*free, *busy][: order.batch_size]
        places = order.batch_size - len(picks)
        renewed = self._renewal.find(places, remember=not order.dry_run) if places else []
        return picks + [Pick(entry.suggestion_id, entry.revision) for entry in renewed]

    def _draftless(self) -> Iterator[QueueEntry]:
        after: tuple[object, ...] | None = None
        while True:
            found = self._repository.store.query(queries.queue_draftless(100, after))
            yield from (entry for entry in map(read_entry, found) if entry)
            if len(found) < 100:
                return
            last = found[-1]
            names = ("failures", "severity_rank", "created_at")
            after = (*(last.document.get(name) for name in names), last.key)

    def _is_busy(self, entry: QueueEntry) -> bool:
        try:
            self._turns.refuse_if_busy(entry)
        except Refused:
            return True
        return False

    def _budget(self, order: BatchOrder) -> Budget:
        """Open the run's money: as set, else the suggestion's budget times the batch (R14)."""
        usd = self._run_budget_usd
        if usd is None:
            usd = self._suggestion_budget_usd * order.batch_size
        return Budget(usd, "run")

    def _work(self, work: "_Work", picks: list[Pick]) -> None:
        """Feed the workers one by one, so that a cancel or a large batch leaves nothing behind."""
        waiting = iter(picks)
        running: dict[Future[Outcome | None], str] = {}
        with ThreadPoolExecutor(self._workers, thread_name_prefix="draft") as pool:
            while True:
                for pick in islice(waiting, self._free(running, work)):
                    running[pool.submit(self._one, work, pick)] = pick.suggestion_id
                if not running:
                    break
                done, _ = wait(running, timeout=_TICK_S, return_when=FIRST_COMPLETED)
                for future in done:
                    running.pop(future)
                    outcome = future.result()
                    if outcome is not None:
                        work.tally.outcomes.append(outcome)
                work.report(len(picks), tuple(running.values()))
        if work.breaker.open:
            work.tally.outcomes.extend(not_attempted(pick.suggestion_id) for pick in waiting)

    def _free(self, running: Sized, work: "_Work") -> int:
        """Say how many more items may start now."""
        return 0 if work.places.stopped() else self._workers - len(running)

    @property
    def _workers(self) -> int:
        """Give how many items are in work: those that have a call, and some read or written."""
        return self._concurrency + (self._concurrency + 1) // 2

    def _one(self, work: "_Work", pick: Pick) -> Outcome | None:
        """Draft one item; whatever goes wrong becomes its outcome and stops nothing else.

        None for one that the run's end found waiting: it is as if it had not begun.
        """
        started = time.monotonic()
        order, run, bill = work.order, work.run, Bill()
        try:
            work.places.leave_if_stopped()
            product = self._generator.generate(
                Order(
                    pick.suggestion_id,
                    order.actor,
                    run.run_id,
                    dry_run=order.dry_run,
                    revision=pick.revision,
                    considerate=True,
                    budget=work.tally.budget,
                    bill=bill,
                    cancel=work.watch.cancel,
                    place=work.place,
                )
            )
            work.breaker.worked(product)
            outcome = made(product)
        except RunStopped:
            return not_attempted(pick.suggestion_id) if work.breaker.open else None
        except Refused as refused:
            outcome = skipped(pick.suggestion_id, refused)
        except RunbookError as error:
            outcome = self._failed(run, pick.suggestion_id, error)
        except Exception as error:  # noqa: BLE001 - a batch item's edge: the batch goes on
            logger.error(
                "unexpected error in a batch",
                extra={"suggestion_id": pick.suggestion_id, "error": type(error).__name__},
            )
            outcome = self._failed(run, pick.suggestion_id, error)
        return billed(timed(outcome, started), bill)

    def _failed(self, run: RunSummary, suggestion_id: str, error: Exception) -> Outcome:
        """Record the failure, and let the item stand behind others the next time."""
        try:
            self._runs.record_error(run, suggestion_id, error)
            if not run.dry_run:
                self._stand_back(suggestion_id, error)
        except RunbookError as second:
            logger.error("a failure could not be recorded", extra={"error": second.code})
        return failed(suggestion_id, error)

    def _stand_back(self, suggestion_id: str, error: Exception) -> None:
        store = self._repository.store
        if isinstance(error, NotFound) and error.kind == "suggestion":
            store.commit([Delete(Collection.QUEUE, key_of(suggestion_id))])
            return
        entry = self._repository.entry(suggestion_id)
        if entry:
            fields: dict[FieldPath, object] = {("failures",): entry.failures + 1}
            store.commit([Merge(Collection.QUEUE, entry.suggestion_id, fields)])
