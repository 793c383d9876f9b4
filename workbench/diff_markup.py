"""Compared lines as HTML; every text is escaped here."""

from collections.abc import Sequence

from runbooks.comparison import Piece, Row
from runbooks.markdown.changes import Change
from workbench import markup

_LINE = 2_000


def lines(rows: Sequence[Row | int]) -> str:
    """Give rows as HTML; a number stands for that many lines left out."""
    drawn = "".join(_gap(row) if isinstance(row, int) else _row(row) for row in rows)
    return f'<div class="rv-diff" role="table" aria-label="Changes">{drawn}</div>'


def blocks(found: Sequence[Change]) -> str:
    """Give blocks as they are read, beside each other; their HTML was cleaned before."""
    rows = "".join(
        f'<div class="rv-block rv-{change.kind}" role="row">'
        f"{_block(change.left, 'rv-minus')}{_block(change.right, 'rv-plus')}</div>"
        for change in found
    )
    return f'<div class="rv-read" role="table" aria-label="Changes as they are read">{rows}</div>'


def _block(html: str, side: str) -> str:
    void = "" if html else " rv-void"
    return f'<div class="rv-half runbook-preview {side}{void}" role="cell">{html}</div>'


def _gap(count: int) -> str:
    words = "line" if count == 1 else "lines"
    said = f'<span role="cell">{count:,} {words} the same</span>'
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
