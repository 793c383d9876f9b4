"""Street addresses in running text, where their form or the words before them are telling."""

import re
from collections.abc import Iterator

from runbooks.redaction.spans import Kind, Page, Span

_WORD = r"[^\W\d_][\w.'’\-]{0,24}"
_NUMBER = r"\d(?<![\w.$€£#\-]\d)\d{0,5}[A-Za-z]?[ ](?:\d{1,5}[ ])?"
_TITLES = r"(?:[A-Z0-9À-ŽΑ-Ω][\w.'’\-]{0,24}[ ]){1,4}"
_CLEAR = (
    "Street|STREET|Avenue|AVENUE|Boulevard|Blvd|Parkway|Pkwy|Highway|Hwy|Turnpike|Crescent|Terrace"
    "|Alley|Road|ROAD|Ave|Rd|Ln|Trail|Strasse|Straße"
)
_VAGUE = (
    "Drive|DRIVE|Lane|LANE|Court|Place|Square|Circle|Loop|Way|Plaza|Path|Row|Walk|Ridge|Extensions"
    "|St|Dr|Ct|Pl|Sq|Cir|Close|Mews"
)
_UNIT = (
    r"(?:,?\s{1,2}(?:Suite|Ste\.?|Apt\.?|Apartment|Unit|Flat|Floor|Room|suite|apt\.?|unit|\#)"
    r"[ ]?\#?[\w\-]{1,6}\b){1,2}"
)
_PLACE = r"[A-ZÀ-Ž][\w.'’\-]{1,24}(?:[ ](?:de|la|del|[A-ZÀ-Ž][\w.'’\-]{1,24})){0,3}"
_CITY = rf"(?:,?\s{{1,3}}{_PLACE})?,?\s{{1,3}}[A-Z]{{2}},?\s{{1,3}}\d{{5}}(?:-\d{{4}})?\b"
_LINES = (
    rf"(?:(?:\n[ ]?|,[ ]){_PLACE}){{1,2}}(?:\n[ ]?|,[ ])(?:[A-Z]{{2}}\n[ ])?{_PLACE}[ ]\d{{4,6}}\b"
)
_TAIL = rf"(?:{_UNIT}){{0,2}}(?:{_CITY}|{_LINES})?"
_STREET = re.compile(
    rf"{_NUMBER}(?:{_TITLES}(?:(?:{_CLEAR})|(?P<vague>{_VAGUE}))\b\.?"
    rf"|(?:{_WORD}[ ]){{1,2}}?(?:street|avenue|boulevard)\b){_TAIL}"
)
_AFTER_VAGUE = re.compile(
    r"\s{0,8}(?:$|[,.;:!?)\"'\\\n|*]|(?:in|and|near|at|unit|apt|suite)\b)", re.I
)
_NO_STREET = re.compile(
    r"\b(?:google|hard|disk|flash|one|ssd|usb|tape|no|right|wrong|same|other|red|http)\W", re.I
)
_BEFORE = re.compile(
    r"\b(?:(?:lives?|living|lived|resid(?:e|es|ing)|located|arrived|based|moved"
    r"|meet (?:me|us)|(?:offices?|store|shop|restaurant|house|home|station) (?:is|are))"
    r" (?:at|on|to)"
    r"|(?:sent|send (?:it|this|them)|ship|shipped|mail|mailed|deliver|delivered|statement) to"
    r"(?:\? user:)?"
    r"|address(?:es)?(?: is| was|, here they are)?:|the same:)[\s\\n]{1,4}$"
)
_NUMBERED = re.compile(
    rf"{_NUMBER}(?:{_WORD}[ ]){{1,5}}?\d{{1,4}}[A-Za-z]?\b\.?"
    rf"(?![.:%/]|[ ](?:am|pm|percent)\b){_TAIL}"
)
_UNIT_NEXT = re.compile(rf"[ ]?{_UNIT}")
_MILITARY = re.compile(
    r"(?:PSC|Unit|CMR)[ ]\d{1,5},?[ ]Box[ ]\d{1,5}(?:,?\s{1,3}[ADF]PO,?[ ]A[AEP][ ]\d{5})?"
)
_BOX = re.compile(rf"p\.?[ ]?o\.?[ ]box[ ]\d{{1,6}}{_TAIL}", re.I)
_ENDINGS = (
    "straße",
    "strasse",
    "gatan",
    "vägen",
    "vej",
    "straat",
    "utca",
    "gasse",
    "allee",
    "katu",
)
_SUFFIXED = tuple(
    (ending, re.compile(rf"{ending}(?: [a-zà-ž]{{1,12}})?\.? \d{{1,4}}[a-z]?\b"))
    for ending in _ENDINGS
)
_PREFIXES = ("Rua", "Rue", "Calle", "Via", "Avenida", "Piazza", "Ulica", "ul.", "Avenue")
_PREFIXED = tuple(
    (
        f"{prefix} ",
        re.compile(
            rf"{re.escape(prefix)}(?P<words>(?: {_WORD}){{1,5}}?) \d{{1,4}}\b"
            rf"|{re.escape(prefix)}(?: (?:d[eu]|des|la|el|[A-ZÀ-Ž][\w.'’\-]{{0,24}})){{1,5}}"
        ),
    )
    for prefix in _PREFIXES
)
_HOUSE_BEFORE = re.compile(r"(?:\b\d{1,6} )?\b\d{1,6} $")
_NAME_BEFORE = re.compile(r"(?:(?:[A-Za-zÀ-ž]\w{0,24}[ \-])?\w{2,30}|\b[A-ZÀ-Ž]\w{1,30}[ \-])$")


