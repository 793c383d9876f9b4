"""What the charts have in common: bars in stacks, lines, days, colours that the legend names.

A spec is Vega-Lite as `st.vega_lite_chart` takes it.
"""

from collections.abc import Mapping, Sequence

HEIGHT = 170
"""The height of a chart, in pixels."""

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


def coloured(field: str, **how: object) -> Spec:
    """Give the colours of the kinds of a field; their legend stands in the caption above."""
    return {"field": field, "type": "nominal", **how, "legend": None}


def tooltip(*shown: Spec) -> list[Spec]:
    """Give the fields that are told when a mark is pointed at."""
    return [{"field": each["field"]} for each in shown]
