"""What the offline drafter and the template write is traced without a gap."""

from pathlib import Path

import pytest

from runbooks.drafting.fallback import REASONS, fallback
from runbooks.drafting.port import Evidence
from runbooks.evidence import EvidenceReport, sources_of, trace_claims
from runbooks.evidence.report import MAX_PASSAGE
from tests.unit.drafting.evidence import NOW, evidence, sample, service_row, tau
from tests.unit.evidence.drafts import drafts


def unsupported(report: EvidenceReport) -> list[tuple[int, str, str]]:
    """The unsupported claims, short enough to read in a failure."""
    return [(t.claim.line, t.claim.kind, t.claim.text[:120]) for t in report.unsupported]


def test_every_claim_of_an_offline_draft_has_a_source(shared_data: Path) -> None:
    """No command, number, identifier, name or cause of a generated draft is unsupported."""
    for draft in drafts(shared_data):
        report = trace_claims(draft.markdown, draft.evidence, sources=draft.sources)
        assert unsupported(report) == [], draft.evidence.suggestion.suggestion_id
        assert len(report.claims) > 40


def test_no_cause_of_an_offline_draft_is_overstated(shared_data: Path) -> None:
    """A generated draft hedges what its pattern is not sure of."""
    for draft in drafts(shared_data):
        report = trace_claims(draft.markdown, draft.evidence, sources=draft.sources)
        assert report.overstated == ()


@pytest.mark.parametrize("reason", REASONS)
def test_every_claim_of_the_template_has_a_source(reason: str, shared_data: Path) -> None:
    """Nor does the template that stands in for a draft claim what nobody said."""
    for found in (*tau(shared_data)[::4], *sample()[::4]):
        text = fallback(found, reason, NOW).markdown  # type: ignore[arg-type]
        assert unsupported(trace_claims(text, found)) == []


def test_a_service_row_is_a_source(shared_data: Path) -> None:
    """Contacts, namespaces and thresholds of the services file are traced to it."""
    row = service_row(
        "airline-agent", namespace="booking", deployment="airline", owner="Flight Desk",
        escalation_channel="#flight-desk", escalate_after_minutes=7, impact_users=3,
        downtime_minutes=41, thresholds={"refusals": "9 per hour"},
    )  # fmt: skip
    found = tau(shared_data, row)[0]
    text = fallback(found, "run_budget_exceeded", NOW).markdown
    report = trace_claims(text, found)
    rows = {t.claim.text for t in report.claims if t.support.kind == "services"}
    assert {"7 minutes", "41 minutes", "#flight-desk"} <= rows
    assert unsupported(report) == []


def test_a_click_shows_the_words(shared_data: Path) -> None:
    """A name's or a quote's passage holds it, and no passage is longer than 300 characters."""
    for draft in drafts(shared_data)[::3]:
        report = trace_claims(draft.markdown, draft.evidence, sources=draft.sources)
        for traced in report.claims:
            assert traced.support.source
            assert 0 < len(traced.support.passage) <= MAX_PASSAGE
            assert 0 < traced.support.score <= 1
            if traced.support.kind == "trace" and traced.claim.kind == "identifier":
                assert traced.claim.text.lower() in traced.support.passage.lower()


def test_a_place_holds_the_claim(shared_data: Path) -> None:
    """Line and columns of a claim lead to its words."""
    for draft in drafts(shared_data)[::3]:
        lines = draft.markdown.split("\n")
        report = trace_claims(draft.markdown, draft.evidence, sources=draft.sources)
        for claim in (traced.claim for traced in report.claims):
            if claim.kind in ("name", "number", "threshold", "identifier", "file", "flag"):
                found = lines[claim.line - 1][claim.start : claim.end].replace("\\", "")
                assert found == claim.text


def test_a_draft_without_any_source_is_traced_to_the_template() -> None:
    """Even with an empty suggestion every claim is traced."""
    found = evidence({"suggestion_id": "s-1"})
    for reason in REASONS:
        text = fallback(found, reason, NOW).markdown
        assert unsupported(trace_claims(text, found, sources=sources_of(found))) == []


def test_the_same_draft_gives_the_same_report(shared_data: Path) -> None:
    """Nothing in a report depends on chance."""
    draft = drafts(shared_data)[0]
    first: Evidence = draft.evidence
    assert trace_claims(draft.markdown, first) == trace_claims(draft.markdown, first)
