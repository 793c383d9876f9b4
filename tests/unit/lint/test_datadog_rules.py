"""Datadog (RB601 to RB611): commands that exist, and queries that find what is meant."""

import json
from urllib.parse import quote

import pytest

from runbooks.lint import LintContext, apply_fix
from tests.unit.lint.builder import NOW, draft, fence, found, ids, in_step

SCOPE = "service:rag "


def pup(query: str, area: str = "traces") -> str:
    """The sound draft with a pup search in its diagnosis."""
    return draft(diagnosis=in_step(f"pup {area} search --query='{query}' --from=1h"))


def api(query: str, path: str = "spans", window: str = '"from": "now-15m", ') -> str:
    """The sound draft with a search through the API."""
    body = '{"data": {"attributes": {"filter": {"query": QUERY, WINDOW"to": "now"}}}}'
    body = body.replace("QUERY", json.dumps(query)).replace("WINDOW", window)
    command = f"curl -s https://api.datadoghq.com/api/v2/{path}/events/search -d '{body}'"
    return draft(diagnosis=in_step(command))


def block(query: str) -> str:
    """The sound draft with a block marked datadog."""
    return draft(diagnosis="If it is late, search:\n\n" + fence(query, "datadog"))


def inline(query: str) -> str:
    """The sound draft with a query in inline code."""
    return draft(diagnosis=f"1. If it is late, search for `{query}` and count the spans.")


def link(query: str, path: str = "apm/traces", rest: str = "") -> str:
    """The sound draft with a link into the Datadog app."""
    url = f"https://app.datadoghq.com/{path}?query={quote(query)}{rest}"
    return draft(diagnosis=f"1. If it is late, open [the traces]({url}) of the last hour.")


CASES = [
    ("RB601", False, draft()),
    ("RB601", True, draft(diagnosis=in_step('datadog trace search "service:rag status:error"'))),
    ("RB601", True, draft(diagnosis='1. If so: `datadog trace search "service:rag"`.')),
    ("RB601", True, draft(diagnosis=in_step('dog trace search "service:rag"'))),
    ("RB601", True, draft(diagnosis=in_step("datadog-ci trace search service:rag"))),
    ("RB601", False, draft(diagnosis=in_step("datadog-ci trace -- make test"))),
    ("RB601", False, draft(diagnosis=in_step("dog metric post a 1"))),
    ("RB601", False, draft(diagnosis="1. There is no `datadog trace search`; do not use it.")),
    ("RB602", False, pup("service:llm-agent status:error")),
    ("RB602", True, pup("service:rag AND (status:error")),
    ("RB602", True, pup("service:")),
    ("RB602", True, api("service:rag @http.status_code>500")),
    ("RB602", True, block('service:rag "open')),
    ("RB602", True, inline("service:rag @duration:>")),
    ("RB602", True, link("service:rag status=error")),
    ("RB602", False, api('@meta.error.type:"Max turns exceeded" ml_app:rag')),
    ("RB602", False, block("service:<service> @trace_id:${TRACE_ID}")),
    ("RB602", False, inline("service:rag @duration:>5s")),
    ("RB602", False, link("service:rag status:error", rest="&from_ts=1&to_ts=2")),
    (
        "RB602",
        False,
        draft(diagnosis=in_step("pup metrics query --query='avg:system.cpu.user{*}'")),
    ),
    ("RB602", False, draft(fix="1. Set `service: rag` and `env: prod` in the manifest file.")),
    ("RB603", False, pup("service:a AND status:error")),
    ("RB603", True, pup("service:a and status:error")),
    ("RB603", True, api("service:a or service:b")),
    ("RB603", True, block("not service:a env:prod")),
    ("RB603", False, pup('service:a "and"')),
    ("RB603", False, pup("service:a @word:and")),
    ("RB604", False, pup("service:rag @http.status_code:500")),
    ("RB604", True, pup("service:rag http.status_code:500")),
    ("RB604", True, block("service:rag model_name:gpt-4")),
    ("RB604", True, api("env:prod usr.id:7")),
    ("RB604", False, pup("availability-zone:us-east kube_deployment:canary service:a")),
    ("RB604", False, api("ml_app:rag version:1 team:sre")),
    ("RB605", False, pup("service:rag")),
    ("RB605", True, pup("@service:rag")),
    ("RB605", True, pup("service:rag @status:error")),
    ("RB605", True, block("@env:prod service:rag")),
    ("RB605", False, pup("@status:error ml_app:rag")),
    ("RB605", False, api("@status:error", "llm-obs/v1/spans")),
    ("RB605", False, pup("service:rag @status:error", "logs")),
    ("RB606", False, pup("service:rag @http.status_code:[400 TO 499]")),
    ("RB606", True, pup("service:rag @http.status_code:[400 to 499]")),
    ("RB606", True, api("service:rag @duration:[1s to 5s]")),
    ("RB606", True, block("service:rag @a:[* To 5]")),
    ("RB606", False, pup("service:rag @a:to")),
    ("RB607", False, pup("service:rag @duration:>5s")),
    ("RB607", True, pup("service:rag @duration:>5")),
    ("RB607", True, api("service:rag @duration:>=500")),
    ("RB607", True, block("service:rag @duration:[1 TO 5]")),
    ("RB607", False, pup("service:rag @duration:>5000000000")),
    ("RB607", False, pup("service:rag @http.status_code:>500")),
    ("RB608", False, pup("service:web*")),
    ("RB608", True, pup('service:"web*"')),
    ("RB608", True, block('service:rag "*timeout*"')),
    ("RB608", True, api('env:prod resource_name:"GET /api/*"')),
    ("RB608", False, api(r'env:prod @x:"5 \* 3"')),
    ("RB608", False, block('service:rag "what\'s the weather?"')),
    ("RB609", False, pup(r"service:rag @http.url:\/api\/v1")),
    ("RB609", True, pup("service:rag @http.url:/api/v1")),
    ("RB609", True, pup("service:rag @http.url:*user=Jane*")),
    ("RB609", True, pup("service:rag @path:/api-v1", "logs")),
    ("RB609", True, block("service:rag @id:a:b")),
    ("RB609", False, pup("service:my-rag @path:/api", "logs")),
    ("RB609", False, block("service:my-rag @path:/api")),
    ("RB609", False, pup('service:rag @http.url:"/api/v1?x=1"')),
    ("RB610", False, pup("status:error")),
    ("RB610", True, api("status:error", window="")),
    ("RB610", True, block("status:error")),
    ("RB610", True, link("status:error")),
    ("RB610", True, pup("status:error", "logs").replace(" --from=1h", "")),
    ("RB610", False, api("status:error")),
    ("RB610", False, api("service:rag", window="")),
    ("RB610", False, link("status:error", rest="&from_ts=1")),
    ("RB611", False, pup('service:rag "a b"')),
    ("RB611", True, pup("service:rag “a b”")),
    ("RB611", True, block("service:“rag”")),
    ("RB611", True, api("service:rag “a”")),
    ("RB611", False, draft(diagnosis="1. If “late”, search for `service:rag` and count.")),
]


@pytest.mark.parametrize(("rule", "hits", "text"), CASES)
def test_datadog_rules_hit_what_they_should_and_nothing_else(
    rule: str, hits: bool, text: str
) -> None:
    """Each case names one rule and says whether it applies to the text."""
    assert (rule in ids(text)) is hits


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
