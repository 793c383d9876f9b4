"""Every error of the product; each carries facts, the words are chosen at the boundary.

RunbookError
├── InvalidSettings          a setting is wrong; the start stops
├── InvalidRequest           a field of a request is wrong
│   └── TextTooLong          a runbook's text has more bytes than are stored
├── NotFound                 no such suggestion, run or version
│   ├── NoDraft              the suggestion has no runbook draft
│   └── NotRunbook           the suggestion is of another type
├── Refused                  the state does not allow it; nothing was written
│   ├── OverwriteBlocked     a person's text is there and force was not given
│   ├── StaleRevision        somebody saved since
│   ├── NotPending           the suggestion is already decided
│   │   └── AlreadyPending   it was to be reopened and is open
│   ├── GenerationInProgress somebody else is generating it
│   ├── BeingEdited          a person holds it or has unsaved text
│   ├── HoldLost             another person took the item over
│   │   └── HeldByAnother    another person edits it, and the act had no hold
│   ├── ChangedSince         what was to be undone does not stand any more
│   ├── NotYourText          an unsaved text of somebody else was to be thrown away
│   ├── NotSeen              this person has not opened the present revision
│   ├── WouldBeFallback      only a template could be written
│   ├── BudgetExceeded       the money of this call or run is used up
│   └── Cancelled            the batch was cancelled before the model was asked
├── BlockingFindings         approval needs a written reason
├── UnreadableDocument       the stored document has a shape that must not be written to
├── PreconditionRequired     If-Match is missing
├── RateLimited              too many requests
├── DraftingFailed           the model gave nothing that can be used
│   └── DeadlineExceeded     the model did not answer in time
└── StoreError
    ├── StoreUnavailable     the store cannot be reached, read or written
    ├── DocumentTooLarge     the store refuses a document of this size
    ├── Conflict             a precondition of a commit failed; nothing was written
    └── CommitUnknown        nobody can say whether the commit took effect
"""

from collections.abc import Sequence


class RunbookError(Exception):
    """The root of all errors that the product raises on purpose.

    `text_kept` says that a person's text which could not be saved is kept as an unsaved one.
    """

    code = "internal"
    text_kept = False


class InvalidSettings(RunbookError):
    """A setting has a value that the product cannot start with."""

    code = "invalid_settings"

    def __init__(self, setting: str, problem: str) -> None:
        super().__init__(f"{setting}: {problem}")
        self.setting = setting
        self.problem = problem


class InvalidRequest(RunbookError):
    """A field of a request is missing or has a value that is not allowed."""

    code = "invalid_request"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class TextTooLong(InvalidRequest):
    """A runbook's text has more bytes of UTF-8 than are stored."""

    def __init__(self, field: str, size_bytes: int, limit_bytes: int) -> None:
        limit = f"{size_bytes:,} bytes, at most {limit_bytes:,} fit"
        super().__init__(field, f"the text is too long: {limit}")
        self.size_bytes = size_bytes
        self.limit_bytes = limit_bytes
        self.over_bytes = size_bytes - limit_bytes


class NotFound(RunbookError):
    """There is no such thing in the store."""

    code = "not_found"

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"{kind} {key!r} not found")
        self.kind = kind
        self.key = key


class NoDraft(NotFound):
    """The suggestion exists and has no runbook draft."""

    code = "no_draft"

    def __init__(self, suggestion_id: str) -> None:
        super().__init__("draft", suggestion_id)


class NotRunbook(NotFound):
    """The suggestion exists and is not of type runbook."""

    code = "not_runbook"

    def __init__(self, suggestion_id: str, kind: str) -> None:
        super().__init__("runbook suggestion", suggestion_id)
        self.type = kind


class Refused(RunbookError):
    """The present state of the suggestion does not allow the act; nothing was written."""

    code = "refused"

    def __init__(self, suggestion_id: str, *facts: object) -> None:
        super().__init__(suggestion_id, *facts)
        self.suggestion_id = suggestion_id


class OverwriteBlocked(Refused):
    """Protected text stands there and force was not given (CONTRACT R2)."""

    code = "overwrite_blocked"

    def __init__(self, suggestion_id: str, revision: str) -> None:
        super().__init__(suggestion_id, revision)
        self.revision = revision


class StaleRevision(Refused):
    """The stored revision is no longer the one the act was decided on (CONTRACT R3)."""

    code = "stale_revision"

    def __init__(self, suggestion_id: str, decided_on: str, stored: str) -> None:
        super().__init__(suggestion_id, decided_on, stored)
        self.decided_on = decided_on
        self.stored = stored


class NotPending(Refused):
    """The suggestion is already decided (CONTRACT R3)."""

    code = "not_pending"

    def __init__(self, suggestion_id: str, status: str) -> None:
        super().__init__(suggestion_id, status)
        self.status = status


class AlreadyPending(NotPending):
    """It was to be reopened and waits for a decision already."""

    def __init__(self, suggestion_id: str) -> None:
        super().__init__(suggestion_id, "pending")


class GenerationInProgress(Refused):
    """Somebody else is generating this suggestion (CONTRACT R18)."""

    code = "generation_in_progress"

    def __init__(self, suggestion_id: str, holder: str, seconds_left: float) -> None:
        super().__init__(suggestion_id, holder, seconds_left)
        self.holder = holder
        self.seconds_left = seconds_left


