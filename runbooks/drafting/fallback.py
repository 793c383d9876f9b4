"""The template that stands in when no draft can be made: what is missing, and what is known.

It makes no model call and is marked `needs_human_input` by whoever stores it (CONTRACT R8).
"""

from datetime import datetime
from typing import Literal, get_args

from runbooks.drafting import choosing
from runbooks.drafting.catalogue import Catalogue, built_in, fill
from runbooks.drafting.composer import check_steps, moment, severity_word, title, variables_of
from runbooks.drafting.facts import Facts, gather
from runbooks.drafting.names import known
from runbooks.drafting.offline import fingerprint
from runbooks.drafting.port import DraftAnswer, Evidence
from runbooks.drafting.remedies import escalation, fixes, mitigation, recommended
from runbooks.drafting.symptoms import summary, symptoms
from runbooks.markdown.outline import RunbookParts, Step, code_span, compose
from runbooks.models import GeneratorMeta
from runbooks.revision import sha256

Reason = Literal["missing_failure_patterns", "insufficient_context", "run_budget_exceeded"]
REASONS: tuple[Reason, ...] = get_args(Reason)
PROVIDER = "template"

_MISSING: dict[Reason, str] = {
    "missing_failure_patterns": (
        "No failure pattern is stored for the source traces, so nobody has worked out yet what"
        " triggers this failure and why."
    ),
    "insufficient_context": (
        "The failure pattern does not say enough to reproduce the failure; missing: {gaps}."
    ),
    "run_budget_exceeded": (
        "The money of this run was used up before this suggestion came; nothing is wrong with the"
        " evidence, and a later run can write the draft."
    ),
}
_REMEDY: dict[Reason, str] = {
    "missing_failure_patterns": (
        "Extract a failure pattern from the source trace and generate this runbook again, or"
        " write the steps here."
    ),
    "insufficient_context": (
        "Complete the failure pattern and generate this runbook again, or write the steps here."
    ),
    "run_budget_exceeded": (
        "Generate this runbook again with a new budget, or write the steps here."
    ),
}


def fallback_reason(evidence: Evidence) -> Reason | None:
    """Say why no model should be asked, if there is a reason (CONTRACT R8).

    The trigger condition may stand in the canonical pattern or in the suggestion's own; the
    reproduction input only in the former.
    """
    if not evidence.patterns:
        return "missing_failure_patterns"
    return "insufficient_context" if gaps(evidence) else None


def gaps(evidence: Evidence) -> tuple[str, ...]:
    """Name what is missing to reproduce the failure."""
    pattern = evidence.canonical
    trigger = (pattern.trigger_condition if pattern else "").strip()
    trigger = trigger or evidence.suggestion.pattern.trigger_condition.strip()
    spoken = (pattern.input_pattern if pattern else "").strip()
    named = (("the trigger condition", trigger), ("the input that reproduces it", spoken))
    return tuple(name for name, value in named if not value)


def fallback(
    evidence: Evidence, reason: Reason, now: datetime, catalogue: Catalogue | None = None
) -> DraftAnswer:
    """Write the template with the six headings of CONTRACT R12; it raises on no evidence."""
    used = catalogue or built_in()
    facts = gather(evidence)
    markdown = compose(_parts(evidence, facts, reason, now, used))
    meta = GeneratorMeta(
        model=f"template_{reason}",
        provider=PROVIDER,
        temperature=None,
        prompt_hash=fingerprint(evidence, facts, used.version),
        prompt_version=used.version,
        response_sha256=sha256(markdown),
        cost_usd=0.0,
        attempts=0,
        fallback_reason=reason,
        evidence_hash=evidence.hash or None,
    )
    return DraftAnswer(markdown, _rationale(evidence, reason), meta)


def _parts(
    evidence: Evidence, facts: Facts, reason: Reason, now: datetime, catalogue: Catalogue
) -> RunbookParts:
    matches = choosing.causes(catalogue, evidence, facts)
    names = known(evidence, facts, matches[0].cause)
    checks = choosing.checks(catalogue, matches, names, facts)[: choosing.FEW_CHECKS]
    at_once, later = recommended(evidence)
    live = choosing.live_step(checks)
    when, who, threshold = escalation(evidence, matches, names.words)
    return RunbookParts(
        title=title(evidence),
        source_incident=evidence.canonical_trace_id or "unknown",
        severity=severity_word(evidence),
        generated=moment(now),
        owner=evidence.row.owner,
        variables=variables_of(catalogue, names, [check.command for check in checks]),
        summary=summary(evidence, fill(matches[0].cause.meaning, names.words)),
        symptoms=symptoms(evidence, facts, matches),
        diagnosis=check_steps(checks),
        mitigation=(*_to_write(evidence, reason), *mitigation(evidence, at_once, (), live)),
        fix=(_fix_to_write(evidence, reason), *fixes(evidence, facts, (), later, names.words)),
        escalation_when=when,
        escalation_who=who,
        escalation_threshold=threshold,
    )


def why_missing(evidence: Evidence, reason: Reason) -> str:
    """Say in one sentence why this is a template."""
    absent = " and ".join(gaps(evidence)) or "parts of it"
    return _MISSING[reason].format(gaps=absent)


def _to_write(evidence: Evidence, reason: Reason) -> tuple[Step, ...]:
    trace = code_span(evidence.canonical_trace_id or "unknown")
    return (
        Step(
            title="A person has to write this section",
            text=(
                f"{why_missing(evidence, reason)} {_REMEDY[reason]} Wanted are: the first action"
                " that helps users, its command, who is affected, how to see that it worked, and"
                " the way back."
            ),
        ),
        Step(
            title="Until then, limit the damage and escalate",
            text=(
                f"Compare the running failure with source trace {trace} by the steps of Diagnosis"
                " and escalate as said below when they agree."
            ),
        ),
    )


def _fix_to_write(evidence: Evidence, reason: Reason) -> Step:
    return Step(
        title="A person has to write this section",
        text=(
            f"{why_missing(evidence, reason)} Wanted are: what has to change, in which file or"
            " setting, and who does it. What is known follows."
        ),
    )


def _rationale(evidence: Evidence, reason: Reason) -> str:
    trace = evidence.canonical_trace_id or "unknown"
    counted = (
        f"Known: failure patterns {len(evidence.patterns)}, source traces"
        f" {len(evidence.traces)} of {len(evidence.trace_ids)}, the first one {trace}."
    )
    lost = f" Not found: {', '.join(evidence.missing[:10])}." if evidence.missing else ""
    return (
        f"This is a template, no draft. {why_missing(evidence, reason)} {_REMEDY[reason]}"
        f" {counted}{lost}"
    )
