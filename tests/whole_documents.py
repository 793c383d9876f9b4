"""Documents with every field that the product reads, as other services write them."""

from datetime import UTC, datetime
from typing import Any

from runbooks.values import Vector

Doc = dict[str, Any]


def snippet_document(edit_source: str) -> Doc:
    """A draft with all its fields."""
    return {
        "runbook_id": "runbook_x",
        "title": "Loop",
        "rationale": "The trace says so.",
        "markdown_content": "# Loop - Operational Runbook\n\n## Summary\n\ntext\n",
        "symptoms": ["slow"],
        "diagnosis_commands": ["kubectl get pods"],
        "mitigation_steps": ["stop it"],
        "escalation_criteria": "after 15 minutes",
        "source": {
            "suggestion_id": "x",
            "canonical_trace_id": "t0",
            "canonical_pattern_id": "pattern_t0",
            "trace_ids": ["t0"],
            "pattern_ids": ["pattern_t0"],
        },
        "status": "draft",
        "edit_source": edit_source,
        "generated_at": "2026-11-17T10:00:00.000000Z",
        "updated_at": datetime(2026, 11, 17, 10, tzinfo=UTC),
        "generator_meta": {
            "model": "template_insufficient_context",
            "temperature": 0.3,
            "prompt_hash": "sha256:0",
            "response_sha256": "sha256:1",
            "run_id": "run_20261117_100000_00000000",
            "fallback_reason": "insufficient_context",
            "cost_usd": 0.01,
            "attempts": 1,
            "gate": ["why"],
        },
        "edited_by": "local:ana",
        "edited_at": "2026-11-17T11:00:00Z",
        "their_key": {"kept": [1]},
    }


def suggestion_document(name: str, traces: list[str], snippet: Doc | None, status: str) -> Doc:
    """A suggestion with all its fields."""
    decided = {"actor": "local:ana", "action": status, "timestamp": "2026-11-17T12:00:00Z"}
    return {
        "suggestion_id": name,
        "type": "runbook",
        "status": status,
        "severity": "high",
        "title": "A loop",
        "description": "The agent searches again and again.",
        "source_traces": [
            {
                "trace_id": trace,
                "pattern_id": f"pattern_{trace}",
                "added_at": "2026-11-17T09:00:00Z",
                "similarity_score": 0.9,
            }
            for trace in traces
        ],
        "source_trace_id": traces[0] if traces else None,
        "pattern": {
            "failure_type": "runaway_loop",
            "trigger_condition": "empty answer",
            "title": "Loop",
            "summary": "It loops.",
            "severity": "P2",
        },
        "similarity_group": "group_1",
        "embedding": Vector((0.25, 0.5)),
        "suggestion_content": {
            "eval_test": None,
            "guardrail_rule": {"theirs": True},
            **({"runbook_snippet": snippet} if snippet else {}),
        },
        "approval_metadata": None if status == "pending" else {**decided, "notes": "fine"},
        "version_history": [{"previous_status": None, "new_status": "pending", "actor": "x"}],
        "created_at": "2026-11-17T09:00:00.000000Z",
        "updated_at": datetime(2026, 11, 17, 9, tzinfo=UTC),
        "their_own_field": {"kept": True},
    }


def run_document(name: str) -> Doc:
    """A run that nobody has heard of for a while."""
    return {
        "run_id": name,
        "started_at": "2026-11-17T09:00:00.000000Z",
        "finished_at": None,
        "heartbeat_at": "2026-11-17T09:00:10.000000Z",
        "triggered_by": "scheduled",
        "batch_size": 5,
        "picked_up_count": 1,
        "generated_count": 1,
        "skipped_count": 0,
        "error_count": 0,
        "processing_duration_ms": 1500.5,
        "suggestion_outcomes": [
            {"suggestion_id": "plain", "status": "generated", "error_reason": None}
        ],
        "cost_usd": 0.01,
        "state": "running",
    }


def error_document(run: str) -> Doc:
    """A call that failed in that run."""
    return {
        "run_id": run,
        "suggestion_id": "plain",
        "error_type": "timeout",
        "error_message": "no answer",
        "recorded_at": "2026-11-17T09:00:09.000000Z",
        "model_response_sha256": None,
        "model_response_excerpt": "",
    }
