"""Checks a runbook: structure, actionability, safety, copy and paste, escalation, evidence."""

from runbooks.lint.catalogue import RULES, Rule
from runbooks.lint.datadog_query import QuerySyntaxError, parse_query, print_query
from runbooks.lint.engine import lint
from runbooks.lint.finding import Finding, Fix, Profile, Severity, StaleFixError, apply_fix
from runbooks.lint.page import LintContext

__all__ = [
    "RULES",
    "Finding",
    "Fix",
    "LintContext",
    "Profile",
    "QuerySyntaxError",
    "Rule",
    "Severity",
    "StaleFixError",
    "apply_fix",
    "lint",
    "parse_query",
    "print_query",
]
