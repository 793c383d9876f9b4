"""Each kind of claim is traced by its own rule, and a near miss is no support."""

import pytest

from runbooks.drafting.port import Evidence
from runbooks.evidence import EvidenceReport, Support, trace_claims
from runbooks.markdown.template import FOOTER
from tests.unit.drafting.evidence import evidence, service_row

TRACE = "21de0f4a9c5b4e7f8a6d3c2b1a098765"
SPANS = [
    {
        "name": "web.request",
        "service": "payments-api",
        "resource": "POST /pay",
        "span_id": 1,
        "error": 1,
        "start": 1794474137000026852,
        "duration": 9_000_000_000,
        "meta": {
            "error.message": "pool exhausted after 30000ms (active=47, waiting=112)",
            "error.stack": 'File "/srv/pay/pool.py", line 88, in take',
            "version": "3.41.0",
        },
        "metrics": {"retry.count": 14, "memory.limit_mib": 512, "score_min": 11},
    }
]
MESSAGES = [
    {"role": "user", "content": "Please cancel reservation PQE66F, I waited 17 minutes."},
    {"role": "tool", "name": "cancel_reservation", "content": "Error: refused, 164360 tokens used"},
]
PATTERN = {
    "pattern_id": f"pattern_{TRACE}",
    "source_trace_id": TRACE,
    "title": "Pool of payments-api runs dry",
    "failure_type": "connection_pool_exhaustion",
    "trigger_condition": "A payment has the status UNKNOWN.",
    "summary": "23 spans failed because connections were not returned to the pool.",
    "root_cause_hypothesis": "The reconciler keeps a connection open when it returns early.",
    "recommended_actions": ["Close the connection in pool.py"],
    "confidence": 0.6,
    "evidence": {"signals": ["pool exhausted"], "excerpt": "pool exhausted after 30000ms"},
}
ROW = service_row(
    "payments-api", namespace="pay", deployment="payments", escalation_channel="#pay-oncall",
    escalate_after_minutes=12, owner="Pay Team",
)  # fmt: skip


def sources(confidence: float | None = 0.6) -> Evidence:
    """Evidence with a conversation, spans, a pattern and a services row."""
    suggestion = {
        "suggestion_id": "s-1",
        "type": "runbook",
        "title": "Payments fail",
        "source_traces": [{"trace_id": TRACE, "pattern_id": f"pattern_{TRACE}"}],
    }
    trace = {
        "trace_id": TRACE,
        "service_name": "payments-api",
        "recurrence_count": 6,
        "trace_payload": {"spans": SPANS, "messages": MESSAGES},
    }
    pattern = {**PATTERN, "confidence": confidence}
    return evidence(suggestion, [pattern], [trace], ROW)


def page(line: str, section: str = "Symptoms") -> str:
    """A runbook with one line in a section."""
    return f"# Pool - Operational Runbook\n\n## {section}\n\n- {line}\n"


def traced(line: str, section: str = "Symptoms", found: Evidence | None = None) -> EvidenceReport:
    """Trace a runbook of one line."""
    return trace_claims(page(line, section), found or sources())


def support(line: str, text: str, section: str = "Symptoms") -> Support:
    """The support of the claim with this text."""
    report = traced(line, section)
    return next(t.support for t in report.claims if t.claim.text == text)


def unsupported(line: str, section: str = "Symptoms") -> list[str]:
    """The texts of the unsupported claims of a line."""
    return [t.claim.text for t in traced(line, section).unsupported]


def test_a_message_is_named_with_its_number() -> None:
    """What a message says is traced to that message."""
    found = support("The user asks to cancel `PQE66F`.", "PQE66F")
    assert (found.kind, found.source) == ("trace", "trace 21de0f4a…, message 1")
    assert "reservation PQE66F" in found.passage


def test_a_span_is_named_with_its_number_and_name() -> None:
    """What a span says is traced to that span."""
    found = support("Spans of version `3.41.0` fail.", "3.41.0")
    assert (found.kind, found.source) == ("trace", "trace 21de0f4a…, span 1 POST /pay")


def test_a_pattern_field_is_named() -> None:
    """What only the pattern says is traced to its field."""
    found = support("23 spans failed.", "23")
    assert (found.kind, found.source) == ("pattern", "pattern 21de0f4a…, summary")


