"""Runs: started, kept alive, finished, and shown as they really ended (CONTRACT §1)."""

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from runbooks.drafting.budget import Budget
from runbooks.errors import (
    CommitUnknown,
    DraftingFailed,
    NotFound,
    RunbookError,
    StoreError,
    StoreUnavailable,
)
from runbooks.models import (
    Outcome,
    OutcomeStatus,
    QueueEntry,
    RunError,
    RunState,
    RunSummary,
)
from runbooks.repository import Repository
from runbooks.store import queries, records
from runbooks.store.codec import key_of
from runbooks.store.port import Collection, FieldPath, Merge
from runbooks.store.records import read_entry

logger = logging.getLogger(__name__)
INTERRUPTED_AFTER = timedelta(seconds=60)
HEARTBEAT_S = 10.0
LOST_CALL = "The program ended during this call; what it cost is not known."
_TRIES = 3


def new_run_id(now: datetime) -> str:
    """Name a run: `run_<YYYYMMDD>_<HHMMSS>_<8 hex>` (CONTRACT §1)."""
    return f"run_{now:%Y%m%d}_{now:%H%M%S}_{secrets.token_hex(4)}"


@dataclass
class Tally:
    """The outcomes of a run as they come: one thread adds them, any may count."""

    outcomes: list[Outcome] = field(default_factory=list)
    budget: Budget | None = None
    """The run's money: what it has spent counts, failed calls included."""

    def counts(self) -> dict[str, object]:
        """Give the count fields of a run: picked up = generated + skipped + error."""
        by, outcomes = dict.fromkeys(OutcomeStatus, 0), tuple(self.outcomes)
        for outcome in outcomes:
            by[outcome.status] += 1
        return {
            "picked_up_count": len(outcomes),
            "generated_count": by[OutcomeStatus.GENERATED],
            "skipped_count": by[OutcomeStatus.SKIPPED],
            "error_count": by[OutcomeStatus.ERROR],
            "fallback_count": sum(1 for o in outcomes if o.fallback_reason),
            "needs_input_count": sum(1 for o in outcomes if o.needs_input),
            "suggestion_outcomes": outcomes,
            "cost_usd": self._cost(),
            "input_tokens": sum(outcome.input_tokens for outcome in self.outcomes),
            "output_tokens": sum(outcome.output_tokens for outcome in self.outcomes),
        }

    def _cost(self) -> float:
        if self.budget is not None:
            return round(self.budget.spent_usd, 9)
        return round(sum(outcome.cost_usd for outcome in self.outcomes), 9)


