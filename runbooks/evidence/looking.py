"""Looks for the source of one claim, each kind of claim by its own rule."""

import re
from collections.abc import Callable, Iterator

from runbooks.evidence import numbers
from runbooks.evidence.blaming import cause_support
from runbooks.evidence.commanded import TERM, numbers_of
from runbooks.evidence.index import Index
from runbooks.evidence.options import any_option_support, option_support, program_support
from runbooks.evidence.passages import Passage
from runbooks.evidence.report import Support
from runbooks.evidence.sources import Sources
from runbooks.evidence.spots import Spot
from runbooks.evidence.words import lowered, shown, stems
from runbooks.lint.tools import NO_SUCH_PROGRAM

_LINE = re.compile(r"(?P<path>.{1,300}?):(?P<line>\d{1,7})(?:[-:]\d{1,7})?")
_BEHIND_FILE = 40
_CUT = re.compile(r"[\s\"'“”.]*(?:…|\.\.\.)?[\s\"'“”.]*$")
_HEX_PREFIX = re.compile(r"[0-9a-f]{8,40}")
_WORKLOAD = re.compile(r"[a-z][a-z0-9]{1,40}(?:-[a-z0-9]{1,40}){0,6}")
_POD_SUFFIX = re.compile(
    r"-(?:\d{1,3}|[bcdf-hj-np-tv-z0-9]{5}|(?=[a-z]{0,9}\d)[a-z0-9]{8,10}(?:-[a-z0-9]{5})?)(?![\w-])"
)
"""A number, or what Kubernetes draws at random, which has no vowels."""
_FEW_PODS = 20
_TOKEN = re.compile(r"[^\W_]+")
_DOTS = re.compile(r"…|\.\.\.")
_KUBECTL_PRINTS = re.compile(
    r"(?:[a-z]{2,30}(?:\.[a-z.]{2,40})?/(?P<name>[\w.-]{1,80})"
    r" (?:(?:env|image|resource requirements) updated|restarted|rolled back|scaled|patched|created"
    r"|configured|unchanged|deleted|cordoned|uncordoned|annotated|labeled|condition met)"
    r"|[a-z]{2,30} \"(?P<quoted>[\w.-]{1,80})\" (?:successfully rolled out|deleted)"
    r"|No resources found(?: in (?P<space>[\w-]{1,63}) namespace)?\.?)"
)
_STATES = re.compile(
    r"\d{1,3}/\d{1,3}|running|pending|terminating|completed|ready|true|false|active|bound|available"
    r"|patched|scaled|restarted|created|configured|unchanged|annotated|labeled|cordoned|ok",
    re.IGNORECASE,
)
_RUN = 3
_ENOUGH_RUNS = 0.8


def support_of(spot: Spot, sources: Sources) -> Support | None:
    """Give what a claim rests on, or None."""
    if spot.whole and spot.claim.kind == "quote":
        whole = sources.wordings.command(spot.whole)
        if whole:
            return whole
    found = _BY_KIND[spot.claim.kind](spot, sources)
    if found is not None or spot.claim.kind in ("cause", "flag"):
        return found
    if spot.whole and spot.claim.kind != "command":
        found = sources.wordings.command(spot.whole)
    return found or _sentence(spot, sources) or sources.wordings.unnamed(spot.words)


def _sentence(spot: Spot, sources: Sources) -> Support | None:
    return sources.wordings.sentence(spot.sentence) if spot.sentence else None


def _first(index: Index, words: str) -> Support | None:
    at = index.first(words)
    return None if at is None else index.support(at, len(words))


def _name(spot: Spot, sources: Sources) -> Support | None:
    for words in _spellings(spot.words):
        found = _first(sources.everything, words) or _pod(sources.everything, words)
        if found:
            return found
    if spot.whole:
        in_commands = (sources.wordings.word(words) for words in _spellings(spot.words))
        return sources.wordings.term(spot.sentence) or next((f for f in in_commands if f), None)
    if spot.sentence.startswith("expected") and _STATES.fullmatch(spot.words):
        return _kubectl(spot.words)
    spellings = (_first(sources.catalogue, words) for words in _spellings(spot.words))
    return _sentence(spot, sources) or next((found for found in spellings if found), None)


