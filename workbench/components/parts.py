"""A version taken in parts: what is ticked goes into the editor, and nothing is saved by that."""

import streamlit as st

from runbooks.merging import Part, parts_of, taken
from runbooks.models import Version
from runbooks.revision import revision
from runbooks.service import RunbookService
from workbench import diff_markup, markup, messages, notices, review_state, saving, unsaved
from workbench.components import history
from workbench.kept import kept
from workbench.opened import Opened, same_text, working_text
from workbench.versions import version_text

_MOST = 60
_MOST_ROWS = 60


def show(opened: Opened, version: Version, base: str) -> None:
    """Offer a version whole, or the places where it differs from `base`, the person's own text."""
    theirs = version_text(version)
    found = kept(opened.service).get(("parts", base, theirs), lambda: parts_of(base, theirs))
    if not found or not opened.pending or not opened.writable:
        return
    with st.container(border=True, key="rv_parts"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**Take from version {version.number}**", width="stretch")
            history.restore_button(opened, version, "Take it whole", "take_whole")
        refused = _refused(opened, base)
        if refused:
            st.caption(refused)
        else:
            _choose(opened, version, base, found)


def _refused(opened: Opened, base: str) -> str:
    if opened.other_holder:
        return "Somebody else is editing this; parts can be taken afterwards."
    if opened.newer or opened.desk.refusal is not None:
        return "There is a newer text here. Look at it first."
    if not same_text(base, working_text(opened.desk)):
        return "You have text that is not saved. Compare *What you typed* to take parts into it."
    return ""


def _choose(opened: Opened, version: Version, base: str, found: tuple[Part, ...]) -> None:
    shown = found[:_MOST]
    state = revision([base, version.revision])[:8]
    keys = tuple(review_state.key(f"part_{state}_{part.number}", opened.sid) for part in shown)
    with st.form(review_state.key(f"parts_{state}", opened.sid), border=False):
        for part, key in zip(shown, keys, strict=True):
            st.checkbox(_label(part), key=key)
            markup.show(diff_markup.lines(part.rows[:_MOST_ROWS]))
        if len(found) > len(shown):
            st.caption(f"{len(found) - len(shown)} further places are not listed.")
        st.form_submit_button(
            "Put what is ticked into the editor",
            icon=":material/edit:",
            key=review_state.key("take_parts", opened.sid),
            help="Nothing is saved by it.",
            on_click=_take,
            args=(opened.service, opened.sid, base, version_text(version), keys),
        )


def _label(part: Part) -> str:
    where = messages.escape_md(part.heading or "Beginning", 60)
    return f"**{where}** :red[−{part.removed}] :green[+{part.added}]"


@notices.guarded
def _take(service: RunbookService, sid: str, base: str, theirs: str, keys: tuple[str, ...]) -> None:
    """Put the ticked parts into the editor, if its text is still the one they were shown for."""
    saving.take(service, sid)
    chosen = {number for number, key in enumerate(keys) if review_state.ticked(key)}
    if not chosen:
        notices.problem("**Nothing was taken.** Tick what you want first.")
        return
    if not same_text(base, working_text(review_state.desk(sid))):
        notices.problem("**Nothing was taken.** The text has changed since; look again.")
        return
    unsaved.put_into_editor(service, sid, taken(base, theirs, chosen))
