"""The frame of every page: whose product this is, who sits here, and what drafts."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from workbench import messages, review_state, state, wiring
from workbench.addresses import LIBRARY_PAGE, PAGES, QUEUE_PAGE, REVIEW_PAGE, RUNS_PAGE
from workbench.components import keeper, keys, skip

_PAGES = {
    QUEUE_PAGE: ("pages/queue.py", "Queue", ":material/inbox:"),
    REVIEW_PAGE: ("pages/review.py", "Review", ":material/rate_review:"),
    LIBRARY_PAGE: ("pages/library.py", "Library", ":material/menu_book:"),
    RUNS_PAGE: ("pages/runs.py", "Runs", ":material/history:"),
}
_MOST_UNSAVED = 5
_MARK = (Path(__file__).parents[1] / "mark.svg").read_text(encoding="utf-8")


def navigation() -> StreamlitPage:
    """Register all pages and give the one that the address names."""
    return st.navigation(_pages(icons=True), position="top")


def _pages(*, icons: bool) -> list[StreamlitPage]:
    home = st.Page(_home, title="Queue", url_path="home", default=True, visibility="hidden")
    return [home, *(_page(address, icons=icons) for address in PAGES)]


def _page(address: str, *, icons: bool) -> StreamlitPage:
    file, name, icon = _PAGES[address]
    return st.Page(file, title=name, icon=icon if icons else None, url_path=address)


def _home() -> None:
    """Lead from the bare address to the queue, which has an address of its own."""
    st.switch_page("pages/queue.py", query_params=state.present())


def enter() -> None:
    """Make sure that a page stands in the frame; the first line of every page.

    Until `app.py` ran once, Streamlit runs a file of `pages/` by itself for an address that has
    its name: without frame, style and error boundary. Then the frame is set up and the page run
    again. Icons would be fetched from the network here, as the page's own is not set yet.
    """
    if not state.take_frame():
        st.navigation(_pages(icons=False), position="hidden")
        st.rerun()


def show(page: StreamlitPage) -> None:
    """Show the frame; it stands in the header bar."""
    keeper.hear()
    state.take_redraw()  # the whole page is being drawn
    st.logo(_MARK, size="large")
    known = wiring.name()
    with st.container(key="rb_identity", horizontal=True, gap="small"):
        keys.button()
        with st.popover(
            messages.escape_md(known or "Your name?"), icon=":material/person:", type="tertiary"
        ):
            st.caption("Colleagues see this name where you edit, approve or start a run.")
            wiring.ask_name()
            st.divider()
            _drafter()
        keys.panel()
        keeper.show()
        skip.show(page.url_path)
    _unsaved(state.suggestion_id() if page.url_path == REVIEW_PAGE else "")
    state.frame_page()


def _unsaved(here: str) -> None:
    """Say which texts of this tab are not saved, with the way back to each but the one here."""
    for sid, heading in list(review_state.unsaved_elsewhere(here).items())[:_MOST_UNSAVED]:
        st.page_link(
            "pages/review.py",
            label=f"Unsaved text: {messages.escape_md(heading, 80)}",
            icon=":material/edit_note:",
            query_params={**state.review_address(sid), **review_state.EDIT_ADDRESS},
        )


def _drafter() -> None:
    """Say what drafts, and why it does (CONTRACT §4)."""
    service = wiring.service()
    drafter = service.drafter
    why = f" Reason: {messages.escape_md(service.drafter_why)}." if service.drafter_why else ""
    if drafter.provider == "offline":
        st.caption(
            "**Offline drafter.** No model is asked: drafts are put together from the evidence "
            f"by rules.{why}"
        )
    else:
        names = messages.escape_md(f"{drafter.model} ({drafter.provider})")
        st.caption(f"Drafts are written by the model **{names}**.{why}")
