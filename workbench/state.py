"""Every session key and every URL parameter: typed, checked, and named nowhere else.

The URL is the truth for what is shown, so that a link, a reload and a second browser show the
same. The session holds only what belongs to one tab: its id, a name, the way back.
"""

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qs, urlencode

import streamlit as st

from runbooks.api.filters import read_run_cursor, write_run_cursor
from runbooks.errors import InvalidRequest
from runbooks.models import RunSummary
from workbench.addresses import REVIEW_PAGE, RUNS_PAGE
from workbench.queue_view import (
    ANY,
    DRAFT_STATES,
    PAGE_SIZES,
    SEVERITIES,
    STATUSES,
    Params,
    View,
    one_value,
    whole_number,
)

__all__ = ["ANY", "DRAFT_STATES", "PAGE_SIZES", "SEVERITIES", "STATUSES", "View"]

# --- session keys -------------------------------------------------------------------------------

NAME_FIELD: Final = "rb_name_field"
_TAB: Final = "rb_tab"
_NAME: Final = "rb_name"
_TRAIL: Final = "rb_queue_trail"
_LAST_VIEW: Final = "rb_last_view"
_NOTICES: Final = "rb_notices"
_FOLLOWED: Final = "rb_followed_jobs"
_SELECTED: Final = "rb_selected"
_ROUND: Final = "rb_queue_round"
_REDRAW: Final = "rb_redraw"
_FRAMED: Final = "rb_framed"
_KEYS: Final = "rb_keys_open"

QUEUE_TABLE: Final = "rb_queue_table"
RUNS_TABLE: Final = "rb_runs_table"
OUTCOMES_TABLE: Final = "rb_outcomes_table"
BATCH_POPOVER: Final = "rb_batch"
BATCH_SIZE: Final = "rb_batch_size"
REJECT_REASON: Final = "rb_reject_reason"
DUPLICATE_OF: Final = "rb_duplicate_of"
ASSIGN_TO: Final = "rb_assign_to"
FIELD: Final = "rb_filter_"
"""Widgets of the filter are called by this and the name of a field of `View`."""


def tab_id() -> str:
    """Give this tab's id, "" before it has one."""
    return _session_text(_TAB)


def keep_tab_id(value: str) -> None:
    """Remember this tab's id."""
    st.session_state[_TAB] = value


def given_name() -> str:
    """Give the name that was typed in this session, "" if none was."""
    return _session_text(_NAME)


def keep_given_name(value: str) -> None:
    """Remember the name that was typed in this session."""
    st.session_state[_NAME] = value


def frame_page() -> None:
    """Mark that `app.py` is in charge of this run of the script."""
    st.session_state[_FRAMED] = True


def take_frame() -> bool:
    """Say whether it is, and take the mark away for the next run."""
    return bool(st.session_state.pop(_FRAMED, False))


def ask_redraw() -> None:
    """Ask that the whole page is drawn anew after an act inside a fragment."""
    st.session_state[_REDRAW] = True


def take_redraw() -> bool:
    """Say whether that was asked for, and forget it."""
    return bool(st.session_state.pop(_REDRAW, False))


def keys_shown() -> bool:
    """Say whether the panel with the keys is open."""
    return bool(st.session_state.get(_KEYS, False))


def turn_keys() -> None:
    """Open the panel with the keys, or close it."""
    st.session_state[_KEYS] = not keys_shown()


def close_batch_popover() -> None:
    """Close the popover in which a batch is started."""
    st.session_state[BATCH_POPOVER] = False


def keep_notice(kind: str, text: str) -> None:
    """Keep something to be said on the next run of the page."""
    st.session_state[_NOTICES] = [*_notices(), (kind, text)]


def take_notices() -> list[tuple[str, str]]:
    """Give what there is to say, and forget it."""
    found = _notices()
    st.session_state[_NOTICES] = []
    return found


def _notices() -> list[tuple[str, str]]:
    kept = st.session_state.get(_NOTICES, [])
    return list(kept) if isinstance(kept, list) else []


def followed() -> frozenset[str]:
    """Give the jobs that this tab has seen at work and not put away."""
    kept = st.session_state.get(_FOLLOWED, ())
    return frozenset(kept) if isinstance(kept, tuple) else frozenset()


def follow(jobs: Iterable[str]) -> None:
    """Show these jobs from now on, also when they are over."""
    st.session_state[_FOLLOWED] = tuple(followed() | set(jobs))


def put_away(job_id: str) -> None:
    """Do not show this job any longer."""
    st.session_state[_FOLLOWED] = tuple(followed() - {job_id})


