"""Reading a query from a runbook: placeholders, typographic quotes and wrong case set aside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from runbooks.lint.datadog_query import (
    And,
    Field,
    Group,
    Not,
    Or,
    Phrase,
    Query,
    QuerySyntaxError,
    parse_query,
)

_MOST_CORRECTIONS = 30
_VARIABLE = re.compile(r"<[A-Za-z_][\w .-]{0,60}>|\$\{\w{1,60}\}|\{\{?[A-Za-z_][\w .-]{0,60}\}?\}")
_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"'})


@dataclass(frozen=True, slots=True)
class Correction:
    """A word in the wrong case: its offset, and the word to put there."""

    at: int
    right: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A query after the repairs that have rules of their own; offsets are unchanged."""

    text: str
    query: Query | None
    corrections: tuple[Correction, ...]
    error: QuerySyntaxError | None


def read_query(text: str) -> Reading:
    """Parse a query as its writer means it; what had to be mended is listed."""
    mended = _VARIABLE.sub(lambda match: "x" * len(match.group()), text).translate(_CURLY)
    corrections: list[Correction] = []
    while True:
        try:
            return Reading(mended, parse_query(mended), tuple(corrections), None)
        except QuerySyntaxError as error:
            if error.correction is None or len(corrections) >= _MOST_CORRECTIONS:
                return Reading(mended, None, tuple(corrections), error)
            corrections.append(Correction(error.position, error.correction))
            end = error.position + len(error.correction)
            mended = mended[: error.position] + error.correction + mended[end:]


def fields_of(query: Query) -> Iterator[Field]:
    """Every field of a query, those in groups included."""
    match query:
        case And(terms) | Or(terms):
            for term in terms:
                yield from fields_of(term)
        case Not(term):
            yield from fields_of(term)
        case Field(_, value):
            yield query
            if isinstance(value, Group):
                yield from fields_of(value.query)


def phrases_of(query: Query) -> Iterator[Phrase]:
    """Every quoted phrase of a query, as term or as value."""
    match query:
        case And(terms) | Or(terms):
            for term in terms:
                yield from phrases_of(term)
        case Not(term):
            yield from phrases_of(term)
        case Phrase():
            yield query
        case Field(_, Phrase() as phrase):
            yield phrase
        case Field(_, Group(inner)):
            yield from phrases_of(inner)
