"""A draft beside a person's text, compared and taken whole or in parts; versions as they are read."""

import pytest

from runbooks.unsaved import Person
from tests.ui.conftest import App
from tests.ui.test_review_page import KIM, Page
from tests.world import GOOD, World
from workbench import compare_state, review_state


@pytest.fixture
def page(world: World) -> Page:
    """A suggestion with a person's text, open in a tab."""
    sid = world.suggest()
    world.service.save(sid, GOOD, "none", KIM)
    return Page(world, sid)


@pytest.fixture
def proposed(page: Page) -> Page:
    """The same after a proposal was asked for."""
    return page.click("beside")


def side(page: Page, name: str) -> str:
    """What one side of the comparison shows."""
    key = compare_state.side_key(name, page.sid, page.stored.slot.revision)
    return page.at.selectbox(key=key).value


def boxes(page: Page) -> list:
    """The places that can be ticked."""
    return [box for box in page.at.checkbox if box.key.startswith("rv_part_")]


def test_a_proposal_is_shown_against_the_text_and_replaces_nothing(proposed: Page) -> None:
    """The comparison is open, the text stands, the head says what there is."""
    assert proposed.stored.slot.draft.markdown_content == GOOD
    assert (side(proposed, "from"), side(proposed, "to")) == ("screen", "2")
    assert "A draft stands beside this text" in proposed.text
    assert "proposed beside the text" in proposed.text


def test_the_other_ways_to_regenerate_are_still_there(page: Page) -> None:
    """Force stays a box that is off, with its own button."""
    [box] = [box for box in page.at.checkbox if box.key == page.key("force")]
    assert not box.value
    page.click("regenerate")
    assert page.stored.slot.draft.markdown_content == GOOD
    assert "A person's text stands here" in page.text


def test_a_proposal_is_taken_whole(proposed: Page) -> None:
    """It stands in place as this person's text; the one before is in the history."""
    proposed.click("take_whole_2")
    draft = proposed.stored.slot.draft
    assert draft.edit_source == "human"
    assert draft.markdown_content != GOOD
    texts = [v.draft.markdown_content for v in proposed.world.service.versions(proposed.sid)]
    assert GOOD in texts
    assert "A draft stands beside this text" not in proposed.text


def test_ticked_parts_go_into_the_editor_and_are_not_saved(proposed: Page) -> None:
    """One section comes from the proposal, the others stay as the person wrote them."""
    chosen = next(box for box in boxes(proposed) if "Summary" in box.label)
    chosen.check()
    proposed.click("take_parts")
    typed = proposed.desk.typed.text
    assert typed != GOOD
    assert typed.split("## Symptoms")[1] == GOOD.split("## Symptoms")[1]
    assert proposed.stored.slot.draft.markdown_content == GOOD
    assert proposed.at.session_state[proposed.key("tab")] == review_state.EDIT
    assert [u.text for u in proposed.world.service.peek(proposed.sid).unsaved] == [typed]


def test_nothing_ticked_takes_nothing(proposed: Page) -> None:
    """And says so."""
    proposed.click("take_parts")
    assert "Nothing was taken" in proposed.text
    assert proposed.desk.typed is None


def test_a_proposal_can_be_put_away_and_stays_in_the_history(proposed: Page) -> None:
    """Another tab still sees it."""
    proposed.click("proposal_away")
    assert "A draft stands beside this text" not in proposed.text
    assert "never in place" in proposed.tab("History").text
    assert "A draft stands beside this text" in Page(proposed.world, proposed.sid, App()).text


def test_who_holds_nothing_takes_nothing_whole(proposed: Page) -> None:
    """While another edits, the buttons are off and say why."""
    proposed.world.service.hold(proposed.sid, Person("local:lee"))
    proposed.app.run()
    assert not proposed.has("take_whole_2")
    assert "Somebody else is editing this" in proposed.text


def test_texts_are_compared_as_they_are_read(proposed: Page) -> None:
    """Laid out block beside block, safe whatever stands in them."""
    evil = GOOD.replace("## Summary", "## Summary\n\n<img src=x onerror=alert(1)>\n")
    proposed.world.service.save(proposed.sid, evil, proposed.stored.slot.revision, KIM)
    page = Page(proposed.world, proposed.sid, App())
    page.tab("Changes")
    page.at.session_state[page.key("way")] = "As read"
    page.app.run()
    assert 'class="rv-read"' in page.text
    assert "<h2" in page.text
    assert "onerror=alert" not in page.text


def test_a_version_is_compared_with_one_click(page: Page) -> None:
    """The history leads to the comparison of that version with the text on the screen."""
    page.world.service.save(page.sid, GOOD + "\nmore\n", page.stored.slot.revision, KIM)
    page = Page(page.world, page.sid, App())
    page.tab("History").click("compare_1")
    assert (side(page, "from"), side(page, "to")) == ("1", "screen")


def test_older_versions_are_read_on_demand(page: Page) -> None:
    """However many there are, each can be reached."""
    for number in range(52):
        page.world.service.save(
            page.sid, GOOD + f"\nnumber {number}\n", page.stored.slot.revision, KIM
        )
    page = Page(page.world, page.sid, App())
    page.tab("History").click("older")
    page.tab("Changes")
    options = page.at.selectbox(
        key=compare_state.side_key("from", page.sid, page.stored.slot.revision)
    ).options
    assert any(option.startswith("Version 1 ") for option in options)
