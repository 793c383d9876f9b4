"""A draft beside a person's text: kept, paid for, and nothing replaced (CONTRACT R2, R8, R11)."""

import pytest

from runbooks.errors import GenerationInProgress, NotPending, StaleRevision, WouldBeFallback
from runbooks.generation import BESIDE
from runbooks.unsaved import Person
from tests.world import World


@pytest.fixture
def written(world: World, kim: Person, good_text: str) -> str:
    """A suggestion with a person's text."""
    name = world.suggest()
    world.service.save(name, good_text, "none", kim)
    return name


def test_a_proposal_replaces_nothing(world: World, written: str, good_text: str) -> None:
    """R2: the text stays in place with its revision; the draft is a version that never was."""
    seen = world.revision(written)
    product = world.service.generate(written, "local:lee", beside=True)
    assert world.revision(written) == seen
    assert not product.written
    newest = world.service.versions(written)[0]
    assert (newest.number, newest.applied, newest.reason) == (product.proposal, False, "proposal")
    assert (newest.base_revision, newest.note, newest.actor) == (seen, BESIDE, "local:lee")
    assert newest.draft is not None
    assert newest.draft.edit_source == "generated"
    entry = world.service.peek(written).entry
    assert (entry.draft_state, entry.revision) == ("human", seen)
    assert (entry.version_number, entry.version_revision) == (newest.number, newest.revision)


def test_a_proposal_is_a_run_with_its_cost_and_its_outcome(world: World, written: str) -> None:
    """What was paid for is seen, though nothing was put in place."""
    world.service.generate(written, "local:lee", beside=True)
    [run] = world.service.runs(1)
    [outcome] = run.suggestion_outcomes
    assert (run.generated_count, outcome.status) == (1, "generated")


def test_a_proposal_is_taken_whole_over_the_text_that_was_seen(
    world: World, written: str, lee: Person, good_text: str
) -> None:
    """R11: taking it is a person's decision, so the text is theirs; the other stays a version."""
    seen = world.revision(written)
    number = world.service.generate(written, "local:lee", beside=True).proposal
    proposed = world.service.versions(written)[0].draft.markdown_content
    with pytest.raises(StaleRevision):
        world.service.restore(written, number, "0" * 16, lee)
    taken = world.service.restore(written, number, seen, lee).slot.draft
    assert (taken.markdown_content, taken.edit_source) == (proposed, "human")
    texts = [version.draft.markdown_content for version in world.service.versions(written)]
    assert texts == [proposed, proposed, good_text]


def test_a_text_saved_while_it_is_drafted_does_not_hinder_it(
    world: World, written: str, kim: Person, good_text: str
) -> None:
    """R13: it replaces nothing, so it is kept all the same, with the text it was made beside."""
    seen = world.revision(written)
    newer = good_text + "\nmore"
    world.drafter.during = lambda _: world.service.save(written, newer, seen, kim)
    product = world.service.generate(written, "local:lee", beside=True)
    assert world.read(written).slot.draft.markdown_content == newer
    newest = world.service.versions(written)[0]
    assert (newest.number, newest.base_revision) == (product.proposal, seen)


def test_no_template_stands_beside_a_text(world: World, kim: Person, good_text: str) -> None:
    """R8: a template says what is missing; beside a person's text it says nothing."""
    name = world.suggest(source_traces=[{"trace_id": "f" * 32}])
    world.service.save(name, good_text, "none", kim)
    with pytest.raises(WouldBeFallback):
        world.service.generate(name, "local:lee", beside=True)
    assert len(world.service.versions(name)) == 1


def test_a_decided_suggestion_gets_no_proposal(world: World, written: str) -> None:
    """R3: what is decided is reopened first."""
    world.service.reject(written, world.revision(written), "local:kim", "noise")
    with pytest.raises(NotPending):
        world.service.generate(written, "local:lee", beside=True)
    assert world.drafter.calls == 0


def test_one_at_a_time_drafts_beside_too(world: World, written: str) -> None:
    """R18: the second caller pays nothing and learns who is at it; afterwards the turn is free."""
    refused: list[GenerationInProgress] = []

    def second(_: object) -> None:
        try:
            world.service.generate(written, "local:kim", beside=True)
        except GenerationInProgress as error:
            refused.append(error)

    world.drafter.during = second
    world.service.generate(written, "local:lee", beside=True)
    assert [error.holder for error in refused] == ["local:lee"]
    world.drafter.during = lambda _: None
    world.service.generate(written, "local:kim", beside=True)
