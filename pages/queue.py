"""Browse, filter, pick; start and watch a batch."""

import streamlit as st

from workbench import notices, state, wiring
from workbench.components import (
    batch_panel,
    bulk_dialog,
    bulk_result,
    discovery,
    filters,
    queue_figures,
    queue_table,
    shell,
)
from workbench.jobs import shared_jobs


def main() -> None:
    """Show the queue."""
    shell.enter()
    state.take_redraw()
    service = wiring.service()
    jobs = shared_jobs(service)
    search = jobs.discovering.nudge(wait_first=1.0)
    view = state.view()
    with st.container(horizontal=True, vertical_alignment="center", key="rb_head"):
        st.title("Queue", anchor=False, width="stretch")
        queue_table.begin(service, view)
        batch_panel.start(service)
    with st.container(key="rb_jobs"):
        notices.show()
        bulk_result.show(service)
        batch_panel.watch(jobs)
    figures = service.queue_figures()
    if not (figures.waiting or figures.approved or figures.rejected):
        discovery.empty(search)
        return
    queue_figures.show(figures)
    filters.show(view, service.services.names)
    queue_table.show(service, view)
    discovery.show(jobs)
    bulk_dialog.show(service)


main()
