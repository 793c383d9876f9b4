"""Keeps what is being typed: on the server within a second, so that a reload loses nothing."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import streamlit as st

from runbooks.clock import utc_now
from runbooks.errors import RunbookError
from runbooks.service import RunbookService
from workbench import notices, review_state, state, times, wiring
from workbench.opened import Opened, same_text, text_of
from workbench.review_state import Desk, Typed

_HERE = Path(__file__).parent
_KEEPER = st.components.v2.component(
    "runbooks.keeper",
    html='<div class="line" role="status"><i class="dot"></i><span class="words"></span></div>',
    css=(_HERE / "keeper.css").read_text(encoding="utf-8"),
    js=(_HERE / "keeper.js").read_text(encoding="utf-8"),
)


def show(opened: Opened) -> None:
    """Watch the editor's text area, and say how safe the text is."""
    _watch(opened.service, opened.sid)


@st.fragment
@notices.told
def _watch(service: RunbookService, sid: str) -> None:
    if state.take_redraw():
        st.rerun()
    desk = review_state.desk(sid)
    name = review_state.key("keeper", sid)
    kind, words = _how_safe(desk)
    _KEEPER(
        key=name,
        data={
            "target": review_state.editor_key(sid, desk),
            "kind": kind,
            "words": words,
            "typing": "Not saved yet …",
        },
        on_typed_change=lambda: _taken(service, sid),
    )


def _how_safe(desk: Desk) -> tuple[str, str]:
    typed = desk.typed
    if typed is None:
        saved = desk.screen is not None and desk.saved == desk.screen.revision
        return ("saved", "Saved.") if saved else ("clean", "Nothing is changed.")
    at = times.exact(typed.at)[11:19]
    if typed.kept:
        return "kept", f"Not saved. A copy is kept on the server, of {at}."
    return "lost", "Not saved, and no copy could be kept on the server. Keep this page open."


@notices.guarded
def _taken(service: RunbookService, sid: str) -> None:
    """Take what the browser sent; anything that is not of this editor is left."""
    text = sent(sid)
    if text is not None:
        keep(service, sid, text)


def sent(sid: str) -> str | None:
    """Give what the browser sent last of this very editor, None when it sent nothing yet."""
    state_ = st.session_state.get(review_state.key("keeper", sid))
    typed = state_.get("typed") if isinstance(state_, Mapping) else None
    if not isinstance(typed, Mapping):
        return None
    text, target = typed.get("text"), typed.get("target")
    ours = target == review_state.editor_key(sid, review_state.desk(sid))
    return text if ours and isinstance(text, str) else None


def keep(service: RunbookService, sid: str, text: str) -> None:
    """Keep a text that is not saved, here and on the server; one that is saved needs no copy."""
    desk = review_state.desk(sid)
    before = desk.typed is not None
    if desk.screen is not None and same_text(text, text_of(desk.screen)):
        forget(service, sid)
    else:
        desk.typed = Typed(text, utc_now(), _copied(service, sid, text, desk))
    if before != (desk.typed is not None):
        state.ask_redraw()


def _copied(service: RunbookService, sid: str, text: str, desk: Desk) -> bool:
    """Keep a copy on the server; say whether there is one."""
    try:
        if desk.typed is None:
            _make_room(service, sid, text)
        service.keep_unsaved(sid, text, desk.base, wiring.person())
    except RunbookError:
        return False
    return True


def _make_room(service: RunbookService, sid: str, text: str) -> None:
    """Move aside what this tab left on the server: a desk that was cleared knows nothing of it."""
    me = wiring.person()
    for left in service.peek(sid).unsaved:
        if left.place == me.desk and not same_text(left.text, text):
            aside = replace(me, place=f"{me.place}-{secrets.token_hex(3)}")
            service.keep_unsaved(sid, left.text, left.base_revision, aside)


def forget(service: RunbookService, sid: str) -> None:
    """Put away the text that is not saved, here and on the server."""
    desk = review_state.desk(sid)
    if desk.typed is not None:
        desk.typed = None
        me = wiring.person()
        service.discard_unsaved(sid, [me.desk], me)


def set_aside(service: RunbookService, sid: str) -> None:
    """Keep the text that is not saved in a place of its own, so that another may take the editor.

    It is offered again as a recovered text.
    """
    desk = review_state.desk(sid)
    if desk.typed is None:
        return
    me = wiring.person()
    aside = replace(me, place=f"{me.place}-{secrets.token_hex(3)}")
    service.keep_unsaved(sid, desk.typed.text, desk.base, aside)
    forget(service, sid)


def move_here(service: RunbookService, sid: str, text: str, base: str) -> None:
    """Make this text the one that this tab is typing, and drop other copies of it."""
    me = wiring.person()
    service.keep_unsaved(sid, text, base, me)
    copies = [
        unsaved.place
        for unsaved in service.peek(sid).unsaved
        if unsaved.actor == me.actor and unsaved.place != me.desk and same_text(unsaved.text, text)
    ]
    if copies:
        service.discard_unsaved(sid, copies, me)
    review_state.desk(sid).typed = Typed(text, utc_now())
