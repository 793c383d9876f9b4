"""What Firestore answers when it refuses, as the product's errors: one table, two readings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from google.api_core import exceptions as google
from google.auth.exceptions import GoogleAuthError

from runbooks.errors import (
    CommitUnknown,
    Conflict,
    DocumentTooLarge,
    InvalidRequest,
    RunbookError,
    StoreUnavailable,
)
from runbooks.store.firestore_names import Names
from runbooks.store.firestore_writes import MAX_DOCUMENT_BYTES, Encoded, UpdateTime
from runbooks.store.port import Create, Delete, Update, Write
from runbooks.store.shapes import Shape

Failure: TypeAlias = google.GoogleAPIError | GoogleAuthError
"""What the client library raises."""

FAILURES: Final = (google.GoogleAPIError, GoogleAuthError)
PASSING: Final = (google.ServiceUnavailable, google.InternalServerError, google.Aborted)
"""What a read tries again."""

MAX_REQUEST_BYTES: Final = 10 * 1024 * 1024
"""The largest request that production takes; the emulator takes 4 MiB."""

_CREDENTIALS: Final = (
    "Run `gcloud auth application-default login`, set GOOGLE_APPLICATION_CREDENTIALS, or run"
    " under a service account."
)
_LATER: Final = "Try again in a moment; if it stays so, look at the network."
_TOO_LARGE: Final = re.compile(
    r"exceeds (?:the )?maximum (?:allowed )?size|maximum entity size|longer than \d{6,8} bytes"
    r"|payload size exceeds"
)
_LINK: Final = re.compile(r"https://\S{1,2000}")


@dataclass(frozen=True)
class _Trouble:
    """A refusal after which surely nothing was done, and what helps."""

    kind: type[Exception]
    says: str
    problem: str
    remedy: str


_TROUBLES: Final = (
    _Trouble(google.Unauthenticated, "", "Google does not accept the credentials.", _CREDENTIALS),
    _Trouble(
        google.ServiceUnavailable,
        "metadata from plugin failed",
        "The Google credentials give no access token.",
        _CREDENTIALS,
    ),
    _Trouble(
        google.PermissionDenied,
        "has not been used|is disabled|SERVICE_DISABLED",
        "The Firestore API is switched off in project {project}.",
        "Run `gcloud services enable firestore.googleapis.com --project {project}`.",
    ),
    _Trouble(
        google.PermissionDenied,
        "",
        "The account may not read and write database {database} of project {project}.",
        "Give it the role roles/datastore.user in that project; check GOOGLE_CLOUD_PROJECT.",
    ),
    _Trouble(
        google.NotFound,
        r"^(?!.{0,2000}/documents/).{0,300}(?:database|project) .{0,300}(?:not exist|not found)",
        "Project {project} has no Firestore database {database}.",
        "Check GOOGLE_CLOUD_PROJECT and FIRESTORE_DATABASE_ID, or run"
        " `gcloud firestore databases create`.",
    ),
    _Trouble(
        google.FailedPrecondition,
        "Datastore Mode",
        "Database {database} of project {project} is in Datastore mode.",
        "Use a database in native mode: set FIRESTORE_DATABASE_ID.",
    ),
    _Trouble(
        google.MethodNotImplemented,
        "",
        "What answers at that address is no Firestore.",
        "Check FIRESTORE_EMULATOR_HOST.",
    ),
    _Trouble(
        google.ServiceUnavailable,
        "failed to connect|errors resolving|connection refused",
        "{place} cannot be reached.",
        "Check the network, or FIRESTORE_EMULATOR_HOST when an emulator is meant.",
    ),
)
_QUOTA: Final = _Trouble(
    google.ResourceExhausted,
    "",
    "A quota of project {project} is used up.",
    "Wait, or look at the quotas of Firestore in the Google Cloud console.",
)


def read_error(failure: Failure, names: Names, shape: Shape | None = None) -> RunbookError:
    """Give the error for a read that failed: StoreUnavailable, or InvalidRequest for its fault."""
    known = _known(failure, names)
    if known is not None:
        return known
    if isinstance(failure, google.FailedPrecondition) and "index" in str(failure):
        return _no_index(failure, shape)
    if isinstance(failure, google.InvalidArgument):
        return InvalidRequest("query", _short(failure))
    if isinstance(failure, google.DeadlineExceeded):
        return StoreUnavailable(f"{names.place} did not answer in time.", _LATER)
    return StoreUnavailable(f"{names.place} gave no answer: {_short(failure)}.", _LATER)


def credentials_error(reason: str) -> StoreUnavailable:
    """Give the error for credentials that cannot be used; of the reason the first sentence."""
    first = " ".join(reason.split()).partition(". ")[0].rstrip(".")[:200]
    return StoreUnavailable(f"There are no usable Google credentials: {first}.", _CREDENTIALS)


def commit_error(
    failure: Failure, names: Names, writes: Sequence[Write], sent: Sequence[Encoded]
) -> RunbookError:
    """Give the error for a commit that failed.

    Conflict and the errors of the caller's fault when surely nothing was written, CommitUnknown
    when nobody can say: the library's own retry after "unavailable" is off for that reason.
    """
    if isinstance(failure, google.InvalidArgument | google.ResourceExhausted) and (
        _TOO_LARGE.search(str(failure))
    ):
        return _too_large(failure, writes, sent)
    known = _known(failure, names)
    if known is not None:
        return known
    if isinstance(failure, google.InvalidArgument):
        return InvalidRequest("document", _short(failure))
    if isinstance(failure, google.Conflict | google.FailedPrecondition | google.NotFound):
        return _conflict(failure, names, writes)
    return CommitUnknown(_short(failure))


def _known(failure: Failure, names: Names) -> StoreUnavailable | None:
    if isinstance(failure, GoogleAuthError):
        return credentials_error(str(failure.args[0] if failure.args else failure))
    for trouble in (*_TROUBLES, _QUOTA):
        says = re.search(trouble.says, str(failure), re.IGNORECASE) if trouble.says else True
        if isinstance(failure, trouble.kind) and says:
            facts = {"project": names.project, "database": names.database, "place": names.place}
            return StoreUnavailable(trouble.problem.format(**facts), trouble.remedy.format(**facts))
    return None


def _no_index(failure: Failure, shape: Shape | None) -> StoreUnavailable:
    link = _LINK.search(str(failure))
    building = "building" in str(failure)
    todo = "Wait until it is built" if building else "Deploy firestore.indexes.json"
    where = f", or open {link.group()}" if link else ""
    return StoreUnavailable(f"Firestore lacks an index for {shape}.", f"{todo}{where}.")


def _conflict(failure: Failure, names: Names, writes: Sequence[Write]) -> Conflict:
    """Name the document: the only write with such a precondition, or the one that is named."""
    possible = [write for write in writes if _can_fail(write, failure)]
    named = possible if len(possible) == 1 else _named(str(failure), names, possible)
    if not named:
        return Conflict()
    return Conflict(named[0].collection.value, named[0].key)


def _can_fail(write: Write, failure: Failure) -> bool:
    if isinstance(failure, google.AlreadyExists):
        return isinstance(write, Create)
    if isinstance(failure, google.NotFound):
        return isinstance(write, Update)
    if isinstance(failure, google.FailedPrecondition):
        return isinstance(write, Update | Delete) and write.if_token is not None
    return True


def _named(text: str, names: Names, writes: Sequence[Write]) -> list[Write]:
    found = [write for write in writes if _is_meant(text, names, write)]
    longest = max((len(write.key) for write in found), default=0)
    only = [write for write in found if len(write.key) == longest]
    return only if len(only) == 1 else []


def _is_meant(text: str, names: Names, write: Write) -> bool:
    """Find the write in the server's words.

    They hold the document's name (the emulator's in lines of its own) or, when a state did not
    fit, the microseconds of the state that was asked for.
    """
    if isinstance(write, Update | Delete) and isinstance(write.if_token, UpdateTime):
        asked = write.if_token
        return f"required base version ({asked.seconds}{asked.nanos // 1000:06})" in text
    if names.path(write.collection, write.key) in text:
        return True
    return names.collection(write.collection) in text and f'name: "{write.key}"' in text


def _too_large(
    failure: Failure, writes: Sequence[Write], sent: Sequence[Encoded]
) -> DocumentTooLarge:
    whole = sum(encoded.size for encoded in sent)
    if isinstance(failure, google.ResourceExhausted) or "payload" in str(failure):
        return DocumentTooLarge("commit", whole, MAX_REQUEST_BYTES)
    largest = max(range(len(writes)), key=lambda index: sent[index].size)
    size = max(sent[largest].size, MAX_DOCUMENT_BYTES + 1)
    return DocumentTooLarge(writes[largest].key, size, MAX_DOCUMENT_BYTES)


def _short(failure: Failure) -> str:
    return " ".join(str(failure).split())[:300]
