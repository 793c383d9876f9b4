"""The editing hold of this tab: taken with the editor, renewed while it is open (CONTRACT R18)."""

import time
from dataclasses import replace

from runbooks.errors import BeingEdited
from runbooks.holds import RENEW_SECONDS
from runbooks.service import RunbookService
from runbooks.unsaved import Person
from workbench import review_state, wiring
from workbench.opened import Opened
from workbench.review_state import Desk

_EARLY_S = 2.0


def holder_of(desk: Desk) -> Person:
    """Give who acts here, with the hold of this desk."""
    return replace(wiring.person(), hold=desk.lease)


def keep(service: RunbookService, sid: str) -> None:
    """Take the hold, or renew it when that is due; note on the desk who has it instead."""
    desk = review_state.desk(sid)
    if desk.lease is not None and time.monotonic() - desk.renewed < RENEW_SECONDS - _EARLY_S:
        return
    try:
        _have(desk, service, sid)
    except BeingEdited as held:
        desk.lease, desk.holder = None, held.holder


def keep_if_free(opened: Opened) -> None:
    """Do the same, unless it is known that somebody has it.

    What another tab of the same person took stays there until it is asked for: two tabs must not
    take it from each other all the time.
    """
    taken = opened.desk.holder
    if opened.other_holder or taken == opened.person.actor:
        opened.desk.holder = opened.other_holder or taken
        return
    keep(opened.service, opened.sid)


def take_over(service: RunbookService, sid: str) -> None:
    """Take the hold from whoever has it."""
    _have(review_state.desk(sid), service, sid, take_over=True)


def let_go(service: RunbookService, sid: str) -> None:
    """End the hold of this tab, if it has one."""
    desk = review_state.desk(sid)
    if desk.lease is not None:
        service.let_go(sid, holder_of(desk))
    desk.lease, desk.holder = None, ""


def _have(desk: Desk, service: RunbookService, sid: str, *, take_over: bool = False) -> None:
    desk.lease = service.hold(sid, holder_of(desk), take_over=take_over)
    desk.holder, desk.renewed = "", time.monotonic()
