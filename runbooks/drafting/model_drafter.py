"""Drafts with a language model: prompt, call, read the answer, ask once more if it is no use."""

import time
from dataclasses import dataclass, replace

from runbooks.drafting.answers import RunbookAnswer, Unusable, WholeAnswer, read_answer
from runbooks.drafting.budget import BudgetSpent, CallsCancelled
from runbooks.drafting.catalogue import Catalogue, built_in
from runbooks.drafting.facts import gather
from runbooks.drafting.grounding import doubts
from runbooks.drafting.model import Finish, Model, ModelError, Prompt, Reply, Terms
from runbooks.drafting.port import DraftAnswer, DraftRequest
from runbooks.drafting.prompt import build_prompt
from runbooks.drafting.rendering import rationale, render
from runbooks.errors import BudgetExceeded, Cancelled, DeadlineExceeded, DraftingFailed
from runbooks.models import GeneratorMeta
from runbooks.revision import sha256

_EXCERPT = 500
_BROKE_OFF = "The model's answer broke off; what came before was kept, the rest is missing."


@dataclass(frozen=True)
class _Answered:
    """A reply that can be used; `doubts` as in DraftAnswer."""

    reply: Reply
    answer: RunbookAnswer | WholeAnswer
    doubts: tuple[str, ...] = ()


class ModelDrafter:
    """A drafter around any model; the text it gives is still to be redacted and judged."""

    def __init__(self, model: Model, catalogue: Catalogue | None = None, charged: str = "") -> None:
        self.provider = model.provider
        self.model = model.name
        self._model = model
        self._catalogue = catalogue or built_in()
        self._charged = charged

    def draft(self, request: DraftRequest) -> DraftAnswer:
        """Ask the model for a runbook.

        Raise DraftingFailed, DeadlineExceeded, BudgetExceeded, Cancelled.
        """
        started = time.monotonic()
        until = started + request.seconds if request.until is None else request.until
        terms = Terms(until, request.purse, request.bill, request.cancel)
        facts = gather(request.evidence)
        prompt = build_prompt(request.evidence, self._catalogue, facts)
        given = self._ask(request, prompt, terms)
        bill = request.bill
        unsound = doubts(given.answer, request.evidence, facts)
        meta = GeneratorMeta(
            model=self.model,
            provider=self.provider,
            model_version=given.reply.model_version,
            temperature=given.reply.temperature,
            prompt_hash=sha256(prompt.text),
            prompt_version=prompt.version,
            response_sha256=sha256(given.reply.text),
            input_tokens=bill.input_tokens,
            output_tokens=bill.output_tokens,
            cost_usd=bill.cost_usd,
            latency_ms=round((time.monotonic() - started) * 1000, 1),
            attempts=bill.attempts,
        )
        return DraftAnswer(
            render(given.answer, request, facts, self._catalogue),
            rationale(given.answer, request.evidence.canonical_trace_id, self.model),
            meta,
            (*given.doubts, *unsound),
        )

    def check(self) -> str:
        """Say what answers and what it costs; raise DraftingFailed."""
        try:
            said = self._model.check()
        except ModelError as error:
            raise self._failed(error) from None
        return f"{said}; {self._charged}" if self._charged else said

    def _ask(self, request: DraftRequest, prompt: Prompt, terms: Terms) -> _Answered:
        """Ask, and ask once more when the answer is no use (CONTRACT R13)."""
        reply = self._call(request, prompt, terms)
        try:
            return _Answered(reply, read_answer(reply.text))
        except Unusable as problem:
            first = problem
        try:
            again = self._call(request, _repair(prompt, reply, first), terms)
        except BudgetExceeded:
            # There is no money to ask again: what came is all there is.
            return self._last_resort(request, reply, first)
        try:
            return _Answered(again, read_answer(again.text))
        except Unusable as second:
            return self._last_resort(request, again, second)

    def _last_resort(self, request: DraftRequest, reply: Reply, problem: Unusable) -> _Answered:
        """Close an answer that broke off, or raise DraftingFailed with what came."""
        try:
            return _Answered(reply, read_answer(reply.text, mend=True), (_BROKE_OFF,))
        except Unusable:
            raise DraftingFailed(
                self.provider,
                problem.kind,
                response_sha256=sha256(reply.text),
                excerpt=request.redact(reply.text[: 4 * _EXCERPT])[:_EXCERPT],
            ) from None

    def _call(self, request: DraftRequest, prompt: Prompt, terms: Terms) -> Reply:
        """Call once, with the errors of a call turned into those of a drafter."""
        sid = request.evidence.suggestion.suggestion_id
        try:
            reply = self._model.complete(prompt, terms)
        except CallsCancelled:
            raise Cancelled(sid) from None
        except BudgetSpent as spent:
            raise BudgetExceeded(
                sid, spent.needed_usd, spent.left_usd, of_run=spent.scope == "run"
            ) from None
        except ModelError as error:
            if error.timed_out:
                raise DeadlineExceeded(self.provider, request.seconds) from None
            raise self._failed(error) from None
        if reply.finish is Finish.BLOCKED:
            raise DraftingFailed(self.provider, "vertex_error", excerpt=BLOCKED)
        return reply

    def _failed(self, error: ModelError) -> DraftingFailed:
        return DraftingFailed(
            self.provider,
            "vertex_error" if error.status else "unknown",
            status=error.status,
            retry_after=error.retry_after,
            excerpt=error.problem,
        )


BLOCKED = "the answer was blocked"


def _repair(prompt: Prompt, reply: Reply, problem: Unusable) -> Prompt:
    """Ask again, saying what was wrong; the unusable answer is not sent back."""
    why = "it broke off" if reply.finish is Finish.LENGTH else problem.problem
    more = (
        f"\n\nYour last answer could not be used: {why}. Answer again with one complete JSON"
        " object of the schema and nothing else. Be shorter."
    )
    return replace(prompt, user=prompt.user + more)
