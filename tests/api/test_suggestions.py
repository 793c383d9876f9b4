"""`/suggestions`: lists, filters and decisions over REST (CONTRACT §3)."""

import pytest

from runbooks.store.port import Collection, Create
from runbooks.store.queries import QueueFilter
from tests.api.conftest import APPROVED, EDITED, WITHOUT_DRAFT, Office
from tests.sample_documents import RUNBOOKS


def ids(office: Office, query: str) -> list[str]:
    """The ids that a list gives."""
    answer = office.get(f"/suggestions?{query}")
    assert answer.status_code == 200, answer.text
    return [entry["suggestion_id"] for entry in answer.json()["suggestions"]]


def test_a_list_without_filters_gives_every_runbook_suggestion(office: Office):
    """Status is no filter unless one is asked for."""
    answer = office.get("/suggestions?limit=200").json()
    assert answer["total"] == len(answer["suggestions"]) == len(RUNBOOKS)
    assert {entry["status"] for entry in answer["suggestions"]} == {
        "pending",
        "approved",
        "rejected",
    }


def test_pages_join_without_gap_or_double(office: Office):
    """The cursor goes on exactly where the page ended, in every order."""
    for sort in ("worst", "oldest", "newest", "updated"):
        whole = ids(office, f"sort={sort}&limit=200")
        walked: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            part = f"&cursor={cursor}" if cursor else ""
            page = office.get(f"/suggestions?sort={sort}&limit=5{part}").json()
            walked += [entry["suggestion_id"] for entry in page["suggestions"]]
            cursor = page["next_cursor"]
        assert walked == whole


def test_a_list_finds_what_other_services_created(office: Office):
    """Nobody needs to open a page or start a batch first (CONTRACT R7)."""
    document = {"type": "runbook", "status": "pending", "created_at": "2026-11-01T00:00:00Z"}
    office.service.store.commit([Create(Collection.SUGGESTIONS, "foreign", document)])
    assert "foreign" in ids(office, "limit=200")


def test_filters_narrow_in_both_spellings(office: Office):
    """The same list answers to failure_type and failureType."""
    found = ids(office, "failure_type=pii_leak")
    assert found
    assert found == ids(office, "failureType=pii_leak")
    both = ids(office, "status=approved&status=rejected&limit=200")
    assert set(both) == {*ids(office, "status=approved"), *ids(office, "status=rejected")}


def test_p1_means_critical(office: Office):
    """Severities are read as documents write them (CONTRACT §1)."""
    assert ids(office, "severity=P1") == ids(office, "severity=critical") != []


def test_words_are_looked_for_in_the_list(office: Office):
    """A search finds a suggestion by its title."""
    assert WITHOUT_DRAFT in ids(office, "q=customer+data")
    assert ids(office, "q=nothinglikethis") == []


