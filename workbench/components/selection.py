"""What can be done with the selected suggestions; each act is looked at before it is done."""

from collections.abc import Sequence

import streamlit as st

from runbooks.bulk import BulkAct
from workbench import bulk_state, state

MOST = 200
"""How many suggestions one order may name (CONTRACT R7)."""

_ACTS = (
    (BulkAct.GENERATE, "Generate drafts", ":material/edit_note:"),
    (BulkAct.APPROVE, "Approve", ":material/check:"),
    (BulkAct.REJECT, "Reject", ":material/close:"),
    (BulkAct.ASSIGN, "Assign", ":material/person_add:"),
)


def show(ids: Sequence[str]) -> None:
    """Show the bar when something is selected."""
    if not ids:
        return
    names = tuple(ids)[:MOST]
    with st.container(
        horizontal=True, vertical_alignment="center", border=True, key="rb_selection"
    ):
        st.markdown(f"**{len(names)} selected**", width="content")
        for act, label, icon in _ACTS:
            st.button(
                f"{label}…",
                icon=icon,
                key=f"rb_{act.value}_selected",
                on_click=_ask,
                args=(act, names),
                help="Shows first what it will do to each",
            )
        st.button("Clear", key="rb_clear_selected", type="tertiary", on_click=_clear)


def _ask(act: BulkAct, names: tuple[str, ...]) -> None:
    bulk_state.ask(act, names)
    state.ask_redraw()


def _clear() -> None:
    """Select nothing and draw the whole page: figures and jobs stand outside the table."""
    state.clear_selection()
    state.ask_redraw()
