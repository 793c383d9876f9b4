"""What can be read in one trace payload, as it is collected."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from runbooks.drafting.error_text import Frame, endpoint, one_line, spoken_status
from runbooks.drafting.payload import Place, name_of

MAX_ERRORS = 400


@dataclass(frozen=True)
class Said:
    """One error as a trace tells it: a single line, and the span or tool that it came from."""

    text: str
    place: str = ""
    tool: bool = False


@dataclass
class Reading:
    """What was read in one payload; durations in nanoseconds."""

    errors: list[Said] = field(default_factory=list)
    flagged: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    identical: Counter[tuple[str, int]] = field(default_factory=Counter)
    names: dict[str, Counter[str]] = field(default_factory=dict)
    evaluations: dict[str, str] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=list)
    durations: dict[str, float] = field(default_factory=dict)
    moments: list[datetime] = field(default_factory=list)
    messages: int = 0
    last_reply: str = ""
    spans: int = 0
    told: set[str] = field(default_factory=set)
    partial: bool = False

    def name(self, kind: str, value: object) -> None:
        """Count a name of a kind: service, host, model, exception, database or queue."""
        found = name_of(value)
        if found:
            self.names.setdefault(kind, Counter())[found] += 1

    def error(self, text: str, place: Place | None = None) -> None:
        """Keep an error's text as one line, and the status code that it speaks of."""
        if len(self.errors) >= MAX_ERRORS:
            self.partial = True
            return
        line = one_line(text)
        if len(line) < 3:
            return
        where = place or Place()
        self.errors.append(Said(line, where.label, where.role == "tool"))
        status = spoken_status(line)
        if status:
            self.statuses[status] += 1
        host, port = endpoint(line)
        if host:
            self.name("host", host)
            self.name("endpoint", f"{host}:{port}")
