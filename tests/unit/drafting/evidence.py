"""Builds the evidence that a drafter gets from raw rows, as production does from the store."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from runbooks.drafting.port import DraftRequest, Evidence
from runbooks.lineage import canonical_first, pattern_keys, trace_order
from runbooks.models import FailurePattern, RawTrace, Severity, Suggestion
from runbooks.queue import effective_severity
from runbooks.redaction import Redactor
from runbooks.revision import sha256
from runbooks.services import ServiceDirectory, ServiceRow
from runbooks.store.documents import read_pattern, read_suggestion, read_trace
from runbooks.store.port import Stored
from runbooks.values import Document

SAMPLE = Path(__file__).resolve().parents[3] / "runbooks" / "sample"
NOW = datetime(2026, 11, 20, 4, 10, tzinfo=UTC)


def rows(path: Path) -> list[dict[str, object]]:
    """Read a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def stored(key: str, document: Document) -> Stored:
    """Wrap a document as a store gives it."""
    return Stored(key, document, 1, NOW)


def service_row(service: str, **given: object) -> ServiceRow:
    """A row of the services file; without fields it is the default row."""
    if not given:
        return ServiceDirectory.load(None).row(service)
    return ServiceRow.model_validate({"service": service, "known": True, **given})


def evidence(
    suggestion: Document,
    patterns: Sequence[Document] = (),
    traces: Sequence[Document] = (),
    row: ServiceRow | None = None,
    severity: Severity | None = None,
) -> Evidence:
    """Put rows together; the first pattern is the canonical one."""
    read = read_suggestion(stored(str(suggestion.get("suggestion_id", "s-1")), suggestion))
    found = tuple(
        read_pattern(stored(str(pattern.get("source_trace_id", "t")), pattern))
        for pattern in patterns
    )
    seen = tuple(read_trace(stored(str(trace.get("trace_id", "t")), trace)) for trace in traces)
    return of_models(read, found, seen, row, severity)


def of_models(
    suggestion: Suggestion,
    patterns: tuple[FailurePattern, ...],
    traces: tuple[RawTrace, ...],
    row: ServiceRow | None = None,
    severity: Severity | None = None,
) -> Evidence:
    """Put models together as the lineage does."""
    service = next((trace.service_name for trace in traces if trace.service_name), "")
    ids = [source.trace_id for source in suggestion.sources] + [t.trace_id for t in traces]
    return Evidence(
        suggestion=suggestion,
        patterns=patterns,
        traces=traces,
        severity=severity or effective_severity(suggestion, patterns, traces),
        service=service,
        row=row or service_row(service),
        trace_ids=tuple(dict.fromkeys(ids)),
        pattern_ids=tuple(pattern.pattern_id for pattern in patterns),
        hash=sha256(repr((suggestion.suggestion_id, patterns, ids))),
    )


def request(found: Evidence) -> DraftRequest:
    """Order a draft with the time that production gives."""
    return DraftRequest(found, NOW, 30.0)


def tau(folder: Path, row: ServiceRow | None = None) -> list[Evidence]:
    """The evidence of every suggestion derived from the tau-bench runs."""
    return _all(folder, "tau_failures", "tau_patterns", "tau_suggestions", lambda _: row)


def tau_patterns(folder: Path, row: ServiceRow | None = None) -> list[Evidence]:
    """The evidence of each pattern of the tau-bench runs by itself, redacted, with its trace."""
    traces = {str(trace["trace_id"]): trace for trace in rows(folder / "tau_failures.jsonl")}
    found = []
    for pattern in rows(folder / "tau_patterns.jsonl"):
        trace_id = str(pattern["source_trace_id"])
        suggestion: Document = {
            "suggestion_id": f"sugg-{trace_id[:8]}",
            "severity": pattern.get("severity"),
            "source_traces": [{"trace_id": trace_id, "pattern_id": pattern["pattern_id"]}],
        }
        redactor = Redactor()
        clean = [_redacted(redactor, document) for document in (traces[trace_id], pattern)]
        found.append(evidence(suggestion, clean[1:], clean[:1], row))
    return found


def _redacted(redactor: Redactor, document: Document) -> dict[str, object]:
    """Redact a document as production does: all but its ids."""
    ids = {name: value for name, value in document.items() if name.endswith("_id")}
    clean = redactor.value(document)
    return {**clean, **ids} if isinstance(clean, dict) else ids


def sample() -> list[Evidence]:
    """The evidence of every suggestion of the sample that comes with the product."""
    services = ServiceDirectory.load(SAMPLE / "services.yaml")
    return _all(SAMPLE, "traces", "patterns", "suggestions", services.row)


def _all(
    folder: Path,
    traces: str,
    patterns: str,
    suggestions: str,
    row: Callable[[str], ServiceRow | None],
) -> list[Evidence]:
    by_trace = {str(trace["trace_id"]): trace for trace in rows(folder / f"{traces}.jsonl")}
    by_pattern = {
        str(pattern["source_trace_id"]): pattern for pattern in rows(folder / f"{patterns}.jsonl")
    }
    return [
        _lineage(suggestion, by_pattern, by_trace, row)
        for suggestion in rows(folder / f"{suggestions}.jsonl")
    ]


def _lineage(
    document: Document,
    by_pattern: Mapping[str, Document],
    by_trace: Mapping[str, Document],
    row: Callable[[str], ServiceRow | None],
) -> Evidence:
    suggestion = read_suggestion(stored(str(document["suggestion_id"]), document))
    patterns = canonical_first(
        read_pattern(stored(key, by_pattern[key]))
        for key in pattern_keys(suggestion.sources)
        if key in by_pattern
    )
    traces = tuple(
        read_trace(stored(key, by_trace[key]))
        for key in trace_order(suggestion.sources, patterns)
        if key in by_trace
    )
    service = next((trace.service_name for trace in traces if trace.service_name), "")
    return of_models(suggestion, tuple(patterns), traces, row(service))
