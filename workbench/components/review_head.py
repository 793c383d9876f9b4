"""The head of the review page: the way back and on, what it is about, what others did meanwhile."""

import streamlit as st

from runbooks.errors import NotFound
from runbooks.redaction import redact
from runbooks.service import RunbookService
from workbench import flow, messages, review_state, theme, times, wiring
from workbench.components import news, proposal, undo
from workbench.opened import Opened, open_suggestion, short


def found(service: RunbookService, suggestion_id: str) -> Opened | None:
    """Open the suggestion that the address names; None after saying why there is nothing."""
    if not suggestion_id:
        _nothing("No suggestion is chosen", "Pick one in the queue; its address can be shared.")
        return None
    try:
        opened = open_suggestion(service, suggestion_id)
    except NotFound:
        name = messages.escape_md(suggestion_id, 80)
        _nothing(
            f"There is no suggestion {name}",
            "It may have been removed, or the link is incomplete.",
        )
        return None
    if opened.now.type != "runbook":
        kind = messages.escape_md(opened.now.type or "unknown", 40)
        _nothing(
            messages.escape_md(opened.now.heading, 120),
            f"This is a suggestion of type **{kind}**, not a runbook. It is reviewed elsewhere.",
        )
        return None
    return opened


def _nothing(title: str, told: str) -> None:
    st.title(title, anchor=False)
    st.markdown(told)
    _back()


def _back() -> None:
    st.page_link(
        "pages/queue.py",
        label="Back to queue",
        icon=":material/arrow_back:",
        query_params=flow.back().params(),
    )


def show(opened: Opened) -> None:
    """Show the head."""
    flow.arrive(opened)
    with st.container(key="rv_ways"):
        _back()
    undo.show(opened)
    st.title(messages.escape_md(redact(opened.now.heading), 200), anchor=False)
    st.markdown(_badges(opened))
    _decision(opened)
    _meanwhile(opened)
    news.watch(opened)
    proposal.show(opened)


def _badges(opened: Opened) -> str:
    entry, now = opened.entry, opened.now
    shown = [
        theme.severity_badge(entry.severity),
        theme.status_badge(now.status or "unknown status"),
        theme.draft_badge(opened.slot.state),
        theme.badge(messages.failure_type(now.failure_type), "gray"),
    ]
    if entry.service:
        shown.append(theme.badge(entry.service, "gray"))
    if entry.occurrences > 1:
        last = f", last {times.since(entry.last_seen)}" if entry.last_seen else ""
        shown.append(theme.badge(f"seen {entry.occurrences:,}×{last}", "gray"))
    if now.sample:
        shown.append(theme.badge("sample", "gray"))
    return " ".join(shown)


def _decision(opened: Opened) -> None:
    """Say why it was decided, and when the text here is not the one that was approved (R16)."""
    approval = opened.now.approval
    if opened.pending or approval is None:
        return
    reasons = (approval.reason, approval.override_reason, approval.notes)
    told = next((reason for reason in reasons if reason.strip()), "")
    if told:
        st.caption(f":material/gavel: Reason given: {messages.escape_md(told, 500)}")
    if opened.now.status != "approved":
        return
    if approval.revision is None:
        st.caption(":material/info: It was approved elsewhere, without naming a revision.")
    elif approval.revision != opened.slot.revision:
        st.warning(
            f"What stands here is **not** the text that was approved: that was revision "
            f"`{short(approval.revision)}`. The library serves the approved one.",
            icon=":material/warning:",
        )


def _meanwhile(opened: Opened) -> None:
    """Announce what others did since this text was put on the screen."""
    if opened.newer:
        _newer(opened)
    elif opened.now.status != opened.desk.status:
        _decided(opened)
    if opened.other_holder:
        holder = messages.escape_md(wiring.shown(opened.other_holder))
        since = times.exact(opened.entry.hold_since)[11:16]
        st.caption(f":material/group: **{holder}** is editing this since {since}.")
    if opened.now.oddities:
        listed = messages.escape_md("; ".join(opened.now.oddities), 400)
        st.caption(f":material/info: Parts of this document are unusual: {listed}.")


def _newer(opened: Opened) -> None:
    theirs = opened.now.slot
    draft = theirs.draft
    editor = (draft.edited_by or "") if draft else ""
    who = messages.escape_md(wiring.shown(editor))
    by = f"**{who}** saved a newer text" if editor else "A newer text was stored"
    if editor == opened.person.actor:
        by = "**You** saved a newer text elsewhere"
    when = times.since((draft.edited_at or draft.updated_at) if draft else None)
    with st.container(border=True, key="rv_newer", horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/sync: {by} (`{short(theirs.revision)}`) {when}. You are still looking at "
            f"`{short(opened.slot.revision)}`.",
            width="stretch",
        )
        st.button(
            "Show the newer text",
            key=review_state.key("newer", opened.sid),
            on_click=_follow,
            args=(opened.sid,),
        )


def _follow(sid: str) -> None:
    review_state.desk(sid).follow = True


def _decided(opened: Opened) -> None:
    approval = opened.now.approval
    status = messages.escape_md(opened.now.status or "unknown")
    if approval is None:
        st.info(f"Meanwhile the status became **{status}**.", icon=":material/sync:")
        return
    who = messages.escape_md(wiring.shown(approval.actor))
    st.info(
        f"Meanwhile **{who}** set this to **{status}**, {times.since(approval.timestamp)}.",
        icon=":material/sync:",
    )
