"""What errors are called: one table from the core's facts to words for a person.

Every message says what happened, what was kept and what to do, in words that can be read aloud at
three in the morning.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from runbooks import errors as e
from workbench.words import (
    DRAFT_STATES,
    FAILURE_TYPES,
    OUTCOMES,
    REASONS,
    RUN_STATES,
    SEVERITIES,
    STATUSES,
    draft_state,
    failure_type,
    percent,
    reason,
    who,
)

__all__ = [
    "DRAFT_STATES",
    "FAILURE_TYPES",
    "MESSAGES",
    "OUTCOMES",
    "REASONS",
    "RUN_STATES",
    "SEVERITIES",
    "STATUSES",
    "Message",
    "draft_state",
    "escape_md",
    "failure_type",
    "message_for",
    "percent",
    "reason",
    "show_error",
    "who",
]

_FIELDS: Mapping[str, str] = {
    "markdownContent": "the text",
    "reason": "the reason",
    "version": "the version",
    "name": "the name",
}
"""What a field of a request is called on the page; others are called as they are."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$&^=])")
_JOINER = "\u2060"
"""Stands between the characters of what Streamlit would turn into an emoji, a link or an arrow."""
_TURNED = re.compile(r"(?<=[:@])|(?<=[<>\-=])(?=[<>\-=])|(?<=www)(?=\.)", re.IGNORECASE)


def escape_md(text: object, limit: int = 300) -> str:
    """Give untrusted text so that Streamlit's Markdown shows it as it is, on one line.

    Besides Markdown: no `:red[…]`, no `:emoji:`, no `$math$`, no arrows, no links made of bare
    addresses. Longer texts end in an ellipsis.
    """
    line = " ".join(str(text).split())
    if len(line) > limit:
        line = line[: limit - 1] + "…"
    return _SPECIAL.sub(r"\\\1", _TURNED.sub(_JOINER, line))


@dataclass(frozen=True)
class Message:
    """What a person is told; each part is Markdown in which untrusted text is escaped."""

    title: str
    what_was_kept: str
    what_to_do: str

    def markdown(self) -> str:
        """Give the three parts as one text."""
        rest = " ".join(part for part in (self.what_was_kept, self.what_to_do) if part)
        return f"**{self.title}**  \n{rest}"


_NOTHING_CHANGED = "Nothing was changed."
_NOT_OVERWRITTEN = "Nothing was overwritten."
_TEXT_KEPT = "Your text is kept: it is still in the editor."

