"""Markdown to tokens within bounds: what both the preview and the outline stand on.

Runbooks come from models and from traces, so a text may be built to be slow. Every rule that
the parser tries is paid from a budget that grows with the text; a document that overdraws it,
or nests deeper than the parser can follow without dropping content, is refused as a whole
instead of being shown in part.
"""

import re
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# Above the 1 MiB that a stored document may have.
MAX_CHARACTERS = 1_200_000
# Lists cost two levels, quotes one. Beyond this the parser would silently skip content.
MAX_NESTING = 40
# Prose and runbooks cost 0.1 to 0.6 units per character; a unit is a few microseconds.
_BASE_WORK = 150_000
_WORK_PER_CHARACTER = 0.75
_BLOCK_COST = 3
_LINE_COST = 2
_BRACKET_COST = 8
_SIGN_COST = 2
_SURROGATES = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?")

Environment = dict[str, Any]


class TooComplexError(Exception):
    """The text is beyond what can be laid out; `reason` completes "this document …"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def clean_text(text: str) -> str:
    """The text with one kind of line end and without code points that no encoder takes."""
    return _SURROGATES.sub("\ufffd", _LINE_ENDS.sub("\n", text)).replace("\x00", "\ufffd")


def bounded(parser: MarkdownIt) -> MarkdownIt:
    """The same parser, made to stop at the bounds; use it through `parse` alone."""
    parser.options["maxNesting"] = MAX_NESTING
    # Named as a rule that may end a paragraph, it is asked on each further line, too.
    asked_within: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    parser.block.ruler.before("table", "work", _charge_block, asked_within)
    parser.inline.ruler.before("text", "work", _charge_inline)
    # The rule tables are compiled at the first use, which threads must not share.
    parser.parse("- *a*", fresh_environment(""))
    parser.inline.parse("a", parser, fresh_environment(""), [])
    return parser


@lru_cache(maxsize=1)
def block_parser() -> MarkdownIt:
    """GitHub's block structure alone; inline text is parsed on demand by `parse_inline`."""
    parser = MarkdownIt("commonmark", {"tasklists": True, "alerts": True})
    return bounded(parser.enable(["table", "strikethrough"]).disable(["inline", "text_join"]))


def fresh_environment(text: str) -> Environment:
    """The parser's notes for one document of this text, with its work budget."""
    return {"work": [_BASE_WORK + int(len(text) * _WORK_PER_CHARACTER)]}


def charge(environment: Any, cost: int) -> None:
    """Take the cost from the document's budget; raises TooComplexError when it is spent."""
    purse = environment["work"]
    purse[0] -= cost
    if purse[0] < 0:
        raise TooComplexError("is built in a way that takes too long to lay out")


def parse(parser: MarkdownIt, text: str, environment: Environment) -> list[Token]:
    """The block tokens of a text that went through `clean_text`; raises TooComplexError."""
    if len(text) > MAX_CHARACTERS:
        raise TooComplexError(f"is longer than {MAX_CHARACTERS:,} characters")
    try:
        return parser.parse(text, environment)
    except RecursionError as error:
        raise TooComplexError("nests too deeply") from error


def parse_inline(parser: MarkdownIt, text: str, environment: Environment) -> list[Token]:
    """The inline tokens of one paragraph's text; raises TooComplexError."""
    try:
        return parser.inline.parse(text, parser, environment, [])
    except RecursionError as error:
        raise TooComplexError("nests too deeply") from error


def plain_text(tokens: list[Token]) -> str:
    """What a reader sees of inline tokens: no markup, line ends as spaces, images as their alt."""
    return "".join(_seen(token) for token in tokens)


def _seen(token: Token) -> str:
    if token.type in ("text", "text_special", "code_inline"):
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return plain_text(token.children) if token.children else ""


def _charge_block(state: StateBlock, _start: int, _end: int, silent: bool) -> bool:
    if state.level >= MAX_NESTING - 2:
        raise TooComplexError("nests too deeply")
    charge(state.env, _LINE_COST if silent else _BLOCK_COST)
    return False


def _charge_inline(state: StateInline, _silent: bool) -> bool:
    character = state.src[state.pos]
    if character in "[!":
        charge(state.env, _BRACKET_COST)
    else:
        charge(state.env, 1 if character.isalnum() else _SIGN_COST)
    return False
