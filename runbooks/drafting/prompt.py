"""The prompt: instructions from a template file, evidence fenced as data, all within 8k tokens."""

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from runbooks.drafting import choosing
from runbooks.drafting.answers import SCHEMA
from runbooks.drafting.catalogue import Catalogue
from runbooks.drafting.facts import Facts, gather
from runbooks.drafting.model import Prompt
from runbooks.drafting.names import known
from runbooks.drafting.port import Evidence
from runbooks.models import FailurePattern

MAX_EVIDENCE_CHARS = 11_000
"""About 3,700 tokens at three characters a token; instructions and answer take the rest of 8k."""

_FIELD_CHARS = 1_200
_TEMPLATE = Path(__file__).with_name("prompt.md")


@lru_cache(maxsize=1)
def instructions() -> tuple[str, str]:
    """Read the template: its text, and a version that names exactly this text."""
    text = _TEMPLATE.read_text(encoding="utf-8").strip()
    return text, "prompt-" + hashlib.sha256(text.encode()).hexdigest()[:12]


def build_prompt(evidence: Evidence, catalogue: Catalogue) -> Prompt:
    """Make the prompt of a suggestion from redacted evidence; the same evidence, the same bytes.

    The fence carries a word that does not occur in the evidence, so that nothing in it can close
    it.
    """
    system, version = instructions()
    facts = gather(evidence)
    data = _evidence_text(evidence, facts)
    word = _fence_word(data)
    user = "\n".join(
        (
            f"Failure type: {evidence.failure_type}",
            f"Severity: {evidence.severity or 'unknown'}",
            f"Source trace id: {evidence.canonical_trace_id or 'unknown'}",
            "",
            "Service facts (true, from the services file):",
            json.dumps(_service_facts(evidence), ensure_ascii=False),
            "",
            "Offered checks (true commands for this failure; copy what fits):",
            *_offers(evidence, facts, catalogue),
            "",
            f"EVIDENCE BEGIN {word}",
            data,
            f"EVIDENCE END {word}",
            "",
            "Write the runbook as one JSON object now.",
        )
    )
    return Prompt(system=system, user=user, schema=SCHEMA, version=version)


def _evidence_text(evidence: Evidence, facts: Facts) -> str:
    """Put the most telling first and stop where the space ends."""
    parts: list[str] = []
    room = MAX_EVIDENCE_CHARS
    for part in _parts(evidence, facts):
        if len(part) + 1 > room:
            parts.append("(further evidence left out: no space)")
            break
        parts.append(part)
        room -= len(part) + 1
    return "\n".join(parts)


def _parts(evidence: Evidence, facts: Facts) -> Iterator[str]:
    for number, pattern in enumerate(evidence.patterns[:3]):
        yield _line("canonical pattern" if number == 0 else "further pattern", _pattern(pattern))
    yield _line(
        "suggestion",
        {
            "title": _clip(evidence.suggestion.heading),
            "description": _clip(evidence.suggestion.description),
            "trigger": _clip(evidence.suggestion.pattern.trigger_condition),
            "summary": _clip(evidence.suggestion.pattern.summary),
        },
    )
    for error in facts.errors[:8]:
        yield _line(
            "error seen",
            {
                "text": _clip(error.text),
                "tool": error.tool,
                "times": error.count,
                "place": error.place,
            },
        )
    for tool in facts.tools[:8]:
        yield _line(
            "tool use",
            {
                "tool": tool.name,
                "calls": tool.calls,
                "errors": tool.errors,
                "same_arguments_again": tool.repeats,
            },
        )
    yield _line(
        "numbers",
        {
            "traces": facts.traces,
            "http_statuses": [list(pair) for pair in facts.statuses[:6]],
            "evaluations": [list(item) for item in facts.evaluations[:6]],
            "failing_spans": [list(pair) for pair in facts.failing_spans[:6]],
            "messages": facts.messages,
            "spans": facts.spans,
            "unexpected_calls": list(facts.unexpected[:6]),
            "missing_calls": list(facts.missing[:6]),
        },
    )
    if facts.last_reply:
        yield _line("last reply of the agent", _clip(facts.last_reply))
    if evidence.missing:
        yield _line("not stored", list(evidence.missing[:10]))


def _pattern(pattern: FailurePattern) -> dict[str, object]:
    return {
        "pattern_id": pattern.pattern_id,
        "title": _clip(pattern.title),
        "trigger": _clip(pattern.trigger_condition),
        "summary": _clip(pattern.summary),
        "hypothesis": _clip(pattern.root_cause_hypothesis),
        "confidence": pattern.confidence,
        "signals": [_clip(signal, 200) for signal in pattern.signals[:12]],
        "excerpt": _clip(pattern.excerpt),
        "recommended_actions": [_clip(action, 300) for action in pattern.recommended_actions[:8]],
        "input": _clip(pattern.input_pattern),
        "state": _clip(pattern.required_state),
        "tools": list(pattern.tools_involved[:10]),
    }


def _offers(evidence: Evidence, facts: Facts, catalogue: Catalogue) -> Iterator[str]:
    names = known(evidence, facts)
    matches = choosing.causes(catalogue, evidence, facts)
    for check in choosing.checks(catalogue, matches, names, facts):
        offer = {"title": check.title, "command": check.command, "expect": check.expect}
        yield json.dumps(offer, ensure_ascii=False)


def _service_facts(evidence: Evidence) -> dict[str, object]:
    row = evidence.row
    named = ("owner", "namespace", "env", "deployment", "database", "queue", "ml_app")
    facts = {name: getattr(row, name) for name in named if getattr(row, name, None)}
    return {"service": evidence.service or "unknown", **facts}


def _line(name: str, content: object) -> str:
    return f"{name}: {json.dumps(content, ensure_ascii=False, default=str)}"


def _clip(text: str, longest: int = _FIELD_CHARS) -> str:
    return text if len(text) <= longest else text[:longest] + " …"


def _fence_word(data: str) -> str:
    """Give a word that the evidence does not hold, the same for the same evidence."""
    seed = hashlib.sha256(data.encode("utf-8", "replace")).hexdigest()
    word = seed[:12]
    while word in data:
        seed = hashlib.sha256(seed.encode()).hexdigest()
        word = seed[:12]
    return word
