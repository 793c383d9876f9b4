"""The first stop of the Tab key on every page: a link past all that stands before what one does."""

from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from workbench import state
from workbench.addresses import QUEUE_PAGE, REVIEW_PAGE


@dataclass(frozen=True)
class Goal:
    """Where the link leads: its words, what the place is called, and the class of the place."""

    label: str
    name: str
    place: str


_GOALS = {
    REVIEW_PAGE: Goal("Skip to the actions", "Actions", "st-key-rv_actions"),
    QUEUE_PAGE: Goal("Skip to the list", "Suggestions", f"st-key-{state.QUEUE_TABLE}"),
}
_LINK = st.components.v2.component(
    "runbooks.skip",
    html="<span></span>",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def show(address: str) -> None:
    """Show the link of the page at this address; pages without one have Streamlit's own alone."""
    goal = _GOALS.get(address)
    _LINK(key="rb_skip", data={"page": address, "goal": asdict(goal) if goal else None})
