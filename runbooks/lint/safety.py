"""Safety: what a command may break, and what the text says about it (RB201 to RB210).

RB203 and RB204 are in `exposure`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from runbooks.lint.calls import Call
from runbooks.lint.command import Command
from runbooks.lint.document import Section, lines_between
from runbooks.lint.effect import Level
from runbooks.lint.finding import Finding, Fix, Severity
from runbooks.lint.kube import lacks_namespace
from runbooks.lint.metadata import declared_variables
from runbooks.lint.page import Check, Page, Told
from runbooks.lint.tools import KUBE_CLIENTS
from runbooks.lint.wording import (
    AFFECTED,
    APPROVAL,
    CONFIRMATION,
    VERIFICATION,
    WARNING,
    WAY_BACK,
)

_NEEDS_APPROVAL = re.compile(
    r"\b(?:roll(?:s|ed|ing)?[ -]?back|revert\w*|switch\w*|swap\w*|downgrad\w+|promot\w+|replac\w+"
    r"|deploy\w*)\b.{0,40}\bmodels?\b|\bmodels?\b.{0,20}\brollback\b|\bretrain\w*\b"
    r"|\b(?:resiz\w+|provision\w*|chang\w+|modif\w+|scal\w+)\b.{0,30}\binfrastructure\b"
    r"|\bterraform apply\b",
    re.IGNORECASE,
)


def destructive(page: Page) -> Iterator[Finding]:
    """RB201: destructive, and the chapter lacks a warning, a confirmation or a way back."""
    for command in page.advised:
        if command.effect.level is Level.DESTROYS:
            severity, missing = _judge(page, command)
            if severity:
                message = f"This command {command.effect.deed}; the text gives no {missing}."
                yield _on(page, "RB201", message, command, severity)


def _judge(page: Page, command: Command) -> tuple[Severity | None, str]:
    """How bad a destructive command is here; other teams' pages are blocked only when bare."""
    lacking = _told_about(page, command).lacking
    if not lacking:
        return None, ""
    blocks = page.strict or len(lacking) == 3
    return "E" if blocks else "W", ", no ".join(lacking)


def _told_about(page: Page, command: Command) -> Told:
    """What the chapter of a command and any rollback section say; read once for each chapter."""
    chapter = page.document.chapter_at(command.line)
    key = chapter.line if chapter else -1
    if key not in page.told:
        parts = [_prose_of(page, chapter) if chapter else page.document.text_in(0, 400)]
        rollbacks = page.document.of_role("rollback")
        parts += [_prose_of(page, section) for section in islice(rollbacks, 5)]
        page.told[key] = _weighed("\n".join(parts))
    return page.told[key]


def _weighed(text: str) -> Told:
    shapes = (("warning", WARNING), ("confirmation", CONFIRMATION), ("way back", WAY_BACK))
    lacking = tuple(name for name, shape in shapes if not shape.search(text))
    return Told(lacking, _tells_affected(text))


def _prose_of(page: Page, section: Section) -> str:
    prose = page.document.prose_in(section.line, section.end)[:400]
    blocks = page.document.blocks_in(section.line, section.end)[:100]
    comments = [line for block in blocks for line in block.body.text.split("\n") if "#" in line]
    told = [part.plain for part in prose if part.kind != "heading"]
    return "\n".join([*told, *comments])


def _on(
    page: Page,
    rule: str,
    message: str,
    command: Command,
    severity: Severity | None = None,
    fix: Fix | None = None,
) -> Finding:
    place = (command.body, command.start, command.end)
    return page.at(rule, message, *place, severity=severity, fix=fix)


def disruptive(page: Page) -> Iterator[Finding]:
    """RB202: interrupts service, and its own step does not say so."""
    for command in page.advised:
        if command.effect.level is Level.DISRUPTS and not _announced(page, command):
            yield _on(page, "RB202", f"This command {command.effect.deed}.", command)


@dataclass(frozen=True)
class Mutation:
    """A command that changes something, and the line where the next one begins."""

    command: Command
    until: int


def _mutations(page: Page, section: Section) -> list[Mutation]:
    changing = [c for c in page.commands_in(section) if c.effect.level >= Level.CHANGES]
    ends = [*(command.line for command in changing[1:]), section.end]
    return [Mutation(command, end) for command, end in zip(changing, ends, strict=False)]


def _announced(page: Page, command: Command) -> bool:
    """Whether the step, or else the innermost section, tells of the interruption."""
    document = page.document
    step = document.step_at(command.line) or document.section_at(command.line)
    if step is None:
        return False
    told = "\n".join(part.plain for part in document.prose_in(step.line, step.end)[:100])
    return bool(WARNING.search(told) or _tells_affected(told))


def _tells_affected(text: str) -> bool:
    return bool(AFFECTED.search(text) or re.search(r"\d\s?%", text))


