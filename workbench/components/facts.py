"""How the draft on the screen was made: by what, from what, at what price, in which run."""

import streamlit as st

from runbooks.models import GeneratorMeta
from workbench import markup, messages, state, times
from workbench.opened import Opened, is_offline


def show(opened: Opened) -> None:
    """Show the facts of the generation; a text without any has none to show."""
    draft = opened.slot.draft
    if draft is None or draft.generator_meta == GeneratorMeta():
        return
    meta = draft.generator_meta
    with st.container(key="rv_facts"):
        st.header("Generation", anchor=False)
        markup.show(
            markup.facts(
                (
                    ("Drafted by", _drafter(opened, meta)),
                    ("When", markup.esc(times.exact(draft.generated_at))),
                    ("Why a template", markup.esc(messages.reason(meta.fallback_reason))),
                    ("Rationale", markup.prose(draft.rationale, 400)),
                    ("Temperature", _number(meta.temperature)),
                    ("Tokens", _tokens(meta)),
                    ("Cost", f"${meta.cost_usd:,.4f}" if meta.cost_usd is not None else ""),
                    ("Took", _took(meta)),
                    ("Prompt", _hash(meta.prompt_hash, meta.prompt_version)),
                    ("Answer", _hash(meta.response_sha256)),
                    ("Evidence", _hash(meta.evidence_hash)),
                )
            )
        )
        _run(meta)


def _drafter(opened: Opened, meta: GeneratorMeta) -> str:
    if meta.model.startswith("template_"):
        return "The built-in template; no model was asked"
    if is_offline(opened.slot):
        return f"The offline drafter, by rules; no model was asked ({markup.code(meta.model, 60)})"
    names = [name for name in (meta.model_version or meta.model, meta.provider) if name]
    return markup.esc(" · ".join(names), 160) if names else "not recorded"


def _run(meta: GeneratorMeta) -> None:
    if meta.run_id:
        st.page_link(
            "pages/runs.py",
            label=f"Run {messages.escape_md(meta.run_id, 80)}",
            icon=":material/history:",
            query_params=state.run_address(meta.run_id),
        )


def _tokens(meta: GeneratorMeta) -> str:
    if meta.input_tokens is None and meta.output_tokens is None:
        return ""
    return f"{meta.input_tokens or 0:,} in, {meta.output_tokens or 0:,} out"


def _took(meta: GeneratorMeta) -> str:
    if meta.latency_ms is None:
        return ""
    tries = f", {meta.attempts} attempts" if (meta.attempts or 1) > 1 else ""
    return times.duration(meta.latency_ms / 1000) + tries


def _number(value: float | None) -> str:
    return f"{value:g}" if value is not None else ""


def _hash(value: str | None, version: str | None = None) -> str:
    if not value:
        return ""
    bare = value.removeprefix("sha256:")
    told = f'<code class="rv-code" title="{markup.esc(value, 100)}">{markup.esc(bare[:12])}…</code>'
    return told + (f" version {markup.esc(version, 40)}" if version else "")
