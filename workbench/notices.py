"""What a page says after an act: kept over the rerun that the act causes, then shown once.

Acts run in callbacks, before the page and outside the boundary of `app.py`; `guarded` is their
boundary. What went wrong stands until the person acts again, also where the page is drawn anew
meanwhile because something changed.
"""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec

import streamlit as st

from runbooks.errors import RunbookError
from workbench import messages, state

P = ParamSpec("P")
_STANDING: Final = "rb_notices_standing"
_STAND: Final = "rb_notices_stand"


def guarded(act: Callable[P, None]) -> Callable[P, None]:
    """Turn a domain error of a callback into a notice on the page."""

    @wraps(act)
    def safe(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            act(*args, **kwargs)
        except RunbookError as error:
            state.keep_notice("error", messages.message_for(error).markdown())
        end()

    return safe


def told(part: Callable[P, None]) -> Callable[P, None]:
    """Show a domain error of a part of a page in its place; a fragment runs without the page."""

    @wraps(part)
    def safe(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            part(*args, **kwargs)
        except RunbookError as error:
            messages.show_error(error)

    return safe


def done(text: str) -> None:
    """Say shortly that something was done; `text` is Markdown."""
    state.keep_notice("done", text)


def problem(text: str) -> None:
    """Say what was not done, and leave it standing; `text` is Markdown."""
    state.keep_notice("problem", text)


def stand() -> None:
    """Let what the page says stand over its next drawing, which no act of the person causes."""
    st.session_state[_STAND] = True


def end() -> None:
    """Let what the page says end with its next drawing, as the person acted."""
    st.session_state[_STAND] = False


def show() -> None:
    """Show what there is to say, once; who has scrolled down is told that it stands above."""
    fresh, here = state.take_notices(), state.suggestion_id()
    if any(kind != "done" for kind, _ in fresh):
        st.toast("There is a message at the top of this page.", icon=":material/info:")
    notices = [*_standing(here), *fresh]
    st.session_state[_STANDING] = (here, [told for told in notices if told[0] != "done"])
    _draw(notices)


def _standing(here: str) -> list[tuple[str, str]]:
    """Give what was said of this suggestion before and is not past."""
    known = st.session_state.get(_STANDING)
    stands = st.session_state.pop(_STAND, False)
    return list(known[1]) if stands and isinstance(known, tuple) and known[0] == here else []


def _draw(notices: list[tuple[str, str]]) -> None:
    for kind, text in notices:
        if kind == "done":
            st.toast(text, icon=":material/check_circle:")
        elif kind == "error":
            st.error(text, icon=":material/error:")
        else:
            st.warning(text, icon=":material/info:")
