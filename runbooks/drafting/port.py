"""What the product asks of a drafter: evidence in, one Markdown runbook out."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from runbooks.drafting.budget import Bill, Purse, free_purse
from runbooks.models import FailurePattern, GeneratorMeta, RawTrace, Severity, Suggestion
from runbooks.redaction import redact
from runbooks.services import ServiceRow


@dataclass(frozen=True)
class Evidence:
    """All that is known of a failure, redacted with one numbering (CONTRACT R10).

    `patterns` and `traces` stand in lineage order, the canonical one first (CONTRACT R9). The
    suggestion's own texts are redacted too; ids are as stored. `missing` names what the lineage
    speaks of and the store does not have. `hash` changes when any of it changes.
    """

    suggestion: Suggestion
    patterns: tuple[FailurePattern, ...]
    traces: tuple[RawTrace, ...]
    severity: Severity | None
    service: str
    row: ServiceRow
    trace_ids: tuple[str, ...]
    pattern_ids: tuple[str, ...]
    missing: tuple[str, ...] = ()
    hash: str = ""

    @property
    def canonical(self) -> FailurePattern | None:
        """The pattern that the draft is written from, if there is any (CONTRACT R9)."""
        return self.patterns[0] if self.patterns else None

    @property
    def canonical_trace_id(self) -> str:
        """The trace that the draft cites first."""
        if self.patterns:
            return self.patterns[0].source_trace_id
        return self.trace_ids[0] if self.trace_ids else ""

    @property
    def failure_type(self) -> str:
        """The canonical pattern's failure type, else the suggestion's, else "unknown"."""
        pattern = self.canonical
        return (pattern.failure_type if pattern else "") or self.suggestion.failure_type


@dataclass(frozen=True)
class DraftRequest:
    """One order to a drafter: all the time it has, and the money (CONTRACT R13, R14).

    `seconds` count from the order's beginning; `until` is when they are over, a monotonic time,
    and None when the drafter is the first to use any of them.
    The drafter writes on `bill` what its calls came to, also when it fails. Once `cancel` is set
    it starts no further call. `redact` hides secrets and personal data with the numbers of this
    evidence (CONTRACT R10); what a drafter quotes in an error goes through it.
    """

    evidence: Evidence
    now: datetime
    seconds: float
    purse: Purse = field(default_factory=free_purse)
    bill: Bill = field(default_factory=Bill)
    cancel: threading.Event = field(default_factory=threading.Event)
    redact: Callable[[str], str] = redact
    until: float | None = None


@dataclass(frozen=True)
class DraftAnswer:
    """A whole runbook in the template of CONTRACT R12, and how it was made.

    The fields of the stored draft (symptoms, commands …) are read from the Markdown, so that
    they agree with it. `rationale` is plain words and cites the source trace. `doubts` say why a
    person should look, one sentence each, where the drafter itself knows of a reason.
    """

    markdown: str
    rationale: str
    meta: GeneratorMeta
    doubts: tuple[str, ...] = ()


class Drafter(Protocol):
    """Writes a runbook from evidence; adapters only translate and are safe to use in threads."""

    provider: str
    model: str

    def draft(self, request: DraftRequest) -> DraftAnswer:
        """Write the runbook; raise DraftingFailed, DeadlineExceeded, BudgetExceeded, Cancelled."""

    def check(self) -> str:
        """Say in one line what would answer when it can be reached; raise DraftingFailed."""
