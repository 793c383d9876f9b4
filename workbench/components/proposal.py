"""A draft that stands beside the text: that it is there, who asked for it, and what to do."""

import streamlit as st

from workbench import compare_state, messages, review_state, times, wiring
from workbench.opened import Opened
from workbench.versions import proposal, why


def show(opened: Opened) -> None:
    """Announce the newest proposal, until it was taken, put away, or another text came."""
    found = proposal(opened) if opened.pending else None
    if found is None or compare_state.is_put_away(opened.sid, found.number):
        return
    who = messages.escape_md(wiring.shown(found.actor))
    with st.container(border=True, key="rv_proposal", horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":material/compare: **A draft stands beside this text**: version {found.number}, "
            f"{messages.escape_md(why(found))}, for {who}, {times.since(found.at)}. "
            "Nothing was replaced.",
            width="stretch",
        )
        st.button(
            "Compare and take",
            key=review_state.key("proposal_compare", opened.sid),
            on_click=compare_state.compare,
            args=(
                opened.sid,
                opened.slot.revision,
                compare_state.TYPED if opened.dirty else compare_state.SCREEN,
                str(found.number),
            ),
        )
        st.button(
            "Put away",
            icon=":material/close:",
            type="tertiary",
            key=review_state.key("proposal_away", opened.sid),
            help="It stays in the history.",
            on_click=compare_state.put_away,
            args=(opened.sid, found.number),
        )