MESSAGES: Mapping[type[e.RunbookError], Message] = {
    e.RunbookError: Message(
        "Something went wrong inside the workbench.",
        _NOTHING_CHANGED,
        "Reload the page. If it happens again, tell whoever runs this workbench.",
    ),
    e.InvalidSettings: Message(
        "The workbench cannot start: the setting {setting} is wrong.",
        "Nothing was read or written. Problem: {problem}.",
        "Correct the setting and start again.",
    ),
    e.InvalidRequest: Message(
        "That cannot be done like this: {problem}.",
        _NOTHING_CHANGED,
        "Correct {field} and try again.",
    ),
    e.TextTooLong: Message(
        "Not saved: the text is too long. It has {size_bytes}, and at most {limit_bytes} fit.",
        "It stays in the editor, and what was saved before stands.",
        "Shorten it by {over_bytes}, then save.",
    ),
    e.NotFound: Message(
        "There is no {kind} {key}.",
        _NOTHING_CHANGED,
        "It may have been removed, or the link is incomplete. Go back to the list.",
    ),
    e.NoDraft: Message(
        "{key} has no runbook draft yet.",
        _NOTHING_CHANGED,
        "Generate one, or write it yourself.",
    ),
    e.NotRunbook: Message(
        "{key} is not a runbook suggestion but of type {type}.",
        _NOTHING_CHANGED,
        "It is reviewed elsewhere. Go back to the queue.",
    ),
    e.Refused: Message(
        "The state of {suggestion_id} does not allow that.",
        _NOTHING_CHANGED,
        "Reload the page to see how it stands now.",
    ),
    e.OverwriteBlocked: Message(
        "A person's text stands here, so it was not replaced.",
        "The text is unchanged.",
        "To replace it, tick *force overwrite*. The text stays in the history.",
    ),
    e.StaleRevision: Message(
        "This runbook was saved after you opened it.",
        _NOT_OVERWRITTEN,
        "Look at the newer text, then decide again.",
    ),
    e.NotPending: Message(
        "This suggestion is already {status}.",
        _NOT_OVERWRITTEN,
        "Reopen it, with a reason, to change it.",
    ),
    e.AlreadyPending: Message(
        "This is open already: somebody was faster, or it was asked twice.",
        _NOTHING_CHANGED,
        "Approve, reject or edit it.",
    ),
    e.GenerationInProgress: Message(
        "This draft is being generated right now, by {holder}.",
        _NOTHING_CHANGED,
        "Wait up to {seconds_left} seconds and look again.",
    ),
    e.BeingEdited: Message(
        "This item is being worked on by {holder}.",
        _NOTHING_CHANGED,
        "You can read it. Ask that person, or take it over.",
    ),
    e.HoldLost: Message(
        "This item is no longer yours: {holder} has it now.",
        _NOT_OVERWRITTEN,
        "Look at what changed, then take it over again if you must.",
    ),
    e.HeldByAnother: Message(
        "This is being edited right now, by {holder}.",
        _NOT_OVERWRITTEN,
        "Ask, or take it over under *Edit*; then do it again.",
    ),
    e.ChangedSince: Message(
        "{suggestion_id} was changed by somebody since, it is {status} now.",
        "It was left as it is.",
        "Open it to see what became of it.",
    ),
    e.NotYourText: Message(
        "That unsaved text is of {holder}.",
        "It was kept.",
        "Only its author can throw it away.",
    ),
    e.NotSeen: Message(
        "{suggestion_id} was not opened by you in its present form.",
        "It stays pending.",
        "Open it, read it, then approve.",
    ),
    e.WouldBeFallback: Message(
        "Only a template could be written here: {reason}.",
        "The text that stands here is better and was kept.",
        "Complete the evidence, then generate again.",
    ),
    e.BudgetExceeded: Message(
        "The money for this call is used up: it needs {needed_usd}, {left_usd} is left.",
        "Nothing was spent and nothing was changed.",
        "Raise the budget in the settings, or write the runbook by hand.",
    ),
    e.Cancelled: Message(
        "The draft was cancelled before the model was asked.",
        _NOTHING_CHANGED,
        "Start it again when you want it.",
    ),
    e.BlockingFindings: Message(
        "Approval is blocked by: {findings}.",
        "The suggestion stays pending.",
        "Correct the text, or approve with a written reason.",
    ),
    e.StrictGate: Message(
        "Approval is blocked by: {findings}.",
        "The suggestion stays pending.",
        "Correct the text. Here no reason passes a finding that blocks.",
    ),
    e.UnreadableDocument: Message(
        "{key} is stored in a shape that must not be written to: {reason}.",
        "It was left exactly as it is.",
        "Repair the document where it was made. It is shown here as it stands.",
    ),
    e.PreconditionRequired: Message(
        "The request does not say which text it was made from.",
        _NOTHING_CHANGED,
        "Open the item again and repeat.",
    ),
    e.RateLimited: Message(
        "Too many requests in a short time.",
        _NOTHING_CHANGED,
        "Try again in {retry_after} seconds.",
    ),
    e.DraftingFailed: Message(
        "The model {provider} gave nothing that can be used: {kind}.",
        "The text that was here is unchanged. The attempt is recorded under *Runs*.",
        "Generate again later, or write the runbook by hand.",
    ),
    e.DeadlineExceeded: Message(
        "The model {provider} did not answer within {seconds} seconds.",
        "The text that was here is unchanged. The attempt is recorded under *Runs*.",
        "Generate again later, or allow more time in the settings.",
    ),
    e.StoreError: Message(
        "The stored documents cannot be reached properly.",
        "What was saved before is safe. The last action may not have taken effect.",
        "Reload the page and look before you repeat it.",
    ),
    e.StoreUnavailable: Message(
        "The store cannot be read or written: {problem}.",
        "What was saved before is safe. Keep this page open: an unsaved text is only here.",
        "{remedy}",
    ),
    e.DocumentTooLarge: Message(
        "{key} is too large to be stored: {size} bytes, at most {limit} fit.",
        _NOTHING_CHANGED,
        "Shorten the text.",
    ),
    e.Conflict: Message(
        "Somebody else changed this at the same moment.",
        _NOTHING_CHANGED,
        "Reload the page and decide again.",
    ),
    e.CommitUnknown: Message(
        "The store did not say whether the change was saved.",
        "Either all of it was saved, or nothing.",
        "Reload the page and look before you repeat it.",
    ),
}


def message_for(error: e.RunbookError) -> Message:
    """Give the words for an error, by its own class or the nearest above it."""
    kind = next(cls for cls in type(error).__mro__ if cls in MESSAGES)
    template = MESSAGES[kind]
    facts = {name: _fact(name, value) for name, value in vars(error).items()}
    kept = template.what_was_kept.format_map(facts)
    return Message(
        template.title.format_map(facts),
        f"{kept} {_TEXT_KEPT}" if error.text_kept else kept,
        template.what_to_do.format_map(facts) or "Try again in a moment.",
    )


def show_error(error: e.RunbookError) -> None:
    """Show an error as a person's message."""
    st.error(message_for(error).markdown(), icon=":material/error:")


def _fact(name: str, value: object) -> str:
    """Give one fact of an error as escaped words."""
    if isinstance(value, int) and name.endswith("_bytes"):
        return f"{-(-value // 1000):,} kB"
    if name == "field":
        return _FIELDS.get(str(value), escape_md(value))
    if isinstance(value, float):
        return f"${value:,.4f}".rstrip("0").rstrip(".") if name.endswith("_usd") else f"{value:.0f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if name == "holder":
        return escape_md(who(value))
    if name in ("reason", "kind"):
        return escape_md(REASONS.get(str(value), str(value)))
    if isinstance(value, list | tuple):
        return ", ".join(escape_md(part) for part in value)
    return escape_md(value if value is not None else "unknown")
