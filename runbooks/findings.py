"""The findings of a draft as the queue, the quality gate and the approval gate use them."""

from dataclasses import dataclass
from functools import lru_cache

from runbooks.lint import Finding, LintContext, lint
from runbooks.markdown.outline import Outline, parse
from runbooks.models import DraftSource, Slot, SlotKind
from runbooks.services import NO_HOUSE, House


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


@dataclass(frozen=True)
class Assessment:
    """A text read once: its findings and its outline."""

    findings: tuple[Finding, ...]
    outline: Outline

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that block an approval without a written reason."""
        return tuple(finding for finding in self.findings if finding.severity == "E")


@lru_cache(maxsize=32)
def assess(
    markdown: str,
    trace_ids: tuple[str, ...] = (),
    pattern_ids: tuple[str, ...] = (),
    house: House = NO_HOUSE,
) -> Assessment:
    """Lint and outline a text; the gate, the counts and the page ask for the same one."""
    context = LintContext(
        trace_ids=trace_ids,
        pattern_ids=pattern_ids,
        known_tools=house.tools,
        known_tags=house.tags,
    )
    return Assessment(tuple(lint(markdown, context, "evalforge")), parse(markdown))


def findings_of(slot: Slot) -> tuple[Finding, ...]:
    """Lint the text that stands in a slot; nothing there, no findings."""
    found = _assessed(slot)
    return found.findings if found else ()


def counts_of(slot: Slot, house: House = NO_HOUSE) -> Counts:
    """Count the findings of the text that stands in a slot."""
    found = _assessed(slot, house)
    if found is None:
        return Counts()
    quality = Quality(
        six_sections=not found.outline.missing_sections,
        two_commands=len(found.outline.diagnosis_commands) >= 2,
        clean_markdown=not any(finding.id == "RB009" for finding in found.findings),
    )
    levels = [finding.severity for finding in found.findings]
    return Counts(levels.count("E"), levels.count("W"), levels.count("I"), quality)


def blocking(slot: Slot) -> list[str]:
    """Name what keeps this text from approval without a written reason (CONTRACT R12, R17).

    An unedited draft that says itself that it needs a person's input, every E-finding, and a text
    that cannot be checked at all.
    """
    found, draft = _assessed(slot), slot.draft
    if found is None or draft is None:
        unread = slot.kind is not SlotKind.EMPTY
        return [f"unreadable: nothing of it is checked, {slot.problem}"] if unread else []
    named = errors_of(slot)
    if draft.status == "needs_human_input" and draft.edit_source == "generated":
        named.insert(0, "needs_human_input: the draft says that a person must complete it")
    return named


def errors_of(slot: Slot) -> list[str]:
    """Name the E-findings of the text that stands in a slot."""
    found = _assessed(slot)
    return [f"{f.id} line {f.line}: {f.message}" for f in found.errors] if found else []


def _assessed(slot: Slot, house: House = NO_HOUSE) -> Assessment | None:
    if slot.draft is None:
        return None
    source: DraftSource = slot.draft.source
    return assess(slot.draft.markdown_content, source.trace_ids, source.pattern_ids, house)
