"""The sample data: shapes of CONTRACT §1, consistent ids, and nothing that its traces do not show."""

import json
import re
from datetime import UTC, datetime

import pytest

from runbooks.revision import revision
from runbooks.sample import sample_dir
from tests.sample_documents import (
    DRAFTED,
    PATTERNS,
    RUNBOOKS,
    SERVICES,
    SUGGESTIONS,
    TRACES,
    Doc,
    evidence_of,
    numbers,
    read,
    sources,
    text_of,
)

NAMED_FAILURES = {
    "hallucination", "toxicity", "prompt_injection", "wrong_tool", "runaway_loop", "pii_leak",
    "stale_data", "guardrail_failure", "infrastructure_error", "quality_degradation",
    "client_error", "llm_error",
}  # fmt: skip
SERVICE_FAILURES = {
    "connection_pool_exhaustion", "oom_kill", "gateway_5xx", "queue_backlog",
    "disk_space_exhaustion", "health_check_failure",
}  # fmt: skip


def _moment(text: str) -> datetime:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text), text
    return datetime.fromisoformat(text)


def _spans(trace: Doc) -> list[Doc]:
    payload = trace["trace_payload"]
    found = payload.get("spans", []) if isinstance(payload, dict) else payload
    return list(found)


def test_every_document_says_that_it_is_sample_data():
    """The mark makes it possible to tell it from real documents and to take it away again."""
    for doc in [*TRACES.values(), *PATTERNS.values(), *SUGGESTIONS.values()]:
        assert doc["sample"] is True


def test_every_line_is_a_document_of_its_own():
    """No two lines carry the same id, and the ids follow their form."""
    assert len(TRACES) == len(read("traces.jsonl"))
    assert len(PATTERNS) == len(read("patterns.jsonl"))
    assert len(SUGGESTIONS) == len(read("suggestions.jsonl"))
    assert all(re.fullmatch(r"[0-9a-f]{32}", name) for name in TRACES)
    assert all(re.fullmatch(r"sugg_sample_\d{3}", name) for name in SUGGESTIONS)
    for source, doc in PATTERNS.items():
        assert doc["pattern_id"] == f"pattern_{source}"


def test_lineage_leads_from_every_suggestion_to_its_traces_and_back():
    """Every named trace and pattern exists, and nothing lies about unused."""
    used = {trace_id for doc in SUGGESTIONS.values() for trace_id in sources(doc)}
    assert used == set(TRACES)
    assert set(PATTERNS) <= set(TRACES)
    for doc in SUGGESTIONS.values():
        for item in doc.get("source_traces", []):
            if isinstance(item, dict):
                assert item["pattern_id"] == f"pattern_{item['trace_id']}"
                assert item["trace_id"] in PATTERNS
                assert 0 < item["similarity_score"] <= 1


def test_the_older_forms_of_lineage_occur():
    """One suggestion lists plain trace ids, one holds a single source_trace_id."""
    plain = [d for d in RUNBOOKS if isinstance(d.get("source_traces", [{}])[0], str)]
    single = [d for d in RUNBOOKS if "source_trace_id" in d]
    assert len(plain) == len(single) == 1


def test_every_failure_type_is_there():
    """All types of CONTRACT §1, and the service failures that on-call people know."""
    types = {doc["pattern"]["failure_type"] for doc in RUNBOOKS}
    assert types >= NAMED_FAILURES | SERVICE_FAILURES
    assert {TRACES[t]["failure_type"] for d in RUNBOOKS for t in sources(d)} == types


def test_the_queue_has_something_of_everything():
    """States, types and severities are mixed, so that every filter has rows to show."""
    assert len(RUNBOOKS) == 21
    assert {doc["type"] for doc in SUGGESTIONS.values()} == {"runbook", "eval", "guardrail"}
    status = [doc["status"] for doc in RUNBOOKS]
    counts = {name: status.count(name) for name in set(status)}
    assert counts == {"pending": 18, "approved": 2, "rejected": 1}
    severities = [doc.get("severity") for doc in RUNBOOKS]
    assert set(severities) == {"critical", "high", "medium", "low", "P2", None}
    assert severities.count("P2") == severities.count(None) == 1
    groups = [doc["similarity_group"] for doc in RUNBOOKS if "similarity_group" in doc]
    assert groups.count("simgrp_checkout_pool") == 2