def test_a_services_field_is_named() -> None:
    """Contacts and thresholds are traced to the services file."""
    found = support("Page #pay-oncall after 12 minutes.", "#pay-oncall")
    assert (found.kind, found.source) == (
        "services",
        "services file, payments-api, escalation_channel",
    )
    assert support("Escalate within 12 minutes.", "12 minutes").kind == "services"


def test_a_catalogue_entry_is_named() -> None:
    """A command of the catalogue, filled in, is traced to its check."""
    command = (
        'pup traces aggregate --query="service:payments-api status:error" --from=1h'
        " --compute=count --group-by=resource_name"
    )
    report = trace_claims(f"## Diagnosis Steps\n\n```bash\n{command}\n```\n", sources())
    first = report.claims[0]
    assert first.claim.kind == "command"
    assert first.support.source == "diagnostics catalogue, check failing-operations"
    assert not report.unsupported


@pytest.mark.parametrize(
    "name", ["payment-api", "payments-apis", "payments-ap", "billing-gateway", "payments_api"]
)
def test_a_name_near_a_true_one_is_not_it(name: str) -> None:
    """A service that is called nearly like the real one is unsupported."""
    assert unsupported(f"Calls to {name} fail.") == [name]
    assert unsupported(f"Calls to `{name}` fail.") == [name]
    assert unsupported("Calls to payments-api fail.") == []


def test_a_workload_is_known_by_its_pods() -> None:
    """`ledger` is named by the pod `ledger-7d9f8c5b64-x2k4p`, and `cart` is not by `cart-store`."""
    trace = {"trace_id": TRACE, "trace_payload": "pods: ledger-7d9f8c5b64-x2k4p, cart-store"}
    found = evidence({"suggestion_id": "s-1"}, [], [trace], ROW)
    report = trace_claims(page("`ledger` and `cart` fail."), found)
    assert [t.claim.text for t in report.unsupported] == ["cart"]


def test_an_unknown_service_in_plain_words_is_flagged() -> None:
    """`the billing service` is a name, `the whole service` is none."""
    assert unsupported("Requests from the billing service fail.") == ["billing"]
    assert unsupported("The whole service is down, and each affected service waits.") == []
    assert unsupported("The Billing Gateway refuses calls.") == ["Billing Gateway"]


def test_ordinary_words_with_hyphens_are_no_names() -> None:
    """Compound words of English are not taken for services."""
    line = "A long-running, read-only, user-facing follow-up call after a time-out is re-sent."
    assert unsupported(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "The limit is reached after 15 spans in the pool.",
        "It fails within 17 spans.",
        "It fails within 23 minutes.",
        "112 connections were used.",
        "The memory limit is 512 ms.",
        "Retries stop after 30000 attempts of the user.",
        "The rate is 47 %.",
        "The span takes 9 minutes.",
        "It waits for 11 minutes.",
        "It waits for 14 seconds.",
        "The user waited for 17 hours.",
    ],
)
def test_the_same_digits_of_another_thing_are_no_support(line: str) -> None:
    """15 minutes are not 15 spans: unit or neighbouring word must agree."""
    assert len(unsupported(line)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "23 spans failed.",
        "The pool gives up after 30 s.",
        "The pool gives up after 30,000 ms.",
        "The pool gives up after half a minute, 0.5 minutes.",
        "47 connections are active and 112 are waiting.",
        "`retry.count` is 14.",
        "The memory limit is 512 MiB.",
        "The memory limit is about 0.5 GiB.",
        "164,360 tokens were used.",
        "The user waited for 17 minutes.",
        "The span takes 9 s.",
        "It recurred 6 times (`recurrence_count`).",
    ],
)
def test_a_number_is_found_in_other_units_and_spellings(line: str) -> None:
    """The same amount is supported however it is written."""
    assert unsupported(line) == []


def test_a_threshold_is_told_from_a_number() -> None:
    """A number behind a comparison is a threshold."""
    kinds = {t.claim.text: t.claim.kind for t in traced("Above 47 active, 14 retries.").claims}
    assert kinds["47"] == "threshold"
    assert kinds["14"] == "number"


