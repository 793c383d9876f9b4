"""The list of approved runbooks: rows, selection, paging, and what to do when it is empty."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import streamlit as st

from runbooks.clock import utc_now
from runbooks.queue import QueuePage
from runbooks.service import RunbookService
from workbench import library_state, messages, notices, state, wiring
from workbench.components import library_export, library_rows
from workbench.state import View

_HERE = Path(__file__).parent
_TABLE = st.components.v2.component(
    "runbooks.library_list",
    html='<div class="frame"><table role="table" aria-label="Approved runbooks"></table></div>',
    css=(_HERE / "library_list.css").read_text(encoding="utf-8"),
    js=(_HERE / "library_list.js").read_text(encoding="utf-8"),
)


def head(service: RunbookService, view: View) -> None:
    """Show the title, and the download of everything that matches."""
    with st.container(horizontal=True, vertical_alignment="center", key="rb_head"):
        st.title("Library", anchor=False, width="stretch")
        label = "Export what is found" if _narrowed(view) else "Export all"
        library_export.many(service, label, "rb_export_all", lambda: _matching(service, view))


@st.fragment
@notices.told
def show(service: RunbookService, view: View) -> None:
    """Show one page of the library; selecting runs this part alone again."""
    if state.take_redraw():
        st.rerun()
    page = service.library.page(view.filter(), view.size, view.after or None)
    if not page.entries and not page.unreadable:
        _nothing(view)
        return
    me = wiring.person().actor
    listed = library_rows.rows(page.entries, service.services, utc_now(), me)
    chosen = library_state.selected(row["id"] for row in listed)
    result = _TABLE(
        key=library_state.TABLE,
        data={"rows": listed, "selected": list(chosen), "round": library_state.selection_round()},
        on_selected_change=library_state.take_selection,
        on_open_change=_nothing_first,
    )
    opened = result.get("open")
    if isinstance(opened, str) and opened:
        st.switch_page("pages/library.py", query_params=library_state.runbook_address(opened))
    _unreadable(page)
    _selection(service, chosen)
    _paging(view, page)


def _narrowed(view: View) -> bool:
    return view.filter() != library_state.ALL.filter()


def _matching(service: RunbookService, view: View) -> list[str]:
    found = service.library.entries(view.filter(), library_export.MOST)
    return [entry.suggestion_id for entry in found]


def _nothing_first() -> None:
    """Streamlit runs the fragment again by itself; there is nothing to do before that."""


def _nothing(view: View) -> None:
    with st.container(border=True, key="rb_library_empty"):
        if view.after:
            st.markdown("**Nothing more on this page.** The list has become shorter since.")
            _to("To the first page", view.changed())
        elif _narrowed(view):
            st.markdown("**No approved runbook matches.** Every word of a search must occur.")
            _to("Show all", library_state.ALL)
        else:
            st.markdown(
                "**No runbook is approved yet.** What somebody approves on the review page stands "
                "here, for everybody on call."
            )
            st.page_link("pages/queue.py", label="To the queue", icon=":material/inbox:")


def _to(label: str, wanted: View) -> None:
    st.button(label, key="rb_library_back", on_click=_show, args=(wanted,))


def _unreadable(page: QueuePage) -> None:
    if page.unreadable:
        names = ", ".join(messages.escape_md(name, 80) for name in page.unreadable)
        st.warning(
            f"**{len(page.unreadable)} entries of this page cannot be read:** {names}. "
            "The runbooks themselves are untouched; the search in the background makes the "
            "entries anew.",
            icon=":material/info:",
        )


def _selection(service: RunbookService, chosen: Sequence[str]) -> None:
    """Show what can be done with the selected ones, when something is selected."""
    if not chosen:
        return
    names = tuple(chosen)
    with st.container(
        horizontal=True, vertical_alignment="center", border=True, key="rb_selection"
    ):
        st.markdown(f"**{len(names)} selected**", width="stretch")
        library_export.many(service, f"Export {len(names)}", "rb_export", lambda: names)
        st.button("Clear", key="rb_library_clear", type="tertiary", on_click=_clear)


def _clear() -> None:
    library_state.clear_selection()


def _paging(view: View, page: QueuePage) -> None:
    """Lead to the pages before and behind; the way back is what this tab came by."""
    first = (view.page - 1) * view.size + 1
    last = first + len(page.entries) + len(page.unreadable) - 1
    trail = {number: at for number, at in library_state.trail().items() if number < view.page}
    trail[view.page] = view.after
    library_state.keep_trail(trail)
    with st.container(horizontal=True, vertical_alignment="center", key="rb_library_paging"):
        st.caption(f"{first:,}–{last:,} of {page.total:,}", width="stretch")
        if view.page > 1:
            known = trail.get(view.page - 1)
            before = view.changed(page=view.page - 1, after=known) if known else view.changed()
            label = "Previous" if known or view.page == 2 else "First page"
            _page_button(label, ":material/chevron_left:", before, "rb_library_previous")
        if page.next_cursor:
            behind = view.changed(page=view.page + 1, after=page.next_cursor)
            _page_button("Next", ":material/chevron_right:", behind, "rb_library_next")


def _page_button(label: str, icon: str, to: View, key: str) -> None:
    side: Literal["left", "right"] = "right" if key == "rb_library_next" else "left"
    st.button(label, icon=icon, icon_position=side, key=key, on_click=_show, args=(to,))


def _show(view: View) -> None:
    library_state.show_view(view)
    state.ask_redraw()
