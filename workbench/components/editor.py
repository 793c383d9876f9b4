"""Editing the runbook: one person at a time, in the editor that was chosen."""

from dataclasses import replace

import streamlit as st

from runbooks.errors import RunbookError
from runbooks.holds import RENEW_SECONDS
from runbooks.models import SlotKind
from runbooks.redaction import redact
from runbooks.service import RunbookService
from runbooks.unsaved import MAX_TEXT_BYTES
from workbench import (
    holding,
    messages,
    notices,
    review_state,
    saving,
    state,
    times,
    unsaved,
    wiring,
)
from workbench.components import ace_editor, panel, refusals, text_editor
from workbench.components.text_editor import MARKS_OF_SAVED, Mark, Put, Sheet
from workbench.kept import kept
from workbench.opened import Opened, short
from workbench.skeleton import skeleton

_LABEL = "Runbook in Markdown"
_MOST_MARKS = 200
_NOT_CHECKED = -2
"""No text has this number: the marks that there are stay."""


def show(opened: Opened) -> None:
    """Show the editor, or why there is none."""
    opened.desk.heading = redact(opened.now.heading)[:120]
    if not opened.writable:
        st.info(
            "This document is stored in a shape that must not be written to. It is shown under "
            "*Preview* as it is; it has to be repaired where it was made.",
            icon=":material/lock:",
        )
        return
    with st.container():  # always there: the editor keeps its place, and who types the focus
        if opened.pending:
            holding.keep_if_free(opened)
            _keep_holding(opened.service, opened.sid)
        held = opened.pending and bool(opened.desk.holder)
        refusals.show(opened)
        _hints(opened)
        if held:
            _held_by_another(opened)
    editor(opened, read_only=held)


def editor(opened: Opened, *, read_only: bool) -> None:
    """Show the text to edit, in the editor that was chosen; while another has it, to read."""
    ace = wiring.editor() == "ace"
    if ace and not read_only:
        ace_editor.show(opened, start(opened))
    else:
        _own(opened, read_only)
    if read_only:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if opened.dirty:
            _throw_away(opened)
        st.button(
            "Use our editor" if ace else "Use streamlit-ace",
            type="tertiary",
            key=review_state.key("other_editor", opened.sid),
            help="Ours saves with Ctrl+S and keeps a copy of every keystroke. " + ace_editor.LIMITS,
            on_click=_change_editor,
            args=(opened.service, opened.sid, "own" if ace else "ace"),
        )


def _change_editor(service: RunbookService, sid: str, name: str) -> None:
    """Go on in the other editor, with the text as it stands."""
    saving.take(service, sid)
    desk = review_state.desk(sid)
    desk.replace(desk.typed.text if desk.typed is not None else None)
    review_state.keep_editor(name)


@st.fragment
@notices.told
def _own(opened: Opened, read_only: bool) -> None:
    """Show our own editor; what is typed draws this part of the page alone."""
    service, sid = opened.service, opened.sid
    saving.take(service, sid)
    if state.take_redraw():
        st.rerun()
    now = replace(opened, desk=review_state.desk(sid))
    sheet = _sheet(now, read_only)
    text_editor.show(review_state.editor_key(sid), sheet, on_said=lambda: saving.take(service, sid))
    panel.tell(now)


def _sheet(opened: Opened, read_only: bool) -> Sheet:
    desk, me = opened.desk, wiring.person()
    put = None
    if desk.round:
        text = start(opened) if desk.put is None else desk.put
        put = Put(f"{me.place}-{desk.round}", text, desk.base)
    marked, marks = _marks(opened)
    return Sheet(
        item=opened.sid,
        label=_LABEL,
        who=me.actor,
        place=me.place,
        start=start(opened),
        base=opened.slot.revision,
        most=MAX_TEXT_BYTES,
        act=text_editor.SAVE if opened.pending else text_editor.REOPEN,
        name="Save" if opened.pending else "Reopen and save",
        asked="Why it changes (optional)" if opened.pending else "Why it is opened again (needed)",
        read_only=read_only,
        put=put,
        answered=desk.answer.sequence,
        saved=bool(desk.answer.revision),
        revision=desk.answer.revision,
        heard=desk.heard,
        kept=desk.typed is None or desk.typed.kept,
        marked=marked,
        marks=marks,
    )


def start(opened: Opened) -> str:
    """Give the text that the editor begins with: the one on the screen, else the six sections."""
    if opened.slot.kind is not SlotKind.EMPTY:
        return opened.text
    key = ("skeleton", opened.sid)
    return kept(opened.service).get(key, lambda: skeleton(opened.evidence()))


def _marks(opened: Opened) -> tuple[int, tuple[Mark, ...]]:
    """Give the findings of the text in the editor, and which text they are of."""
    typed = opened.desk.typed
    if typed is None:
        return MARKS_OF_SAVED, _as_marks(opened) if opened.slot.draft is not None else ()
    if opened.too_long_to_check or not opened.desk.resting:
        return _NOT_CHECKED, ()
    return opened.desk.heard, _as_marks(opened.as_typed())


def _as_marks(opened: Opened) -> tuple[Mark, ...]:
    """Give findings as marks; a store that does not answer costs the marks, not the editor."""
    try:
        found = opened.findings()[:_MOST_MARKS]
    except RunbookError:
        return ()
    words = {"E": "blocks approval", "W": "check", "I": "note"}
    return tuple(Mark(f.line, f.severity, f"{words[f.severity]}: {f.message}") for f in found)


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
    if not opened.pending:
        opened.desk.saved = ""
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
        notices.stand()
        st.rerun()


def _held_by_another(opened: Opened) -> None:
    """Say who is editing, and how to take it over; the text stands below, to read."""
    mine = opened.desk.holder == opened.person.actor
    who = "You" if mine else f"**{messages.escape_md(wiring.shown(opened.desk.holder))}**"
    since = times.exact(opened.entry.hold_since)[11:16]
    doing = "are editing this in another tab" if mine else f"is editing this since {since}"
    st.warning(
        f"{who} {doing}. You can read it here. If you take it over, the other one is told within "
        f"{RENEW_SECONDS:.0f} seconds and cannot save before looking at your text; nothing that "
        "was typed is lost.",
        icon=":material/group:",
    )
    st.button(
        "Edit here" if mine else "Take over",
        icon=":material/pan_tool:",
        key=review_state.key("take", opened.sid),
        on_click=_take_over,
        args=(opened.service, opened.sid),
    )


@notices.guarded
def _take_over(service: RunbookService, sid: str) -> None:
    holding.take_over(service, sid)


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
    saving.take(service, sid)
    desk = review_state.desk(sid)
    unsaved.forget(service, sid)
    desk.refusal = None
    if desk.screen is not None:
        desk.base = desk.opened = desk.screen.revision
    desk.replace(None)
