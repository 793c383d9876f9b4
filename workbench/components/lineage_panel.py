"""Where the draft comes from: traces → pattern → suggestion → draft, the canonical one marked."""

from collections.abc import Sequence

import streamlit as st

from runbooks.drafting.port import Evidence
from runbooks.models import FailurePattern, RawTrace, SlotKind, Source
from workbench import markup, messages, theme, times
from workbench.opened import Opened, short

_MOST = 8


def show(opened: Opened, evidence: Evidence) -> None:
    """Show the lineage as a chain of four levels."""
    levels = (
        _level("Traces", _traces(opened.now.sources, evidence)),
        _level("Pattern", _patterns(evidence)),
        _level("Suggestion", [_suggestion(opened)]),
        _level("Draft", [_draft(opened)]),
    )
    with st.container(key="rv_lineage"):
        st.subheader("Lineage", anchor=False)
        markup.show(f'<ol class="rv-chain">{"".join(levels)}</ol>')


def _level(name: str, nodes: Sequence[str]) -> str:
    shown = "".join(nodes[:_MOST])
    rest = nodes[_MOST:]
    more = markup.fold(f"{len(rest)} more", "".join(rest)) if rest else ""
    return f'<li><span class="rv-level">{name}</span>{shown}{more}</li>'


def _node(title: str, facts: Sequence[str], *, canonical: bool = False) -> str:
    mark = (
        markup.badge("canonical", "blue", "The draft is written from this one") if canonical else ""
    )
    told = " · ".join(fact for fact in facts if fact)
    name = "rv-node rv-canonical" if canonical else "rv-node"
    return f'<div class="{name}"><div>{title} {mark}</div><div class="rv-quiet">{told}</div></div>'


def _traces(sources: Sequence[Source], evidence: Evidence) -> list[str]:
    stored = {trace.trace_id: trace for trace in evidence.traces}
    listed = {source.trace_id: source for source in sources}
    canonical = evidence.canonical_trace_id
    if not listed:
        return [_node("None named", ["the suggestion names no source trace"])]
    return [
        _node(
            markup.code(name, 40),
            _trace_facts(listed.get(name), stored.get(name)),
            canonical=name == canonical,
        )
        for name in evidence.trace_ids
    ]


def _trace_facts(source: Source | None, trace: RawTrace | None) -> list[str]:
    if trace is None:
        return ["not stored any more"]
    score = source.similarity_score if source else None
    count = trace.recurrence_count or 0
    return [
        markup.esc(trace.service_name or "unknown service", 60),
        markup.esc(times.clock_time(trace.fetched_at)),
        f"similarity {score:.2f}" if score is not None else "",
        f"seen {count:,}×" if count > 1 else "",
    ]


def _patterns(evidence: Evidence) -> list[str]:
    if not evidence.patterns:
        return [_node("None stored", ["nobody has extracted a failure pattern from these traces"])]
    return [
        _node(
            markup.esc(pattern.title or messages.failure_type(pattern.failure_type), 120),
            _pattern_facts(pattern),
            canonical=pattern is evidence.canonical,
        )
        for pattern in evidence.patterns
    ]


def _pattern_facts(pattern: FailurePattern) -> list[str]:
    sure = pattern.confidence
    return [
        f"confidence {sure:.2f}" if sure is not None else "confidence not given",
        markup.esc(messages.failure_type(pattern.failure_type), 60),
        markup.esc(times.clock_time(pattern.extracted_at)) if pattern.extracted_at else "",
    ]


def _suggestion(opened: Opened) -> str:
    now = opened.now
    status = messages.STATUSES.get(now.status, now.status or "unknown status")
    facts = [
        markup.esc(status, 40),
        f"made {markup.esc(times.since(now.created_at))}",
        f"group {markup.code(now.similarity_group, 40)}" if now.similarity_group else "",
    ]
    return _node(markup.code(opened.sid, 60), facts)


def _draft(opened: Opened) -> str:
    slot = opened.slot
    if slot.kind is SlotKind.EMPTY:
        return _node("None yet", [])
    state = messages.DRAFT_STATES[slot.state]
    source = slot.draft.source if slot.draft else None
    written_from = source.canonical_trace_id if source else None
    facts = [
        f"revision {markup.code(short(slot.revision))}",
        f"written from {markup.code(written_from, 14)}" if written_from else "",
    ]
    return _node(markup.badge(state, theme.DRAFT_TONES[slot.state]), facts)