class Runs:
    """Writes and reads run records."""

    def __init__(self, repository: Repository, clock: Callable[[], datetime]) -> None:
        self._repository = repository
        self._clock = clock

    def start(
        self, *, batch_size: int, triggered_by: str, actor: str, provider: str, dry_run: bool
    ) -> RunSummary:
        """Begin a run and record it; a dry run is not recorded (CONTRACT R15)."""
        now = self._clock()
        run = RunSummary(
            run_id=new_run_id(now),
            started_at=now,
            heartbeat_at=now,
            triggered_by=triggered_by,
            actor=actor,
            batch_size=batch_size,
            provider=provider,
            dry_run=dry_run,
        )
        return self._put(run)

    @contextmanager
    def alive(self, run: RunSummary, tally: Tally) -> Iterator[None]:
        """Say every ten seconds that the run is alive and how far it is, whatever it waits for."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(HEARTBEAT_S):
                self._beat(run, tally)

        thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
        if not run.dry_run:
            thread.start()
        try:
            yield
        finally:
            over.set()
            if not run.dry_run:
                thread.join()

    def _beat(self, run: RunSummary, tally: Tally) -> None:
        """Write a sign of life."""
        self._record(run.model_copy(update={**tally.counts(), "heartbeat_at": self._clock()}))

    def finish(self, run: RunSummary, tally: Tally, state: RunState) -> RunSummary:
        """Say how the run ended, and record it; without the record it shows as interrupted."""
        now = self._clock()
        started = run.started_at or now
        update = {
            **tally.counts(),
            "finished_at": now,
            "heartbeat_at": now,
            "processing_duration_ms": round((now - started).total_seconds() * 1000, 1),
            "state": state,
        }
        return self._record(run.model_copy(update=update))

    def record_error(self, run: RunSummary, suggestion_id: str, error: Exception) -> None:
        """Keep why a suggestion got no draft (CONTRACT §1, runbook_errors)."""
        if run.dry_run:
            return
        drafting = error if isinstance(error, DraftingFailed) else None
        message = str(error) if isinstance(error, RunbookError) else type(error).__name__
        self._put_error(
            run_id=run.run_id,
            suggestion_id=suggestion_id,
            error_type=drafting.kind if drafting else "unknown",
            error_message=message[:500],
            recorded_at=self._clock(),
            model_response_sha256=drafting.response_sha256 if drafting else None,
            model_response_excerpt=drafting.excerpt if drafting else "",
        )

    def call_lost(self, run_id: str, suggestion_id: str) -> None:
        """Keep that an interrupted run left this call under way, when another takes its turn.

        So what was paid without a result stays counted (see `view`).
        """
        try:
            run = self._repository.run(run_id)
        except (NotFound, StoreError):
            return
        if self._interrupted(run):
            self._put_error(
                run_id=run_id,
                suggestion_id=key_of(suggestion_id),
                error_type="unknown",
                error_message=LOST_CALL,
                recorded_at=self._clock(),
            )

    def _put_error(self, **facts: object) -> None:
        """Write an error record; the error itself is told all the same when that fails."""
        record = RunError.model_validate(facts)
        key = key_of(f"{record.run_id}:{record.suggestion_id}")
        fields = _fields(records.write_error(record).items())
        try:
            self._repository.store.commit([Merge(Collection.ERRORS, key, fields)])
        except StoreError as error:
            _not_recorded(record.run_id, error)

    def view(self, run_id: str) -> RunSummary:
        """Give a run as it stands; one without a heartbeat for 60 s is interrupted.

        What an interrupted run did is put together again from the drafts that carry its id, its
        error records, and the holds that it left: calls that were under way (CONTRACT §1).
        """
        return self._as_it_stands(self._repository.run(run_id))

    def newest(self, limit: int, after: tuple[object, ...] | None = None) -> list[RunSummary]:
        """Give runs, newest first, each as it stands."""
        return [self._as_it_stands(run) for run in self._repository.runs(limit, after)]

    def _interrupted(self, run: RunSummary) -> bool:
        """Say whether the run is not over and gave no sign of life for 60 s."""
        last = run.heartbeat_at or run.started_at
        silent = last is None or self._clock() - last > INTERRUPTED_AFTER
        return run.state is RunState.RUNNING and silent

    def _as_it_stands(self, run: RunSummary) -> RunSummary:
        if not self._interrupted(run):
            return run
        outcomes = self._rebuilt(run)
        known = sum(outcome.cost_usd for outcome in outcomes)
        return run.model_copy(
            update={
                **Tally(outcomes).counts(),
                "cost_usd": max(run.cost_usd, round(known, 9)),
                "state": RunState.INTERRUPTED,
                "in_flight": self._repository.store.count(queries.leases_of_run(run.run_id)),
            }
        )

    def _rebuilt(self, run: RunSummary) -> list[Outcome]:
        known = {outcome.suggestion_id: outcome for outcome in run.suggestion_outcomes}
        for stored in self._repository.store.query(queries.queue_of_run(run.run_id)):
            entry = read_entry(stored)
            if entry is None:
                continue
            known[stored.key] = self._drafted(entry, known.get(stored.key))
        for error in self._repository.errors(run.run_id):
            known.setdefault(
                error.suggestion_id,
                Outcome(
                    suggestion_id=error.suggestion_id,
                    status=OutcomeStatus.ERROR,
                    error_reason=error.error_type,
                ),
            )
        return list(known.values())

    def _drafted(self, entry: QueueEntry, known: Outcome | None) -> Outcome:
        """Give the outcome of a draft that stands; what it cost, its lineage says."""
        outcome = known or self._billed(
            Outcome(suggestion_id=entry.suggestion_id, status=OutcomeStatus.GENERATED)
        )
        return outcome.model_copy(
            update={
                "status": OutcomeStatus.GENERATED,
                "error_reason": None,
                "fallback_reason": entry.fallback_reason or None,
                "needs_input": entry.draft_state.value in ("needs_input", "fallback"),
            }
        )

    def _billed(self, outcome: Outcome) -> Outcome:
        try:
            draft = self._repository.suggestion(outcome.suggestion_id).slot.draft
        except RunbookError:
            return outcome
        if draft is None:
            return outcome
        meta = draft.generator_meta
        return outcome.model_copy(
            update={
                "cost_usd": meta.cost_usd or 0.0,
                "input_tokens": meta.input_tokens or 0,
                "output_tokens": meta.output_tokens or 0,
                "attempts": meta.attempts or 0,
            }
        )

    def _record(self, run: RunSummary) -> RunSummary:
        """Write the record; drafts that are made, or refused, are so also without it."""
        try:
            return self._put(run)
        except StoreError as error:
            _not_recorded(run.run_id, error)
            return run

    def _put(self, run: RunSummary) -> RunSummary:
        """Write the record; where nobody can say whether it was, write it again: it is the same."""
        if run.dry_run:
            return run
        fields = _fields(records.write_run(run).items())
        for _ in range(_TRIES):
            try:
                self._repository.store.commit([Merge(Collection.RUNS, run.run_id, fields)])
            except CommitUnknown:
                continue
            return run
        raise StoreUnavailable("The store did not say whether the run was recorded.", "Try again.")


def _not_recorded(run_id: str, error: StoreError) -> None:
    logger.warning("a run could not be recorded", extra={"run_id": run_id, "error": error.code})


def _fields(items: object) -> dict[FieldPath, object]:
    return {(name,): value for name, value in items}  # type: ignore[attr-defined]
