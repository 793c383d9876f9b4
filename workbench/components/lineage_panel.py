"""Where the draft comes from, as a graph: traces → patterns → suggestion → draft, each a link."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from runbooks.drafting.port import Evidence
from runbooks.lineage import PATTERN_PREFIX
from runbooks.models import FailurePattern, RawTrace, SlotKind, Source
from workbench import markup, messages, review_state, theme, times
from workbench.components import trace_view
from workbench.opened import Opened, short

_MOST = 8
_JUMPS = st.components.v2.component(
    "runbooks.lineage",
    js=(Path(__file__).parent / "lineage_panel.js").read_text(encoding="utf-8"),
)


def show(opened: Opened, evidence: Evidence) -> None:
    """Show the graph; a click leads to the trace, the pattern, the suggestion or the draft."""
    with st.container(key="rv_lineage"):
        st.header("Lineage", anchor=False)
        markup.show(graph(opened, evidence))
        _JUMPS(
            key=review_state.key("jumps", opened.sid),
            on_trace_change=partial(_choose, opened.sid, evidence),
        )


def _choose(sid: str, evidence: Evidence) -> None:
    """Show the trace that was clicked, by its number among those that are stored."""
    sent = st.session_state.get(review_state.key("jumps", sid))
    number = sent.get("trace") if isinstance(sent, Mapping) else None
    if isinstance(number, int) and 0 <= number < len(evidence.traces):
        st.session_state[trace_view.chosen_key(sid)] = evidence.traces[number].trace_id


def graph(opened: Opened, evidence: Evidence) -> str:
    """Give the graph as HTML."""
    pairs = _pairs(opened.now.sources, evidence)
    shown, rest = "".join(pairs[:_MOST]), pairs[_MOST:]
    more = markup.fold(f"{len(rest)} more", "".join(rest)) if rest else ""
    head = (
        '<div class="rv-pair rv-level"><span>Traces</span><span></span><span>Patterns</span></div>'
    )
    return (
        f'<div class="rv-graph"><div class="rv-lines">{head}{shown}{more}</div>'
        f'<div class="rv-flow"><span class="rv-level">Suggestion</span>{_suggestion(opened)}</div>'
        f'<div class="rv-flow"><span class="rv-level">Draft</span>{_draft(opened)}</div></div>'
    )


def _pairs(sources: Sequence[Source], evidence: Evidence) -> list[str]:
    """Give each trace beside its pattern; patterns of traces that are not named come last."""
    stored = {trace.trace_id: number for number, trace in enumerate(evidence.traces)}
    patterns = {p.source_trace_id: n for n, p in enumerate(evidence.patterns)}
    listed = {source.trace_id: source for source in sources}
    made: list[str] = []
    drawn: set[int] = set()
    for name in evidence.trace_ids if listed else ():
        source = listed.get(name)
        trace = evidence.traces[stored[name]] if name in stored else None
        number = patterns.get(_pattern_key(source, name))
        drawn |= {number} if number is not None else set()
        left = _trace(name, source, trace, stored.get(name), evidence)
        made.append(_pair(left, _pattern(evidence, number)))
    for number in range(len(evidence.patterns)):
        if number not in drawn:
            made.append(_pair("", _pattern(evidence, number)))
    return made or [_pair(_node("None named", ["the suggestion names no source trace"]), "")]


def _pattern_key(source: Source | None, trace: str) -> str:
    named = source.pattern_id if source else None
    return named.removeprefix(PATTERN_PREFIX) if named else trace


def _pair(left: str, right: str) -> str:
    arrow = " rv-arrow" if left and right else ""
    way = f'<div class="rv-way{arrow}"></div>'
    return f'<div class="rv-pair"><div>{left}</div>{way}<div>{right}</div></div>'


def _node(title: str, facts: Sequence[str], jump: str = "", *, canonical: bool = False) -> str:
    """Give a node; `jump` says where a click on it leads, "" for what leads nowhere."""
    hint = "The draft is written from this one"
    mark = f" {markup.badge('canonical', 'blue', hint)}" if canonical else ""
    told = " · ".join(fact for fact in facts if fact)
    name = f'<a href="#rv" data-rv-jump="{markup.esc(jump)}">{title}</a>' if jump else title
    kind = "rv-node rv-canonical" if canonical else "rv-node"
    return f'<div class="{kind}"><div>{name}{mark}</div><div class="rv-quiet">{told}</div></div>'


def _trace(
    name: str, source: Source | None, trace: RawTrace | None, number: int | None, evidence: Evidence
) -> str:
    canonical = name == evidence.canonical_trace_id
    title = markup.code(name, 18)
    if trace is None:
        return _node(title, ["not stored any more"], canonical=canonical)
    score = source.similarity_score if source else None
    count = trace.recurrence_count or 0
    facts = [
        markup.esc(trace.service_name or "unknown service", 60),
        markup.esc(times.clock_time(trace.fetched_at)),
        f"similarity {score:.2f}" if score is not None else "",
        f"seen {count:,}×" if count > 1 else "",
    ]
    return _node(title, facts, f"trace:{number}", canonical=canonical)


def _pattern(evidence: Evidence, number: int | None) -> str:
    if number is None:
        return _node('<span class="rv-quiet">none stored</span>', [])
    pattern = evidence.patterns[number]
    title = markup.esc(pattern.title or messages.failure_type(pattern.failure_type), 120)
    canonical = pattern is evidence.canonical
    return _node(title, _pattern_facts(pattern), f"pattern:{number}", canonical=canonical)


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
    return _node(markup.code(opened.sid, 60), facts, "suggestion")


def _draft(opened: Opened) -> str:
    slot = opened.slot
    if slot.kind is SlotKind.EMPTY:
        return _node("None yet", [])
    state = messages.DRAFT_STATES[slot.state]
    source = slot.draft.source if slot.draft else None
    written_from = source.canonical_trace_id if source else None
    facts = [
        markup.badge(state, theme.DRAFT_TONES[slot.state]),
        f"written from {markup.code(written_from, 14)}" if written_from else "",
    ]
    return _node(f"revision {markup.code(short(slot.revision))}", facts, "draft")
