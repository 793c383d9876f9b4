"""Runs, outcomes, errors, and the specification's figures over time."""

import streamlit as st

from workbench import notices, state, wiring
from workbench.components import (
    run_charts,
    run_figures,
    run_list,
    run_spending,
    run_view,
    shell,
    trend_charts,
)


def main() -> None:
    """Show all runs, or the one that the address names."""
    shell.enter()
    service = wiring.service()
    notices.show()
    if wanted := state.run_id():
        run_view.show(service, wanted)
        return
    with st.container(horizontal=True, key="rb_head"):
        st.title("Runs", anchor=False)
    runs = service.runs(run_list.PAGE, state.runs_after())
    figures = service.figures(runs)
    run_figures.show(figures)
    if not runs:
        with st.container(border=True):
            st.markdown(
                "**Nothing was drafted yet.** A run is a batch, or one draft made on the review "
                "page. Start a batch from the queue, or schedule `python -m runbooks run-once`."
            )
            st.page_link("pages/queue.py", label="To the queue", icon=":material/inbox:")
        return
    run_charts.show(runs)
    trend_charts.show(service, figures)
    run_list.show(runs)
    run_spending.show(runs)


main()
