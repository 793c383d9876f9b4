"""A whole service over a real store, and words to put documents there as other services do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from runbooks.bootstrap import assemble
from runbooks.clock import Clock
from runbooks.config import Settings
from runbooks.drafting.offline import OfflineDrafter
from runbooks.drafting.port import DraftAnswer, DraftRequest
from runbooks.models import Suggestion
from runbooks.service import RunbookService
from runbooks.store.port import Collection, Create, DocumentStore, FieldPath, Merge, Update

GOOD = (Path(__file__).parent / "rules" / "a_good_runbook.md").read_text(encoding="utf-8")
"""A runbook by a person; it names the trace of the first suggestion that a world makes."""


class Ticker:
    """A clock that only moves when told, and a little at each look so that times differ."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def pass_(self, **time: float) -> None:
        """Let time go by."""
        self.now += timedelta(**time)


@dataclass
class BusyDrafter:
    """The offline drafter, counting its calls and letting something happen during each."""

    during: Callable[[DraftRequest], None] = field(default=lambda _: None)
    calls: int = 0
    provider: str = "offline"
    model: str = "offline-composer-1"
    inner: OfflineDrafter = field(default_factory=OfflineDrafter)

    def draft(self, request: DraftRequest) -> DraftAnswer:
        """Draft, after whatever happens meanwhile."""
        self.calls += 1
        self.during(request)
        return self.inner.draft(request)

    def check(self) -> str:
        """Say that it is there."""
        return self.inner.check()


@dataclass
class World:
    """A service, its store and clock, and words to put documents there as other services do."""

    service: RunbookService
    store: DocumentStore
    clock: Clock
    drafter: BusyDrafter
    made: int = 0

    def suggest(self, **fields: object) -> str:
        """Store a pending runbook suggestion with one pattern and one trace; give its id."""
        self.made += 1
        name = str(fields.pop("id", f"sugg-{self.made:03}"))
        trace = f"{self.made:032x}"
        document = {
            "suggestion_id": name,
            "type": "runbook",
            "status": "pending",
            "severity": "high",
            "source_traces": [{"trace_id": trace, "pattern_id": f"pattern_{trace}"}],
            "pattern": {"failure_type": "runaway_loop", "title": "Agent repeats a search"},
            "created_at": f"2026-11-{1 + self.made % 17:02}T00:00:00.000000Z",
            "their_own_field": {"kept": True},
            **fields,
        }
        writes = [
            Create(Collection.SUGGESTIONS, name, {k: v for k, v in document.items() if v != "gone"})
        ]
        if fields.get("source_traces") is None:
            writes += [
                Create(Collection.PATTERNS, trace, pattern_document(trace)),
                Create(Collection.TRACES, trace, trace_document(trace)),
            ]
        self.store.commit(writes)
        return name

    def read(self, name: str) -> Suggestion:
        """Read a suggestion anew."""
        return self.service.repository.suggestion(name)

    def revision(self, name: str) -> str:
        """Give the revision that stands there now."""
        return self.read(name).slot.revision

    def foreign_write(self, name: str, fields: dict[FieldPath, object]) -> None:
        """Change a suggestion as another service does: at any time, without our rules."""
        stored = self.store.get_many(Collection.SUGGESTIONS, [name])[name]
        self.store.commit([Update(Collection.SUGGESTIONS, name, fields, stored.token)])

    def put(self, collection: Collection, key: str, document: dict[str, object]) -> None:
        """Store any document."""
        self.store.commit([Merge(collection, key, {(k,): v for k, v in document.items()})])

    def kept_texts(self, name: str) -> list[str]:
        """Give every text that is not lost: current, versions, unsaved."""
        texts = [str(v.snippet) for v in self.service.repository.versions(name)]
        texts += [u.text for u in self.service.repository.unsaved(name)]
        return [str(self.read(name).slot.raw), *texts]


def pattern_document(trace: str) -> dict[str, object]:
    """A failure pattern with all that a draft needs."""
    return {
        "pattern_id": f"pattern_{trace}",
        "source_trace_id": trace,
        "title": "Agent repeats a search",
        "failure_type": "runaway_loop",
        "trigger_condition": "The search tool answers with an empty list",
        "summary": "The agent called search_direct_flight again and again.",
        "root_cause_hypothesis": "The loop has no stop when a tool gives nothing.",
        "evidence": {"signals": ["search_direct_flight_calls=14"], "excerpt": "Error: no flights"},
        "recommended_actions": ["Stop after three empty answers"],
        "reproduction_context": {
            "input_pattern": "A route without direct flights",
            "required_state": "no direct flight in the table",
            "tools_involved": ["search_direct_flight"],
        },
        "severity": "high",
        "confidence": 0.8,
        "extracted_at": "2026-11-17T10:00:00.000000Z",
    }


def trace_document(trace: str) -> dict[str, object]:
    """A raw trace of an agent with a tool error and a person's address."""
    messages = [
        {"role": "user", "content": "Fly me to SEA, I am kim.doe@mail.example.org"},
        {"role": "tool", "name": "search_direct_flight", "content": "Error: no flights"},
    ]
    return {
        "trace_id": trace,
        "service_name": "flight-agent",
        "failure_type": "runaway_loop",
        "severity": "high",
        "trace_payload": {"messages": messages},
        "fetched_at": "2026-11-17T09:00:00.000000Z",
    }


def make_world(store: DocumentStore, clock: Clock | None = None) -> World:
    """Put a service together over this store, with the offline drafter and default settings."""
    clock, drafter = clock or Ticker(), BusyDrafter()
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    return World(assemble(store, drafter, settings, clock=clock), store, clock, drafter)
