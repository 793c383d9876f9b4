"""What the server makes of the editor's messages: each is done once, none is lost, none believed."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from runbooks.unsaved import Person
from tests.ui.conftest import App
from tests.ui.test_review_page import KIM, Page, written  # noqa: F401
from tests.world import GOOD, World
from workbench import review_state


def say(page: Page, said: object) -> None:
    """Have the editor say this, whatever it is, and run the page."""
    page.at.session_state[review_state.editor_key(page.sid)] = {"said": said}
    page.app.run()


def asked(page: Page, sequence: int, text: str, base: str, **more: object) -> dict[str, object]:
    """An act as the editor sends it."""
    act = {"sequence": sequence, "base": base, "text": text, "kind": "save", "why": "", **more}
    return {"item": page.sid, "place": "", "act": act, "typed": None}


@pytest.fixture
def editing(written: Page) -> Page:  # noqa: F811
    """The editor of a runbook that a person wrote."""
    return written.tab("Edit")


def test_the_same_message_twice_saves_once(editing: Page) -> None:
    """It is sent again while no answer came; sequence numbers say what is done."""
    base = editing.stored.slot.revision
    for _ in range(3):
        say(editing, asked(editing, 5, GOOD + "\nonce\n", base))
    assert len(editing.world.service.versions(editing.sid)) == 2
    assert editing.editor.data["answered"] == 5
    assert editing.editor.data["revision"] == editing.stored.slot.revision


def test_a_second_save_before_the_first_is_answered_is_not_stale(editing: Page) -> None:
    """The editor still names the old base; its own save is no stranger's."""
    base = editing.stored.slot.revision
    say(editing, asked(editing, 5, GOOD + "\none\n", base))
    say(editing, asked(editing, 6, GOOD + "\none\ntwo\n", base))
    assert editing.stored.slot.draft.markdown_content == GOOD + "\none\ntwo\n"
    assert editing.desk.refusal is None


def test_after_a_strangers_save_the_old_base_is_stale_again(editing: Page) -> None:
    """What this tab saved leads from base to base; what others saved does not."""
    base = editing.stored.slot.revision
    say(editing, asked(editing, 5, GOOD + "\none\n", base))
    editing.saved_elsewhere(GOOD + "\ntheirs\n")
    say(editing, asked(editing, 6, GOOD + "\none\ntwo\n", base))
    assert editing.stored.slot.draft.markdown_content == GOOD + "\ntheirs\n"
    assert editing.desk.refusal is not None
    assert not editing.editor.data["saved"]
    assert GOOD + "\none\ntwo\n" in "".join(editing.world.kept_texts(editing.sid))


def test_a_message_that_meets_a_new_server_is_done_there(world: World) -> None:
    """After a restart the session is gone; the message names item, base and text, so it counts."""
    sid = world.suggest()
    world.service.open(sid, KIM)
    base = world.service.save(sid, GOOD, "none", KIM).slot.revision
    app = App()
    app.run()
    app.at.session_state[review_state.editor_key(sid)] = {
        "said": {
            "item": sid,
            "place": "",
            "act": {"sequence": 7, "base": base, "text": GOOD + "\nlate\n", "kind": "save"},
            "typed": None,
        }
    }
    app.open("review", id=sid, tab="edit")
    assert world.read(sid).slot.draft.markdown_content == GOOD + "\nlate\n"


def test_a_save_that_was_done_before_the_restart_is_done(world: World) -> None:
    """Its answer got lost with the server; sent again it makes no second version and no alarm."""
    sid = world.suggest()
    world.service.open(sid, KIM)
    base = world.service.save(sid, GOOD, "none", KIM).slot.revision
    page = Page(world, sid)
    page.at.session_state["rb_name"] = "kim"
    page.tab("Edit")
    world.service.let_go(sid, replace(KIM, hold=page.desk.lease))
    world.service.save(sid, GOOD + "\ndone\n", base, KIM)
    say(page, asked(page, 9, GOOD + "\ndone\n", base))
    assert page.desk.refusal is None
    assert page.editor.data["saved"]
    assert len(world.service.versions(sid)) == 2


@pytest.mark.parametrize(
    "said",
    [
        None,
        5,
        [],
        {},
        {"item": 1, "place": ""},
        {"item": "another", "place": "", "act": {"sequence": 1, "base": "x", "text": "y"}},
        {"act": {"sequence": "1", "base": "x", "text": "y"}},
        {"act": {"sequence": 1, "base": None, "text": "y"}},
        {"act": {"sequence": 1, "base": "x", "text": ["y"]}},
        {"typed": {"sequence": 1.5, "base": "x", "text": "y"}},
        {"typed": "text"},
    ],
)
def test_a_message_of_another_shape_does_nothing(editing: Page, said: object) -> None:
    """It is not from our editor."""
    before = editing.stored.document
    full = {"item": editing.sid, "place": "", **said} if isinstance(said, dict) else said
    say(editing, full)
    assert editing.stored.document == before
    assert not editing.world.service.peek(editing.sid).unsaved


@pytest.mark.parametrize("text", ["", " \n", "x" * 600_001, "half \ud83d a character"])
def test_a_text_that_cannot_be_saved_stays_in_the_editor(editing: Page, text: str) -> None:
    """The page says why, the editor keeps the text, and what was saved stays."""
    base = editing.stored.slot.revision
    say(editing, asked(editing, 5, text, base))
    assert editing.stored.slot.revision == base
    assert editing.editor.data["answered"] == 5
    assert not editing.editor.data["saved"]
    assert editing.desk.typed.text == text


