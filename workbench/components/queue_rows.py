"""Queue entries as the rows that people read: words, tones and links, nothing to compute later."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from runbooks.models import DraftState, QueueEntry
from workbench import messages, theme, times
from workbench.state import View, address, review_link


class Badge(TypedDict):
    """A few words on a colour; `hint` is shown on hover."""

    label: str
    tone: str
    hint: str


class Row(TypedDict):
    """One line of the table; every value is plain text that is shown as it is."""

    id: str
    href: str
    title: str
    kind: str
    service: str
    age: str
    created: str
    severity: Badge
    state: Badge
    findings: list[Badge]
    no_findings: str
    marks: list[Badge]
    problem: str
    sample: str
    seen_often: str
    group: str
    group_label: str
    group_href: str
    follower: bool
    assignee: str
    assigned: Badge
    assignee_href: str
    duplicate_of: str


_FINDING_WORDS = {
    "E": ("blocking", "findings that block approval"),
    "W": ("to check", "warnings"),
}
_STATE_HINTS = {
    DraftState.NONE: "Nothing was drafted yet",
    DraftState.GENERATED: "Drafted by the machine, not edited",
    DraftState.FALLBACK: "A template that says what is missing; no model was asked",
    DraftState.NEEDS_INPUT: "The draft says that a person must complete it",
    DraftState.HUMAN: "A person edited it; no batch replaces it",
    DraftState.UNREADABLE: "Stored in a shape that is not known; it is left as it is",
}


def together(entries: Iterable[QueueEntry]) -> list[QueueEntry]:
    """Put entries of one similarity group behind the first of them, in their order."""
    groups: dict[str, list[QueueEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.similarity_group or f"\0{entry.suggestion_id}", []).append(entry)
    return [entry for group in groups.values() for entry in group]


def rows(entries: Sequence[QueueEntry], view: View, now: datetime, me: str) -> list[Row]:
    """Give the rows of a page; `me` is the actor who looks, and is called "you"."""
    listed = together(entries)
    before = ["", *(entry.similarity_group for entry in listed)]
    alike: dict[str, list[QueueEntry]] = {}
    for entry in listed:
        alike.setdefault(entry.similarity_group, []).append(entry)
    return [
        _row(
            entry,
            view,
            now,
            me,
            follower=bool(group := entry.similarity_group) and group == previous,
            alike=alike[entry.similarity_group],
        )
        for entry, previous in zip(listed, before, strict=False)
    ]


def _row(
    entry: QueueEntry,
    view: View,
    now: datetime,
    me: str,
    *,
    follower: bool,
    alike: Sequence[QueueEntry],
) -> Row:
    others = len(alike) - 1
    theirs = view.changed(assignee=entry.assignee).params() if entry.assignee else {}
    title = entry.title.strip() or messages.failure_type(entry.failure_type)
    group = "" if view.group or follower else entry.similarity_group
    return Row(
        id=entry.suggestion_id,
        href=review_link(entry.suggestion_id, view),
        title=title,
        kind=messages.failure_type(entry.failure_type),
        service=entry.service,
        age=times.ago(entry.created_at, now),
        created=times.exact(entry.created_at),
        severity=_severity(entry.severity),
        state=_state(entry),
        findings=findings(entry),
        no_findings="none" if entry.draft_state in _WITH_TEXT else "",
        marks=marks(entry, view, now, me),
        problem=entry.problem,
        sample="sample" if entry.sample else "",
        seen_often=_seen_often(entry, now),
        group=group,
        group_label=f"{others} more like it below" if others else "show similar",
        group_href=address("queue", View(status=(), group=group).params()) if group else "",
        follower=follower,
        assignee=entry.assignee,
        assigned=_assigned(entry, me),
        assignee_href=address("queue", theirs) if theirs else "",
        duplicate_of=_original(entry, alike, follower=follower),
    )


def _original(entry: QueueEntry, alike: Sequence[QueueEntry], *, follower: bool) -> str:
    """Name the one that this is likely a duplicate of: an approved one, else the first."""
    if not entry.similarity_group or entry.status != "pending":
        return ""
    approved = (other.suggestion_id for other in alike if other.status == "approved")
    return next(approved, alike[0].suggestion_id if follower else "")


def _assigned(entry: QueueEntry, me: str) -> Badge:
    tone = "violet" if entry.assignee == me else "gray"
    who = messages.who(entry.assignee, me)
    return _badge(f"for {who}", tone, f"Assigned to {who}; shows what is")


_WITH_TEXT = (DraftState.GENERATED, DraftState.NEEDS_INPUT, DraftState.HUMAN)


def _badge(label: str, tone: str, hint: str = "") -> Badge:
    return Badge(label=label, tone=tone, hint=hint)


def _severity(severity: str) -> Badge:
    tone = {"critical": "solid", "unknown": "outline"}.get(severity)
    label = messages.SEVERITIES.get(severity, severity)
    return _badge(label, tone or theme.SEVERITY_TONES.get(severity, "gray"))


def _state(entry: QueueEntry) -> Badge:
    state = entry.draft_state
    tone = "outline" if state is DraftState.NONE else theme.DRAFT_TONES[state]
    hint = messages.reason(entry.fallback_reason) or _STATE_HINTS[state]
    return _badge(messages.DRAFT_STATES[state], tone, hint)


def findings(entry: QueueEntry) -> list[Badge]:
    """Give how many findings block approval and how many warn; hints are for the review."""
    counts = {"E": entry.findings_e, "W": entry.findings_w}
    return [
        _badge(f"{count} {short}", theme.FINDING_TONES[level], f"{count} {long}")
        for level, count in counts.items()
        if count
        for short, long in [_FINDING_WORDS[level]]
    ]


def marks(entry: QueueEntry, view: View, now: datetime, me: str) -> list[Badge]:
    """Give who is at it, whose text is not saved, and what else one should know."""
    found: list[Badge] = []
    until = times.as_moment(entry.hold_until)
    if entry.hold_by and until and until > now:
        who = messages.who(entry.hold_by, me)
        found.append(_badge(f"{who} editing", "blue", f"{who} has it open for editing"))
    for who in dict.fromkeys(messages.who(place, me) for place in entry.unsaved_by):
        found.append(_badge(f"Unsaved: {who}", "yellow", f"A text by {who} is not saved yet"))
    if view.status != ("pending",):
        hint = f"{messages.who(entry.decided_by, me)}, {times.exact(entry.decided_at)}"
        label = messages.STATUSES.get(entry.status, entry.status or "Unknown")
        tone = theme.STATUS_TONES.get(entry.status, "gray")
        found.append(_badge(label, tone, hint if entry.decided_by else ""))
    if entry.failures:
        times_ = "once" if entry.failures == 1 else f"{entry.failures} times"
        found.append(_badge(f"Failed {times_}", "red", "Drafting failed; see Runs"))
    return found


def _seen_often(entry: QueueEntry, now: datetime) -> str:
    if entry.occurrences <= 1:
        return ""
    last = f", last {times.since(entry.last_seen, now)}" if entry.last_seen else ""
    return f"seen {entry.occurrences:,}×{last}"
