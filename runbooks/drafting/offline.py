"""The drafter that needs no network and no model: catalogue, evidence and services file alone."""

import time
from collections.abc import Callable

from runbooks.drafting.catalogue import Catalogue, built_in
from runbooks.drafting.composer import Composed, compose_runbook
from runbooks.drafting.facts import Facts
from runbooks.drafting.port import DraftAnswer, DraftRequest, Evidence
from runbooks.models import GeneratorMeta
from runbooks.revision import sha256

PROVIDER = "offline"
MODEL = "offline-composer-1"


class OfflineDrafter:
    """Composes runbooks by rule: the same request gives the same bytes, at no cost.

    `model` names the rules, so that nobody takes a draft for a language model's. Raises
    `InvalidSettings` when it is made and the catalogue is broken, and nothing while drafting.
    """

    provider = PROVIDER
    model = MODEL

    def __init__(
        self, catalogue: Catalogue | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._catalogue = catalogue or built_in()
        self._clock = clock

    def draft(self, request: DraftRequest) -> DraftAnswer:
        """Write the runbook; it costs nothing and is done in a fraction of a second."""
        started = self._clock()
        composed = compose_runbook(request.evidence, request.now, self._catalogue)
        meta = GeneratorMeta(
            model=self.model,
            provider=self.provider,
            temperature=None,
            prompt_hash=fingerprint(request.evidence, composed.facts, self._catalogue.version),
            prompt_version=self._catalogue.version,
            response_sha256=sha256(composed.markdown),
            cost_usd=0.0,
            latency_ms=round((self._clock() - started) * 1000, 3),
            attempts=1,
            evidence_hash=request.evidence.hash or None,
        )
        return DraftAnswer(composed.markdown, self._rationale(request.evidence, composed), meta)

    def check(self) -> str:
        """Say what would answer; it always can."""
        causes = len(self._catalogue.causes)
        return (
            f"{self.model}: rules without a language model, catalogue"
            f" {self._catalogue.version} with {causes} kinds of failure"
        )

    def _rationale(self, evidence: Evidence, composed: Composed) -> str:
        return " ".join(
            part
            for part in (
                _origin(evidence),
                _decision(composed),
                _unknown_service(evidence),
                f"Composed offline from the diagnostics catalogue {self._catalogue.version},"
                " without a language model: a person has to judge whether the steps fit.",
            )
            if part
        )


def fingerprint(evidence: Evidence, facts: Facts, version: str) -> str:
    """Name by a hash everything that a draft is made from: evidence, row, catalogue version."""
    used = (
        version,
        evidence.suggestion.suggestion_id,
        evidence.suggestion.pattern,
        evidence.patterns,
        evidence.trace_ids,
        evidence.severity,
        evidence.service,
        evidence.row,
        evidence.hash,
        facts,
    )
    return sha256(repr(used))


def _origin(evidence: Evidence) -> str:
    trace = evidence.canonical_trace_id or "unknown"
    pattern = evidence.canonical
    if pattern is None:
        return f"Written from the suggestion itself and source trace {trace}."
    confidence = "none given" if pattern.confidence is None else f"{pattern.confidence:.2f}"
    others = len(evidence.trace_ids) - 1
    more = f", the canonical one of {others + 1} source traces" if others > 0 else ""
    return (
        f"Written from pattern {pattern.pattern_id} (confidence {confidence})"
        f" of source trace {trace}{more}."
    )


def _unknown_service(evidence: Evidence) -> str:
    if evidence.row.known:
        return ""
    return (
        f"The services file has no row for {evidence.service or 'this service'}: contact and"
        " thresholds are the default ones, and commands that need its deployment are left out."
    )


def _decision(composed: Composed) -> str:
    reasons = " and ".join(match.because for match in composed.matches)
    seen = composed.facts.errors[0].text if composed.facts.errors else ""
    counted = f' The most frequent error is "{seen}".' if seen else ""
    return f"The steps were chosen because {reasons}.{counted}"
