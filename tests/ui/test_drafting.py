"""Single drafts in the background: they end, they tell how, and nobody has to wait for them."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbooks.errors import DraftingFailed, OverwriteBlocked
from runbooks.store.sqlite import SqliteStore
from runbooks.unsaved import Person
from tests.world import GOOD, World, make_world
from workbench.drafting import DraftOrder, Drafts, drafts
from workbench.kept import Kept, kept


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[World]:
    """A service over a new file, with a drafter that can be held up."""
    store = SqliteStore(tmp_path / "drafts.db")
    yield make_world(store)
    store.close()


def finished(registry: Drafts, name: str) -> None:
    """Wait for the end of an order."""
    for _ in range(200):
        view = registry.view(name)
        if view is not None and view.over:
            return
        threading.Event().wait(0.02)
    raise AssertionError("the draft does not come to an end")


def test_a_quick_draft_is_there_at_once(quiet: World) -> None:
    """With a little patience the answer comes with the order."""
    sid = quiet.suggest()
    registry = Drafts(quiet.service)
    view = registry.view(registry.start(DraftOrder(sid, "local:kim", "none"), wait=10))
    assert view is not None
    assert view.over
    assert view.product is not None
    assert quiet.read(sid).slot.draft is not None


def test_a_slow_draft_goes_on_in_the_background(quiet: World) -> None:
    """Whoever ordered it is free meanwhile, and sees how long it takes."""
    sid, go_on = quiet.suggest(), threading.Event()
    quiet.drafter.during = lambda _: go_on.wait(10) and None
    registry = Drafts(quiet.service)
    name = registry.start(DraftOrder(sid, "local:kim", "none"), wait=0.05)
    view = registry.view(name)
    assert view is not None
    assert not view.over
    assert view.seconds > 0
    go_on.set()
    finished(registry, name)
    assert quiet.read(sid).slot.draft is not None


def test_a_refusal_is_kept_as_what_it_is(quiet: World) -> None:
    """A protected text is refused, and the page can say so in words."""
    sid = quiet.suggest()
    saved = quiet.service.save(sid, GOOD, "none", Person("local:kim"))
    registry = Drafts(quiet.service)
    order = DraftOrder(sid, "local:kim", saved.slot.revision)
    view = registry.view(registry.start(order, wait=10))
    assert view is not None
    assert isinstance(view.error, OverwriteBlocked)


def test_a_failed_model_and_a_broken_one_are_told_apart_from_success(quiet: World) -> None:
    """Whatever goes wrong in the thread becomes an error to show."""
    registry = Drafts(quiet.service)

    def fail(_: object) -> None:
        raise DraftingFailed("gemini", "timeout")

    def break_down(_: object) -> None:
        raise ZeroDivisionError

    for failure, shown in ((fail, "DraftingFailed"), (break_down, "RunbookError")):
        quiet.drafter.during = failure
        order = DraftOrder(quiet.suggest(), "local:kim", "none")
        view = registry.view(registry.start(order, wait=10))
        assert view is not None
        assert type(view.error).__name__ == shown


def test_only_the_last_orders_are_remembered(quiet: World) -> None:
    """A process that runs for months does not collect its drafts."""
    registry = Drafts(quiet.service)
    names = [registry.start(DraftOrder("nobody", "local:kim", "none"), wait=10) for _ in range(60)]
    assert registry.view(names[0]) is None
    assert registry.view(names[-1]) is not None


def test_each_service_has_its_own(quiet: World, tmp_path: Path) -> None:
    """What is kept for one service is never shown for another."""
    other = make_world(SqliteStore(tmp_path / "other.db"))
    assert kept(quiet.service).get("x", lambda: 1) == 1
    assert kept(other.service).get("x", lambda: 2) == 2
    first = drafts(quiet.service)
    assert drafts(quiet.service) is first
    assert drafts(other.service) is not first
    other.store.close()


def test_answers_are_kept_for_a_while_and_not_without_bound() -> None:
    """An answer is made once, made anew after its time, and the oldest go first."""
    now, made = [0.0], []
    store = Kept(most=2, seconds=60, clock=lambda: now[0])

    def ask(key: str) -> str:
        return store.get(key, lambda: made.append(key) or key)

    assert [ask("a"), ask("a"), ask("b")] == ["a", "a", "b"]
    assert made == ["a", "b"]
    now[0] = 61
    ask("a")
    assert made == ["a", "b", "a"]
    ask("c")
    ask("d")
    ask("a")
    assert made == ["a", "b", "a", "c", "d", "a"]


def test_what_failed_is_not_kept() -> None:
    """An error is no answer: the next one asks again."""
    store = Kept()
    with pytest.raises(KeyError):
        store.get("x", lambda: {}["x"])
    assert store.get("x", lambda: 5) == 5
