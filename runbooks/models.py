"""The things the product speaks of, as typed, frozen values (CONTRACT §1).

These are views: what the stored document holds besides stays in the document. How an untidy
document becomes one of them is in `runbooks.store.documents`.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from runbooks.values import Token


class Frozen(BaseModel):
    """A value that does not change."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class Severity(StrEnum):
    """How bad a failure is; P1, P2, P3 are read as the first three (CONTRACT §1)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class SlotKind(StrEnum):
    """What stands where the draft belongs (CONTRACT R2)."""

    EMPTY = "empty"
    GENERATED = "generated"
    HUMAN = "human"
    FOREIGN = "foreign"
    """Somebody's text in a shape that we do not know: protected, shown as it is."""
    UNWRITABLE = "unwritable"
    """`suggestion_content` is no map: a write would destroy it, so there is none."""


class DraftState(StrEnum):
    """The state of a draft as lists show it (CONTRACT §1, runbook_queue)."""

    NONE = "none"
    GENERATED = "generated"
    FALLBACK = "fallback"
    NEEDS_INPUT = "needs_input"
    HUMAN = "human"
    UNREADABLE = "unreadable"


class VersionReason(StrEnum):
    """Why a version exists (CONTRACT §1, runbook_versions)."""

    GENERATED = "generated"
    EDITED = "edited"
    FORCED = "forced"
    RESTORED = "restored"
    FOUND = "found"
    PROPOSAL = "proposal"


class OutcomeStatus(StrEnum):
    """What became of one suggestion in a run."""

    GENERATED = "generated"
    SKIPPED = "skipped"
    ERROR = "error"


class RunState(StrEnum):
    """Where a run stands; interrupted = its heartbeat is older than 60 s."""

    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class Source(Frozen):
    """One trace that a suggestion comes from."""

    trace_id: str
    pattern_id: str | None = None
    similarity_score: float | None = None
    added_at: datetime | None = None


class EmbeddedPattern(Frozen):
    """The short form of the pattern that a suggestion carries itself."""

    failure_type: str = ""
    trigger_condition: str = ""
    title: str = ""
    summary: str = ""
    severity: Severity | None = None


class FailurePattern(Frozen):
    """What an extraction found in one trace."""

    pattern_id: str
    source_trace_id: str
    title: str = ""
    failure_type: str = ""
    trigger_condition: str = ""
    summary: str = ""
    root_cause_hypothesis: str = ""
    signals: tuple[str, ...] = ()
    excerpt: str = ""
    recommended_actions: tuple[str, ...] = ()
    input_pattern: str = ""
    required_state: str = ""
    tools_involved: tuple[str, ...] = ()
    severity: Severity | None = None
    confidence: float | None = None
    confidence_rationale: str = ""
    extracted_at: datetime | None = None


class RawTrace(Frozen):
    """One failing run as another service recorded it; `payload` is any JSON value."""

    trace_id: str
    service_name: str = ""
    failure_type: str = ""
    severity: Severity | None = None
    payload: object = None
    fetched_at: datetime | None = None
    status_code: int | None = None
    recurrence_count: int | None = None
    datadog_url: str = ""
    datadog_site: str = ""


class Approval(Frozen):
    """The decision that stands."""

    actor: str = ""
    action: str = ""
    timestamp: datetime | None = None
    notes: str = ""
    reason: str = ""
    revision: str | None = None
    override_reason: str = ""


class HistoryEntry(Frozen):
    """One change of status."""

    previous_status: str = ""
    new_status: str = ""
    actor: str = ""
    timestamp: datetime | None = None
    notes: str = ""
    revision: str | None = None


class DraftSource(Frozen):
    """Where a draft comes from."""

    suggestion_id: str = ""
    canonical_trace_id: str | None = None
    canonical_pattern_id: str | None = None
    trace_ids: tuple[str, ...] = ()
    pattern_ids: tuple[str, ...] = ()


