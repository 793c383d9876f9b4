"""What the last bulk act did to each suggestion, and the way to undo it."""

import streamlit as st

from runbooks.bulk import Deed
from runbooks.service import RunbookService
from workbench import bulk_state, bulk_words, notices, state, wiring
from workbench.bulk_state import Result
from workbench.components import table
from workbench.components.table import Cell, Column, Line

_COLUMNS = (Column("Result", "first", "9rem"), Column("Suggestion", "main"))


def show(service: RunbookService) -> None:
    """Show it until it is put away or the next bulk act is done."""
    result = bulk_state.result()
    if result is None:
        return
    failed = [line for line in result.lines if line.problem]
    done = len(result.lines) - len(failed)
    with st.container(border=True, key="rb_bulk_result"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{_headline(result, done)}**", width="stretch")
            if result.deeds:
                st.button(
                    "Undo",
                    icon=":material/undo:",
                    key="rb_bulk_undo",
                    on_click=_undo,
                    args=(service, result.deeds),
                    help="What somebody changed since stays as it is.",
                )
            st.button("Put away", key="rb_bulk_away", type="tertiary", on_click=bulk_state.put_away)
        with st.expander("What became of each", expanded=bool(failed)):
            _each(result)


def _headline(result: Result, done: int) -> str:
    of = "" if done == len(result.lines) else f" of {len(result.lines)}"
    return f"{done}{of} {result.verb}"


def _each(result: Result) -> None:
    lines = [
        Line(
            line.suggestion_id,
            (
                Cell("Left as it is", "orange") if line.problem else Cell("Done", "green"),
                Cell(line.title, note=line.problem),
            ),
            state.review_link(line.suggestion_id),
        )
        for line in sorted(result.lines, key=lambda line: not line.problem)
    ]
    opened = table.show("rb_bulk_each", "What became of each", _COLUMNS, lines)
    if opened:
        st.switch_page("pages/review.py", query_params=state.review_address(opened))


@notices.guarded
def _undo(service: RunbookService, deeds: tuple[Deed, ...]) -> None:
    me = wiring.person().actor
    lines = service.undo(deeds, me)
    entries = service.repository.entries([line.suggestion_id for line in lines])
    bulk_state.finish(Result("undone", bulk_words.told(lines, entries, me)))
