"""CONTRACT R7, R17: acts over a selection: foreseen, done to each, undone where they stand."""

import pytest

from runbooks.bulk import Assignment, BulkAct, Decision
from runbooks.errors import (
    AlreadyPending,
    BeingEdited,
    BlockingFindings,
    ChangedSince,
    InvalidRequest,
    NoDraft,
    NotFound,
    NotPending,
    NotSeen,
    OverwriteBlocked,
)
from runbooks.store.port import Collection
from runbooks.store.queries import QueueFilter
from runbooks.unsaved import Person

ANN = "local:ann"


def problems(lines):
    """Give the kind of problem of each suggestion, None where there is none."""
    return {line.suggestion_id: line.problem and type(line.problem) for line in lines}


def deeds(lines):
    """Give what can be undone."""
    return [line.deed for line in lines if line.deed]


@pytest.fixture
def opened(world, good_text, kim):
    """Two suggestions with a good text that Ann has opened."""
    names = [world.suggest(), world.suggest()]
    for name in names:
        trace = world.read(name).sources[0].trace_id
        world.service.save(name, good_text.replace(f"{1:032x}", trace), "none", kim)
        world.service.open(name, Person(ANN))
    return names


# --- what it would do ---


def test_what_an_approval_would_do_is_what_it_does(world, opened, good_text, lee):
    """R17: the preview names each reason beforehand, and nothing is written by it."""
    fine, decided = opened
    world.service.reject(decided, world.revision(decided), "local:lee", "noise")
    unseen, template, empty = world.suggest(), world.suggest(), world.suggest()
    world.service.save(unseen, good_text, "none", lee)
    bare = world.suggest(source_traces=[{"trace_id": "f" * 32}])
    world.service.generate(bare, "local:lee")
    world.service.open(bare, Person(ANN))
    names = [fine, decided, unseen, template, empty, bare, "nobody"]
    foreseen = problems(world.service.foresee(BulkAct.APPROVE, names, ANN))
    assert world.read(fine).status == "pending"
    assert foreseen == {
        fine: None,
        decided: NotPending,
        unseen: NotSeen,
        template: NoDraft,
        empty: NoDraft,
        bare: BlockingFindings,
        "nobody": NotFound,
    }
    assert problems(world.service.approve_many(names, ANN)) == foreseen


def test_a_text_that_changed_behind_the_list_is_not_foreseen_as_approved(world, opened):
    """R17: the preview reads the suggestion itself, not only what the list knows of it."""
    name, _ = opened
    snippet = {"markdown_content": "# Other", "edit_source": "human"}
    world.foreign_write(name, {("suggestion_content", "runbook_snippet"): snippet})
    assert problems(world.service.foresee(BulkAct.APPROVE, [name], ANN)) == {name: NotSeen}


def test_a_generation_is_foreseen_to_leave_what_people_do(world, opened, kim):
    """R2, R7: texts of people, held items and unsaved texts are left alone."""
    human, _ = opened
    held, typed, free = world.suggest(), world.suggest(), world.suggest()
    world.service.refresh()
    world.service.hold(held, kim)
    world.service.keep_unsaved(typed, "half", "none", kim)
    foreseen = world.service.foresee(BulkAct.GENERATE, [human, held, typed, free], ANN)
    assert problems(foreseen) == {
        human: OverwriteBlocked,
        held: BeingEdited,
        typed: BeingEdited,
        free: None,
    }


# --- undo ---


@pytest.mark.parametrize("act", ["approve", "reject"])
def test_a_bulk_decision_can_be_undone(world, opened, act):
    """R16: pending again, told in the history by whom; the text is the same."""
    before = {name: world.revision(name) for name in opened}
    if act == "approve":
        lines = world.service.approve_many(opened, ANN)
    else:
        lines = world.service.reject_many(opened, ANN, "noise")
    assert set(problems(world.service.undo(deeds(lines), ANN)).values()) == {None}
    for name in opened:
        now = world.read(name)
        assert (now.status, now.approval, now.slot.revision) == ("pending", None, before[name])
        assert (now.history[-1].notes, now.history[-1].actor) == ("undone by ann", ANN)
        assert world.service.repository.entry(name).status == "pending"


def test_what_others_did_since_is_not_undone(world, opened, lee):
    """R3: a decision that somebody made anew stays; the others are undone all the same."""
    anew, plain = opened
    lines = world.service.approve_many(opened, ANN)
    world.service.reopen(anew, "local:lee", "wrong")
    world.service.approve(anew, world.revision(anew), "local:lee")
    undone = world.service.undo(deeds(lines), ANN)
    assert problems(undone) == {anew: ChangedSince, plain: None}
    assert world.read(anew).approval.actor == "local:lee"


def test_a_decision_of_the_same_person_made_again_is_another_one(world, opened):
    """An undo is of that bulk act alone: the moment tells."""
    name, _ = opened
    lines = world.service.approve_many([name], ANN)
    world.service.reopen(name, ANN, "looked again")
    world.service.approve(name, world.revision(name), ANN)
    assert problems(world.service.undo(deeds(lines), ANN)) == {name: ChangedSince}
    assert world.read(name).status == "approved"


def test_nobody_undoes_the_decision_of_another(world, opened):
    """Only who decided takes it back; others reopen with a reason."""
    lines = world.service.approve_many(opened, ANN)
    undone = problems(world.service.undo(deeds(lines), "local:lee"))
    assert undone == dict.fromkeys(opened, ChangedSince)


