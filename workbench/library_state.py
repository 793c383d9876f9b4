"""What the address of the library says, and what one tab has selected there.

The list's parameters are those of the queue (`q`, `severity`, `service`, `failure`, `page`,
`after`, `size`), so the same words mean the same on both pages. `id` names one runbook, `version`
one of its texts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qs

import streamlit as st

from runbooks.store.queries import Sort
from workbench import state
from workbench.state import View

TABLE: Final = "rb_library_table"
VERSIONS_TABLE: Final = "rb_library_versions"
FIELD: Final = "rb_library_"
"""Widgets of the filter are called by this and the name of a field of `View`."""

_VERSION: Final = "version"
_LAST: Final = "rb_library_last"
_TRAIL: Final = "rb_library_trail"
_SELECTED: Final = "rb_library_selected"
_ROUND: Final = "rb_library_round"
_OURS: Final = ("text", "severity", "service", "failure_type", "size", "page", "after")

ALL: Final = View(status=("approved",), sort=Sort.UPDATED)
"""Every approved runbook, the last changed first."""


def view() -> View:
    """Give the part of the library that the URL asks for, and remember it as the way back."""
    found = _read(state.present())
    st.session_state[_LAST] = state.address("", params(found)).removeprefix("?")
    return found


def last_view() -> View:
    """Give the part of the library that this tab saw last."""
    kept = st.session_state.get(_LAST, "")
    return _read(parse_qs(kept) if isinstance(kept, str) else {})


def params(shown: View) -> dict[str, str | list[str]]:
    """Give the URL parameters of a list, without those that never change here."""
    return {k: v for k, v in shown.params().items() if k not in ("status", "sort")}


def show_view(wanted: View) -> None:
    """Go to another part of the library; what was selected is selected no longer."""
    clear_selection()
    st.query_params.from_dict(params(wanted))


def _read(given: Mapping[str, list[str]]) -> View:
    """Read a list from URL parameters; status and order are always the library's own."""
    fixed = {**given, "status": ["approved"], "sort": [Sort.UPDATED.value]}
    found = View.read(fixed)
    return replace(ALL, **{name: getattr(found, name) for name in _OURS})


def runbook_address(suggestion_id: str, version: int = 0) -> dict[str, str]:
    """Give the URL parameters that open a runbook, or one of its versions."""
    named = {state.SUGGESTION: suggestion_id}
    return {**named, _VERSION: str(version)} if version else named


def runbook_link(suggestion_id: str) -> str:
    """Give the link to an approved runbook."""
    return state.address("library", dict(runbook_address(suggestion_id)))


def version_number() -> int:
    """Give the version that the URL names (`?version=`), 0 when it names none."""
    given = (state.present().get(_VERSION) or [""])[-1]
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0


def trail() -> dict[int, str]:
    """Give the cursors of the pages that this tab came by, by page number."""
    kept = st.session_state.get(_TRAIL, {})
    return dict(kept) if isinstance(kept, dict) else {}


def keep_trail(cursors: Mapping[int, str]) -> None:
    """Remember the cursors of the pages that this tab came by."""
    st.session_state[_TRAIL] = dict(cursors)


def take_selection() -> None:
    """Take over what was just selected in the list."""
    table = st.session_state.get(TABLE)
    chosen = table.get("selected") if isinstance(table, Mapping) else None
    listed = chosen.get("ids", ()) if isinstance(chosen, Mapping) else ()
    st.session_state[_SELECTED] = tuple(name for name in listed if isinstance(name, str))


def selected(shown: Iterable[str]) -> tuple[str, ...]:
    """Give the selected ones of the runbooks that are shown."""
    chosen = st.session_state.get(_SELECTED, ())
    names = set(chosen) if isinstance(chosen, tuple) else set()
    return tuple(name for name in shown if name in names)


def clear_selection() -> None:
    """Select nothing; the list is drawn anew."""
    st.session_state[_SELECTED] = ()
    st.session_state[_ROUND] = selection_round() + 1


def selection_round() -> int:
    """Say how often the selection was cleared from outside the list."""
    kept = st.session_state.get(_ROUND, 0)
    return kept if isinstance(kept, int) else 0
