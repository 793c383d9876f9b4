"""One suggestion: its text beside lineage and traces; edit, regenerate, approve, reject."""

import streamlit as st

from workbench import holding, markup, notices, review_state, saving, state, tabs, wiring
from workbench.components import (
    action_bar,
    diff,
    editor,
    evidence,
    facts,
    history,
    lineage_panel,
    panel,
    preview,
    recovered,
    regenerate,
    review_head,
    shell,
    trace_view,
)
from workbench.opened import Opened

_SHOWN = {
    review_state.PREVIEW: preview.show,
    review_state.EDIT: editor.show,
    review_state.CHANGES: diff.show,
    review_state.HISTORY: history.show,
}


def main() -> None:
    """Show the suggestion that the address names."""
    shell.enter()
    markup.use_styles()
    service, suggestion_id = wiring.service(), state.suggestion_id()
    regenerate.settle(service, suggestion_id)
    saving.take(service, suggestion_id)
    state.take_redraw()
    opened = review_head.found(service, suggestion_id)
    if opened is None:
        return
    with st.container():  # one place for what comes and goes: the editor below keeps its own
        review_head.show(opened)
        notices.show()
        regenerate.watch(opened)
        recovered.show(opened)
    left, right = st.columns([62, 38], gap="large")
    with left:
        _text(opened)
    with right:
        _sources(opened)
    action_bar.show(opened)


def _text(opened: Opened) -> None:
    """Show the text: only the open tab is drawn."""
    drawn = st.tabs(
        review_state.TABS,
        default=tabs.settle(opened.sid),
        key=review_state.key("tab", opened.sid),
        on_change="rerun",
    )
    for name, tab in zip(review_state.TABS, drawn, strict=True):
        if tab.open:
            if name != review_state.EDIT:
                holding.let_go(opened.service, opened.sid)
            with tab:
                _SHOWN[name](opened)


def _sources(opened: Opened) -> None:
    """Show what the text rests on; reading it can take a moment."""
    with st.container(key="rv_sources"):
        with st.spinner("Reading the sources…", show_time=True):
            known = opened.evidence()
            opened.checked()
        panel.show(opened)
        lineage_panel.show(opened, known)
        evidence.show(known)
        trace_view.show(opened, known)
        facts.show(opened)


main()