def test_suggestions_were_created_over_weeks_and_after_their_traces():
    """Ages differ, none lies in the future of 2026-11-18, and effects follow causes."""
    created = [_moment(doc["created_at"]) for doc in SUGGESTIONS.values()]
    assert max(created) < datetime(2026, 11, 18, tzinfo=UTC)
    assert (max(created) - min(created)).days >= 28
    for doc in SUGGESTIONS.values():
        assert _moment(doc["updated_at"]) >= _moment(doc["created_at"])
        for trace_id in sources(doc):
            assert _moment(TRACES[trace_id]["fetched_at"]) < _moment(doc["created_at"])
    for source, doc in PATTERNS.items():
        assert _moment(TRACES[source]["fetched_at"]) < _moment(doc["extracted_at"])


def test_patterns_are_complete_but_for_the_two_that_lack_context():
    """One suggestion has no pattern document; one pattern has no trigger and no input."""
    without = [d["suggestion_id"] for d in RUNBOOKS if not set(sources(d)) & set(PATTERNS)]
    assert without == ["sugg_sample_020"]
    vague = [
        doc["source_trace_id"]
        for doc in PATTERNS.values()
        if not doc.get("trigger_condition") and not doc["reproduction_context"]["input_pattern"]
    ]
    assert vague == sources(SUGGESTIONS["sugg_sample_021"])
    for source in set(PATTERNS) - set(vague):
        doc = PATTERNS[source]
        for field in ("title", "trigger_condition", "summary", "root_cause_hypothesis"):
            assert doc[field].strip()
        assert doc["evidence"]["signals"]
        assert doc["recommended_actions"]
        assert doc["confidence_rationale"]
        assert doc["reproduction_context"]["input_pattern"]


def test_confidence_varies_around_the_level_where_wording_must_hedge():
    """Some patterns lie below 0.75, so that a cause may not be stated as a fact."""
    confidence = [doc["confidence"] for doc in PATTERNS.values()]
    assert all(0 <= value <= 1 for value in confidence)
    assert len([value for value in confidence if value < 0.75]) >= 5
    assert len(set(confidence)) >= 15


def test_a_suggestion_carries_its_canonical_pattern():
    """The embedded pattern is the one with the highest confidence (CONTRACT R9)."""
    for doc in RUNBOOKS:
        known = [PATTERNS[name] for name in sources(doc) if name in PATTERNS]
        if known:
            best = max(known, key=lambda pattern: pattern["confidence"])
            assert doc["pattern"]["title"] == best["title"]


def test_every_excerpt_stands_in_its_trace_word_for_word():
    """An evidence check must find what a pattern quotes."""
    for source, doc in PATTERNS.items():
        assert doc["evidence"]["excerpt"] in text_of(TRACES[source])


@pytest.mark.parametrize("suggestion", RUNBOOKS, ids=lambda doc: str(doc["suggestion_id"]))
def test_no_pattern_names_a_number_or_a_file_that_its_traces_do_not_show(suggestion: Doc):
    """Numbers and files come from the lineage or the services file."""
    evidence = evidence_of(suggestion)
    for source in sources(suggestion):
        doc = dict(PATTERNS.get(source, {}))
        for own in ("confidence", "extracted_at", "pattern_id", "source_trace_id"):
            doc.pop(own, None)
        text = text_of(doc)
        assert numbers(text) <= numbers(evidence)
        files = set(re.findall(r"\b[\w-]+\.(?:py|java|ts|conf|yaml|txt)\b", text))
        assert files <= set(re.findall(r"[\w-]+\.\w+", evidence))


def test_traces_are_of_the_kinds_that_other_services_write():
    """Span lists, messages with tool calls, OpenTelemetry and plain maps all occur."""
    kinds = [
        "spans" if _spans(doc) else next(iter(doc["trace_payload"])) for doc in TRACES.values()
    ]
    assert kinds.count("spans") >= 15
    assert kinds.count("source") >= 10
    assert kinds.count("resourceSpans") == 1
    assert kinds.count("kind") == 2


def test_spans_form_a_tree_with_nanosecond_times():
    """Parents exist in the same trace, children lie within their trace's first minutes."""
    for trace in TRACES.values():
        spans = _spans(trace)
        ids = {span["span_id"] for span in spans}
        assert len(ids) == len(spans)
        assert not spans or 5 <= len(spans) <= 40
        for span in spans:
            assert span["parent_id"] == 0 or span["parent_id"] in ids
            assert 1_790_000_000 * 10**9 < span["start"] < 1_800_000_000 * 10**9
            assert 0 < span["duration"] < 600 * 10**9
            assert ("error.message" in span["meta"]) == bool(span["error"])


