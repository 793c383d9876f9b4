"""Where each claim of the text on the screen comes from, and which ones come from nowhere."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from runbooks.evidence import ClaimKind, EvidenceReport, SupportKind, Traced
from workbench import markup
from workbench.opened import Opened

AT_ONCE = 50
MOST = 500
KINDS: Mapping[ClaimKind, str] = {
    "command": "command",
    "flag": "option",
    "query": "query",
    "number": "number",
    "threshold": "threshold",
    "identifier": "id",
    "name": "name",
    "file": "file",
    "quote": "quotation",
    "cause": "cause",
}
_COUNTED: Mapping[SupportKind, str] = {
    "trace": "from traces",
    "pattern": "from the pattern",
    "suggestion": "from the suggestion",
    "catalogue": "from the catalogue",
    "services": "from the services file or its defaults",
    "person": "by a person",
    "template": "of the template",
}


def show(opened: Opened, told: str = "") -> None:
    """Show how many claims have which source, those without one, and behind a click the rest.

    `told` says of which text.
    """
    if opened.slot.draft is None:
        return
    report = opened.checked().report
    with st.container(key="rv_check"):
        st.header("Evidence check", anchor=False)
        if told:
            st.caption(f":material/edit_note: {told}")
        if not report.claims:
            st.caption("The text makes no claim that could be traced.")
            return
        markup.show(_counts(report) + _doubtful(report) + _supported(report))


def _counts(report: EvidenceReport) -> str:
    told = [(report.counts[kind], words) for kind, words in _COUNTED.items()]
    told += [(len(report.unsupported), "without a source"), (len(report.overstated), "overstated")]
    listed = " · ".join(f"<strong>{count}</strong> {words}" for count, words in told if count)
    return f'<p class="rv-summary">{listed}</p>'


def _doubtful(report: EvidenceReport) -> str:
    html = ""
    if report.partial:
        html += (
            '<p class="rv-gap">The sources were too large to be read whole: '
            "a claim that is listed here may have one.</p>"
        )
    html += _list(report.unsupported, lambda traced: _row(traced, "No source", "orange"))
    return html + _list(report.overstated, lambda traced: _row(traced, "Overstated", "yellow"))


def _supported(report: EvidenceReport) -> str:
    found = [traced for traced in report.claims if traced.support.found]
    if not found:
        return ""
    label = f"{len(found)} claim{'s' if len(found) > 1 else ''} with their sources"
    return markup.fold(label, _list(found, _passage))


def _list(claims: Sequence[Traced], item: Callable[[Traced], str]) -> str:
    """Give the first 50; the rest behind a click, and of very many only how many."""
    html = "".join(item(traced) for traced in claims[:AT_ONCE])
    rest = claims[AT_ONCE:MOST]
    if rest:
        html += markup.fold(f"{len(rest)} more", "".join(item(traced) for traced in rest))
    left = len(claims) - MOST
    return html + (f'<p class="rv-quiet">{left} are not listed.</p>' if left > 0 else "")


def _row(traced: Traced, word: str, tone: str) -> str:
    return f'<div class="rv-finding">{markup.badge(word, tone)} {_claim(traced)}</div>'


def _passage(traced: Traced) -> str:
    support = traced.support
    source = f'<p class="rv-quiet">{markup.esc(support.source or support.kind)}</p>'
    passage = markup.quoted(support.passage) if support.passage else ""
    return markup.fold(_claim(traced), source + passage, name="rv-finding")


def _claim(traced: Traced) -> str:
    claim = traced.claim
    where = f'<span class="rv-where">line {claim.line}, {KINDS[claim.kind]}</span>'
    return f"{where} {markup.code(claim.text, 160)}"
