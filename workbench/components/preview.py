"""The runbook as it will be read, under a line that says who wrote it and what it lacks."""

import json

import streamlit as st

from runbooks.markdown.outline import parse, quality
from runbooks.models import DraftState, RunbookDraft, Slot, SlotKind
from workbench import markup, messages, review_state, times
from workbench.components import margin, regenerate
from workbench.opened import Opened, is_offline

_MOST_SHOWN = 200_000


def show(opened: Opened) -> None:
    """Show the text on the screen; whatever its shape is, it is shown."""
    slot = opened.slot
    if slot.kind is SlotKind.EMPTY:
        _runbook(opened, "") if opened.dirty else _nothing_yet(opened)
        return
    if slot.draft is None:
        _as_it_is(slot)
        return
    origin(slot)
    _runbook(opened, slot.draft.markdown_content)


def origin(slot: Slot) -> None:
    """Say in plain words where a text comes from, and what is missing in it."""
    draft = slot.draft
    if draft is None:
        return
    if slot.state is DraftState.FALLBACK:
        _needs_a_person("This is a template, not a draft. No model was asked.", draft)
    elif slot.state is DraftState.NEEDS_INPUT:
        _needs_a_person("This draft says itself that a person must complete it.", draft)
    if slot.kind is SlotKind.HUMAN:
        who = messages.escape_md(messages.who(draft.edited_by))
        told = f"Edited by **{who}** {times.since(draft.edited_at)}. Batches leave this text alone."
        st.caption(f":material/edit: {told}")
    elif is_offline(slot) and slot.state is not DraftState.FALLBACK:
        st.caption(
            ":material/rule: Put together **offline, by rules** from the evidence. No language "
            "model wrote or checked this text."
        )
    elif slot.state is not DraftState.FALLBACK:
        meta = draft.generator_meta
        model = messages.escape_md(meta.model or "a model that is not named")
        st.caption(
            f":material/smart_toy: Drafted by **{model}** {times.since(draft.generated_at)}."
        )


def missing(draft: RunbookDraft) -> list[str]:
    """Say what keeps a draft from being whole, in sentences of plain text."""
    reason = draft.generator_meta.fallback_reason
    told = [messages.reason(reason)] if reason else []
    gate = draft.generator_meta.gate or quality(parse(draft.markdown_content))
    told += [sentence for sentence in gate if not reason or reason not in sentence]
    return [f"{sentence[:1].upper()}{sentence[1:].rstrip('.')}." for sentence in told]


def _needs_a_person(headline: str, draft: RunbookDraft) -> None:
    lines = "\n".join(f"- {messages.escape_md(sentence)}" for sentence in missing(draft))
    st.warning(f"**{headline}**\n\n{lines}", icon=":material/person_edit:")


def _runbook(opened: Opened, text: str) -> None:
    typed = opened.desk.typed
    saved, mine = "What is saved", "What you typed, not saved"
    which = saved
    if typed is not None:
        which = st.segmented_control(
            "Which text",
            [mine, saved],
            default=mine,
            required=True,
            key=f"rv_which_{opened.desk.round}",
            label_visibility="collapsed",
        )
    with st.container(border=True, key="rv_paper"):
        if typed is None or which != mine:
            margin.show(opened, _shortened(text))
        elif opened.too_long_to_check:
            markup.show_runbook(_shortened(opened.typed_text))
        else:
            margin.show(opened.as_typed(), opened.typed_text)


def _shortened(text: str) -> str:
    if len(text) > _MOST_SHOWN:
        st.caption(f"Only the first {_MOST_SHOWN:,} of {len(text):,} characters are laid out.")
    return text[:_MOST_SHOWN]


def _as_it_is(slot: Slot) -> None:
    """Show a text of a shape that is not known: exactly as stored, nothing interpreted."""
    st.error(
        f"**This draft cannot be read: {messages.escape_md(slot.problem)}.**  \n"
        "It is shown exactly as it is stored and counts as somebody's own text: it is replaced "
        "only on purpose, and then it stays in the history.",
        icon=":material/warning:",
    )
    raw = slot.raw
    text = (
        raw if isinstance(raw, str) else json.dumps(raw, indent=2, default=str, ensure_ascii=False)
    )
    if len(text) > _MOST_SHOWN:
        st.caption(f"Only the first {_MOST_SHOWN:,} of {len(text):,} characters are shown.")
    st.code(text[:_MOST_SHOWN] or " ", language=None, wrap_lines=True)


def _nothing_yet(opened: Opened) -> None:
    with st.container(border=True, key="rv_empty"):
        st.header("No draft yet", anchor=False)
        if not opened.pending:
            st.markdown("It was decided without a runbook.")
            return
        st.markdown(
            "Let it be drafted from the evidence beside this, or write it yourself. Either way "
            "nothing is final before somebody approves it."
        )
        with st.container(horizontal=True):
            regenerate.start_button(opened, "first")
            st.button(
                "Write it yourself",
                icon=":material/edit:",
                key=review_state.key("write", opened.sid),
                on_click=review_state.go_to_tab,
                args=(opened.sid, review_state.EDIT),
            )
