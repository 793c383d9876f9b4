"""The runbooks that come with the sample are ones that an on-call person would trust."""

import re

import pytest

from runbooks.markdown.html import render
from tests.sample_documents import (
    DRAFTED,
    PATTERNS,
    SERVICES,
    TRACES,
    Doc,
    evidence_of,
    numbers,
    sources,
)

SECTIONS = [
    "Summary", "Symptoms", "Diagnosis Steps", "Immediate Mitigation", "Root Cause Fix",
    "Escalation",
]  # fmt: skip
MUTATING = re.compile(r"^\s*(kubectl (set|patch|scale|rollout undo)|rabbitmqctl purge)", re.M)


@pytest.mark.parametrize("suggestion", DRAFTED, ids=lambda doc: str(doc["suggestion_id"]))
class TestSampleRunbooks:
    """Each of the three drafts of the sample."""

    def test_it_has_the_six_sections_in_order(self, suggestion: Doc):
        """SC-002: title, metadata and the six sections of the specification, once each."""
        snippet = suggestion["suggestion_content"]["runbook_snippet"]
        text = snippet["markdown_content"]
        assert text.startswith(f"# {snippet['title']} - Operational Runbook\n")
        assert re.findall(r"^## (.+)$", text, re.M) == SECTIONS
        assert f"**Source Incident**: `{snippet['source']['canonical_trace_id']}`" in text
        assert f"**Severity**: {suggestion['severity']}  \n" in text

    def test_its_head_has_the_lines_of_a_composed_draft(self, suggestion: Doc):
        """What stands in lines of its own in the text is shown in lines of its own."""
        text = suggestion["suggestion_content"]["runbook_snippet"]["markdown_content"]
        head = re.search(r"<p>(<strong>Source Incident.*?)</p>", render(text), re.S)
        assert head
        named = re.findall(r"<strong>([^<]+)</strong>: ", head[1])
        assert len(re.findall(r"<br ?/?>", head[1])) == len(named) - 1
        assert {"Source Incident", "Severity", "Generated", "Owner", "Last reviewed"} <= set(named)

    def test_its_fields_say_what_its_text_says(self, suggestion: Doc):
        """Symptoms, commands, steps and escalation stand in the Markdown (CONTRACT R11)."""
        snippet = suggestion["suggestion_content"]["runbook_snippet"]
        flat = " ".join(snippet["markdown_content"].replace("**", "").split())
        for field in ("symptoms", "diagnosis_commands", "mitigation_steps"):
            assert len(snippet[field]) >= 2
            for item in snippet[field]:
                assert " ".join(item.replace("**", "").split()) in flat
        assert all(part in flat for part in snippet["escalation_criteria"].split("; "))

    def test_its_lineage_is_that_of_the_suggestion(self, suggestion: Doc):
        """The draft names the suggestion's own traces, the canonical one among them."""
        snippet = suggestion["suggestion_content"]["runbook_snippet"]
        source = snippet["source"]
        assert snippet["runbook_id"] == f"runbook_{suggestion['suggestion_id']}"
        assert sorted(source["trace_ids"]) == sorted(sources(suggestion))
        assert source["canonical_trace_id"] in snippet["rationale"]
        assert PATTERNS[source["canonical_trace_id"]]["title"] == suggestion["pattern"]["title"]

    def test_every_number_in_it_comes_from_its_evidence(self, suggestion: Doc):
        """Nothing is claimed that neither the traces nor the services file shows."""
        text = suggestion["suggestion_content"]["runbook_snippet"]["markdown_content"]
        text = re.sub(
            r"^\*\*(Generated|Last reviewed|Source Incident)\*\*.*$", "", text, flags=re.M
        )
        text = re.sub(r"^\d+\. |\bstep \d", "", text, flags=re.M)
        assert numbers(text) <= numbers(evidence_of(suggestion))

    def test_every_change_is_followed_by_a_check_and_can_be_undone(self, suggestion: Doc):
        """After a state-changing command comes an expected output before the next change."""
        text = suggestion["suggestion_content"]["runbook_snippet"]["markdown_content"]
        steps = text.split("## Immediate Mitigation")[1].split("## Root Cause Fix")[0]
        changes = list(MUTATING.finditer(steps))
        assert changes
        ends = [change.start() for change in changes[1:]] + [len(steps)]
        for change, end in zip(changes, ends, strict=True):
            assert re.search(r"Expected|Verify", steps[change.end() : end])
        assert "Rollback" in steps
        assert "Affected:" in steps

    def test_every_kubectl_command_names_its_namespace(self, suggestion: Doc):
        """A command that is pasted at night must not act on whatever namespace is set."""
        text = suggestion["suggestion_content"]["runbook_snippet"]["markdown_content"]
        commands = [line for line in text.splitlines() if line.strip().startswith("kubectl ")]
        namespace = SERVICES.row(TRACES[sources(suggestion)[0]]["service_name"]).namespace
        assert commands
        assert all(f" -n {namespace} " in f"{line} " for line in commands)

    def test_it_escalates_as_the_services_file_says(self, suggestion: Doc):
        """Channel, owner and thresholds are those of the service's row (CONTRACT §4)."""
        row = SERVICES.row(TRACES[sources(suggestion)[0]]["service_name"])
        criteria = suggestion["suggestion_content"]["runbook_snippet"]["escalation_criteria"]
        assert f"{row.owner} in {row.escalation_channel}" in criteria
        assert f"within {row.escalate_after_minutes} minutes" in criteria
        assert f">{row.impact_users} users" in criteria
        assert f">{row.downtime_minutes} minutes" in criteria
