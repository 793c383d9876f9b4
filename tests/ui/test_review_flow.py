"""The walk through the queue on the review page: place, neighbours, the last decision undone."""

import pytest

from runbooks.unsaved import Person
from tests.ui.conftest import App
from tests.ui.test_review_page import Page
from tests.world import GOOD, World
from workbench import flow, review_state
from workbench.ahead import ahead
from workbench.kept import kept


@pytest.fixture
def three(world: World) -> list[str]:
    """Three drafted ones, the first two of high severity."""
    names = [world.suggest(), world.suggest(), world.suggest(severity="low")]
    for name in names:
        world.service.generate(name, "local:machine")
    return names


def here(page: Page) -> str:
    """The suggestion that the address names."""
    named = page.at.query_params["id"]
    return named if isinstance(named, str) else named[0]


def place(page: Page) -> str:
    """The words between the two ways."""
    labels = (link.label for link in page.at.get("page_link"))
    return next(label for label in labels if " of " in label or "in this list" in label)


def press(page: Page, name: str) -> Page:
    """Press a button of the suggestion that is open, and go on with the one that is open then."""
    page.app.click(review_state.key(name, page.sid))
    page.sid = here(page)
    return page


def enabled(page: Page, name: str) -> bool:
    """Whether a button of the open suggestion can be pressed."""
    return not page.at.button(key=review_state.key(name, page.sid)).disabled


def test_next_and_previous_walk_the_list_and_say_where(world: World, three: list[str]) -> None:
    """First, second, third; there is nothing before the first."""
    page = Page(world, three[0])
    assert (place(page), enabled(page, "previous")) == ("1 of 3", False)
    press(page, "next")
    assert (page.sid, place(page)) == (three[1], "2 of 3")
    press(page, "next")
    assert (page.sid, place(page)) == (three[2], "3 of 3")
    press(page, "previous")
    assert page.sid == three[1]


def test_behind_the_last_the_list_begins_again_and_says_so(world: World, three: list[str]) -> None:
    """What was skipped is not forgotten."""
    page = press(Page(world, three[2]), "next")
    assert page.sid == three[0]
    assert "That was the last of this list" in page.text


def test_the_filter_of_the_queue_stays_in_the_address(world: World, three: list[str]) -> None:
    """A view is a link: what the queue showed is walked, and is where the way back leads."""
    app = App().open("queue", severity="high")
    assert [row["href"] for row in app.rows()] == [
        f"review?id={name}&severity=high" for name in three[:2]
    ]
    page = Page(world, three[0], app)
    app.open("review", id=three[0], severity="high")
    assert place(page) == "1 of 2"
    press(page, "next")
    assert page.at.query_params["severity"] in ("high", ["high"])
    assert place(page) == "2 of 2"
    back = next(link for link in page.at.get("page_link") if link.label == "Back to queue")
    assert "severity=high" in back.proto.query_string


def test_what_is_in_no_list_says_so(world: World, three: list[str]) -> None:
    """Who comes by a link to a decided one is told how many wait, and can go on to them."""
    world.service.reject(three[0], world.revision(three[0]), "local:kim", "noise")
    page = Page(world, three[0])
    assert place(page) == "2 in this list"
    assert press(page, "next").sid == three[1]


def test_a_list_that_cannot_be_asked_for_hides_nothing(world: World, three: list[str]) -> None:
    """Too many filters at once leave the item open, without a place."""
    app = App().open(
        "review",
        id=three[0],
        status=["pending", "approved"],
        severity=["critical", "high", "medium", "low"],
        draft=["none", "generated", "fallback", "needs_input", "human"],
    )
    assert "Agent repeats a search" in app.text()
    labels = [link.label for link in app.at.get("page_link")]
    assert "Not in this list" in labels


def test_a_single_suggestion_has_no_way_on(world: World) -> None:
    """The buttons say so by being off."""
    name = world.suggest()
    world.service.discovery.refresh(window=50)
    page = Page(world, name)
    assert place(page) == "1 of 1"
    assert not enabled(page, "next")


def test_approve_and_next_leads_on_and_can_be_undone(world: World, three: list[str]) -> None:
    """The next is open, the notice names what was approved, Undo leads back to it."""
    page = press(Page(world, three[0]), "approve_next")
    assert world.read(three[0]).status == "approved"
    assert (page.sid, place(page)) == (three[1], "1 of 2")
    assert "Approved" in page.text
    page.app.click("rv_undo_do")
    page.sid = here(page)
    assert page.sid == three[0]
    assert world.read(three[0]).status == "pending"
    assert "waits for a decision again" in page.text
    assert "Meanwhile" not in page.text


