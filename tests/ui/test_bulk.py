"""Acts over a selection of the queue: looked at first, told for each, undone."""

import json
from typing import Any

import pytest

from runbooks.bulk import BulkAct
from runbooks.unsaved import Person
from tests.ui.conftest import App
from tests.world import GOOD, World
from workbench import state
from workbench.bulk_state import Order

KIM = Person("local:kim", "tab-1")
SELECTED = "rb_selected"


def written(world: World, **fields: object) -> str:
    """Give a suggestion with a good text of Kim's."""
    name = world.suggest(**fields)
    trace = world.read(name).sources[0].trace_id
    text = GOOD.replace(f"{1:032x}", trace)
    world.service.save(name, text, "none", KIM)
    return name


def called(app: App, name: str) -> App:
    """Open the queue as somebody of this name."""
    app.open()
    app.at.text_input(key=state.NAME_FIELD).set_value(name)
    return app.click("FormSubmitter:rb_name_form-Use this name")


def choose(app: App, *names: str) -> App:
    """Select these rows."""
    app.at.session_state[SELECTED] = names
    return app.run()


def listed(app: App, label: str) -> dict[str, tuple[str, str]]:
    """Give the lines of a table, in a dialog too: what happens and why, by suggestion."""
    waiting = [*app.at._tree.children.values()]
    while waiting:
        element: Any = waiting.pop()
        waiting += getattr(element, "children", {}).values()
        if element.type != "bidi_component":
            continue
        data = json.loads(element.proto.json or "{}")
        if data.get("label") == label:
            cells = {row["key"]: row["cells"] for row in data["rows"]}
            return {key: (first["text"], what["note"]) for key, (first, what, *_) in cells.items()}
    raise AssertionError(f"there is no table {label}")


def statuses(world: World, *names: str) -> list[str]:
    """Give the status of each."""
    return [world.read(name).status for name in names]


def test_an_approval_is_looked_at_first_done_told_and_undone(app: App, world: World) -> None:
    """Nothing is approved that was not seen (R17); the click does what the list said; undo."""
    seen, unseen, bare = written(world), written(world), world.suggest()
    world.service.refresh()
    called(app, "Ann")
    world.service.open(seen, Person("local:Ann"))
    choose(app, seen, unseen, bare).click("rb_approve_selected")
    assert statuses(world, seen, unseen, bare) == ["pending"] * 3
    lines = listed(app, "Approve")
    assert lines[seen][0] == "Approves"
    assert lines[unseen] == ("Left as it is", "you have not opened its present text")
    assert lines[bare] == ("Left as it is", "it has no draft")
    assert app.at.button(key="rb_bulk_approve").label == "Approve 1 of 3"
    app.click("rb_bulk_approve")
    assert statuses(world, seen, unseen, bare) == ["approved", "pending", "pending"]
    assert "1 approved" in app.text()
    assert listed(app, "What became of each") == {seen: ("Done", "")}
    assert app.table("runbooks.queue_table")["selected"] == []
    app.run().click("rb_bulk_undo")
    assert statuses(world, seen) == ["pending"]
    assert world.read(seen).history[-1].notes == "undone by Ann"
    assert "1 undone" in app.text()
    assert "rb_bulk_undo" not in [button.key for button in app.at.button]


def test_an_undo_leaves_what_somebody_did_since_and_says_so(app: App, world: World) -> None:
    """The line names what stands there now."""
    names = (world.suggest(), world.suggest())
    world.service.refresh()
    called(app, "Ann")
    choose(app, *names).click("rb_reject_selected")
    app.at.text_input(key=state.REJECT_REASON).set_value("noise")
    app.run().click("rb_bulk_reject")
    assert statuses(world, *names) == ["rejected", "rejected"]
    world.service.reopen(names[0], "local:kim", "needed")
    app.click("rb_bulk_undo")
    assert "1 of 2 undone" in app.text()
    told = listed(app, "What became of each")
    assert told[names[0]] == ("Left as it is", "it is pending again already")
    assert told[names[1]] == ("Done", "")


