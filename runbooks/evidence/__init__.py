"""Traces every claim of a runbook to its source, or marks it as unsupported; by rule, no model."""

from runbooks.evidence.claims import claims_in
from runbooks.evidence.report import (
    SUPPORTS,
    Claim,
    ClaimKind,
    EvidenceReport,
    Support,
    SupportKind,
    Traced,
)
from runbooks.evidence.sources import Sources, sources_of
from runbooks.evidence.tracing import trace_claims

__all__ = [
    "SUPPORTS",
    "Claim",
    "ClaimKind",
    "EvidenceReport",
    "Sources",
    "Support",
    "SupportKind",
    "Traced",
    "claims_in",
    "sources_of",
    "trace_claims",
]
