"""The checks as a whole: sound runbooks pass, any text is survived, and time stays bounded."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.lint import (
    RULES,
    Finding,
    Fix,
    LintContext,
    Profile,
    StaleFixError,
    apply_fix,
    lint,
)
from runbooks.lint.catalogue import rules_as_markdown
from tests.examples import examples
from tests.timing import holds_once, seconds
from tests.unit.lint.builder import NOW, TRACE, draft, fence, found, in_step

HERE = Path(__file__).parent
GOOD = (HERE / "good_runbook.md").read_text(encoding="utf-8")
GENERIC = (HERE / "good_generic_runbook.md").read_text(encoding="utf-8")
PROFILES: tuple[Profile, ...] = ("evalforge", "generic")

FULL_CONTEXT = LintContext(
    trace_ids=(TRACE,),
    pattern_ids=(f"pattern_{TRACE}",),
    confidence=0.6,
    evidence_text=GOOD,
    channels=("#team-llm-ops",),
    now=NOW,
    edit_source="generated",
)


@pytest.mark.parametrize("context", [LintContext(now=NOW), FULL_CONTEXT])
def test_a_complete_runbook_of_our_template_has_neither_errors_nor_warnings(
    context: LintContext,
) -> None:
    """With and without its lineage."""
    assert [f for f in lint(GOOD, context) if f.severity in "EW"] == []


def test_a_sound_runbook_of_another_team_is_not_blocked() -> None:
    """Prompts, unnumbered steps, missing rollback: remarks, no obstacles."""
    findings = found(GENERIC, profile="generic")
    assert [f for f in findings if f.severity == "E"] == []
    assert {"RB301", "RB207"} <= {f.id for f in findings}


def test_without_a_context_the_defaults_serve() -> None:
    """`lint(text)` alone is enough, as other code calls it (CONTRACT §6)."""
    assert all(isinstance(finding, Finding) for finding in lint(draft()))


def test_findings_come_in_the_order_of_the_text() -> None:
    """By line, then rule."""
    findings = found(draft(title="", diagnosis=fence("$ kubectl get pods", ""), metadata=""))
    places = [(f.line, f.id) for f in findings]
    assert places == sorted(places)
    assert len(places) > 5


def test_a_finding_is_plain_json() -> None:
    """`to_dict` holds nothing that JSON does not know, the fix included."""
    findings = found(draft(mitigation=in_step("kubectl get pods")))
    fixable = next(f for f in findings if f.fix)
    again = json.loads(json.dumps(fixable.to_dict()))
    assert again["id"] == fixable.id
    assert again["fix"]["text"] == fixable.fix.text if fixable.fix else False


def test_the_marked_span_is_the_offending_text() -> None:
    """Columns are offsets into the line, so that an editor can mark them."""
    text = draft(mitigation="1. Restart the pods if necessary, with care.")
    finding = next(f for f in found(text) if f.id == "RB103")
    line = text.split("\n")[finding.line - 1]
    assert line[finding.start : finding.end] == finding.text == "if necessary"


def test_every_finding_names_a_rule_of_the_catalogue_and_its_reason() -> None:
    """And no finding is graver than the catalogue says."""
    grades = "IWE"
    for finding in found(GENERIC + draft(title="", fix=fence("rm -rf /srv", ""))):
        rule = RULES[finding.id]
        assert finding.why == rule.why
        assert len(finding.text) <= 200
        if finding.id not in ("RB205", "RB206"):
            assert grades.index(finding.severity) <= grades.index(rule.severity)


def test_the_catalogue_is_complete() -> None:
    """Every rule of the seven families, once."""
    expected = [
        *(f"RB{number:03}" for number in range(1, 11)),
        *(f"RB{number}" for number in range(101, 111)),
        *(f"RB{number}" for number in range(201, 211)),
        *(f"RB{number}" for number in range(301, 307)),
        *(f"RB{number}" for number in range(401, 406)),
        *(f"RB{number}" for number in range(501, 506)),
        *(f"RB{number}" for number in range(601, 612)),
    ]
    assert list(RULES) == expected


def test_the_table_in_the_documentation_is_the_catalogue() -> None:
    """docs/lint-rules.md ends with the tables of the catalogue, word for word."""
    page = (HERE.parents[2] / "docs" / "lint-rules.md").read_text(encoding="utf-8")
    assert page.endswith(rules_as_markdown().rstrip() + "\n")


def test_a_fix_for_changed_text_is_refused() -> None:
    """What somebody typed meanwhile is not overwritten."""
    text = draft(mitigation=in_step("kubectl get pods"))
    fix = next(f.fix for f in found(text) if f.id == "RB305" or f.fix)
    assert fix is not None
    replacing = Fix("x", 1, 0, 1, 7, "# Stale", "# Late")
    assert apply_fix("# Stale\n", replacing) == "# Late\n"
    with pytest.raises(StaleFixError):
        apply_fix("# Fresh\n", replacing)
    with pytest.raises(StaleFixError):
        apply_fix("", replacing)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_fixes_keep_the_line_breaks_of_the_text(newline: str) -> None:
    """Every fix applies to texts from any system, and changes no other line."""
    text = draft(
        title="# Stale",
        diagnosis=fence("$ kubectl get pods\n$ kubectl get cm", "console"),
        mitigation="- Tell the users.\n- Wait for the next refresh, if any.",
        fix="| a | b |\n| 1 | 2 |",
    ).replace("\n", newline)
    fixes = [f.fix for f in found(text) if f.fix]
    assert len(fixes) >= 5
    for fix in fixes:
        before, after = text.split(newline), apply_fix(text, fix).split(newline)
        assert before[: fix.start_line - 1] == after[: fix.start_line - 1]
        kept = len(before) - fix.end_line
        assert before[len(before) - kept :] == after[len(after) - kept :]


FRAGMENTS = st.sampled_from(
    [
        "# A - Operational Runbook\n", "## Diagnosis Steps\n", "## Escalation\n", "## Rollback\n",
        "```sh\n", "```\n", "~~~\n", "- ", "1. ", "> ", "    ", "| a | b |\n", "|---|---|\n", "\n",
        "`kubectl delete ns x`", "$ kubectl get pods\n", "datadog trace search \"a", "<pod>", "{x}",
        "pup traces search --query='service:a and (", "`service:a", "[x](link)", "[a][b]", "TODO",
        "**Severity**: high\n", "psql -c 'DROP TABLE x", "<<EOF\n", "$(", "\\", "'", '"', "`", "\r",
        "---\n", "<script>", "https://app.datadoghq.com/apm/traces?query=%", "\u2028", "\x00", "\t",
        "curl https://api.datadoghq.com/api/v2/spans/events/search -d '{\"query\": \"", "é", "“", "#x",
        "function q() {\n", "oc rsh -n x\n", "df -h\n", "as required", "etc. ", "### Verify\n",
        "- Restart it\n", "`failed at payments-api:8080`", "Expected: 3. ",
    ]
)  # fmt: skip


@given(
    st.lists(FRAGMENTS, max_size=40).map("".join) | st.text(max_size=400), st.sampled_from(PROFILES)
)
@settings(max_examples=examples(400), deadline=None)
def test_any_text_is_survived_and_every_fix_applies(text: str, profile: Profile) -> None:
    """No text makes the checks raise; a fix that is offered fits the text it is offered for."""
    lines = len(text) + 1
    for finding in lint(text, FULL_CONTEXT, profile):
        assert 1 <= finding.line <= finding.end_line <= lines
        if finding.fix:
            apply_fix(text, finding.fix)


HOSTILE = {
    "brackets": "[" * 200_000,
    "links": "[a](b " * 40_000,
    "backticks": "` `` ``` " * 30_000,
    "quotes": "> " * 100_000,
    "nested list": "".join(" " * (2 * depth) + "- a\n" for depth in range(600)),
    "stars": "**a " * 60_000,
    "table": "|a|b|\n|-|-|\n" + "|x|y|\n" * 40_000,
    "commands": "```sh\n" + "kubectl delete ns x && rm -rf /x\n" * 8_000 + "```\n",
    "open quotes": "```sh\n" + "echo 'x\n$(\n" * 20_000,
    "substitutions": "```sh\n" + "$(" * 100_000,
    "here-documents": "```sh\n" + "cat <<A <<B\n" * 20_000,
    "inline code": "`kubectl get pods` " * 13_000,
    "queries": "`service:a and b` " * 14_000,
    "parentheses": "```datadog\n" + "(" * 200_000 + "\n```\n",
    "sections": "## Diagnosis Steps\n\n1. Check the logs\n\n" * 6_000,
    "steps": "## Immediate Mitigation\n\n" + "1. `rm -rf /x` if necessary\n" * 8_000,
    "html": "<a " * 80_000,
    "one line": "kubectl " * 35_000,
    "anchors": "[a](#a) " * 30_000,
    "placeholders": "<a b {c} " * 30_000,
    "megabyte": "Some words of a very long runbook. `kubectl get pods -n x`\n" * 17_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_stays_bounded_on_hostile_texts(name: str) -> None:
    """Two hundred thousand characters and more, made to be slow; seconds, not minutes."""
    assert seconds(lambda: lint(HOSTILE[name], FULL_CONTEXT)) < 20


@pytest.mark.parametrize("language", ["psql", "sql", "bash", "console", "datadog", "json", ""])
@pytest.mark.parametrize("words", ["", ' -c "SELECT 1 FROM t"'])
def test_a_fence_that_was_only_begun_is_survived(language: str, words: str) -> None:
    """So far as anybody has typed: the opening line, and nothing behind it."""
    begun = f"```{language}{words}"
    assert all(finding.line <= 1 for finding in lint(begun, FULL_CONTEXT))


def test_time_grows_with_the_length_and_not_faster() -> None:
    """Eight times the text takes about eight times as long; a busy machine may double that."""

    def took(copies: int) -> float:
        return seconds(lambda: lint(GOOD * copies, FULL_CONTEXT, "generic"))

    assert holds_once(lambda: took(32) < 8 * 2 * took(4) + 0.05)


def test_what_was_not_read_is_said_and_blocks() -> None:
    """Nothing is approved that was not seen: a text beyond the limit has a blocking finding."""
    findings = found("word \n" * 60_000)
    assert [f.severity for f in findings if f.id == "RB009"] == ["E"]


def test_real_texts_are_survived(shared_data: Path) -> None:
    """Incident reports, GFM examples and attacks from outside, in both profiles."""
    rows = [
        json.loads(line)
        for name in ("incidents.jsonl", "gfm_spec.jsonl", "xss.jsonl")
        for line in (shared_data / name).read_text(encoding="utf-8").splitlines()
    ]
    texts = ["\n\n".join(value for value in row.values() if isinstance(value, str)) for row in rows]
    assert len(texts) > 500
    for text in texts:
        for profile in PROFILES:
            lint(text, None, profile)
