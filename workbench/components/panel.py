"""Findings and evidence check of the text on the screen: what is typed, as soon as it rests.

It is a part of the page of its own. The part with the editor tells the browser what the checks say
of the text by now, and only where that is something else is this part drawn anew: so a redrawing
never takes the editor from who types.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

import streamlit as st

from runbooks.errors import RunbookError
from workbench import notices, review_state, state
from workbench.components import evidence_check, findings
from workbench.opened import Opened

_TELLS = st.components.v2.component(
    "runbooks.checked",
    html="<span></span>",
    js="""
export default function ({ data }) {
  window.runbooksChecked = data;
  window.dispatchEvent(new Event("runbooks:checked"));
}
""",
)
_LISTENS = st.components.v2.component(
    "runbooks.panel",
    html="<span></span>",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


@st.fragment
@notices.told
def show(opened: Opened) -> None:
    """Show both panels."""
    if state.take_redraw():
        st.rerun()
    now = replace(opened, desk=review_state.desk(opened.sid))
    shown = now.as_typed()
    told = _of_which(now)
    findings.show(shown, told)
    evidence_check.show(shown, told)
    with st.container(key="rv_panel_listens"):
        data = {"item": now.sid, "name": _name(shown)}
        _LISTENS(key=review_state.key("panel", now.sid), data=data, on_look_change=lambda: None)


def tell(opened: Opened) -> None:
    """Tell the browser what the checks say of the text in the editor by now."""
    with st.container(key="rv_panel_tells"):
        data = {"item": opened.sid, "name": _name_at_rest(opened)}
        _TELLS(key=review_state.key("checked", opened.sid), data=data)


def _of_which(opened: Opened) -> str:
    """Say which text the panels are of, "" where there is only one."""
    if not opened.dirty:
        return ""
    if opened.too_long_to_check:
        return "Of the **saved** text: what is typed is too long to be checked before it is saved."
    return "Of the text **as typed**, not saved."


def _name_at_rest(opened: Opened) -> str:
    """Name what the checks say; "" while somebody types, and where the sources do not answer."""
    if not opened.desk.resting:
        return ""
    try:
        return _name(opened.as_typed())
    except RunbookError:
        return ""


def _name(opened: Opened) -> str:
    """Name all that the panels show: another name is another panel."""
    if opened.slot.draft is None:
        return "none"
    checked = opened.checked()
    claims = [
        (each.claim.kind, each.claim.text, each.claim.line, each.support.kind)
        for each in (*checked.report.claims, *checked.report.overstated)
    ]
    shown = repr((_of_which(opened), checked.findings, claims))
    return hashlib.sha256(shown.encode("utf-8", "backslashreplace")).hexdigest()[:16]
