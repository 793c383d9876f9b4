"""What stands before every route: who may come in, how much they may bring, what leaves.

Host and Origin are checked because a browser lets any web site send requests to a service on
one's own machine. The body is read here, whole and bounded, before anything looks into it.
"""

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runbooks.api.errors import problem
from runbooks.config import LOOPBACK, Settings

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Room for the longest runbook text with every character escaped."""

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"same-origin"),
)
Next = Callable[[Scope, Receive, Send], Awaitable[None]]


def refusal(headers: Headers, settings: Settings) -> str | None:
    """Say why a request may not come in, None when it may (CONTRACT §3).

    The Host must be this machine's loopback or the configured one; with RUNBOOK_ALLOW_OPEN any.
    An Origin, which browsers send with every request of a page, must be the Host itself.
    """
    host = headers.get("host", "")
    if not settings.allow_open and _name(host) not in {*LOOPBACK, settings.host.lower()}:
        return f"The host {host[:200]!r} is not served here. Set HOST and RUNBOOK_ALLOW_OPEN."
    origins = headers.getlist("origin")
    if any(not _same_place(origin, host) for origin in origins):
        return f"The origin {origins[0][:200]!r} is another site's."
    return None


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _same_place(origin: str, host: str) -> bool:
    scheme, mark, place = origin.partition("://")
    if not mark or scheme not in ("http", "https"):
        return False
    usual = ":443" if scheme == "https" else ":80"
    return place.lower().removesuffix(usual) == host.lower().removesuffix(usual)


class Gate:
    """ASGI middleware round the whole REST app; its answers are JSON whatever happens."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, bring its body, and answer what went wrong unforeseen."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = _Sent(send)
        started = time.monotonic()
        try:
            await self._admit(scope, receive, sent)
        except Exception as error:  # the boundary: what is unforeseen ends here, as JSON
            logger.error("unexpected error in a request", exc_info=error)
            if not sent.status:
                message = "Something went wrong on our side. The log says more."
                await problem(500, "internal", message)(scope, receive, sent)
        finally:
            _log(scope, sent.status, started)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        why = refusal(headers, self._settings)
        if why:
            await problem(403, "forbidden", why)(scope, receive, send)
            return
        body = await _body(headers, receive)
        if body is None:
            message = f"The body is larger than {MAX_BODY_BYTES:,} bytes."
            await problem(413, "payload_too_large", message)(scope, receive, send)
        elif body and not _is_json(headers):
            message = "Send the body as JSON, with Content-Type: application/json."
            await problem(415, "unsupported_media_type", message)(scope, receive, send)
        else:
            await self._app(scope, _replayed(body, receive), send)


class _Sent:
    """Sends on, remembers the status, adds the headers that every answer has."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            _with_headers(message)
        await self._send(message)


def _with_headers(message: MutableMapping[str, object]) -> None:
    given = message.get("headers")
    message["headers"] = [*(given if isinstance(given, list) else []), *_HEADERS]


def _is_json(headers: Headers) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


async def _body(headers: Headers, receive: Receive) -> bytes | None:
    """Read the body; None when it is longer than is allowed."""
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length[:20]) > MAX_BODY_BYTES:
        return None
    parts = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts += message.get("body", b"")
        more = message.get("more_body", False)
        if len(parts) > MAX_BODY_BYTES:
            return None
    return bytes(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _log(scope: Scope, status: int, started: float) -> None:
    route = scope.get("route")
    logger.info(
        "request",
        extra={
            "method": scope["method"],
            "route": getattr(route, "path", "") or "unknown",
            "status": status,
            "duration_ms": round((time.monotonic() - started) * 1000),
        },
    )