def _pod(index: Index, words: str) -> Support | None:
    """Find a workload by the name of one of its pods: `media-store` by `media-store-1`."""
    name = lowered(words)
    if not _WORKLOAD.fullmatch(name):
        return None
    at = index.find(f"{name}-")
    for _ in range(_FEW_PODS):
        if at < 0:
            return None
        if _POD_SUFFIX.match(index.text, at + len(name)) and not index.joins(at):
            return index.support(at, len(name))
        at = index.find(f"{name}-", at + 1)
    return None


def _spellings(words: str) -> Iterator[str]:
    """Give the forms in which a source may have a name."""
    plain = shown(words).strip("\"'").rstrip("/")
    yield plain
    bare = plain.lstrip("@#").removesuffix("()")
    if bare != plain and not plain.startswith("#"):
        yield bare
    if " " in plain:
        yield plain.replace(" ", "-")
    if plain.endswith("-"):
        yield plain[:-1]
    if "://" in plain:
        yield plain.split("://", 1)[1]


def _identifier(spot: Spot, sources: Sources) -> Support | None:
    found = _name(spot, sources)
    low = spot.words.lower()
    if found is None and _HEX_PREFIX.fullmatch(low):
        whole = next((name for name in sources.ids if name.lower().startswith(low)), "")
        found = _first(sources.everything, whole) if whole else None
    return found


def _file(spot: Spot, sources: Sources) -> Support | None:
    match = _LINE.fullmatch(spot.words)
    if match is None:
        return _name(spot, sources)
    path, line = match["path"], match["line"]
    index = sources.everything
    numbered = re.compile(rf"(?<![\d.]){line}(?![\d.]\d|\d)")
    for at in index.places(path):
        end = at + len(path)
        behind = index.text[end : end + _BEHIND_FILE].split("\n")[0]
        if numbered.search(behind):
            return index.support(at, len(path) + len(behind))
    return _sentence(spot, sources)


def _quote(spot: Spot, sources: Sources) -> Support | None:
    words = _CUT.sub("", shown(spot.words)).strip("\"'“” ")
    if not words:
        return None
    for index in (sources.everything, sources.catalogue):
        at = index.find(lowered(words))
        if at >= 0:
            return index.support(at, len(words))
        if index is sources.everything:
            found = _sentence(spot, sources) or _runs(words, index)
            if found:
                return found
    term = TERM.match(words)
    if term and term.end() == len(words):
        return _query(spot, sources)
    return _printed(words, sources)


def _printed(words: str, sources: Sources) -> Support | None:
    """Find what kubectl prints of an object that is known: `deployment.apps/cart restarted`."""
    match = _KUBECTL_PRINTS.fullmatch(words)
    name = next((group for group in match.groups() if group), "") if match else ""
    if match is None or (name and _first(sources.everything, name) is None):
        return None
    return _kubectl(words)


def _kubectl(words: str) -> Support:
    return Support("catalogue", "known commands: what kubectl prints", words)


def _runs(words: str, index: Index) -> Support | None:
    """Find a quote that is not word for word there by its runs of three words."""
    listed = lowered(words).split()
    if len(listed) < _RUN + 1:
        return None
    for token in listed:
        if any(char.isdigit() for char in token) and index.first(token.strip(".,;:()'\"")) is None:
            return None
    runs = [" ".join(listed[at : at + _RUN]) for at in range(min(len(listed), 60) - _RUN + 1)]
    places = [at for run in runs if (at := index.find(run)) >= 0]
    score = len(places) / len(runs)
    if score < _ENOUGH_RUNS or not _word_for_word(words, [index.passage_at(at) for at in places]):
        return None
    return index.support(places[0], len(runs[0]), score)


