"""What can be done with the selected suggestions: draft, approve, reject."""

from collections.abc import Sequence

import streamlit as st

from runbooks.batch import BatchOrder
from runbooks.bulk import BulkLine
from runbooks.service import RunbookService
from workbench import messages, notices, state, wiring
from workbench.jobs import MAX_RUNNING, shared_jobs

MOST = 200
"""How many suggestions one order may name (CONTRACT R7)."""


def show(service: RunbookService, ids: Sequence[str]) -> None:
    """Show the bar when something is selected."""
    if not ids:
        return
    names = tuple(ids)[:MOST]
    with st.container(
        horizontal=True, vertical_alignment="center", border=True, key="rb_selection"
    ):
        st.markdown(f"**{len(names)} selected**", width="content")
        st.button(
            "Generate drafts",
            icon=":material/edit_note:",
            key="rb_generate_selected",
            on_click=_generate,
            args=(service, names),
            help="Text that a person wrote is left as it is.",
        )
        st.button(
            "Approve",
            icon=":material/check:",
            key="rb_approve_selected",
            on_click=_approve,
            args=(service, names),
            help="Approves those that you have opened in their present form and that nothing "
            "blocks. The others stay pending.",
        )
        _rejecting(service, names)
        st.button("Clear", key="rb_clear_selected", type="tertiary", on_click=_clear)


def _rejecting(service: RunbookService, names: tuple[str, ...]) -> None:
    with st.popover("Reject", icon=":material/close:", key="rb_reject_selected"):
        st.text_input("Reason", key=state.REJECT_REASON, placeholder="Why these are not wanted")
        st.button(
            f"Reject {len(names)}", key="rb_reject_now", on_click=_reject, args=(service, names)
        )


def _clear() -> None:
    """Select nothing and draw the whole page: figures and jobs stand outside the table."""
    state.clear_selection()
    state.ask_redraw()


@notices.guarded
def _generate(service: RunbookService, names: tuple[str, ...]) -> None:
    order = BatchOrder(len(names), wiring.person().actor, suggestion_ids=names)
    label = f"Drafts for {len(names)} selected"
    started = shared_jobs(service).start(order, label)
    if started is None:
        notices.problem(f"**Not started.** {MAX_RUNNING} batches are running already.")
        return
    state.follow([started.job_id])
    _clear()


@notices.guarded
def _approve(service: RunbookService, names: tuple[str, ...]) -> None:
    _report("approved", service.approve_many(names, wiring.person().actor))


@notices.guarded
def _reject(service: RunbookService, names: tuple[str, ...]) -> None:
    reason = str(st.session_state.get(state.REJECT_REASON, "")).strip()
    if not reason:
        notices.problem("**Nothing was rejected.** A rejection needs a reason.")
        return
    _report("rejected", service.reject_many(names, wiring.person().actor, reason))


def _report(what: str, lines: Sequence[BulkLine]) -> None:
    """Say how many were done, and of each other one why it was not."""
    refused = [(line.suggestion_id, line.problem) for line in lines if line.problem]
    done = len(lines) - len(refused)
    if done:
        notices.done(f"{done} {what}.")
    if refused:
        told = "\n".join(
            f"- `{name.replace('`', '')}`: {messages.message_for(problem).title}"
            for name, problem in refused[:10]
        )
        more = f"\n- and {len(refused) - 10} more" if len(refused) > 10 else ""
        notices.problem(f"**{len(refused)} of {len(lines)} stay pending.**\n\n{told}{more}")
    _clear()
