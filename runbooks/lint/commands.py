"""The commands a runbook asks its reader to run: from code blocks and from inline code.

A block marked as shell holds commands; where lines carry a prompt only those do, the rest is
output. Inline code is a command when it starts with a known program and has an argument.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from runbooks.lint.advice import is_advised_block, is_advised_span
from runbooks.lint.calls import Call
from runbooks.lint.command import (
    PROMPT,
    SESSION_LANGUAGES,
    SHELL_LANGUAGES,
    SQL_LANGUAGES,
    UNMARKED_LANGUAGES,
    BlockReader,
    Command,
    calls_in,
    first_program,
)
from runbooks.lint.document import CodeBlock, Document, Prose
from runbooks.lint.finding import TextMap
from runbooks.lint.inline import CodeSpan
from runbooks.lint.shell import Problem, Word, read_line
from runbooks.lint.sql import STATEMENT
from runbooks.lint.tools import ENGLISH_WORDS, KNOWN_PROGRAMS, NO_SUCH_PROGRAM

MAX_COMMANDS = 3_000

_RUN_BEFORE = re.compile(r"\b(?:run|execute|using|use|with|via|type|enter)\s{1,3}$", re.IGNORECASE)
_REDIS_ALONE = re.compile(r"FLUSH(?:ALL|DB)(?:\s+(?:A?SYNC))?$", re.IGNORECASE)


def commands_of(document: Document, more_tools: tuple[str, ...] = ()) -> tuple[Command, ...]:
    """Every command of a runbook in document order; at most 3,000."""
    known = KNOWN_PROGRAMS | frozenset(more_tools)
    found: list[Command] = []
    for block in document.blocks:
        found.extend(_block_commands(document, block, known))
        if len(found) >= MAX_COMMANDS:
            break
    for prose in document.prose:
        found.extend(_inline_commands(document, prose, known))
        if len(found) >= 2 * MAX_COMMANDS:
            break
    return tuple(sorted(found, key=lambda command: (command.line, command.start)))


def is_shell(block: CodeBlock) -> bool:
    """Whether a block is marked as shell input or as a shell session."""
    return block.language in SHELL_LANGUAGES or block.language in SESSION_LANGUAGES


def is_query_block(block: CodeBlock) -> bool:
    """Whether a block is marked as a query in some query language."""
    return block.language in SQL_LANGUAGES | {
        "datadog",
        "promql",
        "logql",
        "kql",
        "spl",
        "graphql",
    }


def _block_commands(
    document: Document, block: CodeBlock, known: frozenset[str]
) -> Iterator[Command]:
    advised = is_advised_block(document, block)
    if not block.body.text.strip():
        return
    if block.language in SQL_LANGUAGES:
        whole = _sql_command(block.body, 0, len(block.body.text), inline=False)
        yield replace(whole, advised=advised)
    elif is_shell(block) or block.language in UNMARKED_LANGUAGES:
        yield from BlockReader(block, known, advised).read()


def _inline_commands(document: Document, prose: Prose, known: frozenset[str]) -> Iterator[Command]:
    if prose.kind == "heading":
        return
    for span in prose.spans:
        command = _as_command(prose, span, known)
        if command:
            yield replace(command, advised=is_advised_span(document, prose, span))


def _as_command(prose: Prose, span: CodeSpan, known: frozenset[str]) -> Command | None:
    if STATEMENT.match(span.content):
        end = span.content_start + len(span.content)
        return _sql_command(prose.body, span.content_start, end, inline=True)
    if _REDIS_ALONE.match(span.content):
        call = Call("redis-cli", (Word(span.content, 0, 0),), direct=False)
        return _inline_command(prose, span, (call,), None)
    if not _is_inline_command(prose, span, known):
        return None
    read = read_line(span.content)
    certain = first_program(span.content) not in ENGLISH_WORDS
    return _inline_command(prose, span, tuple(calls_in(read)), read.problem if certain else None)


def _is_inline_command(prose: Prose, span: CodeSpan, known: frozenset[str]) -> bool:
    content = span.content.strip()
    prompt = PROMPT.match(content)
    content = content[prompt.end() :] if prompt else content
    program = first_program(content)
    if program not in known and program not in NO_SUCH_PROGRAM:
        return False
    if " " not in content:
        asked = _RUN_BEFORE.search(prose.plain[max(0, span.start - 12) : span.start])
        return bool(asked) and program not in ENGLISH_WORDS
    return program not in ENGLISH_WORDS or bool(re.search(r"\s-|/|\.|=|\d", content))


def _inline_command(
    prose: Prose,
    span: CodeSpan,
    calls: tuple[Call, ...],
    problem: Problem | None,
) -> Command:
    prompt = PROMPT.match(span.content)
    body = TextMap(span.content, _shifted(prose.body, span))
    return Command(
        body=body,
        start=prompt.end() if prompt else 0,
        end=len(span.content),
        calls=calls,
        inline=True,
        prompted=prompt.end() if prompt else 0,
        problem=problem,
    )


def _shifted(body: TextMap, span: CodeSpan) -> tuple[tuple[int, int, int], ...]:
    """Where the lines of a code span stand in the document."""
    starts = []
    offset = 0
    for piece in span.content.split("\n"):
        starts.append((offset, *body.place(span.content_start + offset)))
        offset += len(piece) + 1
    return tuple(starts)


def _sql_command(body: TextMap, start: int, end: int, *, inline: bool) -> Command:
    call = Call("sql", (Word(body.text[start:end], start, end, quoted=True),), direct=False)
    return Command(body, start, end, (call,), inline=inline)
