"""The open tab of the review page and its address always agree; notices end with what they say."""

import pytest

from tests.ui.conftest import App
from tests.ui.test_review_page import KIM, Page, written  # noqa: F401
from tests.world import GOOD, World
from workbench import review_state, tabs


def named(page: Page) -> str:
    """The tab that the address names."""
    return str(page.at.query_params.get("tab", "preview"))


def shown(page: Page) -> str:
    """The tab that is drawn."""
    return str(page.at.session_state[page.key("tab")]).lower()


def go(page: Page, tab: str) -> None:
    """Go back or forward to an address with this tab, as the browser's own buttons do."""
    page.at.query_params = {"id": page.sid, **({"tab": tab} if tab else {})}
    page.app.run()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every address that arrives was sent long after the page wrote one."""
    monkeypatch.setattr(tabs, "_ON_ITS_WAY_S", 0.0)


def test_a_tab_that_is_opened_stands_in_the_address(written: Page) -> None:  # noqa: F811
    """Each of them, and the first one needs no parameter."""
    for tab in (*review_state.TABS[1:], review_state.PREVIEW):
        written.tab(tab)
        assert named(written) == shown(written) == tab.lower()
    assert "tab" not in written.at.query_params


@pytest.mark.usefixtures("later")
def test_back_and_forward_open_the_tab_of_the_address(written: Page) -> None:  # noqa: F811
    """The browser's own way back leads from Edit to Preview, and forward again to Edit."""
    written.tab("Edit")
    for tab in ("", "edit", "history", "edit", ""):
        go(written, tab)
        assert named(written) == shown(written) == (tab or "preview")
    assert not written.editor.shown


def test_an_address_from_before_the_click_pulls_nobody_back(written: Page) -> None:  # noqa: F811
    """A message that the browser sent before it knew of the new address leaves the tab alone."""
    written.tab("Edit")
    go(written, "")
    assert named(written) == shown(written) == "edit"


@pytest.mark.usefixtures("later")
def test_an_address_with_no_such_tab_shows_the_first(written: Page) -> None:  # noqa: F811
    """Whatever stands there, the page is shown and a click goes on."""
    go(written, "<b>nothing</b>")
    assert shown(written) == "preview"
    written.tab("Edit")
    assert named(written) == "edit"


def test_undo_leaves_tab_and_address_as_they_are(written: Page) -> None:  # noqa: F811
    """Who decided in the editor is in the editor after Undo, and a reload shows the same."""
    written.tab("Edit")
    written.click("approve")
    written.app.click("rv_undo_do")
    assert named(written) == shown(written) == "edit"
    assert written.stored.status == "pending"


def test_what_was_saved_is_not_told_of_what_is_decided(written: Page) -> None:  # noqa: F811
    """Saved, then approved, then undone: the notice of the save is past."""
    written.tab("Edit").write(GOOD + "\nmore\n").save()
    assert "Saved as revision" in written.text
    written.click("approve")
    assert "Saved as revision" not in written.text
    written.app.click("rv_undo_do")
    assert written.stored.status == "pending"
    assert "Saved as revision" not in written.text


def test_undo_is_not_offered_for_what_does_not_stand(written: Page) -> None:  # noqa: F811
    """Reopened with a reason, it can not be undone a second time."""
    written.click("approve")
    assert any(button.key == "rv_undo_do" for button in written.at.button)
    written.fill("reopen_reason", "a step was missing").click("reopen")
    assert all(button.key != "rv_undo_do" for button in written.at.button)


def test_ones_own_text_of_another_tab_is_not_called_theirs(world: World) -> None:
    """Two tabs of one person: the stored text and the typed one, and the acts say so."""
    sid = world.suggest()
    world.service.open(sid, KIM)
    base = world.service.save(sid, GOOD, "none", KIM).slot.revision
    page = Page(world, sid, App())
    page.at.session_state["rb_name"] = "kim"
    page.tab("Edit").write(GOOD + "\nthis tab\n")
    page.app.run()
    world.service.save(sid, GOOD + "\nother tab\n", base, KIM)
    page.save()
    assert "by **you**, elsewhere" in page.text
    assert "Stored → typed here" in page.text
    assert "Save what is typed here" in page.text
    for word in ("Theirs", "theirs", "yours"):
        assert word not in page.text
    page.click("mine")
    assert page.stored.slot.draft.markdown_content == GOOD + "\nthis tab\n"


def test_what_another_tab_of_mine_took_is_not_called_somebody_elses(world: World) -> None:
    """The hold went to my other tab: the refusal says so, and one click takes it back."""
    sid = world.suggest()
    world.service.open(sid, KIM)
    world.service.save(sid, GOOD, "none", KIM)
    page = Page(world, sid, App())
    page.at.session_state["rb_name"] = "kim"
    page.tab("Edit").write(GOOD + "\nthis tab\n")
    page.app.run()
    world.service.hold(sid, KIM)
    page.save()
    assert "You took this over in another tab." in page.text
    assert "no longer yours" not in page.text
    page.click("take_back")
    assert page.stored.slot.draft.markdown_content == GOOD + "\nthis tab\n"


def test_another_persons_text_is_called_theirs(written: Page) -> None:  # noqa: F811
    """Of two people each one's text has its own name."""
    written.tab("Edit")
    written.saved_elsewhere(GOOD + "\ntheirs\n")
    written.write(GOOD + "\nmine\n").save()
    assert "Theirs → yours" in written.text
    assert "Save mine over theirs" in written.text
