"""Offline drafts pass their own checks: what still warns is something that a person can mend."""

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from runbooks.drafting.offline import OfflineDrafter
from runbooks.drafting.port import Evidence
from runbooks.lint import Finding, LintContext, lint
from runbooks.lint.commands import commands_of
from runbooks.lint.parsing import parse_document
from runbooks.models import Severity
from tests.unit.drafting.evidence import (
    NOW,
    evidence,
    request,
    sample,
    service_row,
    tau,
    tau_patterns,
)

PATTERN = {
    "source_trace_id": "trace-1",
    "failure_type": "wrong_tool",
    "trigger_condition": "the user asks for a refund",
    "reproduction_context": {"input_pattern": "please refund order 17"},
    "confidence": 0.8,
}


def told(found: Evidence, markdown: str) -> list[Finding]:
    """The findings on the day of the draft."""
    context = LintContext(trace_ids=found.trace_ids, pattern_ids=found.pattern_ids, now=NOW)
    return lint(markdown, context)


def draft(found: Evidence) -> str:
    """The Markdown of an offline draft."""
    return OfflineDrafter().draft(request(found)).markdown


def critical(**row: object) -> Evidence:
    """A critical failure of a service with this row."""
    suggestion = {"suggestion_id": "s-1", "source_traces": ["trace-1"]}
    service = service_row("refunds", **row)
    return evidence(suggestion, [PATTERN], [], service, Severity("critical"))


def test_only_a_missing_owner_warns(shared_data: Path) -> None:
    """Drafts of 79 real lineages and of the sample: RB006 where the services file has no row."""
    made = [*tau(shared_data), *tau_patterns(shared_data), *sample()]
    assert len(made) >= 19 + 60 + 15
    for found in made:
        wanted = set() if found.row.owner else {"RB006"}
        named = {finding.id for finding in told(found, draft(found))}
        assert named == wanted, found.suggestion.suggestion_id


def test_long_commands_go_on_in_further_lines_and_stay_what_they_are(shared_data: Path) -> None:
    """Every block of every draft is shell to bash, and a broken command is still one command."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not here")
    blocks: set[str] = set()
    for found in (*tau(shared_data), *sample()):
        text = draft(found)
        blocks |= {dedent(block) for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL)}
    broken = [block for block in blocks if re.search(r"\n  \S", block)]
    assert len(broken) >= 5
    script = "\n".join(f"{{\n{block}\n}}" for block in sorted(blocks))
    subprocess.run([bash, "-n"], input=script, text=True, check=True)
    for block in broken:
        lines = [line for line in block.split("\n") if line and not line.startswith("  ")]
        page = f"## Diagnosis Steps\n\n```bash\n{block}```\n"
        assert len(commands_of(parse_document(page))) == len(lines)


def test_a_critical_failure_is_escalated_as_soon_as_its_severity_demands() -> None:
    """Of a service without a row: after 10 minutes, not after the default of 15 (RB404)."""
    text = draft(critical())
    assert "within 10 minutes (critical allows no more; the default is 15 minutes)" in text
    assert "RB404" not in {finding.id for finding in told(critical(), text)}


def test_the_time_of_a_service_s_own_row_stands_and_is_questioned() -> None:
    """What a team decided is not overruled; the finding says that it is late."""
    found = critical(owner="Refunds", escalate_after_minutes=20)
    text = draft(found)
    assert "within 20 minutes" in text
    assert [finding.id for finding in told(found, text)] == ["RB404"]


@pytest.mark.parametrize(("days", "warned"), [(1, False), (90, False), (92, True)])
def test_a_draft_that_nobody_reviewed_grows_old(days: int, warned: bool) -> None:
    """RB007 counts from the generation until there is a review."""
    found = critical(owner="Refunds")
    context = LintContext(now=NOW + timedelta(days=days))
    assert ("RB007" in {finding.id for finding in lint(draft(found), context)}) is warned