def find_addresses(page: Page, start: int, end: int) -> Iterator[Span]:
    """Spans of street lines, post boxes and military addresses, with unit, city and ZIP code."""
    text = page.text
    for match in _STREET.finditer(text, start, end):
        if not match["vague"] or _is_street(text, match):
            yield Span(*match.span(), Kind.ADDRESS)
    for match in _NUMBERED.finditer(text, start, end):
        if _is_placed(page, match):
            yield Span(*match.span(), Kind.ADDRESS)
    if page.has(" box ", start, end):
        for pattern in (_MILITARY, _BOX):
            yield from (Span(*m.span(), Kind.ADDRESS) for m in pattern.finditer(text, start, end))
    yield from _foreign(page, start, end)


def _foreign(page: Page, start: int, end: int) -> Iterator[Span]:
    for prefix, pattern in _PREFIXED:
        if page.text.find(prefix, start, end) >= 0:
            yield from _prefixed(page.text, pattern, start, end)
    for ending, pattern in _SUFFIXED:
        if page.has(ending, start, end):
            yield from _suffixed(page, pattern, start, end)


def _is_street(text: str, match: re.Match[str]) -> bool:
    longer = match.end("vague") < match.end() - 1
    return (longer or _AFTER_VAGUE.match(text, match.end()) is not None) and not _NO_STREET.search(
        match.group()
    )


def _is_placed(page: Page, match: re.Match[str]) -> bool:
    """Digits, words and digits are an address after `lives at`, or before a flat."""
    at = match.start()
    if _BEFORE.search(page.low[max(0, at - 48) : at]):
        return True
    return _UNIT_NEXT.search(page.text, match.start(), match.end() + 16) is not None


def _prefixed(text: str, pattern: re.Pattern[str], start: int, end: int) -> Iterator[Span]:
    """`Rua do Arenque 16` or `31 Rue Al Bakri`: a number stands on one side at least."""
    for match in pattern.finditer(text, start, end):
        head = max(0, match.start() - 14)
        house = _HOUSE_BEFORE.search(text, head, match.start())
        if house:
            yield Span(house.start(), match.end(), Kind.ADDRESS)
        elif match["words"] and not text[match.start() - 1 : match.start()].isalnum():
            yield Span(*match.span(), Kind.ADDRESS)


def _suffixed(page: Page, pattern: re.Pattern[str], start: int, end: int) -> Iterator[Span]:
    """`Villacher Strasse 89`, `Hersnapvej 18`: the name before the ending belongs to it."""
    for match in pattern.finditer(page.low, start, end):
        at = match.start()
        name = _NAME_BEFORE.search(page.text, max(0, at - 40), at)
        if name:
            yield Span(name.start(), match.end(), Kind.ADDRESS)
