"""CONTRACT §1: ids that no store takes as they are lead to the same suggestion as their keys."""

import pytest

from runbooks.batch import BatchOrder
from runbooks.errors import BeingEdited, GenerationInProgress, RunbookError, StaleRevision
from runbooks.store.codec import document_key
from runbooks.unsaved import Person
from tests.world import World

WRITTEN = ["__x__", "a/b", "..", "y" * 1600, "z" * 1500]


@pytest.fixture(params=WRITTEN, ids=["reserved", "slash", "dots", "too long", "longest"])
def both(request: pytest.FixtureRequest, world: World) -> tuple[str, str]:
    """An id as somebody writes it, and as lists give it; the suggestion is there."""
    written: str = request.param
    return written, world.suggest(id=document_key(written))


def test_a_kept_text_is_found_by_either_name(
    world: World, both: tuple[str, str], kim: Person, lee: Person, good_text: str
) -> None:
    """R13: a save that was refused under one name is not lost under the other."""
    written, key = both
    world.service.save(written, good_text, "none", kim)
    with pytest.raises(StaleRevision) as refused:
        world.service.save(written, "# Lee's", "none", lee)
    assert refused.value.text_kept
    world.service.keep_unsaved(key, "# half", "none", kim)
    for name in both:
        assert {u.text for u in world.service.open(name, kim).unsaved} == {"# Lee's", "# half"}
        assert [v.reason for v in world.service.versions(name)] == ["edited"]
        assert [a.action for a in world.service.audit(name)] == ["edited"]
    for unsaved in world.service.repository.unsaved(written):
        world.service.discard_unsaved(written, [unsaved.place], Person(unsaved.actor))
    glance = world.service.peek(key)
    assert (glance.unsaved, dict(glance.entry.unsaved_by)) == ((), {})


def test_both_names_share_one_hold(
    world: World, both: tuple[str, str], kim: Person, lee: Person
) -> None:
    """R18: one person edits and one generation runs, whichever name was used."""
    written, key = both
    world.service.open(key, kim)
    world.service.hold(written, kim)
    with pytest.raises(BeingEdited):
        world.service.hold(key, lee)
    assert world.service.peek(key).entry.hold_by == "local:kim"
    refused: list[RunbookError] = []

    def second(_: object) -> None:
        try:
            world.service.generate(key, "local:lee")
        except GenerationInProgress as error:
            refused.append(error)

    world.drafter.during = second
    world.service.generate(written, "local:kim")
    assert (world.drafter.calls, len(refused)) == (1, 1)


def test_a_batch_takes_either_name_once(world: World, both: tuple[str, str]) -> None:
    """R7: two names of one suggestion are one pick, told under the id that lists give."""
    written, key = both
    run = world.service.run_once(BatchOrder(2, "batch", suggestion_ids=(written, key)))
    assert [(o.suggestion_id, o.status) for o in run.suggestion_outcomes] == [(key, "generated")]
    assert world.service.runbook(key).slot.draft is not None
