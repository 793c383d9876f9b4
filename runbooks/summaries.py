"""Run summaries as programs read them, in camelCase: REST and the command line (CONTRACT §3)."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from runbooks.models import RunSummary
from runbooks.revision import iso


class Answer(BaseModel):
    """An answer in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class OutcomeAnswer(Answer):
    """What became of one suggestion of a run."""

    suggestion_id: str
    status: str
    error_reason: str | None
    fallback_reason: str | None
    needs_input: bool
    duration_ms: float | None
    cost_usd: float
    input_tokens: int
    output_tokens: int
    attempts: int


class RunAnswer(Answer):
    """A run; times are ISO strings, costs US dollars."""

    run_id: str
    started_at: str | None
    finished_at: str | None
    triggered_by: str
    batch_size: int
    picked_up_count: int
    generated_count: int
    skipped_count: int
    error_count: int
    fallback_count: int
    needs_input_count: int
    in_flight: int
    processing_duration_ms: float
    cost_usd: float
    input_tokens: int
    output_tokens: int
    state: str
    actor: str
    provider: str
    dry_run: bool
    suggestion_outcomes: list[OutcomeAnswer]

    @classmethod
    def of(cls, run: RunSummary) -> Self:
        """Give a run as REST shows it."""
        known = run.model_dump(mode="json", include=set(cls.model_fields))
        times = {"started_at": _iso(run.started_at), "finished_at": _iso(run.finished_at)}
        return cls.model_validate({**known, **times})


def _iso(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None
