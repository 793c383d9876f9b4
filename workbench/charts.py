"""What the charts have in common: bars in stacks, lines, days, colours that the legend names.

A spec is Vega-Lite as `st.vega_lite_chart` takes it.
"""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

HEIGHT = 170
"""The height of a chart, in pixels."""

BLUE, GREEN, RED, ORANGE, GRAY = "#2b7bb9", "#3a9d5d", "#c23b3b", "#d9822b", "#8795a1"
"""Colours that can be told from both backgrounds, light and dark."""

Spec = dict[str, object]


def stacked_bars(
    rows: Sequence[Mapping[str, object]], across: Spec, count: Spec, colour: Spec
) -> Spec:
    """Give stacks of bars; `place` of a row says where in the stack it stands."""
    return {
        "height": HEIGHT,
        "data": {"values": list(rows)},
        "mark": {"type": "bar"},
        "encoding": {
            "x": across,
            "y": count,
            "color": colour,
            "order": {"field": "place", "type": "quantitative"},
            "tooltip": tooltip(across, colour, count),
        },
    }


def line(across: Spec, value: Spec, colour: Spec | None = None) -> Spec:
    """Give a line with points, one for each colour; only the points have a name for a reader."""
    coloured = {"color": colour} if colour else {}
    return {
        "mark": {"type": "line", "aria": False, "point": {"aria": True}},
        "encoding": {
            "x": across,
            "y": value,
            **coloured,
            "tooltip": tooltip(across, *coloured.values(), value),
        },
    }


def quantity(field: str, **axis: object) -> Spec:
    """Give the axis of a number."""
    named: Spec = {"field": field, "type": "quantitative", "title": None}
    return named | ({"axis": axis} if axis else {})


def legend(title: str, kinds: Mapping[str, str]) -> None:
    """Show what a chart shows, and each kind with exactly the colour that it has there."""
    if not kinds:
        st.caption(title)
        return
    named = "".join(
        f' <span><span class="rb-kind" aria-hidden="true" style="color: {colour}">■</span>'
        f" {escape(name)}</span>"
        for name, colour in kinds.items()
    )
    st.html(f'<p class="rb-legend">{escape(title)}:{named}</p>')


def scale(kinds: Mapping[str, str]) -> Spec:
    """Give the colour of each kind to a chart, the same that `legend` shows."""
    return {"domain": list(kinds), "range": list(kinds.values())}


def coloured(field: str, **how: object) -> Spec:
    """Give the colours of the kinds of a field; `legend` names them above."""
    return {"field": field, "type": "nominal", **how, "legend": None}


def tooltip(*shown: Spec) -> list[Spec]:
    """Give the fields that are told when a mark is pointed at."""
    return [{"field": each["field"]} for each in shown]
