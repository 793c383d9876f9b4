"""The specification's figures with their targets (CONTRACT §5)."""

from dataclasses import dataclass

import streamlit as st

from runbooks.figures import Figures
from runbooks.store.queries import Sort
from workbench import messages, times
from workbench.state import View

_PACE_FROM = 5
_DRAFTS = View(status=(), draft_state=("generated", "needs_input"))


@dataclass(frozen=True)
class Figure:
    """One figure: its value in words, whether it meets its target (None: nothing to say yet)."""

    key: str
    value: str
    label: str
    target: str
    met: bool | None
    hint: str
    rows: View


def show(figures: Figures) -> None:
    """Show the six figures; each is a button that shows the rows behind it."""
    with st.container(horizontal=True, key="rb_sc", gap="small"):
        for figure in _all(figures):
            pressed = st.button(
                _label(figure), key=f"rb_sc_{figure.key}", help=figure.hint, width="stretch"
            )
            if pressed:
                st.switch_page("pages/queue.py", query_params=figure.rows.params())


def _label(figure: Figure) -> str:
    words = {
        None: f":gray[target {figure.target}]",
        True: f":green[meets {figure.target}]",
        False: f":red[below target {figure.target}]",
    }
    if figure.key == "005" and figure.met is False:
        words[False] = f":red[over target {figure.target}]"
    return f"**{figure.value}** {figure.label} *{words[figure.met]}*"


def _all(figures: Figures) -> list[Figure]:
    decided = View(status=("approved", "rejected"), sort=Sort.UPDATED)
    templates = View(status=(), draft_state=("fallback",))
    split = (
        f"SC-001: {figures.accepted_unedited:,} approved as drafted, "
        f"{figures.accepted_edited:,} after an edit, {figures.rejected:,} rejected"
    )
    shares = (
        ("001", figures.accepted, "accepted", 0.80, split, decided),
        ("002", figures.six_sections, "with six sections", 1.0, "SC-002: of all drafts", _DRAFTS),
        ("003", figures.two_commands, "with two commands", 1.0, "SC-003: of all drafts", _DRAFTS),
        ("004", figures.clean_markdown, "clean Markdown", 1.0, "SC-004: of all drafts", _DRAFTS),
    )
    pace = figures.seconds_for_20
    return [
        *(_share(*share) for share in shares),
        Figure(
            "005",
            times.duration(pace) if pace is not None else "–",
            "for 20 drafts",
            "< 5 min",
            pace < 300 if pace is not None else None,
            f"SC-005: by the pace of the last batch of {_PACE_FROM} or more",
            View(status=(), sort=Sort.UPDATED),
        ),
        _share(
            "006",
            figures.without_fallback,
            "not a template",
            0.95,
            f"SC-006: of the drafts of these runs; {figures.needs_input:,} more need input",
            templates,
        ),
    ]


def _share(
    key: str, share: float | None, label: str, target: float, hint: str, rows: View
) -> Figure:
    words = f"{target:.0%}" if target == 1 else f"≥ {target:.0%}"
    value = messages.percent(share) if share is not None else "–"
    return Figure(key, value, label, words, None if share is None else share >= target, hint, rows)
