"""The front door of the one process: REST's addresses go to REST, the others to the pages.

The pages answer any address with their own HTML, so REST's prefixes are taken out before them,
also the bare ones and what does not exist below them.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from runbooks.api.app import PREFIXES
from runbooks.api.errors import problem
from runbooks.api.gate import refusal
from runbooks.api.naming import naming
from runbooks.config import Settings
from runbooks.names import NAME_ROUTE


class Front:
    """ASGI middleware before the pages; refuses foreign hosts and origins for pages as well."""

    def __init__(self, app: ASGIApp, api: ASGIApp, settings: Settings) -> None:
        self._pages = app
        self._api = api
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a request where it belongs."""
        if scope["type"] not in ("http", "websocket"):
            await self._pages(scope, receive, send)
            return
        path = scope["path"]
        if scope["type"] == "http" and is_rest(path):
            await self._api(scope, receive, send)
            return
        why = refusal(Headers(scope=scope), self._settings)
        if why and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "foreign origin"})
        elif why:
            await problem(403, "forbidden", why)(scope, receive, send)
        elif scope["type"] == "http" and path == NAME_ROUTE:
            await naming(scope, receive, send)
        else:
            await self._pages(scope, receive, send)


def is_rest(path: str) -> bool:
    """Say whether an address is REST's."""
    return any(path == prefix or path.startswith(prefix + "/") for prefix in PREFIXES)
