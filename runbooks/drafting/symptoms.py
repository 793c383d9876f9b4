"""Summary and Symptoms of a draft: what the evidence shows, each line with something to compare.

Every text from a trace stands in a code span, so it is a quote and never an instruction.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from runbooks.drafting.choosing import Match
from runbooks.drafting.error_text import one_line
from runbooks.drafting.facts import ErrorSeen, Facts, shape, told
from runbooks.drafting.port import Evidence
from runbooks.markdown.outline import code_span, escape_inline

MAX_SYMPTOMS = 9
MAX_ERRORS_SHOWN = 4
_SUMMARY_WORDS = 56
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")
_COUNTED = re.compile(r"(?:messages|n_messages|\w{1,80}_calls)=\d{1,9}")
_ONE_SECOND = 1e9


def summary(evidence: Evidence, meaning: str) -> str:
    """Say in two sentences what fails and what was seen; at most 60 words."""
    pattern = evidence.canonical
    own = evidence.suggestion.pattern
    seen = (pattern.summary or pattern.title) if pattern else ""
    seen = one_line(seen or own.summary or own.title or evidence.suggestion.description, 400)
    if not seen:
        return meaning
    sentence = _SENTENCE_END.split(seen, maxsplit=1)[0].rstrip(".!? ")
    words = sentence.split()
    room = max(_SUMMARY_WORDS - len(meaning.split()) - 4, 8)
    shown = " ".join(words[:room]) + (" …" if len(words) > room else "")
    return f"{meaning} In the source trace: {escape_inline(shown)}."


def symptoms(evidence: Evidence, facts: Facts, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """Give what an on-call engineer can compare with the screen, the most telling first."""
    lines = [
        *_errors(facts),
        *_statuses(facts),
        *_evaluations(facts),
        *_contrast(facts),
        *_repeats(facts),
        *_spans(facts, matches),
    ]
    signals = _signals(evidence, facts)
    room = max(MAX_SYMPTOMS - 2 - len(lines), 2)
    lines += signals[:room]
    return tuple((lines + _surroundings(evidence, facts))[: MAX_SYMPTOMS + 2]) or (
        f"Runs like the recorded one of {code_span(evidence.service or 'an unnamed service')};"
        " the evidence quotes no error.",
    )


def _errors(facts: Facts) -> Iterator[str]:
    for error in facts.errors[:MAX_ERRORS_SHOWN]:
        yield f"{_speaker(error)}: {code_span(error.text)}{_share(error, facts)}."


def _speaker(error: ErrorSeen) -> str:
    if error.tool:
        return f"Error from tool {code_span(error.tool)}"
    placed = error.place.lower() not in ("", "none", "null", "unknown", error.text.lower())
    return f"Error in {code_span(error.place)}" if placed else "Error or log line"


def _share(error: ErrorSeen, facts: Facts) -> str:
    traces = f" (in {len(error.trace_ids)} of {facts.traces} source traces)"
    return traces if facts.traces > 1 else ""


def _statuses(facts: Facts) -> Iterator[str]:
    for code, _ in facts.statuses[:2]:
        yield f"Status `{code}`: `@http.status_code:{code}` in Datadog."


def _evaluations(facts: Facts) -> Iterator[str]:
    failed = [value for name, value, _ in facts.evaluations if name == "failed_check"]
    scores: dict[str, list[str]] = {}
    for name, value, _ in facts.evaluations:
        if name != "failed_check":
            scores.setdefault(name, []).append(value)
    check = f", failed check {_listed(tuple(failed))}" if failed else ""
    for name, values in list(scores.items())[:2]:
        yield f"Evaluation {code_span(name)} is {_listed(tuple(values))}{check}."


def _contrast(facts: Facts) -> Iterator[str]:
    if facts.unexpected:
        yield f"Called though not expected: {_listed(facts.unexpected)}."
    if facts.missing:
        yield f"Expected and not carried out: {_listed(facts.missing)}."


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(code_span(name) for name in names[:5])


def _repeats(facts: Facts) -> Iterator[str]:
    for use in facts.tools[:8]:
        if use.repeats > 2:
            yield (
                f"Tool {code_span(use.name)} is called {use.repeats} times with the same"
                " arguments in one run."
            )


def _spans(facts: Facts, matches: tuple[Match, ...]) -> Iterator[str]:
    quoted = {error.place for error in facts.errors[:MAX_ERRORS_SHOWN]}
    for label, _ in facts.failing_spans[:3]:
        if label not in quoted:
            yield f"Span {code_span(label)} is marked as failed: `status:error`."
    slow = any(match.name == "latency" for match in matches)
    if facts.slowest and (slow or facts.slowest[1] >= _ONE_SECOND):
        label, nanoseconds = facts.slowest
        shown = f"`{nanoseconds:.0f}` nanoseconds{_about(nanoseconds)}"
        yield f"Slowest span {code_span(label)}: `@duration` of {shown}."


def _about(nanoseconds: float) -> str:
    if nanoseconds < _ONE_SECOND:
        return ""
    seconds = nanoseconds / _ONE_SECOND
    return f" (about {seconds:.{0 if seconds >= 20 else 1}f} s)"


def _signals(evidence: Evidence, facts: Facts) -> list[str]:
    """Give the pattern's own signals that nothing above has said already."""
    pattern = evidence.canonical
    if pattern is None:
        return []
    said = {shape(error.text) for error in facts.errors} | {shape(text) for text in told(pattern)}
    scores = [(name, value) for name, value, _ in facts.evaluations if name != "failed_check"]
    shown = []
    for signal in pattern.signals[:60]:
        line = one_line(signal, 200)
        repeats = any(shape(line) in text for text in said) or any(
            n in line and v in line for n, v in scores
        )
        repeats = repeats or bool(_COUNTED.fullmatch(line)) or line.startswith("failed_check=")
        if line and not repeats:
            said.add(shape(line))
            shown.append(f"Signal in the source trace: {code_span(line)}.")
    excerpt = one_line(pattern.excerpt, 200)
    if excerpt and shape(excerpt) not in said:
        shown.append(f"Excerpt of the source trace: {code_span(excerpt)}.")
    return shown


def _minute(moment: datetime) -> str:
    return f"`{moment:%Y-%m-%d %H:%M}`"


def _surroundings(evidence: Evidence, facts: Facts) -> list[str]:
    """Give how often, which limits the services file sets, and what triggered it."""
    lines = []
    if facts.recurrences:
        counts = " and ".join(str(count) for count in facts.recurrences[:5])
        lines.append(f"Repeated: `recurrence_count` is {counts} in the source traces.")
    if facts.first and facts.last:
        began, ended = _minute(facts.first), _minute(facts.last)
        span = f"at {began}" if began == ended else f"from {began} to {ended}"
        lines.append(f"Recorded {span} (UTC).")
    limits = [
        f"{code_span(name)} {escape_inline(str(value))}"
        for name, value in sorted(evidence.row.thresholds.items())
    ]
    if limits:
        lines.append(f"Limits of this service: {', '.join(limits[:4])}.")
    pattern = evidence.canonical
    trigger = (
        pattern.trigger_condition if pattern else evidence.suggestion.pattern.trigger_condition
    )
    spoken = pattern.input_pattern if pattern else ""
    if trigger and shape(trigger) != shape(spoken):
        lines.append(f"Trigger: {code_span(one_line(trigger, 200).rstrip('.'))}.")
    if spoken:
        lines.append(
            f"Input of the source trace (a quote, not an instruction):"
            f" {code_span(one_line(spoken, 200))}."
        )
    return lines
