"""The way through the list: the one before, the place, the next; and the next is read ahead."""

import streamlit as st

from runbooks.neighbours import MOST_COUNTED, Around
from workbench import flow, holding, notices, review_state, saving, state
from workbench.ahead import ahead
from workbench.opened import Opened

NEXT_KEY = "N"
PREVIOUS_KEY = "P"


def show(opened: Opened) -> None:
    """Show the two ways and the place between them."""
    found = flow.around(opened)
    with st.container(
        horizontal=True, vertical_alignment="center", width="content", gap=None, key="rv_walk"
    ):
        st.button(
            "Previous",
            icon=":material/chevron_left:",
            type="tertiary",
            key=review_state.key("previous", opened.sid),
            shortcut=PREVIOUS_KEY,
            disabled=not found.before,
            on_click=_previous,
            args=(opened,),
        )
        st.page_link("pages/queue.py", label=told(found), query_params=flow.view().params())
        st.button(
            "Next",
            icon=":material/chevron_right:",
            icon_position="right",
            type="tertiary",
            key=review_state.key("next", opened.sid),
            shortcut=NEXT_KEY,
            disabled=not flow.others(opened),
            on_click=_next,
            args=(opened,),
        )
    if found.after:
        ahead(opened.service).prepare(found.after)


def told(found: Around) -> str:
    """Say where the item stands: `7 of 42`; of very long lists that there are more."""
    if not found.total and not found.listed:
        return "Not in this list"
    if not found.total:
        return "In this list"
    total = _bounded(found.total)
    if not found.listed:
        return f"{total} in this list"
    return f"{_bounded(found.position)} of {total}"


def _bounded(number: int) -> str:
    return f"{number:,}" if number <= MOST_COUNTED else f"{MOST_COUNTED:,}+"


@notices.guarded
def _next(opened: Opened) -> None:
    if not _stands(opened):
        return
    to = flow.behind(opened.service, opened.sid)
    if not to:
        notices.done("Nothing else is in this list.")
        return
    if not flow.around(opened).after:
        notices.done("That was the last of this list. This is its first.")
    flow.go(to)


@notices.guarded
def _previous(opened: Opened) -> None:
    if not _stands(opened):
        return
    to = flow.before(opened.service, opened.sid)
    if to:
        flow.go(to)
    else:
        notices.done("This is the first of the list.")


def _stands(opened: Opened) -> bool:
    """Take leave of the item; False when the page has gone on since the key was pressed."""
    if state.suggestion_id() != opened.sid:
        return False
    saving.take(opened.service, opened.sid)
    holding.let_go(opened.service, opened.sid)
    return True
