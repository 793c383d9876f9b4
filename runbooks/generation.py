"""One suggestion: hold → decide → gather → draft → check → write (CONTRACT R1–R8, R12–R18)."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from runbooks.acts import Acts, NewText, refuse
from runbooks.drafting.budget import Budget, Purse
from runbooks.drafting.catalogue import built_in
from runbooks.drafting.fallback import Reason, fallback, fallback_reason
from runbooks.drafting.model import Prompt
from runbooks.drafting.port import DraftAnswer, Drafter, DraftRequest, Evidence
from runbooks.drafting.prompt import build_prompt
from runbooks.errors import (
    BudgetExceeded,
    Cancelled,
    NotFound,
    NotRunbook,
    Refused,
    StoreError,
    UnreadableDocument,
    WouldBeFallback,
)
from runbooks.gathering import Gathered, gather
from runbooks.models import DraftState, Lease, QueueEntry, SlotKind, Suggestion, VersionReason
from runbooks.orders import Order, Product
from runbooks.overwrite import Act, Position, Verdict, judge
from runbooks.repository import Repository
from runbooks.revision import sha256
from runbooks.services import ServiceDirectory
from runbooks.snippets import generated
from runbooks.turns import Turns

logger = logging.getLogger(__name__)
_NOTICED_S = 1.0
BESIDE = "beside the text"
"""The note of a version that was asked for beside the text; else it lost a race (CONTRACT R13)."""
_REPLACEABLE_BY_FALLBACK = {DraftState.NONE, DraftState.FALLBACK}


class Generator:
    """Generates one suggestion at a time; safe to use from many threads."""

    def __init__(
        self,
        repository: Repository,
        acts: Acts,
        drafter: Drafter,
        services: ServiceDirectory,
        turns: Turns,
        clock: Callable[[], datetime],
        *,
        seconds: float,
        budget_usd: float,
        extra_patterns: Sequence[str] = (),
    ) -> None:
        self._repository = repository
        self._acts = acts
        self._drafter = drafter
        self._services = services
        self._turns = turns
        self._clock = clock
        self._seconds = seconds
        self._budget_usd = budget_usd
        self._extra_patterns = tuple(extra_patterns)

    def generate(self, order: Order) -> Product:
        """Draft one suggestion and write it; raise what CONTRACT §3 names for a refusal.

        The hold on the suggestion is taken before it is read, so that two callers never pay for
        the same draft; a dry run writes nothing, the hold neither.
        """
        if order.cancel.is_set():
            raise Cancelled(order.suggestion_id)
        if order.dry_run:
            return self._draft_and_write(order, None)
        lease = self._turns.take(order.suggestion_id, order.actor, order.run_id, self._seconds)
        written = False
        try:
            product = self._draft_and_write(order, lease)
            written = product.written
        finally:
            if not written:
                self._turns.give_back(lease)
        return product

    def cause_is_gone(self, entry: QueueEntry, reason: str) -> bool:
        """Say whether a fallback is worth another try (CONTRACT R7).

        A used-up budget always is; missing context when the evidence is no longer the same.
        """
        if reason == "run_budget_exceeded":
            return True
        try:
            suggestion = self._repository.suggestion(entry.suggestion_id)
        except NotFound:
            return False
        evidence = gather(self._repository, self._services, suggestion, self._extra_patterns)
        return evidence.evidence.hash != entry.evidence_hash

    def prompt(self, suggestion_id: str) -> tuple[Prompt, Reason | None]:
        """Give what a model would be asked for a suggestion; nothing is asked, paid or written.

        With the reason why a template would be written instead, if there is one (CONTRACT R8).
        Raise NotFound, NotRunbook.
        """
        suggestion = self._runbook(suggestion_id)
        evidence = gather(
            self._repository, self._services, suggestion, self._extra_patterns
        ).evidence
        return build_prompt(evidence, built_in()), fallback_reason(evidence)

    def open_budget(self) -> Budget:
        """Open the money of a single generation (CONTRACT R14)."""
        return Budget(self._budget_usd, "suggestion")

    def _draft_and_write(self, order: Order, lease: Lease | None) -> Product:
        started = time.monotonic()
        suggestion, entry = self._decide(order)
        gathered = gather(self._repository, self._services, suggestion, self._extra_patterns)
        left = self._seconds - (time.monotonic() - started)
        with order.place() as waited:
            if lease is not None and waited > _NOTICED_S:
                lease = self._turns.begin_again(lease, order.suggestion_id)
            answer = self._answer(order, suggestion, gathered, time.monotonic() + left)
        snippet = generated(suggestion, gathered.evidence, answer, order.run_id, self._clock())
        text = NewText(snippet, order.actor, _reason(suggestion), BESIDE if order.beside else "")
        proposal = 0
        if lease is not None and order.beside:
            proposal = self._acts.keep_proposal(suggestion, text, suggestion.slot.revision).number
        elif lease is not None:
            self._write(order, _Standing(suggestion, entry), text, lease)
        return Product(
            suggestion=suggestion,
            snippet=snippet,
            cost_usd=order.bill.cost_usd or answer.meta.cost_usd or 0.0,
            fallback_reason=answer.meta.fallback_reason,
            needs_input=snippet["status"] == "needs_human_input",
            written=lease is not None and not proposal,
            proposal=proposal,
        )

    def _decide(self, order: Order) -> tuple[Suggestion, QueueEntry | None]:
        """Read the suggestion and refuse what may not be generated, before anything is paid."""
        suggestion = self._runbook(order.suggestion_id)
        decided_on = order.revision if order.revision is not None else suggestion.slot.revision
        position = Position.of(suggestion.slot, suggestion.status)
        refuse(judge(_act(order), decided_on, position), suggestion, decided_on)
        entry = self._repository.entry(suggestion.suggestion_id)
        if order.considerate:
            self._turns.refuse_if_busy(entry)
        return suggestion, entry

    def _runbook(self, suggestion_id: str) -> Suggestion:
        suggestion = self._repository.suggestion(suggestion_id)
        if suggestion.type != "runbook":
            raise NotRunbook(suggestion_id, suggestion.type)
        return suggestion

    def _answer(
        self, order: Order, suggestion: Suggestion, gathered: Gathered, until: float
    ) -> DraftAnswer:
        """Ask the drafter, or write the template where no draft can be made (CONTRACT R8)."""
        evidence = gathered.evidence
        reason = fallback_reason(evidence)
        if reason is not None:
            return self._template(suggestion, evidence, reason)
        try:
            return _redacted(self._ask(order, gathered, until), gathered)
        except BudgetExceeded as spent:
            if not spent.of_run:
                raise
            return self._template(suggestion, evidence, "run_budget_exceeded")

    def _template(self, suggestion: Suggestion, evidence: Evidence, reason: Reason) -> DraftAnswer:
        """Write a template where nothing better stands; raise WouldBeFallback (CONTRACT R8)."""
        if suggestion.slot.state not in _REPLACEABLE_BY_FALLBACK:
            raise WouldBeFallback(suggestion.suggestion_id, reason)
        answer = fallback(evidence, reason, self._clock())
        meta = answer.meta.model_copy(update={"evidence_hash": evidence.hash})
        return replace(answer, meta=meta)

    def _ask(self, order: Order, gathered: Gathered, until: float) -> DraftAnswer:
        if order.cancel.is_set():
            raise Cancelled(order.suggestion_id)
        request = DraftRequest(
            gathered.evidence,
            self._clock(),
            self._seconds,
            Purse.of(self._budget_usd, order.budget or self.open_budget()),
            order.bill,
            order.cancel,
            gathered.redactor.text,
            until,
        )
        started = time.monotonic()
        answer = self._drafter.draft(request)
        logger.info(
            "drafted",
            extra={
                "suggestion_id": order.suggestion_id,
                "run_id": order.run_id,
                "provider": answer.meta.provider,
                "cost_usd": answer.meta.cost_usd,
                "dry_run": order.dry_run,
                "duration_ms": round((time.monotonic() - started) * 1000),
            },
        )
        return answer

    def _write(self, order: Order, standing: "_Standing", text: NewText, lease: Lease) -> None:
        """Put the draft in place if the state is still the one decided on (CONTRACT R3, R6).

        A draft that lost the race, or that the store refused, is paid for: it is kept as a version
        that was never in place (CONTRACT R13).
        """
        suggestion = standing.suggestion
        decided_on = suggestion.slot.revision
        sid, ours = suggestion.suggestion_id, self._turns.ending(lease)

        def attempt(again: bool) -> None:
            now = self._repository.suggestion(sid) if again else suggestion
            position = Position.of(now.slot, now.status)
            verdict = judge(_act(order), decided_on, position, mine=text.revision)
            refuse(verdict, now, decided_on)
            if verdict is Verdict.WRITE:
                ending = self._turns.ending_late(sid, lease) if again else [ours]
                entry = self._repository.entry(sid) if again else standing.entry
                writes = self._acts.text_writes(now, text, entry, again=again)
                self._repository.store.commit([*writes, *ending])

        try:
            self._acts.settle(sid, attempt)
        except (Refused, UnreadableDocument, StoreError):
            self._acts.keep_proposal(suggestion, text, decided_on)
            raise


@dataclass(frozen=True)
class _Standing:
    """What stood there when the order was decided."""

    suggestion: Suggestion
    entry: QueueEntry | None


def _reason(suggestion: Suggestion) -> VersionReason:
    unprotected = suggestion.slot.kind in (SlotKind.EMPTY, SlotKind.GENERATED)
    return VersionReason.GENERATED if unprotected else VersionReason.FORCED


def _act(order: Order) -> Act:
    if order.beside:
        return Act.PROPOSE
    return Act.FORCE if order.force else Act.GENERATE


def _redacted(answer: DraftAnswer, gathered: Gathered) -> DraftAnswer:
    """Redact what came out of the drafter, with the numbers of what went in (CONTRACT R10)."""
    redactor = gathered.redactor
    markdown = redactor.text(answer.markdown)
    meta = answer.meta.model_copy(update={"evidence_hash": gathered.evidence.hash})
    if meta.response_sha256 is None:
        meta = meta.model_copy(update={"response_sha256": sha256(answer.markdown)})
    return replace(answer, markdown=markdown, rationale=redactor.text(answer.rationale), meta=meta)