def test_a_file_needs_its_line() -> None:
    """A file with another line, or another file, is unsupported."""
    assert unsupported("See `/srv/pay/pool.py:88` and pool.py.") == []
    assert unsupported("See `/srv/pay/pool.py:89`.") == ["/srv/pay/pool.py:89"]
    assert unsupported("See pools.py and config/pool.yaml.") == ["pools.py", "config/pool.yaml"]


def test_a_quote_is_word_for_word() -> None:
    """A quoted error is found, also when it was cut; an altered one is not."""
    assert unsupported("`pool exhausted after 30000ms (active=47 …`") == []
    assert unsupported("It says “pool exhausted after 30000ms”.") == []
    assert unsupported("`pool exhausted after 31000ms`") == ["pool exhausted after 31000ms"]
    assert unsupported("`too many open files in the reconciler`") != []


@pytest.mark.parametrize(
    ("command", "flag"),
    [
        ("kubectl get pods -n pay --frobnicate", "--frobnicate"),
        ("kubectl logs deployment/payments -n pay --tails=20", "--tails"),
        ('pup traces search --query="service:payments-api" --window=1h', "--window"),
        ("df -h --deep", "--deep"),
        ("kubectl exec -n pay deployment/payments -- df -h --deep", "--deep"),
        ("sudo journalctl -u kubelet --newest", "--newest"),
        ("jq -Q . trace.json", "-Q"),
    ],
)
def test_a_flag_that_no_command_has_is_unsupported(command: str, flag: str) -> None:
    """An option must stand in the catalogue or in the table of known commands."""
    report = trace_claims(f"## Diagnosis Steps\n\n```bash\n{command}\n```\n", sources())
    assert [t.claim.text for t in report.unsupported if t.claim.kind == "flag"] == [flag]


@pytest.mark.parametrize(
    "command",
    [
        "kubectl get pods -n pay -o wide --sort-by=.status.startTime -w",
        "kubectl logs deployment/payments -n pay --previous --since=2h --tail=50 -c main",
        "journalctl -u kubelet --since=-1h -n 50 --no-pager | grep -iE 'error|fail' | tail -20",
        "curl -sSf -o /dev/null -w '%{http_code}' -m 5 \"$HEALTH_URL\"",
        "tar -xzvf trace.json | sort -rn -k2 | head -n 5",
        "aws logs filter-log-events --log-group-name payments-api --start-time 0 --region eu-1",
        "helm rollback payments-api 3 -n pay --wait --timeout 5m",
    ],
)
def test_real_flags_are_supported(command: str) -> None:
    """Options that the programs have are supported without a source of their own."""
    report = trace_claims(f"## Diagnosis Steps\n\n```bash\n{command}\n```\n", sources())
    wrong = [t.claim.text for t in report.unsupported if t.claim.kind in ("flag", "command")]
    assert wrong == []


def test_a_false_value_in_a_command_is_flagged() -> None:
    """Services, namespaces and numbers within commands are claims, too."""
    text = (
        "## Diagnosis Steps\n\n```bash\n"
        'pup traces search --query="service:payment-api @http.status_code:507" --from=1h\n'
        "kubectl get pods -n paying\n"
        "kubectl frobnicate pods -n pay\n```\n"
    )
    flagged = [t.claim.text for t in trace_claims(text, sources()).unsupported]
    assert flagged == ["payment-api", "@http.status_code:507", "paying", "kubectl frobnicate"]


@pytest.mark.parametrize(
    "line",
    [
        "The root cause is that the reconciler keeps a connection open when it returns early.",
        "Connections were not returned to the pool because the reconciler returned early.",
        "An early return of the reconciler leaves connections open.",
    ],
)
def test_a_cause_in_other_words_is_supported(line: str) -> None:
    """A cause rests on the pattern when it tells the same in other words."""
    report = traced(line, "Root Cause Fix")
    assert [t.support.kind for t in report.claims if t.claim.kind == "cause"] == ["pattern"]


@pytest.mark.parametrize(
    "line",
    [
        "The root cause is an expired certificate of payments-api.",
        "A kernel update drops packets on the nodes of payments-api.",
        "Connections were not returned to the pool because a firewall rule drops idle sockets.",
        "This is due to a DNS record of the old region.",
    ],
)
def test_a_cause_that_nobody_supposed_is_unsupported(line: str) -> None:
    """A cause that names other mechanisms is flagged, also where half of it is true."""
    report = traced(line, "Root Cause Fix")
    assert [t.claim.kind for t in report.unsupported] == ["cause"]


