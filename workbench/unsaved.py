"""What this tab has in its editor and has not saved: kept here and on the server, moved, ended."""

import secrets
from dataclasses import replace

from runbooks.clock import utc_now
from runbooks.errors import RunbookError
from runbooks.service import RunbookService
from runbooks.unsaved import Person
from workbench import notices, review_state, state, wiring
from workbench.opened import same_text, text_of
from workbench.review_state import Desk, Typed


def keep(service: RunbookService, sid: str, text: str, *, resting: bool = True) -> None:
    """Keep a text that is not saved, here and on the server; one that is saved needs no copy.

    The page is drawn anew when that changes how it stands, but not while somebody types on.
    """
    desk, me = review_state.desk(sid), wiring.person()
    before = _standing(desk)
    if desk.screen is not None and same_text(text, text_of(desk.screen)):
        _forget(service, sid, desk, me)
    else:
        desk.typed = Typed(text, utc_now(), _copied(service, sid, text, desk, me))
    desk.resting = resting
    desk.redraw_due |= before is not _standing(desk)
    if resting and desk.redraw_due:
        desk.redraw_due = False
        notices.stand()
        state.ask_redraw()


def _standing(desk: Desk) -> bool | None:
    """Say whether the server has a copy of what is typed, None when nothing is."""
    return None if desk.typed is None else desk.typed.kept


def _copied(service: RunbookService, sid: str, text: str, desk: Desk, me: Person) -> bool:
    """Keep a copy on the server; say whether there is one."""
    try:
        if desk.typed is None:
            _make_room(service, sid, text, me)
        service.keep_unsaved(sid, text, desk.base, me)
    except RunbookError:
        return False
    return True


def _make_room(service: RunbookService, sid: str, text: str, me: Person) -> None:
    """Move aside what this tab left on the server: a desk that was cleared knows nothing of it."""
    for left in service.peek(sid).unsaved:
        if left.place == me.desk and not same_text(left.text, text):
            service.keep_unsaved(sid, left.text, left.base_revision, _beside(me))


def _beside(me: Person) -> Person:
    """Give a place of the same person that no tab writes to."""
    return replace(me, place=f"{me.place}-{secrets.token_hex(3)}")


def forget(service: RunbookService, sid: str) -> None:
    """Put away the text that is not saved, here and on the server."""
    _forget(service, sid, review_state.desk(sid), wiring.person())


def _forget(service: RunbookService, sid: str, desk: Desk, me: Person) -> None:
    if desk.typed is not None:
        desk.typed = None
        service.discard_unsaved(sid, [me.desk], me)


def set_aside(service: RunbookService, sid: str) -> None:
    """Keep the text that is not saved in a place of its own, so that another may take the editor.

    It is offered again as a recovered text.
    """
    desk, me = review_state.desk(sid), wiring.person()
    if desk.typed is None:
        return
    service.keep_unsaved(sid, desk.typed.text, desk.base, _beside(me))
    _forget(service, sid, desk, me)


def put_into_editor(service: RunbookService, sid: str, text: str) -> None:
    """Put a text into the editor as if it had been typed there, and go to it; nothing is saved."""
    keep(service, sid, text)
    review_state.desk(sid).replace(text)
    review_state.go_to_tab(sid, review_state.EDIT)


def move_here(service: RunbookService, sid: str, text: str, base: str) -> None:
    """Make this text the one that this tab is typing, and drop other copies of it."""
    desk, me = review_state.desk(sid), wiring.person()
    service.keep_unsaved(sid, text, base, me)
    copies = [
        unsaved.place
        for unsaved in service.peek(sid).unsaved
        if unsaved.actor == me.actor and unsaved.place != me.desk and same_text(unsaved.text, text)
    ]
    if copies:
        service.discard_unsaved(sid, copies, me)
    desk.typed = Typed(text, utc_now())


def end_place(service: RunbookService, sid: str, place: str) -> None:
    """Drop what this person's tab kept under the name that it had in a session before."""
    me = wiring.person()
    if place and place != me.place:
        before = replace(me, place=place)
        service.discard_unsaved(sid, [before.desk], me)
