"""What the evidence says when all its traces are read together: counted, ordered, bounded.

Nothing is concluded here and nothing is invented; the composer and the prompt quote these facts.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from runbooks.drafting.error_text import Frame, one_line, raised, spoken_status, tells_error
from runbooks.drafting.observed import Reading, Said
from runbooks.drafting.payload import MAX_CHARACTERS, MAX_NODES, Reach
from runbooks.drafting.port import Evidence
from runbooks.drafting.reading import read
from runbooks.models import FailurePattern, RawTrace

MAX_TRACES = 40
ALL_NODES = 100_000
ALL_CHARACTERS = 10_000_000
_CONTRAST = re.compile(
    r"(?i)\bexpected\b([^.;]{1,300}?)[;,.]\s{0,3}(?:but |it |the agent )?"
    r"(?:successful\w{0,5}|called|got|used|actual\w{0,5}|made)\b([^.;]{0,300})"
)
_LIBRARY = re.compile(
    r"site-packages|dist-packages|/lib/python|<frozen|<string>|node_modules| (?:java|javax|jdk|sun"
    r"|jakarta|kotlin|scala|reactor|com\.sun|com\.zaxxer|com\.fasterxml|io\.netty|io\.grpc|okhttp3"
    r"|org\.(?:apache|springframework|postgresql|hibernate|eclipse|junit))\."
)


@dataclass(frozen=True)
class ErrorSeen:
    """One error, numbers aside: its first wording, its place, how often and in which traces."""

    text: str
    place: str
    tool: str
    count: int
    trace_ids: tuple[str, ...]


@dataclass(frozen=True)
class ToolUse:
    """How a tool was called; `most` and `repeats` (same arguments) are for one single trace."""

    name: str
    calls: int
    traces: int
    most: int
    repeats: int
    errors: int


@dataclass(frozen=True)
class Facts:
    """All that was read; sequences begin with what weighs most.

    `statuses` pairs an HTTP status ≥400 with its count, `evaluations` a name, a value and the
    number of traces, `slowest` a span and its nanoseconds. `recurrences` are the traces' counters,
    `messages` and `spans` those of the first trace. `unexpected` and `missing` are tools that the
    evidence contrasts: "expected A, called B". `partial`: a trace was too large to be read whole,
    so counts are lower bounds.
    """

    traces: int = 0
    errors: tuple[ErrorSeen, ...] = ()
    statuses: tuple[tuple[int, int], ...] = ()
    tools: tuple[ToolUse, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    evaluations: tuple[tuple[str, str, int], ...] = ()
    frames: tuple[Frame, ...] = ()
    failing_spans: tuple[tuple[str, int], ...] = ()
    slowest: tuple[str, float] | None = None
    first: datetime | None = None
    last: datetime | None = None
    messages: int = 0
    spans: int = 0
    last_reply: str = ""
    recurrences: tuple[int, ...] = ()
    unexpected: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    partial: bool = False

    def named(self, kind: str) -> str:
        """The name of a kind (service, host, model, exception …) that occurs most, or nothing."""
        return next(iter(self.names.get(kind, ())), "")


def gather(evidence: Evidence) -> Facts:
    """Read every trace and the canonical pattern; bounded, deterministic, raises on no shape."""
    traces = evidence.traces[:MAX_TRACES]
    readings = [(trace, read(trace.payload, _reach(len(traces)))) for trace in traces]
    first = next((found for _, found in readings), Reading())
    names = _names(readings)
    moments = sorted(moment for _, found in readings for moment in found.moments)
    errors = _errors(readings, evidence.canonical)
    unexpected, missing = _contrast(evidence.canonical, readings)
    return Facts(
        traces=len(evidence.traces),
        errors=errors,
        statuses=_statuses(readings, errors),
        tools=_tools(readings, evidence.canonical, unexpected),
        names=names,
        evaluations=_evaluations(readings),
        frames=_own_frames((found.frames for _, found in readings), evidence.canonical),
        failing_spans=_failing(readings),
        slowest=_slowest(readings),
        first=moments[0] if moments else None,
        last=moments[-1] if moments else None,
        messages=first.messages,
        spans=first.spans,
        last_reply=first.last_reply,
        recurrences=tuple(count for trace in traces if (count := trace.recurrence_count or 0) > 1),
        unexpected=unexpected,
        missing=missing,
        partial=len(traces) < len(evidence.traces) or any(found.partial for _, found in readings),
    )


def _reach(traces: int) -> Reach:
    """Give each of so many traces its share of what is read in all."""
    return Reach(min(MAX_NODES, ALL_NODES // traces), min(MAX_CHARACTERS, ALL_CHARACTERS // traces))


Readings = list[tuple[RawTrace, Reading]]


def shape(text: str) -> str:
    """Give an error's wording without its numbers and ids, to tell whether two are the same."""
    return re.sub(r"[0-9]+", "#", text).casefold()


