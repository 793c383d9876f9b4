"""What a person copies out of a runbook: its commands and queries, exactly as they are to be run.

A prompt and the output that stands below it are left out, and so is what the text warns against.
What a command changes is judged by the same tables as the checks, see `runbooks.lint.effect`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from runbooks.lint.command import Command
from runbooks.lint.commands import commands_of
from runbooks.lint.document import CodeBlock, Document
from runbooks.lint.effect import READS, Effect, Level
from runbooks.lint.parsing import parse_document
from runbooks.markdown.commands import QUERY_LANGUAGES

MOST = 300
"""How many commands of one runbook are listed."""


@dataclass(frozen=True)
class RunbookCommand:
    """A command or query to run: where it stands, and what it changes.

    `step` is the number of its step, "" outside of one. `effect` completes "it …"; an empty one
    does not promise that it only reads, as programs that are not known are taken to.
    """

    text: str
    section: str = ""
    step: str = ""
    effect: str = ""
    level: Level = Level.READS


@dataclass(frozen=True)
class CommandBlock:
    """A code block as it is shown, and what of it is copied; "" when it must not be run."""

    shown: str
    copied: str
    effect: str = ""
    level: Level = Level.READS


@dataclass(frozen=True)
class CommandSheet:
    """All that can be copied of a runbook, in the order of its text."""

    commands: tuple[RunbookCommand, ...]
    blocks: tuple[CommandBlock, ...]


def command_sheet(markdown: str) -> CommandSheet:
    """Read the commands of any Markdown; each command is listed once, at its first place."""
    document = parse_document(markdown)
    found = commands_of(document)
    blocks = (_block(block, found) for block in document.blocks)
    return CommandSheet(tuple(islice(_listed(document, found), MOST)), tuple(blocks))


def _listed(document: Document, found: Sequence[Command]) -> Iterator[RunbookCommand]:
    """Give commands and query blocks by their lines, a repeated one at its first place."""
    placed = [
        (command.line, _of_command(document, command)) for command in found if _wanted(command)
    ]
    placed += [
        (block.line, RunbookCommand(_code(block), *_place(document, block.line)))
        for block in document.blocks
        if _asks(block, found)
    ]
    seen: set[str] = set()
    for _, command in sorted(placed, key=lambda pair: pair[0]):
        if command.text and command.text not in seen:
            seen.add(command.text)
            yield command


def _wanted(command: Command) -> bool:
    return command.advised and bool(command.text.strip())


def _asks(block: CodeBlock, found: Sequence[Command]) -> bool:
    """Say whether a block is a query that is not among the commands already."""
    return block.language in QUERY_LANGUAGES and not _inside(block, found)


def _of_command(document: Document, command: Command) -> RunbookCommand:
    effect = command.effect
    section, step = _place(document, command.line)
    return RunbookCommand(command.text.strip(), section, step, effect.deed, effect.level)


def _place(document: Document, line: int) -> tuple[str, str]:
    """Give the section around a line, "" above the first, and the number of the step there."""
    chapter, step = document.chapter_at(line), document.step_at(line)
    number = step.marker.rstrip(".)") if step and step.ordered else ""
    return (chapter.title.strip() if chapter and chapter.level > 1 else ""), number


def _block(block: CodeBlock, found: Sequence[Command]) -> CommandBlock:
    code, inside = _code(block), _inside(block, found)
    if inside and not any(command.advised for command in inside):
        return CommandBlock(code, "")
    effect = _gravest(inside)
    partly = any(command.prompted or command.shows_output for command in inside)
    copied = "\n".join(command.text for command in inside if command.advised) if partly else code
    return CommandBlock(code, copied, effect.deed, effect.level)


def _inside(block: CodeBlock, found: Sequence[Command]) -> list[Command]:
    return [command for command in found if command.body is block.body]


def _gravest(commands: Sequence[Command]) -> Effect:
    return max((command.effect for command in commands), key=lambda e: e.level, default=READS)


def _code(block: CodeBlock) -> str:
    return block.body.text.strip("\n")
