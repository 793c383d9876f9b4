"""The list of runs, newest first."""

from collections.abc import Sequence

import streamlit as st

from runbooks.clock import utc_now
from runbooks.models import RunState, RunSummary
from workbench import messages, state, theme, times, wiring
from workbench.components import table
from workbench.components.table import Cell, Column, Line

PAGE = 50
_COLUMNS = (
    Column("State", "first", "7rem"),
    Column("Started", "main"),
    Column("Picked", "number", "4.6rem"),
    Column("Drafted", "number", "4.8rem"),
    Column("Templates", "number", "5.4rem"),
    Column("Need input", "number", "5.6rem"),
    Column("Skipped", "number", "4.8rem"),
    Column("Errors", "number", "4.4rem"),
    Column("Took", "number", "6rem"),
    Column("Cost", "number", "5rem"),
)


def show(runs: Sequence[RunSummary]) -> None:
    """Show these runs; a click opens one."""
    opened = table.show(state.RUNS_TABLE, "Runs", _COLUMNS, [_line(run) for run in runs])
    if opened:
        st.switch_page("pages/runs.py", query_params=state.run_address(opened))
    with st.container(horizontal=True, key="rb_runs_paging"):
        if state.runs_after() is not None:
            st.page_link("pages/runs.py", label="Newest runs", icon=":material/chevron_left:")
        if len(runs) == PAGE:
            st.page_link(
                "pages/runs.py",
                label="Older runs",
                icon=":material/chevron_right:",
                query_params=state.older_runs_address(runs[-1]),
            )


def _line(run: RunSummary) -> Line:
    counts = (
        run.picked_up_count,
        run.generated_count,
        run.fallback_count,
        run.needs_input_count,
        run.skipped_count,
        run.error_count,
    )
    cells = (
        Cell(messages.RUN_STATES[run.state], theme.RUN_TONES[run.state]),
        Cell(
            times.clock_time(run.started_at),
            note=f"{times.since(run.started_at)}, {origin(run)}",
            hint=f"{run.run_id}, {times.exact(run.started_at)}",
        ),
        *(Cell(f"{count:,}", quiet=not count) for count in counts),
        Cell(took(run)),
        Cell(cost(run.cost_usd), quiet=not run.cost_usd),
    )
    return Line(
        run.run_id, cells, state.address("run-history", dict(state.run_address(run.run_id)))
    )


def origin(run: RunSummary) -> str:
    """Say who or what started a run, and whether it was a batch."""
    size = "one suggestion" if run.batch_size == 1 else f"batch of {run.batch_size:,}"
    by = f" by {wiring.shown(run.actor)}" if run.actor else ""
    how = f"{run.triggered_by} " if run.triggered_by == "scheduled" or not by else ""
    return f"{how}{size}{by}"


def took(run: RunSummary) -> str:
    """Say how long a run took, or has taken; nothing for one that broke off."""
    if run.state is RunState.RUNNING and run.started_at:
        return times.duration((utc_now() - run.started_at).total_seconds())
    return times.duration(run.processing_duration_ms / 1000) if run.finished_at else ""


def cost(usd: float) -> str:
    """Give money as people read it; small sums keep their digits."""
    if not usd:
        return "$0"
    return f"${usd:,.2f}" if usd >= 1 else f"${usd:.4f}".rstrip("0")
