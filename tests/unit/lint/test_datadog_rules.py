"""Datadog (RB601 to RB611): commands that exist, and queries that find what is meant."""

import pytest

from runbooks.lint import LintContext, apply_fix
from tests.unit.lint.builder import NOW, draft, found, ids, in_step
from tests.unit.lint.cases.datadog import SCOPE, pup

FIXES = [
    ("RB603", "service:a and status:error", "service:a AND status:error"),
    ("RB604", SCOPE + "http.status_code:500", SCOPE + "@http.status_code:500"),
    ("RB605", "@service:rag status:error", "service:rag status:error"),
    ("RB606", SCOPE + "@a:[400 to 499]", SCOPE + "@a:[400 TO 499]"),
    ("RB607", SCOPE + "@duration:>5", SCOPE + "@duration:>5s"),
    ("RB607", SCOPE + "@duration:>=500", SCOPE + "@duration:>=500ms"),
    ("RB608", 'service:"web*"', "service:web*"),
    ("RB609", SCOPE + "@http.url:/api", SCOPE + r"@http.url:\/api"),
    ("RB611", SCOPE + "“a b”", SCOPE + '"a b"'),
]


@pytest.mark.parametrize(("rule", "before", "after"), FIXES)
def test_a_query_fix_gives_the_query_one_expects(rule: str, before: str, after: str) -> None:
    """The fix changes what its rule names and nothing else."""
    finding = next(f for f in found(pup(before)) if f.id == rule)
    assert finding.fix is not None
    assert apply_fix(pup(before), finding.fix) == pup(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'datadog trace search "service:llm-agent status:error"',
            'pup traces search --query="service:llm-agent status:error" --from=1h',
        ),
        (
            "datadog trace search 'service:a \"b c\"'",
            "pup traces search --query='service:a \"b c\"' --from=1h",
        ),
        ('datadog logs search "service:a"', 'pup logs search --query="service:a" --from=1h'),
    ],
)
def test_the_invented_command_becomes_a_real_one(before: str, after: str) -> None:
    """The fix of RB601, in a block and in inline code."""
    for place in (in_step, "1. If so, run `{}` and count.".format):
        text = draft(diagnosis=place(before))
        finding = next(f for f in found(text) if f.id == "RB601")
        assert finding.fix is not None
        mended = apply_fix(text, finding.fix)
        assert mended == draft(diagnosis=place(after))
        assert not {"RB601", "RB304"} & ids(mended)


def test_the_error_points_at_the_character() -> None:
    """RB602 marks the place in the line, not the whole command."""
    text = pup("service:rag AND (status:error")
    [finding] = [f for f in found(text) if f.id == "RB602"]
    line = text.splitlines()[finding.line - 1]
    assert finding.start == line.index("(status:error") + len("(status:error")


def test_a_team_may_name_its_own_tags() -> None:
    """Settings extend the known tags of RB604."""
    text = pup("service:rag tenant_tier:gold")
    assert "RB604" in ids(text)
    assert "RB604" not in ids(text, LintContext(now=NOW, known_tags=("tenant_tier",)))


def test_inline_code_on_other_pages_only_warns() -> None:
    """What looks like a query there may be something else."""
    page = "# Redis\n\n## Diagnosis\n\nSearch for `service:redis AND (status:error` now.\n"
    assert {f.severity for f in found(page, profile="generic") if f.id == "RB602"} == {"W"}
