"""`/suggestions`: the queue, and what is decided about one of them."""

from fastapi import APIRouter, Request

from runbooks.api import views
from runbooks.api.answers import JsonAnswer
from runbooks.api.bodies import Approve, Reject, Reopen
from runbooks.api.desk import Desk
from runbooks.api.filters import QUEUE_PARAMETERS, Parameters, described, queue_filter
from runbooks.queue import QueuePage
from runbooks.service import RunbookService

_PAGE = 50


def suggestion_routes(desk: Desk) -> APIRouter:
    """Give the routes under `/suggestions`."""
    routes = APIRouter(prefix="/suggestions", tags=["suggestions"])

    @routes.get("", openapi_extra=described(QUEUE_PARAMETERS))
    async def listed(request: Request) -> JsonAnswer:
        """List suggestions by filters, a page at a time."""
        given = Parameters(request.query_params, QUEUE_PARAMETERS)
        which, sort = queue_filter(given)
        limit, cursor = given.limit(_PAGE), given.one("cursor") or None

        def page(service: RunbookService) -> QueuePage:
            if cursor is None:
                desk.refresh(service)
            return service.queue(which, sort, limit, cursor)

        return views.suggestions(await desk.ask(page), desk.settings.redact_extra)

    @routes.post("/{suggestion_id}/approve")
    async def approve(request: Request, suggestion_id: str, body: Approve) -> JsonAnswer:
        """Approve the revision that was seen; what blocks needs an overrideReason (R12, R17)."""
        actor = desk.actor(request)
        done = await desk.ask(
            lambda service: service.approve(
                suggestion_id, body.revision, actor, body.notes, body.override_reason
            )
        )
        return views.decided(done)

    @routes.post("/{suggestion_id}/reject")
    async def reject(request: Request, suggestion_id: str, body: Reject) -> JsonAnswer:
        """Reject the revision that was seen, with a reason."""
        actor = desk.actor(request)
        done = await desk.ask(
            lambda service: service.reject(
                suggestion_id, body.revision, actor, body.reason, body.notes
            )
        )
        return views.decided(done)

    @routes.post("/{suggestion_id}/reopen")
    async def reopen(request: Request, suggestion_id: str, body: Reopen) -> JsonAnswer:
        """Make a decided suggestion pending again, with a reason (R16)."""
        actor = desk.actor(request)
        done = await desk.ask(lambda service: service.reopen(suggestion_id, actor, body.reason))
        return views.decided(done)

    return routes
