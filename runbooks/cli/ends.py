"""How a command ends: exit codes, and errors as lines for a person."""

from collections.abc import Mapping
from typing import Final

from runbooks import errors as e

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
NO_STORE: Final = 3
STOPPED: Final = 130

CODES: Final = (
    "0 done; 1 something was refused or failed; 2 wrong usage or settings; "
    "3 the store cannot be used; 130 stopped by Ctrl-C"
)

_WORDS: Final[Mapping[type[e.RunbookError], str]] = {
    e.NotFound: "There is no {kind} {key}.",
    e.NoDraft: "{key} has no runbook draft.",
    e.NotRunbook: "{key} is of type {type}, not a runbook.",
    e.OverwriteBlocked: (
        "A person's text stands at {suggestion_id}, so it was not replaced. --force replaces it; "
        "the text stays among the versions."
    ),
    e.StaleRevision: "{suggestion_id} was changed meanwhile. Nothing was overwritten.",
    e.NotPending: "{suggestion_id} is {status}, not pending. Nothing was changed.",
    e.GenerationInProgress: "{holder} is generating {suggestion_id} right now.",
    e.BeingEdited: "{holder} is editing {suggestion_id}. Nothing was changed.",
    e.WouldBeFallback: (
        "For {suggestion_id} only a template could be written ({reason}); the better text that "
        "stands there was kept."
    ),
    e.BudgetExceeded: "Drafting {suggestion_id} needs up to {needed_usd} US$; {left_usd} are left.",
    e.Cancelled: "Drafting {suggestion_id} was cancelled; nothing was changed.",
    e.Cancelled: "Drafting {suggestion_id} was cancelled. Nothing was changed.",
    e.UnreadableDocument: "{key} has a shape that must not be written to: {reason}.",
    e.DeadlineExceeded: "The model {provider} did not answer within {seconds} s.",
    e.DraftingFailed: "The model {provider} gave nothing that can be used ({kind}).",
    e.StoreUnavailable: "{problem} {remedy}",
    e.InvalidSettings: "{setting}: {problem}",
    e.InvalidRequest: "{field}: {problem}",
}


def words(error: e.RunbookError) -> str:
    """Give an error as one line."""
    known = next((_WORDS[kind] for kind in type(error).__mro__ if kind in _WORDS), None)
    text = known.format_map(vars(error)) if known else str(error) or error.code
    return " ".join(text.split())


def code(error: e.RunbookError) -> int:
    """Give the exit code for an error."""
    if isinstance(error, e.InvalidSettings | e.InvalidRequest):
        return USAGE
    return NO_STORE if isinstance(error, e.StoreError) else REFUSED
