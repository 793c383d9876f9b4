"""`/runbooks`: draft, read, edit, versions."""

from fastapi import APIRouter, Request

from runbooks.api import views
from runbooks.api.answers import JsonAnswer
from runbooks.api.bodies import MAX_BATCH, Generate, Restore, RunOnce, Save
from runbooks.api.desk import Desk
from runbooks.api.filters import PAGE_PARAMETERS, Parameters, described
from runbooks.batch import BatchOrder, Watch
from runbooks.summaries import RunAnswer
from runbooks.unsaved import Person

_VERSIONS = 20


def runbook_routes(desk: Desk) -> APIRouter:
    """Give the routes under `/runbooks`."""
    routes = APIRouter(prefix="/runbooks", tags=["runbooks"])

    @routes.post("/run-once", response_model=RunAnswer, response_model_by_alias=True)
    async def run_once(request: Request, body: RunOnce | None = None) -> RunAnswer:
        """Draft a batch: worst first, then oldest, or the ids given (CONTRACT R7)."""
        order = _order(desk, body or RunOnce(), desk.actor(request))
        watch = Watch(cancel=desk.stopping)
        return RunAnswer.of(await desk.draft(lambda service: service.run_once(order, watch)))

    @routes.post("/generate/{suggestion_id}")
    async def generate(
        request: Request, suggestion_id: str, body: Generate | None = None
    ) -> JsonAnswer:
        """Draft one suggestion; protected text only with forceOverwrite (CONTRACT R2)."""
        ask = body or Generate()
        actor = desk.actor(request)
        product = await desk.draft(
            lambda service: service.generate(
                suggestion_id,
                actor,
                force=ask.force_overwrite,
                dry_run=ask.dry_run,
                revision=ask.revision,
                triggered_by=ask.triggered_by,
            )
        )
        return views.drafted(product)

    _reading(routes, desk)
    _editing(routes, desk)
    return routes


def _reading(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/{suggestion_id}")
    async def read(suggestion_id: str) -> JsonAnswer:
        """Read a runbook as stored; the ETag is its revision, for If-Match alone."""
        return views.artifact(await desk.ask(lambda service: service.runbook(suggestion_id)))

    @routes.get("/{suggestion_id}/versions", openapi_extra=described(PAGE_PARAMETERS))
    async def versions(request: Request, suggestion_id: str) -> JsonAnswer:
        """List the texts that stood or were proposed, newest first."""
        given = Parameters(request.query_params, PAGE_PARAMETERS)
        limit = given.limit(_VERSIONS)
        below = given.whole("cursor", 10**8, 10**8) if given.one("cursor") else 0
        found = await desk.ask(lambda service: service.versions(suggestion_id, limit, below))
        return views.versions(suggestion_id, found, limit)


def _editing(routes: APIRouter, desk: Desk) -> None:
    @routes.put("/{suggestion_id}", openapi_extra=views.SEEN_REVISION)
    async def save(request: Request, suggestion_id: str, body: Save) -> JsonAnswer:
        """Save a person's text over the revision in If-Match; one that lost is kept (R3)."""
        revision = views.seen_revision(request)
        person = Person(desk.actor(request))
        saved = await desk.ask(
            lambda service: service.save(
                suggestion_id, body.markdown_content, revision, person, body.reason
            )
        )
        return views.artifact(saved)

    @routes.post("/{suggestion_id}/restore")
    async def restore(request: Request, suggestion_id: str, body: Restore) -> JsonAnswer:
        """Bring a version back over the revision that was seen, as a person's text (R11)."""
        person = Person(desk.actor(request))
        restored = await desk.ask(
            lambda service: service.restore(suggestion_id, body.version, body.revision, person)
        )
        return views.artifact(restored)


def _order(desk: Desk, body: RunOnce, actor: str) -> BatchOrder:
    ids = tuple(dict.fromkeys(body.suggestion_ids)) if body.suggestion_ids else None
    usual = body.batch_size or min(desk.settings.batch_size, MAX_BATCH)
    return BatchOrder(
        batch_size=len(ids) if ids else usual,
        actor=actor,
        suggestion_ids=ids,
        dry_run=body.dry_run,
        triggered_by=body.triggered_by,
    )
