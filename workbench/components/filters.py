"""The filters of the queue; what they are set to stands in the URL."""

from collections.abc import Callable, Sequence
from dataclasses import fields

import streamlit as st

from runbooks.store.queries import Sort
from workbench import messages, state, wiring
from workbench.state import View

_SORTS = {
    Sort.WORST: "Worst first",
    Sort.OLDEST: "Oldest first",
    Sort.NEWEST: "Newest first",
    Sort.UPDATED: "Last changed first",
}
_STATUSES: dict[str, tuple[str, tuple[str, ...]]] = {
    "pending": ("Pending", ("pending",)),
    "approved": ("Approved", ("approved",)),
    "rejected": ("Rejected", ("rejected",)),
    "decided": ("Decided", ("approved", "rejected")),
    state.ANY: ("Any status", ()),
}
_LABELS = {
    "severity": "Severity",
    "failure_type": "Failure type",
    "service": "Service",
    "draft_state": "Draft",
    "text": "Text",
    "group": "Similar to each other",
    "assignee": "Assigned to",
}


def show(view: View, services: Sequence[str]) -> None:
    """Show the filters as this view has them; a change goes to the URL."""
    _seed(view)
    with st.container(horizontal=True, vertical_alignment="bottom", key="rb_filters"):
        st.text_input(
            "Search",
            key=_key("text"),
            type="search",
            placeholder="Search title, failure, service, id",
            label_visibility="collapsed",
            icon=":material/search:",
            on_change=_taken,
            args=("text",),
            max_chars=200,
        )
        st.selectbox(
            "Status",
            list(_STATUSES),
            key=_key("status"),
            format_func=lambda word: _STATUSES[word][0],
            label_visibility="collapsed",
            on_change=_taken_status,
            width=150,
        )
        st.selectbox(
            "Order",
            list(_SORTS),
            key=_key("sort"),
            format_func=lambda sort: _SORTS[sort],
            label_visibility="collapsed",
            on_change=_taken,
            args=("sort",),
            width=180,
        )
        count = sum(bool(getattr(view, name)) for name in _POPPED)
        label = f"Filters ({count})" if count else "Filters"
        with st.popover(label, icon=":material/filter_list:"):
            _popped(view, services)
        _mine(view)
    _chips(view)


def _mine(view: View) -> None:
    """Show only what is assigned to who looks; the link names the person, so it can be shared."""
    me = wiring.person().actor
    on = view.assignee == me
    st.button(
        "Mine",
        icon=":material/person:",
        key="rb_mine",
        type="primary" if on else "secondary",
        shortcut="M",
        disabled=not wiring.name(),
        on_click=state.show_view,
        args=(view.changed(assignee="" if on else me),),
        help="Only what is assigned to you" if wiring.name() else "Say your name first, above",
    )


_POPPED = ("severity", "draft_state", "failure_type", "service")


def _popped(view: View, services: Sequence[str]) -> None:
    _pills("severity", state.SEVERITIES, lambda value: messages.SEVERITIES[value])
    _pills("draft_state", state.DRAFT_STATES, messages.draft_state)
    known = dict.fromkeys((*messages.FAILURE_TYPES, *view.failure_type))
    _multi("failure_type", list(known), messages.failure_type)
    _multi("service", list(dict.fromkeys((*services, *view.service))), str)


def _pills(name: str, options: Sequence[str], words: Callable[[str], str]) -> None:
    st.pills(
        _LABELS[name],
        options,
        key=_key(name),
        selection_mode="multi",
        format_func=words,
        on_change=_taken,
        args=(name,),
    )


def _multi(name: str, options: Sequence[str], words: Callable[[str], str]) -> None:
    st.multiselect(
        _LABELS[name],
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
    on = [name for name in _LABELS if getattr(view, name)]
    with st.container(horizontal=True, key="rb_chips", gap="small"):
        for name in on:
            st.button(
                f"{_LABELS[name]}: {_chip_words(view, name)}",
                icon=":material/close:",
                icon_position="right",
                key=f"rb_chip_{name}",
                on_click=state.show_view,
                args=(view.changed(**{name: type(getattr(view, name))()}),),
                help="Drop this filter",
            )


def _chip_words(view: View, name: str) -> str:
    values = getattr(view, name)
    if name == "assignee":
        return messages.escape_md(wiring.shown(values), 60)
    if isinstance(values, str):
        return messages.escape_md(values, 60)
    words: dict[str, Callable[[str], str]] = {
        "severity": lambda value: messages.SEVERITIES[value],
        "draft_state": messages.draft_state,
        "failure_type": messages.failure_type,
    }
    return ", ".join(messages.escape_md(words.get(name, str)(value), 60) for value in values)


def _key(name: str) -> str:
    return state.FIELD + name


def _seed(view: View) -> None:
    """Set the widgets to what the URL says, before they are made."""
    for field in fields(View):
        value = getattr(view, field.name)
        st.session_state[_key(field.name)] = list(value) if isinstance(value, tuple) else value
    statuses = [word for word, (_, which) in _STATUSES.items() if which == view.status]
    st.session_state[_key("status")] = statuses[0] if statuses else state.ANY


def _taken(name: str) -> None:
    """Take over what a widget was set to."""
    value = st.session_state[_key(name)]
    state.show_view(
        state.view().changed(**{name: tuple(value) if isinstance(value, list) else value})
    )


def _taken_status() -> None:
    _, which = _STATUSES[st.session_state[_key("status")]]
    state.show_view(state.view().changed(status=which))
