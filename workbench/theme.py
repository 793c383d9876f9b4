"""How things look: one style sheet, and one colour for each state wherever it is shown.

A tone is a name of Streamlit's palette as `.streamlit/config.toml` sets it for light and dark; a
badge is always colour and text.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import streamlit as st

from runbooks.models import DraftState, OutcomeStatus, RunState
from workbench import messages

ICON: Final = Path(__file__).with_name("icon.svg")
_STYLE: Final = Path(__file__).with_name("style.css")

SEVERITY_TONES: Final[Mapping[str, str]] = {
    "critical": "red",
    "high": "orange",
    "medium": "yellow",
    "low": "gray",
    "unknown": "gray",
}
DRAFT_TONES: Final[Mapping[DraftState, str]] = {
    DraftState.NONE: "gray",
    DraftState.GENERATED: "blue",
    DraftState.FALLBACK: "orange",
    DraftState.NEEDS_INPUT: "yellow",
    DraftState.HUMAN: "violet",
    DraftState.UNREADABLE: "red",
}
STATUS_TONES: Final[Mapping[str, str]] = {
    "pending": "gray",
    "approved": "green",
    "rejected": "red",
}
RUN_TONES: Final[Mapping[RunState, str]] = {
    RunState.RUNNING: "blue",
    RunState.FINISHED: "green",
    RunState.CANCELLED: "gray",
    RunState.INTERRUPTED: "orange",
}
OUTCOME_TONES: Final[Mapping[OutcomeStatus, str]] = {
    OutcomeStatus.GENERATED: "green",
    OutcomeStatus.SKIPPED: "gray",
    OutcomeStatus.ERROR: "red",
}
FINDING_TONES: Final[Mapping[str, str]] = {"E": "red", "W": "yellow", "I": "gray"}


def use_style() -> None:
    """Load the style sheet; once in each run of the script."""
    st.html(_STYLE)


def badge(label: str, tone: str) -> str:
    """Give a badge as Markdown; `label` may be untrusted."""
    return f":{tone}-badge[{messages.escape_md(label)}]"


def severity_badge(severity: str) -> str:
    """Give a severity as a badge in Markdown."""
    label = messages.SEVERITIES.get(severity, severity)
    return badge(label, SEVERITY_TONES.get(severity, "gray"))


def draft_badge(state: DraftState) -> str:
    """Give the state of a draft as a badge in Markdown."""
    return badge(messages.DRAFT_STATES[state], DRAFT_TONES[state])


def status_badge(status: str) -> str:
    """Give the status of a suggestion as a badge in Markdown."""
    return badge(messages.STATUSES.get(status, status), STATUS_TONES.get(status, "gray"))
