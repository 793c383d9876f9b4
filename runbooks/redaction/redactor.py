"""Replaces secrets and personal data by typed, numbered placeholders (CONTRACT R10).

Time grows with the length of the text and with nothing else: every expression is bounded. The
text is read in windows, because the expression engine lets no other thread run during a call;
so none of its calls takes longer than a few milliseconds.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from runbooks.redaction.credentials import find_credentials
from runbooks.redaction.labels import find_labelled, kind_under
from runbooks.redaction.numbers import find_numbers
from runbooks.redaction.personal import find_personal
from runbooks.redaction.postal import find_addresses
from runbooks.redaction.spans import (
    PLACEHOLDER,
    Detector,
    Kind,
    Page,
    Span,
    merge,
    outside_placeholders,
    words,
)
from runbooks.redaction.tokens import find_tokens
from runbooks.redaction.values import Style

_DETECTORS: tuple[Detector, ...] = (
    find_tokens,
    find_credentials,
    find_labelled,
    find_personal,
    find_numbers,
    find_addresses,
)
WINDOW = 1 << 16
"""Characters that one call of the expression engine reads at most, the overlap aside."""
OVERLAP = 1 << 12
"""Longer than any expression can match, so that what a window cuts, the next one sees whole."""
_NEAR = 256
_DEEPEST = 100
_SHORT, _REMEMBERED = 64, 4096
_PASSES = 16
_PERSON_HINTS = words(
    "email dob date_of_birth birthday phone phone_number ssn passport first_name last_name"
    " firstname lastname address address1"
)


class Redactor:
    """Redacts texts and JSON values with one numbering: the same value keeps its number.

    One instance serves one suggestion over its traces in lineage order, so that `[EMAIL_1]` means
    the same person in prompt, draft and trace view. Raises ValueError naming an extra pattern that
    is no regular expression or that matches the empty text. Not safe for concurrent use.
    """

    def __init__(self, extra_patterns: Sequence[str] = ()) -> None:
        extra = tuple(_compiled(pattern) for pattern in extra_patterns)
        self._detectors = (*_DETECTORS, _custom(extra)) if extra else _DETECTORS
        self._clean: set[str] = set()
        self._numbers: dict[tuple[Kind, str], int] = {}
        self._last: defaultdict[Kind, int] = defaultdict(int)

    def text(self, text: str) -> str:
        """The text with placeholders; text that is redacted already comes back unchanged.

        What a placeholder uncovers beside it is looked at again, until nothing more is found.
        """
        if text in self._clean:
            return text
        self._count_placeholders(text)
        windows = list(_windows(0, len(text)))
        for _ in range(_PASSES):
            spans = self._find(text, windows)
            if not spans:
                self._remember(text)
                break
            text, windows = self._replaced(text, spans)
        return text

    def _remember(self, text: str) -> None:
        """Keys and short values come back thousands of times in one trace."""
        if len(text) <= _SHORT and len(self._clean) < _REMEMBERED:
            self._clean.add(text)

    def spans(self, text: str) -> list[Span]:
        """What would be replaced, in order, as offsets into the text; for LINT RB204."""
        return self._find(text, list(_windows(0, len(text))))

    def value(self, value: object) -> object:
        """A JSON value with placeholders in its strings, keys included; structure and ids stay.

        A key is the label of all that stands below it up to the next key: under `dob` or
        `password` the whole string is judged by that name. Below a hundred levels the rest
        becomes one JSON string.
        """
        return self._value(value, "", _DEEPEST)

    def _value(self, value: object, name: str, depth: int) -> object:
        if isinstance(value, str):
            return self._labelled(name, value)
        if isinstance(value, dict | list | tuple) and depth == 0:
            return self.text(json.dumps(value, default=str))
        if isinstance(value, dict):
            return self._mapping(value, depth)
        if isinstance(value, list | tuple):
            return [self._value(item, name, depth - 1) for item in value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            kind = kind_under(name, str(value), Style.LOOSE)
            return self._placeholder(kind, str(value)) if kind else value
        return value

    def _mapping(self, value: dict[object, object], depth: int) -> dict[object, object]:
        clean: dict[object, object] = {}
        for key, item in value.items():
            known = self.text(key) if isinstance(key, str) else key
            while known in clean:  # two spellings of one address would otherwise fall together
                known = f"{known}'"
            clean[known] = self._value(item, _name_of(value, key), depth - 1)
        return clean

    def _labelled(self, name: str, value: str) -> str:
        if PLACEHOLDER.search(value):  # it was judged as a whole before a part was replaced
            return self.text(value)
        kind = kind_under(name, value.strip(), Style.QUOTED)
        return self._placeholder(kind, value) if kind else self.text(value)

    def _find(self, text: str, windows: list[tuple[int, int]]) -> list[Span]:
        page = Page.of(text)
        found = []
        for start, end in windows:
            for detector in self._detectors:
                # What touches the cut may go on beyond it; the next window has it whole.
                found += [s for s in detector(page, start, end) if s.end < end or end == len(text)]
        return outside_placeholders(text, merge(found))

    def _replaced(self, text: str, spans: list[Span]) -> tuple[str, list[tuple[int, int]]]:
        """The new text, and the windows round the placeholders, where more may show."""
        parts: list[str] = []
        places: list[tuple[int, int]] = []
        at = length = 0
        for span in spans:
            mark = self._placeholder(span.kind, text[span.start : span.end])
            parts += (text[at : span.start], mark)
            length += span.start - at + len(mark)
            places.append((length - len(mark), length))
            at = span.end
        parts.append(text[at:])
        new = "".join(parts)
        return new, list(_round(places, len(new)))

    def _placeholder(self, kind: Kind, value: str) -> str:
        key = (kind, _canonical(kind, value))
        if key not in self._numbers:
            self._last[kind] += 1
            self._numbers[key] = self._last[kind]
        return f"[{kind}_{self._numbers[key]}]"

    def _count_placeholders(self, text: str) -> None:
        if "[" not in text:
            return
        for match in PLACEHOLDER.finditer(text):
            kind = Kind(match[1])
            self._last[kind] = max(self._last[kind], int(match[2]))


def redact(text: str) -> str:
    """The text with secrets and personal data replaced, numbered from one (CONTRACT §6)."""
    return Redactor().text(text)


def _windows(start: int, end: int) -> Iterator[tuple[int, int]]:
    for at in range(start, end, WINDOW):
        yield at, min(end, at + WINDOW + OVERLAP)


def _round(places: list[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """The surroundings of the places, joined where they meet."""
    begin = end = 0
    for left, right in places:
        if left - _NEAR > end:
            yield from _windows(begin, end)
            begin = left - _NEAR
        end = min(length, right + _NEAR)
    yield from _windows(begin, end)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {pattern!r} ({error})") from error
    if compiled.match(""):
        raise ValueError(f"this expression matches the empty text: {pattern!r}")
    return compiled


def _custom(patterns: tuple[re.Pattern[str], ...]) -> Detector:
    def find_custom(page: Page, start: int, end: int) -> Iterator[Span]:
        for pattern in patterns:
            for match in pattern.finditer(page.text, start, end):
                if match.end() > match.start():
                    yield Span(*match.span(), Kind.CUSTOM)

    return find_custom


def _name_of(mapping: dict[object, object], key: object) -> str:
    """The label of an item: its key, the name beside it, or that it is a person's name."""
    name = key if isinstance(key, str) else ""
    beside = mapping.get("name", mapping.get("key"))
    if name == "value" and isinstance(beside, str):
        return beside
    if name == "name" and not _PERSON_HINTS.isdisjoint(str(k).lower() for k in mapping):
        return "full_name"
    return name


def _canonical(kind: Kind, value: str) -> str:
    """Spellings of one value have one number: case, blanks and punctuation aside."""
    if kind in {Kind.PHONE, Kind.CARD, Kind.SSN}:
        digits = re.sub(r"\D", "", value)
        return (
            digits[1:] if kind is Kind.PHONE and len(digits) == 11 and digits[0] == "1" else digits
        )
    if kind is Kind.IBAN:
        return value.replace(" ", "").upper()
    if kind in {Kind.EMAIL, Kind.ADDRESS, Kind.NAME, Kind.IP}:
        return " ".join(value.casefold().split())
    return value
