"""What one browser tab keeps of the suggestions under review: a desk for each, and its widgets.

Besides `workbench.state` this is the only place that knows session keys and URL parameters. A desk
remembers which text is on the screen, so that a newer one is announced and never put in its place
silently, and what is being typed, so that it outlives a change of tab or page.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import streamlit as st

from runbooks.models import Lease, Slot

PREVIEW: Final = "Preview"
EDIT: Final = "Edit"
CHANGES: Final = "Changes"
HISTORY: Final = "History"
TABS: Final = (PREVIEW, EDIT, CHANGES, HISTORY)

STALE: Final = "stale_revision"
NOT_PENDING: Final = "not_pending"
HOLD_LOST: Final = "hold_lost"
KNOWN_REFUSALS: Final = frozenset({STALE, NOT_PENDING, HOLD_LOST})
"""The refusals of a save that show both texts and a way on."""

TAB_PARAMETER: Final = "tab"
_DESKS: Final = "rb_desks"
CARRIER: Final = "rb_carrier"
"""The component on every page through which the editor speaks at the last moment."""
_EDITOR: Final = "rb_editor"
_TAKEN: Final = "rb_copies"
_MOST_TAKEN: Final = 40
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


@dataclass(frozen=True)
class Answer:
    """What became of the editor's last act: its sequence, and the revision it is saved as."""

    sequence: int = 0
    revision: str = ""


@dataclass(frozen=True)
class Waiting:
    """An act that waits until the text of streamlit-ace must have come; `since` is monotonic."""

    kind: str
    since: float
    reason: str = ""
    revision: str = ""


@dataclass
class Desk:
    """What this tab keeps of one suggestion.

    `screen` and `status` are what the person sees; `base` is the revision that the editor's text
    is written on, `opened` the one that it was opened at; `round` counts how often its text was
    replaced by an act of the person, last by `put`, None for the saved text. `holder` is who has
    the hold while this tab has not; `renewed` counts monotonic seconds. `tab` is the tab that the
    address named last, `tab_written` when this page wrote it there.

    `heard` is the sequence of the last text that the editor sent, `answer` what became of its last
    act; `resting` says that nobody typed for a moment, `redraw_due` that the page is to be drawn
    anew then. `followed` leads from a revision to the one that this very editor saved on it: what
    it sends before it knows of its own save is not stale. `ace_start` is the text that
    streamlit-ace was opened with, `ace_seen` the last that came from it.
    """

    screen: Slot | None = None
    status: str = ""
    follow: bool = False
    base: str = ""
    opened: str = ""
    round: int = 0
    put: str | None = None
    heard: int = 0
    answer: Answer = Answer()
    followed: dict[str, str] = field(default_factory=dict)
    typed: Typed | None = None
    resting: bool = True
    redraw_due: bool = False
    heading: str = ""
    ace_start: str = ""
    ace_seen: str = ""
    waiting: Waiting | None = None
    ticks: int = 0
    lease: Lease | None = None
    renewed: float = 0.0
    holder: str = ""
    refusal: Refusal | None = None
    saved: str = ""
    version: int = 0
    job: str = ""
    first_tab: str = PREVIEW
    tab: str = PREVIEW
    tab_written: float = 0.0

    def newest(self, base: str) -> str:
        """Give the revision that this editor made of a base, the base itself when it made none."""
        for _ in self.followed:
            base = self.followed.get(base, base)
        return base

    def replace(self, text: str | None) -> None:
        """Put a text into the editor in place of what stands there, None for the saved one."""
        self.put = text
        self.round += 1


def desk(suggestion_id: str) -> Desk:
    """Give this tab's desk for a suggestion, a new one when there is none."""
    desks = _desks()
    found = desks.pop(suggestion_id, None) or Desk()
    desks[suggestion_id] = found
    st.session_state[_DESKS] = dict(list(desks.items())[-_MOST_DESKS:])
    return found


def has_desk(suggestion_id: str) -> bool:
    """Say whether this tab has had this suggestion open."""
    return suggestion_id in _desks()


def taken_copies() -> dict[str, int]:
    """Give the copies that the browser sent and the server has: names and stamps."""
    kept = st.session_state.get(_TAKEN)
    return dict(kept) if isinstance(kept, Mapping) else {}


def keep_taken_copies(taken: Mapping[str, int]) -> None:
    """Remember which copies were taken over."""
    st.session_state[_TAKEN] = dict(list(taken.items())[-_MOST_TAKEN:])


def heard() -> dict[str, int]:
    """Give the sequence of the last text that came from each editor of this tab."""
    return {name: found.heard for name, found in _desks().items() if found.heard}


def unsaved_elsewhere(here: str) -> dict[str, str]:
    """Give the suggestions other than `here` with text of this tab that is not saved: headings."""
    return {
        name: found.heading or name
        for name, found in _desks().items()
        if found.typed is not None and name != here
    }


def _desks() -> dict[str, Desk]:
    kept = st.session_state.get(_DESKS)
    return dict(kept) if isinstance(kept, Mapping) else {}


def key(name: str, suggestion_id: str) -> str:
    """Name a widget that belongs to one suggestion; ids may hold any character."""
    digest = hashlib.sha256(suggestion_id.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"rv_{name}_{digest}"


def editor_key(suggestion_id: str) -> str:
    """Name the editor of a suggestion: it stays the same while its text becomes another one."""
    return key("editor", suggestion_id)


def ace_key(suggestion_id: str, found: Desk) -> str:
    """Name streamlit-ace: another item, revision or text is another one (a name is a text)."""
    return f"{key('ace', suggestion_id)}_{found.opened[:16]}_{found.round}"


def ace_text(suggestion_id: str, found: Desk) -> str | None:
    """Give what streamlit-ace sent last, None where it is not shown or sent nothing yet."""
    value = st.session_state.get(ace_key(suggestion_id, found))
    return value if isinstance(value, str) else None


def is_drawn(name: str) -> bool:
    """Say whether a widget of this name stood on the page before this run."""
    return name in st.session_state


def wait_for_ace(sid: str, kind: str, reason: str = "", revision: str = "") -> bool:
    """Let an act wait where streamlit-ace is shown; say whether it does."""
    found = desk(sid)
    if not is_drawn(ace_key(sid, found)):
        return False
    found.waiting, found.ticks = Waiting(kind, time.monotonic(), reason, revision), 0
    return True


def keep_editor(name: str) -> None:
    """Remember which editor this person chose."""
    st.session_state[_EDITOR] = name


def chosen_editor() -> str:
    """Give the editor that was chosen in this session, "" before one was."""
    return str(st.session_state.get(_EDITOR, ""))


def arrives(suggestion_id: str) -> bool:
    """Say whether the person comes from elsewhere: widgets live as long as they are shown."""
    return key("tab", suggestion_id) not in st.session_state


EDIT_ADDRESS: Final = {TAB_PARAMETER: EDIT.lower()}
"""The URL parameter that opens the editor."""


def go_to_tab(suggestion_id: str, name: str) -> None:
    """Open another tab; for callbacks, before the tabs are drawn."""
    st.session_state[key("tab", suggestion_id)] = name


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


def unfold(name: str) -> None:
    """Open a popover."""
    st.session_state[name] = True


def show_suggestion(suggestion_id: str) -> None:
    """Go to another suggestion on this page."""
    st.query_params.from_dict({"id": suggestion_id})
