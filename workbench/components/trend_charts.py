"""How drafts and decisions went, day by day, as four small charts."""

from collections.abc import Callable, Sequence

import streamlit as st

from runbooks.figures import Figures
from runbooks.service import RunbookService
from runbooks.trends import LOOKED_AT, Period
from workbench import charts
from workbench.charts import Spec
from workbench.kept import kept

_DECISIONS = {
    "as drafted": charts.BLUE,
    "after an edit": charts.GREEN,
    "rejected": charts.RED,
}
_QUALITY = {"6 sections": charts.BLUE, "2 commands": charts.ORANGE, "clean": charts.GREEN}


def show(service: RunbookService, figures: Figures) -> None:
    """Show the periods, oldest on the left; nothing before there is a decision or a draft.

    They are read anew when the figures have changed.
    """
    periods = kept(service).get(("trends", figures), service.trends)
    if not periods:
        return
    none: dict[str, str] = {}
    hours = _line(periods, "hours", lambda p: p.hours_to_decision)
    titles = (
        ("Decisions", _DECISIONS, _decisions(periods)),
        ("Drafts with, %", _QUALITY, _quality(periods)),
        ("Hours to a decision, median", none, hours),
        ("Edits for each approved runbook", none, _line(periods, "edits", lambda p: p.edits)),
    )
    for column, (title, kinds, spec) in zip(st.columns(4, gap="medium"), titles, strict=True):
        with column:
            charts.legend(title, kinds)
            st.vega_lite_chart(spec, width="stretch")
    st.caption(
        f"By day (UTC), by week beyond 45 days; of the {LOOKED_AT} suggestions that changed last."
    )


def _decisions(periods: Sequence[Period]) -> Spec:
    rows = [
        {"day": p.day.isoformat(), "decision": name, "runbooks": count, "place": place}
        for p in periods
        for place, (name, count) in enumerate(
            zip(_DECISIONS, (p.approved_unedited, p.approved_edited, p.rejected), strict=True)
        )
    ]
    return {
        "description": "Approved as drafted, approved after an edit, rejected, by day (SC-001)",
        **charts.stacked_bars(
            rows,
            _days(),
            charts.quantity("runbooks", tickMinStep=1, format="d"),
            charts.coloured("decision", scale=charts.scale(_DECISIONS)),
        ),
    }


def _quality(periods: Sequence[Period]) -> Spec:
    rows = [
        {"day": p.day.isoformat(), "figure": name, "share": round(100 * share, 1)}
        for p in periods
        for name, share in zip(
            _QUALITY, (p.six_sections, p.two_commands, p.clean_markdown), strict=True
        )
        if share is not None
    ]
    return {
        "description": "Shares of drafts with six sections, two commands, clean Markdown, by day",
        "height": charts.HEIGHT,
        "data": {"values": rows},
        **charts.line(
            _days(),
            charts.quantity("share"),
            charts.coloured("figure", scale=charts.scale(_QUALITY)),
        ),
    }


def _line(periods: Sequence[Period], name: str, value: Callable[[Period], float | None]) -> Spec:
    rows = [
        {"day": period.day.isoformat(), name: known}
        for period in periods
        if (known := value(period)) is not None
    ]
    return {
        "description": f"{name} by day",
        "height": charts.HEIGHT,
        "data": {"values": rows},
        **charts.line(_days(), charts.quantity(name, format=".2~f")),
    }


def _days() -> Spec:
    axis = {"labelExpr": "slice(datum.label, 5)", "labelAngle": 0, "labelOverlap": True}
    return {"field": "day", "type": "ordinal", "title": None, "axis": axis}
