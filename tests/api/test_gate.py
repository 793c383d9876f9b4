"""Who may come in and what they may bring (CONTRACT §3)."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runbooks.api import create_api
from runbooks.api.gate import MAX_BODY_BYTES
from tests.api.conftest import EDITED, HOST, Office, settings_for


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8501", "localhost", "LOCALHOST:9000", "[::1]:8501", "[::1]"]
)
def test_this_machine_is_let_in_under_all_its_names(office: Office, host: str):
    """A forwarded port changes the number, not the machine."""
    assert office.get("/health", Host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[", "a@127.0.0.1x"],
)
def test_a_foreign_host_is_refused(office: Office, host: str):
    """A web site whose name resolves to this machine cannot use the service."""
    answer = office.get("/health", Host=host)
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "file://", "x"]
)
def test_a_foreign_origin_is_refused_for_every_call(office: Office, origin: str):
    """Another site's page can neither read nor write, whatever the method."""
    for method in ("GET", "POST", "PUT"):
        answer = office.client.request(
            method, f"/runbooks/{EDITED}", headers={"Origin": origin}, json={}
        )
        assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")


def test_the_own_origin_is_let_in(office: Office):
    """The pages' own requests carry it."""
    assert office.get("/health", Origin=HOST).status_code == 200


def test_an_open_service_takes_any_host_but_its_own_origin_alone(tmp_path: Path, office: Office):
    """RUNBOOK_ALLOW_OPEN opens the door to machines, not to other web sites."""
    settings = settings_for(tmp_path, RUNBOOK_ALLOW_OPEN="1", HOST="0.0.0.0")
    client = TestClient(create_api(lambda: office.service, settings), base_url=HOST)
    host = "runbooks.corp.example"
    assert client.get("/health", headers={"Host": host}).status_code == 200
    same = {"Host": host, "Origin": f"https://{host}"}
    assert client.get("/health", headers=same).status_code == 200
    other = {"Host": host, "Origin": "https://evil.example"}
    assert client.get("/health", headers=other).status_code == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_that_a_form_could_send_is_refused(office: Office, kind: str):
    """Only JSON passes: a browser does not send it to others without asking first."""
    headers = {"Content-Type": kind} if kind else {}
    answer = office.client.post("/runbooks/run-once", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (415, "unsupported_media_type")


def test_json_with_a_character_set_is_json(office: Office):
    """Parameters of the content type do not matter."""
    answer = office.client.post(
        "/runbooks/run-once",
        content=b'{"batchSize": 1, "dryRun": true}',
        headers={"Content-Type": "Application/JSON; charset=utf-8"},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 50_000, b'{"batchSize": NaN}', b"[]"])
def test_a_body_that_cannot_be_read_is_the_callers_error(office: Office, body: bytes):
    """Broken, binary, endlessly nested: 422 and no trace."""
    answer = office.client.post(
        "/runbooks/run-once", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")


def test_a_body_beyond_the_limit_is_refused_unread(office: Office):
    """With or without a length: what is too large is not taken into memory."""
    large = b"x" * (MAX_BODY_BYTES + 1)
    headers = {"Content-Type": "application/json"}
    assert (
        office.client.post("/runbooks/run-once", content=large, headers=headers).status_code == 413
    )
    pieces = (large[start : start + 100_000] for start in range(0, len(large), 100_000))
    answer = office.client.post("/runbooks/run-once", content=pieces, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (413, "payload_too_large")


def test_the_longest_text_passes_in_any_spelling(office: Office):
    """600,000 characters, each escaped, fit into the body's limit."""
    body = '{"markdownContent":"' + "\\u0041" * 600_000 + '"}'
    answer = office.client.put(
        f"/runbooks/{EDITED}",
        content=body,
        headers={
            "Content-Type": "application/json",
            "If-Match": f'"{office.revision(EDITED)}"',
        },
    )
    assert answer.status_code == 200


def test_answers_are_not_kept_nor_guessed_at(office: Office):
    """No cache keeps a runbook, no browser takes JSON for a page."""
    for path in ("/health", "/runbooks/nobody"):
        headers = office.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
