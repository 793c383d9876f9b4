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
from runbooks.errors import InvalidRequest
from runbooks.models import Suggestion
from runbooks.neighbours import Around, fits, place_of
from runbooks.revision import iso
from runbooks.service import RunbookService
from workbench import notices, review_state, state, tabs
from workbench.kept import kept
from workbench.opened import Opened
from workbench.state import View

_PLACE: Final = "rb_walk_place"
_ARRIVED: Final = "rb_walk_arrived"
_DECIDED: Final = "rb_walk_decided"
_ONWARD: Final = "rb_walk_onward"
_NOWHERE: Final = Around(before="", after="", position=0, total=0, listed=False)
LOOK_S: Final = 0.8
"""Who was led to an item sees it for so long before a click on it can decide anything."""


@dataclass(frozen=True)
class Decided:
    """The decision that this tab made last, to be undone; `told` is Markdown."""

    what: Decision
    told: str
    heading: str


def view() -> View:
    """Give the view of the queue that the URL names beside the suggestion."""
    return View.read(state.present())


def back() -> View:
    """Give the view to go back to: the URL's, else the one that this tab saw last."""
    named = view()
    return named if named != View() else state.last_view()


def arrive(opened: Opened) -> None:
    """Note where the suggestion stands in the list, when the person comes to it.

    It stays the place to go on from: a decision may move the entry, or take it from the list.
    """
    if not _kept_place(opened.sid) or review_state.arrives(opened.sid):
        sort = view().sort
        st.session_state[_PLACE] = (opened.sid, sort.value, place_of(opened.entry, sort))


def _kept_place(suggestion_id: str) -> str:
    found = st.session_state.get(_PLACE)
    here = (suggestion_id, view().sort.value)
    return str(found[2]) if isinstance(found, tuple) and found[:2] == here else ""


def around(opened: Opened) -> Around:
    """Give what stands around the suggestion in its list; asked once a minute.

    A list that cannot be asked for, as by too many filters at once, has no place in it.
    """
    seen, entry = view(), opened.entry
    at = _kept_place(opened.sid) or place_of(entry, seen.sort)
    which = seen.filter()
    key = ("around", opened.sid, which, seen.sort, at, fits(entry, which))
    ask = opened.service.around
    try:
        return kept(opened.service).get(key, lambda: ask(entry, which, seen.sort, at))
    except InvalidRequest:
        return _NOWHERE


def others(opened: Opened) -> bool:
    """Say whether there is another one in the list to go on to."""
    found = around(opened)
    return bool(found.after or found.before)


def behind(service: RunbookService, suggestion_id: str) -> str:
    """Give the id of the next in the list as it is now, "" when there is no other."""
    seen, at = view(), _kept_place(suggestion_id)
    return service.behind(suggestion_id, seen.filter(), seen.sort, at) if at else ""


def before(service: RunbookService, suggestion_id: str) -> str:
    """Give the id of the one before in the list as it is now, "" for the first."""
    seen, at = view(), _kept_place(suggestion_id)
    return service.before(suggestion_id, seen.filter(), seen.sort, at) if at else ""


def go(suggestion_id: str) -> None:
    """Open a suggestion of the same list on this page; the one that is open keeps its tab."""
    here = suggestion_id == state.suggestion_id()
    tab = tabs.address() if here else {}
    st.query_params.from_dict({**state.review_address(suggestion_id, view()), **tab})
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


def keep_decided(after: Suggestion, told: str) -> None:
    """Remember a decision that this person has just made, and how to say it (Markdown)."""
    what = Decision(after.suggestion_id, _decided_at(after), after.slot.revision)
    st.session_state[_DECIDED] = Decided(what, told, after.heading)


def stands(decided: Decided, now: Suggestion) -> bool:
    """Say whether a decision is still the one that holds for its suggestion."""
    return _decided_at(now) == decided.what.at


def _decided_at(suggestion: Suggestion) -> str:
    approval = suggestion.approval
    return iso(approval.timestamp) if approval and approval.timestamp else ""


def mean_to_go_on(service: RunbookService, suggestion_id: str, *, onward: bool) -> None:
    """Note whether the decision that is being made shall lead to the next of the list.

    What is next is asked before the decision, which may move the suggestion in the list.
    """
    to = behind(service, suggestion_id) if onward else None
    st.session_state[_ONWARD] = (suggestion_id, to)


def done(after: Suggestion, told: str) -> None:
    """Say what was decided with its undo, and go on if that was meant."""
    keep_decided(after, told)
    meant = st.session_state.pop(_ONWARD, None)
    to = meant[1] if isinstance(meant, tuple) and meant[0] == after.suggestion_id else None
    if to:
        go(str(to))
    elif to is not None:
        notices.done("Nothing else is in this list.")


def last_decided() -> Decided | None:
    """Give the decision that can be undone, None when there is none."""
    found = st.session_state.get(_DECIDED)
    return found if isinstance(found, Decided) else None


def forget_decided() -> None:
    """Offer no undo any longer."""
    st.session_state.pop(_DECIDED, None)
