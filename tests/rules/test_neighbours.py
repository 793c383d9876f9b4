"""Where a suggestion stands in a list and what is next to it, in every order, at a fixed price."""

import pytest

from runbooks.errors import InvalidRequest
from runbooks.models import QueueEntry
from runbooks.neighbours import Around, place_of
from runbooks.store.port import Collection
from runbooks.store.queries import QueueFilter, Sort
from runbooks.unsaved import Person
from tests.world import World

KIM = Person("local:kim")


@pytest.fixture
def listed(world: World) -> list[QueueEntry]:
    """Seven that wait, of two severities, in the order of the queue."""
    for number in range(7):
        world.suggest(severity="high" if number % 2 else "critical")
    world.service.discovery.refresh(window=50)
    return list(world.service.queue(QueueFilter()).entries)


def around(world: World, entry: QueueEntry, which: QueueFilter, sort: Sort) -> Around:
    """What stands around an entry's own place."""
    return world.service.around(entry, which, sort, place_of(entry, sort))


@pytest.mark.parametrize("sort", Sort)
def test_every_place_of_a_list_is_known(world: World, listed: list[QueueEntry], sort: Sort) -> None:
    """Number, total and both neighbours are those of the list itself."""
    entries = world.service.queue(QueueFilter(), sort).entries
    names = [entry.suggestion_id for entry in entries]
    for number, entry in enumerate(entries):
        found = around(world, entry, QueueFilter(), sort)
        assert (found.position, found.total, found.listed) == (number + 1, 7, True)
        assert found.before == (names[number - 1] if number else "")
        assert found.after == (names[number + 1] if number < 6 else "")


def test_a_filter_has_its_own_neighbours(world: World, listed: list[QueueEntry]) -> None:
    """Who looks at one severity walks through that alone."""
    which = QueueFilter(severity=("high",))
    entries = world.service.queue(which).entries
    found = around(world, entries[1], which, Sort.WORST)
    assert (found.position, found.total) == (2, 3)
    assert (found.before, found.after) == (entries[0].suggestion_id, entries[2].suggestion_id)
    other = next(entry for entry in listed if entry.severity == "critical")
    assert not around(world, other, which, Sort.WORST).listed


def test_behind_the_last_comes_the_first_and_before_the_first_nothing(
    world: World, listed: list[QueueEntry]
) -> None:
    """What was skipped comes again; nobody is led backwards round the end."""
    first, last = listed[0], listed[-1]
    ends = [(e.suggestion_id, QueueFilter(), Sort.WORST) for e in (first, last)]
    assert world.service.behind(*ends[1], place_of(last, Sort.WORST)) == first.suggestion_id
    assert world.service.before(*ends[0], place_of(first, Sort.WORST)) == ""


def test_a_single_suggestion_has_no_next(world: World) -> None:
    """Where nothing else waits there is no way on."""
    name = world.suggest()
    world.service.discovery.refresh(window=50)
    [entry] = world.service.queue(QueueFilter()).entries
    place = place_of(entry, Sort.WORST)
    assert world.service.behind(name, QueueFilter(), Sort.WORST, place) == ""
    assert around(world, entry, QueueFilter(), Sort.WORST) == Around("", "", 1, 1, True)


@pytest.mark.parametrize("sort", Sort)
def test_what_left_the_list_still_has_a_next(
    world: World, listed: list[QueueEntry], sort: Sort
) -> None:
    """Also in the order of changes, where a decision moves it: its place is the one it was at."""
    entries = world.service.queue(QueueFilter(), sort).entries
    place = place_of(entries[2], sort)
    name = entries[2].suggestion_id
    world.service.reject(name, entries[2].revision, KIM.actor, "noise")
    found = world.service.around(world.service.peek(name).entry, QueueFilter(), sort, place)
    assert (found.listed, found.position, found.total) == (False, 3, 6)
    assert (found.before, found.after) == (entries[1].suggestion_id, entries[3].suggestion_id)
    assert world.service.behind(name, QueueFilter(), sort, place) == entries[3].suggestion_id


def test_the_price_does_not_grow_with_the_list(world: World) -> None:
    """Four reads for a short list; a longer one costs one for each further thousand, up to ten."""
    for _ in range(40):
        world.suggest()
    world.service.discovery.refresh(window=100)
    entry = world.service.queue(QueueFilter()).entries[20]
    before = world.store.usage.reads
    found = around(world, entry, QueueFilter(), Sort.WORST)
    assert (found.position, found.total) == (21, 40)
    assert world.store.usage.reads - before == 4


def test_entries_that_nobody_can_read_are_passed_over(
    world: World, listed: list[QueueEntry]
) -> None:
    """A broken read model between two items stops nobody."""
    for entry in listed[1:4]:
        world.put(Collection.QUEUE, entry.suggestion_id, {"seen_by": "nonsense", "findings_e": []})
    place = place_of(listed[0], Sort.WORST)
    after = world.service.behind(listed[0].suggestion_id, QueueFilter(), Sort.WORST, place)
    readable = [e.suggestion_id for e in world.service.queue(QueueFilter()).entries]
    assert len(readable) == 4
    assert after == readable[1]


def test_a_search_of_several_words_has_neighbours_and_no_number(
    world: World, listed: list[QueueEntry]
) -> None:
    """The number would cost a look at every entry that has one of the words."""
    which = QueueFilter(search=("agent", "search"))
    entry = world.service.peek(listed[3].suggestion_id).entry
    found = around(world, entry, which, Sort.WORST)
    assert (found.position, found.total, found.listed) == (0, 0, True)
    assert found.after == listed[4].suggestion_id


def test_a_place_of_another_order_is_refused(world: World, listed: list[QueueEntry]) -> None:
    """A place is only good for the list that it was taken from."""
    with pytest.raises(InvalidRequest):
        world.service.behind("x", QueueFilter(), Sort.NEWEST, place_of(listed[0], Sort.WORST))
