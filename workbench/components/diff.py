"""What differs between two texts: side by side where there is room, below each other on a phone."""

from collections.abc import Sequence

import streamlit as st

from runbooks.comparison import Comparison, Piece, Row, compare, folded
from runbooks.models import SlotKind, Version
from workbench import markup, messages, review_state, times
from workbench.kept import kept
from workbench.opened import Opened, short
from workbench.versions import read, version_text, why

MOST_ROWS = 1_500
_LINE = 2_000
_SCREEN = "screen"
_TYPED = "typed"


def show(opened: Opened) -> None:
    """Show the changes between two versions: at first the last generated one and this text."""
    versions = read(opened)
    choices = _choices(opened, versions)
    if len(choices) < 2:
        st.caption(
            "There is only one text so far. Changes show here after the first edit."
            if opened.slot.kind is not SlotKind.EMPTY
            else "There is no text yet."
        )
        return
    names = list(choices)
    first, second = st.columns(2)
    left = first.selectbox(
        "From",
        names,
        index=names.index(_first_choice(opened, versions)),
        format_func=lambda name: choices[name],
        key=review_state.key("from", opened.sid) + opened.slot.revision[:8],
    )
    right = second.selectbox(
        "To",
        names,
        index=0,
        format_func=lambda name: choices[name],
        key=review_state.key("to", opened.sid) + opened.slot.revision[:8],
    )
    texts = {str(version.number): version for version in versions}
    pair(
        opened,
        _text(opened, texts, left or _SCREEN),
        _text(opened, texts, right or _SCREEN),
        key="changes",
    )


def pair(opened: Opened, left: str, right: str, key: str) -> None:
    """Show two texts against each other."""
    found = kept(opened.service).get(("diff", left, right), lambda: compare(left, right))
    if found.same:
        st.caption("The two texts are the same.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f":red-badge[−{found.removed:,}] :green-badge[+{found.added:,}] lines", width="stretch"
        )
        whole = st.toggle("All lines", key=review_state.key(f"whole_{key}", opened.sid))
    rows: Sequence[Row | int] = list(found.rows if whole else folded(found.rows))
    markup.show(html(rows[:MOST_ROWS]))
    _limits(found, len(rows))


def _limits(found: Comparison, rows: int) -> None:
    if found.coarse:
        st.caption("The texts differ so much that some parts are shown as replaced as a whole.")
    if rows > MOST_ROWS:
        st.caption(f"{rows - MOST_ROWS:,} further lines are not drawn.")


def html(rows: Sequence[Row | int]) -> str:
    """Give rows as HTML; a number stands for that many lines left out."""
    drawn = "".join(_gap(row) if isinstance(row, int) else _row(row) for row in rows)
    return f'<div class="rv-diff" role="table" aria-label="Changes">{drawn}</div>'


def _gap(count: int) -> str:
    lines = "line" if count == 1 else "lines"
    said = f'<span role="cell">{count:,} {lines} the same</span>'
    return f'<div class="rv-gap-row" role="row">{said}</div>'


def _row(row: Row) -> str:
    left = _side(row.left, row.left_pieces, "-" if row.kind in ("changed", "removed") else "")
    right = _side(row.right, row.right_pieces, "+" if row.kind in ("changed", "added") else "")
    return f'<div class="rv-row rv-{row.kind}" role="row">{left}{right}</div>'


def _side(number: int | None, pieces: Sequence[Piece], sign: str) -> str:
    side = {"-": "rv-minus", "+": "rv-plus"}.get(sign, "rv-plain")
    if number is None:
        return f'<div class="rv-side rv-void {side}" role="cell"></div>'
    left, shown = _LINE, []
    for piece in pieces:
        text = markup.esc(piece.text[:left], None)
        shown.append(f"<mark>{text}</mark>" if piece.changed else text)
        left -= len(piece.text)
        if left <= 0:
            shown.append("…")
            break
    return (
        f'<div class="rv-side {side}" role="cell"><span class="rv-no">{number}</span>'
        f'<span class="rv-sign">{sign}</span><span class="rv-text">{"".join(shown)}</span></div>'
    )


def _choices(opened: Opened, versions: Sequence[Version]) -> dict[str, str]:
    found = {}
    if opened.slot.kind is not SlotKind.EMPTY:
        found[_SCREEN] = f"On the screen ({short(opened.slot.revision)})"
    if opened.desk.typed is not None:
        found[_TYPED] = "What you typed, not saved"
    for version in versions:
        if version.revision != opened.slot.revision:
            found[str(version.number)] = label(version)
    return found


def label(version: Version) -> str:
    """Name a version in a list: number, reason, who, when."""
    who = messages.who(version.actor)
    return f"Version {version.number} · {why(version)} · {who} · {times.since(version.at)}"


def _first_choice(opened: Opened, versions: Sequence[Version]) -> str:
    """Choose what to compare with: the last text that no person wrote, else the one before."""
    others = [v for v in versions if v.revision != opened.slot.revision and v.applied]
    made = [v for v in others if v.draft is not None and v.draft.edit_source == "generated"]
    chosen = (made or others)[:1]
    if chosen:
        return str(chosen[0].number)
    return next(name for name in _choices(opened, versions) if name != _SCREEN)


def _text(opened: Opened, versions: dict[str, Version], name: str) -> str:
    if name == _TYPED and opened.desk.typed is not None:
        return opened.desk.typed.text
    version = versions.get(name)
    return opened.text if version is None else version_text(version)
