"""Structure and Markdown (RB001 to RB010): what they say, and where they keep silent."""

import pytest

from runbooks.lint import LintContext, Profile, apply_fix
from tests.unit.lint.builder import NOW, draft, found, ids

META = "**Source Incident**: `{0}`\n**Severity**: {1}\n**Generated**: {2}\n**Owner**: {3}\n**Last reviewed**: {4}"


def meta(
    source: str = "4f1c9a7be2d04e6f",
    severity: str = "high",
    made: str = "2026-11-20",
    owner: str = "sre",
    reviewed: str = "2026-11-20",
) -> str:
    """Metadata lines with single values replaced."""
    return META.format(source, severity, made, owner, reviewed)


CASES = [
    ("RB001", False, draft()),
    ("RB001", True, draft(title="# Stale Retrieval")),
    ("RB001", True, draft(title="")),
    ("RB001", True, draft(title="# A - Operational Runbook\n\n# B - Operational Runbook")),
    ("RB001", True, draft(title="# Stale Retrieval – Operational Runbook")),
    ("RB001", True, draft(title="## Stale Retrieval - Operational Runbook")),
    ("RB001", False, draft(title="# PII leak in `answers` - Operational Runbook")),
    ("RB002", False, draft()),
    ("RB002", True, draft().replace("## Escalation", "## Contacts")),
    ("RB002", True, draft().replace("## Summary\n", "")),
    ("RB002", True, draft(after="## Escalation\n\nAgain, to #team-llm-ops, after 15 minutes.")),
    ("RB002", True, draft(after="## History\n\nThis happened twice in October.")),
    ("RB002", True, draft().replace("## Symptoms", "## X").replace("## Summary", "## Symptoms")),
    ("RB002", False, draft().replace("## Escalation", "## ESCALATION")),
    ("RB003", False, draft()),
    ("RB003", True, draft(mitigation="")),
    ("RB003", True, draft(fix="1. Fix it")),
    ("RB003", True, draft(symptoms="None.")),
    ("RB003", False, draft(fix="### Now\n\nGive the refresh a deadline.")),
    ("RB004", False, draft()),
    ("RB004", False, draft(summary="It is slow, e.g. after a deploy. The index is stale.")),
    ("RB004", True, draft(summary="It fails. It is slow. Nobody knows why.")),
    ("RB004", True, draft(summary="word " * 61)),
    ("RB004", False, draft(summary="word " * 55)),
    ("RB005", False, draft(metadata=meta())),
    ("RB005", False, draft(metadata=meta(severity="P1"))),
    ("RB005", True, draft(metadata=meta(severity="urgent"))),
    ("RB005", True, draft(metadata=meta(made="yesterday"))),
    ("RB005", True, draft(metadata=meta(source=""))),
    ("RB005", True, draft(metadata=meta(source="{trace_id}"))),
    ("RB005", True, draft(metadata="")),
    ("RB005", True, draft(metadata=meta(made="2026-13-40"))),
    ("RB005", False, draft(metadata=meta(made="2026-11-20T04:00:00.123456+01:00"))),
    ("RB006", False, draft()),
    ("RB006", True, draft(metadata=meta(owner=""))),
    ("RB006", True, draft(metadata=meta(owner="TBD"))),
    ("RB006", False, draft(metadata=meta().replace("Owner", "Team"))),
    ("RB006", True, draft(metadata="**Severity**: high")),
    ("RB007", False, draft()),
    ("RB007", True, draft(metadata=meta(reviewed="2026-07-01"))),
    ("RB007", True, draft(metadata=meta(reviewed=""))),
    ("RB007", True, draft(metadata=meta(reviewed="last week"))),
    ("RB007", False, draft(metadata=meta(reviewed="2026-10-01"))),
    ("RB008", False, draft()),
    ("RB008", True, draft(after="word " * 1_200)),
    ("RB008", False, draft(after="word " * 600)),
    ("RB008", True, "word\n" * 1_201),
    ("RB008", False, ""),
    ("RB009", False, draft()),
    ("RB009", True, draft(fix="```sh\nkubectl get pods -n rag")),
    ("RB009", True, draft(fix="Text.\n\n<script>alert(1)</script>")),
    ("RB009", True, draft(fix="Some <img src=x onerror=alert(1)> text.")),
    ("RB009", True, draft(fix="#### Too deep\n\nText that stands here.")),
    ("RB009", True, draft(fix="| a | b |\n| 1 | 2 |\n| 3 | 4 |")),
    ("RB009", False, draft(fix="| a | b |\n|---|---|\n| 1 | 2 |")),
    ("RB009", True, draft(metadata="**Severity**: high\n---")),
    ("RB009", False, draft(fix="Break lines with <br> and <kbd>Ctrl</kbd> and <object-name>.")),
    ("RB009", False, draft(fix="````md\n```\nnot closed in here\n````")),
    ("RB009", False, draft(fix="1. Nested:\n\n   ~~~text\n   out\n   ~~~")),
    ("RB009", True, draft(fix="1. Nested:\n\n   ```text\n   out\n\nThe end of the list.")),
    ("RB010", False, draft()),
    ("RB010", True, draft(fix="See the [dashboard](link) for details.")),
    ("RB010", True, draft(fix="See [the other page](./other.md) for details.")),
    ("RB010", True, draft(fix="See [above](#no-such-heading) for details.")),
    ("RB010", False, draft(fix="See [above](#diagnosis-steps) for details.")),
    ("RB010", True, draft(fix="See [the docs][nowhere] for details.")),
    ("RB010", False, draft(fix="See [the docs][here].\n\n[here]: https://docs.datadoghq.com/")),
    ("RB010", False, draft(fix="See <https://docs.datadoghq.com/> and `[x](link)`.")),
]


@pytest.mark.parametrize(("rule", "hits", "text"), CASES)
def test_structure_rules_hit_what_they_should_and_nothing_else(
    rule: str, hits: bool, text: str
) -> None:
    """Each case names one rule and says whether it applies to the text."""
    assert (rule in ids(text)) is hits


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