@pytest.mark.parametrize(
    "query",
    [
        "status=done", "severity=bad", "draft_state=x", "sort=up", "limit=0", "limit=201",
        "limit=ten", "cursor=AAAA", "serverity=high", "limit=1&limit=2", f"q={'x' * 400}",
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_told_by_name(office: Office, query: str):
    """Nothing wrong is silently ignored: a list that shows too much misleads."""
    answer = office.get(f"/suggestions?{query}")
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")
    assert answer.json()["details"]["field"] == query.partition("=")[0]


def test_a_cursor_of_another_order_is_refused(office: Office):
    """A page in one order cannot go on in another."""
    cursor = office.get("/suggestions?sort=oldest&limit=1").json()["next_cursor"]
    answer = office.get(f"/suggestions?sort=newest&limit=1&cursor={cursor}")
    assert answer.json()["details"]["field"] == "cursor"


def test_a_list_shows_nothing_that_a_trace_said_in_clear(office: Office):
    """Titles come from patterns, so they are redacted; the words of the search stay inside."""
    document = {
        "suggestion_id": "leaky",
        "type": "runbook",
        "status": "pending",
        "title": "Mail to anna.lee@corp.example failed, password=hunter2-hunter2",
        "suggestion_content": {},
        "created_at": "2026-11-01T00:00:00Z",
    }
    office.service.store.commit([Create(Collection.SUGGESTIONS, "leaky", document)])
    text = office.get("/suggestions?limit=200").text
    assert "anna" not in text
    assert "hunter2" not in text
    assert "[EMAIL_1]" in text


def test_a_document_of_any_shape_stands_in_the_list(office: Office):
    """One that cannot be read breaks neither the list nor its own answer (CONTRACT §1)."""
    document = {"type": "runbook", "status": "pending", "suggestion_content": "oops", "title": 7}
    office.service.store.commit([Create(Collection.SUGGESTIONS, "odd", document)])
    office.service.discovery.refresh()
    answer = office.get("/suggestions?draft_state=unreadable").json()
    assert [entry["suggestion_id"] for entry in answer["suggestions"]] == ["odd"]
    assert "suggestion_content is a text" in answer["suggestions"][0]["problem"]
    read = office.get("/runbooks/odd")
    assert (read.status_code, read.json()["error"]) == (422, "unreadable_document")


def test_approving_names_what_was_seen(office: Office):
    """The answer carries the decision, and the revision stands in it (CONTRACT R17)."""
    office.post(f"/runbooks/generate/{WITHOUT_DRAFT}")
    revision = office.revision(WITHOUT_DRAFT)
    body = {"revision": revision, "notes": "checked", "overrideReason": "drill"}
    answer = office.post(f"/suggestions/{WITHOUT_DRAFT}/approve", body)
    assert answer.status_code == 200
    assert answer.json()["suggestion_status"] == "approved"
    decision = answer.json()["approval_metadata"]
    assert (decision["actor"], decision["revision"]) == ("rest", revision)
    again = office.post(f"/suggestions/{WITHOUT_DRAFT}/approve", body)
    assert (again.status_code, again.json()) == (200, answer.json())


def test_approving_another_text_than_the_one_seen_is_stale(office: Office):
    """Nothing is approved that was not seen."""
    seen = office.revision(EDITED)
    office.put(EDITED, "# Newer", seen)
    answer = office.post(f"/suggestions/{EDITED}/approve", {"revision": seen})
    assert (answer.status_code, answer.json()["error"]) == (409, "stale_revision")
    assert office.get(f"/runbooks/{EDITED}").json()["suggestion_status"] == "pending"


def test_findings_block_an_approval_until_a_reason_is_written(office: Office):
    """The answer lists what blocks; with a reason it passes and the reason is kept (R12)."""
    office.put(EDITED, "# Bare\n\nnothing here", office.revision(EDITED))
    body = {"revision": office.revision(EDITED)}
    refused = office.post(f"/suggestions/{EDITED}/approve", body)
    assert (refused.status_code, refused.json()["error"]) == (422, "blocking_findings")
    assert refused.json()["details"]["findings"]
    passed = office.post(
        f"/suggestions/{EDITED}/approve", {**body, "override_reason": "placeholder page"}
    )
    assert passed.json()["approval_metadata"]["override_reason"] == "placeholder page"


def test_a_rejection_needs_a_reason(office: Office):
    """An empty reason is no reason."""
    path, revision = f"/suggestions/{EDITED}/reject", office.revision(EDITED)
    assert office.post(path, {"revision": revision, "reason": " "}).status_code == 422
    assert office.post(path, {"revision": revision}).status_code == 422
    done = office.post(path, {"revision": revision, "reason": "duplicate"})
    assert done.json()["approval_metadata"]["reason"] == "duplicate"


def test_a_decision_can_be_taken_back_with_a_reason(office: Office):
    """Reopening empties the decision and keeps the history (CONTRACT R16)."""
    answer = office.post(f"/suggestions/{APPROVED}/reopen", {"reason": "wrong database"})
    body = answer.json()
    assert (body["suggestion_status"], body["approval_metadata"]) == ("pending", None)
    again = office.post(f"/suggestions/{APPROVED}/reopen", {"reason": "wrong database"})
    assert (again.status_code, again.json()["error"]) == (409, "not_pending")


def test_suggestions_of_another_type_are_not_decided_here(office: Office):
    """Guardrails and eval tests have their own reviewers."""
    other = office.service.queue(QueueFilter(type="guardrail", status=())).entries
    other += office.service.queue(QueueFilter(type="eval", status=())).entries
    name = other[0].suggestion_id
    for path in (f"/suggestions/{name}/approve", f"/runbooks/generate/{name}"):
        answer = office.post(path, {"revision": "none"})
        assert (answer.status_code, answer.json()["error"]) == (404, "not_runbook")
    assert name in ids(office, f"type={other[0].type}")


def test_a_revision_that_is_none_is_refused_before_anything_is_read(office: Office):
    """A decision without a proper revision says nothing."""
    for revision in ("", "latest", "0" * 15, "0" * 17, 7, None):
        body = {"revision": revision}
        assert office.post(f"/suggestions/{EDITED}/approve", body).status_code == 422
