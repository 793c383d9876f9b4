"""`/lint` and `/runbooks/{id}/findings`: what the checks say, over REST."""

import pytest

from runbooks.unsaved import MAX_TEXT_BYTES
from tests.api.conftest import EDITED, WITHOUT_DRAFT, Office
from tests.world import GOOD

BAD = "# Loop\n\n## Fix\n\n```bash\n$ datadog trace search 'service:a'\n```\n"
FIELDS = {
    "id", "severity", "line", "end_line", "start", "end", "text", "message", "why", "fix",
}  # fmt: skip


def test_findings_of_a_stored_runbook_have_place_reason_and_fix(office: Office):
    """Every field of a finding is there, counted by severity, for exactly this revision."""
    office.put(EDITED, BAD, office.revision(EDITED))
    answer = office.get(f"/runbooks/{EDITED}/findings")
    body = answer.json()
    assert answer.status_code == 200
    assert answer.headers["etag"] == f'"{body["revision"]}"' == f'"{office.revision(EDITED)}"'
    assert all(finding.keys() == FIELDS for finding in body["findings"])
    levels = [finding["severity"] for finding in body["findings"]]
    expected = {name: levels.count(name[0].upper()) for name in ("errors", "warnings")}
    assert body["counts"] == {**expected, "hints": levels.count("I")}
    [prompt] = [finding for finding in body["findings"] if finding["id"] == "RB301"]
    assert prompt["line"] == prompt["fix"]["start_line"] == 6
    assert prompt["fix"]["title"]


def test_reading_findings_writes_nothing(office: Office):
    """Asking what the checks say is no act."""
    writes = office.service.store.usage.writes
    office.get(f"/runbooks/{EDITED}/findings")
    assert office.service.store.usage.writes == writes


@pytest.mark.parametrize(("name", "code"), [(WITHOUT_DRAFT, "no_draft"), ("nobody", "not_found")])
def test_findings_of_what_is_not_there_are_404(office: Office, name: str, code: str):
    """The same codes as reading the runbook itself."""
    answer = office.get(f"/runbooks/{name}/findings")
    assert (answer.status_code, answer.json()["error"]) == (404, code)


def test_any_text_can_be_checked(office: Office):
    """A text that is stored nowhere gets the findings that it would get as a draft."""
    answer = office.post("/lint", {"markdown": BAD})
    assert answer.status_code == 200
    assert {"RB002", "RB301", "RB601"} <= {found["id"] for found in answer.json()["findings"]}
    assert answer.json()["counts"]["errors"] > 0
    assert office.post("/lint", {"markdown": GOOD}).json()["counts"]["errors"] == 0


def test_another_teams_page_is_held_to_its_own_profile(office: Office):
    """`generic` asks for no sections of ours."""
    answer = office.post("/lint", {"markdown": BAD, "profile": "generic"}).json()
    assert answer["profile"] == "generic"
    assert "RB002" not in {found["id"] for found in answer["findings"]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"markdown": "x" * (MAX_TEXT_BYTES + 1)}, "markdown"),
        ({"markdown": " "}, "markdown"),
        ({"markdown": "x", "profile": "house"}, "profile"),
        ({"markdown": "x", "fix": True}, "fix"),
        ({}, "markdown"),
    ],
)
def test_what_cannot_be_checked_is_refused_as_json(office: Office, body: object, field: str):
    """The limits of a save hold; the answer names the field."""
    answer = office.post("/lint", body)
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")
    assert answer.json()["details"]["field"] == field
