"""Drafting anew: what it would replace, the box that must be ticked for that, and the progress."""

import streamlit as st

from runbooks.models import SlotKind
from runbooks.service import RunbookService
from workbench import compare_state, messages, notices, review_state, state, times, wiring
from workbench.drafting import DraftOrder, DraftView, drafts
from workbench.opened import Opened, short

_QUICK_S = 1.0
"""A draft that is ready within this time is shown at once, without progress."""


def show(opened: Opened) -> None:
    """Show the way to a new draft, for the bar of actions."""
    if opened.desk.job:
        st.button("Drafting…", icon="spinner", disabled=True, key=_key("busy", opened))
    elif opened.slot.kind is SlotKind.EMPTY:
        start_button(opened, "bar")
    else:
        _again(opened)


def start_button(opened: Opened, place: str) -> None:
    """Show the button that starts the first draft."""
    st.button(
        "Generate draft",
        icon=":material/edit_note:",
        type="primary",
        key=_key(f"generate_{place}", opened),
        disabled=bool(opened.desk.job) or not (opened.pending and opened.writable),
        on_click=_start,
        args=(opened.service, opened.sid, opened.slot.revision),
    )


def _again(opened: Opened) -> None:
    popover = _key("again", opened)
    with st.popover(
        "Regenerate",
        icon=":material/refresh:",
        key=popover,
        on_change="rerun",
        disabled=not (opened.pending and opened.writable),
    ):
        st.markdown(_what_it_does(opened))
        if opened.other_holder:
            holder = messages.escape_md(wiring.shown(opened.other_holder))
            st.warning(f"**{holder}** is editing this right now.", icon=":material/group:")
        if opened.dirty:
            st.warning("Your unsaved text is kept, but not part of this.", icon=":material/edit:")
        if opened.protected or opened.dirty:
            _beside(opened, popover)
        if opened.protected:
            st.checkbox(
                "**Force overwrite**: replace this person's text",
                key=_key("force", opened),
                value=False,
            )
        st.button(
            "Regenerate",
            type="secondary" if opened.protected or opened.dirty else "primary",
            key=_key("regenerate", opened),
            on_click=_start,
            args=(opened.service, opened.sid, opened.slot.revision, popover, _key("force", opened)),
            width="stretch",
        )


def _beside(opened: Opened, popover: str) -> None:
    st.button(
        "Draft a proposal beside it",
        icon=":material/compare:",
        type="primary",
        key=_key("beside", opened),
        help="The text stays. You compare the two and take the draft whole, in parts or not.",
        on_click=_start,
        args=(opened.service, opened.sid, opened.slot.revision, popover),
        kwargs={"beside": True},
        width="stretch",
    )


def _what_it_does(opened: Opened) -> str:
    if not opened.protected:
        return (
            f"Drafts the runbook again from the evidence. The present draft "
            f"(`{short(opened.slot.revision)}`) stays in the history."
        )
    draft = opened.slot.draft
    who = messages.escape_md(messages.who(draft.edited_by)) if draft else "somebody"
    when = f", saved {times.since(draft.edited_at)}" if draft and draft.edited_at else ""
    lines = opened.text.count("\n") + 1
    return (
        f"A text by **{who}** stands here{when}: {lines:,} lines, revision "
        f"`{short(opened.slot.revision)}`. Without force it is left alone. With force a new draft "
        "takes its place; the text stays in **History** and comes back with one click. A proposal "
        "replaces nothing."
    )


@notices.guarded
def _start(
    service: RunbookService,
    sid: str,
    revision: str,
    popover: str = "",
    force: str = "",
    *,
    beside: bool = False,
) -> None:
    desk = review_state.desk(sid)
    if desk.job:
        return
    forced = bool(force) and review_state.ticked(force)
    order = DraftOrder(sid, wiring.person().actor, revision, forced, beside)
    desk.job = drafts(service).start(order, wait=_QUICK_S)
    if popover:
        review_state.close(popover)
    settle(service, sid)


def settle(service: RunbookService, sid: str) -> None:
    """Take over what a draft that is ready brought: the new text, or why there is none."""
    desk = review_state.desk(sid)
    if not desk.job:
        return
    view = drafts(service).view(desk.job)
    if view is None:
        desk.job = ""
        notices.problem(
            "**The draft that was being made is not known any more**: the workbench was started "
            "anew. *Runs* says what became of it."
        )
    elif view.over:
        desk.job = ""
        _tell(view, sid)


def _tell(view: DraftView, sid: str) -> None:
    if view.error is not None:
        state.keep_notice("error", messages.message_for(view.error).markdown())
        return
    product = view.product
    if product is not None and product.proposal:
        _tell_beside(sid, product.proposal)
        return
    review_state.desk(sid).follow = True
    review_state.go_to_tab(sid, review_state.PREVIEW)
    if product is not None and product.fallback_reason:
        notices.done(f"A template was written: {messages.reason(product.fallback_reason)}.")
    else:
        notices.done("A new draft stands here. What was here before is in the history.")


def _tell_beside(sid: str, number: int) -> None:
    """Show the draft against the text that it stands beside."""
    desk = review_state.desk(sid)
    left = compare_state.SCREEN if desk.typed is None else compare_state.TYPED
    shown = desk.screen.revision if desk.screen is not None else "none"
    compare_state.compare(sid, shown, left, str(number))
    notices.done("A draft stands beside the text. Nothing was replaced.")


def watch(opened: Opened) -> None:
    """Show that a draft is being made, and look again until it is there."""
    if opened.desk.job:
        _progress(opened.service, opened.sid, opened.desk.job)


@st.fragment(run_every=0.8)
@notices.told
def _progress(service: RunbookService, sid: str, job: str) -> None:
    view = drafts(service).view(job)
    if view is None or view.over:
        settle(service, sid)
        st.rerun()
    took = times.duration(view.seconds)
    st.info(
        f"**Drafting… {took}.** You can go on reading, or leave this page: it goes on.",
        icon="spinner",
    )


def _key(name: str, opened: Opened) -> str:
    return review_state.key(name, opened.sid)
