"""Structure and Markdown (RB001 to RB010): what they say, and where they keep silent."""

import pytest

from runbooks.lint import LintContext, Profile, apply_fix
from tests.unit.lint.builder import NOW, draft, found, ids
from tests.unit.lint.cases.structure import meta

GENERIC = [
    ("RB001", "", "# Redis is down\n\nText."),
    ("RB002", "", "# Redis is down\n\n## Meaning\n\nText."),
    ("RB005", "", "# Redis is down"),
    ("RB501", "", "# Redis is down"),
    ("RB003", "E", "# Redis\n\n## Mitigation\n\n## Notes\n\nText."),
    ("RB003", "W", "# Redis\n\n## Mitigation\n\nRestart redis."),
    ("RB009", "W", "# Redis\n\n### Deep\n\nText."),
    ("RB009", "E", "# Redis\n\n```sh\nls"),
    ("RB010", "", "# Redis\n\nSee [the other](other.md)."),
    ("RB101", "W", "# Redis\n\n## Diagnosis\n\nLook around for a while."),
    ("RB401", "W", "# Redis\n\n## Escalation\n\nTell somebody about it."),
]


@pytest.mark.parametrize(("rule", "severity", "text"), GENERIC)
def test_other_teams_pages_are_judged_more_mildly(rule: str, severity: str, text: str) -> None:
    """The profile `generic` drops the rules of our template and blocks only on real faults."""
    found_severities = {f.severity for f in found(text, profile="generic") if f.id == rule}
    assert found_severities == ({severity} if severity else set())


def test_a_missing_section_is_inserted_where_it_belongs() -> None:
    """The fix of RB002 puts the heading before the section that should follow it."""
    text = draft().replace(
        "## Symptoms\n\n- `rag.index.age_seconds` stays above 3600 for 10 minutes", ""
    )
    [finding] = [f for f in found(text) if f.id == "RB002"]
    assert finding.fix is not None
    mended = apply_fix(text, finding.fix)
    assert mended.index("## Summary") < mended.index("## Symptoms") < mended.index("## Diagnosis")
    assert "RB002" not in ids(mended)


@pytest.mark.parametrize("missing", ["Summary", "Root Cause Fix", "Escalation"])
def test_every_missing_section_can_be_inserted(missing: str) -> None:
    """Also the first and the last of the six."""
    text = draft()
    start = text.index(f"## {missing}")
    rest = text.find("## ", start + 3)
    text = text[:start] + (text[rest:] if rest > 0 else "")
    [finding] = [f for f in found(text) if f.id == "RB002"]
    assert finding.fix is not None
    assert "RB002" not in ids(apply_fix(text, finding.fix))


def test_a_section_with_another_name_is_renamed() -> None:
    """`## Diagnosis` is offered its full name instead of a second section."""
    text = draft().replace("## Diagnosis Steps", "## Diagnosis")
    [finding] = [f for f in found(text) if f.id == "RB002"]
    assert finding.fix is not None
    assert apply_fix(text, finding.fix) == draft()


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("RB001", draft(title="# Stale Retrieval")),
        ("RB001", draft(title="# Stale Retrieval – Operational Runbook")),
        ("RB009", draft(fix="```sh\nkubectl get pods -n rag\n\n")),
        ("RB009", draft(fix="| a | b |\n| 1 | 2 |")),
        ("RB009", draft(metadata="**Severity**: high\n---")),
    ],
)
def test_a_structure_fix_cures_its_finding(rule: str, text: str) -> None:
    """After the fix the rule says nothing more."""
    finding = next(f for f in found(text) if f.id == rule)
    assert finding.fix is not None
    assert rule not in ids(apply_fix(text, finding.fix))


def test_the_review_interval_is_a_setting() -> None:
    """RB007 counts the days that the settings allow."""
    text = draft(metadata=meta(reviewed="2026-10-01"))
    assert "RB007" in ids(text, LintContext(now=NOW, review_interval_days=30))


@pytest.mark.parametrize("profile", ["evalforge", "generic"])
def test_front_matter_is_no_heading(profile: Profile) -> None:
    """YAML front matter gives metadata and is not read as Markdown."""
    text = "---\ntitle: Redis\nowner: team-data\n---\n\n# Redis\n\nText.\n"
    assert not {"RB006", "RB009"} & ids(text, profile=profile)
