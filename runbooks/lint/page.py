"""What a rule gets to look at, and how it reports."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from runbooks.lint.catalogue import RULES
from runbooks.lint.command import Command
from runbooks.lint.commands import commands_of
from runbooks.lint.datadog_sources import QueryUse, queries_of
from runbooks.lint.document import OUTPUT_LANGUAGES, Document, Section, line_of, lines_between
from runbooks.lint.finding import MAX_TEXT, Finding, Fix, Profile, Severity, TextMap

# Minutes from triage to investigation, from the incident response procedures (seed 4).
INVESTIGATION_MINUTES: Mapping[str, int] = MappingProxyType(
    {"critical": 10, "p1": 10, "high": 30, "p2": 30, "medium": 240, "p3": 240}
)


@dataclass(frozen=True)
class LintContext:
    """Facts about a draft that its text alone does not tell; every one has a default.

    `confidence` is that of the canonical pattern, 0 to 1. `evidence_text` is what the source
    traces and patterns say. `channels` and `owners` come from the services file (CONTRACT §4);
    `unlisted_service` names a service without a row there, `default_owner` whom it then gets.
    `known_tags` and `known_tools` extend the built-in lists. `now` is for the review date;
    without it the clock is asked.
    """

    trace_ids: Sequence[str] = ()
    pattern_ids: Sequence[str] = ()
    confidence: float | None = None
    evidence_text: str = ""
    channels: Sequence[str] = ()
    owners: Sequence[str] = ()
    unlisted_service: str = ""
    default_owner: str = ""
    known_tags: Sequence[str] = ()
    known_tools: Sequence[str] = ()
    investigation_minutes: Mapping[str, int] = field(default_factory=lambda: INVESTIGATION_MINUTES)
    now: datetime | None = None
    review_interval_days: int = 90
    edit_source: str | None = None
    reviewer_note: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a chapter says about its dangerous commands: assurances it lacks, effects it names."""

    lacking: tuple[str, ...]
    affected: bool


@dataclass(frozen=True, eq=False)
class Page:
    """One runbook under inspection: its document, its commands, the context and the profile."""

    document: Document
    profile: Profile
    context: LintContext

    @cached_property
    def told(self) -> dict[int, Told]:
        """What was found out about chapters so far, by their first line."""
        return {}

    @property
    def strict(self) -> bool:
        """Whether this is one of our own drafts, held to the template."""
        return self.profile == "evalforge"

    @property
    def milder(self) -> Severity | None:
        """The severity of a case that blocks our own drafts, but no other team's pages."""
        return None if self.strict else "W"

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """All commands, also those that the text warns against."""
        return commands_of(self.document, tuple(self.context.known_tools))

    @cached_property
    def advised(self) -> tuple[Command, ...]:
        """The commands that the reader is asked to run."""
        return tuple(command for command in self.commands if command.advised)

    @cached_property
    def queries(self) -> tuple[QueryUse, ...]:
        """All Datadog queries in the text, from commands, blocks, inline code and links."""
        return queries_of(self.document, self.commands)

    def commands_in(self, section: Section) -> tuple[Command, ...]:
        """The advised commands of a section, subsections included."""
        return lines_between(self.advised, section.line, section.end)

    def aftermath(self, command: Command) -> tuple[int, str]:
        """What the text says around and just after a command, and the line that it hangs on.

        That is its step, or its paragraph, and the three lines that follow; a block of output
        right behind it counts as the word “output”.
        """
        document = self.document
        holders = document.prose if command.inline else document.blocks
        holder = holders[max(0, bisect_right(holders, command.line, key=line_of) - 1)]
        step = document.item_at(command.line)
        begin = step.line if step else holder.line if command.inline else holder.end
        end = max(holder.end, min(step.end, holder.end + 12) if step else 0)
        following = [
            line
            for line in document.lines[end : end + 8]
            if line.strip() and not line.startswith("#")
        ]
        shown = any(
            block.language in OUTPUT_LANGUAGES for block in document.blocks_in(holder.end, end + 3)
        )
        told = [document.text_in(begin, min(end, begin + 60)), *following[:3]]
        return holder.line, "\n".join([*told, "output" if shown else ""])

    def finding(
        self,
        rule: str,
        message: str,
        line: int,
        *,
        end_line: int | None = None,
        span: tuple[int, int] | None = None,
        severity: Severity | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """A finding on document lines counted from 0; `span` holds start and end columns."""
        last = line if end_line is None else end_line
        entry = RULES[rule]
        return Finding(
            id=rule,
            severity=severity or entry.severity_in(self.profile) or "I",
            line=line + 1,
            end_line=last + 1,
            start=span[0] if span else None,
            end=span[1] if span else None,
            text=self._text(line, last, span),
            message=message,
            why=entry.why,
            fix=fix,
        )

    def at(
        self,
        rule: str,
        message: str,
        body: TextMap,
        start: int,
        end: int,
        *,
        severity: Severity | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """A finding on a piece of a mapped text."""
        line, column = body.place(start)
        last, end_column = body.place(max(start, end - 1))
        span = (column, end_column + (end > start))
        return self.finding(
            rule, message, line, end_line=last, span=span, severity=severity, fix=fix
        )

    def replacement(self, title: str, body: TextMap, start: int, end: int, text: str) -> Fix | None:
        """A fix for a piece of a mapped text; None where that text stands otherwise there."""
        line, column = body.place(start)
        last, end_column = body.place(end)
        fix = Fix(title, line + 1, column, last + 1, end_column, body.text[start:end], text)
        return (
            fix
            if self._text(line, last, (column, end_column), limit=None) == fix.replaces
            else None
        )

    def _text(
        self, line: int, last: int, span: tuple[int, int] | None, limit: int | None = MAX_TEXT
    ) -> str:
        lines = list(self.document.lines[line : last + 1])
        if span and lines:
            lines[-1] = lines[-1][: span[1]]
            lines[0] = lines[0][span[0] :]
        return "\n".join(lines)[:limit] if span else "\n".join(lines).strip()[:limit]


Check = Callable[[Page], Iterator[Finding]]
