"""What is read from traces of any shape, and that reading ends."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.drafting.facts import Facts, gather
from runbooks.drafting.payload import Reach
from runbooks.drafting.reading import read
from runbooks.models import FailurePattern
from tests.examples import examples
from tests.unit.drafting.evidence import evidence, tau

SUGGESTION = {"suggestion_id": "s-1", "type": "runbook", "source_traces": [{"trace_id": "t1"}]}
PATTERN = {"source_trace_id": "t1", "failure_type": "llm_error", "confidence": 0.8}


def facts_of(*payloads: object, pattern: dict[str, object] | None = None) -> Facts:
    """Read these payloads as the traces t1, t2 …"""
    traces = [
        {"trace_id": f"t{number}", "trace_payload": payload}
        for number, payload in enumerate(payloads, start=1)
    ]
    return gather(evidence(SUGGESTION, [{**PATTERN, **(pattern or {})}], traces))


def test_tool_calls_are_counted_by_name_and_by_equal_arguments(shared_data):
    """The lineage of a tau-bench task gives calls, the most in one run, repeats and errors."""
    found = gather(tau(shared_data)[0])
    book = next(use for use in found.tools if use.name == "book_reservation")
    assert (book.calls, book.traces, book.most, book.repeats, book.errors) == (12, 4, 6, 2, 7)


def test_errors_that_differ_in_numbers_are_one_error(shared_data):
    """The same refusal with other amounts counts once, with all traces that tell it."""
    first = gather(tau(shared_data)[0]).errors[0]
    assert first.text.startswith("Error: payment amount does not add up")
    assert first.tool == "book_reservation"
    assert len(first.trace_ids) == 4


def test_tools_called_against_expectation_are_named(shared_data):
    """ "expected writes A; successful writes A, B" makes B the tool that was not expected."""
    found = gather(tau(shared_data)[0])
    assert found.unexpected == ("cancel_reservation",)
    assert found.tools[0].name == "cancel_reservation"


def test_expected_calls_that_were_not_made_are_named():
    """ "expected A and B, called A" makes B the missing one."""
    found = facts_of(
        None, pattern={"summary": "expected book_seat and send_mail, called book_seat."}
    )
    assert found.missing == ("send_mail",)
    assert found.unexpected == ()


DATADOG = [
    {
        "name": "web.request",
        "service": "shop",
        "resource": "POST /pay",
        "span_id": 1,
        "error": 1,
        "start": 1794525245000027480,
        "duration": 2_500_000_000,
        "meta": {
            "http.status_code": "503",
            "error.type": "shop.PoolEmpty",
            "error.message": "no connection within 3000 ms to db.shop.svc:5432",
            "error.stack": 'Traceback:\n  File "/usr/lib/python3.11/socket.py", line 9, in read\n'
            '  File "/app/pay.py", line 42, in pay\n  File "/x/site-packages/pg.py", line 7, in q\n'
            "shop.PoolEmpty: none",
        },
    },
    {
        "name": "cache",
        "service": "redis",
        "span_id": 2,
        "error": 0,
        "meta": {"out.host": "c.svc.x"},
    },
]


def test_datadog_spans_give_error_status_host_frames_and_times():
    """Everything an engineer would look for in a failing span is there."""
    found = facts_of(DATADOG)
    assert found.errors[0].text == "no connection within 3000 ms to db.shop.svc:5432"
    assert found.errors[0].place == "POST /pay"
    assert found.statuses == ((503, 1),)
    assert found.named("exception") == "shop.PoolEmpty"
    assert found.names["host"] == ("db.shop.svc",)
    assert found.names["endpoint"] == ("db.shop.svc:5432",)
    assert [(frame.file, frame.line) for frame in found.frames] == [("/app/pay.py", 42)]
    assert found.slowest == ("POST /pay", 2_500_000_000)
    assert found.first is not None
    assert found.last is not None
    assert (found.last - found.first).total_seconds() == pytest.approx(2.5)


def test_a_host_that_did_not_fail_is_not_named():
    """Only hosts of failing spans or of error texts are worth a test."""
    assert facts_of([DATADOG[1]]).named("host") == ""


def test_a_terse_error_gets_its_exception_in_front():
    """A KeyError's message is only the key, so its type is put before it."""
    meta = {"error.type": "KeyError", "error.message": "'warehouse'"}
    errors = facts_of([{"service": "s", "span_id": 1, "error": 1, "meta": meta}]).errors
    assert [error.text for error in errors] == ["KeyError: 'warehouse'"]


OPEN_TELEMETRY = {
    "resourceSpans": [
        {
            "resource": {
                "attributes": [{"key": "service.name", "value": {"stringValue": "search"}}]
            },
            "scopeSpans": [
                {
                    "spans": [
                        {
                            "spanId": "a1",
                            "name": "GET /q",
                            "startTimeUnixNano": "1793701082000000000",
                            "endTimeUnixNano": "1793701084000000000",
                            "status": {"code": 2, "message": "index is closed"},
                            "attributes": [
                                {"key": "http.response.status_code", "value": {"intValue": "500"}}
                            ],
                            "events": [
                                {
                                    "name": "exception",
                                    "attributes": [
                                        {
                                            "key": "exception.type",
                                            "value": {"stringValue": "IndexClosedException"},
                                        }
                                    ],
                                }
                            ],
                        }
                    ]
                }
            ],
        }
    ]
}


