"""Runs: started, kept alive, finished, and shown as they really ended (CONTRACT §1, §5)."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from runbooks.drafting.budget import Budget
from runbooks.errors import DraftingFailed, RunbookError
from runbooks.models import (
    Outcome,
    OutcomeStatus,
    RunError,
    RunState,
    RunSummary,
)
from runbooks.repository import Repository
from runbooks.store import queries, records
from runbooks.store.codec import key_of
from runbooks.store.port import Collection, FieldPath, Merge
from runbooks.store.records import read_entry

INTERRUPTED_AFTER = timedelta(seconds=60)


def new_run_id(now: datetime) -> str:
    """Name a run: `run_<YYYYMMDD>_<HHMMSS>_<8 hex>` (CONTRACT §1)."""
    return f"run_{now:%Y%m%d}_{now:%H%M%S}_{secrets.token_hex(4)}"


@dataclass
class Tally:
    """The outcomes of a run as they come; not safe to share between threads."""

    outcomes: list[Outcome] = field(default_factory=list)
    budget: Budget | None = None
    """The run's money: what it has spent counts, failed calls included."""

    def counts(self) -> dict[str, object]:
        """Give the count fields of a run: picked up = generated + skipped + error."""
        by = dict.fromkeys(OutcomeStatus, 0)
        for outcome in self.outcomes:
            by[outcome.status] += 1
        return {
            "picked_up_count": len(self.outcomes),
            "generated_count": by[OutcomeStatus.GENERATED],
            "skipped_count": by[OutcomeStatus.SKIPPED],
            "error_count": by[OutcomeStatus.ERROR],
            "fallback_count": sum(1 for o in self.outcomes if o.fallback_reason),
            "needs_input_count": sum(1 for o in self.outcomes if o.needs_input),
            "suggestion_outcomes": tuple(self.outcomes),
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

    def beat(self, run: RunSummary, tally: Tally) -> RunSummary:
        """Say that the run is alive and how far it is."""
        return self._put(run.model_copy(update={**tally.counts(), "heartbeat_at": self._clock()}))

    def finish(self, run: RunSummary, tally: Tally, state: RunState) -> RunSummary:
        """Record how the run ended."""
        now = self._clock()
        started = run.started_at or now
        update = {
            **tally.counts(),
            "finished_at": now,
            "heartbeat_at": now,
            "processing_duration_ms": round((now - started).total_seconds() * 1000, 1),
            "state": state,
        }
        return self._put(run.model_copy(update=update))

    def record_error(self, run: RunSummary, suggestion_id: str, error: Exception) -> None:
        """Keep why a suggestion got no draft (CONTRACT §1, runbook_errors)."""
        if run.dry_run:
            return
        drafting = error if isinstance(error, DraftingFailed) else None
        message = str(error) if isinstance(error, RunbookError) else type(error).__name__
        record = RunError(
            run_id=run.run_id,
            suggestion_id=suggestion_id,
            error_type=drafting.kind if drafting else "unknown",
            error_message=message[:500],
            recorded_at=self._clock(),
            model_response_sha256=drafting.response_sha256 if drafting else None,
            model_response_excerpt=drafting.excerpt if drafting else "",
        )
        key = key_of(f"{run.run_id}:{suggestion_id}")
        fields = _fields(records.write_error(record).items())
        self._repository.store.commit([Merge(Collection.ERRORS, key, fields)])

    def view(self, run_id: str) -> RunSummary:
        """Give a run as it stands; one without a heartbeat for 60 s is interrupted.

        What an interrupted run did is put together again from the drafts that carry its id, its
        error records, and the holds that it left: calls that were under way (CONTRACT §1).
        """
        return self._as_it_stands(self._repository.run(run_id))

    def newest(self, limit: int, after: tuple[object, ...] | None = None) -> list[RunSummary]:
        """Give runs, newest first, each as it stands."""
        return [self._as_it_stands(run) for run in self._repository.runs(limit, after)]

    def _as_it_stands(self, run: RunSummary) -> RunSummary:
        last = run.heartbeat_at or run.started_at
        silent = last is None or self._clock() - last > INTERRUPTED_AFTER
        if run.state is not RunState.RUNNING or not silent:
            return run
        tally = Tally(self._rebuilt(run))
        store = self._repository.store
        under_way = store.count(queries.leases_of_run(run.run_id))
        return run.model_copy(
            update={**tally.counts(), "state": RunState.INTERRUPTED, "in_flight": under_way}
        )

    def _rebuilt(self, run: RunSummary) -> list[Outcome]:
        known = {outcome.suggestion_id: outcome for outcome in run.suggestion_outcomes}
        for stored in self._repository.store.query(queries.queue_of_run(run.run_id)):
            entry = read_entry(stored)
            if entry is None:
                continue
            known[stored.key] = Outcome(
                suggestion_id=stored.key,
                status=OutcomeStatus.GENERATED,
                fallback_reason=entry.fallback_reason or None,
                needs_input=entry.draft_state.value in ("needs_input", "fallback"),
                cost_usd=known[stored.key].cost_usd if stored.key in known else 0.0,
            )
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

    def _put(self, run: RunSummary) -> RunSummary:
        if not run.dry_run:
            fields = _fields(records.write_run(run).items())
            self._repository.store.commit([Merge(Collection.RUNS, run.run_id, fields)])
        return run


def _fields(items: object) -> dict[FieldPath, object]:
    return {(name,): value for name, value in items}  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Figures:
    """The specification's figures as shares of 1 or seconds; None before there is anything.

    CONTRACT §5: SC-001 (split unedited and edited), SC-002 to SC-004 over drafts that are no
    fallbacks, SC-005 as the seconds that 20 suggestions would take at the last batches' pace,
    SC-006 over the runs given.
    """

    accepted: float | None
    accepted_unedited: int
    accepted_edited: int
    rejected: int
    six_sections: float | None
    two_commands: float | None
    clean_markdown: float | None
    seconds_for_20: float | None
    without_fallback: float | None
    needs_input: int


def figures(repository: Repository, runs: Sequence[RunSummary]) -> Figures:
    """Compute SC-001 to SC-006 from counts of the queue and from these runs (CONTRACT §5)."""
    store = repository.store

    def count(**equal: str | bool) -> int:
        return store.count(queries.queue_with({"type": "runbook", **equal}))

    unedited = count(status="approved", edited=False)
    edited = count(status="approved", edited=True)
    rejected = count(status="rejected")
    drafted = sum(count(draft_state=state) for state in ("generated", "needs_input"))
    good = {
        name: sum(
            count(draft_state=state, **{name: True}) for state in ("generated", "needs_input")
        )
        for name in ("six_sections", "two_commands", "clean_markdown")
    }
    generated = sum(run.generated_count for run in runs)
    return Figures(
        accepted=_share(unedited + edited, unedited + edited + rejected),
        accepted_unedited=unedited,
        accepted_edited=edited,
        rejected=rejected,
        six_sections=_share(good["six_sections"], drafted),
        two_commands=_share(good["two_commands"], drafted),
        clean_markdown=_share(good["clean_markdown"], drafted),
        seconds_for_20=_pace(runs),
        without_fallback=_share(generated - sum(run.fallback_count for run in runs), generated),
        needs_input=count(draft_state="needs_input"),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _pace(runs: Sequence[RunSummary]) -> float | None:
    """Scale the newest finished batch of at least five to 20 suggestions, in seconds."""
    for run in runs:
        if run.state is RunState.FINISHED and run.generated_count >= 5:
            return run.processing_duration_ms / 1000 / run.generated_count * 20
    return None
