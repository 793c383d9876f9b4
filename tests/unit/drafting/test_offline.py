"""The offline drafter: complete, specific, honest, and the same every time."""

import re
import time
from dataclasses import replace

import pytest

from runbooks.drafting.catalogue import built_in
from runbooks.drafting.fallback import fallback_reason
from runbooks.drafting.offline import OfflineDrafter
from runbooks.drafting.port import Evidence
from runbooks.lint import LintContext, lint
from runbooks.markdown.outline import SECTIONS, parse, quality
from runbooks.models import FailurePattern, RawTrace, Severity
from runbooks.revision import sha256
from tests.unit.drafting.evidence import (
    NOW,
    evidence,
    request,
    rows,
    sample,
    service_row,
    tau,
)

DRAFTER = OfflineDrafter()


def draft(found: Evidence) -> str:
    """The Markdown of a draft."""
    return DRAFTER.draft(request(found)).markdown


def blocking(found: Evidence, markdown: str) -> list[str]:
    """The E-findings of a draft with all that its evidence tells."""
    context = LintContext(
        trace_ids=found.trace_ids,
        pattern_ids=found.pattern_ids,
        confidence=found.canonical.confidence if found.canonical else None,
        channels=(found.row.escalation_channel,),
        now=NOW,
    )
    return [
        f"{finding.id} line {finding.line}: {finding.message}"
        for finding in lint(markdown, context, "evalforge")
        if finding.severity == "E"
    ]


def check_quality(found: Evidence, markdown: str) -> None:
    """Hold a draft to SC-002, SC-003 and the gate of CONTRACT R12."""
    outline = parse(markdown)
    assert tuple(outline.sections) == SECTIONS
    assert quality(outline) == ()
    assert len(outline.diagnosis_commands) >= 2
    assert found.canonical_trace_id in markdown
    assert "{{" not in markdown
    assert blocking(found, markdown) == []


def test_every_tau_suggestion_gets_a_draft_that_nothing_blocks(shared_data):
    """Nineteen real agent failures: six sections, commands, the source trace, no E-finding."""
    found = tau(shared_data)
    assert len(found) == 19
    for one in found:
        check_quality(one, draft(one))


def test_every_sample_suggestion_gets_a_draft_that_nothing_blocks():
    """The sample that comes with the product, with its services file."""
    drafted = [one for one in sample() if fallback_reason(one) is None]
    assert len(drafted) >= 15
    for one in drafted:
        check_quality(one, draft(one))


def test_the_same_request_gives_the_same_bytes():
    """Two drafters, one evidence, one text; only the time it took differs."""
    for one in sample():
        first, second = (OfflineDrafter().draft(request(one)) for _ in range(2))
        assert first.markdown == second.markdown
        assert first.rationale == second.rationale
        assert first.meta.prompt_hash == second.meta.prompt_hash


PATTERN: dict[str, object] = {
    "source_trace_id": "trace-1",
    "pattern_id": "pattern_trace-1",
    "failure_type": "infrastructure_error",
    "title": "Shop is down",
    "summary": "Requests to shop fail.",
    "trigger_condition": "load",
    "root_cause_hypothesis": "The pool is too small.",
    "recommended_actions": ["Restart the importer", "Write a load test"],
    "reproduction_context": {"input_pattern": "GET /", "tools_involved": []},
    "confidence": 0.9,
}


def built(
    error: str = "", row: dict[str, object] | None = None, service: str = "shop", **pattern: object
) -> Evidence:
    """Evidence with one trace whose only span fails with this error."""
    span = {
        "service": service,
        "span_id": 1,
        "resource": "GET /",
        "error": 1,
        "start": 1794525245000027480,
        "meta": {"error.message": error} if error else {},
    }
    trace = {"trace_id": "trace-1", "service_name": service, "trace_payload": [span]}
    suggestion = {
        "suggestion_id": "s-1",
        "type": "runbook",
        "severity": "high",
        "source_traces": ["trace-1"],
    }
    return evidence(
        suggestion, [{**PATTERN, **pattern}], [trace], service_row(service, **(row or {}))
    )


def test_the_meta_tells_that_no_model_was_asked():
    """Provider offline, no temperature, no cost, one attempt, hashes of what went in and out."""
    found = built("connection refused")
    answer = DRAFTER.draft(request(found))
    meta = answer.meta
    assert (meta.provider, meta.model) == ("offline", "offline-composer-1")
    assert (meta.temperature, meta.cost_usd, meta.attempts) == (None, 0.0, 1)
    assert meta.response_sha256 == sha256(answer.markdown)
    assert meta.prompt_hash is not None
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", meta.prompt_hash)
    assert meta.prompt_version == built_in().version
    assert meta.evidence_hash == found.hash
    assert meta.latency_ms is not None
    assert meta.fallback_reason is None


def test_the_prompt_hash_changes_with_the_evidence():
    """Another error in the trace is another input."""
    one, two = (DRAFTER.draft(request(built(text))).meta for text in ("OOMKilled", "disk is full"))
    assert one.prompt_hash != two.prompt_hash


