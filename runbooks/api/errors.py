"""Errors as answers: one table from error class to status and words (CONTRACT §3).

Every answer that is no success is `{error, message, details?}`: a code for programs, a sentence
for a person, and the facts. Routes hold no try/except; the handlers here are all there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException

from runbooks import errors as e
from runbooks.api.answers import JsonAnswer, plain


@dataclass(frozen=True)
class Row:
    """How one class of errors is answered; `{names}` in the message are the error's facts."""

    status: int
    message: str


TABLE: Mapping[type[e.RunbookError], Row] = {
    e.RunbookError: Row(500, "Something went wrong on our side. The log says more."),
    e.InvalidSettings: Row(500, "The setting {setting} is wrong: {problem}."),
    e.InvalidRequest: Row(422, "{field}: {problem}."),
    e.TextTooLong: Row(422, "{field}: {problem}."),
    e.NotFound: Row(404, "There is no {kind} {key}."),
    e.NoDraft: Row(404, "{key} has no runbook draft yet; generate one, or PUT your own text."),
    e.NotRunbook: Row(404, "{key} is a suggestion of type {type}, not a runbook."),
    e.Refused: Row(409, "The state of {suggestion_id} does not allow that. Nothing was changed."),
    e.OverwriteBlocked: Row(
        409,
        "A person's text stands at {suggestion_id}, so it was not replaced. To replace it, send "
        "forceOverwrite; the text stays among the versions.",
    ),
    e.StaleRevision: Row(
        409,
        "{suggestion_id} was changed since: it is at revision {stored}, this was decided on "
        "{decided_on}. Nothing was overwritten. Read it again and decide anew.",
    ),
    e.NotPending: Row(
        409, "{suggestion_id} is {status}, not pending. Nothing was changed; reopen it first."
    ),
    e.AlreadyPending: Row(
        409, "{suggestion_id} waits for a decision already; it need not be reopened."
    ),
    e.GenerationInProgress: Row(
        409, "{holder} is generating {suggestion_id} right now. Try again in {seconds_left} s."
    ),
    e.BeingEdited: Row(409, "{holder} is editing {suggestion_id}. Nothing was changed."),
    e.HoldLost: Row(409, "{suggestion_id} was taken over by {holder}. Nothing was overwritten."),
    e.HeldByAnother: Row(
        409, "{holder} is editing {suggestion_id} right now. Nothing was overwritten."
    ),
    e.ChangedSince: Row(
        409, "{suggestion_id} was changed since and is {status} now. Nothing was undone."
    ),
    e.NotYourText: Row(409, "That unsaved text is of {holder}. It was kept."),
    e.NotSeen: Row(409, "{suggestion_id} was not opened at its present revision {stored}."),
    e.WouldBeFallback: Row(
        409,
        "For {suggestion_id} only a template could be written ({reason}); the better text that "
        "stands there was kept.",
    ),
    e.BudgetExceeded: Row(
        409,
        "Drafting {suggestion_id} needs up to {needed_usd} US$ and {left_usd} US$ are left. "
        "Nothing was changed.",
    ),
    e.Cancelled: Row(
        409, "Drafting {suggestion_id} was cancelled before the model was asked. Nothing changed."
    ),
    e.BlockingFindings: Row(
        422,
        "{suggestion_id} has findings that block approval. Correct the text, or send an "
        "overrideReason.",
    ),
    e.StrictGate: Row(
        422,
        "{suggestion_id} has findings that block approval, and RUNBOOK_GATE_STRICT lets no "
        "overrideReason pass. Correct the text.",
    ),
    e.UnreadableDocument: Row(
        422, "{key} is stored in a shape that must not be written to: {reason}. It was left alone."
    ),
    e.PreconditionRequired: Row(
        428, "Send If-Match with the revision that you read (the ETag of GET)."
    ),
    e.RateLimited: Row(429, "Too many drafts are being made here. Try again in {retry_after} s."),
    e.DraftingFailed: Row(
        502, "The model {provider} gave nothing that can be used ({kind}). Nothing was replaced."
    ),
    e.DeadlineExceeded: Row(
        504, "The model {provider} did not answer within {seconds} s. Nothing was replaced."
    ),
    e.StoreError: Row(503, "The store cannot be used right now. Read again before you repeat."),
    e.StoreUnavailable: Row(503, "{problem} {remedy}"),
    e.DocumentTooLarge: Row(422, "{key} would have {size} bytes; at most {limit} can be stored."),
    e.Conflict: Row(409, "Somebody changed this at the same moment. Nothing was written."),
    e.CommitUnknown: Row(
        503, "The store did not say whether the change was saved. Read again before you repeat."
    ),
}

