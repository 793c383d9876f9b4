"""The only way from a page to the core, and who is sitting at the page.

`service` gives the process's one service, the same that REST uses. Who acts is the name that the
person gave: `serve.py` keeps it in a cookie, the bare script in the session.
"""

import secrets
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from runbooks.bootstrap import shared_service
from runbooks.config import load_settings
from runbooks.names import MAX_NAME, NAME_COOKIE, actor_of, checked_name
from runbooks.service import RunbookService
from runbooks.transfer import add_sample_if_empty
from runbooks.unsaved import Person
from workbench import messages, notices, review_state, state
from workbench.components import name_form

_LOCAL = "local:"
_VISITOR = "visitor-"


class _Served:
    """Whether this process answers POST `/session/name`, as `serve.py` says when it starts."""

    session_route = False


def names_are_kept_in_a_cookie(kept: bool = True) -> None:
    """Say that this process answers POST `/session/name` (form fields `name`, `next`)."""
    _Served.session_route = kept


def pages_come_from_app() -> None:
    """Say that `app.py` alone names the pages, before the first visitor comes.

    Else Streamlit takes the files of `pages/` for the pages until `app.py` ran once, and tells
    who comes first by a deep link that there is no such page.
    """
    PagesManager.uses_pages_directory = False


def service() -> RunbookService:
    """Give the process's one service; raise InvalidSettings, StoreUnavailable at the first call."""
    return shared_service()


def usual_batch_size() -> int:
    """Give the size of a batch that the settings name (RUNBOOK_BATCH_SIZE)."""
    return load_settings().batch_size


def editor() -> str:
    """Give the editor to show: the one chosen in this session, else that of RUNBOOK_EDITOR."""
    return review_state.chosen_editor() or load_settings().editor


def load_sample() -> bool:
    """Put the sample into an empty store; say whether it was empty."""
    return add_sample_if_empty(service())


def name() -> str:
    """Give the name of the person at this page, "" until one was given."""
    cookie = st.context.cookies.get(NAME_COOKIE)
    known = actor_of(cookie, "") if isinstance(cookie, str) else ""
    return known.removeprefix(_LOCAL) or state.given_name()


def person() -> Person:
    """Give who acts here: `local:<name>`, at this browser tab.

    Somebody without a name is a visitor of this tab alone, so that two of them never pass for one
    person where an item is held (CONTRACT R18).
    """
    place = tab()
    return Person(actor=f"{_LOCAL}{name() or _VISITOR + place}", place=place)


def tab() -> str:
    """Give the id of this browser tab, which lasts as long as its session."""
    known = state.tab_id()
    if not known:
        known = secrets.token_hex(4)
        state.keep_tab_id(known)
    return known


def shown(actor: str) -> str:
    """Give an actor as people read it: the name alone, "you" for the person at this page."""
    return messages.who(actor, person().actor)


def ask_name() -> None:
    """Show the form in which a person gives a name."""
    if _Served.session_route:
        name_form.show(name(), _address())
        return
    with st.form("rb_name_form", border=False):
        st.text_input("Your name", value=name(), max_chars=MAX_NAME, key=state.NAME_FIELD)
        st.form_submit_button("Use this name", on_click=_keep_name)


@notices.guarded
def _keep_name() -> None:
    state.keep_given_name(checked_name(str(st.session_state.get(state.NAME_FIELD, ""))))


def _address() -> str:
    """Give path and query of this page, for coming back to it."""
    parts = urlsplit(st.context.url or "")
    query = state.query_string()
    return (parts.path or "/") + (f"?{query}" if query else "")
