"""Tells whether a word with hyphens, or before `service`, is a name or ordinary language."""

import re
from difflib import SequenceMatcher
from functools import lru_cache

from runbooks.evidence.index import Index
from runbooks.evidence.sources import Sources
from runbooks.evidence.spots import Spot
from runbooks.lint.tools import word_set

_KINDS_OF_SERVICE = word_set(
    """
    service svc api agent worker gateway server db database proxy store cache queue broker sync web
    app frontend backend ui job consumer producer scheduler controller operator registry router
    engine processor handler daemon adapter cluster replica bot
    """
)
_FIRST = word_set(
    """
    non re pre post multi self co sub semi cross over under anti mid long short high low on off in
    out up down real one two three four first second third last full half well hard soft read write
    end back roll fail warm cold time follow hand sign log set start shut run round step day hour
    minute point large small per all ad e cut built wrong right fine open close closed early late
    near most best worst high third new old single double server client human user machine
    """
)
_LAST = word_set(
    """
    in out up down off over on to by time times based level specific only free safe aware driven
    like wide side term facing related known end turn step run old new line through back less ahead
    first last date day hour minute second long hoc mail case size rate ready party effort point of
    check test call case trip way word wise and sensitive critical friendly intensive bound heavy
    """
)
_SIMILAR = 0.75


def is_name(spot: Spot, sources: Sources) -> bool:
    """Tell whether a doubtful word that no source has is a name all the same."""
    word = spot.words.lower()
    if "-" not in word:
        return word not in _vocabulary(sources.catalogue)
    parts = word.split("-")
    if any(char.isdigit() for char in word) or parts[-1] in _KINDS_OF_SERVICE:
        return True
    if _is_slip(word, sources.everything.names):
        return True
    if parts[0] in _FIRST or parts[-1] in _LAST:
        return False
    ordinary = _vocabulary(sources.catalogue)
    known = [part in ordinary or part.endswith(("ed", "ing", "able")) for part in parts]
    return not (all(known) and parts[0] in ordinary)


@lru_cache(maxsize=16)
def _by_rest(names: frozenset[str]) -> dict[tuple[int, str], list[str]]:
    """Give the parts of names by what is left of the name without them."""
    found: dict[tuple[int, str], list[str]] = {}
    for name in names:
        parts = name.split("-")
        for number, part in enumerate(parts):
            found.setdefault((number, _without(parts, number)), []).append(part)
    return found


def _without(parts: list[str], number: int) -> str:
    return "-".join([*parts[:number], "*", *parts[number + 1 :]])


def _is_slip(word: str, names: frozenset[str]) -> bool:
    """Tell whether a word differs from a name by a slip: in one part, by few letters."""
    parts = word.split("-")
    for number, part in enumerate(parts):
        for other in _by_rest(names).get((number, _without(parts, number)), ())[:50]:
            if SequenceMatcher(None, part, other, autojunk=False).ratio() >= _SIMILAR:
                return True
    return False


@lru_cache(maxsize=4)
def _vocabulary(catalogue: Index) -> frozenset[str]:
    """The plain words of the catalogue: ordinary language of operations."""
    return frozenset(re.findall(r"(?<![\w-])[a-z]{2,30}(?![\w])", catalogue.text))
