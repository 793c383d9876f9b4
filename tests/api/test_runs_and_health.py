"""`/runs` and `/health` over REST (CONTRACT §3)."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runbooks import __version__
from runbooks.api import create_api
from runbooks.api.routes import health
from runbooks.errors import StoreUnavailable
from runbooks.service import RunbookService
from runbooks.store.port import Collection, Create
from tests.api.conftest import HOST, Office, settings_for


def test_runs_come_newest_first_in_pages(office: Office):
    """Runs of other services, whatever they write as time, are in the walk exactly once."""
    foreign = {
        "run_a": "2026-11-01T10:00:00Z",
        "run_b": "2026-11-01T10:00:00.500000Z",
        "run_c": datetime(2026, 11, 1, 10, tzinfo=UTC),
        "run_d": "2026-11-01T10:00:00Z",
        "run_e": 17,
    }
    for key, started in foreign.items():
        document = {"run_id": key, "started_at": started, "finished_at": "2026-11-01T10:01:00Z"}
        office.service.store.commit([Create(Collection.RUNS, key, document)])
    for _ in range(3):
        office.post("/runbooks/run-once", {"batchSize": 1})
    whole = [run["runId"] for run in office.get("/runs?limit=200").json()["runs"]]
    assert len(whole) == len(foreign) + 3
    walked: list[str] = []
    cursor = ""
    for _ in range(20):
        page = office.get(f"/runs?limit=2{cursor}").json()
        walked += [run["runId"] for run in page["runs"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert walked == whole


def test_one_run_has_its_errors(office: Office):
    """A run is read by its id; an unknown one is 404."""
    office.post("/runbooks/run-once", {"suggestionIds": ["nobody"]})
    newest = office.get("/runs?limit=1").json()["runs"][0]
    one = office.get(f"/runs/{newest['runId']}").json()
    assert [error["suggestion_id"] for error in one["errors"]] == ["nobody"]
    assert {**newest, "errors": one["errors"]} == one
    assert office.get("/runs/run_x").json()["error"] == "not_found"


@pytest.mark.parametrize("cursor", ["x", "e30", "WzFd", "W251bGwsIiJd", "WyJhIix7fV0"])
def test_a_damaged_cursor_is_refused(office: Office, cursor: str):
    """Whatever is no cursor of ours is the caller's error, not ours."""
    assert office.get(f"/runs?cursor={cursor}").status_code == 422


def test_health_has_the_fields_of_the_contract(office: Office):
    """A monitor finds status, version, backlog, the last run and the configuration."""
    office.post("/runbooks/run-once", {"batchSize": 1})
    body = office.get("/health").json()
    assert (body["status"], body["version"]) == ("ok", __version__)
    assert body["backlog"].keys() == {"pendingRunbookSuggestions", "asOf"}
    assert body["lastPersistentRun"]["generatedCount"] == 1
    assert body["config"] == {
        "model": office.drafter.model,
        "batchSize": 20,
        "perSuggestionTimeoutSec": 30.0,
        "costBudgetUsdPerSuggestion": 0.1,
    }


def test_a_load_balancer_may_ask_by_head(office: Office):
    """The shorter question has the same answer without the body."""
    answer = office.client.head("/health")
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_backlog_is_counted_once_a_minute(office: Office):
    """Asked every second, a monitor costs one count a minute."""
    first = office.get("/health").json()["backlog"]
    counts = _counts(office.service)
    for _ in range(5):
        assert office.get("/health").json()["backlog"] == first
    assert _counts(office.service) == counts


def test_health_is_200_and_degraded_without_a_store(tmp_path: Path):
    """A monitor must learn the difference between a dead process and a dead store."""

    def gone() -> RunbookService:
        raise StoreUnavailable("The disk is full.", "Make room.")

    client = TestClient(create_api(gone, settings_for(tmp_path)), base_url=HOST)
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert "The disk is full." in answer.json()["problem"]
    assert client.get("/runs").status_code == 503


def test_health_is_200_also_for_what_nobody_foresaw(tmp_path: Path):
    """A fault of our own is told as degraded, without its words."""

    def broken() -> RunbookService:
        raise ValueError("hunter2")

    client = TestClient(create_api(broken, settings_for(tmp_path)), base_url=HOST)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert "hunter2" not in answer.text


def test_health_answers_while_the_store_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, office: Office
):
    """It gives up waiting, and sends no second question after a first that hangs."""
    asked: list[float] = []
    back = threading.Event()

    def slow() -> RunbookService:
        asked.append(time.monotonic())
        back.wait(30)
        return office.service

    monkeypatch.setattr(health, "PATIENCE_S", 0.2)
    monkeypatch.setattr(health.Probe.look, "__defaults__", (0.2,))
    with TestClient(create_api(slow, settings_for(tmp_path)), base_url=HOST) as client:
        started = time.monotonic()
        problems = [client.get("/health").json().get("problem", "") for _ in range(3)]
        took = time.monotonic() - started
        back.set()
        assert took < 15
        assert all(problems)
        assert len(asked) == 1
        time.sleep(1.6)
        assert client.get("/health").status_code == 200


def _counts(service: RunbookService) -> int:
    return sum(
        number for name, number in service.store.usage.queries.items() if "suggestions" in name
    )
