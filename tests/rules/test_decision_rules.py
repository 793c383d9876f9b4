"""CONTRACT R3, R6, R12, R16–R18: decisions, holds, who has seen what."""

import pytest

from runbooks.errors import (
    BeingEdited,
    BlockingFindings,
    HoldLost,
    InvalidRequest,
    NoDraft,
    NotPending,
    NotSeen,
    StaleRevision,
)
from runbooks.store.port import Collection
from runbooks.unsaved import Person


@pytest.fixture
def ready(world, kim, good_text):
    """A pending suggestion with a person's good text: its id and revision."""
    name = world.suggest()
    return name, world.service.save(name, good_text, "none", kim).slot.revision


def test_an_approval_names_the_revision_that_was_seen(world, ready):
    """R17: metadata and history carry actor, revision and time; the text stays."""
    name, seen = ready
    after = world.service.approve(name, seen, "local:kim", notes="fine")
    assert (after.status, after.slot.revision) == ("approved", seen)
    assert (after.approval.actor, after.approval.revision) == ("local:kim", seen)
    last = after.history[-1]
    assert (last.previous_status, last.new_status, last.revision) == ("pending", "approved", seen)
    stored = world.store.get_many(Collection.SUGGESTIONS, [name])[name].document
    assert stored["their_own_field"] == {"kept": True}


def test_an_unseen_revision_is_never_approved(world, ready, lee, good_text):
    """R17: somebody saved after the page was opened."""
    name, seen = ready
    world.service.save(name, good_text + "\nnew", seen, lee)
    with pytest.raises(StaleRevision):
        world.service.approve(name, seen, "local:kim")
    assert world.read(name).status == "pending"


def test_a_decision_repeated_by_the_same_person_changes_nothing(world, ready):
    """R6: 200 unchanged; by somebody else it is not_pending."""
    name, seen = ready
    first = world.service.approve(name, seen, "local:kim")
    again = world.service.approve(name, seen, "local:kim")
    assert again.document == first.document
    with pytest.raises(NotPending):
        world.service.approve(name, seen, "local:lee")


def test_an_unedited_template_needs_a_written_reason(world):
    """R12: without one it is blocked, with one the reason is kept."""
    name = world.suggest(source_traces=[{"trace_id": "f" * 32}])
    world.service.generate(name, "local:kim")
    seen = world.revision(name)
    with pytest.raises(BlockingFindings) as blocked:
        world.service.approve(name, seen, "local:kim")
    assert blocked.value.findings[0].startswith("needs_human_input")
    after = world.service.approve(name, seen, "local:kim", override_reason="we know this one")
    assert after.approval.override_reason == "we know this one"


def test_a_suggestion_without_a_draft_cannot_be_approved(world):
    """R3: there is nothing that was seen."""
    name = world.suggest()
    with pytest.raises(NoDraft):
        world.service.approve(name, "none", "local:kim")


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_rejection_needs_a_reason(world, ready, reason):
    """CONTRACT §1: reason is required to reject."""
    name, seen = ready
    with pytest.raises(InvalidRequest):
        world.service.reject(name, seen, "local:kim", reason)
    after = world.service.reject(name, seen, "local:kim", "duplicate of another")
    assert (after.status, after.approval.reason) == ("rejected", "duplicate of another")


def test_reopening_clears_the_decision_and_is_told_in_the_history(world, ready):
    """R16: pending again, metadata null, one more entry."""
    name, seen = ready
    world.service.approve(name, seen, "local:kim")
    after = world.service.reopen(name, "local:lee", "wrong channel")
    assert (after.status, after.approval) == ("pending", None)
    assert after.document["approval_metadata"] is None
    assert [entry.new_status for entry in after.history] == ["approved", "pending"]
    with pytest.raises(NotPending):
        world.service.reopen(name, "local:lee", "again")