def test_the_rationale_cites_its_sources_and_says_that_it_is_composed():
    """A reviewer reads the trace, the pattern, the facts that decided, and that no model wrote."""
    rationale = DRAFTER.draft(request(built("OOMKilled"))).rationale
    for words in ("trace-1", "pattern_trace-1", "OOMKilled", "offline", "without a language model"):
        assert words in rationale


@pytest.mark.parametrize(
    ("error", "command"),
    [
        ("FATAL: remaining connection slots are reserved", "pg_stat_activity"),
        ("container shop OOMKilled, exit code 137", "kubectl top pods -n web"),
        ("Back-off restarting failed container", "kubectl logs"),
        ("write /data: no space left on device", "df -h"),
        ("Readiness probe failed: HTTP 500", "readinessProbe"),
        ("429 Too Many Requests", "@http.status_code:[400 TO 499]"),
        ("x509: certificate has expired for api.shop.example", "openssl s_client"),
        ("dial tcp: lookup db.shop.svc: no such host", "dig +short"),
        ("connect to cache.shop.svc:6379: connection refused", "nc -vz -w 5 cache.shop.svc 6379"),
        ("context deadline exceeded", "percentile(@duration, 99)"),
        ("ExpiredTokenException: token is expired", "@http.status_code:[400 TO 499]"),
        ("rabbitmq: queue is full", "rabbitmqctl list_queues"),
    ],
)
def test_the_error_text_decides_for_a_broad_failure_type(error, command):
    """An infrastructure error is diagnosed by what its trace says, not by its name."""
    row = {"namespace": "web", "deployment": "shop", "database": "shop"}
    outline = parse(draft(built(error, row)))
    assert command in outline.sections["Diagnosis Steps"]


def test_a_named_failure_type_is_not_overruled_by_an_error_text():
    """A prompt injection stays one although a tool was rate limited meanwhile."""
    text = draft(built("429 Too Many Requests", failure_type="prompt_injection"))
    assert "gives orders to the model" in text


@pytest.mark.parametrize("failure_type", ["solar_flare", "", "???", "unknown"])
def test_any_other_failure_type_gets_a_generic_runbook(failure_type):
    """A word that no entry knows still gives commands, mitigation and escalation."""
    found = built(failure_type=failure_type, title="Something odd", summary="It fails oddly.")
    check_quality(found, draft(found))


def test_commands_need_names_from_the_services_file():
    """Without namespace and deployment no kubectl command is made up for an agent's failure."""
    bare = draft(built(failure_type="wrong_tool"))
    known = {"namespace": "web", "deployment": "shop"}
    assert "kubectl" not in bare
    assert "kubectl rollout undo deployment/shop -n web" in draft(
        built(failure_type="wrong_tool", row=known)
    )


def test_a_rollback_is_never_proposed_without_its_history():
    """Whoever rolls back sees first whether a release came before the failure."""
    known = {"namespace": "web", "deployment": "shop"}
    for name in built_in().causes:
        text = draft(built(failure_type=name, row=known))
        if "kubectl rollout undo" in text:
            assert text.index("kubectl rollout history") < text.index("kubectl rollout undo"), name


def test_an_unknown_namespace_is_asked_for_where_kubernetes_is_the_cause():
    """The variable is listed with the way to get it."""
    text = draft(built("OOMKilled"))
    assert '-n "$NAMESPACE"' in text
    assert "`$NAMESPACE` the namespace of `shop`" in text


def test_the_environment_of_the_services_file_narrows_the_queries():
    """Datadog queries carry env where it is known."""
    assert '--query="service:shop env:prod status:error"' in draft(built(row={"env": "prod"}))


def test_contacts_and_thresholds_come_from_the_services_row():
    """Escalation names channel, owner, minutes, users and downtime of the row (CONTRACT §4)."""
    row = {
        "owner": "Shop SRE",
        "escalation_channel": "#shop-oncall",
        "escalate_after_minutes": 7,
        "impact_users": 33,
        "downtime_minutes": 44,
    }
    criteria = parse(draft(built(row=row))).escalation_criteria
    for words in ("#shop-oncall", "Shop SRE", "7 minutes", ">33 users", ">44 minutes"):
        assert words in criteria


def test_a_service_without_a_row_gets_the_default_contact():
    """The specification's values: #team-llm-ops, 15 minutes, >100 users, >30 minutes."""
    criteria = parse(draft(built())).escalation_criteria
    for words in ("#team-llm-ops", "15 minutes", ">100 users", ">30 minutes"):
        assert words in criteria


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.95, "Cause according to the pattern"), (0.74, "Likely cause"), (None, "Unconfirmed cause")],
)
def test_the_cause_is_as_sure_as_its_confidence(confidence, words):
    """Below 0.75 it is likely, without a figure unconfirmed."""
    fix = parse(draft(built(confidence=confidence))).sections["Root Cause Fix"]
    assert words in fix
    assert "pool is too small" in fix


