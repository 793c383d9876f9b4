"""Everything known of a suggestion, read once and redacted at one place (CONTRACT R10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from runbooks.drafting.port import Evidence
from runbooks.lineage import canonical_first, pattern_keys, trace_order
from runbooks.models import FailurePattern, RawTrace, Suggestion
from runbooks.queue import effective_severity
from runbooks.redaction import Redactor
from runbooks.repository import Repository
from runbooks.revision import revision
from runbooks.services import ServiceDirectory

Model = TypeVar("Model", bound=BaseModel)
MAX_SOURCES = 25
"""How many traces and patterns of one suggestion are read; further ones are named as left out."""


@dataclass(frozen=True)
class Gathered:
    """The evidence of a suggestion and the redactor that numbered it."""

    evidence: Evidence
    redactor: Redactor


def gather(
    repository: Repository,
    services: ServiceDirectory,
    suggestion: Suggestion,
    extra_patterns: Sequence[str] = (),
) -> Gathered:
    """Read patterns and traces of a suggestion and redact them with one numbering.

    The same suggestion gets the same numbers whether a prompt, a draft or a page asks.
    """
    sources = suggestion.sources[:MAX_SOURCES]
    found = repository.patterns(pattern_keys(sources))
    patterns = canonical_first(found.values())
    trace_ids = trace_order(sources, patterns)
    stored = repository.traces(trace_ids)
    traces = [stored[name] for name in trace_ids if name in stored]
    service = next((trace.service_name for trace in traces if trace.service_name), "")
    redactor = Redactor(extra_patterns)
    clean_traces = tuple(_clean(redactor, trace, _TRACE_IDS) for trace in traces)
    clean_patterns = tuple(_clean(redactor, pattern, _PATTERN_IDS) for pattern in patterns)
    evidence = Evidence(
        suggestion=_clean_suggestion(redactor, suggestion),
        patterns=clean_patterns,
        traces=clean_traces,
        severity=effective_severity(suggestion, patterns, traces),
        service=redactor.text(service),
        row=services.row(service),
        trace_ids=tuple(trace_ids),
        pattern_ids=tuple(pattern.pattern_id for pattern in patterns),
        missing=_missing(suggestion, stored, found),
        hash=_hash(suggestion, patterns, traces),
    )
    return Gathered(evidence, redactor)


_TRACE_IDS = frozenset({"trace_id", "severity", "datadog_site"})
_PATTERN_IDS = frozenset({"pattern_id", "source_trace_id", "severity"})
_SUGGESTION_TEXTS = ("title", "description", "pattern")


def _clean(redactor: Redactor, model: Model, keep: frozenset[str]) -> Model:
    """Redact every text field of a model but its ids."""
    changes = {
        name: _redacted(redactor, name, getattr(model, name))
        for name in type(model).model_fields
        if name not in keep
    }
    return model.model_copy(update=changes)


def _redacted(redactor: Redactor, name: str, value: object) -> object:
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, tuple):
        return tuple(redactor.text(item) if isinstance(item, str) else item for item in value)
    if name == "payload":
        return redactor.value(value)
    return value


def _clean_suggestion(redactor: Redactor, suggestion: Suggestion) -> Suggestion:
    pattern = _clean(redactor, suggestion.pattern, frozenset({"severity"}))
    texts = {name: redactor.text(getattr(suggestion, name)) for name in ("title", "description")}
    return suggestion.model_copy(update={**texts, "pattern": pattern})


def _missing(
    suggestion: Suggestion, traces: dict[str, RawTrace], patterns: dict[str, FailurePattern]
) -> tuple[str, ...]:
    """Name what the lineage speaks of and nobody stored, and how much was left out."""
    sources = suggestion.sources[:MAX_SOURCES]
    gone = [f"trace {s.trace_id}" for s in sources if s.trace_id not in traces]
    gone += [f"pattern {key}" for key in pattern_keys(sources) if key not in patterns]
    beyond = len(suggestion.sources) - len(sources)
    return (*gone, f"{beyond} further traces of the lineage") if beyond > 0 else tuple(gone)


def _hash(suggestion: Suggestion, patterns: list[FailurePattern], traces: list[RawTrace]) -> str:
    """Name this evidence: changes when a pattern, a trace or the suggestion's own text does."""
    own = suggestion.pattern.model_dump(mode="json")
    parts = [item.model_dump(mode="json", exclude={"payload"}) for item in (*patterns, *traces)]
    return revision({"suggestion": own, "parts": parts})
