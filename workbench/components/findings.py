"""What the checks say of the text on the screen: worst first, each with its line and its reason."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from runbooks.lint import Finding
from workbench import markup, theme
from workbench.components import fixes
from workbench.opened import Opened

WORDS = {"E": "Blocks", "W": "Check", "I": "Note"}
_ORDER = "EWI"
_MOST = 60
_MOST_FIXES = 30


def show(opened: Opened, told: str = "") -> None:
    """Show the findings; a text without any is said to have none; `told` says of which text."""
    if opened.slot.draft is None:
        return
    found = sorted(opened.findings(), key=lambda f: (_ORDER.index(f.severity), f.line))
    with st.container(key="rv_findings"):
        st.header("Findings", anchor=False)
        if told:
            st.caption(f":material/edit_note: {told}")
        if not found:
            st.caption(":material/check: The checks found nothing to object to.")
            return
        fixable = [finding for finding in found if finding.fix][:_MOST_FIXES]
        loud = [f for f in found if f.severity != "I" or f in fixable][:_MOST]
        quiet = [f for f in found if f.severity == "I" and f not in fixable][:_MOST]
        _list(opened, f'<p class="rv-summary">{_summary(found)}</p>', loud, fixable)
        if quiet:
            notes = "".join(_item(finding) for finding in quiet)
            label = f"{len(quiet)} note{'s' if len(quiet) > 1 else ''}"
            markup.show(notes if not loud else markup.fold(label, notes))
        _left_out(len(found) - len(loud) - len(quiet))


def _list(opened: Opened, html: str, found: Sequence[Finding], fixable: Sequence[Finding]) -> None:
    """Show findings below each other; those between two fixes are one piece of the page."""
    for number, finding in enumerate(found):
        html += _item(finding, opened=finding.severity == "E")
        if finding in fixable:
            markup.show(html)
            fixes.button(opened, finding, number)
            html = ""
    if html:
        markup.show(html)


def _summary(found: Sequence[Finding]) -> str:
    counts = Counter(str(finding.severity) for finding in found)
    blocks = "blocks approval" if counts["E"] == 1 else "block approval"
    words = {"E": blocks, "W": "to check", "I": "to know"}
    return " · ".join(
        f"<strong>{counts[level]}</strong> {words[level]}" for level in _ORDER if counts[level]
    )


def _item(finding: Finding, *, opened: bool = False) -> str:
    level = finding.severity
    head = (
        f"{markup.badge(WORDS[level], theme.FINDING_TONES[level])} "
        f'<span class="rv-where">line {finding.line}</span> '
        f"<span>{markup.esc(finding.message)}</span>"
    )
    text = (
        f'<div class="rv-offending">{markup.code(finding.text, 200)}</div>' if finding.text else ""
    )
    why = f'<p>{markup.esc(finding.why)} <span class="rv-quiet">{markup.esc(finding.id)}</span></p>'
    return markup.fold(head, text + why, opened=opened, name="rv-finding")


def _left_out(count: int) -> None:
    if count > 0:
        st.caption(f"{count} more of the same kinds are not listed.")