def test_what_an_act_is_asked_for_and_not_done_changes_nothing(app: App, world: World) -> None:
    """Cancel leaves the selection as it was."""
    name = world.suggest()
    world.service.refresh()
    app.open()
    choose(app, name).click("rb_reject_selected").click("rb_bulk_cancel")
    assert "rb_bulk_reject" not in [button.key for button in app.at.button]
    assert app.table("runbooks.queue_table")["selected"] == [name]
    assert statuses(world, name) == ["pending"]


def test_a_rejection_in_bulk_needs_a_reason(app: App, world: World) -> None:
    """Without one nothing happens and it is said; with one all are rejected and it is kept."""
    names = (world.suggest(), world.suggest())
    world.service.refresh()
    app.open()
    choose(app, *names).click("rb_reject_selected").click("rb_bulk_reject")
    assert "needs a reason" in app.text()
    assert statuses(world, *names) == ["pending", "pending"]
    app.at.text_input(key=state.REJECT_REASON).set_value("an old one")
    app.run().click("rb_bulk_reject")
    approvals = [world.read(name).approval for name in names]
    assert [a.reason for a in approvals if a] == ["an old one"] * 2


def test_one_of_a_group_is_rejected_as_a_duplicate_of_another(app: App, world: World) -> None:
    """The reason names the one that stays; the one that stays is not rejected, though selected."""
    first = world.suggest(similarity_group="g1", severity="critical")
    second, third = (world.suggest(similarity_group="g1") for _ in range(2))
    world.service.refresh()
    app.open()
    assert [row["duplicate_of"] for row in app.rows()] == ["", first, first]
    choose(app, first, second, third).click("rb_reject_selected")
    app.at.selectbox(key=state.DUPLICATE_OF).set_value(first)
    app.run()
    assert app.at.text_input(key=state.REJECT_REASON).value == f"duplicate of {first}"
    assert set(listed(app, "Reject")) == {second, third}
    app.click("rb_bulk_reject")
    assert statuses(world, first, second, third) == ["pending", "rejected", "rejected"]
    approval = world.read(second).approval
    assert approval
    assert approval.reason == f"duplicate of {first}"


def test_what_was_selected_besides_stays_so(app: App, world: World) -> None:
    """A row's own *reject as duplicate* concerns that row alone, cancelled or done."""
    first, second, third = (world.suggest(similarity_group="g1") for _ in range(3))
    world.service.refresh()
    app.open()
    choose(app, first, third)
    for button, kept in (("rb_bulk_cancel", ["pending"] * 3), ("rb_bulk_reject", [])):
        app.at.session_state["rb_bulk_order"] = Order(BulkAct.REJECT, (second,))
        app.at.session_state[state.REJECT_REASON] = f"duplicate of {first}"
        app.run().click(button)
        assert set(app.table("runbooks.queue_table")["selected"]) == {first, third}
        assert not kept or statuses(world, first, second, third) == kept
    assert statuses(world, first, second, third) == ["pending", "rejected", "pending"]


def test_an_approved_one_is_what_others_are_duplicates_of(app: App, world: World) -> None:
    """Where there is a runbook already, that one stays."""
    pending = world.suggest(similarity_group="g1", severity="critical")
    approved = written(world, similarity_group="g1")
    world.service.refresh()
    world.service.approve(approved, world.revision(approved), "local:kim")
    rows = {row["id"]: row for row in app.open(group="g1", status="any").rows()}
    assert rows[pending]["duplicate_of"] == approved
    assert rows[approved]["duplicate_of"] == ""


def test_suggestions_of_several_groups_are_no_duplicates_of_one(app: App, world: World) -> None:
    """One reason must be true for all of them."""
    names = (world.suggest(similarity_group="g1"), world.suggest(similarity_group="g2"))
    world.service.refresh()
    app.open()
    choose(app, *names).click("rb_reject_selected")
    assert state.DUPLICATE_OF not in [box.key for box in app.at.selectbox]


