"""The order of what a draft comes from: traces → patterns → suggestion → draft (CONTRACT R9)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from runbooks.models import FailurePattern, Source

PATTERN_PREFIX = "pattern_"
_NEVER = datetime.min.replace(tzinfo=UTC)


def pattern_keys(sources: Iterable[Source]) -> list[str]:
    """Give the document ids of the patterns that a lineage speaks of, each once.

    A pattern's document id is its trace's id; a source without a pattern id may have one too.
    """
    keys = (
        source.pattern_id.removeprefix(PATTERN_PREFIX) if source.pattern_id else source.trace_id
        for source in sources
    )
    return list(dict.fromkeys(keys))


def canonical_first(patterns: Iterable[FailurePattern]) -> list[FailurePattern]:
    """Order patterns by confidence (missing = lowest), then latest extraction, then id (R9)."""
    by_id = sorted(patterns, key=lambda pattern: pattern.pattern_id)
    by_time = sorted(by_id, key=lambda pattern: pattern.extracted_at or _NEVER, reverse=True)
    return sorted(by_time, key=_confidence, reverse=True)


def _confidence(pattern: FailurePattern) -> float:
    return -1.0 if pattern.confidence is None else pattern.confidence


def trace_order(sources: Sequence[Source], patterns: Sequence[FailurePattern]) -> list[str]:
    """Give the trace ids in lineage order: the canonical pattern's trace, then as listed."""
    listed = [source.trace_id for source in sources]
    first = [patterns[0].source_trace_id] if patterns else []
    return list(dict.fromkeys([*(name for name in first if name in listed), *listed]))
