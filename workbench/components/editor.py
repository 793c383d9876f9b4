"""Editing the runbook: a text area in a form, held by one person at a time."""

import streamlit as st

from runbooks.clock import utc_now
from runbooks.errors import HoldLost, RunbookError
from runbooks.holds import RENEW_SECONDS
from runbooks.models import SlotKind, Suggestion
from runbooks.service import RunbookService
from workbench import holding, messages, notices, review_state, state, times, wiring
from workbench.components import keeper, refusals
from workbench.kept import kept
from workbench.opened import Opened, adopt, same_text, short, text_of
from workbench.review_state import Refusal, Typed
from workbench.skeleton import skeleton

HEIGHT = 560
HOLD_LOST = "hold_lost"
_MAX_REASON = 400


def show(opened: Opened) -> None:
    """Show the editor, or why there is none."""
    if not opened.writable:
        st.info(
            "This document is stored in a shape that must not be written to. It is shown under "
            "*Preview* as it is; it has to be repaired where it was made.",
            icon=":material/lock:",
        )
        return
    if opened.pending:
        holding.keep_if_free(opened)
        _keep_holding(opened.service, opened.sid)
    with st.container():  # always there, so that the form keeps its place and the cursor its line
        refusals.show(opened)
        _hints(opened)
    if opened.pending and opened.desk.holder:
        _held_by_another(opened)
        return
    _form(opened)
    with st.container(horizontal=True, vertical_alignment="center"):
        keeper.show(opened)
        if opened.dirty:
            _throw_away(opened)


