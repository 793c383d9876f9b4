"""What Firestore's refusals become; the texts are those of the production service."""

# The constructors of Google's exceptions carry no types.
# mypy: disable-error-code="no-untyped-call"

import pytest
from google.api_core import exceptions as google
from google.auth.exceptions import DefaultCredentialsError, RefreshError

from runbooks.errors import (
    CommitUnknown,
    Conflict,
    DocumentTooLarge,
    InvalidRequest,
    RunbookError,
    StoreUnavailable,
)
from runbooks.store.firestore_errors import Failure, commit_error, read_error
from runbooks.store.firestore_names import Names
from runbooks.store.firestore_writes import UpdateTime, encoded
from runbooks.store.port import Collection, Create, Delete, Merge, Update, Write
from runbooks.store.queries import QueueFilter, Sort, queue_page
from runbooks.store.shapes import shape

NAMES = Names("shop", "(default)", "evalforge_")
PATH = "projects/shop/databases/(default)/documents"
STATE = UpdateTime(1_795_148_405, 404_811_000)
LATER = UpdateTime(1_795_148_999, 1_000)
WRITES: list[Write] = [
    Update(Collection.SUGGESTIONS, "s1", {("a",): 1}, STATE),
    Update(Collection.SUGGESTIONS, "s10", {("a",): 1}, None),
    Create(Collection.VERSIONS, "s1:2", {"a": "x" * 100}),
    Create(Collection.AUDIT, "s1", {}),
    Merge(Collection.QUEUE, "s1", {("a",): 1}),
    Delete(Collection.LEASES, "edit:s1", LATER),
]


def of_commit(failure: Failure, writes: list[Write] = WRITES) -> RunbookError:
    """The error of a commit."""
    return commit_error(failure, NAMES, writes, [encoded(write, NAMES) for write in writes])


TROUBLES = [
    (DefaultCredentialsError("were not found"), "credentials", "application-default login"),
    (RefreshError("expired"), "credentials", "application-default login"),
    (google.Unauthenticated("invalid authentication credentials"), "accept", "login"),
    (
        google.ServiceUnavailable("Getting metadata from plugin failed with error: reauth"),
        "token",
        "application-default login",
    ),
    (google.PermissionDenied("Missing or insufficient permissions."), "may not", "datastore.user"),
    (
        google.PermissionDenied(
            "Cloud Firestore API has not been used in project shop before or it is disabled."
        ),
        "switched off",
        "gcloud services enable firestore.googleapis.com --project shop",
    ),
    (
        google.NotFound(
            "The database (default) does not exist for project shop Please visit https://x/setup"
        ),
        "no Firestore database (default)",
        "FIRESTORE_DATABASE_ID",
    ),
    (
        google.FailedPrecondition(
            "The Cloud Firestore API is not available for Firestore in Datastore Mode database shop"
        ),
        "Datastore mode",
        "native mode",
    ),
    (google.MethodNotImplemented("Received http2 header with status: 404"), "no Firestore", "HOST"),
    (
        google.ServiceUnavailable(
            "failed to connect to all addresses; last error: Connection refused"
        ),
        "cannot be reached",
        "FIRESTORE_EMULATOR_HOST",
    ),
    (google.ResourceExhausted("Quota exceeded."), "quota", "Wait"),
]


@pytest.mark.parametrize(("failure", "problem", "remedy"), TROUBLES)
def test_trouble_that_needs_a_person_says_what_helps(
    failure: Failure, problem: str, remedy: str
) -> None:
    """Read or commit, the same words; after these surely nothing was written."""
    for error in (read_error(failure, NAMES), of_commit(failure)):
        assert isinstance(error, StoreUnavailable)
        assert problem in error.problem
        assert remedy in error.remedy


@pytest.mark.parametrize(
    "failure",
    [
        google.DeadlineExceeded("Deadline Exceeded"),
        google.ServiceUnavailable("Socket closed"),
        google.ServiceUnavailable("recvmsg:Connection reset by peer"),
        google.InternalServerError("Internal error encountered."),
        google.Unknown("Stream removed"),
        google.Cancelled("Channel closed!"),
        google.DataLoss("lost"),
    ],
)
def test_a_commit_without_a_clear_answer_is_unknown(failure: Failure) -> None:
    """It may have been done, so nobody may say that it was not (CONTRACT R6)."""
    assert isinstance(of_commit(failure), CommitUnknown)
    assert isinstance(read_error(failure, NAMES), StoreUnavailable)


