"""`/runbooks`: drafting, reading, editing and versions over REST (CONTRACT §3)."""

import json
import threading

import pytest

from runbooks.errors import DeadlineExceeded, DraftingFailed
from runbooks.revision import revision
from runbooks.unsaved import Person
from tests.api.conftest import APPROVED, EDITED, WITHOUT_DRAFT, Office

SUMMARY = {
    "runId", "startedAt", "finishedAt", "triggeredBy", "batchSize", "pickedUpCount",
    "generatedCount", "skippedCount", "errorCount", "processingDurationMs", "suggestionOutcomes",
}  # fmt: skip


def test_run_once_answers_with_the_summary_of_the_contract(office: Office):
    """All fields are camelCase, and picked up is the sum of what became of the items."""
    answer = office.post("/runbooks/run-once", {"batchSize": 3, "triggeredBy": "scheduled"})
    summary = answer.json()
    assert answer.status_code == 200
    assert summary.keys() >= SUMMARY
    assert summary["triggeredBy"] == "scheduled"
    assert summary["batchSize"] == summary["pickedUpCount"] == summary["generatedCount"] == 3
    assert {"suggestionId", "status", "errorReason"} <= summary["suggestionOutcomes"][0].keys()


def test_a_batch_takes_the_worst_and_oldest_first(office: Office):
    """What is drafted first is what the queue shows on top."""
    listed = office.get("/suggestions?status=pending&draftState=none&limit=2").json()
    expected = {entry["suggestion_id"] for entry in listed["suggestions"]}
    summary = office.post("/runbooks/run-once", {"batchSize": 2}).json()
    assert {item["suggestionId"] for item in summary["suggestionOutcomes"]} == expected


def test_run_once_takes_no_force(office: Office):
    """A batch can never replace a person's text, so the field is refused, not ignored."""
    answer = office.post("/runbooks/run-once", {"forceOverwrite": True})
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")
    assert answer.json()["details"]["field"] == "forceOverwrite"


@pytest.mark.parametrize("size", [0, 201, "20", True, 2.5])
def test_a_batch_size_out_of_bounds_is_refused(office: Office, size: object):
    """Only whole numbers from 1 to 200 are taken."""
    assert office.post("/runbooks/run-once", {"batchSize": size}).status_code == 422


def test_snake_case_is_taken_too(office: Office):
    """A caller of the older services need not change its spelling."""
    answer = office.post("/runbooks/run-once", {"batch_size": 1, "dry_run": True})
    assert answer.status_code == 200
    assert answer.json()["batchSize"] == 1


def test_named_suggestions_are_drafted_and_an_unknown_one_is_an_error_line(office: Office):
    """An id that does not exist stops nothing (CONTRACT R7)."""
    body = {"suggestionIds": [WITHOUT_DRAFT, "nobody", EDITED]}
    outcomes = office.post("/runbooks/run-once", body).json()["suggestionOutcomes"]
    found = {item["suggestionId"]: (item["status"], item["errorReason"]) for item in outcomes}
    assert found == {
        WITHOUT_DRAFT: ("generated", None),
        "nobody": ("error", "not_found"),
        EDITED: ("skipped", "overwrite_blocked"),
    }


def test_more_than_200_named_suggestions_are_refused(office: Office):
    """The bound of a batch holds for named ones too."""
    body = {"suggestionIds": [f"s{number}" for number in range(201)]}
    assert office.post("/runbooks/run-once", body).status_code == 422


def test_a_dry_run_writes_nothing_and_tells_its_cost(office: Office):
    """The store reads the same before and after (CONTRACT R15)."""
    writes = office.service.store.usage.writes
    answer = office.post(f"/runbooks/generate/{WITHOUT_DRAFT}", {"dryRun": True})
    assert answer.status_code == 200
    assert answer.json()["costUsd"] == 0
    assert "## Diagnosis Steps" in answer.json()["runbook"]["markdown_content"]
    assert office.service.store.usage.writes == writes
    assert office.get(f"/runbooks/{WITHOUT_DRAFT}").json()["error"] == "no_draft"


