"""Texts that were typed and never saved: the author is offered them, others are told of them."""

from datetime import timedelta

import streamlit as st

from runbooks.clock import utc_now
from runbooks.models import UnsavedText
from runbooks.service import RunbookService
from runbooks.unsaved import left_by_nobody
from workbench import messages, notices, review_state, saving, times, unsaved, wiring
from workbench.components import diff
from workbench.opened import Opened, same_text

_AT_WORK = timedelta(seconds=90)
"""How long a nameless text lies untouched before it is offered to others; a hold ends before."""


def show(opened: Opened) -> None:
    """Offer what this person has lying here, and say whose else does."""
    for index, texts in enumerate(offered(opened)):
        _offer(opened, texts, index)
    others = dict.fromkeys(
        wiring.shown(text.actor) for text in opened.unsaved if not _claimable(opened, text)
    )
    if others:
        names = ", ".join(messages.escape_md(name) for name in others)
        st.caption(f":material/edit_note: {names} has text here that is not saved.")


def offered(opened: Opened) -> list[list[UnsavedText]]:
    """Give the texts that this person may take up again, the newest first.

    Copies of the same text, such as one that was typed and whose save was refused, are one.
    """
    typed = opened.desk.typed
    current = [opened.text, *([typed.text] if typed else [])]
    groups: list[list[UnsavedText]] = []
    for text in sorted(opened.unsaved, key=lambda t: t.at or utc_now(), reverse=True):
        is_current = typed is not None and text.place == opened.person.desk
        if is_current or not _claimable(opened, text):
            continue
        if any(same_text(text.text, known) for known in current):
            continue
        same = next((group for group in groups if same_text(group[0].text, text.text)), None)
        if same is None:
            groups.append([text])
        else:
            same.append(text)
    return groups


def _claimable(opened: Opened, text: UnsavedText) -> bool:
    """Say whether it is this person's, or was left by somebody who gave no name."""
    if text.actor == opened.person.actor:
        return True
    nobody_here = opened.entry.hold_by != text.actor or not opened.other_holder
    return left_by_nobody(text, utc_now(), _AT_WORK) and nobody_here


def _offer(opened: Opened, texts: list[UnsavedText], index: int) -> None:
    text, places = texts[0], tuple(text.place for text in texts)
    mine = text.actor == opened.person.actor
    whose = "Recovered text" if mine else "Recovered text of somebody without a name"
    old = "" if text.base_revision == opened.slot.revision else ", written on an older text"
    with st.container(border=True, key=f"rv_recovered_{index}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":material/restore_page: **{whose}** from {times.clock_time(text.at)}"
                f"{_ahead(opened.text, text.text)}{old}. "
                "It was typed here and not saved.",
                width="stretch",
            )
            st.button(
                "Put into the editor",
                key=f"rv_put_{index}",
                on_click=_put,
                args=(opened.service, opened.sid, text, places),
            )
            _discard(opened, places, index)
        with st.expander(
            "What it would change", key=f"rv_look_{index}", on_change="rerun", type="compact"
        ) as shown:
            if shown.open:
                diff.pair(opened, opened.text, text.text, key=f"recovered_{index}")


def _ahead(saved: str, text: str) -> str:
    lines = text.count("\n") - saved.count("\n")
    if not lines:
        return ""
    return f", {abs(lines)} line{'s' * (abs(lines) > 1)} {'ahead' if lines > 0 else 'shorter'}"


def _discard(opened: Opened, places: tuple[str, ...], index: int) -> None:
    with st.popover("Discard", type="tertiary"):
        st.markdown("This text is thrown away for good.")
        st.button(
            "Discard it",
            key=f"rv_discard_{index}",
            on_click=_do_discard,
            args=(opened.service, opened.sid, places),
        )


@notices.guarded
def _put(service: RunbookService, sid: str, text: UnsavedText, places: tuple[str, ...]) -> None:
    """Put a text into the editor; what is being typed there now is set aside first."""
    saving.take(service, sid)
    desk = review_state.desk(sid)
    unsaved.set_aside(service, sid)
    person = wiring.person()
    if desk.screen is not None:
        desk.base = desk.opened = desk.screen.revision
    unsaved.move_here(service, sid, text.text, desk.base)
    service.discard_unsaved(sid, [place for place in places if place != person.desk], person)
    desk.refusal = None
    desk.replace(text.text)
    review_state.go_to_tab(sid, review_state.EDIT)


@notices.guarded
def _do_discard(service: RunbookService, sid: str, places: tuple[str, ...]) -> None:
    service.discard_unsaved(sid, places, wiring.person())
