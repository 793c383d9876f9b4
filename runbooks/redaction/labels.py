"""Finds values by the name written before them: `password=…`, `"api_key": "…"`, `--token …`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from runbooks.redaction.families import Family, family_of
from runbooks.redaction.shapes import kind_of
from runbooks.redaction.spans import Kind, Page, Span
from runbooks.redaction.values import Style

_QUOTE = r"(?:\\{0,7}[\"'`])"
_SEPARATOR = rf"""(?P<sep>
    {_QUOTE}?\]?[ \t]{{0,8}}\*{{0,2}}
      (?: :[ \t]?[a-z]{{2,12}}(?:\[[a-z]{{1,12}}\])?[ \t]?=  # name: type = value
        | :{{1,2}}= | \?= | [!=]={{1,2}} | =>? | -> | :{{1,2}} | \|\| )
      \*{{0,2}}(?:\s|\\[nrt]){{0,4}}(?:[|>]-?\n[ \t]{{1,12}})?
  | {_QUOTE}?,?(?:\s|\\[nrt]){{1,24}}{_QUOTE}?value{_QUOTE}?[ ]{{0,3}}[:=][ ]{{0,3}}
  | (?:[ ]is|[ ]was|[ ]to)?:?[ ]{{1,3}}(?={_QUOTE})
  | [ ](?:is|was):?[ ](?=\S) | [ \t]{{1,3}}(?=[^\s:=\-]) | {_QUOTE}[ ]?,[ ]?(?={_QUOTE})
  | \((?={_QUOTE}) | >(?=[^<>]{{3,128}}</)
)"""
_TAIL = r"(?P<tail>[\w\-]{0,24}+(?:[ ](?:number|no|code|line|value)\b){0,1}[ ]?\d?\.?)"
# One pattern for each, so that each starts with a plain literal, which the engine finds fast.
_KEYWORDS = (
    *("pass", "pwd", "secret", "token", "key", "auth", "cred", "cvv", "cvc", "sessid"),
    *("zip", "postal", "postcode", "street", "addr", "passport", "licen", "surname"),
    *("passenger", "cardholder", "patient", "travel"),
)
_SHORT_KEYWORDS = (
    ("name", r"name(?<=[a-z _\-]name)"),  # a bare name is seldom a person's
    ("pw", r"pw(?<![a-z]pw)(?![a-z])"),
)
_RULES = tuple(
    (word, re.compile(head + _TAIL + _SEPARATOR, re.VERBOSE))
    for word, head in (*zip(_KEYWORDS, _KEYWORDS, strict=True), *_SHORT_KEYWORDS)
)
_NAME_SIGNS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. '’"
_OPEN = re.compile(_QUOTE)
_BARE = re.compile(r"[^\s\"'`;&<\\,]{1,256}")
_BARE_LOOSE = re.compile(r"[^\s\"'`\\]{1,256}")
_LINE = re.compile(r"[^\n\"\\;|<>{}\[\]]{1,160}")
_PERSON = re.compile(
    r"[A-ZÀ-Ž][\w'’\-]{0,30}(?: (?:[A-ZÀ-Ž][\w'’\-]{0,30}|[A-Z]\.|de|van|von|der)){0,3}"
)
_ALONE = re.compile(r"[ \t]{0,8}(?:\r?\n|$|\\n)")
_LINE_START = re.compile(r"(?:^|\n|\\n)[ \t\-*>]{0,16}$")
_ASSIGNS = re.compile(r"[:=>]| - | is | was ")
_SECRETS = frozenset({Family.PASSWORD, Family.KEY, Family.WEAK_KEY, Family.CARD_CODE})
_PEOPLE = frozenset({Family.NAME, Family.PERSON})
_PERSONAL_LINES = frozenset({Family.ADDRESS, Family.STREET})


class _Value(NamedTuple):
    start: int
    end: int
    style: Style


def find_labelled(page: Page, start: int, end: int) -> Iterator[Span]:
    """Spans of values whose name says that they are secret or personal."""
    for word, pattern in _RULES:
        if not page.has(word, start, end):
            continue
        done = start
        for match in pattern.finditer(page.low, start, end):
            span = _judged(page, match) if match.start() >= done else None
            if span is not None:
                done = span.end  # names inside a value that is replaced whole need no look
                yield span


def _judged(page: Page, match: re.Match[str]) -> Span | None:
    name = _full_name(page.text, match)
    family = family_of(name)
    if family is None or name == "_authToken":  # npm's own line is read by its own rule
        return None
    value = _read(page.text, match, family)
    if value is None:
        return None
    kind = kind_of(family, page.text[value.start : value.end], value.style)
    return Span(value.start, value.end, kind) if kind else None


def _full_name(text: str, match: re.Match[str]) -> str:
    at = match.start()
    head = text[max(0, at - 48) : at]
    own = head[len(head.rstrip(_NAME_SIGNS)) :]
    if len(own) < len(head) and head[-len(own) - 1] == "\\" and own[:1] in "nrt":
        own = own[1:]  # the n of an escaped line break is no letter of the name
    return (own + text[at : match.start("sep")]).strip(" .")


def _read(text: str, match: re.Match[str], family: Family) -> _Value | None:
    """The value after the separator, without its quotes; None where none is written."""
    sep, at = match.group("sep"), match.end()
    if family not in _SECRETS and not _ASSIGNS.search(sep):
        return None
    opened = _OPEN.match(text, at)
    if opened:
        return _quoted(text, opened)
    if (sep.isspace() or sep == " - ") and family in _SECRETS and not _is_flag(text, match):
        return None
    if family in _PEOPLE:
        person = _PERSON.match(text, at)
        return _Value(at, person.end(), Style.LOOSE) if person else None
    if family in _PERSONAL_LINES:
        return _bare(_LINE.match(text, at), Style.LOOSE)
    style = Style.TIGHT if sep in {"=", ">"} or _is_flag(text, match) else Style.LOOSE
    value = _bare((_BARE if style is Style.TIGHT else _BARE_LOOSE).match(text, at), style)
    if value and style is Style.LOOSE and ":" in sep and _stands_alone(text, match, value):
        return value._replace(style=Style.TIGHT)
    return value


def _quoted(text: str, opened: re.Match[str]) -> _Value | None:
    """The text up to the same quote; a quote with one more backslash belongs to the value."""
    mark, at = opened.group(), opened.end()
    limit = min(len(text), at + 512)
    close = text.find(mark, at, limit)
    while close > 0 and text[close - 1] == "\\":
        close = text.find(mark, close + 1, limit)
    line = text.find("\n", at, limit)
    if close < 0 or 0 <= line < close:  # cut off, as long traces are
        rest = _BARE_LOOSE.match(text, at)
        return _Value(at, rest.end(), Style.QUOTED) if rest else None
    return _Value(at, close, Style.QUOTED) if close > at else None


def _bare(match: re.Match[str] | None, style: Style) -> _Value | None:
    if match is None:
        return None
    value = match.group().rstrip(" )]},.:")
    if "(" in value or "[" in value or "{" in value:
        value = match.group().rstrip(" ,.:")
    return _Value(match.start(), match.start() + len(value), style)


def _is_flag(text: str, match: re.Match[str]) -> bool:
    """`--password hunter2`: a name that starts with a dash takes the next word as its value."""
    name = match.group()[: match.start("sep") - match.start()]
    head = text[max(0, match.start() - 40) : match.start()]
    word = head[max(head.rfind(" "), head.rfind("\n"), head.rfind('"')) + 1 :] + name
    return word.startswith("-") and not word.startswith("---")


def _stands_alone(text: str, match: re.Match[str], value: _Value) -> bool:
    """A YAML or INI line: the name starts it and the value ends it."""
    head = text[max(0, match.start() - 60) : match.start()]
    own = len(head.rstrip(_NAME_SIGNS.replace(" ", "")))
    return bool(_ALONE.match(text, value.end) and _LINE_START.search(head[:own]))


def kind_under(name: str, value: str, style: Style) -> Kind | None:
    """The kind of a whole JSON value under this key, or None when the key says nothing of it."""
    family = family_of(name) if name and value else None
    return kind_of(family, value, style) if family else None
