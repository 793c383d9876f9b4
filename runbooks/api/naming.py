"""`POST /session/name`: a form that says who sits here; the name is kept in a cookie."""

from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from runbooks.api.errors import answer, problem
from runbooks.errors import InvalidRequest
from runbooks.names import NAME_COOKIE, checked_name, checked_next, cookie_value

_FORM = "application/x-www-form-urlencoded"
_MAX_BYTES = 16_384
_YEAR_S = 365 * 24 * 3600


async def naming(scope: Scope, receive: Receive, send: Send) -> None:
    """Take the name, set the cookie, and go on to `next`, an address of this site."""
    request = Request(scope, receive)
    if request.method != "POST":
        refused = problem(405, "method_not_allowed", "Send the form with POST.")
        refused.headers["Allow"] = "POST"
        await refused(scope, receive, send)
        return
    try:
        response = await _named(request)
    except InvalidRequest as error:
        response = answer(error)
    await response(scope, receive, send)


async def _named(request: Request) -> Response:
    fields = await _fields(request)
    name = checked_name(fields.get("name", ""))
    response = RedirectResponse(checked_next(fields.get("next") or "/"), status_code=303)
    response.set_cookie(
        NAME_COOKIE,
        cookie_value(name),
        max_age=_YEAR_S,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


async def _fields(request: Request) -> dict[str, str]:
    """Read the form, each field once."""
    kind = Headers(scope=request.scope).get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise InvalidRequest("Content-Type", f"send a form, as {_FORM}")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MAX_BYTES:
            raise InvalidRequest("body", "the form is too long")
    try:
        found = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=10)
    except ValueError:
        raise InvalidRequest("body", "the form cannot be read") from None
    return {name: values[-1] for name, values in found.items()}
