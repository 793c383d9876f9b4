"""The one process as it is served: REST before the pages, and the name of who sits there."""

import http.client
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.responses import HTMLResponse
from starlette.testclient import TestClient

from runbooks.api import PREFIXES, Front
from tests.api.conftest import HOST, settings_for
from workbench.addresses import PAGES

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


@dataclass
class Served:
    """A server of our own, and what it printed."""

    port: int
    process: subprocess.Popen[str]
    folder: Path

    def call(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, str]:
        """One request with the path exactly as given."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request(
                method, path, body, {name.replace("_", "-"): v for name, v in headers.items()}
            )
            answer = line.getresponse()
            return answer, answer.read().decode("utf-8", "replace")
        finally:
            line.close()

    def name(self, **fields: str) -> http.client.HTTPResponse:
        """Send the form of the name."""
        form = "application/x-www-form-urlencoded"
        return self.call("POST", "/session/name", urlencode(fields), Content_Type=form)[0]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`python -m runbooks serve --with-sample` on a free port, in an empty folder."""
    with running(tmp_path_factory.mktemp("served"), "--with-sample") as server:
        yield server


@contextmanager
def running(folder: Path, *options: str, **settings: str) -> Iterator[Served]:
    """A server of our own on a free port, ended as a supervisor would end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "runbooks", "serve", *options],
            cwd=folder,
            stdout=out,
            stderr=err,
            text=True,
            env=_environment(port) | settings,
        )
    server = Served(port, process, folder)
    try:
        _wait(server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return {**kept, "PYTHONPATH": str(ROOT), "PORT": str(port)}


def _wait(server: Served) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert server.process.poll() is None, (server.folder / "err").read_text()
        try:
            server.call("GET", "/health")
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not answer")


def test_it_says_where_it_is_in_one_line(served: Served):
    """The first thing on the terminal is the address to open."""
    lines = (served.folder / "out").read_text().splitlines()
    address = [line for line in lines if "http://" in line]
    assert len(address) == 1
    assert f"http://127.0.0.1:{served.port}" in address[0]


def test_its_log_is_json_lines(served: Served):
    """What watches the process can read every line."""
    lines = (served.folder / "err").read_text().splitlines()
    assert lines
    assert all({"at", "level", "logger", "message"} <= json.loads(line).keys() for line in lines)


def test_the_sample_is_there(served: Served):
    """A first start shows something to review."""
    listed = json.loads(served.call("GET", "/suggestions?limit=1")[1])
    assert listed["total"] > 20


@pytest.mark.parametrize("path", ["/runbooks", "/runbooks/", "/runs/no", "/suggestions/x/y/z"])
def test_our_prefixes_never_answer_with_a_page(served: Served, path: str):
    """The pages' catch-all does not reach below them, bare or not."""
    answer, text = served.call("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (404, "application/json")
    assert json.loads(text)["error"] == "not_found"


@pytest.mark.parametrize("path", ["/", "/queue?severity=critical", *(f"/{page}" for page in PAGES)])
def test_every_page_has_its_address(served: Served, path: str):
    """Deep links and reloads reach the workbench."""
    answer, text = served.call("GET", path)
    assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert '<div id="root">' in text
    assert path not in PREFIXES


@pytest.mark.parametrize(
    "path",
    ["/foo", "/home", "/runbook", "/queue/x", "/library/zzz", "/review/a?id=b", "/_stcore/no"],
)
def test_an_address_that_is_no_page_says_so(served: Served, path: str):
    """The pages' own HTML would stay blank there; ours names the address and leads to the queue."""
    for method in ("GET", "HEAD"):
        answer, text = served.call(method, path)
        kind = answer.headers["content-type"].partition(";")[0]
        assert (answer.status, kind) == (404, "text/html")
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    text = served.call("GET", path)[1]
    assert "This page does not exist" in text
    assert f"<code>{path.partition('?')[0]}</code>" in text
    assert f'<a href="{"../" * (path.count("/") - 1)}queue">' in text
    assert "<script" not in text


def test_an_address_is_shown_as_text(served: Served):
    """Whoever makes a link writes nothing into our page."""
    text = served.call("GET", f"/%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE{'x' * 3000}")[1]
    assert "<code>/&lt;script&gt;alert(1)&lt;/script&gt;\ufffdx" in text
    assert "<script" not in text
    assert len(text) < 3000


def test_what_the_pages_load_is_still_there(served: Served):
    """Scripts, the line, the picture of the tab; where there is nothing, they say it themselves."""
    script = re.search(r'src="\./(static/js/[^"]+)"', served.call("GET", "/queue")[1])
    assert script
    for path in (f"/{script[1]}", "/favicon.png", "/manifest.json", "/_stcore/host-config"):
        assert served.call("GET", path)[0].status == 200
    for path in ("/queue/_stcore/health", "/component/no/index.html", "/media/no"):
        answer, text = served.call("GET", path)
        assert answer.status == 404
        assert "This page does not exist" not in text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/media/a.html", 200), ("/component/ace/index.html", 200), ("/queue", 200), ("/a", 404)],
)
def test_html_that_is_no_page_reaches_the_browser(path: str, status: int, tmp_path: Path):
    """A download and the frame of a component are HTML too, and neither is taken for a page."""
    front = Front(HTMLResponse("<p>theirs"), HTMLResponse("rest"), settings_for(tmp_path), PAGES)
    answer = TestClient(front, base_url=HOST).get(path)
    assert answer.status_code == status
    assert ("theirs" in answer.text) == (status == 200)


