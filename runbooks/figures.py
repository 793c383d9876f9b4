"""The specification's figures SC-001 to SC-006, as the product computes them (CONTRACT §5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from runbooks.models import RunState, RunSummary
from runbooks.repository import Repository
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
