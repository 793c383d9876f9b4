"""The default editor: text and act travel in one message, so a quick save cannot lose text.

Everything that goes in is shown through `textContent` or a textarea's value, never as HTML. Why
not streamlit-ace, with figures: docs/decisions/0009-editor.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_HTML = """
<div class="editor">
  <div class="notices" role="status"></div>
  <div class="head"><span class="status" role="status"></span><span class="bar"></span></div>
  <div class="sheet"><div class="page">
    <div class="lines" aria-hidden="true"></div>
    <textarea spellcheck="false" autocapitalize="off" autocomplete="off"></textarea>
  </div></div>
  <div class="keys">Ctrl+S or ⌘S saves.</div>
</div>
"""
_EDITOR = st.components.v2.component(
    "runbooks.text_editor",
    html=_HTML,
    css=(_HERE / "text_editor.css").read_text(encoding="utf-8"),
    js=(_HERE / "text_editor.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Action:
    """A button of the editor; `kind` comes back with the text."""

    kind: str
    name: str
    hint: str = ""
    main: bool = False


@dataclass(frozen=True)
class Mark:
    """A line with a finding: E, W or I."""

    line: int
    severity: str


@dataclass(frozen=True)
class Message:
    """What the editor sent: an act or a copy, the whole text, and what it was typed on."""

    kind: str
    text: str
    revision: str
    item: str
    sequence: int


@dataclass(frozen=True)
class Sheet:
    """What the editor shows; `acknowledged` and `refused` are sequences of acts that were heard."""

    item: str
    label: str
    text: str
    revision: str
    actions: tuple[Action, ...]
    marks: tuple[Mark, ...] = ()
    acknowledged: int = 0
    refused: int = 0
    read_only: bool = False


def show(
    key: str,
    sheet: Sheet,
    on_act: Callable[[Message], None],
    on_copy: Callable[[Message], None],
) -> None:
    """Show the editor; the callbacks run before the page does, so nothing can interrupt them."""

    def heard(name: str, tell: Callable[[Message], None]) -> Callable[[], None]:
        def callback() -> None:
            message = _message(st.session_state.get(key), name)
            if message is not None:
                tell(message)

        return callback

    _EDITOR(
        key=key,
        data=_data(sheet),
        on_act_change=heard("act", on_act),
        on_copy_change=heard("copy", on_copy),
    )


def _data(sheet: Sheet) -> dict[str, object]:
    return {
        "item": sheet.item,
        "label": sheet.label,
        "text": sheet.text,
        "revision": sheet.revision,
        "actions": [vars(action) for action in sheet.actions],
        "findings": [vars(mark) for mark in sheet.marks],
        "acknowledged": sheet.acknowledged,
        "refused": sheet.refused,
        "read_only": sheet.read_only,
    }


def _message(state: object, name: str) -> Message | None:
    """Read what the browser sent; anything of another shape is not from our editor."""
    value = state.get(name) if isinstance(state, Mapping) else None
    if not isinstance(value, Mapping):
        return None
    text, revision, item = (value.get(field) for field in ("text", "revision", "item"))
    if not (isinstance(text, str) and isinstance(revision, str) and isinstance(item, str)):
        return None
    sequence = value.get("sequence", 0)
    return Message(
        kind=str(value.get("kind", "copy")),
        text=text,
        revision=revision,
        item=item,
        sequence=sequence if isinstance(sequence, int) else 0,
    )


def marks_of(findings: Sequence[tuple[int, str]]) -> tuple[Mark, ...]:
    """Give findings, as line and severity, as marks."""
    return tuple(Mark(line, severity) for line, severity in findings)
