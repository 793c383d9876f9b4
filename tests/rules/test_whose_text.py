"""CONTRACT R2, R3, R16, R18: who may write and throw away, and what is said when it is refused."""

from datetime import timedelta

import pytest

from runbooks.errors import (
    AlreadyPending,
    HeldByAnother,
    InvalidRequest,
    NotYourText,
)
from runbooks.store.port import Collection
from runbooks.unsaved import Person
from tests.world import Ticker, World


def test_who_holds_nothing_does_not_write_while_another_edits(
    world: World, kim: Person, lee: Person, good_text: str
) -> None:
    """R18: the editor's text stays, and the text that came from elsewhere is kept as unsaved."""
    name = world.suggest()
    world.service.save(name, good_text, "none", kim)
    seen = world.revision(name)
    world.service.hold(name, kim)
    with pytest.raises(HeldByAnother) as refused:
        world.service.save(name, "# Lee's", seen, lee)
    assert (refused.value.holder, refused.value.code) == ("local:kim", "stale_revision")
    assert refused.value.text_kept
    assert world.revision(name) == seen
    assert [u.text for u in world.service.repository.unsaved(name)] == ["# Lee's"]


def test_a_version_is_not_restored_while_another_edits(
    world: World, kim: Person, lee: Person, good_text: str
) -> None:
    """R18: nothing is put in place under somebody's hands; later it works."""
    name = world.suggest()
    world.service.save(name, good_text, "none", kim)
    world.service.save(name, good_text + "\nmore", world.revision(name), kim)
    held = world.service.hold(name, kim)
    seen = world.revision(name)
    with pytest.raises(HeldByAnother):
        world.service.restore(name, 1, seen, lee)
    assert world.revision(name) == seen
    world.service.let_go(name, Person(kim.actor, hold=held))
    restored = world.service.restore(name, 1, seen, lee)
    assert restored.slot.draft is not None
    assert restored.slot.draft.markdown_content == good_text


def test_a_person_is_not_refused_because_of_their_own_hold(
    world: World, kim: Person, good_text: str
) -> None:
    """R18 protects from others: who edits in a tab may also send a text over REST."""
    name = world.suggest()
    world.service.hold(name, kim)
    saved = world.service.save(name, good_text, "none", kim)
    assert saved.slot.draft is not None


@pytest.mark.parametrize("snippet", [{"edit_source": "human"}, {"markdown_content": " \n"}, " "])
def test_a_version_without_a_text_is_refused_in_words(
    world: World, kim: Person, good_text: str, snippet: object
) -> None:
    """An empty text never takes the place of a runbook."""
    name = world.suggest(suggestion_content={"runbook_snippet": snippet})
    world.service.save(name, good_text, world.revision(name), kim)
    [first] = [v for v in world.service.versions(name) if v.number == 1]
    assert first.snippet == snippet
    with pytest.raises(InvalidRequest, match="version 1 holds no text"):
        world.service.restore(name, 1, world.revision(name), kim)
    assert world.read(name).slot.draft.markdown_content == good_text


def test_nobody_throws_away_the_text_of_another(world: World, kim: Person, lee: Person) -> None:
    """The service looks whose it is; asked for several, it keeps them all."""
    name = world.suggest()
    world.service.keep_unsaved(name, "# Kim's", "none", kim)
    world.service.keep_unsaved(name, "# Lee's", "none", lee)
    with pytest.raises(NotYourText) as refused:
        world.service.discard_unsaved(name, [lee.desk, kim.desk], lee)
    assert refused.value.holder == "local:kim"
    texts = {u.text for u in world.service.repository.unsaved(name)}
    assert texts == {"# Kim's", "# Lee's"}
    world.service.discard_unsaved(name, [lee.desk], lee)
    assert [u.text for u in world.service.repository.unsaved(name)] == ["# Kim's"]


def test_what_a_nameless_visitor_left_can_be_put_away_after_a_minute(
    world: World, lee: Person
) -> None:
    """Nobody can show that it is theirs; while they may still be typing it stays."""
    name = world.suggest()
    visitor = Person("local:visitor-0a1b2c3d", "0a1b2c3d")
    world.service.keep_unsaved(name, "# Theirs", "none", visitor)
    with pytest.raises(NotYourText):
        world.service.discard_unsaved(name, [visitor.desk], lee)
    assert isinstance(world.clock, Ticker)
    world.clock.pass_(seconds=timedelta(minutes=2).total_seconds())
    world.service.discard_unsaved(name, [visitor.desk], lee)
    assert world.service.repository.unsaved(name) == []


def test_a_second_reopening_is_told_that_it_is_open(
    world: World, kim: Person, good_text: str
) -> None:
    """R16: it changes nothing, and adds nothing to the history."""
    name = world.suggest()
    seen = world.service.save(name, good_text, "none", kim).slot.revision
    world.service.approve(name, seen, kim.actor)
    world.service.reopen(name, kim.actor, "a step is missing")
    with pytest.raises(AlreadyPending) as refused:
        world.service.reopen(name, kim.actor, "a step is missing")
    assert refused.value.code == "not_pending"
    stored = world.store.get_many(Collection.SUGGESTIONS, [name])[name]
    assert len(stored.document["version_history"]) == 2
