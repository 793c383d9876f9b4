"""What a person sees of a suggestion, and what counts as seen."""

from runbooks.models import SlotKind
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
