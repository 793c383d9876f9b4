"""Every error is an answer for a person and a program; nothing of the inside gets out."""

import logging
import re

import pytest
from starlette.testclient import TestClient

from runbooks import errors as e
from runbooks.api import PREFIXES, create_api
from runbooks.api.errors import TABLE, answer
from runbooks.errors import RunbookError
from tests.api.conftest import HOST, Office

SAMPLES: dict[type[RunbookError], RunbookError] = {
    e.RunbookError: e.RunbookError(),
    e.InvalidSettings: e.InvalidSettings("PORT", "not a number"),
    e.InvalidRequest: e.InvalidRequest("limit", "1 to 200"),
    e.TextTooLong: e.TextTooLong("markdownContent", 600_001, 600_000),
    e.NotFound: e.NotFound("run", "run_x"),
    e.NoDraft: e.NoDraft("s1"),
    e.NotRunbook: e.NotRunbook("s1", "eval"),
    e.Refused: e.Refused("s1"),
    e.OverwriteBlocked: e.OverwriteBlocked("s1", "0" * 16),
    e.StaleRevision: e.StaleRevision("s1", "0" * 16, "1" * 16),
    e.NotPending: e.NotPending("s1", "approved"),
    e.AlreadyPending: e.AlreadyPending("s1"),
    e.GenerationInProgress: e.GenerationInProgress("s1", "local:Ann", 12.3),
    e.BeingEdited: e.BeingEdited("s1", "local:Ann"),
    e.HoldLost: e.HoldLost("s1", None),
    e.HeldByAnother: e.HeldByAnother("s1", "local:Ann"),
    e.ChangedSince: e.ChangedSince("s1", "approved"),
    e.NotYourText: e.NotYourText("s1", "local:Ann"),
    e.NotSeen: e.NotSeen("s1", "1" * 16),
    e.WouldBeFallback: e.WouldBeFallback("s1", "insufficient_context"),
    e.BudgetExceeded: e.BudgetExceeded("s1", 0.2, 0.0),
    e.Cancelled: e.Cancelled("s1"),
    e.BlockingFindings: e.BlockingFindings("s1", ["RB101 line 3: too few commands"]),
    e.StrictGate: e.StrictGate("s1", ["RB101 line 3: too few commands"]),
    e.UnreadableDocument: e.UnreadableDocument("s1", "suggestion_content is a text, not a map"),
    e.PreconditionRequired: e.PreconditionRequired(),
    e.RateLimited: e.RateLimited(5.0),
    e.DraftingFailed: e.DraftingFailed("gemini", "invalid_json", excerpt="secret words"),
    e.DeadlineExceeded: e.DeadlineExceeded("gemini", 30.0),
    e.StoreError: e.StoreError(),
    e.StoreUnavailable: e.StoreUnavailable("The disk is full.", "Make room."),
    e.DocumentTooLarge: e.DocumentTooLarge("s1", 2_000_000, 1_048_576),
    e.Conflict: e.Conflict("suggestions", "s1"),
    e.CommitUnknown: e.CommitUnknown(),
}
STATUS_OF_CODE = {
    "not_found": 404, "no_draft": 404, "not_runbook": 404, "overwrite_blocked": 409,
    "stale_revision": 409, "not_pending": 409, "generation_in_progress": 409,
    "would_be_fallback": 409, "budget_exceeded": 409, "invalid_request": 422,
    "blocking_findings": 422, "unreadable_document": 422, "precondition_required": 428,
    "rate_limited": 429, "drafting_failed": 502, "store_unavailable": 503, "deadline": 504,
}  # fmt: skip


def every(kind: type[RunbookError] = RunbookError) -> list[type[RunbookError]]:
    """This class and all below it."""
    return [kind, *(below for sub in kind.__subclasses__() for below in every(sub))]


def test_every_error_has_its_own_row_and_a_sample_here():
    """A new error cannot be forgotten: it has a status and words before it is merged."""
    ours = {kind for kind in every() if kind.__module__.startswith("runbooks.")}
    assert set(TABLE) == ours
    assert set(SAMPLES) == ours


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)
def test_an_error_reads_as_a_sentence(kind: type[RunbookError]):
    """No braces, class names or Python values stand in what a person reads."""
    response = answer(SAMPLES[kind])
    assert response.status_code == TABLE[kind].status
    message = response.body.decode()
    words = re.search(r'"message":"([^"]+)"', message)
    assert words
    assert words[1][0].isalnum()
    assert words[1].endswith((".", "!"))
    assert not re.search(r"[{}]|Error|None|Exception|runbooks\.", words[1])


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)
def test_a_code_of_the_contract_has_the_contracts_status(kind: type[RunbookError]):
    """CONTRACT §3 names the status of each code; other codes are our own."""
    code = SAMPLES[kind].code
    if code in STATUS_OF_CODE:
        assert TABLE[kind].status == STATUS_OF_CODE[code]


def test_what_a_model_said_is_not_in_the_answer():
    """The excerpt belongs to the run's record, not to whoever asked."""
    assert b"secret words" not in answer(SAMPLES[e.DraftingFailed]).body


def test_what_nobody_foresaw_tells_nothing(office: Office, caplog: pytest.LogCaptureFixture):
    """The answer is JSON without a trace, and the log has the place but not the words."""

    def broken():
        raise ValueError("the trace said: my password is hunter2")

    api = create_api(broken, office.settings)
    client = TestClient(api, base_url=HOST)
    with caplog.at_level(logging.ERROR):
        answered = client.get("/suggestions")
    assert answered.status_code == 500
    assert answered.json()["error"] == "internal"
    assert "hunter2" not in answered.text
    assert "Traceback" not in answered.text
    assert [record.message for record in caplog.records] == ["unexpected error in a request"]


@pytest.mark.parametrize("path", [*PREFIXES, *(f"{prefix}/no/such/thing" for prefix in PREFIXES)])
def test_an_unknown_address_of_ours_is_json(office: Office, path: str):
    """Neither a page nor a bare text answers below our prefixes."""
    answered = office.client.request("PATCH", path)
    assert answered.status_code in (404, 405)
    assert answered.headers["content-type"] == "application/json"
    assert answered.json()["error"] in ("not_found", "method_not_allowed")


def test_a_trailing_slash_is_another_address(office: Office):
    """No redirect that would lose a body."""
    assert office.get("/runs/").status_code == 404


def test_the_reference_page_loads_nothing_from_elsewhere(office: Office):
    """It lists every call, and works without the internet."""
    page = office.get("/api-docs")
    schema = office.get("/openapi.json").json()
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    assert "<script" not in page.text
    for path in schema["paths"]:
        assert path in page.text


def test_the_description_has_every_call_of_the_contract(office: Office):
    """openapi.json is what other teams build their clients from."""
    paths = office.get("/openapi.json").json()["paths"]
    calls = {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
    assert calls == {
        "POST /runbooks/run-once",
        "POST /runbooks/generate/{suggestion_id}",
        "GET /runbooks/{suggestion_id}",
        "PUT /runbooks/{suggestion_id}",
        "GET /runbooks/{suggestion_id}/versions",
        "POST /runbooks/{suggestion_id}/restore",
        "GET /runbooks/{suggestion_id}/findings",
        "POST /lint",
        "GET /suggestions",
        "POST /suggestions/{suggestion_id}/approve",
        "POST /suggestions/{suggestion_id}/reject",
        "POST /suggestions/{suggestion_id}/reopen",
        "GET /runs",
        "GET /runs/{run_id}",
        "GET /health",
    }
