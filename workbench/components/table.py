"""A table of text, badges and links that turns into cards on a narrow screen."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_TABLE = st.components.v2.component(
    "runbooks.table",
    html='<div class="frame"><table role="table"></table></div>',
    css=(_HERE / "table.css").read_text(encoding="utf-8"),
    js=(_HERE / "table.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Column:
    """A column; `kind` is main (the row's link), first, number, fixed (no line break) or rest."""

    name: str
    kind: str = "rest"
    width: str = ""


@dataclass(frozen=True)
class Cell:
    """What stands in a cell; with a tone it is a badge; the note stands below it."""

    text: str
    tone: str = ""
    note: str = ""
    hint: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class Line:
    """A row; with an address it can be opened."""

    key: str
    cells: tuple[Cell, ...]
    href: str = ""


def show(key: str, label: str, columns: Sequence[Column], lines: Sequence[Line]) -> str:
    """Show the table; give the key of the row that was just opened, "" when none was."""
    data = {
        "label": label,
        "columns": [
            {
                "name": column.name,
                "width": column.width,
                "main": column.kind == "main",
                "className": column.kind,
            }
            for column in columns
        ],
        "rows": [asdict(line) for line in lines],
    }
    result = _TABLE(key=key, data=data, on_open_change=_nothing)
    opened = result.get("open")
    return opened if isinstance(opened, str) else ""


def _nothing() -> None:
    """Streamlit runs the page again by itself; there is nothing to do before that."""
