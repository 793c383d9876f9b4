"""The tab of the review page that is open, and the address that names it: they always agree.

A sister of `workbench.review_state`, which knows the keys.
"""

import time
from typing import Final

import streamlit as st

from workbench.review_state import PREVIEW, TAB_PARAMETER, TABS, Desk, arrives, desk, key

_ON_ITS_WAY_S: Final = 1.0
"""So long may a browser send the address from before the page wrote a new one."""


def settle(suggestion_id: str) -> str:
    """Make the open tab and the URL (`?tab=`) agree; give the tab that the page began with.

    The address leads who comes, and who goes back or forward; else the tab does, and is written
    into the address. What the page began with stays the same: a new default would pull the person
    back from the tab that was just clicked.
    """
    found, named = desk(suggestion_id), _named()
    name = key("tab", suggestion_id)
    shown = str(st.session_state.get(name, named))
    if arrives(suggestion_id):
        found.first_tab = named
    elif shown == found.tab != named and not _is_late(found):
        st.session_state[name] = shown = named
    _write(found, shown)
    return found.first_tab


def opened(suggestion_id: str) -> str:
    """Give the tab that is open."""
    return desk(suggestion_id).tab


def address() -> dict[str, str]:
    """Give the URL parameter of the tab that is open now."""
    named = _named()
    return {} if named == PREVIEW else {TAB_PARAMETER: named.lower()}


def _named() -> str:
    named = st.query_params.get(TAB_PARAMETER, "").capitalize()
    return named if named in TABS else PREVIEW


def _is_late(found: Desk) -> bool:
    """Say whether an address may be the one from before this page wrote it: it is on its way."""
    return time.monotonic() - found.tab_written < _ON_ITS_WAY_S


def _write(found: Desk, shown: str) -> None:
    found.tab = shown
    if shown == _named():
        return
    found.tab_written = time.monotonic()
    if shown == PREVIEW:
        del st.query_params[TAB_PARAMETER]
    else:
        st.query_params[TAB_PARAMETER] = shown.lower()
