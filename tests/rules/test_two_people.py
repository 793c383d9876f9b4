"""Two people at one suggestion: every order of open, edit and a last act, on every store."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import combinations_with_replacement

import pytest

from runbooks.errors import RunbookError
from runbooks.store.sqlite import SqliteStore
from runbooks.unsaved import Person
from tests.examples import examples
from tests.interleaving import STEPS, orders
from tests.world import World

ACTS = ("save", "regenerate", "force", "approve")


@dataclass
class Side:
    """One person at the page: what is on the screen, what is typed, what was told."""

    world: World
    sid: str
    person: Person
    last: str
    text: str
    seen: str = ""
    typed: bool = False
    told: list[str] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)

    def step(self, name: str) -> None:
        """Do the next step, and hold that a refusal changed nothing of the suggestion."""
        before, told = self.world.read(self.sid).document, len(self.told)
        try:
            getattr(self, name if name != "act" else self.last)()
        except RunbookError as refused:
            self.told.append(refused.code)
        if len(self.told) > told:
            assert self.world.read(self.sid).document == before, (name, self.told)

    def open(self) -> None:
        """Put the present text on the screen."""
        self.seen = self.world.service.open(self.sid, self.person).suggestion.slot.revision

    def edit(self) -> None:
        """Take the editor, from the other one if need be, and type."""
        hold = self.world.service.hold(self.sid, self.person, take_over=True)
        self.person = replace(self.person, hold=hold)
        self.typed = True
        self.world.service.keep_unsaved(self.sid, self.text, self.seen, self.person)

    def save(self) -> None:
        """Save what was typed over what is on the screen."""
        saved = self.world.service.save(self.sid, self.text, self.seen, self.person)
        assert saved.slot.draft.markdown_content == self.text
        self.seen = saved.slot.revision

    def regenerate(self) -> None:
        """Draft anew where no person's text stands."""
        self.world.service.generate(self.sid, self.person.actor, revision=self.seen)

    def force(self) -> None:
        """Draft anew over whatever is on the screen."""
        self.world.service.generate(self.sid, self.person.actor, revision=self.seen, force=True)

    def approve(self) -> None:
        """Approve what is on the screen; the reason passes what may block."""
        self.world.service.approve(
            self.sid, self.seen, self.person.actor, override_reason="it was read"
        )
        self.approved.append(self.seen)


@pytest.fixture
def begin(world: World, good_text: str) -> Callable[[str, str], tuple[Side, Side]]:
    """Two people before a new suggestion that has a draft by the machine."""

    def sides(first: str, second: str) -> tuple[Side, Side]:
        sid = world.suggest()
        world.service.generate(sid, "local:machine")
        lines = [good_text + f"\n{who} of {sid} was here\n" for who in ("kim", "lee")]
        kim = Side(world, sid, Person("local:kim", "tab-1"), first, lines[0])
        lee = Side(world, sid, Person("local:lee", "tab-2"), second, lines[1])
        return kim, lee

    return sides


@pytest.mark.parametrize(("first", "second"), list(combinations_with_replacement(ACTS, 2)))
def test_no_order_of_two_people_loses_a_text_or_tells_a_lie(
    world: World, begin: Callable[[str, str], tuple[Side, Side]], first: str, second: str
) -> None:
    """R2, R3, R17: in all 20 orders typed texts stay, refusals change nothing, approvals were seen."""
    every = list(orders())
    if not isinstance(world.store, SqliteStore):  # the same rules over a slower store
        every = every[:: len(every) // examples(len(every))]
    for order in every:
        sides = begin(first, second)
        steps = [iter(STEPS), iter(STEPS)]
        for who in order:
            sides[who].step(next(steps[who]))
        judge(world, sides, order)


def judge(world: World, sides: tuple[Side, Side], order: tuple[int, ...]) -> None:
    """Hold what must be true at the end, whatever the order was."""
    sid = sides[0].sid
    now, kept = world.read(sid), "\n".join(world.kept_texts(sid))
    versions = {version.revision for version in world.service.versions(sid)}
    approvals = [entry for entry in now.history if entry.new_status == "approved"]
    for side in sides:
        assert f"{side.person.actor[6:]} of {sid} was here" in kept, (order, side.told)
        assert set(side.approved) <= versions, order
    assert {entry.revision for entry in approvals} == {
        revision for side in sides for revision in side.approved
    }, order
    if now.status == "approved":
        assert now.approval is not None
        assert now.approval.revision == now.slot.revision, order