def _errors(readings: Readings, pattern: FailurePattern | None) -> tuple[ErrorSeen, ...]:
    groups: dict[str, list[tuple[str, Said]]] = {}
    for trace, found in readings:
        for said in found.errors:
            groups.setdefault(shape(said.text), []).append((trace.trace_id, said))
    if pattern:
        for text in told(pattern):
            known = groups.setdefault(shape(text), [])
            if pattern.source_trace_id not in {trace_id for trace_id, _ in known}:
                known.append((pattern.source_trace_id, Said(text)))
    canonical = pattern.source_trace_id if pattern else ""
    seen = [_seen(said) for said in groups.values() if said]
    weight = {shape(error.text): index for index, error in enumerate(seen)}
    seen.sort(
        key=lambda error: (
            -len(error.trace_ids) - (canonical in error.trace_ids),
            -error.count,
            weight[shape(error.text)],
        )
    )
    return tuple(seen[:20])


def told(pattern: FailurePattern) -> tuple[str, ...]:
    """Give the signals and the excerpt of a pattern that read as an error, each once."""
    lines = [one_line(text) for text in (*pattern.signals[:60], pattern.excerpt)]
    return tuple(dict.fromkeys(line for line in lines if _reads_as_error(line)))


def _reads_as_error(line: str) -> bool:
    starts = line[:12].lower().startswith(("error", "exception", "fatal", "failed "))
    return bool(line) and "=" not in line[:40] and (starts or tells_error(line))


def _seen(group: list[tuple[str, Said]]) -> ErrorSeen:
    best = next((said for _, said in group if said.tool), group[0][1])
    from_tools = sum(said.tool for _, said in group)
    return ErrorSeen(
        text=group[0][1].text,
        place=best.place,
        tool=best.place if best.tool else "",
        count=from_tools or len(group),
        trace_ids=tuple(dict.fromkeys(trace_id for trace_id, _ in group)),
    )


def _statuses(readings: Readings, errors: tuple[ErrorSeen, ...]) -> tuple[tuple[int, int], ...]:
    counted: Counter[int] = Counter()
    for trace, found in readings:
        counted.update(found.statuses)
        if trace.status_code is not None:
            counted[trace.status_code] += 1
    if not readings:
        counted.update(code for error in errors if (code := spoken_status(error.text)))
    failing = [(code, count) for code, count in counted.items() if 400 <= code <= 599]
    return tuple(sorted(failing, key=lambda pair: (-pair[1], -pair[0]))[:5])


