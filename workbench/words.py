"""What states, reasons and people are called, in words that can be read aloud."""

from collections.abc import Mapping

from runbooks.models import DraftState, OutcomeStatus, RunState, Severity

REASONS: Mapping[str, str] = {
    "overwrite_blocked": "a person's text stands there and was kept",
    "being_edited": "a person is working on it or has unsaved text",
    "generation_in_progress": "it was being generated elsewhere",
    "not_pending": "it is already decided",
    "stale_revision": "somebody saved meanwhile, the newer text was kept",
    "budget_exceeded": "the money for the run was used up",
    "cancelled": "the run was cancelled before the model was asked",
    "not_attempted": "the model's service was down, so it was not asked",
    "would_be_fallback": "only a template could be written, the better text was kept",
    "missing_failure_patterns": "no failure pattern was found for its traces",
    "insufficient_context": "the pattern does not say what triggers the failure",
    "run_budget_exceeded": "the money of the run was used up",
    "not_found": "there is no such suggestion",
    "not_runbook": "it is not a runbook suggestion",
    "unreadable_document": "its document has a shape that must not be written to",
    "invalid_json": "the model's answer was no valid JSON",
    "schema_validation": "the model's answer lacked required parts",
    "vertex_error": "the model's service answered with an error",
    "timeout": "the model did not answer in time",
    "store_unavailable": "the store could not be reached",
    "invalid_request": "the draft could not be stored",
    "drafting_failed": "the model gave nothing that can be used",
    "deadline": "the model did not answer in time",
    "unknown": "an unexpected error, see the log",
}

DRAFT_STATES: Mapping[DraftState, str] = {
    DraftState.NONE: "No draft",
    DraftState.GENERATED: "Draft",
    DraftState.FALLBACK: "Template",
    DraftState.NEEDS_INPUT: "Needs input",
    DraftState.HUMAN: "Human edit",
    DraftState.UNREADABLE: "Unreadable",
}

SEVERITIES: Mapping[str, str] = {
    **{level.value: level.value.capitalize() for level in Severity},
    "unknown": "Unknown",
}

STATUSES: Mapping[str, str] = {
    "pending": "Pending",
    "approved": "Approved",
    "rejected": "Rejected",
}

RUN_STATES: Mapping[RunState, str] = {
    RunState.RUNNING: "Running",
    RunState.FINISHED: "Finished",
    RunState.CANCELLED: "Cancelled",
    RunState.INTERRUPTED: "Interrupted",
}

OUTCOMES: Mapping[OutcomeStatus, str] = {
    OutcomeStatus.GENERATED: "Drafted",
    OutcomeStatus.SKIPPED: "Skipped",
    OutcomeStatus.ERROR: "Error",
}


FAILURE_TYPES = (
    "hallucination",
    "toxicity",
    "prompt_injection",
    "wrong_tool",
    "runaway_loop",
    "pii_leak",
    "stale_data",
    "guardrail_failure",
    "infrastructure_error",
    "quality_degradation",
    "client_error",
    "llm_error",
)
"""The failure types that are known; any other word is legal too (CONTRACT §1)."""

_OWN_SPELLING = {"pii": "PII", "llm": "LLM", "oom": "OOM"}


def draft_state(value: str) -> str:
    """Give the state of a draft as words."""
    return DRAFT_STATES[DraftState(value)]


def failure_type(value: str) -> str:
    """Give a failure type as words."""
    words = value.replace("_", " ").strip().capitalize().split() or ["Unknown"]
    return " ".join(_OWN_SPELLING.get(word.lower(), word) for word in words)


def percent(share: float) -> str:
    """Give a share of 1; what misses a target by little is never rounded up to it."""
    return f"{int(share * 1000 + 1e-9) / 10:g}%"


def reason(code: str | None) -> str:
    """Give the reason of an outcome in words; a code that is not known stays as it is."""
    if not code:
        return ""
    head, _, cause = code.partition(":")
    words = REASONS.get(head, head)
    return f"{words} ({REASONS.get(cause, cause)})" if cause else words


def who(actor: object, me: str = "") -> str:
    """Give an actor as people read it: the bare name, "you" for `me`.

    Places of unsaved text (`local:Ana#tab`, `local:Ana~hash`) are read as their person.
    """
    plain = str(actor or "nobody").split("#", 1)[0].split("~", 1)[0]
    if me and plain == me:
        return "you"
    bare = plain.removeprefix("local:")
    return "a visitor without a name" if bare.startswith("visitor-") else bare
