"""The last decision of this tab, and the way to undo it as long as it stands."""

import streamlit as st

from runbooks.redaction import redact
from runbooks.service import RunbookService
from workbench import flow, messages, notices, review_state, state, wiring
from workbench.opened import Opened


def show(opened: Opened) -> None:
    """Show what was decided last, with Undo; nothing before the first decision, or once it fell."""
    decided = flow.last_decided()
    if decided is None:
        return
    here = decided.what.suggestion_id == opened.sid
    if here and not flow.stands(decided, opened.now):
        flow.forget_decided()
        return
    what = "" if here else f"**{messages.escape_md(redact(decided.heading), 80)}**: "
    with st.container(border=True, key="rv_undo", horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/check_circle: {what}{decided.told}", width="stretch")
        st.button(
            "Undo",
            icon=":material/undo:",
            key="rv_undo_do",
            help="Makes it pending again, unless somebody acted on it since.",
            on_click=_undo,
            args=(opened.service, decided),
        )
        st.button(
            "Put away",
            icon=":material/close:",
            type="tertiary",
            key="rv_undo_close",
            on_click=flow.forget_decided,
        )


@notices.guarded
def _undo(service: RunbookService, decided: flow.Decided) -> None:
    """Reopen it and go there; where somebody acted since, say so and leave it."""
    flow.forget_decided()
    [line] = service.undo([decided.what], wiring.person().actor)
    if line.problem is not None:
        state.keep_notice("error", messages.message_for(line.problem).markdown())
        return
    sid = decided.what.suggestion_id
    review_state.desk(sid).status = "pending"
    flow.go(sid)
    notices.done("Undone. It waits for a decision again.")
