"""The table of the queue: rows, selection, paging."""

from pathlib import Path
from typing import Literal

import streamlit as st

from runbooks.bulk import BulkAct
from runbooks.clock import utc_now
from runbooks.queue import QueuePage
from runbooks.service import RunbookService
from workbench import bulk_state, messages, notices, state, wiring
from workbench.components import queue_rows, selection
from workbench.state import View

_HERE = Path(__file__).parent
_TABLE = st.components.v2.component(
    "runbooks.queue_table",
    html='<div class="frame"><table role="table" aria-label="Suggestions"></table></div>',
    css=(_HERE / "queue_table.css").read_text(encoding="utf-8"),
    js=(_HERE / "queue_table.js").read_text(encoding="utf-8"),
)


def begin(service: RunbookService, view: View) -> None:
    """Show the way to the first that waits in this view."""
    if st.button(
        "Start reviewing",
        icon=":material/rate_review:",
        key="rb_begin",
        shortcut="N",
        help="Opens the first that waits in this view",
    ):
        bulk_state.drop()
        waiting = view.changed(status=("pending",))
        first = service.queue(waiting.filter(), view.sort, 1).entries
        if first:
            address = state.review_address(first[0].suggestion_id, waiting)
            st.switch_page("pages/review.py", query_params=address)
        notices.done("Nothing waits for review in this view.")


@st.fragment
@notices.told
def show(service: RunbookService, view: View) -> None:
    """Show one page of the queue; selecting runs this part alone again."""
    if state.take_redraw():
        st.rerun()
    page = service.queue(view.filter(), view.sort, view.size, view.after or None)
    notices.show()
    if not page.entries and not page.unreadable:
        _nothing(view)
        return
    listed = queue_rows.rows(page.entries, view, utc_now(), wiring.person().actor)
    ids = [row["id"] for row in listed]
    chosen = state.selected(ids)
    result = _TABLE(
        key=state.QUEUE_TABLE,
        data={"rows": listed, "selected": list(chosen), "round": state.selection_round()},
        on_selected_change=state.take_selection,
        on_open_change=_nothing_first,
        on_group_change=_nothing_first,
        on_assignee_change=_nothing_first,
        on_duplicate_change=_nothing_first,
    )
    _unreadable(page)
    _go(view, result.get("open"), result.get("group"))
    _of_somebody(view, result.get("assignee"))
    _duplicate(result.get("duplicate"))
    selection.show(chosen)
    _paging(view, page)


def _go(view: View, opened: object, group: object) -> None:
    """Follow a click: a suggestion opens the review page, a group is a view of its own."""
    if isinstance(opened, str) and opened:
        st.switch_page("pages/review.py", query_params=state.review_address(opened, view))
    if isinstance(group, str) and group:
        _show(View(status=(), group=group))
        st.rerun()


def _of_somebody(view: View, assignee: object) -> None:
    """Show what is assigned to the person that was clicked."""
    if isinstance(assignee, str) and assignee:
        _show(view.changed(assignee=assignee))
        st.rerun()


def _duplicate(pair: object) -> None:
    """Ask about rejecting a suggestion as a duplicate of another of its group."""
    if isinstance(pair, list) and len(pair) == 2 and all(isinstance(name, str) for name in pair):
        bulk_state.ask(BulkAct.REJECT, (pair[0],), duplicate_of=pair[1])
        st.rerun()


def _nothing_first() -> None:
    """Streamlit runs the fragment again by itself; there is nothing to do before that."""


def _nothing(view: View) -> None:
    with st.container(border=True):
        if view.after:
            st.markdown("**Nothing more on this page.** The list has become shorter since.")
            st.button("To the first page", on_click=_show, args=(view.changed(),))
        elif view.narrowed:
            st.markdown("**Nothing matches these filters.**")
            st.button("Show all that wait", on_click=_show, args=(View(),))
        else:
            st.markdown("**Nothing waits for review.** New suggestions appear here by themselves.")
            decided = View(status=("approved", "rejected"))
            st.button("Show what was decided", on_click=_show, args=(decided,))


def _unreadable(page: QueuePage) -> None:
    if page.unreadable:
        names = ", ".join(messages.escape_md(name, 80) for name in page.unreadable)
        st.warning(
            f"**{len(page.unreadable)} entries of this page cannot be read:** {names}. "
            "The suggestions themselves are untouched; the search in the background makes the "
            "entries anew.",
            icon=":material/info:",
        )


def _paging(view: View, page: QueuePage) -> None:
    """Lead to the pages before and behind; the way back is what this tab came by."""
    first = (view.page - 1) * view.size + 1
    last = first + len(page.entries) + len(page.unreadable) - 1
    trail = {number: after for number, after in state.trail().items() if number < view.page}
    trail[view.page] = view.after
    state.keep_trail(trail)
    with st.container(horizontal=True, vertical_alignment="center", key="rb_paging"):
        st.caption(f"{first:,}–{last:,} of {page.total:,}", width="stretch")
        if view.page > 1:
            known = trail.get(view.page - 1)
            before = view.changed(page=view.page - 1, after=known) if known else view.changed()
            label = "Previous" if known or view.page == 2 else "First page"
            _page_button(label, ":material/chevron_left:", before, "rb_previous")
        if page.next_cursor:
            behind = view.changed(page=view.page + 1, after=page.next_cursor)
            _page_button("Next", ":material/chevron_right:", behind, "rb_next")


def _page_button(label: str, icon: str, to: View, key: str) -> None:
    side: Literal["left", "right"] = "left" if key == "rb_previous" else "right"
    st.button(label, icon=icon, icon_position=side, key=key, on_click=_show, args=(to,))


def _show(view: View) -> None:
    state.clear_selection()
    state.show_view(view)
    state.ask_redraw()