def _form(opened: Opened) -> None:
    text, reason = _field(opened), review_state.key("why", opened.sid)
    with st.form(review_state.key("edit", opened.sid), border=False, enter_to_submit=False):
        st.text_area(
            "Runbook in Markdown",
            value=_start(opened),
            key=text,
            height=HEIGHT,
            label_visibility="collapsed",
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            asked = "Why it changes" if opened.pending else "Why it is opened again"
            st.text_input(
                asked,
                key=reason,
                max_chars=_MAX_REASON,
                placeholder="optional" if opened.pending else "needed",
                label_visibility="visible",
            )
            st.form_submit_button(
                "Save" if opened.pending else "Reopen and save",
                icon=":material/save:",
                type="primary",
                key=review_state.key("save", opened.sid),
                shortcut="Ctrl+S",
                on_click=_save if opened.pending else _reopen_and_save,
                args=(opened.service, opened.sid, text, reason),
            )


def _field(opened: Opened) -> str:
    return review_state.editor_key(opened.sid, opened.desk)


def _start(opened: Opened) -> str:
    """Give the text that the field begins with when the browser has none for it.

    It is what was typed last, not what the widget was given before: when somebody leaves the tab
    and comes back faster than the page is drawn, the browser has forgotten and the widget has not.
    """
    if opened.desk.typed is not None:
        return opened.desk.typed.text
    if opened.slot.kind is not SlotKind.EMPTY:
        return opened.text
    key = ("skeleton", opened.sid)
    return kept(opened.service).get(key, lambda: skeleton(opened.evidence()))


def _hints(opened: Opened) -> None:
    slot = opened.slot
    if not opened.pending:
        status = messages.escape_md(opened.now.status or "decided")
        st.info(
            f"This suggestion is **{status}**. Saving opens it again, for a reason that you give.",
            icon=":material/undo:",
        )
    if slot.kind is SlotKind.FOREIGN:
        st.warning(
            "The stored draft has a shape that is not known. Saving puts your text in its place; "
            "what stands there now stays in the history.",
            icon=":material/warning:",
        )
    saved = opened.desk.saved
    if saved and saved == slot.revision and not opened.dirty:
        st.success(
            f"Saved as revision `{short(saved)}`; batches will leave this text alone.",
            icon=":material/check_circle:",
        )


@st.fragment(run_every=RENEW_SECONDS)
@notices.told
def _keep_holding(service: RunbookService, sid: str) -> None:
    desk = review_state.desk(sid)
    before = desk.holder
    if desk.lease is not None:
        holding.keep(service, sid)
    if desk.holder != before:
        st.rerun()


def _held_by_another(opened: Opened) -> None:
    """Say who is editing, show the text to read, and how to take it over."""
    mine = opened.desk.holder == opened.person.actor
    who = "You" if mine else f"**{messages.escape_md(wiring.shown(opened.desk.holder))}**"
    since = times.exact(opened.entry.hold_since)[11:16]
    doing = "are editing this in another tab" if mine else f"is editing this since {since}"
    st.warning(
        f"{who} {doing}. You can read it here. If you take it over, the other one is told at once "
        "and cannot save before looking at your text; nothing that was typed is lost.",
        icon=":material/group:",
    )
    st.button(
        "Edit here" if mine else "Take over",
        icon=":material/pan_tool:",
        key=review_state.key("take", opened.sid),
        on_click=_take_over,
        args=(opened.service, opened.sid),
    )
    typed = opened.desk.typed
    st.text_area(
        "Your text, not saved" if typed else "The text as it is saved",
        value=typed.text if typed else opened.text,
        height=HEIGHT,
        disabled=True,
        key=f"{_field(opened)}_read",
    )


@notices.guarded
def _take_over(service: RunbookService, sid: str) -> None:
    holding.take_over(service, sid)


def _save(service: RunbookService, sid: str, field: str, reason: str) -> None:
    desk = review_state.desk(sid)
    text = str(st.session_state.get(field, ""))
    if _nothing_new(sid, text):
        keeper.forget(service, sid)
        notices.done("There is nothing to save: the text is the one that is stored.")
        return
    why = review_state.text_of(reason)
    try:
        saved = service.save(sid, text, desk.base, holding.holder_of(desk), why)
    except RunbookError as error:
        refused(sid, text, error, why)
        return
    _saved(sid, saved, reason)


def _reopen_and_save(service: RunbookService, sid: str, field: str, reason: str) -> None:
    desk = review_state.desk(sid)
    text = str(st.session_state.get(field, ""))
    why = review_state.text_of(reason)
    if not why:
        keeper.keep(service, sid, text)
        notices.problem("**Not saved.** Opening it again needs a reason. Your text is kept.")
        return
    try:
        saved = service.reopen_and_save(sid, text, desk.base, holding.holder_of(desk), why)
    except RunbookError as error:
        refused(sid, text, error, why)
        return
    _saved(sid, saved, reason)


def _nothing_new(sid: str, text: str) -> bool:
    """Say whether a person's text would be saved a second time, without any change."""
    screen = review_state.desk(sid).screen
    is_human = screen is not None and screen.kind is SlotKind.HUMAN
    return is_human and screen is not None and same_text(text, text_of(screen))


def _saved(sid: str, saved: Suggestion, reason: str) -> None:
    desk = review_state.desk(sid)
    desk.typed, desk.refusal = None, None
    opened_at = desk.opened
    adopt(desk, saved)
    desk.opened, desk.saved = opened_at, saved.slot.revision
    st.session_state[reason] = ""


def refused(sid: str, text: str, error: RunbookError, reason: str = "") -> None:
    """Keep a text that could not be saved in the editor, and why it could not."""
    desk = review_state.desk(sid)
    desk.typed = Typed(text, utc_now(), error.text_kept)
    code = HOLD_LOST if isinstance(error, HoldLost) else error.code
    if code in refusals.KNOWN:
        told = messages.message_for(error).title
        desk.refusal = Refusal(text, desk.base, code, told, reason)
    else:
        state.keep_notice("error", messages.message_for(error).markdown())


def _throw_away(opened: Opened) -> None:
    with st.popover("Discard my changes", type="tertiary", icon=":material/delete:"):
        st.markdown("Your text is thrown away; the saved one comes back. This cannot be undone.")
        st.button(
            "Discard",
            key=review_state.key("discard", opened.sid),
            on_click=_do_throw_away,
            args=(opened.service, opened.sid),
        )


@notices.guarded
def _do_throw_away(service: RunbookService, sid: str) -> None:
    desk = review_state.desk(sid)
    keeper.forget(service, sid)
    desk.refusal = None
    desk.round += 1
    if desk.screen is not None:
        desk.base = desk.opened = desk.screen.revision