_KEPT = " Your text was kept, among the unsaved texts of this suggestion."
_RETRY_AFTER = ("retry_after", "seconds_left")
_NAMES = {"stored": "storedRevision", "decided_on": "decidedOnRevision"}
_NOT_TOLD = {"excerpt"}


def answer(error: e.RunbookError) -> JsonAnswer:
    """Give the answer for an error of the product."""
    row = next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)
    facts = {name: value for name, value in vars(error).items() if name not in _NOT_TOLD}
    words = {name: _word(value) for name, value in facts.items()}
    message = row.message.format_map(words).strip()
    if error.text_kept:
        message += _KEPT
    wait = next((facts[name] for name in _RETRY_AFTER if isinstance(facts.get(name), float)), None)
    headers = {"Retry-After": str(max(1, round(wait)))} if isinstance(wait, float) else None
    details = {_NAMES.get(name, to_camel(name)): value for name, value in facts.items()}
    return problem(row.status, error.code, message, details, headers)


def problem(
    status: int,
    code: str,
    message: str,
    details: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JsonAnswer:
    """Give an answer that is no success."""
    body: dict[str, object] = {"error": code, "message": message}
    if details:
        body["details"] = plain(details)
    return JsonAnswer(body, status_code=status, headers=headers)


def install(api: FastAPI) -> None:
    """Make this app answer every error as this module says."""

    @api.exception_handler(e.RunbookError)
    async def ours(_: Request, error: e.RunbookError) -> JsonAnswer:
        return answer(error)

    @api.exception_handler(RequestValidationError)
    async def wrong(_: Request, error: RequestValidationError) -> JsonAnswer:
        return _invalid(error)

    @api.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> JsonAnswer:
        return _http(request, error)


def _word(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return "nobody" if value is None else str(value)


def _invalid(error: RequestValidationError) -> JsonAnswer:
    """Name every wrong field; what was sent is not repeated."""
    problems = [
        {
            "field": ".".join(str(part) for part in found["loc"][1:]) or "body",
            "problem": _why(found),
        }
        for found in error.errors()[:20]
    ]
    first = problems[0]
    message = f"{first['field']}: {first['problem']}."
    return problem(422, "invalid_request", message, {"field": first["field"], "problems": problems})


def _field(found: Mapping[str, object]) -> str:
    place = found.get("loc")
    if found.get("type") == "json_invalid" or not isinstance(place, tuple):
        return "body"
    return ".".join(str(part) for part in place[1:]) or "body"


def _why(found: Mapping[str, object]) -> str:
    if found.get("type") == "json_invalid":
        return "the body is not JSON"
    if found.get("type") == "extra_forbidden":
        return "there is no such field here"
    return str(found.get("msg", "not allowed")).rstrip(".")


def _http(request: Request, error: HTTPException) -> JsonAnswer:
    if error.status_code == 404:
        return problem(404, "not_found", f"There is nothing at {request.url.path}.")
    if error.status_code == 405:
        message = f"{request.url.path} does not take {request.method}."
        return problem(405, "method_not_allowed", message, headers=error.headers)
    if error.status_code == 400:
        return problem(422, "invalid_request", "The body cannot be read as JSON.")
    return problem(error.status_code, "invalid_request", str(error.detail))
