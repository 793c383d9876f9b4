"""What stays in sight at the foot of the review page: how it stands, and what can be done."""

import streamlit as st

from runbooks.models import SlotKind
from workbench import flow, messages, review_state, tabs, times, wiring
from workbench.components import decision, regenerate, walk
from workbench.opened import Opened, short


def show(opened: Opened) -> None:
    """Show the way through the list; status, revision, who and when, saved or not; the actions.

    It is drawn last of all, so a key that is pressed while an item loads belongs to no item.
    """
    with (
        st.bottom,
        st.container(horizontal=True, vertical_alignment="center", key="rv_bar"),
    ):
        walk.show(opened)
        with st.container(key="rv_status", width="stretch"):
            st.markdown(" · ".join(part for part in _parts(opened) if part))
        with st.container(
            horizontal=True, key="rv_actions", width="content", vertical_alignment="center"
        ):
            decision.show_negative(opened)
            if opened.pending:
                regenerate.show(opened)
            decision.show_positive(opened)
    flow.drawn(opened.sid)


def _parts(opened: Opened) -> list[str]:
    status = messages.escape_md(messages.STATUSES.get(opened.now.status, opened.now.status or "?"))
    decided = opened.now.approval
    by = ""
    if not opened.pending and decided is not None and decided.actor:
        who = messages.escape_md(wiring.shown(decided.actor))
        by = f" by {who} {times.since(decided.timestamp)}"
    return [
        f"**{status}**{by}",
        *_text_parts(opened),
        _saved(opened),
        _held(opened),
        _sample(opened),
    ]


def _text_parts(opened: Opened) -> list[str]:
    slot = opened.slot
    if slot.kind is SlotKind.EMPTY:
        return ["no draft"]
    if slot.draft is None:
        return ["unreadable draft", f"revision `{short(slot.revision)}`"]
    draft = slot.draft
    who = messages.escape_md(wiring.shown(draft.edited_by)) if draft.edited_by else ""
    at = draft.edited_at or draft.updated_at or draft.generated_at
    when = f"{who}, {times.since(at)}" if who else times.since(at)
    return [
        f"edit source **{messages.escape_md(draft.edit_source)}**",
        f"revision `{short(slot.revision)}`",
        when,
    ]


def _saved(opened: Opened) -> str:
    typed = opened.desk.typed
    if typed is None:
        return ":green[●] saved" if opened.text else ""
    if _editor_says(opened):
        return ":orange[●] **unsaved text**"
    if typed.kept:
        return ":orange[●] **unsaved text**, the server has a copy"
    return ":red[●] **unsaved text**, the server has no copy"


def _editor_says(opened: Opened) -> bool:
    """Whether the editor in sight tells where the copies are, which it alone knows at any time."""
    return tabs.opened(opened.sid) == review_state.EDIT and wiring.editor() == "own"


def _held(opened: Opened) -> str:
    if opened.other_holder:
        holder = messages.escape_md(wiring.shown(opened.other_holder))
        return f"{holder} is editing since {times.exact(opened.entry.hold_since)[11:16]}"
    return "you are editing" if opened.desk.lease is not None else ""


def _sample(opened: Opened) -> str:
    return "sample" if opened.now.sample else ""
