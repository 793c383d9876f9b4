"""What speaks against an approval: who approves reads it first."""

from collections.abc import Sequence

import streamlit as st

from runbooks.evidence import Traced
from workbench import messages, wiring
from workbench.components.evidence_check import KINDS
from workbench.opened import Opened

_MOST_LISTED = 12


def show(opened: Opened) -> None:
    """Say what speaks against approving it, without barring it."""
    if opened.slot.draft is None:
        st.warning(
            "This text has a shape that is not known; nothing could check it. Save it as a "
            "runbook first if you can.",
            icon=":material/warning:",
        )
    if opened.other_holder:
        holder = messages.escape_md(wiring.shown(opened.other_holder))
        st.warning(f"**{holder}** is editing this right now.", icon=":material/group:")
    unsupported = opened.unsupported()
    if unsupported:
        st.warning(_without_source(unsupported), icon=":material/link_off:")


def _without_source(claims: Sequence[Traced]) -> str:
    """List the claims that nothing supports; they warn and do not block."""
    listed = [
        f"line {traced.claim.line}, {KINDS[traced.claim.kind]}: "
        f"{messages.escape_md(traced.claim.text, 100)}"
        for traced in claims[:_MOST_LISTED]
    ]
    left = len(claims) - _MOST_LISTED
    lines = "\n".join(f"- {line}" for line in [*listed, *([f"and {left} more"] * (left > 0))])
    count = "1 claim has" if len(claims) == 1 else f"{len(claims)} claims have"
    return f"**{count} no source.** Check before you approve:\n\n{lines}"


def listed(blocked: Sequence[str]) -> str:
    """Name what blocks an approval without a written reason, as Markdown."""
    lines = "\n".join(f"- {messages.escape_md(named)}" for named in blocked[:_MOST_LISTED])
    more = f"\n- and {len(blocked) - _MOST_LISTED} more" if len(blocked) > _MOST_LISTED else ""
    return f"**This blocks approval:**\n\n{lines}{more}"
