"""Runs every rule that applies to a profile over one runbook."""

from __future__ import annotations

from itertools import chain, islice

from runbooks.lint import (
    actionability,
    copypaste,
    datadog,
    escalation,
    evidence_rules,
    exposure,
    markup,
    placeholders,
    safety,
    structure,
)
from runbooks.lint.catalogue import RULES
from runbooks.lint.finding import Finding, Profile
from runbooks.lint.page import Check, LintContext, Page
from runbooks.lint.parsing import parse_document

MOST_PER_RULE = 500
"""Findings of one rule on one page; nobody reads more, and a page of attacks stays affordable."""

_FAMILIES = (
    structure,
    markup,
    actionability,
    placeholders,
    safety,
    exposure,
    copypaste,
    escalation,
    evidence_rules,
    datadog,
)
_CHECKS: dict[str, Check] = dict(chain.from_iterable(family.CHECKS.items() for family in _FAMILIES))


def lint(
    markdown: str, evidence: LintContext | None = None, profile: Profile = "evalforge"
) -> list[Finding]:
    """Check a runbook against the catalogue; sorted by line, then rule (CONTRACT §6).

    `evidence` holds what the text alone does not tell; without it RB502 to RB504 say nothing.
    The profile `generic` is for other teams' runbooks. Reads any text, and never raises.
    """
    page = Page(parse_document(markdown), profile, evidence or LintContext())
    findings = {
        finding: None
        for rule, check in _CHECKS.items()
        if RULES[rule].severity_in(profile)
        for finding in islice(check(page), MOST_PER_RULE)
    }
    return sorted(findings, key=lambda finding: (finding.line, finding.id, finding.start or 0))
