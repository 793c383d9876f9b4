"""The sources of a draft as passages, each with words that say where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from runbooks.drafting.payload import MAX_DEPTH, MAX_KEYS, MAX_MEMBERS, name_of, parsed
from runbooks.drafting.port import Evidence
from runbooks.evidence.report import SupportKind
from runbooks.evidence.words import shown
from runbooks.lint.page import INVESTIGATION_MINUTES
from runbooks.models import RawTrace
from runbooks.trace.spans import is_span

MAX_CHARACTERS = 2_000_000
"""So much of all traces together is read; further text makes the report partial."""
MAX_FIELD = 20_000
MAX_NODES = 100_000
MAX_TOLD = 500_000
_MOST_LINES = 200
_LONG = 300
_PLAIN = frozenset({str, int, float, bool, type(None)})


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a source on one line; `source` names its place for a person."""

    kind: SupportKind
    source: str
    text: str


@dataclass
class Passages:
    """Passages as they are collected; `partial` tells that something was left out."""

    listed: list[Passage] = field(default_factory=list)
    characters: int = 0
    partial: bool = False

    def add(self, kind: SupportKind, source: str, text: str, longest: int = MAX_FIELD) -> None:
        """Keep a text, if there is any."""
        if len(text) > longest:
            self.partial = True
        line = shown(text[:longest])
        self.characters += len(line)
        if line:
            self.listed.append(Passage(kind, source, line))


def short(identifier: str) -> str:
    """Shorten an id as people quote it: the first eight characters of what it is made of."""
    bare = identifier.removeprefix("pattern_")
    return bare if len(bare) <= 12 else f"{bare[:8]}…"


