"""Splits a runbook into its claims: what is true or false in it, with line and columns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from runbooks.drafting.error_text import tells_error
from runbooks.evidence import commanded, spoken
from runbooks.evidence.report import Claim
from runbooks.evidence.spots import Place, Spot, in_order
from runbooks.lint.commands import commands_of, is_query_block
from runbooks.lint.document import CodeBlock, Document
from runbooks.lint.metadata import metadata_of
from runbooks.lint.parsing import parse_document

MAX_CLAIMS = 2_000
_NO_CLAIMS = frozenset({"generated", "last reviewed", "severity"})
_ERROR_LINE = re.compile(r"(?i)\s{0,20}(?:[a-z]{0,20}error|exception|fatal|failed|panic)\b")
_LONGEST_LINE = 400


@dataclass(frozen=True)
class Split:
    """The claims of a text; `partial` when it was too long to be read whole."""

    spots: tuple[Spot, ...]
    partial: bool


def claims_in(markdown: str) -> tuple[Claim, ...]:
    """Give the claims of any Markdown text in its order; never raises, at most 2,000."""
    return tuple(spot.claim for spot in split(markdown).spots)


def split(markdown: str) -> Split:
    """Give the claims with what is needed to look for their sources."""
    document = parse_document(markdown)
    found = list(islice(_spots(document), MAX_CLAIMS + 1))
    partial = document.unread_from is not None or len(found) > MAX_CLAIMS
    return Split(in_order(found[:MAX_CLAIMS]), partial)


def _spots(document: Document) -> Iterator[Spot]:
    commands = commands_of(document)
    for command in commands:
        yield from commanded.spots_of(command)
    inline = frozenset(command.body.place(0) for command in commands if command.inline)
    entries = metadata_of(document)
    silent = {entries[key].line for key in _NO_CLAIMS if key in entries}
    for prose in document.prose:
        role = document.role_at(prose.line)
        for spot in spoken.spots_of(prose, role, inline):
            if spot.claim.line - 1 not in silent:
                yield spot
    for block in document.blocks:
        yield from _of_block(block)


def _of_block(block: CodeBlock) -> Iterator[Spot]:
    """Give the error lines that a block quotes, and the terms of a query block."""
    place, text = Place(block.body), block.body.text
    if is_query_block(block):
        for match in islice(commanded.TERM.finditer(text), 200):
            yield from commanded.term_spots(place, match, 0, text)
    elif block.language in ("", "text", "log", "logs", "output", "console", "plaintext"):
        at = 0
        for line in text.split("\n"):
            words = line.strip()
            if 8 < len(words) <= _LONGEST_LINE and (_ERROR_LINE.match(line) or tells_error(words)):
                start = at + len(line) - len(line.lstrip())
                yield Spot(place.claim("quote", words, start, start + len(words)), words)
            at += len(line) + 1
