"""openapi.json tells all that a program must send: nothing is read that is not described."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from anyio.from_thread import start_blocking_portal
from starlette.types import ASGIApp, Message

from runbooks.api.filters import QUEUE_PARAMETERS
from tests.api.conftest import EDITED, Office


class Watched(bytes):
    """The name of a header that writes down with which names it is compared."""

    asked: ClassVar[set[str]] = set()
    __hash__ = bytes.__hash__

    def __eq__(self, other: object) -> bool:
        if isinstance(other, bytes):
            self.asked.add(other.decode("latin-1"))
        return False


TRANSPORT = {
    "accept", "accept-encoding", "connection", "content-length", "content-type", "cookie", "host",
    "origin", "user-agent",
}  # fmt: skip
"""Headers that every program sends by itself, and the name that a browser keeps (names.py)."""

BODIES = {
    "Generate": {}, "RunOnce": {"suggestionIds": ["none"]}, "Lint": {"markdown": "# A"},
    "Save": {"markdownContent": "# A"}, "Restore": {"version": 1, "revision": "none"},
    "Approve": {"revision": "none"}, "Reject": {"revision": "none", "reason": "no"},
    "Reopen": {"reason": "no"},
}  # fmt: skip


def calls_of(office: Office) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each call of openapi.json: method, an address for it, what is said of it."""
    for path, item in office.get("/openapi.json").json()["paths"].items():
        for method, call in item.items():
            filled = path.replace("{suggestion_id}", EDITED).replace("{run_id}", "run_none")
            yield method.upper(), filled, call


def described(call: dict[str, Any], place: str) -> set[str]:
    """The parameters that a call is said to take there; each says what it means."""
    found = [given for given in call.get("parameters", []) if given["in"] == place]
    assert all(given["description"] for given in found)
    return {given["name"].lower() for given in found}


def test_every_header_that_a_call_reads_is_described(office: Office):
    """Whoever builds a client from openapi.json learns of If-Match before the first 428."""
    read = {}
    for method, path, call in calls_of(office):
        name = str(call.get("requestBody", "")).partition("#/components/schemas/")[2].split("'")[0]
        body = json.dumps(BODIES[name]).encode() if name else b""
        Watched.asked = set()
        with start_blocking_portal() as portal:  # a browser test may keep a loop in this thread
            portal.call(ask, office.client.app, method, path, body)
        read[f"{method} {path}"] = Watched.asked - TRANSPORT
        assert read[f"{method} {path}"] == described(call, "header"), path
    assert read[f"PUT /runbooks/{EDITED}"] == {"if-match"}


async def ask(app: ASGIApp, method: str, path: str, body: bytes) -> None:
    """Make a request whose headers write down which of them are looked for."""
    headers = [(b"host", b"127.0.0.1:8501"), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "method": method, "path": path, "query_string": b"", "root_path": "",
        "scheme": "http", "http_version": "1.1", "server": ("127.0.0.1", 8501),
        "headers": [(Watched(b"x-watched"), b""), *headers],
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] not in (403, 415)

    await app(scope, receive, send)


def test_every_query_parameter_that_a_call_reads_is_described(office: Office):
    """A list takes what openapi.json names and refuses the rest; the others take nothing."""
    lists = {}
    for method, path, call in calls_of(office):
        told = described(call, "query")
        if method == "GET":
            taken = {name for name in QUEUE_PARAMETERS if takes(office, path, name)}
            refuses = not takes(office, path, "anything_else")
            assert told == (taken if refuses else set()), path
            lists[path] = told
        else:
            assert told == set()
    assert lists["/runs"] == {"limit", "cursor"}


def takes(office: Office, path: str, name: str) -> bool:
    """Whether a call does not refuse a parameter of this name."""
    return "there is no such parameter" not in office.get(f"{path}?{name}=1").text
