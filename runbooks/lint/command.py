"""A command as the rules see it, and the reader that finds commands in a code block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from runbooks.lint.calls import Call, calls_of
from runbooks.lint.document import CodeBlock
from runbooks.lint.effect import READS, Effect
from runbooks.lint.effects import assess
from runbooks.lint.finding import TextMap
from runbooks.lint.shell import Line, Problem, SimpleCommand, read_line
from runbooks.lint.tools import ENGLISH_WORDS, NO_SUCH_PROGRAM, SHELL_WORDS

_MAX_PROBLEMS = 3

SHELL_LANGUAGES = frozenset({"sh", "bash", "shell", "zsh", "ksh", "shellscript", "shell-script"})
SESSION_LANGUAGES = frozenset({"console", "shell-session", "shellsession", "terminal", "session"})
SQL_LANGUAGES = frozenset({"sql", "postgresql", "postgres", "pgsql", "psql", "mysql", "plpgsql"})
UNMARKED_LANGUAGES = frozenset({"", "text", "plaintext", "plain"})

_HOST = r"[ \t]{0,40}(?:\[[^\]\n]{1,60}\]|[\w.-]{1,40}@[\w.-]{1,60}[^\s$%#]{0,60}|)[ \t]?"
_NAMED_HOST = r"[ \t]{0,40}[a-z][\w.-]{1,60} {1,12}\$ +(?=[A-Za-z./~])"
PROMPT = re.compile(_HOST + r"[$%] +(?=\S)|" + _NAMED_HOST)
_ROOT_PROMPT = re.compile(_HOST + r"# +(?=\S)")
_REPL_PROMPT = re.compile(r"[ \t]{0,40}> +(?=\S)")
_FIRST_WORD = re.compile(r"\s*(?:[A-Za-z_]\w{0,60}=\S{0,300}\s+){0,9}([^\s|;&<>()]{1,200})")
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?[A-Za-z_]\w{0,60}=\S?")
_PROGRAM_NAME = re.compile(r"(?:\./|/|~/)?[a-z][a-z0-9_.+/-]{1,60}$")
_COLUMNS = re.compile(r"\S {2,}\S.{0,200}\S {2,}\S")


@dataclass(frozen=True)
class Command:
    """One command line with all that it calls; offsets are those of `body`."""

    body: TextMap
    start: int
    end: int
    calls: tuple[Call, ...]
    inline: bool
    prompted: int = 0
    advised: bool = True
    problem: Problem | None = None
    shows_output: bool = False

    @property
    def text(self) -> str:
        """The command as written, without its prompt."""
        return self.body.text[self.start : self.end]

    @cached_property
    def line(self) -> int:
        """The document line where it begins, from 0."""
        return self.body.place(self.start)[0]

    @cached_property
    def last_line(self) -> int:
        """The document line where it ends, from 0, inclusive."""
        return self.body.place(max(self.start, self.end - 1))[0]

    @cached_property
    def effect(self) -> Effect:
        """The gravest effect of any program it calls."""
        return max((assess(call) for call in self.calls), default=READS, key=lambda e: e.level)

    @property
    def program(self) -> str:
        """The first program that it calls, or an empty string."""
        return self.calls[0].program if self.calls else ""


@dataclass(slots=True)
class BlockReader:
    """Reads the commands of one code block."""

    block: CodeBlock
    known: frozenset[str]
    advised: bool
    commands: list[Command] = field(default_factory=list)
    problems: int = 0

    def read(self) -> list[Command]:
        """All commands of the block, in order."""
        text = self.block.body.text
        prompted = any(PROMPT.match(line) for line in text.split("\n"))
        offset, after_break = 0, True
        while offset < len(text) and self.problems < _MAX_PROBLEMS:
            end = text.find("\n", offset)
            line = text[offset : len(text) if end < 0 else end]
            prompt = self._prompt_length(line)
            if self._is_command(line[prompt:], prompt, prompted=prompted, after_break=after_break):
                offset = self._take(offset, prompt, len(line))
                after_break = False
                continue
            after_break = not line.strip() or line.lstrip().startswith("#")
            self._note_output(line)
            offset += len(line) + 1
        return self.commands

    def _prompt_length(self, line: str) -> int:
        match = PROMPT.match(line)
        if match:
            return match.end()
        if self.block.language in SHELL_LANGUAGES and not line.lstrip().startswith("["):
            return 0
        for shape in (_ROOT_PROMPT, _REPL_PROMPT):
            match = shape.match(line)
            if match and first_program(line[match.end() :]) in self.known - ENGLISH_WORDS:
                return match.end()
        return 0

    def _is_command(self, line: str, prompt: int, *, prompted: bool, after_break: bool) -> bool:
        if not line.strip() or line.lstrip().startswith("#"):
            return False
        if prompt or prompted:
            return bool(prompt)
        program = first_program(line)
        if program in SHELL_WORDS or _ASSIGNMENT.match(line):
            return self.block.language in SHELL_LANGUAGES
        if program in self.known or program in NO_SUCH_PROGRAM:
            return not _COLUMNS.search(line) or after_break
        strict = self.block.language in SHELL_LANGUAGES and (after_break or " -" in line)
        return strict and _looks_like_a_call(program, line)

    def _take(self, offset: int, prompt: int, length: int) -> int:
        body, start = self.block.body, offset + prompt
        read = read_line(body.text, start)
        end = offset + length if read.problem else read.end
        self.problems += read.problem is not None
        stripped = len(body.text[start:end].rstrip())
        calls = tuple(calls_in(read))
        self.commands.append(
            Command(
                body=body,
                start=start,
                end=start + stripped,
                calls=calls,
                inline=False,
                prompted=prompt,
                advised=self.advised and not self._forbidden_by_comment(offset),
                problem=read.problem,
            )
        )
        return max(end, offset + 1)

    def _forbidden_by_comment(self, offset: int) -> bool:
        before = self.block.body.text[max(0, offset - 200) : offset].rstrip("\n")
        comment = before.rsplit("\n", 1)[-1].strip().lower()
        return comment.startswith("#") and bool(re.search(r"\b(?:never|do not|don't)\b", comment))

    def _note_output(self, line: str) -> None:
        if line.strip() and not line.lstrip().startswith("#") and self.commands:
            last = self.commands[-1]
            self.commands[-1] = replace(last, shows_output=True)


def calls_in(read: Line) -> Iterator[Call]:
    """Every call of a command line, in order."""

    def position(command: SimpleCommand) -> int:
        return command.words[0].start if command.words else 0

    for command in sorted(read.commands, key=position):
        yield from calls_of(command)


def first_program(line: str) -> str:
    """The program a line begins with, without its path, assignments skipped."""
    match = _FIRST_WORD.match(line)
    return match.group(1).rsplit("/", 1)[-1].lstrip("\\") if match else ""


def _looks_like_a_call(program: str, line: str) -> bool:
    match = _FIRST_WORD.match(line)
    whole = match.group(1) if match else program
    return bool(_PROGRAM_NAME.match(whole)) and not _COLUMNS.search(line)
