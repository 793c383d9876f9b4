"""The claims of prose: names, files, ids, numbers, quotes and causes, sentence by sentence."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from runbooks.evidence.causes import is_cause, stated_as_fact
from runbooks.evidence.quantities import NUMBER, SPOKEN, Quantity, read, unit_of
from runbooks.evidence.report import ClaimKind
from runbooks.evidence.sentences import compared, sentences
from runbooks.evidence.shapes import DATE, JOINER, kind_of, words_in
from runbooks.evidence.spots import Place, Spot
from runbooks.evidence.words import shown, stems
from runbooks.lint.document import Prose, Role
from runbooks.lint.inline import CodeSpan

_BESIDE = 64
_ESCAPE = re.compile(r"\\(?=[^\w\s])")
_PLACEHOLDER = re.compile(r"\$\{?\w{1,60}\}?|<[^<>]{1,80}>|\[[A-Z_]{2,30}_\d{1,6}\]|\W{0,20}")
_QUERY_TERM = re.compile(r"-?@?[A-Za-z_][\w.@-]{0,100}:(?!//)(?![\d]{1,7}$)\S")
_QUOTED = re.compile(r'"([^"\n]{3,300})"|“([^”\n]{3,300})”')
_LIMIT = re.compile(
    r"(?:[<>≤≥]=?|\b(?:at least|at most|above|below|over|under|more than|less than|fewer than"
    r"|greater than|within|exceeds?|exceeding|up to|threshold(?: of)?|limit(?: of)?|maximum(?: of)?"
    r"|minimum(?: of)?|max|min))[ \\`*]{0,4}$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|nearly|almost|some)|[~≈])[\s`*]{0,4}$",
    re.IGNORECASE,
)
_UNIT_BEHIND = re.compile(r" ([A-Za-z%]{1,12})\b")
_SPOKEN = re.compile(rf"\b({'|'.join(SPOKEN)})[ -]([A-Za-z]{{2,14}})\b", re.IGNORECASE)
_LABEL = re.compile(r"[^:]{1,60}:")
_SHORT = 4
"""A label of so few words, as in `**Code change**: …`, says nothing by itself."""
_OUT_OF = re.compile(r"\b(\d{1,9}) (?:of|out of)(?: the)? (\d{1,9})\b(?![.,]\d|%)")
_COUNTED_BELOW = 100
_CHOSEN = re.compile(r"\b(?:wait(?: for| another)?|again (?:after|in))[ \\`*]{0,4}$", re.IGNORECASE)
"""Before a time that the writer chose: to wait so long states nothing."""
_STEP = re.compile(r"\bsteps?\s{1,3}(?:\d{1,3}(?:,? and |, |-| to )?){1,5}", re.IGNORECASE)


def spots_of(prose: Prose, role: Role, taken: frozenset[tuple[int, int]]) -> Iterator[Spot]:
    """Give the claims of one paragraph; code spans that begin at `taken` places are left out."""
    place = Place(prose.body)
    text, plain = prose.text, _ESCAPE.sub(JOINER, prose.plain)
    starts = [span.start for span in prose.spans]
    for begin, end in sentences(text, prose.plain):
        raw = text[begin:end]
        sentence = compared(raw)
        for span in prose.spans[bisect_left(starts, begin) : bisect_left(starts, end)]:
            if prose.body.place(span.content_start) not in taken:
                yield from _of_code(place, text, span, sentence)
        yield from _of_words(place, text, plain, begin, end, sentence, prose.kind == "heading")
        if prose.kind != "heading":
            yield from _of_quotes(place, plain, begin, end, sentence)
            words = compared(prose.plain[begin:end])
            label = _LABEL.fullmatch(raw.strip()) or text.startswith("**:", end)
            if is_cause(sentence, words, role) and not (label and len(words.split()) <= _SHORT):
                claim = place.claim("cause", shown(raw), begin, end)
                yield Spot(claim, sentence, sentence, stated=stated_as_fact(words, role))


def _of_code(place: Place, text: str, span: CodeSpan, sentence: str) -> Iterator[Spot]:
    content = span.content.strip()
    start = span.content_start + len(span.content) - len(span.content.lstrip())
    end = start + len(content)
    if not content or _PLACEHOLDER.fullmatch(content):
        return
    if content.startswith("-") and len(content) > 1 and not content[1].isdigit():
        flag = content.split()[0].split("=")[0]
        yield Spot(place.claim("flag", flag, start, start + len(flag)), flag, sentence)
        return
    quantity = _only_quantity(content)
    if quantity:
        behind = _UNIT_BEHIND.match(text, span.end)
        unit = unit_of(behind[1]) if behind and not quantity.measure else None
        if unit:
            quantity = replace(quantity, measure=unit[0], size=unit[1])
        yield _numbered(place, text, start, end, quantity, sentence)
    elif _QUERY_TERM.match(content) and kind_of(content) is None:
        yield Spot(place.claim("query", content, start, end), content, sentence)
    else:
        kind = "number" if DATE.fullmatch(content) else _kind_of_code(content)
        yield Spot(place.claim(kind, content, start, end), content, sentence)


def _kind_of_code(content: str) -> ClaimKind:
    if any(char.isspace() for char in content):
        return "quote"
    return kind_of(content) or "name"


def _only_quantity(content: str) -> Quantity | None:
    match = NUMBER.match(content)
    quantity = read(match) if match else None
    return quantity if quantity and quantity.end == len(content) else None


def _of_words(
    place: Place, text: str, plain: str, begin: int, end: int, sentence: str, heading: bool
) -> Iterator[Spot]:
    part = plain[begin:end]
    numbers = list(part)
    for word in words_in(part):
        if heading and " " in word.text:
            continue  # Every Word of a Title Is Written Like This.
        claim = place.claim(word.kind, word.text, begin + word.start, begin + word.end)
        yield Spot(claim, word.text, sentence, doubtful=word.doubtful)
        if not word.doubtful or not word.text.isalpha():
            numbers[word.start : word.end] = "\u2063" * (word.end - word.start)
    if heading:
        return
    counted = _STEP.sub(lambda match: " " * len(match.group()), "".join(numbers))
    for match in NUMBER.finditer(counted):
        quantity = read(match)
        chosen = _CHOSEN.search(text, max(0, begin + match.start() - 24), begin + match.start())
        if quantity and not chosen and not _says_nothing(quantity):
            start, behind = begin + quantity.start, begin + quantity.end
            yield _numbered(place, text, start, behind, quantity, sentence)
    yield from _of_number_words(place, text, counted, begin, sentence)


def _says_nothing(quantity: Quantity) -> bool:
    return not quantity.measure and quantity.value in (0, 1) and not quantity.decimals


def _of_number_words(
    place: Place, text: str, counted: str, begin: int, sentence: str
) -> Iterator[Spot]:
    for match in _SPOKEN.finditer(counted):
        unit = unit_of(match[2])
        if unit and unit[0] in ("time", "share"):
            value = float(SPOKEN[match[1].lower()])
            quantity = Quantity(value, match.start(), match.end(), *unit, match[2].lower())
            ends = (begin + match.start(), begin + match.end())
            yield _numbered(place, text, *ends, quantity, sentence)


def _numbered(
    place: Place, text: str, start: int, end: int, quantity: Quantity, sentence: str
) -> Spot:
    before = text[max(0, start - _BESIDE) : start]
    behind = text[end : end + _BESIDE].split(". ")[0]
    kind: ClaimKind = "threshold" if _LIMIT.search(before) else "number"
    beside = frozenset(stems(f"{before.split('. ')[-1]} {quantity.unit} {behind}"))
    claim = place.claim(kind, shown(text[start:end]), start, end)
    said = replace(quantity, loose=_ABOUT.search(before) is not None)
    return Spot(claim, text[start:end], sentence, said, beside, share=_share(text, start, end))


def _share(text: str, start: int, end: int) -> str:
    """Give `1 of 3` where a number is a part of that: both have to be true together."""
    for match in _OUT_OF.finditer(text, max(0, start - 16), end + 16):
        inside = match.start() <= start and end <= match.end()
        if inside and int(match[2]) < _COUNTED_BELOW:
            return f"{match[1]} of {match[2]}"
    return ""


def _of_quotes(place: Place, plain: str, begin: int, end: int, sentence: str) -> Iterator[Spot]:
    for match in _QUOTED.finditer(plain[begin:end]):
        group = 1 if match[1] is not None else 2
        content = match[group].replace(JOINER, "").strip()
        names = any(not char.isalpha() for char in content)
        if names and len(content.split()) >= 1 and content.strip(".,:;!? "):
            start, behind = (begin + offset for offset in match.span(group))
            yield Spot(place.claim("quote", content, start, behind), content, sentence)
