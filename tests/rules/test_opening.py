"""What a person sees of a suggestion, and what counts as seen."""

from runbooks.models import SlotKind
from runbooks.store.queries import QueueFilter, Sort
from runbooks.unsaved import Person
from tests.world import World

KIM = Person("local:kim")


def test_a_peek_is_no_look(world: World) -> None:
    """Looking whether a text is still the same does not count as having read it."""
    name = world.suggest()
    world.service.open(name, KIM)
    world.service.generate(name, "local:ana")
    glance = world.service.peek(name)
    assert glance.suggestion.slot.kind is SlotKind.GENERATED
    assert glance.entry.seen_by.get("local:kim") != glance.suggestion.slot.revision
    world.service.mark_seen(glance.suggestion, KIM)
    seen = world.service.peek(name).entry.seen_by
    assert seen["local:kim"] == glance.suggestion.slot.revision


def test_a_peek_tells_of_texts_that_are_not_saved(world: World) -> None:
    """What somebody typed shows at the next look, without reading the sources."""
    name = world.suggest()
    world.service.keep_unsaved(name, "half a sen", "none", KIM)
    assert [text.text for text in world.service.peek(name).unsaved] == ["half a sen"]


def test_the_next_one_follows_the_order_of_the_list(world: World) -> None:
    """After each suggestion comes the next of the same filter, after the last the first."""
    names = [world.suggest() for _ in range(3)]
    world.service.discovery.refresh(window=50)
    entries = world.service.queue(QueueFilter(), Sort.OLDEST).entries
    assert [e.suggestion_id for e in entries] == names
    following = [world.service.following(e, QueueFilter(), Sort.OLDEST) for e in entries]
    assert [e.suggestion_id for e in following if e] == [*names[1:], names[0]]


def test_a_single_suggestion_has_no_next(world: World) -> None:
    """Where nothing else waits there is no way on."""
    world.suggest()
    world.service.discovery.refresh(window=50)
    [entry] = world.service.queue(QueueFilter()).entries
    assert world.service.following(entry, QueueFilter(), Sort.WORST) is None


def test_an_item_that_left_the_list_still_has_a_next(world: World) -> None:
    """Somebody who has just approved goes on to what comes behind the approved one."""
    first, second = world.suggest(), world.suggest()
    world.service.generate(first, "local:kim")
    entry = world.service.open(first, KIM).entry
    world.service.reject(first, entry.revision, "local:kim", "not wanted")
    world.service.discovery.refresh(window=50)
    after = world.service.following(world.service.peek(first).entry, QueueFilter(), Sort.OLDEST)
    assert after is not None
    assert after.suggestion_id == second


def test_a_hold_tells_since_when(world: World) -> None:
    """Renewing keeps the time at which the editing began; the next person's hold begins anew."""
    name = world.suggest()
    world.service.open(name, KIM)
    lease = world.service.hold(name, KIM)
    since = world.service.peek(name).entry.hold_since
    assert since
    world.service.hold(name, Person("local:kim", hold=lease))
    assert world.service.peek(name).entry.hold_since == since
    world.service.hold(name, Person("local:lee"), take_over=True)
    entry = world.service.peek(name).entry
    assert (entry.hold_by, entry.hold_since > since) == ("local:lee", True)
