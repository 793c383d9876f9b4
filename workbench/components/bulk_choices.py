"""What a person chooses for a selection: whom it goes to, what it is a duplicate of."""

import streamlit as st

from runbooks.service import RunbookService
from runbooks.store.queries import QueueFilter, Sort
from workbench import bulk_state, messages, state, wiring
from workbench.bulk_state import Order

_RECENT = 100
_ALIKE = 50
_VISITOR = "local:visitor-"


def assignee(service: RunbookService) -> str:
    """Ask whom; give the actor, "" for nobody. Any other name can be typed."""
    me = wiring.person().actor if wiring.name() else ""
    options = [*dict.fromkeys((me, *_people(service), ""))] if me else [*_people(service), ""]
    st.selectbox(
        "To whom",
        options,
        key=state.ASSIGN_TO,
        format_func=lambda actor: _called(actor, me),
        accept_new_options=True,
        help="Choose somebody, or type another name.",
    )
    if not me:
        st.caption("Say your name at the top right to take them yourself.")
    return chosen_assignee()


def chosen_assignee() -> str:
    """Give whom the person chose or typed."""
    return str(st.session_state.get(state.ASSIGN_TO) or "")


def _called(actor: str, me: str) -> str:
    if not actor:
        return "Nobody"
    bare = actor.removeprefix("local:")
    return f"Me ({bare})" if actor == me else bare


def _people(service: RunbookService) -> list[str]:
    """Name those who assigned, decided or opened something lately."""
    recent = service.queue(QueueFilter(status=()), Sort.UPDATED, _RECENT).entries
    found = {name for e in recent for name in (e.assignee, e.decided_by, *e.seen_by)}
    return sorted(name for name in found if name.startswith("local:") and _VISITOR not in name)


def duplicate(service: RunbookService, order: Order) -> str:
    """Offer the others of the similarity group that all of these are in; give the chosen one.

    The reason is then written already; who is chosen is not rejected itself.
    """
    entries = service.repository.entries(order.ids)
    groups = {entry.similarity_group for entry in entries.values()}
    group = groups.pop() if len(groups) == 1 else ""
    if not group:
        return ""
    which = QueueFilter(status=("pending", "approved"), similarity_group=group)
    others = service.queue(which, Sort.WORST, _ALIKE).entries
    titles = {
        other.suggestion_id: f"{other.title or other.suggestion_id} · {other.suggestion_id}"
        f" · {messages.STATUSES.get(other.status, other.status).lower()}"
        for other in others
        if order.ids != (other.suggestion_id,)
    }
    if not titles:
        return ""
    if st.session_state.get(state.DUPLICATE_OF) not in titles:
        st.session_state[state.DUPLICATE_OF] = ""
    chosen = st.selectbox(
        "Duplicate of",
        ["", *titles],
        key=state.DUPLICATE_OF,
        format_func=lambda name: titles.get(name, "Not a duplicate"),
        on_change=_write_reason,
    )
    return chosen or ""


def _write_reason() -> None:
    bulk_state.choose_duplicate(str(st.session_state.get(state.DUPLICATE_OF) or ""))
