"""The default editor: the text travels with the act in one message, so that none can be lost.

What goes in is shown as a textarea's value, as text or as an attribute, never as HTML. Why it is
made like this, and what a soak of it counted: docs/decisions/0012-the-editor.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

MARKS_OF_SAVED = -1
SAVE = "save"
REOPEN = "reopen"

_HERE = Path(__file__).parent
_HTML = """
<div class="editor">
  <div class="head">
    <span class="status" role="status"></span><span class="detail"></span>
    <button type="button" class="main"></button>
  </div>
  <div class="sheet"><div class="page">
    <div class="lines" aria-hidden="true"></div>
    <textarea
      spellcheck="false" autocapitalize="off" autocomplete="off" aria-describedby="keys"
    ></textarea>
  </div></div>
  <div class="long" role="status"></div>
  <div class="told" role="status"></div>
  <div class="foot">
    <label><span class="asked"></span><input class="why" maxlength="400"></label>
  </div>
  <div class="keys" id="keys"></div>
</div>
"""
_EDITOR = st.components.v2.component(
    "runbooks.text_editor",
    html=_HTML,
    css=(_HERE / "text_editor.css").read_text(encoding="utf-8"),
    js=(_HERE / "text_editor.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Mark:
    """A line with a finding: E, W or I, and what it says."""

    line: int
    severity: str
    message: str


@dataclass(frozen=True)
class Worded:
    """A text in the editor: its sequence number in this tab, and the revision it is written on.

    `resting` says that nobody typed for a moment.
    """

    sequence: int
    base: str
    text: str
    resting: bool = True


@dataclass(frozen=True)
class Asked(Worded):
    """A text with what is to be done with it, and why."""

    kind: str = SAVE
    why: str = ""


@dataclass(frozen=True)
class Said:
    """All that the editor has to say at a time: an act that has no answer yet, and what is typed.

    `place` is the place of the session that the text was copied to last.
    """

    item: str
    place: str
    act: Asked | None = None
    typed: Worded | None = None


@dataclass(frozen=True)
class Put:
    """A text that a person put into the editor from outside it; each `name` is obeyed once."""

    name: str
    text: str
    base: str


@dataclass(frozen=True)
class Sheet:
    """What the editor is told.

    `who` and `place` say whose copies in the browser these are. `start` is the saved text of the
    revision `base`; at most `most` bytes of UTF-8 can be saved. `answered` is the sequence of the
    last act that was worked on, `saved` whether it was saved, as `revision`. `heard` is the
    sequence of the last text that arrived, `kept` whether the server has a copy of it. `marks`
    belong to the text with the sequence `marked`, or to the saved one (MARKS_OF_SAVED).
    """

    item: str
    label: str
    who: str
    place: str
    start: str
    base: str
    most: int
    act: str
    name: str
    asked: str
    read_only: bool = False
    put: Put | None = None
    answered: int = 0
    saved: bool = False
    revision: str = ""
    heard: int = 0
    kept: bool = True
    marked: int = MARKS_OF_SAVED
    marks: Sequence[Mark] = ()


def show(key: str, sheet: Sheet, on_said: Callable[[], None]) -> None:
    """Show the editor; `on_said` runs before the page does."""
    _EDITOR(key=key, data=asdict(sheet), on_said_change=on_said)


def said(key: str) -> Said | None:
    """Give what the editor of this key said last, None when that is nothing that it could say."""
    state = st.session_state.get(key)
    value = state.get("said") if isinstance(state, Mapping) else None
    if not isinstance(value, Mapping):
        return None
    item, place = value.get("item"), value.get("place")
    if not (isinstance(item, str) and isinstance(place, str)):
        return None
    return Said(item, place, _asked(value.get("act")), _worded(value.get("typed")))


def _worded(value: object) -> Worded | None:
    if not isinstance(value, Mapping):
        return None
    sequence, base, text = value.get("sequence"), value.get("base"), value.get("text")
    if isinstance(sequence, int) and isinstance(base, str) and isinstance(text, str):
        return Worded(sequence, base, text, value.get("resting") is not False)
    return None


def _asked(value: object) -> Asked | None:
    worded = _worded(value)
    if worded is None or not isinstance(value, Mapping):
        return None
    kind, why = value.get("kind"), value.get("why")
    return Asked(
        worded.sequence,
        worded.base,
        worded.text,
        kind=kind if isinstance(kind, str) else SAVE,
        why=why.strip()[:400] if isinstance(why, str) else "",
    )
