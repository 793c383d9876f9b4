"""What is not said in any one place of the traces but counted over them, as passages."""

from collections.abc import Iterator

from runbooks.drafting.facts import Facts
from runbooks.evidence.passages import Passages


def counted_passages(facts: Facts, traces: int) -> Passages:
    """Give counts, times and durations as the sentences that a person would check."""
    found = Passages()
    source = f"counted over {facts.traces} source trace{'s' * (facts.traces != 1)}"
    for line in _lines(facts, traces):
        found.add("trace", source, line)
    return found


def _lines(facts: Facts, traces: int) -> Iterator[str]:
    yield f"{traces} source traces, {facts.traces} of them stored"
    yield f"{facts.messages} messages and {facts.spans} spans in the canonical trace"
    for use in facts.tools:
        yield (
            f"tool {use.name} called: {use.calls} calls in all; {use.calls} times in all;"
            f" {use.name} {use.calls}; called in {use.traces} of {facts.traces} source traces;"
            f" {use.errors} errors"
        )
        yield (
            f"tool {use.name}: called {use.most} times in one run; {use.most} tool calls in"
            f" one run; called {use.repeats} times with the same arguments;"
            f" {use.repeats} identical calls"
        )
    for error in facts.errors:
        counted = f"{error.count} times, in {len(error.trace_ids)} of {facts.traces} source traces"
        yield f"error {error.place} {counted}: {error.text}"
    for code, count in facts.statuses:
        yield f"status {code}, @http.status_code:{code}, {count} times"
    for name, value, count in facts.evaluations:
        yield f"evaluation {name} is {value} in {count} traces"
    for label, count in facts.failing_spans:
        yield f"span {label} failed {count} times"
    for frame in facts.frames:
        yield f"stack trace: {frame.file}:{frame.line} line {frame.line} in {frame.function}"
    yield from _when(facts)


def _when(facts: Facts) -> Iterator[str]:
    if facts.recurrences:
        counts = " and ".join(str(count) for count in facts.recurrences)
        yield f"recurrence_count is {counts}, {sum(facts.recurrences)} times in all"
    if facts.slowest:
        label, nanoseconds = facts.slowest
        yield f"slowest span {label}: duration {nanoseconds:.0f} ns, {nanoseconds / 1e9:.3f} s"
    if facts.first and facts.last:
        first, last = (f"{at:%Y-%m-%d %H:%M:%S}" for at in (facts.first, facts.last))
        yield f"recorded from {first} to {last} UTC"