def test_a_text_that_is_too_long_is_refused_in_words(editing: Page) -> None:
    """Size, limit and what to do; the server has a copy, and says so on every tab."""
    say(editing, asked(editing, 5, GOOD + "x" * 700_000, editing.stored.slot.revision))
    assert "the text is too long" in editing.text
    assert "at most 600 kB fit" in editing.text
    assert "markdownContent" not in editing.text
    assert editing.editor.data["most"] == 600_000
    assert editing.editor.data["kept"]
    assert len(editing.world.service.peek(editing.sid).unsaved) == 1
    assert "the server has" not in editing.text
    editing.tab("Preview")
    assert "**unsaved text**, the server has a copy" in editing.text


def test_what_went_wrong_stands_until_the_person_acts(editing: Page) -> None:
    """What typing draws anew, as text becomes unsaved, leaves the message; a save ends it."""
    base = editing.stored.slot.revision
    say(editing, asked(editing, 5, "", base))
    assert "the text is empty" in editing.text
    for number, text in ((6, GOOD), (7, GOOD + "x"), (8, GOOD)):
        typed = {"sequence": number, "base": base, "text": text, "resting": True}
        say(editing, {"item": editing.sid, "place": "", "act": None, "typed": typed})
        assert "the text is empty" in editing.text
    say(editing, asked(editing, 9, GOOD + "\nmore\n", base))
    assert "the text is empty" not in editing.text
    assert editing.stored.slot.draft.markdown_content == GOOD + "\nmore\n"


def copy(sid: str, text: str, **more: object) -> dict[str, object]:
    """A copy that a browser kept of a tab that is gone."""
    named = {"name": f"runbooks:text:{sid}", "at": 5, "item": sid, "base": "none"}
    return {**named, "place": "0123abcd", "text": text, **more}


def hand_in(app: App, *copies: object) -> None:
    """Have the browser hand in copies that no editor has any more."""
    app.at.session_state["rb_keeper"] = {"found": {"copies": list(copies)}}
    app.run()
    app.run()


def test_a_copy_that_only_the_browser_had_is_offered(world: World) -> None:
    """It becomes an unsaved text of the person, once."""
    sid = world.suggest()
    page = Page(world, sid)
    page.at.session_state["rb_name"] = "kim"
    for _ in range(2):
        hand_in(page.app, copy(sid, "# half a sentence"))
    [left] = world.service.peek(sid).unsaved
    assert (left.text, left.actor) == ("# half a sentence", "local:kim")
    assert "Recovered text" in page.text
    assert page.app.table("runbooks.keeper")["taken"] == {f"runbooks:text:{sid}": 5}


def test_a_copy_of_what_is_saved_is_not_offered(written: Page) -> None:  # noqa: F811
    """The save arrived and its answer did not: there is nothing to recover."""
    hand_in(written.app, copy(written.sid, GOOD))
    assert not written.world.service.peek(written.sid).unsaved
    assert written.app.table("runbooks.keeper")["taken"]


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "text",
        {"item": "nobody"},
        {"text": ""},
        {"text": 5},
        {"at": "now"},
        {"base": None},
        {"item": "../../etc"},
    ],
)
def test_a_copy_of_another_shape_is_left_alone(world: World, odd: object) -> None:
    """What cannot be taken over stays in the browser, and breaks nothing."""
    sid = world.suggest()
    page = Page(world, sid)
    hand_in(page.app, {**copy(sid, "# text"), **odd} if isinstance(odd, dict) else odd)
    assert not world.service.peek(sid).unsaved
    assert page.app.table("runbooks.keeper")["taken"] == {}


def test_nobody_writes_into_anothers_place(world: World) -> None:
    """Whatever place a copy names, it becomes a text of who handed it in."""
    sid = world.suggest()
    world.service.keep_unsaved(sid, "Ana's own", "none", Person("local:Ana", "0123abcd"))
    page = Page(world, sid)
    page.at.session_state["rb_name"] = "kim"
    for place in ("0123abcd", "0123abcd#x", "../Ana", "", "local:Ana#0123abcd"):
        hand_in(page.app, copy(sid, f"# from {place}", place=place, name=f"n{place}"))
    texts = {left.text: left.actor for left in world.service.peek(sid).unsaved}
    assert texts["Ana's own"] == "local:Ana"
    assert {actor for text, actor in texts.items() if text != "Ana's own"} == {"local:kim"}


def test_a_save_that_the_store_refuses_is_answered_and_told(world: World) -> None:
    """An untouched draft, a database that somebody else holds: a notice, and the editor stays."""
    sid = world.suggest()
    world.service.generate(sid, "local:machine")
    page = Page(world, sid).tab("Edit")
    slot = page.stored.slot
    page.at.session_state[review_state.editor_key(sid)] = {
        "said": asked(page, 5, slot.draft.markdown_content, slot.revision)
    }
    world.store._connections.busy_seconds = 0.05
    with closing(sqlite3.connect(world.store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        page.app.run()
    assert page.desk.answer.sequence == 5
    assert page.editor.data["answered"] == 5
    assert page.at.error
