"""Brings texts to the server that only a browser has: a tab that crashed, a reload, a restart.

The editor leaves a copy of each keystroke in the browser. On every page this looks for copies that
no open editor has any more and hands them in; they are offered where they belong. It also carries
what the editor has to say when the person does something outside it, as a page switch.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from runbooks.errors import RunbookError
from runbooks.names import NAMELESS
from runbooks.service import RunbookService
from workbench import notices, review_state, saving, state, unsaved, wiring
from workbench.components import text_editor
from workbench.opened import same_text, text_of

_KEY = "rb_keeper"
_PLACE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{6})?")
_MOST_AT_ONCE = 8
_CARRIER = st.components.v2.component(
    "runbooks.carrier",
    html="<span></span>",
    js="""
export default function ({ setStateValue }) {
  // Its state goes with every message, also with the one that leads to another page, where the
  // states of the page itself are left out: so the editor speaks through it at the last moment.
  window.runbooksCarry = (value) => setStateValue("said", value);
}
""",
)
_KEEPER = st.components.v2.component(
    "runbooks.keeper",
    html='<span class="keeper"></span>',
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Copy:
    """A text that a browser kept: `name` and `stamp` say which state of which copy it is."""

    name: str
    stamp: int
    item: str
    base: str
    place: str
    text: str


def show() -> None:
    """Look for such texts in the browser."""
    _look()
    _CARRIER(key=review_state.CARRIER, on_said_change=hear)


def hear() -> None:
    """Hear what the editor said last through the carrier."""
    said = text_editor.said(review_state.CARRIER)
    if said is not None:
        saving.take(wiring.service(), said.item)


@st.fragment
@notices.told
def _look() -> None:
    """A part of the page of its own: what it sends never stops what a click has begun."""
    _take()
    if state.take_redraw():
        st.rerun()
    told = {
        "who": wiring.person().actor,
        "nameless": NAMELESS,
        "taken": review_state.taken_copies(),
        "heard": review_state.heard(),
    }
    _KEEPER(key=_KEY, data=told, on_found_change=_take)


def _take() -> None:
    """Take over each copy; what cannot be taken stays in the browser and comes again."""
    taken = review_state.taken_copies()
    for copy in _copies(st.session_state.get(_KEY)):
        if taken.get(copy.name) != copy.stamp and _took(wiring.service(), copy):
            taken[copy.name] = copy.stamp
            review_state.keep_taken_copies(taken)
            notices.stand()
            state.ask_redraw()


def _took(service: RunbookService, copy: Copy) -> bool:
    me = wiring.person()
    try:
        now = service.peek(copy.item)
        if any(same_text(left.text, copy.text) for left in now.unsaved):
            return True
        if same_text(text_of(now.suggestion.slot), copy.text):
            return True
        if copy.place == me.place and review_state.has_desk(copy.item):
            unsaved.keep(service, copy.item, copy.text)
            return True
        place = copy.place if _PLACE.fullmatch(copy.place) else me.place + "-000000"
        service.keep_unsaved(copy.item, copy.text, copy.base, replace(me, place=place))
    except RunbookError:
        return False
    return True


def _copies(found: object) -> Iterator[Copy]:
    """Read what the browser sent; anything of another shape is left."""
    value = found.get("found") if isinstance(found, Mapping) else None
    listed = value.get("copies") if isinstance(value, Mapping) else None
    for each in listed[:_MOST_AT_ONCE] if isinstance(listed, list) else []:
        if not isinstance(each, Mapping):
            continue
        fields = [each.get(name) for name in ("name", "item", "base", "place", "text")]
        name, item, base, place, text = (f if isinstance(f, str) else None for f in fields)
        stamp = each.get("at")
        if name and item and text and base is not None and isinstance(stamp, int):
            yield Copy(name, stamp, item, base, place or "", text)