def unverified(page: Page) -> Iterator[Finding]:
    """RB205: no check between a change and the next one; blocks only beside RB201."""
    for section in page.document.of_role("mitigation", "fix"):
        commands = page.commands_in(section)
        for mutation in _mutations(page, section):
            if not _is_verified(page, mutation, commands):
                message = "Nothing verifies this change before the next one."
                yield _on(page, "RB205", message, mutation.command, _beside(page, mutation.command))


def _is_verified(page: Page, mutation: Mutation, commands: tuple[Command, ...]) -> bool:
    """A reading command behind the change, wording in its step or behind it, or a last check.

    Where a chapter ends in a part on verification, its parts are ways of which one is taken.
    """
    changed = mutation.command
    if _checked_at_the_end(page, mutation):
        return True
    between = lines_between(commands, changed.line, mutation.until + 1)
    if any(c is not changed and c.effect.level is Level.READS for c in between):
        return True
    step = page.document.step_at(changed.line)
    begin = step.line if step else changed.last_line
    told = page.document.prose_in(begin, max(mutation.until, changed.last_line + 1))
    return any(VERIFICATION.search(part.plain) for part in told if part.kind != "heading")


def _checked_at_the_end(page: Page, mutation: Mutation) -> bool:
    document = page.document
    part = document.section_at(mutation.command.line)
    chapter = document.chapter_at(mutation.command.line)
    if part is None or chapter is None or part is chapter or mutation.until < part.end:
        return False
    return any(
        section.role == "verification" and part.end <= section.line < chapter.end
        for section in document.sections
    )


def _beside(page: Page, command: Command) -> Severity | None:
    """E where the same step is already blocked as destructive, else the rule's own grade."""
    destroys = command.effect.level is Level.DESTROYS
    return "E" if destroys and _judge(page, command)[0] == "E" else None


def no_way_back(page: Page) -> Iterator[Finding]:
    """RB206: changes in the mitigation, and no word of how to take them back."""
    if next(page.document.of_role("rollback"), None):
        return
    for section in page.document.of_role("mitigation"):
        changing = [mutation.command for mutation in _mutations(page, section)]
        if changing and not WAY_BACK.search(page.document.text_in(section.line, section.end)):
            blocked = [c for c in changing if _beside(page, c) == "E"]
            message = "The mitigation does not say how to take this change back."
            command = (blocked or changing)[0]
            yield _on(page, "RB206", message, command, "E" if blocked else None)


def no_namespace(page: Page) -> Iterator[Finding]:
    """RB207: kubectl or oc without a namespace, unless one was set before."""
    if re.search(
        r"set-context[^\n]{0,80}--namespace|\boc project \S", "\n".join(page.document.lines)
    ):
        return
    for command in page.advised:
        for call in command.calls:
            if call.program in KUBE_CLIENTS and lacks_namespace(call):
                fix = _namespace_fix(page, command, call)
                message = f"`{call.program} {call.positionals[0]}` names no namespace."
                yield _on(page, "RB207", message, command, fix=fix)
                break


def _namespace_fix(page: Page, command: Command, call: Call) -> Fix | None:
    if not call.direct:
        return None
    declared = "namespace" in declared_variables(page.document)
    value = '"$NAMESPACE"' if declared else "<namespace>"
    at = call.program_end
    return page.replacement("Name the namespace", command.body, at, at, f" -n {value}")


def unknown_blast_radius(page: Page) -> Iterator[Finding]:
    """RB208: a disruptive command, and nobody says what it affects."""
    for command in page.advised:
        disrupts = command.effect.level >= Level.DISRUPTS
        if disrupts and not _told_about(page, command).affected:
            yield _on(page, "RB208", "The text does not say who or what this affects.", command)


def edited_by_hand(page: Page) -> Iterator[Finding]:
    """RB209: kubectl edit."""
    for command in page.advised:
        for call in command.calls:
            if call.program in KUBE_CLIENTS and call.positionals[:1] == ("edit",):
                message = f"`{call.program} edit` cannot be reviewed; use patch or apply."
                yield _on(page, "RB209", message, command)


def unapproved(page: Page) -> Iterator[Finding]:
    """RB210: model rollback, retraining, infrastructure changes without a word of approval."""
    document = page.document
    for section in document.of_role("mitigation", "fix"):
        if APPROVAL.search(document.text_in(section.line, section.end)):
            continue
        for prose in document.prose_in(section.line + 1, section.end):
            match = _NEEDS_APPROVAL.search(prose.text)
            if match:
                message = "This kind of change needs approval; the step does not ask for it."
                yield page.at("RB210", message, prose.body, match.start(), match.end())


CHECKS: dict[str, Check] = {
    "RB201": destructive,
    "RB202": disruptive,
    "RB205": unverified,
    "RB206": no_way_back,
    "RB207": no_namespace,
    "RB208": unknown_blast_radius,
    "RB209": edited_by_hand,
    "RB210": unapproved,
}
