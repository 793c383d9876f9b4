"""What was found out about the failure before anything was drafted."""

import streamlit as st

from runbooks.drafting.port import Evidence
from runbooks.models import FailurePattern
from workbench import markup, messages, times


def show(evidence: Evidence) -> None:
    """Show the canonical pattern in full, others behind a click, and what is missing."""
    with st.container(key="rv_evidence"):
        st.header("Evidence", anchor=False)
        canonical = evidence.canonical
        html = _embedded(evidence) if canonical is None else ""
        for number, pattern in enumerate(evidence.patterns):
            place = f"rv-pattern rv-pattern-{number}"
            if pattern is canonical:
                html = f'<div class="{place}">{_pattern(pattern)}</div>{html}'
            else:
                html += markup.fold(_name(pattern), _pattern(pattern), name=f"rv-fold {place}")
        html += _own_words(evidence)
        if evidence.missing:
            listed = markup.bullets(evidence.missing)
            html += f'<p class="rv-gap">Named in the lineage, but not stored:</p>{listed}'
        markup.show(html)


def _name(pattern: FailurePattern) -> str:
    sure = f" (confidence {pattern.confidence:.2f})" if pattern.confidence is not None else ""
    return markup.esc(pattern.title or messages.failure_type(pattern.failure_type), 120) + sure


def _pattern(pattern: FailurePattern) -> str:
    signals = "".join(f"<li>{markup.code(signal, 300)}</li>" for signal in pattern.signals[:40])
    return markup.facts(
        (
            ("Trigger", markup.esc(pattern.trigger_condition)),
            ("What happened", markup.esc(pattern.summary)),
            ("Likely cause", markup.esc(pattern.root_cause_hypothesis)),
            ("Signals", f'<ul class="rv-list">{signals}</ul>' if signals else ""),
            ("Excerpt", markup.clipped(pattern.excerpt, 700) if pattern.excerpt else ""),
            ("Recommended", markup.bullets(pattern.recommended_actions[:40])),
            ("Reproduced by", markup.esc(pattern.input_pattern)),
            ("Needs", markup.esc(pattern.required_state)),
            ("Tools", ", ".join(markup.code(tool, 80) for tool in pattern.tools_involved[:40])),
            ("Confidence", _confidence(pattern)),
        )
    )


def _confidence(pattern: FailurePattern) -> str:
    if pattern.confidence is None:
        return ""
    why = f": {markup.esc(pattern.confidence_rationale)}" if pattern.confidence_rationale else ""
    return f"{pattern.confidence:.2f}{why}"


def _own_words(evidence: Evidence) -> str:
    """Give what the suggestion says itself, behind a click."""
    now, own = evidence.suggestion, evidence.suggestion.pattern
    told = markup.facts(
        (
            ("Id", markup.code(now.suggestion_id, 200)),
            ("Title", markup.esc(now.title)),
            ("Description", markup.prose(now.description, 700)),
            ("Its pattern", markup.esc(own.title)),
            ("Trigger", markup.esc(own.trigger_condition)),
            ("What happened", markup.esc(own.summary)),
            (
                "Similarity group",
                markup.code(now.similarity_group, 120) if now.similarity_group else "",
            ),
            ("Created", markup.esc(times.exact(now.created_at))),
            ("Changed", markup.esc(times.exact(now.updated_at))),
        )
    )
    return markup.fold("What the suggestion itself says", told, name="rv-fold rv-suggestion")


def _embedded(evidence: Evidence) -> str:
    """Show what the suggestion itself says when no pattern is stored."""
    own = evidence.suggestion.pattern
    told = markup.facts(
        (
            ("Title", markup.esc(own.title)),
            ("Trigger", markup.esc(own.trigger_condition)),
            ("What happened", markup.esc(own.summary)),
        )
    )
    lead = "No failure pattern is stored for these traces."
    return f'<p class="rv-gap">{lead}{" The suggestion itself says:" if told else ""}</p>{told}'
