"""`/runs`: what batches and single generations did."""

from fastapi import APIRouter, Request

from runbooks.api.answers import JsonAnswer
from runbooks.api.desk import Desk
from runbooks.api.filters import (
    PAGE_PARAMETERS,
    Parameters,
    described,
    read_run_cursor,
    write_run_cursor,
)
from runbooks.models import RunError, RunSummary
from runbooks.store.records import write_error
from runbooks.summaries import RunAnswer

_PAGE = 50


def run_routes(desk: Desk) -> APIRouter:
    """Give the routes under `/runs`."""
    routes = APIRouter(prefix="/runs", tags=["runs"])

    @routes.get("", openapi_extra=described(PAGE_PARAMETERS))
    async def listed(request: Request) -> JsonAnswer:
        """List runs, newest first."""
        given = Parameters(request.query_params, PAGE_PARAMETERS)
        limit, after = given.limit(_PAGE), read_run_cursor(given.one("cursor"))
        runs = await desk.ask(lambda service: service.runs(limit, after))
        more = write_run_cursor(runs[-1]) if len(runs) == limit else None
        return JsonAnswer({"runs": [_shown(run) for run in runs], "nextCursor": more})

    @routes.get("/{run_id}")
    async def one(run_id: str) -> JsonAnswer:
        """Read a run with the errors of its suggestions."""
        run, errors = await desk.ask(lambda service: service.run(run_id))
        return JsonAnswer({**_shown(run), "errors": [_error(error) for error in errors]})

    return routes


def _shown(run: RunSummary) -> dict[str, object]:
    return RunAnswer.of(run).model_dump(mode="json", by_alias=True)


def _error(error: RunError) -> dict[str, object]:
    """Give an error record; it is a document, so its names stay as stored."""
    return dict(write_error(error))