def test_a_text_that_another_service_changed_is_not_undone(world, opened):
    """R4: the revision that was decided on is not there any more."""
    name, _ = opened
    lines = world.service.approve_many([name], ANN)
    snippet = {"markdown_content": "# Other", "edit_source": "human"}
    world.foreign_write(name, {("suggestion_content", "runbook_snippet"): snippet})
    assert problems(world.service.undo(deeds(lines), ANN)) == {name: ChangedSince}
    assert world.read(name).status == "approved"


def test_an_undo_repeated_says_that_it_is_pending(world, opened):
    """A second click does nothing more."""
    lines = world.service.approve_many(opened, ANN)
    world.service.undo(deeds(lines), ANN)
    assert problems(world.service.undo(deeds(lines), ANN)) == dict.fromkeys(opened, AlreadyPending)


def test_what_was_decided_before_is_no_part_of_the_undo(world, opened):
    """A bulk act over decided items refuses them, so its undo leaves them."""
    earlier, _ = opened
    world.service.approve(earlier, world.revision(earlier), ANN)
    lines = world.service.approve_many(opened, ANN)
    assert problems(lines)[earlier] is NotPending
    world.service.undo(deeds(lines), ANN)
    assert world.read(earlier).status == "approved"


# --- assignment ---


def test_an_assignment_is_shown_found_and_told(world, opened):
    """The list shows whose it is, a filter finds it, the audit log says who gave it."""
    one, other = opened
    [line] = world.service.assign([one], "Lee Ann", ANN)
    assert line.deed == Assignment(one, "local:Lee Ann", "")
    page = world.service.queue(QueueFilter(assignee="local:Lee Ann"))
    assert [entry.suggestion_id for entry in page.entries] == [one]
    assert world.service.repository.entry(other).assignee == ""
    told = world.service.audit(one)[0]
    assert (told.action, told.actor, told.detail) == ("assign", ANN, "nobody → local:Lee Ann")


def test_an_assignment_survives_discovery_and_decisions(world, opened, kim, good_text):
    """What a person put there is never wiped by what the machine finds out."""
    name, _ = opened
    world.service.assign([name], "local:lee", ANN)
    world.put(Collection.QUEUE, name, {"findings_e": "many"})
    assert world.service.repository.entry(name) is None
    for _ in range(3):
        world.service.refresh()
    assert world.service.repository.entry(name).assignee == "local:lee"
    world.service.save(name, good_text + "\nmore", world.revision(name), kim)
    world.service.approve(name, world.revision(name), ANN)
    assert world.service.repository.entry(name).assignee == "local:lee"


def test_an_assignment_of_what_no_list_knows_yet_makes_its_entry(world):
    """A suggestion of another service can be given to somebody at once."""
    name = world.suggest()
    world.service.assign([name], "lee", ANN)
    entry = world.service.repository.entry(name)
    assert (entry.assignee, entry.title) == ("local:lee", "Agent repeats a search")


def test_the_suggestion_itself_is_not_touched_by_an_assignment(world):
    """R1: whose turn it is concerns the list alone."""
    name = world.suggest()
    before = world.read(name)
    world.service.assign([name], "lee", ANN)
    assert world.read(name).document == before.document


def test_only_what_waits_is_assigned(world, opened):
    """A decided suggestion needs nobody; one that is not there is told."""
    decided, _ = opened
    world.service.approve(decided, world.revision(decided), ANN)
    lines = world.service.assign([decided, "nobody"], "lee", ANN)
    assert problems(lines) == {decided: NotPending, "nobody": NotFound}
    foreseen = world.service.foresee(BulkAct.ASSIGN, [decided, "nobody"], ANN)
    assert problems(foreseen) == problems(lines)


@pytest.mark.parametrize("name", ["x" * 41, "a\u0000b", "local:" + "y" * 41])
def test_what_is_no_name_is_refused_as_a_whole(world, opened, name):
    """Nothing is assigned to a name that cannot be recorded."""
    with pytest.raises(InvalidRequest):
        world.service.assign(opened, name, ANN)
    assert world.service.repository.entry(opened[0]).assignee == ""


def test_an_assignment_can_be_undone_where_it_stands(world, opened):
    """Each gets back who had it; what was given on since stays."""
    given_on, plain = opened
    world.service.assign([plain], "kim", ANN)
    lines = world.service.assign(opened, "lee", ANN)
    world.service.assign([given_on], "max", "local:lee")
    assert problems(world.service.undo(deeds(lines), ANN)) == {given_on: ChangedSince, plain: None}
    assert world.service.repository.entry(given_on).assignee == "local:max"
    assert world.service.repository.entry(plain).assignee == "local:kim"


def test_giving_it_to_who_has_it_changes_nothing(world, opened):
    """Nothing is written, so there is nothing to undo."""
    name, _ = opened
    world.service.assign([name], "lee", ANN)
    told = len(world.service.audit(name))
    [line] = world.service.assign([name], "local:lee", ANN)
    assert (line.problem, line.deed) == (None, None)
    assert len(world.service.audit(name)) == told


def test_a_decision_names_itself_by_moment_and_revision(world, opened):
    """That is what its undo is checked by."""
    name, _ = opened
    [line] = world.service.reject_many([name], ANN, "noise")
    approval = world.read(name).document["approval_metadata"]
    assert line.deed == Decision(name, approval["timestamp"], approval["revision"])
