"""`/health`: always 200; a monitor reads `status`."""

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from runbooks import __version__
from runbooks.api.answers import JsonAnswer
from runbooks.api.desk import Desk
from runbooks.errors import RunbookError
from runbooks.models import RunSummary
from runbooks.revision import iso
from runbooks.service import Backlog, RunbookService
from runbooks.summaries import RunAnswer

logger = logging.getLogger(__name__)

PATIENCE_S = 3.0
"""How long the store may take before the answer is `degraded`."""


@dataclass(frozen=True)
class Pulse:
    """What one look at the store found; `problem` is None when it answered."""

    backlog: Backlog | None = None
    last_run: RunSummary | None = None
    problem: str | None = None


class Probe:
    """Looks at the store in a thread; while it hangs, no second one is sent after it."""

    def __init__(self, service: Callable[[], RunbookService]) -> None:
        self._service = service
        self._busy = threading.Lock()

    async def look(self, patience: float = PATIENCE_S) -> Pulse:
        """Give what is known within `patience` seconds; never raise."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Pulse] = loop.create_future()

        def told(pulse: Pulse) -> None:
            if not answer.done():
                answer.set_result(pulse)

        def work() -> None:
            try:
                pulse = self._pulse()
            finally:
                self._busy.release()
            if not loop.is_closed():
                loop.call_soon_threadsafe(told, pulse)

        if not self._busy.acquire(blocking=False):
            return Pulse(problem="the store has not answered an earlier question yet")
        threading.Thread(target=work, name="health", daemon=True).start()
        try:
            return await asyncio.wait_for(answer, patience)
        except TimeoutError:
            return Pulse(problem=f"the store did not answer within {patience:.0f} s")

    def _pulse(self) -> Pulse:
        try:
            service = self._service()
            runs = service.runs(1)
            return Pulse(service.backlog(), runs[0] if runs else None)
        except RunbookError as error:
            return Pulse(problem=str(error) or error.code)
        except Exception as error:  # the boundary: a monitor is answered whatever is broken
            logger.error("unexpected error in a health check", exc_info=error)
            return Pulse(problem="something went wrong on our side; the log says more")


def health_routes(desk: Desk) -> APIRouter:
    """Give the route `/health`."""
    routes = APIRouter(tags=["health"])
    probe = Probe(desk.service)

    @routes.head("/health", include_in_schema=False)
    @routes.get("/health")
    async def health() -> JsonAnswer:
        """Say whether the store answers, how much waits, and what is configured."""
        pulse = await probe.look()
        return JsonAnswer(_shown(desk, pulse))

    return routes


def _shown(desk: Desk, pulse: Pulse) -> dict[str, object]:
    settings = desk.settings
    run = RunAnswer.of(pulse.last_run) if pulse.last_run else None
    outcomes = {"suggestion_outcomes"}
    return {
        "status": "degraded" if pulse.problem else "ok",
        "version": __version__,
        "backlog": {
            "pendingRunbookSuggestions": pulse.backlog.pending if pulse.backlog else None,
            "asOf": iso(pulse.backlog.as_of) if pulse.backlog else None,
        },
        "lastPersistentRun": run.model_dump(by_alias=True, exclude=outcomes) if run else None,
        "config": {
            "model": _model(desk, pulse),
            "batchSize": settings.batch_size,
            "perSuggestionTimeoutSec": settings.suggestion_seconds,
            "costBudgetUsdPerSuggestion": settings.suggestion_budget_usd,
        },
        **({"problem": pulse.problem} if pulse.problem else {}),
    }


def _model(desk: Desk, pulse: Pulse) -> str | None:
    return None if pulse.problem else desk.service().drafter.model