class GeneratorMeta(Frozen):
    """How a draft was made; costs in US dollars, times in milliseconds."""

    model: str = ""
    provider: str = ""
    model_version: str | None = None
    temperature: float | None = None
    prompt_hash: str | None = None
    prompt_version: str | None = None
    response_sha256: str | None = None
    run_id: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    latency_ms: float | None = None
    attempts: int | None = None
    fallback_reason: str | None = None
    evidence_hash: str | None = None
    gate: tuple[str, ...] = ()
    """Why a person must complete the draft, in words; empty when it may stand."""


class RunbookDraft(Frozen):
    """A runbook's text with its fields, as `suggestion_content.runbook_snippet` holds it."""

    runbook_id: str = ""
    title: str = ""
    rationale: str = ""
    markdown_content: str = ""
    symptoms: tuple[str, ...] = ()
    diagnosis_commands: tuple[str, ...] = ()
    mitigation_steps: tuple[str, ...] = ()
    escalation_criteria: str = ""
    source: DraftSource = DraftSource()
    status: str = ""
    edit_source: str = ""
    generated_at: datetime | None = None
    updated_at: datetime | None = None
    generator_meta: GeneratorMeta = GeneratorMeta()
    edited_by: str | None = None
    edited_at: datetime | None = None


class Slot(Frozen):
    """What stands where the draft belongs, with the revision that names this very state.

    `raw` is the stored value (None when empty), `draft` its readable view, `problem` why it
    cannot be read. Revision: CONTRACT R4.
    """

    kind: SlotKind
    revision: str
    raw: object = None
    draft: RunbookDraft | None = None
    problem: str = ""

    @property
    def state(self) -> DraftState:
        """The state that lists show."""
        if self.kind is SlotKind.EMPTY:
            return DraftState.NONE
        if self.kind in (SlotKind.FOREIGN, SlotKind.UNWRITABLE) or self.draft is None:
            return DraftState.UNREADABLE
        if self.kind is SlotKind.HUMAN:
            return DraftState.HUMAN
        if self.draft.generator_meta.model.startswith("template_"):
            return DraftState.FALLBACK
        if self.draft.status == "needs_human_input":
            return DraftState.NEEDS_INPUT
        return DraftState.GENERATED


