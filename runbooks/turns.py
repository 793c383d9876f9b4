"""Whose turn it is: one generation of a suggestion at a time, none while a person is at it."""

from collections.abc import Callable

from runbooks.errors import BeingEdited, GenerationInProgress
from runbooks.leases import Leases, LeaseTaken
from runbooks.models import Lease, QueueEntry
from runbooks.store.port import DocumentStore, Write

LEASE_MARGIN_S = 15.0
"""How much longer a turn lasts than a draft may take (CONTRACT R18)."""


class Turns:
    """Takes and ends turns, all by the store's clock; safe to use from many threads.

    `lost` is told the run and the suggestion of a call that never came back, once another takes
    its turn.
    """

    def __init__(self, store: DocumentStore, lost: Callable[[str, str], None]) -> None:
        self._turns = Leases(store, "generate")
        self._edits = Leases(store, "edit")
        self._lost = lost

    def take(self, suggestion_id: str, holder: str, run_id: str, seconds: float) -> Lease:
        """Take the turn for a draft of `seconds`; raise GenerationInProgress, saying whose it is.

        A turn whose time is over is free, whoever had it.
        """
        ttl = seconds + LEASE_MARGIN_S
        try:
            lease = self._turns.acquire(suggestion_id, holder, ttl, run_id=run_id)
        except LeaseTaken as taken:
            raise _in_progress(suggestion_id, taken.lease) from None
        if lease.after_run and lease.after_run != run_id:
            self._lost(lease.after_run, suggestion_id)
        return lease

    def begin_again(self, lease: Lease, suggestion_id: str) -> Lease:
        """Start a turn's time again before the model is asked; raise GenerationInProgress."""
        try:
            return self._turns.renew(lease)
        except LeaseTaken as taken:
            raise _in_progress(suggestion_id, taken.lease) from None

    def give_back(self, lease: Lease) -> None:
        """End a turn in which nothing was written."""
        self._turns.release(lease)

    def ending(self, lease: Lease) -> Write:
        """Give the write that ends this turn and fails when another took it."""
        return self._turns.giving_back(lease)

    def ending_late(self, suggestion_id: str, lease: Lease) -> list[Write]:
        """Give what ends this turn after looking again; raise GenerationInProgress.

        A turn whose time is over stays ours until another takes it. One that is over for them too
        hinders nobody: whether they wrote, the revision says.
        """
        last = self._turns.last_of(suggestion_id)
        if last is None:
            return []
        if last.secret == lease.secret:
            return [self._turns.giving_back(last)]
        if last.seconds_left > 0:
            raise _in_progress(suggestion_id, last)
        return []

    def refuse_if_busy(self, entry: QueueEntry | None) -> None:
        """Raise BeingEdited when a person holds the item or has unsaved text on it (R7).

        The entry says that somebody held it, the hold itself whether that still counts.
        """
        if entry is None:
            return
        held = self._edits.holder_of(entry.suggestion_id) if entry.hold_by else None
        if held is not None:
            raise BeingEdited(entry.suggestion_id, held.holder)
        if entry.unsaved_by:
            raise BeingEdited(entry.suggestion_id, next(iter(entry.unsaved_by)))


def _in_progress(suggestion_id: str, held: Lease) -> GenerationInProgress:
    return GenerationInProgress(suggestion_id, held.holder, held.seconds_left)
