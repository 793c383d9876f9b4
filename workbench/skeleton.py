"""The beginning of a runbook that a person writes: the six sections, and what is known for sure."""

from runbooks.clock import utc_now
from runbooks.drafting.port import Evidence
from runbooks.markdown.outline import RunbookParts, compose
from runbooks.revision import iso
from workbench import messages


def skeleton(evidence: Evidence) -> str:
    """Give the template with title, source, severity and escalation; the rest is to be written."""
    row = evidence.row
    markdown = compose(
        RunbookParts(
            title=messages.failure_type(evidence.failure_type),
            source_incident=evidence.canonical_trace_id or "unknown",
            severity=evidence.severity.value if evidence.severity else "",
            generated=iso(utc_now())[:19] + "Z",
            summary="",
            symptoms=(),
            diagnosis=(),
            mitigation=(),
            fix=(),
            escalation_when=f"Not solved within {row.escalate_after_minutes} minutes",
            escalation_who=row.escalation_channel,
            escalation_threshold=(
                f">{row.impact_users} users affected OR downtime >{row.downtime_minutes} minutes"
            ),
            owner=row.owner,
        )
    )
    return markdown.rsplit("\n---\n", 1)[0].rstrip() + "\n"
