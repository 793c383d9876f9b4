"""Traces of every shape are read as messages, spans, and the rest; none raises or stalls."""

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from runbooks.trace import Call, cut, read
from tests.sample_documents import TRACES


def test_a_conversation_is_read_with_its_calls_and_failures() -> None:
    """Messages keep their order; a tool's error answer is marked, an answer is not."""
    found = read(
        {
            "messages": [
                {"role": "user", "content": "Book it"},
                {
                    "role": "assistant",
                    "content": "",
                    "tool_calls": [{"name": "book", "arguments": "{}"}],
                },
                {"role": "tool", "name": "book", "content": "Error: no seat"},
                {"role": "tool", "name": "look", "content": '{"ok": true, "error": null}'},
                {"role": "tool", "name": "look", "content": '{"status": 1, "error": "gone"}'},
            ],
            "domain": "airline",
        }
    )
    assert [m.number for m in found.messages] == [1, 2, 3, 4, 5]
    assert found.messages[1].calls == (Call("book", "{}"),)
    assert [m.failed for m in found.messages] == [False, False, True, False, True]
    assert found.rest == {"domain": "airline"}
    assert found.failures == 2


def test_what_an_agent_says_about_errors_is_no_failed_call() -> None:
    """Only a tool's answer is marked; people may speak of errors."""
    found = read([{"role": "user", "content": "Error: I cannot log in"}])
    assert not found.messages[0].failed


def test_errors_that_the_trace_names_itself_are_marked() -> None:
    """`tool_errors` of the payload marks answers that do not look like errors."""
    found = read(
        {"tool_errors": ["no such id"], "messages": [{"role": "tool", "content": "no such id"}]}
    )
    assert found.messages[0].failed


def test_messages_made_of_blocks_are_read() -> None:
    """Text blocks, tool uses and tool results of one message become its text and calls."""
    found = read(
        {
            "messages": [
                {
                    "role": "assistant",
                    "content": [
                        {"type": "text", "text": "I look"},
                        {"type": "tool_use", "name": "find", "input": {"q": "x"}},
                    ],
                },
                {
                    "role": "user",
                    "content": [{"type": "tool_result", "is_error": True, "content": "boom"}],
                },
            ]
        }
    )
    assert found.messages[0].text == "I look"
    assert found.messages[0].calls == (Call("find", '{"q": "x"}'),)
    assert found.messages[1].failed
    assert found.messages[1].text == "boom"


def test_calls_of_the_openai_form_are_read() -> None:
    """A call may stand inside `function`."""
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
    found = read({"messages": [{"role": "assistant", "content": None, "tool_calls": [call]}]})
    assert found.messages[0].calls == (Call("f", '{"a":1}'),)


def test_datadog_spans_become_a_tree_in_seconds() -> None:
    """Children stand under their parent, by start; nanoseconds become seconds."""
    root = {
        "span_id": 1,
        "parent_id": 0,
        "name": "web",
        "service": "s",
        "start": 1_794_000_000_000_000_000,
        "duration": 2_000_000_000,
        "error": 1,
        "meta": {"error.message": "boom"},
    }
    late = {
        "span_id": 3,
        "parent_id": 1,
        "name": "b",
        "start": root["start"] + 1_500_000_000,
        "duration": 1_000_000,
    }
    early = {
        "span_id": 2,
        "parent_id": 1,
        "name": "a",
        "start": root["start"] + 500_000_000,
        "duration": 1_000_000,
    }
    spans = read([late, root, early]).spans
    assert [(s.name, s.depth, s.failed, s.problem) for s in spans] == [
        ("web", 0, True, "boom"),
        ("a", 1, False, ""),
        ("b", 1, False, ""),
    ]
    assert [round(s.start, 3) for s in spans] == [0.0, 0.5, 1.5]
    assert spans[0].duration == 2.0


def test_opentelemetry_spans_carry_their_service_and_their_failure() -> None:
    """Status codes and exception events mark a span, the resource names its service."""
    exception = {
        "name": "exception",
        "attributes": [{"key": "exception.message", "value": {"stringValue": "no disk"}}],
    }
    span = {
        "spanId": "a",
        "name": "write",
        "startTimeUnixNano": "1793701082000000000",
        "endTimeUnixNano": "1793701082250000000",
        "status": {"code": "STATUS_CODE_ERROR"},
        "events": [exception],
    }
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "store"}}]}
    [found] = read(
        {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}
    ).spans
    assert (found.service, found.failed, found.problem) == ("store", True, "no disk")
    assert found.duration == pytest.approx(0.25, abs=1e-6)


def test_spans_of_the_spans_api_are_read() -> None:
    """The envelope with `attributes` and ISO times is looked through."""
    inner = {
        "span_id": "1",
        "resource_name": "GET /",
        "service": "web",
        "start_timestamp": "2026-11-01T10:00:00Z",
        "end_timestamp": "2026-11-01T10:00:01.5Z",
        "status": "error",
    }
    [found] = read({"data": [{"id": "x", "type": "spans", "attributes": inner}]}).spans
    assert (found.resource, found.failed, found.duration) == ("GET /", True, 1.5)


def test_parents_in_a_circle_lose_no_span() -> None:
    """Spans that name each other as parent are all listed, once."""
    ring = [
        {"span_id": n, "parent_id": n % 3 + 1, "service": "s", "name": str(n)} for n in (1, 2, 3)
    ]
    assert sorted(s.name for s in read(ring).spans) == ["1", "2", "3"]
    [alone] = read([{"span_id": 7, "parent_id": 7, "service": "s", "name": "x"}]).spans
    assert alone.depth == 0


