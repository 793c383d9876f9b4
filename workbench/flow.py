"""The walk through a list of suggestions: which list, the place in it, the last decision.

The list is the one that the URL names, as a link to a view of the queue does; the session holds
only where this tab stands in it, and what it decided last. Besides `workbench.state` and its
sisters this is the only place that knows these keys.
"""

import time
from dataclasses import dataclass
from typing import Final

import streamlit as st

from runbooks.bulk import Decision
from runbooks.models import Suggestion
from runbooks.neighbours import Around, fits, place_of
from runbooks.revision import iso
from workbench import review_state, state
from workbench.kept import kept
from workbench.opened import Opened
from workbench.state import View

_PLACE: Final = "rb_walk_place"
_ARRIVED: Final = "rb_walk_arrived"
_DECIDED: Final = "rb_walk_decided"
LOOK_S: Final = 0.8
"""Who was led to an item sees it for so long before a click on it can decide anything."""


@dataclass(frozen=True)
class Decided:
    """The decision that this tab made last, to be undone."""

    what: Decision
    status: str
    heading: str


def view() -> View:
    """Give the view of the queue that the URL names beside the suggestion."""
    return View.read(state.present())


def back() -> View:
    """Give the view to go back to: the URL's, else the one that this tab saw last."""
    named = view()
    return named if named != View() else state.last_view()


def arrive(opened: Opened) -> None:
    """Note where the suggestion stands in the list, when the person comes to it."""
    sort = view().sort
    kept_place = st.session_state.get(_PLACE)
    here = (opened.sid, sort.value)
    known = isinstance(kept_place, tuple) and kept_place[:2] == here
    if not known or review_state.arrives(opened.sid):
        st.session_state[_PLACE] = (*here, place_of(opened.entry, sort))


def place(opened: Opened) -> str:
    """Give the place that the person came to; a decision may have moved the entry since."""
    kept_place = st.session_state.get(_PLACE)
    sort = view().sort
    if isinstance(kept_place, tuple) and kept_place[:2] == (opened.sid, sort.value):
        return str(kept_place[2])
    return place_of(opened.entry, sort)


def around(opened: Opened) -> Around:
    """Give what stands around the suggestion in its list; asked once a minute."""
    seen, at, entry = view(), place(opened), opened.entry
    which = seen.filter()
    key = ("around", opened.sid, which, seen.sort, at, fits(entry, which))
    ask = opened.service.around
    return kept(opened.service).get(key, lambda: ask(entry, which, seen.sort, at))


def behind(opened: Opened) -> str:
    """Give the id of the next in the list as it is now, "" when there is no other."""
    seen = view()
    return opened.service.behind(opened.sid, seen.filter(), seen.sort, place(opened))


def before(opened: Opened) -> str:
    """Give the id of the one before in the list as it is now, "" for the first."""
    seen = view()
    return opened.service.before(opened.sid, seen.filter(), seen.sort, place(opened))


def go(suggestion_id: str) -> None:
    """Open a suggestion of the same list on this page."""
    st.query_params.from_dict(state.review_address(suggestion_id, view()))
    st.session_state[_ARRIVED] = (suggestion_id, 0.0)


def drawn(suggestion_id: str) -> None:
    """Note that all of a suggestion is on the screen."""
    arrived = st.session_state.get(_ARRIVED)
    if isinstance(arrived, tuple) and arrived == (suggestion_id, 0.0):
        st.session_state[_ARRIVED] = (suggestion_id, time.monotonic())


def too_soon(suggestion_id: str) -> bool:
    """Say whether a click cannot have been meant for this suggestion: it has only just appeared.

    The second half of a double click on *Approve and next* lands on the next one's button.
    """
    arrived = st.session_state.get(_ARRIVED)
    if not isinstance(arrived, tuple) or arrived[0] != suggestion_id:
        return False
    return not arrived[1] or time.monotonic() - arrived[1] < LOOK_S


def keep_decided(after: Suggestion) -> None:
    """Remember a decision that this person has just made."""
    approval = after.approval
    at = iso(approval.timestamp) if approval and approval.timestamp else ""
    what = Decision(after.suggestion_id, at, after.slot.revision)
    st.session_state[_DECIDED] = Decided(what, after.status, after.heading)


def last_decided() -> Decided | None:
    """Give the decision that can be undone, None when there is none."""
    found = st.session_state.get(_DECIDED)
    return found if isinstance(found, Decided) else None


def forget_decided() -> None:
    """Offer no undo any longer."""
    st.session_state.pop(_DECIDED, None)