def _contrast(
    pattern: FailurePattern | None, readings: Readings
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find "expected A …, called B": the tools called without need, and those not called."""
    said = [found.evaluations.get("failed_check", "") for _, found in readings[:1]]
    tools = {name for _, found in readings for name in found.calls}
    if pattern:
        said += [pattern.summary, *pattern.signals[:60], pattern.root_cause_hypothesis]
        tools.update(pattern.tools_involved[:40])
    for text in said:
        found = _CONTRAST.search(text[:2_000])
        if found:
            wanted, called = (_tool_words(part, tools) for part in found.groups())
            if wanted or called:
                unexpected = tuple(name for name in called if name not in wanted)
                return unexpected, tuple(name for name in wanted if name not in called)
    return (), ()


def _tool_words(text: str, tools: set[str]) -> tuple[str, ...]:
    """Give the words that name a tool: one that was called, or one written like_this."""
    words = re.findall(r"[A-Za-z][\w.-]{1,79}", text)
    return tuple(
        dict.fromkeys(
            word.rstrip(".") for word in words if word.rstrip(".") in tools or "_" in word[1:-1]
        )
    )


def _tools(
    readings: Readings, pattern: FailurePattern | None, unexpected: tuple[str, ...]
) -> tuple[ToolUse, ...]:
    names = dict.fromkeys(name for _, found in readings for name in found.calls)
    if pattern:
        names.update(dict.fromkeys(name[:200] for name in pattern.tools_involved[:40]))
    spoken = f"{pattern.summary} {pattern.root_cause_hypothesis}"[:4_000] if pattern else ""
    mentioned = set(re.findall(r"[\w.-]{2,80}", spoken))
    uses = [_use(name, readings) for name in names if name]
    uses.sort(
        key=lambda use: (
            use.name not in unexpected,
            use.name not in mentioned,
            -use.errors,
            -use.repeats,
            -use.calls,
        )
    )
    return tuple(uses[:20])


def _use(name: str, readings: Readings) -> ToolUse:
    counts = [found.calls[name] for _, found in readings if name in found.calls]
    same = (
        count
        for _, found in readings
        for (tool, _), count in found.identical.items()
        if tool == name
    )
    failed = sum(said.tool and said.place == name for _, found in readings for said in found.errors)
    return ToolUse(
        name, sum(counts), len(counts), max(counts, default=0), max(same, default=0), failed
    )


def _names(readings: Readings) -> dict[str, tuple[str, ...]]:
    counted: dict[str, Counter[str]] = {}
    for _, found in readings:
        for kind, names in found.names.items():
            counted.setdefault(kind, Counter()).update(names)
        for said in found.errors:
            exception = raised(said.text)
            if exception and not found.names.get("exception"):
                counted.setdefault("exception", Counter())[exception] += 1
    return {
        kind: tuple(name for name, _ in names.most_common(10)) for kind, names in counted.items()
    }


def _evaluations(readings: Readings) -> tuple[tuple[str, str, int], ...]:
    counted = Counter(pair for _, found in readings for pair in found.evaluations.items())
    return tuple((name, value, count) for (name, value), count in counted.most_common(6))


def _own_frames(lists: Iterable[list[Frame]], pattern: FailurePattern | None) -> tuple[Frame, ...]:
    """Give the frames of the service's own code, innermost first; libraries' frames never.

    A file that the pattern speaks of comes before the others.
    """
    spoken = f"{pattern.summary} {pattern.root_cause_hypothesis}"[:4_000] if pattern else ""
    found = dict.fromkeys(frame for frames in lists for frame in frames[:20])
    own = [frame for frame in found if not _LIBRARY.search(f"{frame.file} {frame.function}")]
    own.sort(key=lambda frame: frame.file.rsplit("/", 1)[-1] not in spoken)
    return tuple(own[:5])


def _failing(readings: Readings) -> tuple[tuple[str, int], ...]:
    counted: Counter[str] = Counter()
    for _, found in readings:
        counted.update(found.flagged)
    return tuple((label, count) for label, count in counted.most_common(6) if label)


def _slowest(readings: Readings) -> tuple[str, float] | None:
    lasted = [pair for _, found in readings for pair in found.durations.items()]
    return max(lasted, key=lambda pair: pair[1], default=None)