def test_a_cause_stated_as_fact_is_overstated_below_the_confidence() -> None:
    """Below 0.75, or without a confidence, a cause needs a word of doubt."""
    stated = "Connections leak because the reconciler returns early."
    hedged = "Connections probably leak because the reconciler returns early."
    for confidence, line, expected in (
        (0.6, stated, 1),
        (None, stated, 1),
        (0.75, stated, 0),
        (0.6, hedged, 0),
    ):
        report = traced(line, "Root Cause Fix", sources(confidence))
        assert len(report.overstated) == expected, (confidence, line)


def test_an_order_is_no_cause() -> None:
    """What the reader is asked to do is not a claim on the failure."""
    report = traced("Add a circuit breaker in front of the provider.", "Root Cause Fix")
    assert [t for t in report.claims if t.claim.kind == "cause"] == []


def test_what_a_person_changed_is_the_person_s() -> None:
    """A changed line keeps the sources of its old words; the new ones are the person's."""
    base = page("The pool gives up after 30 s on `payments-api`.")
    edited = page("The pool gives up after 45 s on `payments-api`, see deploy/limits.yml.")
    report = trace_claims(edited, sources(), base_markdown=base)
    kinds = {t.claim.text: t.support.kind for t in report.claims}
    assert kinds["45 s"] == kinds["deploy/limits.yml"] == "person"
    assert kinds["payments-api"] == "trace"
    assert report.unsupported == ()
    assert (
        "generated was" in next(t for t in report.claims if t.claim.text == "45 s").support.passage
    )


def test_lines_that_nobody_changed_are_traced_as_before() -> None:
    """An edit elsewhere excuses no unsupported claim."""
    base = page("It takes 99 minutes.")
    edited = base + "\n- Ask deploy/limits.yml.\n"
    report = trace_claims(edited, sources(), base_markdown=base)
    assert [t.claim.text for t in report.unsupported] == ["99 minutes"]


def test_counts_add_up() -> None:
    """Every claim is counted once, and every kind of support is there."""
    report = traced("`payments-api` fails after 99 minutes with `pool exhausted`.")
    assert sum(report.counts.values()) == len(report.claims)
    assert report.counts["unsupported"] == len(report.unsupported) == 1
    assert report.counts["template"] == 0


def test_a_trace_beyond_the_bounds_is_told() -> None:
    """When a trace is too large to be read whole the report says that it is partial."""
    large = {
        "trace_id": TRACE,
        "service_name": "payments-api",
        "trace_payload": {"messages": [{"role": "tool", "content": "x " * 9_000}] * 300},
    }
    found = evidence({"suggestion_id": "s-1"}, [], [large], ROW)
    assert trace_claims(page("`payments-api` fails."), found).partial
    assert not traced("`payments-api` fails.").partial


def test_dates_and_times_are_traced() -> None:
    """A point in time must stand in the evidence."""
    assert unsupported("It began at 2026-11-12 08:22.") == ["2026-11-12 08:22"]
    assert support("It began at `2026-11-12 09:02`.", "2026-11-12 09:02").kind == "trace"


def test_metadata_dates_are_no_claims() -> None:
    """When the page was generated says nothing about the failure."""
    text = (
        "# Pool - Operational Runbook\n\n**Generated**: 2026-11-20T04:10:00Z\n\n## Summary\n\nx\n"
    )
    assert trace_claims(text, sources()).claims == ()


@pytest.mark.parametrize("below", ["my line", "- my line", "*my line*", "## Notes", "my\nlines"])
def test_what_is_typed_below_the_footer_leaves_it_the_template_s(below: str) -> None:
    """A line right below it is a paragraph with it, and another sentence all the same."""
    base = f"{page('`payments-api` fails.')}\n---\n\n{FOOTER}\n"
    report = trace_claims(base + below + "\n", sources(), base_markdown=base)
    assert report.unsupported == ()
    assert report.counts["template"] == trace_claims(base, sources()).counts["template"]


def test_words_in_italics_end_a_sentence_with_their_full_stop() -> None:
    """The one behind it is read by itself."""
    assert unsupported("*`payments-api` fails.* It takes 99 minutes.") == ["99 minutes"]
