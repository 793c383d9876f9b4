"""A Datadog search as a tree, and the tree as text again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A word searched for as it is; escapes and wildcards are kept as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words between double quotes, without the quotes, escapes as written."""

    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A numeric limit such as `>=500` or `>5s`; digits are kept as written."""

    operator: str
    number: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """A closed numeric interval; a bound is a number with its unit, or `*`."""

    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Group:
    """A parenthesised query as a value: `env:(prod OR test)`."""

    query: Query


@dataclass(frozen=True, slots=True)
class Field:
    """`key:value`; the key keeps its sign: `@attribute`, `#calculated`, `tag`, `*`."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class Cidr:
    """`CIDR(@attribute, net, …)`: the address lies in one of the networks."""

    attribute: str
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The term must not match."""

    term: Query


@dataclass(frozen=True, slots=True)
class And:
    """All terms match; two or more, none of them an And."""

    terms: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one term matches; two or more, none of them an Or."""

    terms: tuple[Query, ...]


Query = Text | Phrase | Field | Cidr | Not | And | Or
Value = Text | Phrase | Comparison | Range | Group


def print_query(query: Query) -> str:
    """The query as text that `parse_query` reads back to an equal tree."""
    match query:
        case Or(terms):
            return " OR ".join(print_query(term) for term in terms)
        case And(terms):
            return " AND ".join(_wrapped(term, Or) for term in terms)
        case Not(Cidr() as term):
            return f"NOT({print_query(term)})"
        case Not(term):
            return "-" + _wrapped(term, (And, Or, Not))
        case Cidr(attribute, networks):
            return f"CIDR({', '.join((attribute, *networks))})"
        case Field(key, value):
            return f"{key}:{_print_value(value)}"
        case Phrase(text):
            return f'"{text}"'
        case Text(text):
            return text


def _wrapped(query: Query, kinds: type | tuple[type, ...]) -> str:
    printed = print_query(query)
    return f"({printed})" if isinstance(query, kinds) else printed


def _print_value(value: Value) -> str:
    match value:
        case Comparison(operator, number, unit):
            return f"{operator}{number}{unit}"
        case Range(low, high):
            return f"[{low} TO {high}]"
        case Group(query):
            return f"({print_query(query)})"
        case _:
            return print_query(value)
