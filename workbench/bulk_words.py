"""What a bulk act will do, or did, to each suggestion: in a few words that fit into a line."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from runbooks import errors as e
from runbooks.bulk import BulkAct, BulkLine
from runbooks.models import QueueEntry
from workbench import messages, theme, times
from workbench.bulk_state import Told
from workbench.components.table import Cell, Line
from workbench.state import review_link

WILL: Mapping[BulkAct, str] = {
    BulkAct.GENERATE: "Drafts",
    BulkAct.APPROVE: "Approves",
    BulkAct.REJECT: "Rejects",
    BulkAct.ASSIGN: "Assigns",
}
_TONES = {
    BulkAct.GENERATE: "blue",
    BulkAct.APPROVE: "green",
    BulkAct.REJECT: "red",
    BulkAct.ASSIGN: "violet",
}
_WORDS: Mapping[type[e.RunbookError], str] = {
    e.NotSeen: "you have not opened its present text",
    e.NoDraft: "it has no draft",
    e.OverwriteBlocked: "a person edited it; that text is kept",
    e.UnreadableDocument: "its document has a shape that must not be written to",
    e.NotFound: "there is no such suggestion",
    e.NotRunbook: "it is no runbook suggestion",
    e.StaleRevision: "its text changed just now",
}


def problem_words(problem: e.RunbookError, me: str) -> str:
    """Say in plain words, nothing escaped, why an act leaves a suggestion as it is."""
    match problem:
        case e.NotPending() | e.ChangedSince() if problem.status == "pending":
            return "it is pending again already"
        case e.NotPending():
            return f"it is already {problem.status or 'decided'}"
        case e.ChangedSince():
            return f"somebody changed it since; it is {problem.status} now"
        case e.BeingEdited():
            return f"{messages.who(problem.holder, me)} edits it or left unsaved text on it"
        case e.BlockingFindings():
            return _blocked(problem.findings)
    return _WORDS.get(type(problem)) or str(problem)


def _blocked(findings: tuple[str, ...]) -> str:
    if len(findings) == 1:
        return f"blocked by {findings[0]}"
    return f"{len(findings)} findings block it, such as {findings[0]}"


def told(lines: Iterable[BulkLine], entries: Mapping[str, QueueEntry], me: str) -> tuple[Told, ...]:
    """Give what became of each as words that a session can keep."""
    return tuple(
        Told(
            line.suggestion_id,
            title_of(line.suggestion_id, entries),
            problem_words(line.problem, me) if line.problem else "",
        )
        for line in lines
    )


def title_of(name: str, entries: Mapping[str, QueueEntry]) -> str:
    """Give what a list calls a suggestion."""
    entry = entries.get(name)
    return (entry.title.strip() if entry else "") or name


def foreseen(
    act: BulkAct,
    lines: Iterable[BulkLine],
    entries: Mapping[str, QueueEntry],
    now: datetime,
    me: str,
    notes: Mapping[str, str],
    idle: frozenset[str],
) -> list[Line]:
    """Give a line for each: what will happen, to what, and what one should know.

    Those that something happens to come first. `notes` says more of single ones, `idle` names
    those that are so already.
    """
    rows = []
    lines = sorted(lines, key=lambda line: bool(line.problem) or line.suggestion_id in idle)
    for line in lines:
        name, entry = line.suggestion_id, entries.get(line.suggestion_id)
        if line.problem:
            first, note = Cell("Left as it is", "gray"), problem_words(line.problem, me)
        elif name in idle:
            first, note = Cell("Left as it is", "gray"), notes.get(name, "")
        else:
            remark = remarks(act, entry, now, me)
            parts = (notes.get(name, ""), remark)
            first, note = Cell(WILL[act], _TONES[act]), " · ".join(part for part in parts if part)
        rows.append(Line(name, (first, Cell(title_of(name, entries), note=note), _state(entry)),
                         review_link(name)))  # fmt: skip
    return rows


def _state(entry: QueueEntry | None) -> Cell:
    if entry is None:
        return Cell("")
    return Cell(messages.DRAFT_STATES[entry.draft_state], theme.DRAFT_TONES[entry.draft_state])


def remarks(act: BulkAct, entry: QueueEntry | None, now: datetime, me: str) -> str:
    """Say who is at a suggestion that an act would decide, and whose text it would not see."""
    if entry is None or act not in (BulkAct.APPROVE, BulkAct.REJECT):
        return ""
    until = times.as_moment(entry.hold_until)
    found = []
    if entry.hold_by and entry.hold_by != me and until and until > now:
        found.append(f"{messages.who(entry.hold_by, me)} is editing it right now")
    people = dict.fromkeys(messages.who(place, me) for place in entry.unsaved_by)
    found += [f"unsaved text by {who} is kept, but no part of it" for who in people]
    if act is BulkAct.REJECT and entry.edited:
        found.append("a person edited it; the text stays in its history")
    return " · ".join(found)
