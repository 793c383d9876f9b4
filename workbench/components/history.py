"""Every text that ever stood here, with a way back; and every decision and act."""

from collections.abc import Iterable

import streamlit as st

from runbooks.generation import BESIDE
from runbooks.models import AuditEntry, HistoryEntry, Version
from runbooks.service import RunbookService
from runbooks.store.slots import slot_of
from workbench import compare_state, holding, markup, messages, notices, review_state, times, wiring
from workbench.components import preview
from workbench.kept import kept
from workbench.opened import Opened, adopt, short
from workbench.versions import has_older, read, version_text, why

_A_PAGE = 10


def show(opened: Opened) -> None:
    """Show versions, the one that was picked, then decisions and acts."""
    versions = read(opened)
    if not versions:
        _no_versions(opened)
    for version in _page(opened, versions):
        _version(opened, version)
    if has_older(versions, opened):
        st.button(
            "Older versions",
            icon=":material/expand_more:",
            type="tertiary",
            key=review_state.key("older", opened.sid),
            on_click=compare_state.ask_older_versions,
            args=(opened.sid,),
        )
    _happened(opened)


def _no_versions(opened: Opened) -> None:
    st.caption(
        "No versions yet. The text that stands here was put here by another service; it becomes a "
        "version with the first act on it."
        if opened.text
        else "No versions yet."
    )


def _page(opened: Opened, versions: tuple[Version, ...]) -> tuple[Version, ...]:
    if len(versions) <= _A_PAGE:
        return versions
    pages = (len(versions) + _A_PAGE - 1) // _A_PAGE
    number = st.pagination(pages, key=review_state.key("versions", opened.sid))
    start = (min(max(number, 1), pages) - 1) * _A_PAGE
    return versions[start : start + _A_PAGE]


def _version(opened: Opened, version: Version) -> None:
    viewed = opened.desk.version == version.number
    in_place = version.revision == opened.slot.revision
    with st.container(border=True, key=f"rv_version_{version.number}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_line(version, in_place), width="stretch")
            st.button(
                "Close" if viewed else "View",
                key=review_state.key(f"view_{version.number}", opened.sid),
                type="tertiary",
                on_click=_view,
                args=(opened.sid, 0 if viewed else version.number),
            )
            if not in_place:
                _compare_button(opened, version)
            restore_button(opened, version, "Restore")
        if viewed:
            _shown(version)


def _compare_button(opened: Opened, version: Version) -> None:
    st.button(
        "Compare",
        key=review_state.key(f"compare_{version.number}", opened.sid),
        type="tertiary",
        help="Shows what changed from this version to the text on the screen.",
        on_click=compare_state.compare,
        args=(opened.sid, opened.slot.revision, str(version.number), compare_state.SCREEN),
    )


def restore_button(opened: Opened, version: Version, label: str, place: str = "restore") -> None:
    """Offer to put a version in place of the text on the screen; say why where it cannot be."""
    refused = ""
    if version.revision == opened.slot.revision:
        refused = "This text stands here now."
    elif not version_text(version).strip():
        refused = "This version holds no text."
    elif not opened.pending:
        refused = "It is decided; reopen it first."
    elif opened.other_holder:
        refused = "Somebody else is editing this."
    st.button(
        label,
        icon=":material/history:",
        key=review_state.key(f"{place}_{version.number}", opened.sid),
        disabled=bool(refused) or not opened.writable,
        help=refused or "Puts this text in place; the present one stays in the history.",
        on_click=_restore,
        args=(opened.service, opened.sid, version.number, opened.slot.revision),
    )


def _line(version: Version, in_place: bool) -> str:
    mark = " :green-badge[in place]" if in_place else ""
    aside = "" if version.applied else " :gray-badge[never in place]"
    told = version.note if version.note != BESIDE else ""
    note = f" · {messages.escape_md(told, 120)}" if told else ""
    who = messages.escape_md(wiring.shown(version.actor))
    return (
        f"**{version.number}** · {messages.escape_md(why(version))} · {who} · "
        f"{times.clock_time(version.at)} · `{short(version.revision)}`{note}{mark}{aside}"
    )


def _view(sid: str, number: int) -> None:
    review_state.desk(sid).version = number


@notices.guarded
def _restore(service: RunbookService, sid: str, number: int, revision: str) -> None:
    desk = review_state.desk(sid)
    restored = service.restore(sid, number, revision, holding.holder_of(desk))
    adopt(desk, restored)
    desk.version = 0
    notices.done(f"Version {number} is back. What stood here before is in the history.")


def _shown(version: Version) -> None:
    if version.draft is None:
        st.code(version_text(version)[:100_000] or "(no text)", language=None, wrap_lines=True)
        return
    preview.origin(slot_of(version.snippet))
    markup.show_runbook(version.draft.markdown_content[:200_000])


def _happened(opened: Opened) -> None:
    decisions = _decisions(opened.now.history)
    entries = kept(opened.service).get(
        ("audit", opened.sid, opened.now.updated_at, opened.now.slot.revision),
        lambda: tuple(opened.service.audit(opened.sid)),
    )
    if decisions:
        st.header("Decisions", anchor=False)
        markup.show(decisions)
    if entries:
        st.header("All acts", anchor=False)
        markup.show(_acts(entries))


def _decisions(history: Iterable[HistoryEntry]) -> str:
    rows = [
        _event(
            f"{entry.previous_status or '?'} → {entry.new_status or '?'}",
            entry.actor,
            times.exact(entry.timestamp),
            entry.notes,
            entry.revision or "",
        )
        for entry in history
    ]
    return f'<ol class="rv-events">{"".join(reversed(rows))}</ol>' if rows else ""


def _acts(entries: Iterable[AuditEntry]) -> str:
    rows = (_event(e.action, e.actor, times.exact(e.at), e.detail, e.revision) for e in entries)
    return f'<ol class="rv-events">{"".join(rows)}</ol>'


def _event(what: str, actor: str, at: str, detail: str, revision: str) -> str:
    who = markup.esc(wiring.shown(actor), 80)
    note = f"<div>{markup.esc(detail, 1000)}</div>" if detail else ""
    mark = f" {markup.code(short(revision))}" if revision else ""
    return (
        f"<li><strong>{markup.esc(what, 80)}</strong> by {who}{mark}"
        f'<div class="rv-quiet">{markup.esc(at)}</div>{note}</li>'
    )