def test_generate_needs_no_body(office: Office):
    """A bare POST drafts one suggestion."""
    answer = office.client.post(f"/runbooks/generate/{WITHOUT_DRAFT}")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["suggestionId"], body["status"]) == (WITHOUT_DRAFT, "generated")
    assert answer.headers["etag"] == f'"{revision(body["runbook"])}"'
    assert office.revision(WITHOUT_DRAFT) == revision(body["runbook"])


def test_generate_leaves_a_persons_text_alone_without_force(office: Office):
    """The answer is 409, names the revision, and the text stands (CONTRACT R2)."""
    before = office.revision(EDITED)
    answer = office.post(f"/runbooks/generate/{EDITED}")
    assert (answer.status_code, answer.json()["error"]) == (409, "overwrite_blocked")
    assert answer.json()["details"] == {"suggestionId": EDITED, "revision": before}
    assert office.revision(EDITED) == before


def test_forced_generation_keeps_the_persons_text_as_a_version(office: Office):
    """Force replaces, and one restore brings the text back (CONTRACT R2, R5)."""
    before = office.get(f"/runbooks/{EDITED}").json()["runbook"]["markdown_content"]
    forced = office.post(f"/runbooks/generate/{EDITED}", {"forceOverwrite": True})
    assert forced.json()["runbook"]["edit_source"] == "generated"
    versions = office.get(f"/runbooks/{EDITED}/versions").json()["versions"]
    found = next(v for v in versions if v["snippet"]["markdown_content"] == before)
    back = office.post(
        f"/runbooks/{EDITED}/restore",
        {"version": found["number"], "revision": office.revision(EDITED)},
    )
    assert back.status_code == 200
    assert back.json()["runbook"]["markdown_content"] == before
    assert back.json()["runbook"]["edit_source"] == "human"


def test_force_on_an_older_revision_is_stale(office: Office):
    """With a revision force holds for that text alone (CONTRACT R4)."""
    body = {"forceOverwrite": True, "revision": "0" * 16}
    answer = office.post(f"/runbooks/generate/{EDITED}", body)
    assert (answer.status_code, answer.json()["error"]) == (409, "stale_revision")


def test_two_generations_of_one_suggestion_do_not_both_pay(office: Office):
    """The second caller is told who has it (CONTRACT R18)."""
    office.drafter.may_finish.clear()
    first: list[int] = []

    def generate() -> None:
        first.append(office.post(f"/runbooks/generate/{WITHOUT_DRAFT}").status_code)

    thread = threading.Thread(target=generate)
    thread.start()
    assert office.drafter.working.acquire(timeout=10)
    second = office.post(f"/runbooks/generate/{WITHOUT_DRAFT}")
    office.drafter.may_finish.set()
    thread.join(20)
    assert first == [200]
    assert (second.status_code, second.json()["error"]) == (409, "generation_in_progress")
    assert second.json()["details"]["holder"] == "rest"
    assert int(second.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (DraftingFailed("gemini", "vertex_error", status=503), 502, "drafting_failed"),
        (DeadlineExceeded("gemini", 30.0), 504, "deadline"),
    ],
)
def test_a_model_that_fails_is_an_answer_and_a_record(
    office: Office, failure: DraftingFailed, status: int, code: str
):
    """Nothing is written to the suggestion, and the run keeps why."""
    office.drafter.failure = failure
    answer = office.post(f"/runbooks/generate/{WITHOUT_DRAFT}")
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    newest = office.get("/runs?limit=1").json()["runs"][0]
    errors = office.get(f"/runs/{newest['runId']}").json()["errors"]
    assert [error["suggestion_id"] for error in errors] == [WITHOUT_DRAFT]