def take_selection() -> None:
    """Take over what was just selected in the table of the queue."""
    table = st.session_state.get(QUEUE_TABLE)
    chosen = table.get("selected") if isinstance(table, Mapping) else None
    listed = chosen.get("ids", ()) if isinstance(chosen, Mapping) else ()
    st.session_state[_SELECTED] = tuple(name for name in listed if isinstance(name, str))


def selected(shown: Iterable[str]) -> tuple[str, ...]:
    """Give the selected ones of the suggestions that are shown."""
    names = set(_selected())
    return tuple(name for name in shown if name in names)


def clear_selection() -> None:
    """Select nothing; the table is drawn anew."""
    deselect(_selected())


def deselect(names: Iterable[str]) -> None:
    """Select these no longer, whatever else is selected; the table is drawn anew."""
    gone = set(names)
    st.session_state[_SELECTED] = tuple(name for name in _selected() if name not in gone)
    st.session_state[_ROUND] = selection_round() + 1


def _selected() -> tuple[str, ...]:
    chosen = st.session_state.get(_SELECTED, ())
    return chosen if isinstance(chosen, tuple) else ()


def selection_round() -> int:
    """Say how often the selection was changed from outside the table."""
    kept = st.session_state.get(_ROUND, 0)
    return kept if isinstance(kept, int) else 0


def _session_text(key: str) -> str:
    value = st.session_state.get(key, "")
    return value if isinstance(value, str) else ""


# --- URL parameters -----------------------------------------------------------------------------

SUGGESTION: Final = "id"
RUN: Final = "run"
BEFORE: Final = "before"
ROWS: Final = "rows"
ROWS_STEP: Final = 100


def suggestion_id() -> str:
    """Give the suggestion that the URL names (`?id=`), "" when it names none."""
    return one_value(_params(), SUGGESTION, limit=1500)


def review_address(key: str, listed: View | None = None) -> dict[str, str | list[str]]:
    """Give the URL parameters that open a suggestion on the review page, as one of a list."""
    return {SUGGESTION: key, **(listed.params() if listed else {})}


def run_id() -> str:
    """Give the run that the URL names (`?run=`), "" when it names none."""
    return one_value(_params(), RUN)


def run_address(key: str) -> dict[str, str]:
    """Give the URL parameters that open a run on the page of runs."""
    return {RUN: key}


def run_link(key: str) -> str:
    """Give the link to a run."""
    return address(RUNS_PAGE, dict(run_address(key)))


def review_link(key: str, listed: View | None = None) -> str:
    """Give the link to the review of a suggestion, as one of a list."""
    return address(REVIEW_PAGE, review_address(key, listed))


def runs_after() -> tuple[object, ...] | None:
    """Give where the list of runs goes on (`?before=`), None for the newest."""
    try:
        return read_run_cursor(one_value(_params(), BEFORE, limit=2500))
    except InvalidRequest:
        return None


def older_runs_address(last: RunSummary) -> dict[str, str]:
    """Give the URL parameters of the runs older than this one."""
    return {BEFORE: write_run_cursor(last)}


def rows_shown() -> int:
    """Give how many outcomes of a run are shown (`?rows=`), a multiple of 100 up to 1000."""
    wanted = whole_number(one_value(_params(), ROWS), ROWS_STEP)
    return min(max(ROWS_STEP, wanted // ROWS_STEP * ROWS_STEP), 10 * ROWS_STEP)


def show_more_rows(key: str, rows: int) -> None:
    """Show so many outcomes of a run."""
    st.query_params.from_dict({RUN: key, ROWS: str(rows)})


def query_string() -> str:
    """Give the query of the present address."""
    return urlencode(present(), doseq=True)


def address(page: str, parameters: Mapping[str, str | list[str]]) -> str:
    """Give the link to a page of the workbench, relative to any other page."""
    query = urlencode(parameters, doseq=True)
    return f"{page}?{query}" if query else page


def present() -> dict[str, list[str]]:
    """Give the parameters of the present address."""
    return {name: list(values) for name, values in _params().items()}


def _params() -> Params:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def view() -> View:
    """Give the view of the queue that the URL asks for, and remember it as the way back."""
    found = View.read(_params())
    st.session_state[_LAST_VIEW] = found.query()
    return found


def show_view(wanted: View) -> None:
    """Go to another view of the queue."""
    st.query_params.from_dict(wanted.params())


def last_view() -> View:
    """Give the view of the queue that this tab saw last: the order for next and previous."""
    return View.read(parse_qs(_session_text(_LAST_VIEW)))


def trail() -> dict[int, str]:
    """Give the cursors of the queue's pages that this tab came by, by page number."""
    kept = st.session_state.get(_TRAIL, {})
    return dict(kept) if isinstance(kept, dict) else {}


def keep_trail(cursors: Mapping[int, str]) -> None:
    """Remember the cursors of the pages that this tab came by."""
    st.session_state[_TRAIL] = dict(cursors)