def test_an_approved_text_of_another_service_has_a_version(world):
    """R16: what was approved can always be served, also when others wrote it."""
    snippet = {"markdown_content": "# T", "edit_source": "generated", "status": "draft"}
    name = world.suggest(suggestion_content={"runbook_snippet": snippet})
    seen = world.revision(name)
    world.service.approve(name, seen, "local:kim", override_reason="known")
    assert [(v.revision, v.reason) for v in world.service.versions(name)] == [(seen, "found")]


def test_an_odd_history_is_kept_when_a_decision_is_added(world, good_text, kim):
    """CONTRACT §1: version_history is append only, whatever others put there."""
    name = world.suggest(version_history="a text")
    revision = world.service.save(name, good_text, "none", kim).slot.revision
    world.service.approve(name, revision, "local:kim")
    history = world.read(name).document["version_history"]
    assert history[0] == "a text"
    assert history[1]["new_status"] == "approved"


def test_bulk_approval_takes_only_what_this_person_has_opened(world, ready, lee, good_text):
    """R17: the others are listed and stay pending."""
    opened, seen = ready
    never, changed = world.suggest(), world.suggest()
    for name in (never, changed):
        world.service.save(name, good_text, "none", lee)
    me = Person("local:ann")
    world.service.open(opened, me)
    world.service.open(changed, me)
    world.service.save(changed, good_text + "\nnewer", world.revision(changed), lee)
    lines = world.service.approve_many([opened, never, changed, "nobody"], "local:ann")
    problems = {line.suggestion_id: type(line.problem) for line in lines}
    assert problems[opened] is type(None)
    assert problems[never] is NotSeen
    assert problems[changed] is NotSeen
    assert world.read(opened).approval.revision == seen
    assert world.read(never).status == world.read(changed).status == "pending"


def test_bulk_approval_leaves_what_has_blocking_findings(world):
    """R17: an E-finding or a template is never approved in bulk."""
    name = world.suggest(source_traces=[{"trace_id": "f" * 32}])
    world.service.generate(name, "local:kim")
    world.service.open(name, Person("local:kim"))
    [line] = world.service.approve_many([name], "local:kim")
    assert isinstance(line.problem, BlockingFindings)
    assert world.read(name).status == "pending"


def test_bulk_rejection_needs_one_reason(world):
    """R17: the same reason goes to each; without it none is rejected."""
    names = [world.suggest(), world.suggest()]
    lines = world.service.reject_many(names, "local:kim", " ")
    assert all(isinstance(line.problem, InvalidRequest) for line in lines)
    world.service.reject_many(names, "local:kim", "noise")
    assert [world.read(name).approval.reason for name in names] == ["noise", "noise"]


def test_one_person_holds_and_others_are_told_who(world, kim, lee):
    """R18: the hold is shown in the list and can be taken over."""
    name = world.suggest()
    world.service.open(name, kim)
    world.service.hold(name, kim)
    with pytest.raises(BeingEdited) as held:
        world.service.hold(name, lee)
    assert held.value.holder == "local:kim"
    assert world.service.repository.entry(name).hold_by == "local:kim"
    world.service.hold(name, lee, take_over=True)
    assert world.service.repository.entry(name).hold_by == "local:lee"


def test_a_save_under_a_hold_that_was_taken_over_is_refused_and_kept(world, kim, lee, good_text):
    """R18: the commit checks the token, also when the revision is still the same."""
    name = world.suggest()
    mine = Person(kim.actor, hold=world.service.hold(name, kim))
    world.service.hold(name, lee, take_over=True)
    with pytest.raises(HoldLost):
        world.service.save(name, good_text, "none", mine)
    assert world.revision(name) == "none"
    assert [u.text for u in world.service.repository.unsaved(name)] == [good_text]


def test_a_hold_can_be_renewed_and_given_back(world, kim, lee, good_text):
    """R18: renewing keeps it, saving under it works, letting go frees it."""
    name = world.suggest()
    mine = Person(kim.actor, hold=world.service.hold(name, kim))
    mine = Person(kim.actor, hold=world.service.hold(name, mine))
    world.service.save(name, good_text, "none", mine)
    world.service.let_go(name, mine)
    assert world.service.hold(name, lee).holder == "local:lee"