def test_typed_text_is_saved_approved_and_left_in_one_click(world: World, three: list[str]) -> None:
    """What was typed is what was approved; then the next is open."""
    page = Page(world, three[0])
    page.tab("Edit").write(GOOD)
    page.app.run()
    press(page, "approve_typed_next")
    stored = world.read(three[0])
    assert stored.status == "approved"
    assert stored.slot.draft is not None
    assert stored.slot.draft.markdown_content == GOOD
    assert page.sid == three[1]


def test_reject_and_next_needs_its_reason(world: World, three: list[str]) -> None:
    """Without one nothing happens and the page stays."""
    page = press(Page(world, three[0]), "reject_next")
    assert (page.sid, world.read(three[0]).status) == (three[0], "pending")
    page.fill("reject_reason", "noise")
    assert press(page, "reject_next").sid == three[1]
    assert world.read(three[0]).status == "rejected"


def test_the_last_that_waits_is_approved_where_it_stands(world: World) -> None:
    """There is nothing to go on to; the undo is offered there."""
    name = world.suggest()
    world.service.generate(name, "local:machine")
    page = Page(world, name)
    assert not page.has("approve_next")
    page.click("approve")
    assert (here(page), world.read(name).status) == (name, "approved")
    page.app.click("rv_undo_do")
    assert world.read(name).status == "pending"


def test_a_neighbour_that_was_decided_meanwhile_is_not_gone_on_to(
    world: World, three: list[str]
) -> None:
    """What is next is asked at the click, not when the page was drawn."""
    page = Page(world, three[0])
    for name in three[1:]:
        world.service.reject(name, world.revision(name), "local:lee", "noise")
    press(page, "approve_next")
    assert page.sid == three[0]
    assert "Nothing else is in this list" in page.text


def test_an_undo_of_what_somebody_changed_since_is_refused_in_words(
    world: World, three: list[str]
) -> None:
    """What another person decided since stands."""
    page = Page(world, three[0]).click("approve")
    world.service.reopen(three[0], "local:lee", "look again")
    world.service.reject(three[0], world.revision(three[0]), "local:lee", "noise")
    page.app.click("rv_undo_do")
    assert "changed by somebody since" in page.text
    assert world.read(three[0]).status == "rejected"


def test_an_undo_can_be_put_away(world: World, three: list[str]) -> None:
    """The notice goes, the decision stands."""
    page = Page(world, three[0]).click("approve")
    page.app.click("rv_undo_close")
    assert all(button.key != "rv_undo_do" for button in page.at.button)
    assert world.read(three[0]).status == "approved"


def test_the_second_half_of_a_double_click_approves_nothing(
    world: World, three: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has only just appeared was not read; a moment later it can be approved."""
    monkeypatch.setattr(flow, "LOOK_S", 60.0)
    page = press(Page(world, three[0]), "approve_next")
    press(page, "approve_next")
    assert (page.sid, world.read(three[1]).status) == (three[1], "pending")
    assert "only just appeared" in page.text
    monkeypatch.setattr(flow, "LOOK_S", 0.0)
    press(page, "approve_next")
    assert world.read(three[1]).status == "approved"


def test_a_key_that_comes_late_moves_nothing(world: World, three: list[str]) -> None:
    """Pressed for the item before, while this one was loading, it is not this one's."""
    page = Page(world, three[0])
    late = page.at.button(key=review_state.key("next", three[0]))
    press(page, "next")
    late.click()
    page.app.run()
    assert here(page) == three[1]


def test_the_next_is_read_ahead_and_never_shown_stale(world: World, three: list[str]) -> None:
    """Its sources and checks are there; a text that was saved meanwhile is what is shown."""
    page = Page(world, three[0])
    ahead(world.service).wait()
    assert kept(world.service).has(("ahead", three[1]))
    reads = []
    evidence = world.service.evidence
    world.service.evidence = lambda now: reads.append(now) or evidence(now)
    newer = "# Another - Operational Runbook\n\nnewer than what was read ahead\n"
    world.service.save(three[1], newer, world.revision(three[1]), Person("local:lee"))
    press(page, "next")
    assert three[1] not in [now.suggestion_id for now in reads]
    assert "newer than what was read ahead" in page.text
