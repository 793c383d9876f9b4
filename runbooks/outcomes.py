"""What becomes of each item of a run, and when a run stops asking a provider that is down."""

import threading
import time

from runbooks.drafting.budget import Bill
from runbooks.errors import DraftingFailed, NotFound, Refused, RunbookError, WouldBeFallback
from runbooks.models import Outcome, OutcomeStatus
from runbooks.orders import Product


class Breaker:
    """Opens when the provider failed five times in a row, so that a dead one is not asked on.

    What an answer says (rubbish, a refusal of one text) is no failure of the provider, and a
    template says nothing about it.
    """

    TRIPS_AT = 5

    def __init__(self) -> None:
        self._in_a_row = 0
        self._lock = threading.Lock()

    @property
    def open(self) -> bool:
        """Say whether no further call should start in this run."""
        return self._in_a_row >= self.TRIPS_AT

    def failed(self, error: RunbookError) -> None:
        """Count an error if it is the provider's; an answer of any kind starts the count anew."""
        if not isinstance(error, DraftingFailed):
            return
        refused_text = error.kind == "vertex_error" and error.status is None
        fault = error.kind in _PROVIDER_FAULTS and not refused_text
        with self._lock:
            self._in_a_row = self._in_a_row + 1 if fault else 0

    def worked(self, product: Product) -> None:
        """Start counting anew after a draft; a template was made without the provider."""
        if product.fallback_reason is None:
            with self._lock:
                self._in_a_row = 0


_PROVIDER_FAULTS = {"vertex_error", "timeout", "unknown"}


def made(product: Product) -> Outcome:
    """Give the outcome of a draft that was made."""
    return Outcome(
        suggestion_id=product.suggestion.suggestion_id,
        status=OutcomeStatus.GENERATED,
        fallback_reason=product.fallback_reason,
        needs_input=product.needs_input,
        cost_usd=product.cost_usd,
    )


def skipped(suggestion_id: str, refused: Refused) -> Outcome:
    """Give the outcome of an item that was left as it is, and why."""
    reason = refused.code
    if isinstance(refused, WouldBeFallback):
        reason = f"{reason}:{refused.reason}"
    return Outcome(suggestion_id=suggestion_id, status=OutcomeStatus.SKIPPED, error_reason=reason)


def not_attempted(suggestion_id: str) -> Outcome:
    """Give the outcome of an item that waits for the next run because the provider is down."""
    return Outcome(
        suggestion_id=suggestion_id, status=OutcomeStatus.SKIPPED, error_reason="not_attempted"
    )


def failed(suggestion_id: str, error: Exception) -> Outcome:
    """Give the outcome of an item that went wrong."""
    kind = getattr(error, "kind", None) if not isinstance(error, NotFound) else None
    reason = kind or (error.code if isinstance(error, RunbookError) else "unknown")
    return Outcome(suggestion_id=suggestion_id, status=OutcomeStatus.ERROR, error_reason=reason)


def billed(outcome: Outcome, bill: Bill) -> Outcome:
    """Add what the calls for the item came to, if there were any."""
    if not bill.attempts:
        return outcome
    return outcome.model_copy(
        update={
            "cost_usd": bill.cost_usd,
            "input_tokens": bill.input_tokens,
            "output_tokens": bill.output_tokens,
            "attempts": bill.attempts,
        }
    )


def timed(outcome: Outcome, started: float) -> Outcome:
    """Add how long the item took since `started`, a monotonic time."""
    duration = round((time.monotonic() - started) * 1000, 1)
    return outcome.model_copy(update={"duration_ms": duration})
