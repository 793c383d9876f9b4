"""The REST app: routes, errors and the gate put together."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware

from runbooks import __version__
from runbooks.api import errors
from runbooks.api.answers import JsonAnswer
from runbooks.api.desk import Desk
from runbooks.api.gate import Gate
from runbooks.api.reference import reference_routes
from runbooks.api.routes.checks import check_routes
from runbooks.api.routes.health import health_routes
from runbooks.api.routes.runbooks import runbook_routes
from runbooks.api.routes.runs import run_routes
from runbooks.api.routes.suggestions import suggestion_routes
from runbooks.config import Settings
from runbooks.service import RunbookService
from runbooks.summaries import Answer

PREFIXES = (
    "/runbooks",
    "/suggestions",
    "/runs",
    "/lint",
    "/health",
    "/openapi.json",
    "/api-docs",
)
"""Everything at and below these paths is REST's; no page has such an address (CONTRACT §3)."""


class Problem(Answer):
    """Every answer that is no success: a code, a sentence for a person, the facts."""

    error: str
    message: str
    details: dict[str, object] | None = None


def create_api(service: Callable[[], RunbookService], settings: Settings) -> FastAPI:
    """Build the REST app of CONTRACT §3; `service` is asked at each request, not before."""
    desk = Desk(service, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(desk.close)

    api = FastAPI(
        lifespan=lifespan,
        title="EvalForge Runbooks",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        default_response_class=JsonAnswer,
        middleware=[Middleware(Gate, settings=settings)],
        responses={
            code: {"model": Problem, "description": "Refused or failed"}
            for code in ("4XX", 422, "5XX")
        },
    )
    errors.install(api)
    for routes in (
        runbook_routes(desk),
        suggestion_routes(desk),
        run_routes(desk),
        check_routes(desk),
        health_routes(desk),
        reference_routes(api),
    ):
        api.include_router(routes)
    return api
