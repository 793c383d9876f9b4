"""streamlit-ace as the editor: for those who want Ace's keys, as safe as its frame allows.

Its text comes a quarter of a second after the last key, in a message of its own, and nothing
outside its frame can ask for it sooner. So an act waits until that has passed, and what the page
cannot see is said. What a soak of it counted: docs/decisions/0012-the-editor.md.
"""

import time
from dataclasses import replace

import streamlit as st

from runbooks.service import RunbookService
from workbench import notices, review_state, saving, state
from workbench.components import decision, panel
from workbench.opened import Opened
from workbench.review_state import Desk, Waiting

_HEIGHT = 560
_TICK_S = 0.35
_TICKS = 3
_CERTAIN_S = 0.8
_DARK, _LIGHT = "tomorrow_night", "chrome"
LIMITS = (
    "Ace hands its text over a moment after the last key. **What you type in the quarter of a "
    "second before you leave this page, reload or close it is lost**, and nothing warns you; "
    "Ctrl+S does nothing in it. Saving and approving wait until the text has come."
)


def show(opened: Opened, start: str) -> None:
    """Show the editor with what is typed or saved, its limits, and the way to save."""
    _sheet(opened, start)
    _save(opened)
    if opened.desk.waiting is not None:
        _wait(opened.service, opened.sid)
    st.caption(f":material/info: {LIMITS}")


@st.fragment
@notices.told
def _sheet(opened: Opened, start: str) -> None:
    """Show the frame; what is typed draws this part of the page alone."""
    from streamlit_ace import st_ace  # only where it is chosen: it is a megabyte of scripts

    desk = review_state.desk(opened.sid)
    name = review_state.ace_key(opened.sid, desk)
    if not review_state.is_drawn(name):
        desk.ace_start = desk.typed.text if desk.typed is not None else start
        desk.ace_seen = desk.ace_start
    st_ace(
        value=desk.ace_start,
        language="markdown",
        theme=_DARK if st.context.theme.type == "dark" else _LIGHT,
        keybinding="vscode",
        height=_HEIGHT,
        wrap=True,
        auto_update=True,
        key=name,
    )
    saving.take(opened.service, opened.sid)
    if state.take_redraw():
        st.rerun()
    panel.tell(replace(opened, desk=desk))


def _save(opened: Opened) -> None:
    reason = review_state.key("why", opened.sid)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Why it changes (optional)" if opened.pending else "Why it is opened again (needed)",
            key=reason,
            max_chars=400,
        )
        st.button(
            "Save" if opened.pending else "Reopen and save",
            icon=":material/save:",
            type="primary",
            key=review_state.key("save", opened.sid),
            disabled=opened.desk.waiting is not None,
            on_click=_ask,
            args=(opened.sid, reason, opened.pending),
        )


def _ask(sid: str, reason: str, pending: bool) -> None:
    kind = saving.SAVE if pending else saving.REOPEN
    review_state.wait_for_ace(sid, kind, review_state.text_of(reason))


@st.fragment(run_every=_TICK_S)
@notices.told
def _wait(service: RunbookService, sid: str) -> None:
    """Act when the text must have come: the ticks come from the browser, in order with it."""
    desk = review_state.desk(sid)
    waiting = desk.waiting
    if waiting is None:
        return
    desk.ticks += 1
    if desk.ticks <= _TICKS or time.monotonic() - waiting.since < _CERTAIN_S:
        st.caption("Waiting for what was typed last …")
        return
    _act(service, sid, desk, waiting)
    st.rerun()


def _act(service: RunbookService, sid: str, desk: Desk, waiting: Waiting) -> None:
    saving.take(service, sid)
    desk.waiting, desk.ticks = None, 0
    if waiting.kind == decision.APPROVE:
        decision.approve_seen(service, sid, waiting.revision, waiting.reason)
    elif waiting.kind == decision.APPROVE_TYPED:
        decision.save_and_approve(service, sid)
    else:
        text = desk.typed.text if desk.typed is not None else desk.ace_start
        saving.act(service, sid, waiting.kind, text, waiting.reason)
