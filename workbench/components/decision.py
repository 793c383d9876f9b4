"""Approve, reject, reopen: always on the revision that the person has on the screen."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from runbooks.models import SlotKind
from runbooks.service import RunbookService
from workbench import flow, holding, notices, review_state, saving, wiring
from workbench.components import doubts
from workbench.opened import Opened, adopt, look_again, short

_CARE = "approve_care"
APPROVE, APPROVE_TYPED = "approve", "approve_typed"


def show_negative(opened: Opened) -> None:
    """Show the way to say no, or to open again what was decided."""
    if opened.pending:
        _reject(opened)
    elif opened.now.status in ("approved", "rejected"):
        _reopen(opened)


def show_positive(opened: Opened) -> None:
    """Show the way to say yes, and after a decision the way on."""
    if opened.pending:
        _approve(opened)


def _approve(opened: Opened) -> None:
    label = f"Approve {short(opened.slot.revision)}"
    if opened.dirty:
        _approve_typed(opened)
    elif opened.slot.kind in (SlotKind.EMPTY, SlotKind.UNWRITABLE):
        nothing = "There is no text that could be approved."
        st.button("Approve", key=_key("approve", opened), disabled=True, help=nothing)
    elif _needs_care(opened):
        _approve_with_care(opened, label)
    else:
        st.button(
            label,
            icon=":material/check:",
            type="primary",
            key=_key("approve", opened),
            on_click=_do_approve,
            args=(opened.service, opened.sid, opened.slot.revision),
        )
        if flow.others(opened):
            st.button(
                "Approve and next",
                icon=":material/arrow_forward:",
                icon_position="right",
                key=_key("approve_next", opened),
                help=f"Approves revision {short(opened.slot.revision)} and opens the next.",
                on_click=_do_approve,
                args=(opened.service, opened.sid, opened.slot.revision),
                kwargs={"onward": True},
            )


def _approve_typed(opened: Opened) -> None:
    off = not opened.writable or bool(opened.other_holder)
    st.button(
        "Save and approve",
        icon=":material/check:",
        type="primary",
        key=_key("approve_typed", opened),
        disabled=off,
        help="Saves the text in the editor. If the checks find nothing that speaks against it, "
        "that revision is approved; else you see the findings first.",
        on_click=_do_approve_typed,
        args=(opened.service, opened.sid),
    )
    if flow.others(opened):
        st.button(
            "… and next",
            key=_key("approve_typed_next", opened),
            disabled=off,
            help="Saves, approves, and opens the next of this list.",
            on_click=_do_approve_typed,
            args=(opened.service, opened.sid),
            kwargs={"onward": True},
        )


def _do_approve_typed(service: RunbookService, sid: str, *, onward: bool = False) -> None:
    flow.mean_to_go_on(service, sid, onward=onward)
    if not review_state.wait_for_ace(sid, APPROVE_TYPED):
        save_and_approve(service, sid)


@notices.guarded
def save_and_approve(service: RunbookService, sid: str) -> None:
    """Save what stands in the editor; approve it, unless it has to be looked at first."""
    saving.take(service, sid)
    saved = saving.save_typed(service, sid)
    if saved is None:
        notices.problem(
            "**Nothing was approved**, as your text could not be saved. It is kept: see *Edit*."
        )
        return
    revision = saved.slot.revision
    if _needs_care(look_again(service, saved)):
        review_state.unfold(review_state.key(_CARE, sid))
        notices.problem(
            f"**Saved as `{short(revision)}`, not approved yet.** Look at the findings of this "
            "text, then approve it."
        )
        return
    decided = service.approve(sid, revision, wiring.person().actor)
    adopt(review_state.desk(sid), decided)
    holding.let_go(service, sid)
    flow.done(decided, f"Saved, and approved as revision `{short(revision)}`.")


def _needs_care(opened: Opened) -> bool:
    unread = opened.slot.draft is None
    doubtful = opened.blocking() or opened.unsupported()
    return bool(unread or doubtful or opened.other_holder)


def _approve_with_care(opened: Opened, label: str) -> None:
    """Say what speaks against it first; what blocks needs a written reason (CONTRACT R12)."""
    blocked = opened.blocking()
    popover = _key(_CARE, opened)
    with st.popover(
        f"{label}…", icon=":material/check:", type="primary", key=popover, on_change="rerun"
    ):
        doubts.show(opened)
        if blocked:
            st.markdown(doubts.listed(blocked))
        if opened.barred():
            st.caption("Here no reason passes what the checks block: correct the text first.")
            return
        with st.form(_key("approve_form", opened), border=False):
            reason = _key("override", opened)
            if blocked:
                st.text_area("Why it is approved nevertheless", key=reason, height=96)
            st.form_submit_button(
                f"{label} nevertheless" if blocked else label,
                type="primary",
                key=_key("approve", opened),
                on_click=_do_approve,
                args=(opened.service, opened.sid, opened.slot.revision, reason),
                width="stretch",
            )
            if flow.others(opened):
                st.form_submit_button(
                    "… and next",
                    key=_key("approve_next", opened),
                    on_click=_do_approve,
                    args=(opened.service, opened.sid, opened.slot.revision, reason),
                    kwargs={"onward": True},
                    width="stretch",
                )


def _do_approve(
    service: RunbookService, sid: str, revision: str, reason: str = "", *, onward: bool = False
) -> None:
    if _too_soon(sid):
        return
    flow.mean_to_go_on(service, sid, onward=onward)
    override = review_state.text_of(reason) if reason else ""
    if not review_state.wait_for_ace(sid, APPROVE, override, revision):
        approve_seen(service, sid, revision, override)


@notices.guarded
def approve_seen(service: RunbookService, sid: str, revision: str, override: str) -> None:
    """Approve the revision that was seen, unless there is text that is not part of it."""
    saving.take(service, sid)
    if review_state.desk(sid).typed is not None:
        notices.problem(
            "**Nothing was approved**: there is text in the editor that is not saved, and it would "
            "not have been part of it. Now *Save and approve* does both."
        )
        return
    actor = wiring.person().actor
    decided = service.approve(sid, revision, actor, override_reason=override)
    adopt(review_state.desk(sid), decided)
    holding.let_go(service, sid)
    flow.done(decided, f"Approved revision `{short(revision)}`.")


def _too_soon(sid: str) -> bool:
    """Say so when a click was meant for the item before (CONTRACT R17)."""
    if not flow.too_soon(sid):
        return False
    notices.problem("**Nothing was decided**: this had only just appeared. Look at it first.")
    return True


def _popover(label: str, icon: str, key: str) -> DeltaGenerator:
    """Open something for one item alone: an open one would stay open for the next."""
    return st.popover(label, icon=icon, key=key, on_change="rerun")


def _reject(opened: Opened) -> None:
    with (
        _popover("Reject", ":material/close:", _key("reject_open", opened)),
        st.form(_key("reject_form", opened), border=False),
    ):
        st.text_area(
            "Why it is rejected",
            key=_key("reject_reason", opened),
            height=96,
            placeholder="Who reads the suggestion later learns it from this",
        )
        st.form_submit_button(
            f"Reject {short(opened.slot.revision)}" if opened.text else "Reject",
            type="primary",
            key=_key("reject", opened),
            on_click=_do_reject,
            args=(opened.service, opened.sid, opened.slot.revision, _key("reject_reason", opened)),
            width="stretch",
        )
        if flow.others(opened):
            st.form_submit_button(
                "Reject and next",
                key=_key("reject_next", opened),
                on_click=_do_reject,
                args=(
                    opened.service,
                    opened.sid,
                    opened.slot.revision,
                    _key("reject_reason", opened),
                ),
                kwargs={"onward": True},
                width="stretch",
            )


@notices.guarded
def _do_reject(
    service: RunbookService, sid: str, revision: str, reason: str, *, onward: bool = False
) -> None:
    if _too_soon(sid):
        return
    saving.take(service, sid)
    why = review_state.text_of(reason)
    if not why:
        notices.problem("**Nothing was rejected.** A rejection needs a reason.")
        return
    flow.mean_to_go_on(service, sid, onward=onward)
    decided = service.reject(sid, revision, wiring.person().actor, why)
    adopt(review_state.desk(sid), decided)
    holding.let_go(service, sid)
    flow.done(decided, "Rejected.")


def _reopen(opened: Opened) -> None:
    with (
        _popover("Reopen", ":material/undo:", _key("reopen_open", opened)),
        st.form(_key("reopen_form", opened), border=False),
    ):
        st.text_area("Why it is opened again", key=_key("reopen_reason", opened), height=96)
        st.form_submit_button(
            "Reopen",
            type="primary",
            key=_key("reopen", opened),
            on_click=_do_reopen,
            args=(opened.service, opened.sid, _key("reopen_reason", opened)),
            width="stretch",
        )


@notices.guarded
def _do_reopen(service: RunbookService, sid: str, reason: str) -> None:
    why = review_state.text_of(reason)
    if not why:
        notices.problem("**It stays decided.** Reopening needs a reason.")
        return
    reopened = service.reopen(sid, wiring.person().actor, why)
    review_state.desk(sid).status = reopened.status
    notices.done("Open again. Approve, reject or edit it.")


def _key(name: str, opened: Opened) -> str:
    return review_state.key(name, opened.sid)
