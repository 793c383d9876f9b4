"""The editing hold: one person at a time edits, others see who (CONTRACT R18)."""

from datetime import timedelta

from runbooks.clock import Clock
from runbooks.errors import BeingEdited, HeldByAnother, HoldLost
from runbooks.leases import Leases, LeaseTaken
from runbooks.models import Lease
from runbooks.repository import Repository
from runbooks.revision import iso
from runbooks.store.port import SERVER_TIME, Collection, FieldPath, Merge, Update, Write
from runbooks.unsaved import Person

HOLD_SECONDS = 60.0
RENEW_SECONDS = 20.0


def checked_hold(leases: Leases, suggestion_id: str, person: Person) -> list[Write]:
    """Give the write that fails when this person's hold is taken over meanwhile (CONTRACT R18).

    Raise HoldLost when it was already. Who has no hold, as over REST, may write only while nobody
    else has one: HeldByAnother.
    """
    now = leases.holder_of(suggestion_id)
    if now is None or (person.hold is None and now.holder == person.actor):
        return []
    if person.hold is None:
        raise HeldByAnother(suggestion_id, now.holder)
    if now.secret != person.hold.secret:
        raise HoldLost(suggestion_id, now.holder)
    fields: dict[FieldPath, object] = {("acquired_at",): SERVER_TIME}
    return [Update(Collection.LEASES, now.key, fields, if_token=now.token)]


class Holds:
    """Takes, renews and ends holds, and shows them in the queue."""

    def __init__(self, repository: Repository, leases: Leases, clock: Clock) -> None:
        self._repository = repository
        self._leases = leases
        self._clock = clock

    def take(self, suggestion_id: str, person: Person, *, take_over: bool = False) -> Lease:
        """Take the hold, or start its 60 s again when it is this person's; raise BeingEdited.

        A hold of the same person from another tab passes to this one; somebody else's passes only
        with `take_over`.
        """
        try:
            lease = self._renewed(suggestion_id, person) or self._leases.acquire(
                suggestion_id,
                person.actor,
                HOLD_SECONDS,
                take_over=take_over,
                same_holder=True,
            )
        except LeaseTaken as taken:
            if take_over:
                lease = self._leases.acquire(
                    suggestion_id, person.actor, HOLD_SECONDS, take_over=True
                )
            else:
                raise BeingEdited(suggestion_id, taken.lease.holder) from None
        self._show(suggestion_id, person.actor)
        return lease

    def let_go(self, suggestion_id: str, person: Person) -> None:
        """End this person's hold; somebody else's stays."""
        if person.hold is None:
            return
        now = self._leases.holder_of(suggestion_id)
        if now is not None and now.secret == person.hold.secret:
            self._leases.release(now)
            self._show(suggestion_id, "")

    def holder(self, suggestion_id: str) -> Lease | None:
        """Say who holds the item now, if anybody does."""
        return self._leases.holder_of(suggestion_id)

    def _renewed(self, suggestion_id: str, person: Person) -> Lease | None:
        """Renew this person's hold; None when they have none, or it went and nobody has it."""
        if person.hold is None:
            return None
        try:
            return self._leases.renew(person.hold)
        except LeaseTaken:
            if self._leases.holder_of(suggestion_id) is None:
                return None
            raise

    def _show(self, suggestion_id: str, actor: str) -> None:
        entry = self._repository.entry(suggestion_id)
        if entry is None:
            return
        now = self._clock()
        going_on = entry.hold_by == actor and entry.hold_until >= iso(now)
        fields: dict[tuple[str, ...], object] = {
            ("hold_by",): actor,
            ("hold_since",): entry.hold_since if going_on and entry.hold_since else iso(now),
            ("hold_until",): iso(now + timedelta(seconds=HOLD_SECONDS)) if actor else "",
        }
        self._repository.store.commit([Merge(Collection.QUEUE, entry.suggestion_id, fields)])
