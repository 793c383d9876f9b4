"""The figures above the queue; each is a button that shows the rows behind it."""

import streamlit as st

from runbooks.queue import QueueFigures
from runbooks.store.queries import Sort
from workbench import messages, state, times
from workbench.state import View


def show(figures: QueueFigures) -> None:
    """Show the strip."""
    share = figures.acceptance
    accepted = messages.percent(share) if share is not None else "–"
    decided = figures.approved + figures.rejected
    with st.container(horizontal=True, key="rb_figures", gap="small"):
        _figure("waiting", f"{figures.waiting:,}", "waiting", View())
        oldest = times.ago(figures.oldest) if figures.waiting else "–"
        _figure(
            "oldest",
            oldest,
            "oldest",
            View(sort=Sort.OLDEST),
            times.exact(figures.oldest) if figures.waiting else "",
        )
        _figure("none", f"{figures.without_draft:,}", "no draft", View(draft_state=("none",)))
        _figure(
            "input",
            f"{figures.needs_input + figures.fallback:,}",
            "need input",
            View(draft_state=("needs_input", "fallback")),
            "Drafts that say a person must complete them, and templates",
        )
        _figure("human", f"{figures.human:,}", "human-edited", View(draft_state=("human",)))
        _figure(
            "accepted",
            accepted,
            "accepted",
            View(status=("approved", "rejected"), sort=Sort.UPDATED),
            f"{figures.approved:,} approved of {decided:,} decided (SC-001)",
        )


def _figure(key: str, value: str, label: str, to: View, hint: str = "") -> None:
    st.button(
        f"**{value}** {label}",
        key=f"rb_figure_{key}",
        on_click=state.show_view,
        args=(to,),
        help=hint or None,
        width="stretch",
    )