def test_reading_gives_the_document_as_stored_with_its_revision(office: Office):
    """The four fields of the contract; the draft keeps its snake_case names."""
    answer = office.get(f"/runbooks/{APPROVED}")
    stored = office.service.repository.suggestion(APPROVED)
    assert answer.json() == {
        "suggestion_id": APPROVED,
        "suggestion_status": "approved",
        "approval_metadata": stored.document["approval_metadata"],
        "runbook": stored.slot.raw,
    }
    assert answer.headers["etag"] == f'"{stored.slot.revision}"'


def test_the_revision_is_for_if_match_alone(office: Office):
    """A cache never gets a 304 for a runbook that decides about production."""
    tag = office.get(f"/runbooks/{EDITED}").headers["etag"]
    again = office.get(f"/runbooks/{EDITED}", **{"If-None-Match": tag})
    assert again.status_code == 200
    assert again.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("suggestion_id", "code"), [("nobody", "not_found"), (WITHOUT_DRAFT, "no_draft")]
)
def test_what_is_not_there_is_404(office: Office, suggestion_id: str, code: str):
    """No such suggestion and no draft are told apart."""
    answer = office.get(f"/runbooks/{suggestion_id}")
    assert (answer.status_code, answer.json()["error"]) == (404, code)


def test_a_saved_text_is_a_human_edit_with_a_new_revision(office: Office):
    """PUT gives the new artifact, and the next PUT needs its revision."""
    text = "# Changed - Operational Runbook\n\nBy hand."
    saved = office.put(EDITED, text, office.revision(EDITED))
    assert saved.status_code == 200
    assert saved.json()["runbook"]["markdown_content"] == text
    assert saved.json()["runbook"]["edit_source"] == "human"
    assert saved.json()["runbook"]["title"] == "Changed"
    assert saved.headers["etag"] == f'"{office.revision(EDITED)}"'


def test_a_first_text_is_saved_over_no_draft(office: Office):
    """`none` is the revision of a suggestion without a draft (CONTRACT R4)."""
    assert office.put(WITHOUT_DRAFT, "# Mine", "none").status_code == 200


def test_saving_without_the_revision_that_was_read_is_refused(office: Office):
    """Neither a missing If-Match nor a star says what the text was made from."""
    for headers in ({}, {"If-Match": "*"}):
        answer = office.client.put(
            f"/runbooks/{EDITED}", json={"markdownContent": "# x"}, headers=headers
        )
        assert (answer.status_code, answer.json()["error"]) == (428, "precondition_required")


def test_a_proxy_that_weakens_the_tag_does_no_harm(office: Office):
    """W/ before the tag names the same revision; nonsense is refused."""
    tag = office.revision(EDITED)
    for given, status in ((f'W/"{tag}"', 200), ('"abc"', 422), (f'"{tag}", "none"', 422)):
        answer = office.client.put(
            f"/runbooks/{EDITED}", json={"markdownContent": "# x"}, headers={"If-Match": given}
        )
        assert answer.status_code == status, given


def test_a_text_that_lost_is_kept_and_the_answer_says_so(office: Office):
    """A stale save writes nothing over the newer text and loses nothing (CONTRACT R3, R13)."""
    old = office.revision(EDITED)
    assert office.put(EDITED, "# First", old).status_code == 200
    lost = office.put(EDITED, "# Second\n\nWork of an hour.", old)
    body = lost.json()
    assert (lost.status_code, body["error"]) == (409, "stale_revision")
    assert "Your text was kept" in body["message"]
    assert body["details"]["textKept"] is True
    assert body["details"]["storedRevision"] == office.revision(EDITED)
    kept = office.service.repository.unsaved(EDITED)
    assert [text.text for text in kept] == ["# Second\n\nWork of an hour."]


