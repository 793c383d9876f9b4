"""What one tab is about to do to a selection, and what became of the last time."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from runbooks.bulk import BulkAct, Deed
from workbench import state

_ORDER: Final = "rb_bulk_order"
_RESULT: Final = "rb_bulk_result"


@dataclass(frozen=True)
class Order:
    """An act that was asked for and is not done yet: it is looked at first."""

    act: BulkAct
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """What became of one suggestion; `problem` is in words, "" when it was done."""

    suggestion_id: str
    title: str
    problem: str


@dataclass(frozen=True)
class Result:
    """What a bulk act did; `verb` is what became of those that it was done to.

    `deeds` can be undone until the next bulk act.
    """

    verb: str
    lines: tuple[Told, ...]
    deeds: tuple[Deed, ...] = ()


def ask(act: BulkAct, ids: tuple[str, ...], duplicate_of: str = "") -> None:
    """Ask for a look at what an act would do."""
    st.session_state[_ORDER] = Order(act, ids)
    choose_duplicate(duplicate_of)


def choose_duplicate(other: str) -> None:
    """Set what the rejected ones are duplicates of, "" for nothing, and the reason with it."""
    st.session_state[state.DUPLICATE_OF] = other
    st.session_state[state.REJECT_REASON] = duplicate_reason(other)


def duplicate_reason(other: str) -> str:
    """Give the reason of a rejection as a duplicate."""
    return f"duplicate of {other}" if other else ""


def order() -> Order | None:
    """Give what is being looked at."""
    found = st.session_state.get(_ORDER)
    return found if isinstance(found, Order) else None


def drop() -> None:
    """Do nothing of it."""
    st.session_state[_ORDER] = None


def result() -> Result | None:
    """Give what the last bulk act did, until it is put away."""
    found = st.session_state.get(_RESULT)
    return found if isinstance(found, Result) else None


def finish(done: Result | None) -> None:
    """Keep what an act did; its order is done and the page is drawn anew.

    What the order named is selected no longer. What else was selected stays so: an order may come
    from one row alone.
    """
    st.session_state[_RESULT] = done
    asked = order()
    drop()
    state.deselect(asked.ids if asked else ())
    state.ask_redraw()


def put_away() -> None:
    """Show the result no longer."""
    st.session_state[_RESULT] = None