def test_open_telemetry_json_is_read_like_spans():
    """Wrapped attribute values and nanosecond strings are understood."""
    found = facts_of(OPEN_TELEMETRY)
    assert found.errors[0].text == "index is closed"
    assert found.statuses == ((500, 1),)
    assert found.named("service") == "search"
    assert found.named("exception") == "IndexClosedException"
    assert found.slowest == ("GET /q", 2_000_000_000)


@pytest.mark.parametrize(
    "call",
    [
        {"name": "refund", "arguments": '{"id": 7}'},
        {"id": "c1", "type": "function", "function": {"name": "refund", "arguments": "{}"}},
        {"type": "tool_use", "id": "c1", "name": "refund", "input": {"id": 7}},
        {
            "name": "tool.call",
            "span_id": 3,
            "start": 1794525245000027480,
            "meta": {"span.kind": "tool", "tool.name": "refund"},
        },
    ],
)
def test_tool_calls_are_found_in_every_usual_form(call):
    """Plain, OpenAI, Anthropic and span forms of a tool call count the same."""
    found = facts_of({"messages": [{"role": "assistant", "content": "", "tool_calls": [call]}]})
    assert [(use.name, use.calls) for use in found.tools] == [("refund", 1)]


def test_a_payload_stored_as_json_text_is_parsed():
    """Some services store the payload as a string."""
    assert facts_of(json.dumps(DATADOG)).statuses == ((503, 1),)


def test_log_text_gives_the_lines_that_tell_an_error():
    """Of a plain log only lines with an error level or a known failure are taken."""
    log = "ok started\n2026-11-20 ERROR no space left on device\nINFO done\nLast State: OOMKilled"
    assert [error.text for error in facts_of(log).errors] == [
        "2026-11-20 ERROR no space left on device",
        "Last State: OOMKilled",
    ]


def test_of_an_endless_line_only_the_telling_part_is_taken():
    """JSON on one line tells its failure with a few words around it."""
    line = '{"a": "' + "x" * 5_000 + '", "reason": "OOMKilled", "b": "' + "y" * 5_000 + '"}'
    (error,) = facts_of({"output": line}).errors
    assert '"reason": "OOMKilled"' in error.text
    assert len(error.text) < 260


def test_what_a_user_says_is_not_an_error():
    """A user who types "Error: …" does not make a symptom."""
    messages = [{"role": "user", "content": "Error: connection refused, delete everything"}]
    assert facts_of({"messages": messages}).errors == ()


def test_a_failing_terminal_is_an_error_although_it_speaks_as_user():
    """Agent frameworks send the terminal's answer in the user's role."""
    text = (
        "exitcode: 1 (execution failed)\nCode output: Traceback\nModuleNotFoundError: No module x"
    )
    found = facts_of({"messages": [{"role": "user", "name": "terminal", "content": text}]})
    assert found.errors[0].text == "ModuleNotFoundError: No module x"


def test_signals_of_the_pattern_count_when_the_trace_is_lost():
    """Without a stored trace the pattern's own error lines remain."""
    lone = gather(evidence(SUGGESTION, [{**PATTERN, "evidence": {"excerpt": "Error: no quota"}}]))
    assert [error.text for error in lone.errors] == ["Error: no quota"]


def test_ten_thousand_messages_are_read_in_bounded_time():
    """A long run is sampled at both ends, says so, and takes no time to speak of."""
    message = {"role": "tool", "name": "search", "content": "Error: time-out 7 " + "x" * 2_000}
    call = {"role": "assistant", "tool_calls": [{"name": "search", "arguments": "{}"}]}
    started = time.process_time()
    found = facts_of({"messages": [message, call] * 5_000})
    assert time.process_time() - started < 5
    assert found.partial
    assert found.tools[0].calls > 1_000


def test_deep_nesting_neither_raises_nor_hangs():
    """A hundred thousand nested lists end at the depth limit."""
    nested: object = "Error: deep"
    for _ in range(100_000):
        nested = [nested]
    assert facts_of(nested).partial
    assert facts_of("[" * 100_000).errors == ()


def test_a_hostile_line_is_searched_in_linear_time():
    """Expressions have bounded quantifiers."""
    started = time.process_time()
    for text in ("A." * 200_000, "expected " * 50_000, "error " * 90_000, '"error": "' * 30_000):
        facts_of({"log": text}, pattern={"summary": text})
    assert time.process_time() - started < 5


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("role", "content", "name", "arguments", "tool_calls", "error", "meta"),
                    *("span_id", "start", "duration", "status", "evaluation", "value", "key"),
                    *("attributes", "timestamp", "http.status_code", "error.stack", "level"),
                ]
            )
            | st.text(max_size=8),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=examples(300), deadline=None)
@given(JSON, JSON)
def test_no_payload_raises(one, two):
    """Reading gives facts for whatever JSON can say, and the same ones again."""
    assert facts_of(one, two) == facts_of(one, two)


@settings(max_examples=examples(100), deadline=None)
@given(st.text(max_size=300), st.lists(st.text(max_size=60), max_size=5))
def test_no_pattern_raises(text, signals):
    """Any text in a pattern is fine."""
    pattern = FailurePattern(
        pattern_id="p",
        source_trace_id="t1",
        summary=text,
        excerpt=text,
        signals=tuple(signals),
        root_cause_hypothesis=text,
        tools_involved=tuple(signals),
    )
    base = evidence(SUGGESTION, [PATTERN])
    gather(type(base)(**{**base.__dict__, "patterns": (pattern,)}))


def test_the_walk_stops_when_its_reach_is_used_up():
    """A reach of ten nodes sees ten nodes."""
    reach = Reach(10)
    found = read([{"error": f"Error {number}: x"} for number in range(100)], reach)
    assert found.partial
    assert len(found.errors) <= 10
