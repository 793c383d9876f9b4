"""What the listed runs asked of models and what it cost, day by day."""

from collections.abc import Sequence

import streamlit as st

from runbooks.figures import Day, spending
from runbooks.models import RunSummary
from workbench.components.run_list import cost

_HEAD = "| Day (UTC) | Runs | Calls | Tokens in | Tokens out | Cost |\n|---|--:|--:|--:|--:|--:|"


def show(runs: Sequence[RunSummary]) -> None:
    """Show the sums of these runs by day; nothing when no model was asked."""
    days = [day for day in spending(runs) if day.calls or day.cost_usd]
    if not days:
        return
    total = cost(sum(day.cost_usd for day in days)).replace("$", "\\$")
    with st.expander(f"Spent by day, over the runs listed here: {total}"):
        st.markdown("\n".join([_HEAD, *map(_row, days)]))


def _row(day: Day) -> str:
    counts = (day.runs, day.calls, day.input_tokens, day.output_tokens)
    numbers = " | ".join(f"{number:,}" for number in counts)
    spent = cost(day.cost_usd).replace("$", "\\$")
    return f"| {day.day} | {numbers} | {spent} |"
