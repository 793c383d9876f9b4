"""The search and the filters of the library; what they are set to stands in the URL."""

from collections.abc import Callable, Sequence

import streamlit as st

from runbooks.words import TEXT_WORDS
from workbench import library_state, messages, state
from workbench.state import View

_FIELDS: dict[str, tuple[str, Callable[[str], str]]] = {
    "severity": ("Severity", lambda value: messages.SEVERITIES[value]),
    "service": ("Service", str),
    "failure_type": ("Failure type", messages.failure_type),
}


def show(view: View, services: Sequence[str], *, finds_beginnings: bool) -> None:
    """Show them as this view has them; a change goes to the URL."""
    _seed(view)
    with st.container(horizontal=True, vertical_alignment="bottom", key="rb_library_filters"):
        st.text_input(
            "Search",
            key=_key("text"),
            type="search",
            placeholder="Search titles, texts, commands, errors, services",
            label_visibility="collapsed",
            icon=":material/search:",
            on_change=_taken,
            args=("text",),
            max_chars=200,
        )
        count = sum(bool(getattr(view, name)) for name in _FIELDS)
        label = f"Filters ({count})" if count else "Filters"
        with st.popover(label, icon=":material/filter_list:"):
            _popped(view, services)
    _chips(view)
    if not finds_beginnings:
        st.caption(
            "The store is Firestore: a search finds whole words, of each text its first "
            f"{TEXT_WORDS:,} different ones, and titles also by the beginnings of their words."
        )


def _popped(view: View, services: Sequence[str]) -> None:
    st.pills(
        "Severity",
        state.SEVERITIES,
        key=_key("severity"),
        selection_mode="multi",
        format_func=_FIELDS["severity"][1],
        on_change=_taken,
        args=("severity",),
    )
    _multi("service", list(dict.fromkeys((*services, *view.service))))
    known = dict.fromkeys((*messages.FAILURE_TYPES, *view.failure_type))
    _multi("failure_type", list(known))


def _multi(name: str, options: Sequence[str]) -> None:
    label, words = _FIELDS[name]
    st.multiselect(
        label,
        options,
        key=_key(name),
        format_func=words,
        accept_new_options=True,
        on_change=_taken,
        args=(name,),
        placeholder="Any",
    )


def _chips(view: View) -> None:
    """Show what narrows the list, each with a way to drop it."""
    on = {name: _said(view, name) for name in ("text", *_FIELDS) if getattr(view, name)}
    if not on:
        return
    with st.container(horizontal=True, key="rb_library_chips", gap="small"):
        for name, said in on.items():
            st.button(
                said,
                icon=":material/close:",
                icon_position="right",
                key=f"rb_library_chip_{name}",
                on_click=library_state.show_view,
                args=(view.changed(**{name: type(getattr(view, name))()}),),
                help="Drop this filter",
            )


def _said(view: View, name: str) -> str:
    if name == "text":
        return f"Text: {messages.escape_md(view.text, 60)}"
    label, words = _FIELDS[name]
    values = (messages.escape_md(words(value), 60) for value in getattr(view, name))
    return f"{label}: {', '.join(values)}"


def _key(name: str) -> str:
    return library_state.FIELD + name


def _seed(view: View) -> None:
    """Set the widgets to what the URL says, before they are made."""
    for name in ("text", *_FIELDS):
        value = getattr(view, name)
        st.session_state[_key(name)] = list(value) if isinstance(value, tuple) else value


def _taken(name: str) -> None:
    """Take over what a widget was set to."""
    value = st.session_state[_key(name)]
    taken = tuple(value) if isinstance(value, list) else value
    library_state.show_view(library_state.view().changed(**{name: taken}))
