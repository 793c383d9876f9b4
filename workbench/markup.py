"""Small pieces of HTML for `st.html`; every text that goes in is escaped here."""

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

import streamlit as st

from runbooks.markdown.html import render, stylesheet

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_STYLES = tuple(Path(__file__).with_name(name) for name in ("review.css", "walk.css"))


def esc(value: object, limit: int | None = None) -> str:
    """Give any text as HTML that shows exactly it; longer ones end in an ellipsis."""
    text = str(value)
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + "…"
    return escape(_CONTROL.sub("\ufffd", text))


def badge(label: str, tone: str, hint: str = "") -> str:
    """Give a badge: text on a colour of the theme."""
    title = f' title="{esc(hint)}"' if hint else ""
    return f'<span class="rv-badge rv-{tone}"{title}>{esc(label)}</span>'


def code(value: object, limit: int | None = None) -> str:
    """Give a short text in the letters of code."""
    return f'<code class="rv-code">{esc(value, limit)}</code>'


def quoted(value: object) -> str:
    """Give a longer text as it is written, line breaks and all."""
    return f'<div class="rv-quote">{esc(value)}</div>'


def fold(summary: str, body: str, *, opened: bool = False, name: str = "rv-fold") -> str:
    """Give something that opens on a click; both parts are HTML."""
    mark = " open" if opened else ""
    return f'<details class="{name}"{mark}><summary>{summary}</summary>{body}</details>'


def clipped(value: str, limit: int, *, most: int = 40_000) -> str:
    """Give a text; of a long one the beginning, and the rest behind a click."""
    if len(value) <= limit * 1.4:
        return quoted(value)
    rest = value[limit:most]
    more = f"{len(value) - limit:,} more characters"
    tail = "" if len(value) <= most else f'<p class="rv-quiet">{len(value) - most:,} not shown</p>'
    return quoted(value[:limit] + " …") + fold(more, quoted("… " + rest) + tail)


def prose(value: str, limit: int) -> str:
    """Give a text in the letters of the page; of a long one the rest stands behind a click."""
    return f'<div class="rv-prose">{clipped(value, limit)}</div>' if value else ""


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Give names and values below each other; the values are HTML, empty ones are left out."""
    rows = "".join(f"<dt>{esc(name)}</dt><dd>{value}</dd>" for name, value in pairs if value)
    return f'<dl class="rv-facts">{rows}</dl>' if rows else ""


def bullets(values: Iterable[object]) -> str:
    """Give texts as a list."""
    items = "".join(f"<li>{esc(value)}</li>" for value in values)
    return f'<ul class="rv-list">{items}</ul>' if items else ""


def show(html: str) -> None:
    """Put it on the page."""
    st.html(f'<div class="rv">{html}</div>')


def show_runbook(markdown: str) -> None:
    """Show a runbook's text as GitHub does, cleaned of everything active."""
    st.html(f'<div class="runbook-preview">{reachable(render(markdown)) or "<p></p>"}</div>')


def reachable(html: str) -> str:
    """Let the keyboard scroll blocks of code that are wider than the page; `html` is safe."""
    return html.replace("<pre>", '<pre tabindex="0">')


def use_styles() -> None:
    """Load the style sheets of the review page; once in each run."""
    for style in _STYLES:
        st.html(style)
    st.html(f"<style>{stylesheet()}</style>")