@pytest.mark.parametrize(("chosen", "label"), [("local:Ann", "for you"), ("local:kim", "for kim")])
def test_a_selection_is_given_to_a_person(app: App, world: World, chosen: str, label: str) -> None:
    """To oneself, or to somebody who was here lately; the row says so, undo takes it back."""
    name = written(world)
    world.service.refresh()
    called(app, "Ann")
    choose(app, name).click("rb_assign_selected")
    assert app.at.selectbox(key=state.ASSIGN_TO).options == ["Me (Ann)", "kim", "Nobody"]
    app.at.selectbox(key=state.ASSIGN_TO).set_value(chosen)
    app.run()
    assert listed(app, "Assign")[name][1].startswith("nobody →")
    app.click("rb_bulk_assign")
    entry = world.service.repository.entry(name)
    assert entry
    assert entry.assignee == chosen
    assert app.rows()[0]["assigned"]["label"] == label
    app.click("rb_bulk_undo")
    assert app.rows()[0]["assignee"] == ""


def test_a_selection_is_given_to_nobody(app: App, world: World) -> None:
    """What somebody had is free again."""
    name = world.suggest()
    world.service.refresh()
    world.service.assign([name], "lee", "local:lee")
    called(app, "Ann")
    choose(app, name).click("rb_assign_selected")
    app.at.selectbox(key=state.ASSIGN_TO).set_value("")
    app.run()
    assert listed(app, "Assign")[name][1] == "lee → nobody"
    app.click("rb_bulk_assign")
    assert app.rows()[0]["assignee"] == ""


def test_mine_is_a_link_that_others_can_follow(app: App, world: World) -> None:
    """The address names the person, so it means the same in another browser."""
    mine, other = world.suggest(), world.suggest()
    world.service.refresh()
    world.service.assign([mine], "Ann", "local:Ann")
    called(app, "Ann").click("rb_mine")
    assert app.ids() == [mine]
    assert app.at.query_params["assignee"] == "local:Ann"
    assert App().open(assignee="local:Ann").ids() == [mine]
    assert App().open(assignee="Ann").ids() == [mine]
    assert set(app.click("rb_mine").ids()) == {mine, other}


def test_who_gave_no_name_has_no_mine(app: App, world: World) -> None:
    """A visitor's tab is nobody that work could be given to."""
    world.suggest()
    world.service.refresh()
    assert app.open().at.button(key="rb_mine").disabled


def test_a_generation_says_whose_text_it_leaves(app: App, world: World) -> None:
    """A person's text is not drafted over; the list says so before."""
    human, bare = written(world), world.suggest()
    world.service.refresh()
    app.open()
    choose(app, human, bare).click("rb_generate_selected")
    lines = listed(app, "Generate drafts")
    assert lines[human] == ("Left as it is", "a person edited it; that text is kept")
    assert lines[bare][0] == "Drafts"
    assert app.at.button(key="rb_bulk_generate").label == "Generate 1 of 2"


def test_a_preview_says_who_is_at_it(app: App, world: World) -> None:
    """A decision over somebody's head is known as one beforehand."""
    name = written(world)
    world.service.hold(name, KIM)
    world.service.keep_unsaved(name, "half", world.revision(name), KIM)
    app.open()
    choose(app, name).click("rb_reject_selected")
    note = listed(app, "Reject")[name][1]
    assert "kim is editing it right now" in note
    assert "unsaved text by kim is kept" in note
    assert "a person edited it" in note


def test_the_keys_are_told_and_none_decides(app: App, world: World) -> None:
    """A panel names them; no button that decides has one."""
    name = world.suggest()
    world.service.refresh()
    app.open()
    choose(app, name).click("rb_keys")
    assert "No key approves, rejects or overwrites" in app.text()
    with_keys = {b.key for b in app.at.button if b.proto.shortcut}
    assert with_keys == {"rb_keys", "rb_mine", "rb_begin"}
    app.click("rb_keys")
    assert "No key approves" not in app.text()