def test_tool_messages_answer_a_call():
    """Every tool message names a call before it, and failing ones are listed as tool_errors."""
    for trace in TRACES.values():
        payload = trace["trace_payload"]
        if not isinstance(payload, dict) or "messages" not in payload:
            continue
        calls: dict[str, str] = {}
        for message in payload["messages"]:
            for call in message.get("tool_calls", []):
                calls[call["id"]] = call["name"]
                assert isinstance(json.loads(call["arguments"]), dict)
            if message["role"] == "tool":
                assert calls[message["tool_call_id"]] == message["name"]
        assert 5 <= payload["n_messages"] == len(payload["messages"]) <= 40
        failed = [m["content"] for m in payload["messages"] if m.get("is_error")]
        assert payload["tool_errors"] == failed


def test_personal_data_is_there_and_fictitious():
    """Redaction has something to do; all of it uses ranges that are set aside for examples."""
    text = text_of(list(TRACES.values()))
    mails = set(re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text))
    assert mails
    assert all(re.search(r"(^|\.)example\.(org|net|com)$", host) for host in mails)
    phones = set(re.findall(r"555-\d{4}", text))
    assert len(phones) >= 5
    assert all(phone.startswith("555-01") for phone in phones)
    cards = set(re.findall(r"\b(?:\d{4} ){3}\d{4}\b", text))
    assert cards == {"4111 1111 1111 1111", "5555 5555 5555 4444"}
    assert text.count("fh-sample-not-a-real-token") >= 3
    assert "api_key=fh_sample_FICTITIOUS" in text


def test_no_credential_of_a_real_provider_is_there():
    """Neither the data nor the services file holds anything that a secret scanner would know."""
    real = r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{20}|\bsk[-_]\w{16}|AIza[\w-]{30}|xox[abp]-|-----BEGIN|eyJ\w{20}"
    for path in sample_dir().iterdir():
        if path.is_file():
            assert not re.search(real, path.read_text(encoding="utf-8"))


def test_personal_data_stays_in_the_traces():
    """Patterns and suggestions quote no address, phone, card or token of a trace."""
    text = text_of([*PATTERNS.values(), *SUGGESTIONS.values()])
    assert not re.search(r"@[\w-]+\.example|555-\d{4}|(?:\d{4} ){3}\d{4}|not-a-real", text)


def test_the_injected_order_stands_in_traces_alone():
    """The hostile text is evidence; no pattern or runbook repeats its commands or addresses."""
    hostile = ("collect.example.net/fix.sh", "Ignore all previous instructions")
    traces = text_of(list(TRACES.values()))
    rest = text_of([*PATTERNS.values(), *SUGGESTIONS.values()])
    for words in hostile:
        assert words in traces
        assert words not in rest


def test_exactly_one_service_has_no_row():
    """The finding about an unknown service can be seen, and only where it is meant."""
    names = {doc["service_name"] for doc in TRACES.values()}
    assert {name for name in names if not SERVICES.row(name).known} == {"price-advisor"}
    assert set(SERVICES.names) < names
    for name in SERVICES.names:
        row = SERVICES.row(name)
        assert row.owner
        assert row.dashboard
        assert row.namespace
        assert row.thresholds
        assert (row.env, row.datadog_site) == ("prod", "datadoghq.eu")


def test_only_three_suggestions_have_a_draft():
    """One edited by a person and pending, two approved; the rest waits for the generator."""
    found = {
        doc["suggestion_id"]: (
            doc["status"],
            doc["suggestion_content"]["runbook_snippet"]["edit_source"],
        )
        for doc in DRAFTED
    }
    assert found == {
        "sugg_sample_012": ("approved", "generated"),
        "sugg_sample_013": ("pending", "human"),
        "sugg_sample_014": ("approved", "human"),
    }


def test_a_decision_names_the_revision_that_it_was_made_on():
    """Approvals carry the revision of the stored text, a rejection its reason."""
    for doc in SUGGESTIONS.values():
        approval, history = doc["approval_metadata"], doc["version_history"]
        if doc["status"] == "pending":
            assert (approval, history) == (None, [])
            continue
        snippet = doc["suggestion_content"].get("runbook_snippet")
        assert approval["revision"] == revision(snippet) == history[-1]["revision"]
        assert approval["action"] == doc["status"] == history[-1]["new_status"]
        assert _moment(approval["timestamp"]) <= _moment(doc["updated_at"])
        assert doc["status"] == "approved" or approval["reason"]