def test_spans_with_the_same_id_are_all_listed() -> None:
    """Broken ids lose nothing and repeat nothing."""
    twins = [{"span_id": 1, "service": "s", "name": n} for n in ("a", "b")]
    child = {"span_id": 2, "parent_id": 1, "service": "s", "name": "c"}
    assert sorted(s.name for s in read([*twins, child]).spans) == ["a", "b", "c"]


def test_a_payload_stored_as_text_is_parsed() -> None:
    """JSON in a string is JSON; other text stays text."""
    assert read('{"messages": [{"role": "user", "content": "hi"}]}').messages[0].text == "hi"
    assert read("panic: out of memory").rest == "panic: out of memory"
    assert read("{broken").rest == "{broken"


def test_what_is_neither_is_the_rest() -> None:
    """Any other JSON is handed on untouched."""
    assert read({"kind": "report", "n": [1, 2]}).rest == {"kind": "report", "n": [1, 2]}
    assert read(None).rest is None


def test_messages_and_spans_may_stand_together_and_deep() -> None:
    """Both are found where they lie, and what is around them stays."""
    payload = {
        "run": {"trace": {"messages": [{"role": "user", "content": "x"}], "id": 5}},
        "spans": [{"span_id": 1, "service": "s", "name": "n"}],
    }
    found = read(payload)
    assert len(found.messages) == len(found.spans) == 1
    assert found.rest == {"run": {"trace": {"id": 5}}}


@pytest.mark.parametrize("trace_id", sorted(TRACES))
def test_every_sample_trace_is_readable(trace_id: str) -> None:
    """Each trace of the sample gives messages, spans, or a report to look at."""
    found = read(TRACES[trace_id]["trace_payload"])
    assert found.messages or found.spans or found.rest


def test_real_traces_are_read_whole(shared_data: Path) -> None:
    """In real conversations no message is lost, in real traces no span."""
    for line in (shared_data / "tau_failures.jsonl").read_text().splitlines():
        payload = json.loads(line)["trace_payload"]
        assert len(read(payload).messages) == len(payload["messages"])
    for line in (shared_data / "dd_error_spans.jsonl").read_text().splitlines():
        payload = json.loads(line)
        found = read(payload)
        assert len(found.spans) == len(payload["spans"])
        wrong = {s["name"] for s in payload["spans"] if s.get("error") == 1}
        assert wrong <= {s.name for s in found.spans if s.failed}


def _junk(dice: random.Random, depth: int = 0) -> Any:
    """A random value in which the telling keys hold the wrong things."""
    keys = [
        "messages",
        "role",
        "content",
        "tool_calls",
        "spans",
        "span_id",
        "parent_id",
        "service",
        "start",
        "duration",
        "meta",
        "resourceSpans",
        "scopeSpans",
        "attributes",
        "status",
        "events",
        "error",
        "name",
        "function",
        "tool_errors",
    ]
    kind = dice.randrange(9 if depth < 5 else 6)
    if kind < 6:
        return [
            None,
            True,
            dice.choice([0, -5, 10**30, 1.5, float("nan")]),
            "",
            "error",
            "2026-13-99",
        ][kind]
    if kind < 8:
        return {dice.choice(keys): _junk(dice, depth + 1) for _ in range(dice.randrange(5))}
    return [_junk(dice, depth + 1) for _ in range(dice.randrange(4))]


@pytest.mark.parametrize("seed", range(300))
def test_no_shape_raises(seed: int) -> None:
    """Whatever the fields hold, there is an answer that can be shown."""
    found = read(_junk(random.Random(seed)))
    assert all(span.duration >= 0 and span.start >= 0 for span in found.spans)
    assert all(isinstance(message.text, str) for message in found.messages)


def test_huge_traces_are_bounded() -> None:
    """Ten thousand messages are read, more are counted, quickly."""
    started = time.process_time()
    found = read({"messages": [{"role": "tool", "content": "Error: x " * 100}] * 12_000})
    assert (len(found.messages), found.messages_left) == (10_000, 2_000)
    spans = [
        {"span_id": n, "parent_id": n - 1, "service": "s", "start": n, "duration": 1}
        for n in range(12_000)
    ]
    chain = read(spans)
    assert (len(chain.spans), chain.spans_left) == (10_000, 2_000)
    assert max(span.depth for span in chain.spans) == 40
    assert time.process_time() - started < 5


def test_a_tree_is_cut_to_what_a_page_can_show() -> None:
    """Long texts, many members and deep nesting are cut, and that is said."""
    assert cut({"a": [1, None, "x"]}).value == {"a": [1, None, "x"]}
    assert not cut({"a": 1}).partial
    deep: Any = "end"
    for _ in range(5000):
        deep = [deep]
    assert cut(deep).partial
    text = cut({"a": ["y" * 10_000]})
    assert text.value["a"][0].endswith("(10,000 characters)")
    assert (text.partial, text.long) == (False, (("a[0]", "y" * 10_000),))
    assert cut(["y" * 10_000] * 40).partial
    wide = cut(list(range(100_000)))
    assert wide.partial
    assert isinstance(wide.value, list)
    assert len(wide.value) < 2_000


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ("exitcode: 1 (execution failed)\nCode output: Traceback", True),
        ("Exit code: 137", True),
        ("exit status 2", True),
        ("exitcode: 0 (execution succeeded)\nCode output: 3", False),
        ("It said exitcode: 1 before", False),
    ],
)
def test_code_that_failed_is_marked_in_whosever_name_it_is_recorded(
    text: str, failed: bool
) -> None:
    """Multi-agent runs record the answer of a terminal as a user's message."""
    talk = [{"role": "user", "name": "Computer_terminal", "content": text}]
    assert read(talk).messages[0].failed is failed
