"""A save that was refused: both texts are here, and the ways on. Nothing is lost on any of them."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from runbooks.errors import RunbookError
from runbooks.models import SlotKind
from runbooks.service import RunbookService
from workbench import holding, messages, notices, review_state, saving, times, unsaved, wiring
from workbench.components import diff
from workbench.opened import Opened, short, text_of
from workbench.review_state import HOLD_LOST, KNOWN_REFUSALS, NOT_PENDING, Desk, Refusal


@dataclass(frozen=True)
class _Words:
    """What the two texts are called; each is a piece of a sentence."""

    way: str
    save: str
    stays: str
    take: str
    aside: str


_THEIRS = _Words(
    "Theirs → yours",
    "Save mine over theirs",
    "Theirs stays in the history.",
    "Take theirs",
    "Yours is kept aside and offered again.",
)
_STORED = _Words(
    "Stored → typed here",
    "Save what is typed here",
    "The stored text stays in the history.",
    "Take the stored text",
    "What is typed here is kept aside and offered again.",
)
"""For a text that no other person wrote: one's own from another tab, or the drafter's."""


def show(opened: Opened) -> None:
    """Show the refusal that this desk has, if any."""
    refusal = opened.desk.refusal
    if refusal is None:
        return
    with st.container(border=True, key="rv_refusal"):
        st.error(
            f"**{refusal.told}**  \nYour text is kept: it stands below.", icon=":material/error:"
        )
        if refusal.code == NOT_PENDING and not opened.pending:
            _reopen(opened, refusal)
        elif refusal.code == HOLD_LOST:
            _lost(opened, refusal)
        else:
            _both(opened, refusal)


def _both(opened: Opened, refusal: Refusal) -> None:
    """Show the stored text against the typed one, and three ways on."""
    stored, words = opened.now.slot, _words(opened)
    draft = stored.draft
    when = times.since(draft.edited_at or draft.updated_at) if draft else ""
    st.markdown(
        f"Stored now: revision `{short(stored.revision)}`{_by(opened)} {when}. {words.way}:"
    )
    diff.pair(opened, text_of(stored), _mine(opened.desk, refusal), key="refusal")
    named = (opened.service, opened.sid, stored.revision)
    with st.container(horizontal=True):
        st.button(
            words.save,
            key=_key("mine", opened),
            on_click=_save_over,
            args=named,
            disabled=not opened.pending,
            help=words.stays,
        )
        st.button(
            "Merge by hand below",
            key=_key("merge", opened),
            on_click=_merge,
            args=named,
            help="The next save goes over the text that is stored now.",
        )
        st.button(
            words.take,
            key=_key("theirs", opened),
            on_click=_take_theirs,
            args=named[:2],
            help=words.aside,
        )


def _editor_of(opened: Opened) -> str:
    draft = opened.now.slot.draft
    return (draft.edited_by or "") if draft is not None else ""


def _words(opened: Opened) -> _Words:
    return _THEIRS if _editor_of(opened) not in ("", opened.person.actor) else _STORED


def _by(opened: Opened) -> str:
    """Say who wrote the stored text; this tab knows its own, so one's own came from elsewhere."""
    who = _editor_of(opened)
    if not who:
        return " by the drafter" if opened.now.slot.kind is SlotKind.GENERATED else ""
    if who == opened.person.actor:
        return " by **you**, elsewhere"
    return f" by **{messages.escape_md(wiring.shown(who))}**"


def _reopen(opened: Opened, refusal: Refusal) -> None:
    reason = _key("reopen_why", opened)
    with st.form(_key("reopen_save_form", opened), border=False):
        st.text_input("Why it is opened again", key=reason, value=refusal.reason)
        st.form_submit_button(
            "Reopen and save",
            key=_key("reopen_save", opened),
            on_click=_reopen_and_save,
            args=(opened.service, opened.sid, reason),
        )


def _lost(opened: Opened, refusal: Refusal) -> None:
    st.markdown("Look at what is stored now against what is typed here, then take it back.")
    diff.pair(opened, text_of(opened.now.slot), _mine(opened.desk, refusal), key="lost")
    st.button(
        "Take it back and save this",
        key=_key("take_back", opened),
        on_click=_take_back,
        args=(opened.service, opened.sid, opened.now.slot.revision),
    )


def _mine(desk: Desk, refusal: Refusal) -> str:
    """Give the person's text as it stands in the editor by now."""
    return desk.typed.text if desk.typed is not None else refusal.text


@notices.guarded
def _save_over(service: RunbookService, sid: str, revision: str) -> None:
    """Save the person's text over the revision that was shown beside it."""
    saving.take(service, sid)
    desk = review_state.desk(sid)
    refusal, person = desk.refusal, holding.holder_of(desk)
    if refusal is None:
        return
    text = _mine(desk, refusal)
    save = partial(service.save, sid, text, revision, person, refusal.reason)
    saving.carry_out(desk, refusal.base, save, partial(_again, desk, refusal))


def _again(desk: Desk, refusal: Refusal, error: RunbookError) -> None:
    """Say that it was refused once more; the text stays."""
    told = messages.message_for(error)
    code = error.code if error.code in KNOWN_REFUSALS else refusal.code
    desk.refusal = Refusal(refusal.text, refusal.base, code, told.title, refusal.reason)


@notices.guarded
def _merge(service: RunbookService, sid: str, revision: str) -> None:
    """Go on writing on top of theirs; the copy of the refused save becomes the editor's own."""
    saving.take(service, sid)
    desk = review_state.desk(sid)
    if desk.refusal is not None:
        unsaved.move_here(service, sid, _mine(desk, desk.refusal), revision)
        desk.followed |= dict.fromkeys((desk.refusal.base, desk.base), revision)
    desk.refusal, desk.base, desk.follow = None, revision, True


@notices.guarded
def _take_theirs(service: RunbookService, sid: str) -> None:
    saving.take(service, sid)
    desk = review_state.desk(sid)
    unsaved.set_aside(service, sid)
    desk.refusal, desk.follow = None, True
    desk.replace(None)


@notices.guarded
def _take_back(service: RunbookService, sid: str, revision: str) -> None:
    holding.take_over(service, sid)
    _save_over(service, sid, revision)


@notices.guarded
def _reopen_and_save(service: RunbookService, sid: str, reason: str) -> None:
    saving.take(service, sid)
    desk = review_state.desk(sid)
    refusal, why, person = desk.refusal, review_state.text_of(reason), holding.holder_of(desk)
    if refusal is None:
        return
    if not why:
        notices.problem("**Not saved.** Opening it again needs a reason. Your text is kept.")
        return
    text = _mine(desk, refusal)
    save = partial(service.reopen_and_save, sid, text, desk.base, person, why)
    saving.carry_out(desk, refusal.base, save, partial(_again, desk, refusal))


def _key(name: str, opened: Opened) -> str:
    return review_state.key(name, opened.sid)
