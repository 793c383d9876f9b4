"""The findings of a draft as the queue and the approval gate use them."""

from dataclasses import dataclass

from runbooks.lint import Finding, LintContext, lint
from runbooks.markdown.outline import parse
from runbooks.models import Slot


@dataclass(frozen=True)
class Quality:
    """Whether a draft has six sections (SC-002), two commands (SC-003), clean Markdown (SC-004)."""

    six_sections: bool = False
    two_commands: bool = False
    clean_markdown: bool = False


@dataclass(frozen=True)
class Counts:
    """How many findings a text has, by severity E, W, I, and what the figures SC need of it."""

    errors: int = 0
    warnings: int = 0
    hints: int = 0
    quality: Quality = Quality()


def findings_of(slot: Slot, context: LintContext | None = None) -> list[Finding]:
    """Lint the text that stands in a slot; nothing there, no findings."""
    if slot.draft is None:
        return []
    return lint(slot.draft.markdown_content, context or _lineage(slot), "evalforge")


def counts_of(slot: Slot) -> Counts:
    """Count the findings of the text that stands in a slot."""
    if slot.draft is None:
        return Counts()
    found = findings_of(slot)
    outline = parse(slot.draft.markdown_content)
    quality = Quality(
        six_sections=not outline.missing_sections,
        two_commands=len(outline.diagnosis_commands) >= 2,
        clean_markdown=not any(finding.id == "RB009" for finding in found),
    )
    levels = [finding.severity for finding in found]
    return Counts(levels.count("E"), levels.count("W"), levels.count("I"), quality)


def blocking(slot: Slot) -> list[str]:
    """Name what keeps this text from approval without a written reason (CONTRACT R12, R17).

    An unedited draft that says itself that it needs a person's input, and every E-finding.
    """
    draft = slot.draft
    if draft is None:
        return []
    named = [f"{f.id} line {f.line}: {f.message}" for f in findings_of(slot) if f.severity == "E"]
    if draft.status == "needs_human_input" and draft.edit_source == "generated":
        named.insert(0, "needs_human_input: the draft says that a person must complete it")
    return named


def _lineage(slot: Slot) -> LintContext:
    source = slot.draft.source if slot.draft else None
    if source is None:
        return LintContext()
    return LintContext(trace_ids=source.trace_ids, pattern_ids=source.pattern_ids)
