"""The evidence as a model is told it: facts by name, the most telling first, nothing concluded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from runbooks.drafting.facts import ErrorSeen, Facts
from runbooks.drafting.port import Evidence
from runbooks.models import FailurePattern

_MOST = 8


@dataclass(frozen=True)
class Part:
    """One line of the evidence: what it is, and a JSON value of any size."""

    name: str
    content: object


def parts(evidence: Evidence, facts: Facts) -> Iterator[Part]:
    """Give the parts of an evidence; those at the end are the first to be left out."""
    if evidence.canonical:
        yield Part("canonical pattern", _pattern(evidence.canonical))
    for error in facts.errors[:_MOST]:
        yield Part("error seen", _error(error))
    yield Part("suggestion", _suggestion(evidence))
    yield Part("numbers", _numbers(facts))
    for tool in facts.tools[:_MOST]:
        counted = {"calls": tool.calls, "errors": tool.errors, "same_arguments_again": tool.repeats}
        yield Part("tool use", {"tool": tool.name, **counted})
    if facts.last_reply:
        yield Part("last reply of the agent", facts.last_reply)
    for pattern in evidence.patterns[1:3]:
        yield Part("further pattern", _pattern(pattern))
    if evidence.missing:
        yield Part("not stored", evidence.missing[:10])


def _error(error: ErrorSeen) -> Mapping[str, object]:
    return {"text": error.text, "tool": error.tool, "times": error.count, "place": error.place}


def _suggestion(evidence: Evidence) -> Mapping[str, object]:
    own = evidence.suggestion
    return {
        "failure_type": evidence.failure_type,
        "service": evidence.service,
        "title": own.title or own.pattern.title,
        "description": own.description,
        "trigger": own.pattern.trigger_condition,
        "summary": own.pattern.summary,
    }


def _numbers(facts: Facts) -> Mapping[str, object]:
    return {
        "traces": facts.traces,
        "http_statuses": facts.statuses[:6],
        "evaluations": facts.evaluations[:6],
        "failing_spans": facts.failing_spans[:6],
        "messages": facts.messages,
        "spans": facts.spans,
        "unexpected_calls": facts.unexpected[:6],
        "missing_calls": facts.missing[:6],
    }


def _pattern(pattern: FailurePattern) -> Mapping[str, object]:
    return {
        "pattern_id": pattern.pattern_id,
        "title": pattern.title,
        "trigger": pattern.trigger_condition,
        "summary": pattern.summary,
        "hypothesis": pattern.root_cause_hypothesis,
        "confidence": pattern.confidence,
        "signals": _short(pattern.signals, 12, 200),
        "excerpt": pattern.excerpt,
        "recommended_actions": _short(pattern.recommended_actions, _MOST, 300),
        "input": pattern.input_pattern,
        "state": pattern.required_state,
        "tools": _short(pattern.tools_involved, 10, 80),
    }


def _short(texts: Sequence[str], most: int, longest: int) -> list[str]:
    cut = (text if len(text) <= longest else text[:longest] + " …" for text in texts[:most])
    return list(cut)
