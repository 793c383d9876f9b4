"""How the service's answers look in REST: documents as stored, lists redacted (CONTRACT R10)."""

from collections.abc import Sequence
from typing import Final

from fastapi import Request

from runbooks.api.answers import JsonAnswer, plain
from runbooks.errors import InvalidRequest, PreconditionRequired, UnreadableDocument
from runbooks.models import QueueEntry, SlotKind, Suggestion, Version
from runbooks.orders import Product
from runbooks.queue import QueuePage
from runbooks.redaction import Redactor
from runbooks.revision import revision
from runbooks.store.records import write_version

_FROM_TRACES = {"title", "failure_type", "service", "problem"}
_INSIDE = {"search_tokens", "search_form", "seen_by", "unsaved_by", "failures", "evidence_hash"}
_TAG_CHARS = 16
SEEN_REVISION: Final = {
    "parameters": [
        {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": "The revision that was read, as the ETag of GET names it. Where there "
            'is no draft yet that is "none". Without it the answer is 428.',
            "schema": {"type": "string"},
        }
    ]
}
"""How OpenAPI describes what `seen_revision` reads."""


def artifact(suggestion: Suggestion) -> JsonAnswer:
    """Give a suggestion's runbook as stored, with its revision as the ETag.

    Raise UnreadableDocument where there is no map for a runbook to stand in (CONTRACT R2).
    """
    slot = suggestion.slot
    if slot.kind is SlotKind.UNWRITABLE:
        raise UnreadableDocument(suggestion.suggestion_id, slot.problem)
    return decided(suggestion)


def decided(suggestion: Suggestion) -> JsonAnswer:
    """Give the same after a decision, which is taken on any shape."""
    slot = suggestion.slot
    content = {
        "suggestion_id": suggestion.suggestion_id,
        "suggestion_status": suggestion.status,
        "approval_metadata": plain(suggestion.document.get("approval_metadata")),
        "runbook": None if slot.kind is SlotKind.EMPTY else plain(slot.raw),
    }
    return JsonAnswer(content, headers={"ETag": f'"{slot.revision}"'})


def drafted(product: Product) -> JsonAnswer:
    """Give what a generation made; the ETag names it if it was written (CONTRACT R15)."""
    content = {
        "suggestionId": product.suggestion.suggestion_id,
        "status": "generated",
        "runbook": plain(product.snippet),
        "dryRun": not product.written,
        "costUsd": product.cost_usd,
    }
    headers = {"ETag": f'"{revision(product.snippet)}"'} if product.written else None
    return JsonAnswer(content, headers=headers)


def suggestions(page: QueuePage, extra_patterns: Sequence[str]) -> JsonAnswer:
    """Give a page of the queue."""
    return JsonAnswer(
        {
            "suggestions": [_entry(entry, extra_patterns) for entry in page.entries],
            "next_cursor": page.next_cursor,
            "total": page.total,
            "unreadable": list(page.unreadable),
        }
    )


def versions(suggestion_id: str, found: Sequence[Version], limit: int) -> JsonAnswer:
    """Give versions, newest first, as stored."""
    last = found[-1].number if len(found) == limit else 0
    return JsonAnswer(
        {
            "suggestion_id": suggestion_id,
            "versions": [plain(write_version(version)) for version in found],
            "next_cursor": str(last) if last > 1 else None,
        }
    )


def seen_revision(request: Request) -> str:
    """Read the revision from If-Match; raise PreconditionRequired, InvalidRequest."""
    given = request.headers.getlist("if-match")
    if not given or given == ["*"]:
        raise PreconditionRequired
    tag = given[0].strip().removeprefix("W/")
    bare = tag[1:-1] if tag[:1] == tag[-1:] == '"' and len(tag) > 1 else tag
    known = bare == "none" or (len(bare) == _TAG_CHARS and set(bare) <= set("0123456789abcdef"))
    if len(given) > 1 or not known:
        raise InvalidRequest("If-Match", "one ETag as GET gave it")
    return bare


def _entry(entry: QueueEntry, extra_patterns: Sequence[str]) -> dict[str, object]:
    """Give an entry without what is only for searching; what comes from traces is redacted."""
    redactor = Redactor(extra_patterns)
    fields = entry.model_dump(mode="json", exclude=_INSIDE)
    return {
        name: redactor.text(value) if isinstance(value, str) and name in _FROM_TRACES else value
        for name, value in fields.items()
    }