@pytest.mark.parametrize(
    ("path", "link"), [("/a", "queue"), ("/a/b", "../queue"), ("/a/b%2Fc/d", "../../queue")]
)
def test_the_way_out_leads_to_where_the_workbench_is_served(path: str, link: str, tmp_path: Path):
    """The link is relative, so it stays below the path that a proxy may add."""
    front = Front(HTMLResponse("page"), HTMLResponse("rest"), settings_for(tmp_path), PAGES)
    assert f'<a href="{link}">' in TestClient(front, base_url=HOST).get(path).text


def test_pages_and_rest_answer_in_one_process(served: Served):
    """The pages' own health and ours come from the same port."""
    assert served.call("GET", "/_stcore/health")[0].status == 200
    assert json.loads(served.call("GET", "/health")[1])["status"] == "ok"


@pytest.mark.parametrize("path", ["/", "/health", "/session/name", "/_stcore/host-config"])
def test_a_foreign_host_gets_nothing_at_all(served: Served, path: str):
    """Pages are no easier to reach from another site than REST."""
    answer, text = served.call("GET", path, Host="evil.example")
    assert (answer.status, json.loads(text)["error"]) == (403, "forbidden")


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def test_a_foreign_page_cannot_open_the_pages_line(served: Served):
    """The line that pages talk over is refused to other origins before it is opened."""
    foreign = {**UPGRADE, "Origin": "http://evil.example"}
    assert served.call("GET", "/_stcore/stream", **foreign)[0].status == 403
    assert _opens(served, f"127.0.0.1:{served.port}", f"http://127.0.0.1:{served.port}")


def test_an_open_server_works_under_the_name_it_has_outside(tmp_path: Path):
    """Behind a proxy with a name of its own, pages and REST answer to that name alone."""
    with running(tmp_path, HOST="0.0.0.0", RUNBOOK_ALLOW_OPEN="1") as server:
        name = "runbooks.corp.example"
        assert _opens(server, name, f"https://{name}")
        assert not _opens(server, name, "https://evil.example")
        assert server.call("GET", "/health", Host=name)[0].status == 200


def _opens(server: Served, host: str, origin: str) -> bool:
    """Whether the pages' line opens; asked without a client that would keep it open."""
    headers = {**UPGRADE, "Host": host, "Origin": origin}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    request = "\r\n".join(["GET /_stcore/stream HTTP/1.1", *lines, "", ""])
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(request.encode())
        return line.recv(64).startswith(b"HTTP/1.1 101")


