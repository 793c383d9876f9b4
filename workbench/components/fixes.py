"""A fix that a finding offers, with one click: into the editor as typed text, never saved."""

import streamlit as st

from runbooks.lint import Finding, Fix, StaleFixError, apply_fix
from runbooks.lint.finding import LINE_BREAK
from runbooks.service import RunbookService
from workbench import notices, review_state, saving, state, unsaved
from workbench.opened import Opened, working_text

_CHANGED = "The text has changed here since it was checked."


def button(opened: Opened, finding: Finding, number: int) -> None:
    """Offer the fix of a finding; say why where it cannot be applied."""
    fix = finding.fix
    if fix is None:
        return
    refused = _refused(opened, fix)
    st.button(
        fix.title[:80],
        icon=":material/auto_fix_high:",
        type="tertiary",
        key=review_state.key(f"fix_{number}", opened.sid),
        disabled=bool(refused),
        help=refused or "Puts the corrected text into the editor; nothing is saved by it.",
        on_click=_apply,
        args=(opened.service, opened.sid, opened.text, fix),
    )


def _refused(opened: Opened, fix: Fix) -> str:
    if not opened.writable:
        return "This document must not be written to."
    if opened.other_holder:
        return "Somebody else is editing this."
    if opened.newer or opened.desk.refusal is not None:
        return _CHANGED
    return "" if fixed(opened.text, working_text(opened.desk), fix) else _CHANGED


def fixed(checked: str, text: str, fix: Fix) -> str | None:
    """Apply a fix made for `checked` to what it has become; None where those lines changed."""
    lines = slice(max(fix.start_line, 1) - 1, fix.end_line)
    if LINE_BREAK.split(checked)[lines] != LINE_BREAK.split(text)[lines]:
        return None
    try:
        return apply_fix(text, fix)
    except StaleFixError:
        return None


@notices.guarded
def _apply(service: RunbookService, sid: str, checked: str, fix: Fix) -> None:
    """Put the corrected text into the editor, on top of what the browser sent last."""
    state.ask_redraw()
    saving.take(service, sid)
    desk = review_state.desk(sid)
    result = None
    if desk.refusal is None:
        result = fixed(checked, working_text(desk), fix)
    if result is None:
        notices.problem(f"**Nothing was corrected.** {_CHANGED}")
        return
    unsaved.put_into_editor(service, sid, result)


def click(opened: Opened, fix: Fix) -> None:
    """Apply the fix of a mark beside the text; say why where it cannot be applied."""
    refused = _refused(opened, fix)
    if refused:
        notices.problem(f"**Nothing was corrected.** {refused}")
    else:
        _apply(opened.service, opened.sid, opened.text, fix)