def test_nothing_is_put_in_place_under_the_hands_of_who_edits(office: Office):
    """A PUT or a restore is 409 while a person holds the item; the text is kept (R18)."""
    office.put(EDITED, "# Before", office.revision(EDITED))
    office.service.hold(EDITED, Person("local:Ann"))
    seen = office.revision(EDITED)
    refused = office.put(EDITED, "# From elsewhere", seen)
    body = refused.json()
    assert (refused.status_code, body["error"]) == (409, "stale_revision")
    assert body["details"]["holder"] == "local:Ann"
    assert "local:Ann is editing" in body["message"]
    assert "Your text was kept" in body["message"]
    restored = office.post(f"/runbooks/{EDITED}/restore", {"version": 1, "revision": seen})
    assert (restored.status_code, restored.json()["error"]) == (409, "stale_revision")
    assert office.revision(EDITED) == seen
    kept = office.service.repository.unsaved(EDITED)
    assert [text.text for text in kept] == ["# From elsewhere"]


def test_a_decided_suggestion_takes_no_text_but_keeps_it(office: Office):
    """Saving on an approved one is 409, reopening first is offered (CONTRACT R3)."""
    answer = office.put(APPROVED, "# Late", office.revision(APPROVED))
    assert (answer.status_code, answer.json()["error"]) == (409, "not_pending")
    assert "reopen" in answer.json()["message"]
    assert answer.json()["details"]["textKept"] is True


@pytest.mark.parametrize("text", ["", " \n", "x" * 600_001, "half \ud800"])
def test_a_text_that_cannot_be_stored_is_refused(office: Office, text: str):
    """Empty, too long and broken texts are the caller's to correct."""
    body = {"markdownContent": text}
    answer = office.client.put(
        f"/runbooks/{EDITED}",
        content=json.dumps(body),
        headers={"If-Match": f'"{office.revision(EDITED)}"', "Content-Type": "application/json"},
    )
    assert answer.status_code == 422


def test_versions_are_listed_newest_first_in_pages(office: Office):
    """Two pages of one meet without a gap or a double."""
    for number in range(3):
        office.put(EDITED, f"# Text {number}", office.revision(EDITED))
    whole = office.get(f"/runbooks/{EDITED}/versions").json()
    numbers = [version["number"] for version in whole["versions"]]
    assert numbers == sorted(numbers, reverse=True)
    assert whole["next_cursor"] is None
    walked: list[int] = []
    cursor = ""
    while True:
        page = office.get(f"/runbooks/{EDITED}/versions?limit=1{cursor}").json()
        walked += [version["number"] for version in page["versions"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert walked == numbers


def test_restoring_what_never_was_is_404(office: Office):
    """The answer names the version."""
    body = {"version": 99, "revision": office.revision(EDITED)}
    answer = office.post(f"/runbooks/{EDITED}/restore", body)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_the_cookies_person_is_who_acts(office: Office):
    """REST in a browser acts under the name that its person gave; others act as `rest`."""
    office.put(EDITED, "# By Ann", office.revision(EDITED), Cookie="runbooks_name=Ann%20L%C3%BC")
    assert office.get(f"/runbooks/{EDITED}").json()["runbook"]["edited_by"] == "local:Ann Lü"
    office.put(EDITED, "# By nobody", office.revision(EDITED), Cookie="runbooks_name=%00%0A")
    assert office.get(f"/runbooks/{EDITED}").json()["runbook"]["edited_by"] == "rest"


def test_too_many_drafts_at_once_are_told_to_come_back(office: Office):
    """The ninth long call is 429 at once instead of waiting behind the others."""
    office.drafter.may_finish.clear()
    names = [
        entry["suggestion_id"]
        for entry in office.get("/suggestions?status=pending&draft_state=none&limit=9").json()[
            "suggestions"
        ]
    ]
    threads = [
        threading.Thread(target=office.post, args=(f"/runbooks/generate/{name}", {"dryRun": True}))
        for name in names[:8]
    ]
    for thread in threads:
        thread.start()
    assert all(office.drafter.working.acquire(timeout=20) for _ in threads)
    answer = office.post(f"/runbooks/generate/{names[8]}", {"dryRun": True})
    office.drafter.may_finish.set()
    for thread in threads:
        thread.join(20)
    assert (answer.status_code, answer.json()["error"]) == (429, "rate_limited")
    assert int(answer.headers["retry-after"]) > 0
