"""The figures SC-001 to SC-006 as the product computes them (CONTRACT §5), and what runs cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from runbooks.models import RunState, RunSummary
from runbooks.repository import Repository
from runbooks.revision import iso
from runbooks.store import queries


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
        accepted=share(unedited + edited, unedited + edited + rejected),
        accepted_unedited=unedited,
        accepted_edited=edited,
        rejected=rejected,
        six_sections=share(good["six_sections"], drafted),
        two_commands=share(good["two_commands"], drafted),
        clean_markdown=share(good["clean_markdown"], drafted),
        seconds_for_20=_pace(runs),
        without_fallback=share(generated - sum(run.fallback_count for run in runs), generated),
        needs_input=count(draft_state="needs_input"),
    )


def share(part: int, whole: int) -> float | None:
    """Give a part as a share of 1, None of nothing."""
    return part / whole if whole else None


def _pace(runs: Sequence[RunSummary]) -> float | None:
    """Scale the newest finished batch of at least five to 20 suggestions, in seconds."""
    for run in runs:
        if run.state is RunState.FINISHED and run.generated_count >= 5:
            return run.processing_duration_ms / 1000 / run.generated_count * 20
    return None


@dataclass(frozen=True)
class Day:
    """What the runs that began on one day (UTC, ISO) asked of models, and what that cost."""

    day: str
    runs: int
    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float


def spending(runs: Sequence[RunSummary]) -> tuple[Day, ...]:
    """Sum up these runs by day, newest first; a run without a start counts for no day."""
    by_day: dict[str, list[RunSummary]] = {}
    for run in runs:
        if run.started_at:
            by_day.setdefault(iso(run.started_at)[:10], []).append(run)
    return tuple(
        Day(
            day=day,
            runs=len(found),
            calls=sum(outcome.attempts for run in found for outcome in run.suggestion_outcomes),
            input_tokens=sum(run.input_tokens for run in found),
            output_tokens=sum(run.output_tokens for run in found),
            cost_usd=round(sum(run.cost_usd for run in found), 9),
        )
        for day, found in sorted(by_day.items(), reverse=True)
    )