class Suggestion(Frozen):
    """One suggestion as read; `token` is the state that a write is decided on.

    `oddities` says in words what could not be read as it stands.
    """

    suggestion_id: str
    type: str = ""
    status: str = ""
    severity: Severity | None = None
    title: str = ""
    description: str = ""
    sources: tuple[Source, ...] = ()
    pattern: EmbeddedPattern = EmbeddedPattern()
    similarity_group: str = ""
    slot: Slot
    approval: Approval | None = None
    history: tuple[HistoryEntry, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    sample: bool = False
    oddities: tuple[str, ...] = ()
    document: Mapping[str, object] = Field(default_factory=dict, repr=False)
    token: Token = Field(default=None, repr=False)

    @property
    def failure_type(self) -> str:
        """The failure type, or "unknown"."""
        return self.pattern.failure_type or "unknown"

    @property
    def heading(self) -> str:
        """What a list calls it: its title, else the pattern's, else the failure type."""
        return self.title or self.pattern.title or self.failure_type.replace("_", " ")


class QueueEntry(Frozen):
    """What lists, filters, counts and the batch know of a suggestion (CONTRACT §1).

    `failures` counts the batches that could not draft it, `edits` the texts that people saved; the
    three yes/no fields are SC-002,
    SC-003 and SC-004 of its draft. `severity_rank`: critical 0, high 1, unknown 2, medium 3,
    low 4. `created_at` is an ISO string, the epoch when the suggestion has none, so that it
    sorts as the oldest.
    """

    suggestion_id: str
    type: str = ""
    status: str = ""
    severity: str = "unknown"
    severity_rank: int = 2
    created_at: str = "1970-01-01T00:00:00.000000Z"
    updated_at: str = ""
    title: str = ""
    failure_type: str = "unknown"
    service: str = ""
    draft_state: DraftState = DraftState.NONE
    edited: bool = False
    revision: str = "none"
    problem: str = ""
    findings_e: int = 0
    findings_w: int = 0
    findings_i: int = 0
    similarity_group: str = ""
    occurrences: int = 1
    last_seen: str = ""
    assignee: str = ""
    hold_by: str = ""
    hold_since: str = ""
    hold_until: str = ""
    seen_by: Mapping[str, str] = Field(default_factory=dict)
    unsaved_by: Mapping[str, str] = Field(default_factory=dict)
    version_number: int = 0
    version_revision: str = ""
    run_id: str = ""
    fallback_reason: str = ""
    evidence_hash: str = ""
    six_sections: bool = False
    two_commands: bool = False
    clean_markdown: bool = False
    failures: int = 0
    edits: int = 0
    decided_at: str = ""
    decided_by: str = ""
    sample: bool = False
    search_tokens: tuple[str, ...] = ()
    search_form: int = 0
    """Which of its words these are, see `runbooks.words.FORM`; 0: from before they had a number."""


class Version(Frozen):
    """One text that stood, or was proposed, as the runbook of a suggestion; append only."""

    suggestion_id: str
    number: int
    revision: str
    base_revision: str
    applied: bool
    snippet: object
    actor: str
    reason: str
    at: datetime | None = None
    draft: RunbookDraft | None = None
    note: str = ""


class UnsavedText(Frozen):
    """Text in somebody's editor, kept until it is saved or thrown away by that person."""

    key: str
    suggestion_id: str
    actor: str
    place: str = ""
    base_revision: str
    text: str
    at: datetime | None = None
    why: str = ""


class Lease(Frozen):
    """A right to work on something for a while; `token` changes with every renewal."""

    key: str
    holder: str
    secret: str
    ttl_seconds: float
    seconds_left: float
    run_id: str = ""
    after_run: str = ""
    """The run that had it before and let its time run out, if one did."""
    token: Token = Field(default=None, repr=False)


class Outcome(Frozen):
    """What became of one suggestion in a run, and why."""

    suggestion_id: str
    status: OutcomeStatus
    error_reason: str | None = None
    fallback_reason: str | None = None
    needs_input: bool = False
    duration_ms: float | None = None
    cost_usd: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    attempts: int = 0
    """Calls to the model, failed ones included."""


class RunSummary(Frozen):
    """One batch or single generation; picked up = generated + skipped + error."""

    run_id: str
    started_at: datetime | None = None
    finished_at: datetime | None = None
    triggered_by: str = "manual"
    actor: str = ""
    batch_size: int = 0
    picked_up_count: int = 0
    generated_count: int = 0
    skipped_count: int = 0
    error_count: int = 0
    fallback_count: int = 0
    needs_input_count: int = 0
    processing_duration_ms: float = 0.0
    suggestion_outcomes: tuple[Outcome, ...] = ()
    cost_usd: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0
    state: RunState = RunState.RUNNING
    heartbeat_at: datetime | None = None
    in_flight: int = 0
    provider: str = ""
    dry_run: bool = False
    stored_start: object = Field(default=None, exclude=True, repr=False)
    """`started_at` as the document has it, which a list of runs goes on from."""


class RunError(Frozen):
    """Why a suggestion of a run has no draft; the excerpt is redacted, ≤500 characters."""

    run_id: str
    suggestion_id: str
    error_type: str
    error_message: str
    recorded_at: datetime | None = None
    model_response_sha256: str | None = None
    model_response_excerpt: str = ""


class AuditEntry(Frozen):
    """Who did what, when, on which revision."""

    suggestion_id: str
    actor: str
    action: str
    at: datetime | None = None
    revision: str = ""
    detail: str = ""