def test_answers_on_one_connection_follow_at_once(served: Served):
    """No packet waits for the other side's delayed acknowledgement, which takes 40 ms."""
    line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    times = []
    for _ in range(30):
        started = time.perf_counter()
        line.request("GET", "/health")
        line.getresponse().read()
        times.append(time.perf_counter() - started)
    line.close()
    assert statistics.median(times) < 0.03


def test_it_ends_soon_and_cleanly_when_told_to(tmp_path: Path):
    """A supervisor's signal ends it within the time that one draft takes."""
    with running(tmp_path) as server:
        started = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) in (0, -signal.SIGTERM)
        assert time.monotonic() - started < 15
        assert "Traceback" not in (tmp_path / "err").read_text()


def test_a_name_is_kept_in_a_cookie_that_no_script_reads(served: Served):
    """The form leads back to the page it came from."""
    answer = served.name(name="  Ann   Lü ", next="/review?id=sugg_sample_001")
    assert (answer.status, answer.headers["location"]) == (303, "/review?id=sugg_sample_001")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("runbooks_name=Ann%20L%C3%BC;")
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "https://evil.example/", "/\\evil.example", "\\/evil.example",
        "javascript:alert(1)", "/ok\r\nX-Bad: 1", "queue", "///evil.example", "/\tx",
    ],
)  # fmt: skip
def test_a_name_leads_nowhere_else(served: Served, target: str):
    """What would lead to another site is refused, and no cookie is set."""
    answer = served.name(name="Ann", next=target)
    assert answer.status == 422
    assert answer.headers["set-cookie"] is None


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a\x00b", "a\u202eb", "a\x1b[31m"])
def test_a_name_is_one_to_forty_printable_characters(served: Served, name: str):
    """What could deceive a reader of the history is no name."""
    assert served.name(name=name, next="/").status == 422


def test_only_a_form_of_this_site_sets_the_name(served: Served):
    """GET, JSON and foreign origins do not."""
    assert served.call("GET", "/session/name?name=Ann")[0].status == 405
    as_json = served.call(
        "POST", "/session/name", '{"name":"Ann"}', Content_Type="application/json"
    )
    assert as_json[0].status == 422
    foreign = served.call(
        "POST",
        "/session/name",
        "name=Ann",
        Content_Type="application/x-www-form-urlencoded",
        Origin="http://evil.example",
    )
    assert foreign[0].status == 403
    assert served.name(name="x" * 20_000, next="/").status == 422


def test_an_id_that_no_path_can_hold_is_reached_as_the_list_writes_it(served: Served):
    """An id with a slash is stored under another name; the list's name leads to it."""
    rows = [
        {"trace_id": "t/1", "service_name": "odd", "trace_payload": {"error": "timeout"}},
        {"suggestion_id": "a/b", "type": "runbook", "status": "pending", "source_traces": ["t/1"]},
    ]
    file = served.folder / "odd.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    command = [sys.executable, "-m", "runbooks", "import", str(file)]
    done = subprocess.run(command, cwd=served.folder, env=_environment(served.port), check=False)
    assert done.returncode == 0
    listed = json.loads(served.call("GET", "/suggestions?service=odd")[1])
    assert [entry["suggestion_id"] for entry in listed["suggestions"]] == ["%_a%2Fb"]
    answer, text = served.call("POST", "/runbooks/generate/%25_a%252Fb")
    assert (answer.status, json.loads(text)["suggestionId"]) == (200, "%_a%2Fb")
    versions = json.loads(served.call("GET", "/runbooks/%25_a%252Fb/versions")[1])["versions"]
    assert [version["number"] for version in versions] == [1]


def test_the_log_quotes_no_search(served: Served):
    """What somebody looked for does not stand in the log."""
    served.call("GET", "/suggestions?q=secretword")
    time.sleep(0.2)
    log = (served.folder / "err").read_text()
    assert "secretword" not in log
    assert re.search(r'"route": "/suggestions", "status": 200', log)


def test_a_second_server_on_the_port_says_so(served: Served):
    """Instead of a trace it names the port and the setting."""
    command = [sys.executable, "-m", "runbooks", "serve"]
    done = subprocess.run(
        command,
        cwd=served.folder,
        env=_environment(served.port),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f"{served.port} is in use" in done.stderr
