"""One approved runbook by its link: what somebody on call needs, and nothing to change it with."""

from datetime import datetime

import streamlit as st

from runbooks.clock import utc_now
from runbooks.errors import NotFound
from runbooks.library.library import ShelvedVersion
from runbooks.library.shelf import REVIEW_INTERVAL, ShelvedRunbook
from runbooks.service import RunbookService
from runbooks.services import ServiceRow
from workbench import library_state, messages, state, theme, times, wiring
from workbench.components import copy_blocks, library_export, library_rows, table
from workbench.components.copy_blocks import Fact
from workbench.components.table import Cell, Column, Line
from workbench.versions import why

_COLUMNS = (
    Column("Version", "main", "6rem"),
    Column("When", "fixed", "9rem"),
    Column("Who", "fixed", "9rem"),
    Column("Why", "rest"),
    Column("", "first", "9rem"),
)


def show(service: RunbookService, suggestion_id: str) -> None:
    """Show the runbook that the address names, or the version of it."""
    _back()
    try:
        book = service.library.runbook(suggestion_id)
    except NotFound as missing:
        _not_here(suggestion_id, missing)
        return
    number = library_state.version_number()
    if number:
        _version(service, book, number)
    else:
        _served(service, book)


def _back() -> None:
    st.page_link(
        "pages/library.py",
        label="Library",
        icon=":material/arrow_back:",
        query_params=library_state.params(library_state.last_view()),
    )


def _not_here(suggestion_id: str, missing: NotFound) -> None:
    """Say why there is nothing to serve; what exists can be looked at on the review page."""
    name = messages.escape_md(suggestion_id, 80)
    if missing.kind == "suggestion":
        st.title("There is no such runbook", anchor=False)
        st.markdown(f"Nothing is stored under {name}. The link may be incomplete.")
        return
    st.title("Not approved", anchor=False)
    st.markdown(
        f"There is a suggestion {name}, but no text of it is approved. The library serves only "
        "what somebody approved."
    )
    _review_link(suggestion_id)


def _review_link(suggestion_id: str) -> None:
    st.page_link(
        "pages/review.py",
        label="Open in Review",
        icon=":material/rate_review:",
        query_params=state.review_address(suggestion_id),
    )


def _served(service: RunbookService, book: ShelvedRunbook) -> None:
    st.title(messages.escape_md(book.title, 200), anchor=False)
    _badges(book)
    if book.label:
        st.warning(f"**Read this first.** {messages.escape_md(book.label)}", icon=":material/info:")
    with st.container(horizontal=True, vertical_alignment="center", key="rb_library_acts"):
        library_export.one(book, "rb_download")
        _review_link(book.suggestion_id)
    row = service.services.row(book.service)
    copy_blocks.show("rb_runbook", book.title, book.markdown, _facts(book, row, utc_now()))
    _versions(service, book)


def _badges(book: ShelvedRunbook) -> None:
    severity = book.severity.value if book.severity else "unknown"
    kind = theme.badge(messages.failure_type(book.failure_type), "gray")
    also = "" if book.heading == book.title else f" {messages.escape_md(book.heading, 200)}"
    approved = theme.badge("Approved", "green")
    st.markdown(f"{theme.severity_badge(severity)} {approved} {kind}{also}")


def _facts(book: ShelvedRunbook, row: ServiceRow, now: datetime) -> list[Fact]:
    """Give who stands for this text and whom to call; what is not known is said to be unknown."""
    due = book.is_stale(now)
    who = wiring.shown(book.approved_by) if book.approved_by else "unknown"
    when = f", {times.since(book.reviewed_at, now)}" if book.reviewed_at else ""
    facts = [
        Fact(
            "Escalate to",
            row.escalation_channel,
            hint=_whose(row),
            mark="" if row.known else "Default",
            tone="orange",
        ),
        Fact("Owner", book.owner or "unknown"),
        Fact("Approved by", f"{who}{when}", hint=times.exact(book.reviewed_at)),
        Fact(
            "Read again",
            _due_date(book),
            hint=library_rows.due_hint(book.reviewed_at) if due else _interval(),
            mark=library_rows.DUE if due else "",
            tone="orange",
        ),
        Fact("Service", book.service or "unknown"),
        Fact("Revision", book.revision),
    ]
    if row.dashboard:
        facts.insert(5, Fact("Dashboard", "Open", hint=row.dashboard, href=row.dashboard))
    return facts


def _interval() -> str:
    return f"Every {REVIEW_INTERVAL.days} days"


def _due_date(book: ShelvedRunbook) -> str:
    if book.reviewed_at is None:
        return "at once"
    return f"by {(book.reviewed_at + REVIEW_INTERVAL).astimezone(times.zone()):%d %b %Y}"


def _whose(row: ServiceRow) -> str:
    return "" if row.known else "The services file has no row for this service: its default"


def _versions(service: RunbookService, book: ShelvedRunbook) -> None:
    found = service.library.versions(book)
    label = f"Versions ({len(found)})" if found else "Versions"
    with st.expander(label, icon=":material/history:", key="rb_library_history"):
        if not found:
            st.markdown("The text that stands here was put here by another service.")
            return
        opened = table.show(
            library_state.VERSIONS_TABLE, "Versions", _COLUMNS, [_line(v, book) for v in found]
        )
    if opened:
        address = library_state.runbook_address(book.suggestion_id, int(opened))
        st.switch_page("pages/library.py", query_params=address)


def _line(shelved: ShelvedVersion, book: ShelvedRunbook) -> Line:
    version = shelved.version
    label, tone = _mark(shelved)
    cells = (
        Cell(f"Version {version.number}", hint=version.revision),
        Cell(times.since(version.at), hint=times.exact(version.at)),
        Cell(wiring.shown(version.actor)),
        Cell(why(version).capitalize(), note=version.note),
        Cell(label, tone),
    )
    address = dict(library_state.runbook_address(book.suggestion_id, version.number))
    return Line(str(version.number), cells, state.address("library", address))


def _mark(shelved: ShelvedVersion) -> tuple[str, str]:
    if shelved.served:
        return "Shown here", "green"
    return ("Approved before", "gray") if shelved.approved else ("", "")


def _version(service: RunbookService, book: ShelvedRunbook, number: int) -> None:
    """Show a text that is not the one to work from, and say so."""
    shelved = service.library.version(book, number)
    version = shelved.version
    st.title(f"{messages.escape_md(book.title, 160)}: version {version.number}", anchor=False)
    who = messages.escape_md(wiring.shown(version.actor))
    st.markdown(
        f"{messages.escape_md(why(version)).capitalize()} by {who}, {times.since(version.at)}."
    )
    if not shelved.served:
        once = "It was approved once." if shelved.approved else "Nobody approved it."
        st.warning(
            f"**This is not the runbook to work from.** {once} The library serves another text.",
            icon=":material/warning:",
        )
    st.page_link(
        "pages/library.py",
        label="To the approved runbook",
        icon=":material/menu_book:",
        query_params=library_state.runbook_address(book.suggestion_id),
    )
    if version.draft is None:
        st.markdown(
            "This version is stored in a shape that cannot be laid out; see the history in Review."
        )
        _review_link(book.suggestion_id)
        return
    warning = "" if shelved.served else f"Version {version.number}: do not use"
    draft = version.draft
    copy_blocks.show("rb_runbook_version", draft.title, draft.markdown_content, warning=warning)
