"""What one browser tab compares of a suggestion: two texts, and which proposals it put away.

Besides `workbench.state` and its sisters this is the only place that knows these keys.
"""

from typing import Final

import streamlit as st

from workbench import review_state

SCREEN: Final = "screen"
TYPED: Final = "typed"
"""The names of the texts that are no version; a version's name is its number."""

LINES: Final = "Lines"
AS_READ: Final = "As read"
WAYS: Final = (LINES, AS_READ)

_PUT_AWAY: Final = "rb_put_away"
_ASKED: Final = "rb_versions_asked"
_A_STEP: Final = 50


def side_key(name: str, suggestion_id: str, revision: str) -> str:
    """Name the field that chooses one side, `from` or `to`; another text is another field."""
    return review_state.key(name, suggestion_id) + revision[:8]


def compare(suggestion_id: str, revision: str, left: str, right: str) -> None:
    """Open the comparison of these two; for callbacks."""
    st.session_state[side_key("from", suggestion_id, revision)] = left
    st.session_state[side_key("to", suggestion_id, revision)] = right
    review_state.go_to_tab(suggestion_id, review_state.CHANGES)


def put_away(suggestion_id: str, number: int) -> None:
    """Do not show this proposal at the head any longer."""
    st.session_state[review_state.key(_PUT_AWAY, suggestion_id)] = number


def is_put_away(suggestion_id: str, number: int) -> bool:
    """Say whether this person has put the proposal away in this tab."""
    return st.session_state.get(review_state.key(_PUT_AWAY, suggestion_id)) == number


def versions_asked(suggestion_id: str) -> int:
    """Give how many versions of a suggestion are to be read, the newest first."""
    kept = st.session_state.get(review_state.key(_ASKED, suggestion_id))
    return kept if isinstance(kept, int) else _A_STEP


def ask_older_versions(suggestion_id: str) -> None:
    """Read fifty versions more."""
    asked = versions_asked(suggestion_id) + _A_STEP
    st.session_state[review_state.key(_ASKED, suggestion_id)] = asked
