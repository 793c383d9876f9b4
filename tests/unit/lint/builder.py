"""Drafts for the tests of the checks: a whole, sound one, in which single parts are replaced."""

from datetime import UTC, datetime

from runbooks.lint import Finding, LintContext, Profile, lint

TRACE = "4f1c9a7be2d04e6f9a0b5c3d2e1f0a98"
NOW = datetime(2026, 11, 21, tzinfo=UTC)

PARTS = {
    "title": "# Stale Retrieval - Operational Runbook",
    "metadata": f"""**Source Incident**: `{TRACE}`
**Severity**: high
**Generated**: 2026-11-20T04:00:00Z
**Owner**: team-llm-ops
**Last reviewed**: 2026-11-20
**Variables**: `$NAMESPACE`, `<pod-name>` from step 2

---""",
    "summary": "The retriever serves documents from an index that is older than one hour.",
    "symptoms": "- `rag.index.age_seconds` stays above 3600 for 10 minutes",
    "diagnosis": """1. Count them: `pup traces search --query="service:rag" --from=1h`. Expected: 5 at most.
2. If there are more, run `kubectl get pods -n rag`. Expected: 3 pods, all running.""",
    "mitigation": "1. Tell the users in #rag-status that answers may be an hour old.",
    "fix": "1. **Code change**: give the refresh in `retriever/refresh.py` a deadline of 60 seconds.",
    "escalation": """- **When to escalate**: if the cause is not confirmed within 15 minutes
- **Who to contact**: #team-llm-ops in Slack
- **Escalation threshold**: more than 100 users affected or downtime above 30 minutes""",
}
HEADINGS = {
    "summary": "## Summary",
    "symptoms": "## Symptoms",
    "diagnosis": "## Diagnosis Steps",
    "mitigation": "## Immediate Mitigation",
    "fix": "## Root Cause Fix",
    "escalation": "## Escalation",
}


def draft(**parts: str) -> str:
    """The sound draft with some parts replaced; an absent section is given as `None`-like ''."""
    chosen = {**PARTS, **parts}
    pieces = [chosen["title"], chosen["metadata"]]
    for name, heading in HEADINGS.items():
        pieces += [heading, chosen[name]]
    pieces.append(chosen.get("after", ""))
    return "\n\n".join(piece for piece in pieces if piece) + "\n"


def in_step(command: str, told: str = "Do it.", language: str = "sh") -> str:
    """A numbered step that holds a command in a fence."""
    lines = "\n".join(f"   {line}" if line else "" for line in command.split("\n"))
    return f"1. {told}\n\n   ```{language}\n{lines}\n   ```"


def fence(command: str, language: str = "sh") -> str:
    """A fenced block of its own."""
    return f"```{language}\n{command}\n```"


def found(
    markdown: str, context: LintContext | None = None, profile: Profile = "evalforge"
) -> list[Finding]:
    """The findings at the fixed date of the tests."""
    return lint(markdown, context or LintContext(now=NOW), profile)


def ids(
    markdown: str, context: LintContext | None = None, profile: Profile = "evalforge"
) -> set[str]:
    """The rules that say something about a text."""
    return {finding.id for finding in found(markdown, context, profile)}
