"""How whole the queue is, said discreetly; and what to do when there is nothing at all."""

import streamlit as st

from runbooks.discovery import DiscoveryState
from workbench import messages, notices, times, wiring
from workbench.jobs import Jobs, Search


def show(jobs: Jobs) -> None:
    """Show how sure it is that every suggestion is listed; while some are missing, look again."""
    search = jobs.discovering.search()
    if search.running or _missing(search):
        _live(jobs, _missing(search))
    else:
        _line(search)


@st.fragment(run_every=3.0)
@notices.told
def _live(jobs: Jobs, before: int) -> None:
    """Follow the search; what it has found meanwhile shows with the next run of the page."""
    search = jobs.discovering.nudge()
    _line(search)
    if not search.running and _missing(search) < before:
        st.rerun()


def _missing(search: Search) -> int:
    return max(0, search.state.missing) if search.state else 0


def _line(search: Search) -> None:
    if search.error is not None:
        told = messages.message_for(search.error)
        st.caption(f":material/sync_problem: The search for new suggestions failed. {told.title}")
    elif search.state is None:
        st.caption("Looking for suggestions…")
    elif _missing(search):
        st.caption(f"{_missing(search):,} waiting suggestions are not listed yet; still looking…")
    else:
        st.caption(_swept(search.state))


def _swept(state: DiscoveryState) -> str:
    if state.sweep_finished is None:
        return "Every waiting suggestion is listed. The first check of all documents is under way."
    last = times.since(state.sweep_finished)
    return f"Every waiting suggestion is listed. All documents were last checked {last}."


def empty(search: Search) -> None:
    """Say how to get the first suggestions."""
    if search.running and _missing(search):
        _line(search)
        return
    with st.container(border=True, key="rb_empty"):
        st.header("There is nothing to review yet", anchor=False)
        st.markdown(
            "Suggestions come from the services that find failure patterns, into the same store. "
            "To look around first, load the sample: made-up incidents of a made-up company, "
            "marked as such everywhere."
        )
        st.button(
            "Load the sample",
            icon=":material/download:",
            type="primary",
            key="rb_load_sample",
            on_click=_load,
        )
        st.markdown("To bring your own documents, on the command line:")
        st.code("python -m runbooks import PATH", language="bash")
    _line(search)


@notices.guarded
def _load() -> None:
    empty = wiring.load_sample()
    notices.done("The sample is loaded." if empty else "The store is not empty any longer.")
