"""Traces every claim of a runbook to where it comes from, by rule and without a model."""

from runbooks.drafting.port import Evidence
from runbooks.evidence import looking, naming
from runbooks.evidence.claims import split
from runbooks.evidence.edits import Edits
from runbooks.evidence.report import UNSUPPORTED, EvidenceReport, Support, Traced
from runbooks.evidence.sources import Sources, sources_of
from runbooks.evidence.spots import Spot

CERTAIN = 0.75
"""From this confidence of the canonical pattern on a cause may be stated as a fact."""


def trace_claims(
    markdown: str,
    evidence: Evidence,
    *,
    base_markdown: str | None = None,
    sources: Sources | None = None,
) -> EvidenceReport:
    """Say of each claim of a runbook what it rests on.

    With `base_markdown`, the text as it was generated, what a person changed or added since is
    `person`. Whoever traces more than one text of the same evidence gives its
    `sources`. Never raises, whatever the texts and the evidence are.
    """
    read = (sources or sources_of(evidence)).again()
    found = split(markdown)
    edits = Edits.between(base_markdown, markdown)
    traced = [(spot, _supported(spot, read, edits)) for spot in found.spots]
    kept = [(spot, support) for spot, support in traced if support is not None]
    claims = tuple(Traced(spot.claim, support) for spot, support in kept)
    partial = read.partial or found.partial or read.everything.left < 0
    doubted = read.confidence is None or read.confidence < CERTAIN
    overstated = tuple(
        Traced(spot.claim, support)
        for spot, support in kept
        if doubted and spot.stated and not _excused(support)
    )
    return EvidenceReport(claims, overstated, partial)


def _supported(spot: Spot, sources: Sources, edits: Edits) -> Support | None:
    """Give the support of a claim; None for ordinary words that only looked like a name."""
    support = looking.support_of(spot, sources)
    if support is None and spot.doubtful and not naming.is_name(spot, sources):
        return None
    if edits.is_new(spot.claim):
        return edits.support(spot.claim, support)
    return support or UNSUPPORTED


def _excused(support: Support) -> bool:
    """Tell whether what is said is no cause of ours: general words, a person's, or an action."""
    general = support.kind in ("catalogue", "template", "person")
    return general or support.source.endswith("recommended_actions")
