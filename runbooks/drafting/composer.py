"""Composes a whole runbook from evidence, catalogue and services row, without a model.

The same evidence gives the same text. Every fact in it comes from one of the three; what is not
known is left out or said to be unknown.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from runbooks.drafting import choosing
from runbooks.drafting.catalogue import Catalogue, fill
from runbooks.drafting.choosing import ChosenCheck, Match
from runbooks.drafting.facts import Facts, gather
from runbooks.drafting.names import Known, known
from runbooks.drafting.port import Evidence
from runbooks.drafting.remedies import escalation, fixes, mitigation, recommended
from runbooks.drafting.symptoms import summary, symptoms
from runbooks.markdown.outline import RunbookParts, Step, compose

_SHORT = frozenset({"api", "cpu", "db", "dns", "http", "llm", "oom", "pii", "ssl", "tls"})


@dataclass(frozen=True)
class Composed:
    """A runbook and what it was made from."""

    markdown: str
    facts: Facts
    matches: tuple[Match, ...]
    checks: tuple[ChosenCheck, ...]


def compose_runbook(evidence: Evidence, now: datetime, catalogue: Catalogue) -> Composed:
    """Write the six sections of CONTRACT R12; bounded in time and size, raises on no evidence."""
    facts = gather(evidence)
    matches = choosing.causes(catalogue, evidence, facts)
    names = known(evidence, facts, matches[0].cause)
    wanted = choosing.actions(catalogue, matches, names, facts)
    required = [action.after for action in wanted if action.after]
    checks = choosing.checks(catalogue, matches, names, facts, required)
    live = choosing.live_step(checks)
    actions = choosing.actions(catalogue, matches, names.saying("live_step", live), facts)
    at_once, later = recommended(evidence)
    when, who, threshold = escalation(evidence, matches, names.words)
    commands = [*(check.command for check in checks), *(action.command for action in actions)]
    parts = RunbookParts(
        title=title(evidence),
        source_incident=evidence.canonical_trace_id or "unknown",
        severity=severity_word(evidence),
        generated=moment(now),
        owner=evidence.row.owner,
        variables=variables_of(catalogue, names, commands),
        summary=summary(evidence, fill(matches[0].cause.meaning, names.words)),
        symptoms=symptoms(evidence, facts, matches),
        diagnosis=check_steps(checks),
        mitigation=mitigation(evidence, at_once, actions, live),
        fix=fixes(evidence, facts, matches, later, names.words),
        escalation_when=when,
        escalation_who=who,
        escalation_threshold=threshold,
    )
    return Composed(compose(parts), facts, matches, checks)


def title(evidence: Evidence) -> str:
    """Name the failure type and the service, without the suffix of the H1."""
    words = evidence.failure_type.replace("_", " ").split()[:8]
    named = " ".join(
        word.upper() if word.lower() in _SHORT else word.capitalize() for word in words
    )
    service = evidence.service[:80]
    return f"{named[:80] or 'Unknown failure'}" + (f" in {service}" if service else "")


def moment(now: datetime) -> str:
    """Write a moment as the metadata shows it: UTC, whole seconds."""
    aware = now if now.tzinfo else now.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def severity_word(evidence: Evidence) -> str:
    """Give the severity as the metadata shows it."""
    return evidence.severity.value if evidence.severity else "unknown"


def check_steps(checks: tuple[ChosenCheck, ...]) -> tuple[Step, ...]:
    """Give checks as the steps of Diagnosis."""
    return tuple(
        Step(
            title=check.title,
            text=check.text,
            command=check.command,
            language="bash",
            expect=f"{check.expect} **Next**: {check.then}",
        )
        for check in checks
    )


def variables_of(
    catalogue: Catalogue, names: Known, commands: list[str]
) -> tuple[tuple[str, str], ...]:
    """Give the shell variables of these commands, each with how to get its value."""
    words = {**names.words, "trace_id": names.shell.get("trace_id", "unknown")}
    return tuple(
        (f"${name}", fill(catalogue.variables[name], words))
        for name in choosing.used_variables(commands)
        if name in catalogue.variables
    )
