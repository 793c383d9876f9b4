"""The sample data as the tests about it read it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from runbooks.sample import sample_dir
from runbooks.services import load

Doc = dict[str, Any]


def read(name: str) -> list[Doc]:
    """All documents of one of the files."""
    text = (sample_dir() / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


TRACES = {doc["trace_id"]: doc for doc in read("traces.jsonl")}
PATTERNS = {doc["source_trace_id"]: doc for doc in read("patterns.jsonl")}
SUGGESTIONS = {doc["suggestion_id"]: doc for doc in read("suggestions.jsonl")}
SERVICES = load(sample_dir() / "services.yaml")
RUNBOOKS = [doc for doc in SUGGESTIONS.values() if doc["type"] == "runbook"]
DRAFTED = [doc for doc in RUNBOOKS if "runbook_snippet" in doc["suggestion_content"]]


def sources(suggestion: Doc) -> list[str]:
    """The trace ids of a suggestion, in whichever form it holds them."""
    listed = suggestion.get("source_traces", [])
    ids = [item if isinstance(item, str) else item["trace_id"] for item in listed]
    return ids or [suggestion["source_trace_id"]]


def strings(value: object) -> Iterator[str]:
    """All keys and values of a document as text."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif value is not None:
        yield str(value)


def text_of(value: object) -> str:
    """A document as one text to search in."""
    return "\n".join(strings(value))


def numbers(text: str) -> set[float]:
    """All numbers of a text."""
    return {float(found) for found in re.findall(r"\d+(?:\.\d+)?", text)}


def evidence_of(suggestion: Doc) -> str:
    """All that a text about this suggestion may take its facts from."""
    traces = [TRACES[trace_id] for trace_id in sources(suggestion)]
    rows = [SERVICES.row(trace["service_name"]).model_dump() for trace in traces]
    return text_of([*traces, *rows])
