"""What stands in the margin of a runbook: findings and sources beside the block they concern."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import streamlit as st

from runbooks.checks import Checked
from runbooks.evidence import Traced
from runbooks.lint import Finding, Fix
from runbooks.markdown.html import render
from runbooks.markdown.margin import render_beside
from workbench import markup, review_state, theme
from workbench.components import fixes
from workbench.components.evidence_check import KINDS
from workbench.components.findings import WORDS
from workbench.kept import Kept, OfService
from workbench.opened import Opened

MOST = 800
"""So many findings and claims are marked; the worst and the doubtful ones come first."""
_SOURCES_AT_ONCE = 12
_SIGNS: Mapping[str, tuple[str, str, str]] = {
    "E": ("✕", "red", "blocks approval"),
    "W": ("!", "yellow", "to check"),
    "I": ("i", "gray", "to know"),
    "none": ("?", "orange", "without a source"),
    "over": ("?", "yellow", "overstated"),
    "person": ("✎", "violet", "by a person"),
    "found": ("❞", "plain", "with a source"),
}
"""Each kind of mark: its sign, its colour, and what it says of what it counts."""


_LISTENER = st.components.v2.component(
    "runbooks.margin",
    html="<span></span>",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)

_MARKED = OfService(lambda _: Kept(seconds=3_600.0))
"""Texts that were shown with their marks: those need not be shown bare first."""


@dataclass
class _Line:
    """What the checks say of one line."""

    findings: list[Finding] = field(default_factory=list)
    doubtful: list[Traced] = field(default_factory=list)
    overstated: list[Traced] = field(default_factory=list)
    person: list[Traced] = field(default_factory=list)
    found: list[Traced] = field(default_factory=list)


@dataclass(frozen=True)
class Margin:
    """A runbook's HTML with its marks, the line that explains them, and the fixes they offer."""

    html: str
    legend: str
    fixes: tuple[Finding, ...]


def show(opened: Opened, text: str) -> None:
    """Show a text with its marks; until its sources are read it stands there bare."""
    place = st.empty()
    marked = _MARKED.of(opened.service)
    name = (opened.sid, opened.slot.revision)
    if not marked.has(name):
        place.html(_paper(render(text)))
    made = beside(text, opened.checked())
    marked.get(name, lambda: True)
    place.html(_paper(made.legend + made.html))
    _listen(opened, made.fixes)


def _paper(html: str) -> str:
    return f'<div class="runbook-preview rv-beside">{markup.reachable(html) or "<p></p>"}</div>'


def _listen(opened: Opened, fixes_: tuple[Finding, ...]) -> None:
    """Let the buttons of the marks do what those of the list of findings do."""
    name = review_state.key("margin", opened.sid)
    _LISTENER(
        key=name,
        data={"revision": opened.slot.revision},
        on_fix_change=lambda: _take(opened, name, fixes_),
    )


def _take(opened: Opened, name: str, fixes_: tuple[Finding, ...]) -> None:
    """Apply the fix that was clicked; a click on what has changed meanwhile says so."""
    sent = st.session_state.get(name)
    asked = sent.get("fix") if isinstance(sent, Mapping) else None
    number = asked.get("number") if isinstance(asked, Mapping) else None
    if isinstance(number, int) and 0 <= number < len(fixes_):
        fix = fixes_[number].fix
        if fix is not None:
            fixes.click(opened, fix)


@lru_cache(maxsize=32)
def beside(markdown: str, checked: Checked) -> Margin:
    """Lay a runbook out with what the checks say of it beside each block."""
    fixable = tuple(finding for finding in checked.findings if finding.fix)
    lines = _by_line(checked, len(markdown.splitlines()) + 1)
    html = render_beside(markdown, lines, lambda group: _mark(group, lines, fixable))
    return Margin(html, _legend(checked), fixable)


def _by_line(checked: Checked, last: int) -> dict[int, _Line]:
    lines: dict[int, _Line] = defaultdict(_Line)
    report = checked.report
    over = frozenset(map(id, (traced.claim for traced in report.overstated)))
    told = sorted(checked.findings, key=lambda finding: "EWI".index(finding.severity))
    for finding in told[:MOST]:
        lines[min(finding.line, last)].findings.append(finding)
    left = max(0, MOST - len(told))
    doubtful = [*report.unsupported, *report.overstated]
    found = [t for t in report.claims if t.support.found and id(t.claim) not in over]
    for traced in [*doubtful, *found][:left]:
        line = lines[min(traced.claim.line, last)]
        (line.overstated if id(traced.claim) in over else _kind(line, traced)).append(traced)
    return lines


def _kind(line: _Line, traced: Traced) -> list[Traced]:
    if not traced.support.found:
        return line.doubtful
    return line.person if traced.support.kind == "person" else line.found


