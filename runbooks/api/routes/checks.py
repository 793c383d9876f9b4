"""`/lint` and the findings of a stored runbook: what the checks say of a text (CONTRACT §6)."""

from collections import Counter
from collections.abc import Sequence

from fastapi import APIRouter

from runbooks.api.answers import JsonAnswer
from runbooks.api.bodies import Lint
from runbooks.api.desk import Desk
from runbooks.lint import Finding, LintContext, lint
from runbooks.service import RunbookService
from runbooks.unsaved import check_text

_LEVELS = {"errors": "E", "warnings": "W", "hints": "I"}


def check_routes(desk: Desk) -> APIRouter:
    """Give the routes that check a text; none of them writes."""
    routes = APIRouter(tags=["checks"])

    @routes.get("/runbooks/{suggestion_id}/findings")
    async def findings(suggestion_id: str) -> JsonAnswer:
        """Check the runbook that is stored; the ETag names the text that was checked."""
        return await desk.ask(lambda service: _stored(service, suggestion_id))

    @routes.post("/lint")
    async def check(body: Lint) -> JsonAnswer:
        """Check any text, as an `evalforge` draft or as another team's (`generic`)."""
        return await desk.ask(lambda service: _given(service, body))

    return routes


def _stored(service: RunbookService, suggestion_id: str) -> JsonAnswer:
    suggestion, found = service.findings(suggestion_id)
    content = {"suggestion_id": suggestion_id, "revision": suggestion.slot.revision}
    tag = {"ETag": f'"{suggestion.slot.revision}"'}
    return JsonAnswer({**content, **_told(found)}, headers=tag)


def _given(service: RunbookService, body: Lint) -> JsonAnswer:
    check_text(body.markdown, "markdown")
    house = service.services.house
    context = LintContext(known_tools=house.tools, known_tags=house.tags)
    found = lint(body.markdown, context, body.profile)
    return JsonAnswer({"profile": body.profile, **_told(found)})


def _told(found: Sequence[Finding]) -> dict[str, object]:
    levels = Counter(str(finding.severity) for finding in found)
    return {
        "findings": [finding.to_dict() for finding in found],
        "counts": {name: levels[level] for name, level in _LEVELS.items()},
    }