class BeingEdited(Refused):
    """A person holds the item or has text on it that is not saved (CONTRACT R7, R18)."""

    code = "being_edited"

    def __init__(self, suggestion_id: str, holder: str) -> None:
        super().__init__(suggestion_id, holder)
        self.holder = holder


class HoldLost(Refused):
    """The hold on the item is gone; `holder` has it now, or nobody (CONTRACT R18)."""

    code = "stale_revision"

    def __init__(self, suggestion_id: str, holder: str | None) -> None:
        super().__init__(suggestion_id, holder)
        self.holder = holder


class HeldByAnother(HoldLost):
    """`holder` is editing the item, and who acts holds nothing, as over REST (CONTRACT R18)."""


class ChangedSince(Refused):
    """What was to be undone does not stand any more: somebody else acted since."""

    code = "stale_revision"

    def __init__(self, suggestion_id: str, status: str) -> None:
        super().__init__(suggestion_id, status)
        self.status = status


class NotYourText(Refused):
    """The unsaved text belongs to `holder`; only its author throws it away."""

    def __init__(self, suggestion_id: str, holder: str) -> None:
        super().__init__(suggestion_id, holder)
        self.holder = holder


class NotSeen(Refused):
    """This person has not opened the present revision, so cannot decide in bulk (CONTRACT R17)."""

    code = "stale_revision"

    def __init__(self, suggestion_id: str, stored: str) -> None:
        super().__init__(suggestion_id, stored)
        self.stored = stored


class WouldBeFallback(Refused):
    """Only a template could be written, and a better text stands there (CONTRACT R8)."""

    code = "would_be_fallback"

    def __init__(self, suggestion_id: str, reason: str) -> None:
        super().__init__(suggestion_id, reason)
        self.reason = reason


class BudgetExceeded(Refused):
    """The call would cost more than what is left, of the run or of the suggestion (R14)."""

    code = "budget_exceeded"

    def __init__(
        self, suggestion_id: str, needed_usd: float, left_usd: float, *, of_run: bool = False
    ) -> None:
        super().__init__(suggestion_id, needed_usd, left_usd)
        self.needed_usd = needed_usd
        self.left_usd = left_usd
        self.of_run = of_run


class Cancelled(Refused):
    """The batch was cancelled before the model was asked, or before it was asked again."""

    code = "cancelled"


class BlockingFindings(RunbookError):
    """Approval needs a written reason because of these findings (CONTRACT R12, R17)."""

    code = "blocking_findings"

    def __init__(self, suggestion_id: str, findings: Sequence[str]) -> None:
        super().__init__(suggestion_id, *findings)
        self.suggestion_id = suggestion_id
        self.findings = tuple(findings)


class StrictGate(BlockingFindings):
    """These E-findings keep it from approval whatever is written (RUNBOOK_GATE_STRICT)."""


class UnreadableDocument(RunbookError):
    """The stored document has a shape that must not be written to (CONTRACT R2)."""

    code = "unreadable_document"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key = key
        self.reason = reason


class PreconditionRequired(RunbookError):
    """The request must name the revision it was made from."""

    code = "precondition_required"


class RateLimited(RunbookError):
    """Too many requests; try again after `retry_after` seconds."""

    code = "rate_limited"

    def __init__(self, retry_after: float) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class DraftingFailed(RunbookError):
    """The drafter gave nothing that can be saved.

    `kind` is one of the error types of CONTRACT §1 (`invalid_json`, `schema_validation`,
    `vertex_error`, `timeout`, `unknown`); `excerpt` is redacted and at most 500 characters.
    """

    code = "drafting_failed"

    def __init__(
        self,
        provider: str,
        kind: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        response_sha256: str | None = None,
        excerpt: str = "",
    ) -> None:
        super().__init__(f"{provider}: {kind}" + (f" (HTTP {status})" if status else ""))
        self.provider = provider
        self.kind = kind
        self.status = status
        self.retry_after = retry_after
        self.response_sha256 = response_sha256
        self.excerpt = excerpt[:500]


class DeadlineExceeded(DraftingFailed):
    """The drafter did not answer before the deadline of the suggestion (CONTRACT R13)."""

    code = "deadline"

    def __init__(self, provider: str, seconds: float) -> None:
        super().__init__(provider, "timeout")
        self.seconds = seconds


class StoreError(RunbookError):
    """Something between us and the stored documents."""

    code = "store_unavailable"


class StoreUnavailable(StoreError):
    """The store cannot be reached, read or written; `remedy` says what would help."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


class DocumentTooLarge(StoreError):
    """The store refuses a document of this size."""

    code = "invalid_request"

    def __init__(self, key: str, size: int, limit: int) -> None:
        super().__init__(f"{key}: {size} bytes, at most {limit}")
        self.key = key
        self.size = size
        self.limit = limit


class Conflict(StoreError):
    """A precondition of a commit failed and nothing of it was written.

    `collection` and `key` name the document when the store says which one it was.
    """

    code = "stale_revision"

    def __init__(self, collection: str | None = None, key: str | None = None) -> None:
        super().__init__(f"{collection}/{key}")
        self.collection = collection
        self.key = key


class CommitUnknown(StoreError):
    """The store did not say whether the commit took effect; read again (CONTRACT R6)."""
