"""Datadog (RB601 to RB611): texts that a rule must hit, and such as it must leave alone."""

import json
from urllib.parse import quote

from tests.unit.lint.builder import draft, fence, in_step

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

CASES += [
    ("RB601", True, draft(diagnosis=in_step("datadog logs search 'service:rag'"))),
    ("RB601", False, draft(diagnosis=in_step('pup traces search --query="service:rag" --from=1h'))),
    ("RB603", True, inline("service:rag and @duration:>5s")),
    ("RB603", True, link("service:rag or service:api")),
    ("RB603", False, pup('service:rag @message:"salt and pepper"')),
    ("RB603", False, draft(fix="1. Check service and env in the manifest, or ask #sre.")),
    ("RB604", True, inline("service:rag error.type:Timeout")),
    ("RB604", True, link("service:rag meta.span.kind:llm")),
    ("RB604", False, inline("upstream closed connection from cart-service:8080/cart")),
    ("RB604", False, pup("service:rag @usr.id:7 -@http.status_code:404")),
    ("RB605", True, api("@resource_name:checkout")),
    ("RB605", True, inline("@env:prod service:rag @duration:>5s")),
    ("RB605", False, pup("service:rag @status_code:500")),
    ("RB606", True, link("service:rag @duration:[1s to 5s]")),
    ("RB606", True, inline("service:rag @http.status_code:[400 tO 499]")),
    ("RB606", False, api("service:rag @duration:[* TO 5s]")),
    ("RB606", False, block('service:rag "from 400 to 499"')),
    ("RB606", False, draft(fix="1. Let the range go from [400 to 499] to all of 4xx.")),
    ("RB607", True, inline("service:rag @duration:<250")),
    ("RB607", True, link("service:rag @duration:>3")),
    ("RB607", False, api("service:rag @duration:>100ms")),
    ("RB607", False, block("service:rag @trace.total_tokens:>=1000")),
    ("RB608", True, inline('service:rag "time*out"')),
    ("RB608", True, link('service:rag @error.message:"*reset*"')),
    ("RB608", False, inline('service:rag* "connection reset"')),
    ("RB608", False, pup('service:rag @resource:"GET /cart"')),
    ("RB609", True, api("service:rag @url:a?b~c")),
    ("RB609", False, api(r"service:rag @http.url:*user\=Jane*")),
    ("RB610", True, api("@http.status_code:500", window="")),
    ("RB610", False, pup("service:rag", "logs").replace(" --from=1h", "")),
    ("RB611", True, inline("service:rag „a b“")),
    ("RB611", True, link("service:rag “a b”")),
    ("RB611", False, block('service:rag "a b" env:prod')),
    ("RB611", False, api('service:rag "it is stale"')),
    ("RB611", False, inline("service:rag @word:it’s")),
]
