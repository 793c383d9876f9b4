"""What one browser tab keeps of the suggestions under review: a desk for each, and its widgets.

Besides `workbench.state` this is the only place that knows session keys and URL parameters. A desk
remembers which text is on the screen, so that a newer one is announced and never put in its place
silently, and what is being typed, so that it outlives a change of tab or page.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import streamlit as st

from runbooks.models import Lease, Slot

PREVIEW: Final = "Preview"
EDIT: Final = "Edit"
CHANGES: Final = "Changes"
HISTORY: Final = "History"
TABS: Final = (PREVIEW, EDIT, CHANGES, HISTORY)

_TAB_PARAMETER: Final = "tab"
_DESKS: Final = "rb_desks"
_MOST_DESKS: Final = 12


@dataclass(frozen=True)
class Typed:
    """Text in the editor that is not saved; `kept` says that the server has a copy."""

    text: str
    at: datetime
    kept: bool = True


@dataclass(frozen=True)
class Refusal:
    """A save that was refused: the person's text, what it was written on, and why.

    `code` is the error's; `told` is what the error says, as Markdown; `holder` who has it now.
    """

    text: str
    base: str
    code: str
    told: str
    reason: str = ""


@dataclass
class Desk:
    """What this tab keeps of one suggestion.

    `screen` and `status` are what the person sees; `base` is the revision that the editor's text
    is written on, `opened` the one that it was opened at; `round` counts how often its text was
    replaced by an act of the person. `holder` is who has the hold while this tab has not;
    `renewed` counts monotonic seconds.
    """

    screen: Slot | None = None
    status: str = ""
    follow: bool = False
    base: str = ""
    opened: str = ""
    round: int = 0
    typed: Typed | None = None
    lease: Lease | None = None
    renewed: float = 0.0
    holder: str = ""
    refusal: Refusal | None = None
    saved: str = ""
    version: int = 0
    job: str = ""
    first_tab: str = PREVIEW


def desk(suggestion_id: str) -> Desk:
    """Give this tab's desk for a suggestion, a new one when there is none."""
    kept = st.session_state.get(_DESKS)
    desks: dict[str, Desk] = dict(kept) if isinstance(kept, Mapping) else {}
    found = desks.pop(suggestion_id, None) or Desk()
    desks[suggestion_id] = found
    st.session_state[_DESKS] = dict(list(desks.items())[-_MOST_DESKS:])
    return found


def key(name: str, suggestion_id: str) -> str:
    """Name a widget that belongs to one suggestion; ids may hold any character."""
    digest = hashlib.sha256(suggestion_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"rv_{name}_{digest}"


def editor_key(suggestion_id: str, found: Desk) -> str:
    """Name the text area: another item, another revision or another text is another widget."""
    return f"{key('text', suggestion_id)}_{found.opened[:16]}_{found.round}"


def arrives(suggestion_id: str) -> bool:
    """Say whether the person comes from elsewhere: widgets live as long as they are shown."""
    return key("tab", suggestion_id) not in st.session_state


def first_tab(suggestion_id: str) -> str:
    """Give the tab that the URL named (`?tab=`) when the person came, else the first one.

    It stays the same while the page is shown: a new default would pull the person back from the
    tab that was just clicked.
    """
    found = desk(suggestion_id)
    if arrives(suggestion_id):
        named = st.query_params.get(_TAB_PARAMETER, "").capitalize()
        found.first_tab = named if named in TABS else PREVIEW
    return found.first_tab


def keep_tab(suggestion_id: str) -> None:
    """Write the open tab into the URL."""
    opened = str(st.session_state.get(key("tab", suggestion_id), PREVIEW))
    if opened in TABS and opened != PREVIEW:
        st.query_params[_TAB_PARAMETER] = opened.lower()
    elif _TAB_PARAMETER in st.query_params:
        del st.query_params[_TAB_PARAMETER]


def go_to_tab(suggestion_id: str, name: str) -> None:
    """Open another tab; for callbacks, before the tabs are drawn."""
    st.session_state[key("tab", suggestion_id)] = name
    keep_tab(suggestion_id)


def text_of(name: str) -> str:
    """Give what a text field was filled with."""
    value = st.session_state.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def ticked(name: str) -> bool:
    """Say whether a box was ticked."""
    return st.session_state.get(name) is True


def close(name: str) -> None:
    """Close a popover."""
    st.session_state[name] = False


def show_suggestion(suggestion_id: str) -> None:
    """Go to another suggestion on this page."""
    st.query_params.from_dict({"id": suggestion_id})