def _legend(checked: Checked) -> str:
    report = checked.report
    levels = [finding.severity for finding in checked.findings]
    person = report.counts["person"]
    counts = {
        **{level: levels.count(level) for level in ("E", "W", "I")},
        "none": len(report.unsupported),
        "over": len(report.overstated),
        "person": person,
        "found": len(report.claims) - len(report.unsupported) - person,
    }
    parts = [
        f"{_pip(kind)} <strong>{count}</strong> {_SIGNS[kind][2]}"
        for kind, count in counts.items()
        if count
    ]
    return f'<p class="rv-legend">{" ".join(f"<span>{part}</span>" for part in parts)}</p>'


def _pip(kind: str, count: int = 0) -> str:
    sign, tone, _ = _SIGNS[kind]
    return f'<span class="rv-pip rv-{tone}" aria-hidden="true">{sign}{count or ""}</span>'


def _mark(group: Sequence[int], lines: Mapping[int, _Line], fixable: tuple[Finding, ...]) -> str:
    """Give the mark of one block: signs with counts, and behind a click what they stand for."""
    here = [lines[number] for number in group]
    findings = [finding for line in here for finding in line.findings]
    doubtful = [traced for line in here for traced in line.doubtful]
    overstated = [traced for line in here for traced in line.overstated]
    person = [traced for line in here for traced in line.person]
    found = [traced for line in here for traced in line.found]
    kinds = {"none": doubtful, "over": overstated, "person": person, "found": found}
    pips = list(_pips(findings, kinds))
    spoken = ", ".join(f"{count} {_SIGNS[kind][2]}" for kind, count in pips)
    signs = "".join(_pip(kind, count) for kind, count in pips[:2])
    label = f'<span class="rv-spoken">Line {group[0]}: {spoken}</span>'
    body = "".join(_finding(finding, fixable) for finding in findings)
    body += "".join(_claim(traced, "No source", "orange") for traced in doubtful)
    body += "".join(_claim(traced, "Overstated", "yellow") for traced in overstated)
    return (
        f'<details class="rv-mark" name="rv-mark"><summary title="{spoken}">{label}{signs}'
        f'</summary><div class="rv rv-note">{body}{_sources([*person, *found])}</div></details>'
    )


def _pips(
    findings: Sequence[Finding], claims: Mapping[str, Sequence[Traced]]
) -> Iterator[tuple[str, int]]:
    """Give the signs of a mark, the worst first: one of findings, one of each kind of claims."""
    if findings:
        worst = min((finding.severity for finding in findings), key="EWI".index)
        yield worst, sum(finding.severity == worst for finding in findings)
    yield from ((kind, len(listed)) for kind, listed in claims.items() if listed)


def _finding(finding: Finding, fixable: tuple[Finding, ...]) -> str:
    level = finding.severity
    text = markup.code(finding.text, 160) if finding.text else ""
    fix = _fix(finding.fix, fixable.index(finding)) if finding.fix else ""
    return (
        f'<div class="rv-said">{markup.badge(WORDS[level], theme.FINDING_TONES[level])} '
        f"<span>{markup.esc(finding.message)}</span> {text}"
        f'<p>{markup.esc(finding.why)} <span class="rv-quiet">{markup.esc(finding.id)}, line '
        f"{finding.line}</span></p>{fix}</div>"
    )


def _fix(fix: Fix, number: int) -> str:
    before, after = fix.replaces.strip("\n"), fix.text.strip("\n")
    change = markup.code(before, 120) + " → " if before else ""
    return (
        f'<p><button type="button" class="rv-fix" data-rv-fix="{number}">'
        f"{markup.esc(fix.title)}</button> {change}{markup.code(after, 160)}</p>"
    )


def _claim(traced: Traced, word: str, tone: str) -> str:
    claim = traced.claim
    return (
        f'<div class="rv-said">{markup.badge(word, tone)} <span class="rv-where">'
        f"{KINDS[claim.kind]}</span> {markup.code(claim.text, 160)}</div>"
    )


def _sources(found: Sequence[Traced]) -> str:
    shown = "".join(_source(traced) for traced in found[:_SOURCES_AT_ONCE])
    rest = found[_SOURCES_AT_ONCE:]
    more = "".join(_source(traced) for traced in rest)
    return shown + (markup.fold(f"{len(rest)} more with a source", more) if rest else "")


def _source(traced: Traced) -> str:
    claim, support = traced.claim, traced.support
    passage = markup.quoted(support.passage) if support.passage else ""
    return (
        f'<div class="rv-said"><span class="rv-where">{KINDS[claim.kind]}</span> '
        f'{markup.code(claim.text, 160)} <span class="rv-quiet">'
        f"{markup.esc(support.source or support.kind)}</span>{passage}</div>"
    )