def _word_for_word(words: str, passages: list[Passage]) -> bool:
    """Tell whether a quote leaves out signs at most, and words only where dots say so."""
    told = [f" {' '.join(_TOKEN.findall(lowered(p.text)))} " for p in dict.fromkeys(passages)]
    parts = [" ".join(_TOKEN.findall(part)) for part in _DOTS.split(lowered(words))]
    return all(any(f" {part} " in text for text in told) for part in parts if part)


def _number(spot: Spot, sources: Sources) -> Support | None:
    if spot.quantity is None:
        return _date(spot, sources)
    known = _sentence(spot, sources)
    if known and spot.words in known.passage:
        return known
    if spot.share:
        return _first(sources.everything, spot.share) or known
    found = numbers.number_support(spot.quantity, spot.beside, sources.everything)
    return found or known or _phrase(spot, sources)


def _phrase(spot: Spot, sources: Sources) -> Support | None:
    """Find a number of the catalogue by the words before and behind it."""
    number = re.escape(lowered(spot.words))
    match = re.search(rf"[^\s]{{2,40}} {number}[,:;]? [^\s]{{2,40}}", spot.sentence)
    return _first(sources.catalogue, match.group()) if match else None


def _date(spot: Spot, sources: Sources) -> Support | None:
    text = spot.words.rstrip("Zz")
    for words in (text, text.replace(" ", "T"), text.replace("T", " ")):
        at = sources.everything.find(lowered(words))
        if at >= 0:
            return sources.everything.support(at, len(words))
    return None


def _command(spot: Spot, sources: Sources) -> Support | None:
    whole = sources.wordings.command(spot.whole)
    if whole:
        return whole
    words = spot.claim.text
    if words == " ".join(spot.program):
        found = program_support(spot.program)
        if found:
            return found
    if spot.program and spot.program[0] in NO_SUCH_PROGRAM:
        return None
    return sources.wordings.word(words) or _first(sources.everything, words)


def _flag(spot: Spot, sources: Sources) -> Support | None:
    option = spot.words
    if spot.program:
        whole = sources.wordings.command(spot.whole)
        if whole:
            return whole
        known = sources.wordings.option(spot.program[0], option)
        return known or option_support(spot.program, option) or _spoken_flag(option, sources)
    return any_option_support(option) or _spoken_flag(option, sources)


def _spoken_flag(option: str, sources: Sources) -> Support | None:
    """Find an option in what the sources say of a command."""
    if len(option) < 4:
        return None
    return _first(sources.everything, option)


def _query(spot: Spot, sources: Sources) -> Support | None:
    terms = list(TERM.finditer(spot.words))
    if not terms:
        return _attribute(spot.words, sources)
    found: Support | None = None
    for term in terms:
        found = sources.wordings.term(term.group()) or _term(term["key"], term["value"], sources)
        if found is None:
            return None
    return found


def _attribute(words: str, sources: Sources) -> Support | None:
    bare = words.lstrip("@")
    return _first(sources.everything, bare) or _first(sources.catalogue, words)


def _term(key: str, value: str, sources: Sources) -> Support | None:
    known = sources.wordings.key(key) or _first(sources.everything, key.lstrip("@"))
    plain = re.sub(r"\\(.)", r"\1", value).strip('"()')
    if known is None or plain == "*":
        return known
    counted = list(numbers_of(value))
    if counted:
        beside = frozenset(stems(key))
        places = [numbers.bare_support(number, beside, sources.everything) for number in counted]
        return places[0] if all(places) else None
    words = [word for word in re.split(r" OR | AND |\*|\s", plain) if word]
    found = [_first(sources.everything, w) or _first(sources.catalogue, w) for w in words]
    return next((f for f in found if f), None) if found and all(found) else None


_BY_KIND: dict[str, Callable[[Spot, Sources], Support | None]] = {
    "command": _command,
    "flag": _flag,
    "query": _query,
    "number": _number,
    "threshold": _number,
    "identifier": _identifier,
    "name": _name,
    "file": _file,
    "quote": _quote,
    "cause": cause_support,
}
