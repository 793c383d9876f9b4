"""Actionability: can the reader act on every step without further research (RB101 to RB110)?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from runbooks.lint.calls import Call
from runbooks.lint.command import Command
from runbooks.lint.commands import is_query_block
from runbooks.lint.document import OUTPUT_LANGUAGES, CodeBlock, Item, Prose, Section, lines_between
from runbooks.lint.effect import Level
from runbooks.lint.finding import Finding, Fix
from runbooks.lint.page import Check, Page
from runbooks.lint.tools import KUBE_CLIENTS
from runbooks.lint.wording import BRANCH, EXPECTED, FITTING, OPEN_LIST, ORDER, WEASEL

_VAGUE = re.compile(
    r"(?:^|[.:;]\s{1,3})[*_\s]{0,4}(?:check|review|look at|look into|inspect|examine|investigate"
    r"|monitor|verify)\s+(?:(?:the|all|any|your|our|relevant|recent|application|service|error|system)"
    r"\s+){0,3}(?:logs?|dashboards?|metrics?|system|issues?)\b",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(r"[\"“][^\"“”\n]{2,200}[\"”]|(?<!\w)'[^'\n]{2,200}'(?!\w)|‘[^’\n]{2,200}’")
_ETC = re.compile(r"(?<![/\w])etc\b(?![/\w])\.?", re.IGNORECASE)
_CALLED = re.compile(
    r"\b(?:count|mark|treat|flag|list|regard|declar|defin|describ|report|tag|label|set|seen)"
    r"\w{0,6}\b[^.;:!?]{0,70}$",
    re.IGNORECASE,
)
"""What something is called: it counts a check `as required`, marks a field `as appropriate`."""
_IS = re.compile(r"\b(?:is|are|was|were|be|been|seem\w*|and|not|felt)\s{1,3}$", re.IGNORECASE)
_ADVISING = frozenset({"diagnosis", "mitigation", "fix", "escalation", "rollback", "verification"})
_MEASURABLE = re.compile(r"\d|%|\b\w{2,40}_\w{2,40}\b|\b\w{2,40}\.\w{2,40}\.\w{2,40}\b|https?://")
_EXPECTED_NUMBER = re.compile(r"\bexpected\b[^.\n]{0,80}?(\d[\d.,]*)", re.IGNORECASE)
_PROMQL = re.compile(
    r"[a-z_:][\w:]{2,80}\{[^}\n]{0,300}\}|(?:sum|rate|avg|max|min|count|histogram_quantile|increase|irate|topk)\b.{0,40}\("
)
_SIZES = frozenset({"df", "du", "free", "ls"})
"""Programs whose `-h` is no help: it prints sizes for people."""
_SHORT_STEP_WORDS = 12
_MOST_WEASELS = 20


def few_commands(page: Page) -> Iterator[Finding]:
    """RB101: at least two commands or queries in the diagnosis (SC-003)."""
    for section in page.document.of_role("diagnosis"):
        count = _commands_and_queries(page, section)
        if count < 2:
            message = f"The diagnosis has {count or 'no'} command or query; two are needed."
            yield page.finding("RB101", message, section.line)


def _commands_and_queries(page: Page, section: Section) -> int:
    commands = page.commands_in(section)
    lines = {command.line for command in commands}
    count = len(commands)
    for block in page.document.blocks_in(section.line, section.end):
        if not any(block.line <= line < block.end for line in lines):
            count += _queries_of(block)
    queries = lines_between(page.queries, section.line, section.end)
    count += sum(query.source == "inline" for query in queries)
    for prose in page.document.prose_in(section.line, section.end):
        count += sum(bool(_PROMQL.match(span.content)) for span in prose.spans)
    return count


def _queries_of(block: CodeBlock) -> int:
    """How many queries a block without commands holds: blank lines stand between them."""
    pieces = re.split(r"\n[ \t]{0,80}\n", block.body.text)
    if is_query_block(block):
        return max(1, sum(bool(piece.strip()) for piece in pieces))
    if block.language in OUTPUT_LANGUAGES:
        return 0
    return sum(bool(re.search(r"[(){}=|]", piece)) for piece in pieces)


def vague_steps(page: Page) -> Iterator[Finding]:
    """RB102: “check the logs” with nothing that says which, where or for what."""
    document = page.document
    for section in document.of_role("diagnosis", "mitigation", "fix"):
        for item in document.items_in(section.line, section.end):
            if not _is_specific(page, item):
                yield from _vague_item(page, item)


def _vague_item(page: Page, item: Item) -> Iterator[Finding]:
    for prose in page.document.prose_in(item.line, item.end)[:1]:
        match = _VAGUE.search(prose.plain)
        if match:
            long = len(prose.text.split()) > _SHORT_STEP_WORDS
            message = "The step does not say what to look for, or where."
            place = (prose.body, match.start(), match.end())
            yield page.at("RB102", message, *place, severity="W" if long else None)


def _is_specific(page: Page, item: Item) -> bool:
    document = page.document
    if document.blocks_in(item.line, item.end):
        return True
    parts = document.prose_in(item.line, item.end)
    return any(
        part.spans or part.links or re.search(r"\d", part.plain) or _QUOTED.search(part.plain)
        for part in parts
    )


def weasel_words(page: Page) -> Iterator[Finding]:
    """RB103: words that leave the decision open, where somebody has to decide."""
    places = ((prose, match) for prose in page.document.prose for match in _weasels(page, prose))
    for prose, match in islice(places, _MOST_WEASELS):
        message = f"“{match.group()}” leaves the decision to the reader."
        yield page.at("RB103", message, prose.body, match.start(), match.end())


def _weasels(page: Page, prose: Prose) -> Iterator[re.Match[str]]:
    """In a story `and so on` cuts a list short; where something is to be done it hides a part."""
    plain = prose.plain
    advises = page.document.role_at(prose.line) in _ADVISING
    for match in WEASEL.finditer(plain):
        if not _CALLED.search(plain, max(0, match.start() - 80), match.start()):
            yield match
    if advises:
        yield from OPEN_LIST.finditer(plain)
        yield from _ETC.finditer(plain)
        yield from (m for m in FITTING.finditer(plain) if not _IS.search(plain, 0, m.start()))


def unmeasurable_symptoms(page: Page) -> Iterator[Finding]:
    """RB105: a symptom that nobody can compare with what they see."""
    document = page.document
    for section in document.of_role("symptoms"):
        for item in document.steps_in(section.line, section.end):
            text = document.text_in(item.line, item.end)[:4_000]
            marker = re.sub(r"^\s*(?:[-*+]|\d{1,9}[.)])\s", "", text)
            if not (_is_specific(page, item) or _MEASURABLE.search(marker)):
                message = "The symptom names no metric, log pattern or error text."
                yield page.finding("RB105", message, item.line, end_line=item.end - 1)


def unnumbered_steps(page: Page) -> Iterator[Finding]:
    """RB106: diagnosis and mitigation are numbered lists."""
    for section in page.document.of_role("diagnosis", "mitigation"):
        steps = page.document.steps_in(section.line, section.end)
        if any(step.ordered for step in steps) or not (page.strict or _are_steps(page, steps)):
            continue
        if steps or page.document.text_in(section.line + 1, section.end).strip():
            message = f"The steps of “{section.title[:60]}” are not numbered."
            fix = _numbering(page, steps) if steps else None
            yield page.finding("RB106", message, section.line, fix=fix)


def _are_steps(page: Page, steps: tuple[Item, ...]) -> bool:
    """Whether a list tells what to do one after the other: at least two items begin with an order.

    Another team's list may as well name causes, signs or alternatives.
    """
    texts = (page.document.prose_in(step.line, step.end)[:1] for step in steps)
    return sum(bool(text and ORDER.match(text[0].text)) for text in texts) > 1


def _numbering(page: Page, steps: tuple[Item, ...]) -> Fix | None:
    """Turn bullets into numbers; the lines of a step move with its longer marker."""
    first, last = steps[0].line, steps[-1].end - 1
    lines = list(page.document.lines[first : last + 1])
    for number, step in enumerate(steps, start=1):
        bullet = re.match(r"([-*+])( {1,4})", lines[step.line - first])
        if bullet is None:
            return None
        marker = f"{number}. "
        lines[step.line - first] = marker + lines[step.line - first][bullet.end() :]
        shift = " " * max(0, len(marker) - bullet.end())
        for at in range(step.line - first + 1, step.end - first):
            lines[at] = shift + lines[at] if lines[at].strip() else lines[at]
    old = page.document.lines[first : last + 1]
    end = len(old[-1])
    return Fix("Number the steps", first + 1, 0, last + 1, end, "\n".join(old), "\n".join(lines))


def crowded_steps(page: Page) -> Iterator[Finding]:
    """RB107: more than one change in one step."""
    changes: dict[Item, list[Command]] = {}
    for command in page.advised:
        step = page.document.step_at(command.line)
        if step and command.effect.level >= Level.CHANGES:
            changes.setdefault(step, []).append(command)
    for step, commands in changes.items():
        if len(commands) > 1:
            message = f"The step holds {len(commands)} commands that change something."
            yield page.finding("RB107", message, step.line, end_line=step.end - 1)


def unexplained_output(page: Page) -> Iterator[Finding]:
    """RB108: a diagnostic command, and nothing on what its output should be."""
    for section in page.document.of_role("diagnosis"):
        reported: set[int] = set()
        for command in page.commands_in(section):
            container, text = page.aftermath(command)
            if not _is_diagnostic(command) or container in reported:
                continue
            reported.add(container)
            if not (command.shows_output or EXPECTED.search(text)):
                yield _on_command(page, "RB108", "The expected output is not given.", command)


def _is_diagnostic(command: Command) -> bool:
    quiet = any(_has_no_output(call) for call in command.calls)
    return bool(command.calls) and not quiet and command.effect.level is Level.READS


def _has_no_output(call: Call) -> bool:
    """Help and versions tell nothing of the failure; a shell or a tunnel that is opened neither."""
    words = call.positionals
    asks = len(call.args) == 1 and call.has("-h") and call.program not in _SIZES
    if asks or call.has("--help", "--version") or words[:1] == ("version",):
        return True
    if call.program in ("ssh", "cd", "export", "alias", "source", "login"):
        return call.program != "ssh" or len(words) < 2
    if call.program not in KUBE_CLIENTS:
        return False
    opens = words[:1] in (("rsh",), ("attach",), ("port-forward",), ("debug",))
    return opens and not call.rest and len(words) < 3


def _on_command(page: Page, rule: str, message: str, command: Command) -> Finding:
    return page.at(rule, message, command.body, command.start, command.end)


def no_branch(page: Page) -> Iterator[Finding]:
    """RB109: a diagnosis that never says “if this, then that”."""
    for section in page.document.of_role("diagnosis"):
        parts = page.document.prose_in(section.line + 1, section.end)
        if parts and not any(BRANCH.search(part.plain) for part in parts):
            yield page.finding("RB109", "The diagnosis never branches.", section.line)


def contradicting_repeats(page: Page) -> Iterator[Finding]:
    """RB110: the same command twice in the diagnosis, with different expected numbers."""
    for section in page.document.of_role("diagnosis"):
        numbers: dict[str, str] = {}
        for command in page.commands_in(section):
            match = _EXPECTED_NUMBER.search(page.aftermath(command)[1])
            if match is None:
                continue
            key = " ".join(command.text.split())
            number = match.group(1).rstrip(".,")
            if numbers.setdefault(key, number) != number:
                message = f"The same command was to give {numbers[key]} above, and {number} here."
                yield _on_command(page, "RB110", message, command)


CHECKS: dict[str, Check] = {
    "RB101": few_commands,
    "RB102": vague_steps,
    "RB103": weasel_words,
    "RB105": unmeasurable_symptoms,
    "RB106": unnumbered_steps,
    "RB107": crowded_steps,
    "RB108": unexplained_output,
    "RB109": no_branch,
    "RB110": contradicting_repeats,
}
