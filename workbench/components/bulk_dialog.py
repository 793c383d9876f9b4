"""What an act over a selection will do to each, before it is done; every act asks here first."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from runbooks.batch import BatchOrder
from runbooks.bulk import BulkAct, BulkLine
from runbooks.clock import utc_now
from runbooks.errors import InvalidRequest
from runbooks.models import QueueEntry
from runbooks.names import checked_actor
from runbooks.service import RunbookService
from workbench import bulk_state, bulk_words, messages, notices, state, wiring
from workbench.bulk_state import Order, Result
from workbench.components import bulk_choices, table
from workbench.components.table import Column
from workbench.jobs import MAX_RUNNING, shared_jobs

_COLUMNS = (
    Column("What happens", "first", "8rem"),
    Column("Suggestion", "main"),
    Column("Draft", "fixed", "7rem"),
)
_TITLES = {
    BulkAct.GENERATE: "Generate drafts",
    BulkAct.APPROVE: "Approve",
    BulkAct.REJECT: "Reject",
    BulkAct.ASSIGN: "Assign",
}
_TALL = 6
"""From so many lines on, the list scrolls by itself."""


def show(service: RunbookService) -> None:
    """Show what was asked for, if anything was."""
    order = bulk_state.order()
    if order is not None:
        opened = st.dialog(_TITLES[order.act], width="large", on_dismiss=bulk_state.drop)
        opened(_body)(service, order)


@notices.told
def _body(service: RunbookService, order: Order) -> None:
    if state.take_redraw():
        st.rerun()
    notices.show()
    _FORMS[order.act](service, order)


def _generate(service: RunbookService, order: Order) -> None:
    st.markdown(
        "Drafts each of them anew. Text that a person wrote is left as it is, and a machine's "
        "draft that is replaced stays in the history."
    )
    lines = _foreseen(service, order)
    names = _open(lines)
    _decide(order, _label("Generate", names, lines), _do_generate, (service, names))
    _list(service, order, lines)


def _approve(service: RunbookService, order: Order) -> None:
    st.markdown(
        "Approves what you have opened in its present form, unless something blocks it. The "
        "others stay pending."
    )
    lines = _foreseen(service, order)
    names = _open(lines)
    _decide(order, _label("Approve", names, lines), _do_approve, (service, names))
    _list(service, order, lines)


def _reject(service: RunbookService, order: Order) -> None:
    kept = bulk_choices.duplicate(service, order)
    st.text_input("Reason", key=state.REJECT_REASON, placeholder="Why these are not wanted")
    asked = Order(order.act, tuple(name for name in order.ids if name != kept))
    lines = _foreseen(service, asked)
    names = _open(lines)
    _decide(order, _label("Reject", names, lines), _do_reject, (service, names))
    _list(service, asked, lines)


def _assign(service: RunbookService, order: Order) -> None:
    whom = _recorded(bulk_choices.assignee(service))
    lines = _foreseen(service, order)
    entries = service.repository.entries(order.ids)
    notes = {name: _handing(entry, whom) for name, entry in entries.items()}
    idle = frozenset(name for name, entry in entries.items() if entry.assignee == whom)
    changed = [line for line in lines if line.suggestion_id not in idle]
    names = _open(changed)
    _decide(order, _label("Assign", names, lines), _do_assign, (service, names))
    _list(service, order, lines, notes, idle)


def _recorded(whom: str) -> str:
    """Give a person as records name them; what is no name is refused by the act itself."""
    try:
        return checked_actor(whom)
    except InvalidRequest:
        return whom


def _handing(entry: QueueEntry, whom: str) -> str:
    """Say from whom to whom it goes."""
    before = _person(entry.assignee)
    return f"stays with {before}" if entry.assignee == whom else f"{before} → {_person(whom)}"


def _person(actor: str) -> str:
    return wiring.shown(actor) if actor else "nobody"


_FORMS: Mapping[BulkAct, Callable[[RunbookService, Order], None]] = {
    BulkAct.GENERATE: _generate,
    BulkAct.APPROVE: _approve,
    BulkAct.REJECT: _reject,
    BulkAct.ASSIGN: _assign,
}


def _foreseen(service: RunbookService, order: Order) -> list[BulkLine]:
    return service.foresee(order.act, order.ids, wiring.person().actor)


def _open(lines: Sequence[BulkLine]) -> tuple[str, ...]:
    return tuple(line.suggestion_id for line in lines if line.problem is None)


def _label(verb: str, names: Sequence[str], lines: Sequence[BulkLine]) -> str:
    """Say to how many of how many it will be done."""
    return f"{verb} {len(names)}" + (f" of {len(lines)}" if len(names) < len(lines) else "")


def _decide(
    order: Order, label: str, act: Callable[..., None], args: tuple[RunbookService, tuple[str, ...]]
) -> None:
    """Show the one button that does it, to those alone that the list names."""
    with st.container(horizontal=True):
        st.button(
            label,
            type="primary",
            key=f"rb_bulk_{order.act.value}",
            disabled=not args[1],
            on_click=act,
            args=args,
        )
        st.button("Cancel", key="rb_bulk_cancel", on_click=_cancel)


def _cancel() -> None:
    bulk_state.drop()
    state.ask_redraw()


def _list(
    service: RunbookService,
    order: Order,
    lines: Sequence[BulkLine],
    notes: Mapping[str, str] | None = None,
    idle: frozenset[str] = frozenset(),
) -> None:
    entries = service.repository.entries(order.ids)
    me = wiring.person().actor
    rows = bulk_words.foreseen(order.act, lines, entries, utc_now(), me, notes or {}, idle)
    height = 380 if len(rows) > _TALL else "content"
    with st.container(height=height, border=False, key="rb_bulk_list"):  # type: ignore[arg-type]
        opened = table.show("rb_bulk_lines", _TITLES[order.act], _COLUMNS, rows)
    if opened:
        bulk_state.drop()
        st.switch_page("pages/review.py", query_params=state.review_address(opened))


@notices.guarded
def _do_generate(service: RunbookService, names: tuple[str, ...]) -> None:
    order = BatchOrder(len(names), wiring.person().actor, suggestion_ids=names)
    started = shared_jobs(service).start(order, f"Drafts for {len(names)} selected")
    if started is None:
        notices.problem(f"**Not started.** {MAX_RUNNING} batches are running already.")
        return
    state.follow([started.job_id])
    bulk_state.finish(None)


@notices.guarded
def _do_approve(service: RunbookService, names: tuple[str, ...]) -> None:
    _finish(service, "approved", service.approve_many(names, wiring.person().actor))


@notices.guarded
def _do_reject(service: RunbookService, names: tuple[str, ...]) -> None:
    reason = str(st.session_state.get(state.REJECT_REASON, "")).strip()
    if not reason:
        notices.problem("**Nothing was rejected.** A rejection needs a reason.")
        return
    _finish(service, "rejected", service.reject_many(names, wiring.person().actor, reason))


@notices.guarded
def _do_assign(service: RunbookService, names: tuple[str, ...]) -> None:
    whom = bulk_choices.chosen_assignee()
    lines = service.assign(names, whom, wiring.person().actor)
    verb = f"assigned to {messages.escape_md(_person(checked_actor(whom)))}"
    _finish(service, verb if whom else "assigned to nobody", lines)


def _finish(service: RunbookService, verb: str, lines: Sequence[BulkLine]) -> None:
    entries = service.repository.entries([line.suggestion_id for line in lines])
    told = bulk_words.told(lines, entries, wiring.person().actor)
    deeds = tuple(line.deed for line in lines if line.deed)
    bulk_state.finish(Result(verb, told, deeds))
