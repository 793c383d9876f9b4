"""What a page says after an act: kept over the rerun that the act causes, then shown once.

Acts run in callbacks, before the page and outside the boundary of `app.py`; `guarded` is their
boundary.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from runbooks.errors import RunbookError
from workbench import messages, state

P = ParamSpec("P")


def guarded(act: Callable[P, None]) -> Callable[P, None]:
    """Turn a domain error of a callback into a notice on the page."""

    @wraps(act)
    def safe(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            act(*args, **kwargs)
        except RunbookError as error:
            state.keep_notice("error", messages.message_for(error).markdown())

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


def show() -> None:
    """Show what there is to say, once; who has scrolled down is told that it stands above."""
    notices = state.take_notices()
    if any(kind != "done" for kind, _ in notices):
        st.toast("There is a message at the top of this page.", icon=":material/info:")
    for kind, text in notices:
        if kind == "done":
            st.toast(text, icon=":material/check_circle:")
        elif kind == "error":
            st.error(text, icon=":material/error:")
        else:
            st.warning(text, icon=":material/info:")
