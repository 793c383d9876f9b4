"""A model that never overspends: each attempt reserves its worst case first (CONTRACT R14)."""

from runbooks.drafting.budget import CallsCancelled
from runbooks.drafting.model import Model, ModelError, Prompt, Reply, Terms
from runbooks.drafting.prices import Tariff

_FRAME_TOKENS = 64
"""What a provider may count besides the bytes that are sent: roles, turns, a schema's frame."""


class BudgetedModel:
    """Reserves before each attempt and books the true cost after it."""

    def __init__(self, inner: Model, tariff: Tariff, max_output_tokens: int) -> None:
        self.provider = inner.provider
        self.name = inner.name
        self._inner = inner
        self._tariff = tariff
        self._max_output_tokens = max_output_tokens

    def complete(self, prompt: Prompt, terms: Terms) -> Reply:
        """Call when the worst case fits the purse; raise BudgetSpent, CallsCancelled otherwise.

        Booked: the true cost; nothing after a refusal; the worst case when the provider may have
        worked and did not say how much. The bill of the terms counts the call and its cost.
        """
        worst = self._tariff.worst(prompt.size + _FRAME_TOKENS, self._max_output_tokens)
        terms.purse.reserve(worst, terms.until, terms.cancel)
        cost = worst
        try:
            reply = self._call(prompt, terms)
            cost = self._true_cost(reply, worst)
        except (ModelError, CallsCancelled) as error:
            cost = worst if isinstance(error, ModelError) and error.billable else 0
            raise
        finally:
            terms.purse.settle(worst, cost)
            terms.bill.cost += cost
        terms.bill.input_tokens += reply.input_tokens or 0
        terms.bill.output_tokens += reply.output_tokens or 0
        return reply

    def check(self) -> str:
        """Ask the model inside; a check is not charged to a run."""
        return self._inner.check()

    def _call(self, prompt: Prompt, terms: Terms) -> Reply:
        """Start the call, unless a cancel came while it waited for its money."""
        terms.go_on()
        terms.bill.attempts += 1
        return self._inner.complete(prompt, terms)

    def _true_cost(self, reply: Reply, worst: int) -> int:
        if reply.input_tokens is None or reply.output_tokens is None:
            return worst
        return self._tariff.cost(reply.input_tokens, reply.output_tokens)
