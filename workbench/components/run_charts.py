"""How the runs went over time, as three small charts."""

from collections.abc import Callable, Sequence

import streamlit as st

from runbooks.models import RunSummary
from workbench import charts, times
from workbench.charts import Spec

_KINDS = {
    "drafted": charts.BLUE,
    "template": charts.ORANGE,
    "skipped": charts.GRAY,
    "error": charts.RED,
}
_PACE_FROM = 5
"""Smaller batches say little about the pace of 20 drafts."""


def show(runs: Sequence[RunSummary]) -> None:
    """Show these runs, given newest first, with the oldest on the left; one alone is no line."""
    done = [run for run in reversed(runs) if run.picked_up_count]
    if len(done) < 2:
        return
    left, middle, right = st.columns(3, gap="medium")
    with left:
        title = "Outcomes of each run"
        charts.legend(title, _KINDS)
        _drawn(title, _bars(done))
    with middle:
        _titled("Drafts that are no template, %", _line(done, _no_template, 95.0))
    with right:
        _titled("Seconds for 20 drafts", _line(done, _seconds_for_20, 300.0))


def _titled(title: str, spec: Spec | None) -> None:
    st.caption(title)
    if spec is None:
        st.caption(f"*Shown after two batches of {_PACE_FROM} or more.*")
    else:
        _drawn(title, spec)


def _drawn(title: str, spec: Spec) -> None:
    st.vega_lite_chart({"description": title, **spec}, width="stretch")


def _name(run: RunSummary) -> str:
    return f"{times.clock_time(run.started_at)} ({run.run_id[-4:]})"


def _no_template(run: RunSummary) -> float | None:
    if not run.generated_count:
        return None
    return round(100 * (run.generated_count - run.fallback_count) / run.generated_count, 1)


def _seconds_for_20(run: RunSummary) -> float | None:
    if run.generated_count < _PACE_FROM or not run.finished_at:
        return None
    return round(run.processing_duration_ms / 1000 / run.generated_count * 20, 2)


def _counts(run: RunSummary) -> tuple[int, ...]:
    drafted = run.generated_count - run.fallback_count
    return drafted, run.fallback_count, run.skipped_count, run.error_count


def _bars(runs: Sequence[RunSummary]) -> Spec:
    rows = [
        {"run": _name(run), "outcome": kind, "suggestions": count, "place": place}
        for run in runs
        for place, (kind, count) in enumerate(zip(_KINDS, _counts(run), strict=True))
    ]
    return charts.stacked_bars(
        rows,
        _runs_axis(runs),
        charts.quantity("suggestions"),
        charts.coloured("outcome", scale=charts.scale(_KINDS)),
    )


def _line(
    runs: Sequence[RunSummary], value: Callable[[RunSummary], float | None], target: float
) -> Spec | None:
    rows = [
        {"run": _name(run), "value": known} for run in runs if (known := value(run)) is not None
    ]
    if not rows:
        return None
    line = charts.line(_runs_axis(runs), charts.quantity("value"))
    rule = {
        "mark": {"type": "rule", "aria": False, "strokeDash": [4, 4], "color": charts.GRAY},
        "encoding": {"y": {"datum": target}},
    }
    return {"height": charts.HEIGHT, "data": {"values": rows}, "layer": [line, rule]}


def _runs_axis(runs: Sequence[RunSummary]) -> Spec:
    """Give the axis of the runs; their names are for the tooltip, there is no room for them."""
    return {
        "field": "run",
        "type": "ordinal",
        "sort": [_name(run) for run in runs],
        "title": None,
        "axis": {"labels": False, "ticks": False},
    }
