"""The front door of the one process: REST's addresses go to REST, the others to the pages.

The pages answer any address with their own HTML, so REST's prefixes are taken out before them,
also the bare ones and what does not exist below them. For an address that is no page the answer is
a page that says so, with status 404: below a second slash theirs would stay blank, as it asks for
its parts beside that address.
"""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runbooks.api.app import PREFIXES
from runbooks.api.errors import problem
from runbooks.api.gate import refusal
from runbooks.api.naming import naming
from runbooks.api.paper import no_such_page
from runbooks.config import Settings
from runbooks.names import NAME_ROUTE

_WITH_HTML = ("/_stcore/bidi-components/", "/component/", "/media/", "/app/static/")
"""Below these the pages' own process serves files, some of which are HTML."""


class Front:
    """ASGI middleware before the pages; refuses foreign hosts and origins for pages as well.

    `addresses` are those of the pages, without a slash; the bare address is always one. The first
    is where a page that does not exist leads back to.
    """

    def __init__(
        self, app: ASGIApp, api: ASGIApp, settings: Settings, addresses: Sequence[str]
    ) -> None:
        self._pages = app
        self._api = api
        self._settings = settings
        self._home = addresses[0]
        self._addresses = frozenset({"/", *(f"/{address}" for address in addresses)})

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
        elif scope["type"] == "http" and not self._has_html(path):
            await self._elsewhere(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    def _has_html(self, path: str) -> bool:
        return path in self._addresses or path.startswith(_WITH_HTML)

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the pages answer an address that is no page, but not with a page."""
        answered = _NoPage(send)
        await self._pages(scope, receive, answered)
        if answered.with_a_page:
            await no_such_page(scope["path"], _up(scope) + self._home)(scope, receive, send)


class _NoPage:
    """Sends on, but keeps back an answer that is a page."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.with_a_page = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = Headers(raw=message.get("headers", [])).get("content-type", "")
            is_there = 200 <= message["status"] < 300
            self.with_a_page = is_there and kind.startswith("text/html")
        if not self.with_a_page:
            await self._send(message)


def _up(scope: Scope) -> str:
    """Lead from an address to the bare one, relatively: a proxy may have put a path before."""
    asked: bytes = scope.get("raw_path") or scope["path"].encode()
    return "../" * (asked.count(b"/") - 1)


def is_rest(path: str) -> bool:
    """Say whether an address is REST's."""
    return any(path == prefix or path.startswith(prefix + "/") for prefix in PREFIXES)
