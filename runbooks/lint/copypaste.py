"""Copy and paste: would the command run as it stands (RB301 to RB306)?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbooks.lint.command import Command, first_program
from runbooks.lint.commands import is_shell
from runbooks.lint.document import CodeBlock
from runbooks.lint.finding import Finding, Fix
from runbooks.lint.page import Check, Page
from runbooks.lint.shell import Problem
from runbooks.lint.tools import KNOWN_PROGRAMS, NO_SUCH_PROGRAM

_TYPOGRAPHIC = {
    **{"“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'", "‚": "'"},
    **{"\u00a0": " ", "\u202f": " ", "\u2007": " ", "–": "-", "—": "--", "−": "-"},
}
_TYPOGRAPHIC_RUN = re.compile("[" + "".join(_TYPOGRAPHIC) + "]")
_REAL_NAME = re.compile(r"[a-z][a-z0-9_.+-]{0,60}$")
_FUNCTION = re.compile(
    r"(?m)^\s{0,20}(?:function\s{1,4}([\w-]{1,60})|([\w-]{1,60})\s{0,4}\(\)\s{0,4}\{)"
)
_PATHLIKE = re.compile(r"[./~$<{%]")
_LONGEST_LINE = 160
_JSON_BODY = re.compile(r"[{\[]")


def prompts(page: Page) -> Iterator[Finding]:
    """RB301: prompts that are copied along; one finding for each block."""
    document = page.document
    inside: dict[int, list[Command]] = {}
    for command in page.commands:
        if command.prompted and command.inline:
            yield _prompt_finding(page, [command], None)
        elif command.prompted:
            block = _block_of(document.blocks, command)
            inside.setdefault(block.line if block else command.line, []).append(command)
    for commands in inside.values():
        block = _block_of(document.blocks, commands[0])
        yield _prompt_finding(page, commands, _without_prompts(page, block, commands))


def _block_of(blocks: tuple[CodeBlock, ...], command: Command) -> CodeBlock | None:
    return next((block for block in blocks if block.body is command.body), None)


def _prompt_finding(page: Page, commands: list[Command], fix: Fix | None) -> Finding:
    first = commands[0]
    if first.inline:
        fix = page.replacement("Remove the prompt", first.body, 0, first.start, "")
    many = f" ({len(commands)} lines)" if len(commands) > 1 else ""
    message = f"The prompt is copied with the command{many}."
    start = first.start - first.prompted
    return page.at("RB301", message, first.body, start, first.start, fix=fix)


def _without_prompts(page: Page, block: CodeBlock | None, commands: list[Command]) -> Fix | None:
    """Drop the prompts; not where output stands between, which would then look like commands."""
    if block is None or any(command.shows_output for command in commands):
        return None
    text, pieces, at = block.body.text, [], 0
    for command in commands:
        pieces.append(text[at : command.start - command.prompted])
        at = command.start
    cleaned = "".join([*pieces, text[at:]])
    return page.replacement("Remove the prompts", block.body, 0, len(text), cleaned)


def unbalanced(page: Page) -> Iterator[Finding]:
    """RB302: quotes, brackets and backticks that are opened and never closed."""
    for command in page.commands:
        if command.problem:
            if command.inline or command.prompted or _is_known(page, command):
                yield _unclosed(page, command, command.problem)
        else:
            yield from _unbalanced_body(page, command)
    for prose in page.document.prose:
        at = prose.stray_backtick
        if at is not None:
            message = "This backtick opens no code span."
            yield page.at("RB302", message, prose.body, at, at + 1, severity="W")


def _unclosed(page: Page, command: Command, problem: Problem) -> Finding:
    """Blocks where the text is surely shell; an unmarked block may hold something else."""
    block = None if command.inline else _block_of(page.document.blocks, command)
    sure = block is None or command.prompted or is_shell(block)
    message = f"This {problem.what} is never closed."
    place = (command.body, command.start, command.end)
    return page.at("RB302", message, *place, severity=None if sure else "W")


def _is_known(page: Page, command: Command) -> bool:
    tools = KNOWN_PROGRAMS | frozenset(page.context.known_tools)
    return first_program(command.text) in tools


def _unbalanced_body(page: Page, command: Command) -> Iterator[Finding]:
    """A JSON body of curl whose brackets do not match."""
    for call in command.calls:
        if call.program != "curl":
            continue
        for body in call.values("-d", "--data", "--data-raw", "--json", "--data-binary"):
            if _JSON_BODY.match(body.strip()) and not _brackets_match(body):
                message = "The brackets of the JSON body do not match."
                yield page.at("RB302", message, command.body, command.start, command.end)


def _brackets_match(text: str) -> bool:
    pairs = {"}": "{", "]": "["}
    still_open: list[str] = []
    for char in re.sub(r'"(?:[^"\\]|\\.)*"', "", text):
        if char in "{[":
            still_open.append(char)
        elif char in pairs and (not still_open or still_open.pop() != pairs[char]):
            return False
    return not still_open


def typography(page: Page) -> Iterator[Finding]:
    """RB303: characters that a word processor put in."""
    for command in page.commands:
        match = _TYPOGRAPHIC_RUN.search(command.text)
        if match:
            plain = _TYPOGRAPHIC_RUN.sub(lambda m: _TYPOGRAPHIC[m.group()], command.text)
            place = (command.body, command.start, command.end)
            fix = page.replacement("Use plain characters", *place, plain)
            message = f"The shell does not read {match.group()!r} as you mean it."
            yield page.at("RB303", message, *place, fix=fix)


def unknown_programs(page: Page) -> Iterator[Finding]:
    """RB304: a program that neither the built-in list nor the settings know."""
    known = (KNOWN_PROGRAMS | frozenset(page.context.known_tools)) - NO_SUCH_PROGRAM
    reported: set[str] = set()
    known |= {name for block in page.document.blocks for name in _defined(block)}
    for command in page.advised:
        for call in command.calls:
            name = call.program
            odd = name in known or name in reported or not _REAL_NAME.match(name)
            if odd or not call.direct or _is_local(command, call.program):
                continue
            reported.add(name)
            message = f"The program “{name}” is not known here."
            yield page.at("RB304", message, command.body, command.start, command.end)


def _defined(block: CodeBlock) -> Iterator[str]:
    """The functions that a script of the page defines itself."""
    return (found[1] or found[2] for found in _FUNCTION.finditer(block.body.text))


def _is_local(command: Command, program: str) -> bool:
    """Called by a path, so that its name need not be on any list."""
    return bool(re.search(r"[/\\]" + re.escape(program) + r"\b", command.text)) or bool(
        program.endswith((".sh", ".py", ".rb", ".pl"))
    )


def unmarked_blocks(page: Page) -> Iterator[Finding]:
    """RB305: code blocks without a language."""
    commanding = {id(command.body) for command in page.commands}
    for block in page.document.blocks:
        if block.fenced and not block.language and block.body.text.strip():
            language = "sh" if id(block.body) in commanding else "text"
            line = page.document.lines[block.line]
            end = len(line.rstrip())
            fix = Fix(
                f"Mark it as {language}", block.line + 1, end, block.line + 1, end, "", language
            )
            yield page.finding("RB305", "The code block has no language.", block.line, fix=fix)


def long_lines(page: Page) -> Iterator[Finding]:
    """RB306: code lines that wrap on every screen; one finding for each block."""
    for block in page.document.blocks:
        for (_, line, column), text in zip(
            block.body.starts, block.body.text.split("\n"), strict=False
        ):
            if len(text) > _LONGEST_LINE:
                message = f"The code line has {len(text)} characters."
                span = (column, column + len(text))
                yield page.finding("RB306", message, line, span=span)
                break


CHECKS: dict[str, Check] = {
    "RB301": prompts,
    "RB302": unbalanced,
    "RB303": typography,
    "RB304": unknown_programs,
    "RB305": unmarked_blocks,
    "RB306": long_lines,
}