@pytest.mark.parametrize(
    ("failure", "collection", "key"),
    [
        (
            google.AlreadyExists(f"Document already exists: {PATH}/evalforge_audit_log/s1"),
            Collection.AUDIT,
            "s1",
        ),
        (
            google.AlreadyExists(
                f"Document already exists: {PATH}/evalforge_runbook_versions/s1:2"
            ),
            Collection.VERSIONS,
            "s1:2",
        ),
        (
            google.NotFound(f"No document to update: {PATH}/evalforge_suggestions/s10"),
            Collection.SUGGESTIONS,
            "s10",
        ),
        (
            google.FailedPrecondition(
                "the stored version (1795148405525823) does not match the required base version"
                " (1795148405404811)"
            ),
            Collection.SUGGESTIONS,
            "s1",
        ),
        (
            google.FailedPrecondition(
                "the stored version (0) does not match the required base version (1795148999000001)"
            ),
            Collection.LEASES,
            "edit:s1",
        ),
        (google.FailedPrecondition("something failed"), None, None),
        (google.Aborted("Too much contention on these documents. Please try again."), None, None),
    ],
)
def test_a_failed_precondition_names_its_document_when_told(
    failure: Failure, collection: Collection | None, key: str | None
) -> None:
    """The write is found by name or by the state it asked for, and never guessed."""
    error = of_commit(failure)
    assert isinstance(error, Conflict)
    assert (error.collection, error.key) == (collection, key)


def test_the_only_write_that_could_fail_is_the_one() -> None:
    """Without a name in the text the kind of precondition is enough when one write has it."""
    error = of_commit(google.FailedPrecondition("no words"), [WRITES[0], WRITES[2], WRITES[4]])
    assert isinstance(error, Conflict)
    assert error.key == "s1"


@pytest.mark.parametrize(
    ("failure", "key"),
    [
        (
            google.InvalidArgument(
                f"Document '{PATH}/evalforge_runbook_versions/s1:2' cannot be written because its"
                " size (1,064,338 bytes) exceeds the maximum allowed size of 1,048,576 bytes."
            ),
            "s1:2",
        ),
        (google.InvalidArgument("maximum entity size is 1048576 bytes"), "s1:2"),
        (google.InvalidArgument('The value of property "x" is longer than 1048487 bytes.'), "s1:2"),
        (
            google.InvalidArgument("Request payload size exceeds the limit: 11534336 bytes."),
            "commit",
        ),
        (google.ResourceExhausted("gRPC message exceeds maximum size 4194304: 12001045"), "commit"),
    ],
)
def test_what_is_too_large_is_told_apart(failure: Failure, key: str) -> None:
    """One document beyond its limit, or a request beyond its own."""
    error = of_commit(failure)
    assert isinstance(error, DocumentTooLarge)
    assert error.key == key


def test_a_fault_of_the_request_is_not_called_an_outage() -> None:
    """What the server calls invalid would fail again, so no retry is advised."""
    failure = google.InvalidArgument("The property.name is the empty string.")
    assert isinstance(of_commit(failure), InvalidRequest)
    assert isinstance(read_error(failure, NAMES), InvalidRequest)


def test_a_missing_index_is_named_with_its_link() -> None:
    """The fields, the file to deploy, and Google's own link to make just this one."""
    failure = google.FailedPrecondition(
        "The query requires an index. You can create it here:"
        " https://console.firebase.google.com/v1/r/project/shop/firestore/indexes?create_composite=A"
    )
    asked = shape(queue_page(QueueFilter(), Sort.WORST, 10))
    error = read_error(failure, NAMES, asked)
    assert isinstance(error, StoreUnavailable)
    assert "severity_rank" in error.problem
    assert "firestore.indexes.json" in error.remedy
    assert "https://console.firebase.google.com/v1/r/project/shop" in error.remedy


def test_an_index_that_is_being_built_asks_for_patience() -> None:
    """Then deploying again would not help."""
    failure = google.FailedPrecondition(
        "The query requires an index. That index is currently building and cannot be used yet."
    )
    error = read_error(failure, NAMES, shape(queue_page(QueueFilter(), Sort.WORST, 10)))
    assert isinstance(error, StoreUnavailable)
    assert error.remedy.startswith("Wait")
