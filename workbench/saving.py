"""What the editor sends is worked on here: an act with its text, and what is typed.

The same message comes again and again until there is an answer, and each act on the page asks
for it first (`take`); so an interrupted run of the page loses nothing, and what is done already
is done once: sequence numbers say so, and a text that stands there already is saved already.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from runbooks.clock import utc_now
from runbooks.errors import HoldLost, RunbookError
from runbooks.models import SlotKind, Suggestion
from runbooks.service import RunbookService
from workbench import holding, messages, notices, review_state, state, unsaved, wiring
from workbench.components import text_editor
from workbench.components.text_editor import Asked, Said, Worded
from workbench.opened import adopt, same_text, text_of
from workbench.review_state import Answer, Desk, Refusal, Typed

SAVE, REOPEN = text_editor.SAVE, text_editor.REOPEN


def take(service: RunbookService, sid: str) -> None:
    """Work on what this tab's editor of a suggestion said last, unless that is done already."""
    _take_said(service, sid)
    _take_from_ace(service, sid)


def _take_said(service: RunbookService, sid: str) -> None:
    """Hear the editor itself, and the carrier for what it says at the last moment."""
    names = (review_state.editor_key(sid), review_state.CARRIER)
    heard = [said for said in map(text_editor.said, names) if said and said.item == sid]
    if not heard:
        return
    desk = review_state.desk(sid)
    if desk.screen is None:  # a new session: the server was started anew while this tab stood open
        adopt(desk, service.peek(sid).suggestion)
    worded = [(each, said) for said in heard for each in (said.act, said.typed) if each]
    for each, said in sorted(worded, key=lambda pair: pair[0].sequence):
        if isinstance(each, Asked):
            if each.sequence > desk.answer.sequence:
                _do(service, sid, each)
        elif each.sequence > desk.heard:
            _keep(service, sid, said, each)


def _take_from_ace(service: RunbookService, sid: str) -> None:
    desk = review_state.desk(sid)
    text = review_state.ace_text(sid, desk)
    if text is not None and text != desk.ace_seen:
        unsaved.keep(service, sid, text)
        desk.ace_seen = text


def _keep(service: RunbookService, sid: str, said: Said, typed: Worded) -> None:
    desk = review_state.desk(sid)
    desk.base = desk.newest(typed.base)
    unsaved.keep(service, sid, typed.text, resting=typed.resting)
    desk.heard = typed.sequence
    if desk.typed is not None and desk.typed.kept:
        with suppress(RunbookError):  # what stays there is the same text, which is offered once
            unsaved.end_place(service, sid, said.place)


def _do(service: RunbookService, sid: str, asked: Asked) -> None:
    desk = review_state.desk(sid)
    desk.base = desk.newest(asked.base)
    state.ask_redraw()
    revision = act(service, sid, asked.kind, asked.text, asked.why)
    if revision:
        desk.followed |= {asked.base: revision} if asked.base != revision else {}
    desk.answer = Answer(asked.sequence, revision)
    notices.end()


def act(service: RunbookService, sid: str, kind: str, text: str, why: str) -> str:
    """Save a text on the base of the desk; give its revision, "" when it was refused, and told.

    The desk is asked for once and before the act, so that nothing can come between act and note.
    """
    desk = review_state.desk(sid)
    person = holding.holder_of(desk)
    if _nothing_new(desk, text):
        unsaved.forget(service, sid)
        notices.done("There is nothing to save: the text is the one that is stored.")
        return desk.base
    if kind == REOPEN and not why:
        unsaved.keep(service, sid, text)
        notices.problem("**Not saved.** Opening it again needs a reason. Your text is kept.")
        return ""
    save = service.reopen_and_save if kind == REOPEN else service.save
    saved = _carry_out(desk, text, partial(save, sid, text, desk.base, person, why), why)
    if saved is None:
        _copy_refused(service, sid, desk)
    return saved.slot.revision if saved else ""


def _carry_out(
    desk: Desk, text: str, save: Callable[[], Suggestion], why: str = ""
) -> Suggestion | None:
    """Save, and note on the desk what became of the text; None when it was refused, and told."""
    return carry_out(desk, desk.base, save, lambda error: refused(desk, text, error, why))


def carry_out(
    desk: Desk, base: str, save: Callable[[], Suggestion], refuse: Callable[[RunbookError], None]
) -> Suggestion | None:
    """Save a text written on `base` and note it on the desk; None when it was refused, and told."""
    try:
        saved = save()
    except RunbookError as error:
        refuse(error)
        return None
    done(desk, saved, base)
    return saved


def _copy_refused(service: RunbookService, sid: str, desk: Desk) -> None:
    """Keep a copy of a refused text on the server, where the refusal itself kept none."""
    if desk.typed is not None and not desk.typed.kept:
        with suppress(RunbookError):  # the store that refused the save may refuse this, too
            unsaved.keep(service, sid, desk.typed.text)


def _nothing_new(desk: Desk, text: str) -> bool:
    """Say whether a person's text would be saved a second time, without any change."""
    screen = desk.screen
    if screen is None or screen.kind is not SlotKind.HUMAN:
        return False
    return same_text(text, text_of(screen))


def done(desk: Desk, saved: Suggestion, base: str) -> None:
    """Note that the editor's text, written on `base`, is the saved one."""
    opened_at, revision = desk.opened, saved.slot.revision
    for before in {base, desk.base} - {revision}:
        desk.followed[before] = revision
    desk.typed, desk.refusal = None, None
    adopt(desk, saved)
    desk.opened, desk.saved = opened_at, revision


def refused(desk: Desk, text: str, error: RunbookError, reason: str = "") -> None:
    """Keep a text that could not be saved in the editor, and why it could not."""
    desk.typed = Typed(text, utc_now(), error.text_kept)
    code = review_state.HOLD_LOST if isinstance(error, HoldLost) else error.code
    if code in review_state.KNOWN_REFUSALS:
        desk.refusal = Refusal(text, desk.base, code, _told(error), reason)
    else:
        state.keep_notice("error", messages.message_for(error).markdown())


def _told(error: RunbookError) -> str:
    """Say why a save was refused; two tabs of one person are not two people."""
    if isinstance(error, HoldLost) and error.holder == wiring.person().actor:
        return "You took this over in another tab."
    return messages.message_for(error).title


def save_typed(service: RunbookService, sid: str) -> Suggestion | None:
    """Save what stands in the editor, for an act outside it; None when it was refused, and told."""
    desk = review_state.desk(sid)
    person, typed = holding.holder_of(desk), desk.typed
    if typed is None:
        return service.peek(sid).suggestion
    save = partial(service.save, sid, typed.text, desk.base, person)
    saved = _carry_out(desk, typed.text, save)
    if saved is None:
        _copy_refused(service, sid, desk)
    return saved
