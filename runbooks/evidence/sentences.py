"""A paragraph as sentences, and a sentence as it is compared: no markup, no label before it."""

import re
from collections.abc import Iterator

from runbooks.evidence.words import lowered, shown
from runbooks.lint.inline import scan_code

_END = re.compile(r"(?<=[.!?])[\"')\]*_]{0,3}\s+(?=\S)|\*\*|__|\s/\s|\n\s*\n")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|approx|no|cf)|\b[A-Z])\.\s*$", re.IGNORECASE)
_MARKS = re.compile(r"\\(?=[^\w\s])|`+|\*\*|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_LABEL = re.compile(r"[^:.!?]{2,48}:\s")
_EDGES = " .!?:;,\"'"


def sentences(text: str, plain: str | None = None) -> Iterator[tuple[int, int]]:
    """Give the offsets of a paragraph's sentences; `plain` has its code blanked out.

    Bold words are a sentence of their own; a full stop within code ends nothing.
    """
    blank = scan_code(text).plain if plain is None else plain
    begin = 0
    for match in _END.finditer(blank):
        if _ABBREVIATION.search(blank, max(begin, match.start() - 8), match.start()):
            continue
        if text[begin : match.start()].strip():
            yield begin, match.start()
        begin = match.end()
    if text[begin:].strip():
        yield begin, len(text)


def bare(text: str) -> str:
    """Give a text without markup, in lower case."""
    return lowered(shown(_MARKS.sub("", text)))


def compared(sentence: str) -> str:
    """Give a sentence as it is compared with others: bare, no full stop."""
    return bare(sentence).strip(_EDGES)


def trimmed(words: str) -> str:
    """Take the full stop and the like from the ends of a bare sentence."""
    return words.strip(_EDGES)


def unlabelled(sentence: str) -> Iterator[str]:
    """Give a compared sentence, then without its first label (`expected: …`), then the second."""
    yield sentence
    for _ in range(2):
        label = _LABEL.match(sentence)
        if label is None:
            return
        sentence = sentence[label.end() :].strip(_EDGES)
        yield sentence
