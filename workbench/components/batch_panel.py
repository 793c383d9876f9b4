"""Starting a batch, and watching those that run; leaving the page does not stop them."""

from collections import Counter

import streamlit as st

from runbooks.batch import BatchOrder
from runbooks.models import OutcomeStatus
from runbooks.service import RunbookService
from workbench import messages, notices, state, times, wiring
from workbench.components import table
from workbench.components.run_view import outcome_line
from workbench.components.table import Cell, Column, Line
from workbench.jobs import MAX_RUNNING, Jobs, JobState, JobView, shared_jobs

LARGEST = 1000
_SHOWN = 8
_COLUMNS = (
    Column("Outcome", "first", "7rem"),
    Column("Suggestion", "main"),
    Column("Took", "number", "5rem"),
    Column("Cost", "number", "5rem"),
)


def start(service: RunbookService) -> None:
    """Show the button that starts a batch, with its size."""
    with st.popover(
        "Run batch",
        icon=":material/play_arrow:",
        type="primary",
        key=state.BATCH_POPOVER,
        on_change="rerun",
    ):
        st.markdown(
            "Drafts the suggestions that have no draft, worst first, then oldest. What a person "
            "wrote, holds or has not saved is left alone."
        )
        st.number_input(
            "How many",
            min_value=1,
            max_value=LARGEST,
            value=wiring.usual_batch_size(),
            key=state.BATCH_SIZE,
            persist_state="session",
        )
        st.button(
            "Start",
            type="primary",
            key="rb_batch_start",
            on_click=_start,
            args=(service,),
            width="stretch",
        )


@notices.guarded
def _start(service: RunbookService) -> None:
    state.close_batch_popover()
    size = int(st.session_state[state.BATCH_SIZE])
    order = BatchOrder(size, wiring.person().actor)
    started = shared_jobs(service).start(order, f"Batch of {size}")
    if started is None:
        notices.problem(f"**Not started.** {MAX_RUNNING} batches are running already.")
        return
    state.follow([started.job_id])


def watch(jobs: Jobs) -> None:
    """Show the batches that run, and those that ended while this tab was looking."""
    running = [view.job_id for view in jobs.views() if not view.over]
    state.follow(running)
    if running:
        _live(jobs)
    else:
        _cards(jobs)


@st.fragment(run_every=1.0)
@notices.told
def _live(jobs: Jobs) -> None:
    _cards(jobs)
    if all(view.over for view in jobs.views()):
        st.rerun()


def _cards(jobs: Jobs) -> None:
    followed = state.followed()
    for view in jobs.views():
        if view.job_id in followed:
            _card(jobs, view)


def _card(jobs: Jobs, view: JobView) -> None:
    with st.container(border=True, key=f"rb_job_{view.job_id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{_headline(view)}**  \n{_counts(view)}", width="stretch")
            _buttons(jobs, view)
        if not view.over:
            st.progress(_share(view), text=_pace(view))
        if view.error is not None:
            messages.show_error(view.error)
        lines = _lines(view)
        if lines:
            _opened(table.show(f"rb_lines_{view.job_id}", view.label, _COLUMNS, lines))


def _opened(name: str) -> None:
    if name:
        st.switch_page("pages/review.py", query_params=state.review_address(name))


def _headline(view: JobView) -> str:
    who = messages.escape_md(wiring.shown(view.actor))
    ended = view.run.state.value if view.run else "failed"
    words = {
        JobState.STARTING: "looking for what to draft",
        JobState.RUNNING: "running",
        JobState.STOPPING: "stopping: drafts in work are finished and kept",
        JobState.DONE: f"{ended} after {times.duration(view.seconds)}",
        JobState.FAILED: f"failed after {times.duration(view.seconds)}",
    }
    return f"{view.label} by {who}, {words[view.state]}"


def _counts(view: JobView) -> str:
    if view.total == 0 and view.over:
        return "There was nothing to draft: every waiting suggestion has a draft already."
    by = Counter(outcome.status for outcome in view.outcomes)
    cost = sum(outcome.cost_usd for outcome in view.outcomes)
    parts = [
        f"{by[OutcomeStatus.GENERATED]} drafted",
        f"{by[OutcomeStatus.SKIPPED]} skipped",
        f"{by[OutcomeStatus.ERROR]} with errors",
    ]
    fallbacks = sum(1 for outcome in view.outcomes if outcome.fallback_reason)
    if fallbacks:
        parts.append(f"{fallbacks} of the drafts are templates")
    if cost:
        parts.append(f"${cost:,.4f}".replace("$", "\\$"))
    return " · ".join(parts)


def _share(view: JobView) -> float:
    return min(1.0, len(view.outcomes) / view.total) if view.total else 0.0


def _pace(view: JobView) -> str:
    if not view.total:
        return "Looking for what to draft"
    return f"{len(view.outcomes)} of {view.total} done, {len(view.working)} in work"


def _buttons(jobs: Jobs, view: JobView) -> None:
    if not view.over:
        st.button(
            "Cancel",
            key=f"rb_cancel_{view.job_id}",
            on_click=jobs.cancel,
            args=(view.job_id,),
            disabled=view.state is JobState.STOPPING,
        )
        return
    if view.run is not None and view.outcomes:
        st.page_link(
            "pages/runs.py", label="Show the run", query_params=state.run_address(view.run.run_id)
        )
    if st.button(
        "Put away",
        key=f"rb_away_{view.job_id}",
        type="tertiary",
        on_click=state.put_away,
        args=(view.job_id,),
    ):
        st.rerun()


def _lines(view: JobView) -> list[Line]:
    """Give what is in work and what became of the last ones; at the end only what went wrong.

    Everything stands in the view of the run.
    """
    at_work = [_line(view, name, Cell("Drafting", tone="blue")) for name in view.working]
    ended = [
        outcome
        for outcome in reversed(view.outcomes)
        if not view.over or outcome.status is not OutcomeStatus.GENERATED
    ]
    return [*at_work, *(outcome_line(o, view.titles) for o in ended)][:_SHOWN]


def _line(view: JobView, name: str, first: Cell) -> Line:
    title = view.titles.get(name) or name
    href = state.review_link(name)
    return Line(name, (first, Cell(title), Cell(""), Cell("")), href)