def trace_passages(evidence: Evidence) -> Passages:
    """Read every trace, the canonical one first; never raises, and reads a bounded part."""
    found = Passages()
    characters, nodes = MAX_CHARACTERS, MAX_NODES
    for number, trace in enumerate(evidence.traces):
        _own_fields(found, trace)
        waiting = len(evidence.traces) - number
        own = (characters // waiting, nodes // waiting)
        walk = _Walk(found, f"trace {short(trace.trace_id)}", *own)
        walk.read(trace.payload)
        characters -= own[0] - max(0, walk.characters)
        nodes -= own[1] - max(0, walk.nodes)
    return found


def _own_fields(found: Passages, trace: RawTrace) -> None:
    fields = {
        "trace_id": trace.trace_id,
        "service": trace.service_name,
        "failure_type": trace.failure_type,
        "severity": trace.severity.value if trace.severity else None,
        "status_code": trace.status_code,
        "recurrence_count": trace.recurrence_count,
        "datadog_site": trace.datadog_site,
        "datadog_url": trace.datadog_url,
        "fetched_at": trace.fetched_at.isoformat() if trace.fetched_at else None,
    }
    text = "; ".join(
        f"{name}: {value}" for name, value in fields.items() if value not in (None, "")
    )
    found.add("trace", f"trace {short(trace.trace_id)}", text)


@dataclass
class _Walk:
    """Goes through one payload; a map's plain values make one passage, long texts their own."""

    found: Passages
    trace: str
    characters: int
    nodes: int
    spans: int = 0

    def read(self, payload: object) -> None:
        stack: list[tuple[object, str, str, int]] = [(parsed(payload), "", "", 0)]
        while stack:
            value, key, place, depth = stack.pop()
            self.nodes -= 1
            if self.nodes < 0 or self.characters < 0 or depth > MAX_DEPTH:
                self.found.partial = True
                if depth <= MAX_DEPTH:
                    return
            elif isinstance(value, Mapping):
                stack.extend(reversed(self._map(value, key, place, depth)))
            elif isinstance(value, list | tuple):
                stack.extend(reversed(self._list(value, key, place, depth)))
            elif value is not None:
                self._keep(place, f"{key}: {value}" if key else str(value))

    def _map(
        self, value: Mapping[object, object], key: str, place: str, depth: int
    ) -> list[tuple[object, str, str, int]]:
        self.found.partial |= len(value) > MAX_KEYS
        place = self._place(value, place)
        plain: list[str] = []
        inside: list[tuple[object, str, str, int]] = []
        for name, item in islice(value.items(), MAX_KEYS):
            label = str(name)[:200]
            if _is_branch(item) or (isinstance(item, str) and len(item) > _LONG):
                inside.append((item, label, place, depth + 1))
            elif item not in (None, ""):
                plain.append(f"{label}: {item}")
        if plain:
            self._keep(place, "; ".join([*([key] if key else []), *plain]))
        return inside

    def _list(
        self, value: Sequence[object], key: str, place: str, depth: int
    ) -> list[tuple[object, str, str, int]]:
        if len(value) > MAX_MEMBERS:
            self.found.partial = True
        items = list(enumerate(islice(value, MAX_MEMBERS), start=1))
        if not any(_is_branch(item) for _, item in items):
            self._keep(place, f"{key}: {', '.join(str(item) for _, item in items)}")
            return []
        talk = any(isinstance(item, Mapping) and "role" in item for _, item in items[:20])
        return [
            (
                item,
                "" if isinstance(item, Mapping) else key,
                f"message {number}" if talk else place,
                depth + 1,
            )
            for number, item in items
        ]

    def _place(self, value: Mapping[object, object], place: str) -> str:
        if not is_span(value):
            return place
        inner = value.get("attributes")
        told = inner if isinstance(inner, Mapping) and is_span(inner) else value
        self.spans += told is value
        named = name_of(told.get("resource")) or name_of(told.get("name"))
        return f"span {self.spans} {named[:60]}".rstrip()

    def _keep(self, place: str, text: str) -> None:
        source = f"{self.trace}, {place}" if place else self.trace
        room = max(0, self.characters)
        self.characters -= len(text)
        self.found.add("trace", source, text, room)


def _is_branch(value: object) -> bool:
    """Tell whether a value holds others; the usual plain types are asked for first."""
    return type(value) not in _PLAIN and isinstance(value, Mapping | list | tuple)


def told_passages(evidence: Evidence) -> Passages:
    """Give the fields of patterns, of the suggestion and of the services row."""
    found = Passages()
    for pattern in evidence.patterns:
        _fields(found, "pattern", f"pattern {short(pattern.pattern_id)}", pattern.model_dump())
    own = evidence.suggestion
    _fields(
        found,
        "suggestion",
        "suggestion",
        {
            "suggestion_id": own.suggestion_id,
            "title": own.title,
            "description": own.description,
            "similarity_group": own.similarity_group,
            "pattern": own.pattern.model_dump(),
            "trace_ids": evidence.trace_ids,
            "pattern_ids": evidence.pattern_ids,
            "severity": evidence.severity.value if evidence.severity else "",
        },
    )
    listed = "services file" if evidence.row.known else "default, not in the services file"
    _fields(found, "services", f"{listed}, {evidence.row.service}", _row(evidence))
    for severity, minutes in INVESTIGATION_MINUTES.items():
        if evidence.severity and severity == evidence.severity.value:
            told = f"within {minutes} minutes ({severity} allows no more)"
            found.add("template", f"time that {severity} allows before escalation", told)
    return found


def _row(evidence: Evidence) -> Mapping[str, object]:
    row = evidence.row.model_dump(exclude={"known"})
    row["escalate_after_minutes"] = f"escalate within {row['escalate_after_minutes']} minutes"
    row["impact_users"] = f"customer impact >{row['impact_users']} users"
    row["downtime_minutes"] = f"downtime >{row['downtime_minutes']} minutes"
    return row


def _fields(found: Passages, kind: SupportKind, source: str, fields: Mapping[str, object]) -> None:
    for name, value in fields.items():
        where = f"{source}, {name}"
        if isinstance(value, Mapping):
            lines = [f"{key}: {item}" for key, item in islice(value.items(), _MOST_LINES) if item]
        elif isinstance(value, list | tuple):
            lines = [str(item) for item in value[:_MOST_LINES]]
            found.partial |= len(value) > _MOST_LINES
        else:
            lines = [_named(name, value)] if value not in (None, "") else []
        for line in lines:
            found.add(kind, where, line, min(MAX_FIELD, max(0, MAX_TOLD - found.characters)))


def _named(name: str, value: object) -> str:
    """Give a text as it is, a number with the name of its field."""
    return value if isinstance(value, str) else f"{name} {value}"