def test_recommendations_go_where_they_can_be_followed():
    """What can be done at once is mitigation, the rest is the fix."""
    sections = parse(draft(built())).sections
    assert "Restart the importer" in sections["Immediate Mitigation"]
    assert "Write a load test" in sections["Root Cause Fix"]


def test_a_disruptive_command_says_whom_it_affects_and_how_to_go_back():
    """Every step of mitigation ends with an expectation and a way back."""
    known = {"namespace": "web", "deployment": "shop"}
    steps = parse(draft(built("OOMKilled", known))).mitigation_steps
    assert steps
    for step in steps:
        assert "Expected:" in step
        assert "roll back:" in step
        if "kubectl" in step:
            assert "Affects" in step
            assert "Confirm first" in step


def test_every_variable_of_a_command_is_explained():
    """A $NAME in a command is listed under Variables."""
    for name in built_in().causes:
        text = draft(built(failure_type=name))
        commands = " ".join(re.findall(r"```bash\n(.*?)```", text, re.DOTALL))
        meta = parse(text).meta.get("Variables", "")
        for variable in re.findall(r"\$[A-Z][A-Z_]+", commands):
            assert variable in meta, (name, variable)


def test_numbers_in_a_draft_come_from_evidence_row_or_catalogue():
    """Take all three away from a draft and no number is left."""
    catalogue_text = built_in().model_dump_json()
    for one in sample():
        if fallback_reason(one):
            continue
        known = f"{one!r} {catalogue_text} {NOW.isoformat()}"
        told = parse(draft(one)).sections
        for name in ("Summary", "Immediate Mitigation", "Root Cause Fix"):
            for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w])", _unnumbered(told[name])):
                assert number in known or number in "1234567", (one.suggestion, name, number)


def _unnumbered(markdown: str) -> str:
    return re.sub(r"(?m)^\d+\. ", "", markdown)


def test_a_trigger_from_a_conversation_is_quoted_as_such(shared_data):
    """What a user typed stands as the input of the source trace and nowhere else."""
    one = tau(shared_data)[0]
    text = draft(one)
    assert text.count("Hi! I'm looking to book a flight") == 1
    assert "(a quote, not an instruction): `Hi! I'm looking to book a flight" in text


def test_an_empty_evidence_gives_a_draft_all_the_same():
    """No trace, no row, no severity: six sections and two commands, nothing made up."""
    bare = evidence({"suggestion_id": "s", "type": "runbook"})
    outline = parse(draft(bare))
    assert tuple(outline.sections) == SECTIONS
    assert quality(outline) == ()


def test_a_huge_lineage_stays_small():
    """Forty fat traces and endless texts give a page that can be read."""
    fat = {"messages": [{"role": "tool", "name": "x", "content": "Error: " + "y" * 9_000}] * 3_000}
    trace = RawTrace(trace_id="t", service_name="shop", payload=fat)
    pattern = FailurePattern(
        pattern_id="p",
        source_trace_id="t",
        summary="word " * 50_000,
        signals=tuple(f"signal {number} " + "z" * 5_000 for number in range(5_000)),
        recommended_actions=tuple("Restart it " * 500 for _ in range(500)),
        root_cause_hypothesis="because " * 50_000,
    )
    found = replace(built(), traces=(trace,) * 40, patterns=(pattern,), severity=Severity.HIGH)
    started = time.process_time()
    text = draft(found)
    assert time.process_time() - started < 5
    assert len(text) < 20_000
    assert len(parse(text).sections["Summary"].split()) <= 60


def test_the_drafter_says_what_would_answer():
    """The health page shows rules, not a model."""
    assert "without a language model" in DRAFTER.check()


@pytest.mark.parametrize(
    ("file", "key"), [("dd_error_spans", "spans"), ("whowhen_failures", "trace_payload")]
)
def test_real_traces_of_other_kinds_get_drafts_that_nothing_blocks(shared_data, file, key):
    """Datadog spans and multi-agent runs, with a pattern that only names what happened."""
    for number, row in enumerate(rows(shared_data / f"{file}.jsonl")[:30]):
        kind = "llm_error" if number % 2 else "unknown"
        trace = {**row, "trace_id": "trace-1", "trace_payload": row[key]}
        suggestion = {"suggestion_id": "s", "severity": "high", "source_traces": ["trace-1"]}
        found = evidence(suggestion, [{**PATTERN, "failure_type": kind}], [trace])
        check_quality(found, draft(found))


def test_kubernetes_observations_get_kubernetes_commands(shared_data):
    """What kubectl recorded of a pod that ran out of memory leads to its memory."""
    scenarios = rows(shared_data / "k8s_scenarios.jsonl")
    for row in scenarios:
        trace = {
            "trace_id": "trace-1",
            "service_name": "app",
            "trace_payload": row.get("observations"),
        }
        suggestion = {"suggestion_id": "s", "severity": "high", "source_traces": ["trace-1"]}
        found = evidence(suggestion, [PATTERN], [trace])
        text = draft(found)
        check_quality(found, text)
        if "Reason:       OOMKilled" in str(row.get("observations")):
            assert "kubectl top pods" in text
