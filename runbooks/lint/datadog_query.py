"""The Datadog search language: text to tree and back, with the exact place of an error.

Grammar, after the query syntax pages for spans, logs and LLM Observability:

    query = or ;  or = and {"OR" and} ;  and = un {["AND"] un} ;  un = ["-" | "NOT"] prim
    prim  = "(" query ")" | field ":" value | "CIDR(" attribute "," nets ")" | text
    value = "(" query ")" | cmp number [unit] | "[" bound "TO" bound "]" | quoted | bare
"""

from __future__ import annotations

import re

from runbooks.lint.datadog_ast import (
    And,
    Cidr,
    Comparison,
    Field,
    Group,
    Not,
    Or,
    Phrase,
    Query,
    Range,
    Text,
    Value,
    print_query,
)

__all__ = [
    "MAX_DEPTH",
    "And",
    "Cidr",
    "Comparison",
    "Field",
    "Group",
    "Not",
    "Or",
    "Phrase",
    "Query",
    "QuerySyntaxError",
    "Range",
    "Text",
    "parse_query",
    "print_query",
]

MAX_DEPTH = 40

_HEAD = re.compile(r'(?:\\.|[^\s()\[\]":\\])+')
_BARE = re.compile(r'(?:\\.|[^\s()\[\]"\\])+')
_PHRASE = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
_COMPARISON = re.compile(r">=|<=|>|<")
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)([A-Za-zµ%]{0,12})")
_KEY = re.compile(r"[@#]?(?:\\.|[\w.@/$*\-+])+")
_ATTRIBUTE = re.compile(r"@?[\w.\-]+")
_NETWORK = re.compile(r"[0-9A-Fa-f.:]+/\d{1,3}")
_RELATION = re.compile(r"\\.|([<>=])")
_SPACE = re.compile(r"\s*")


class QuerySyntaxError(ValueError):
    """A query that Datadog would not read as meant.

    `position` is the offset of the first character that does not fit. `correction`, where
    there is only one sensible reading, is the text to put at `position` instead of as many
    characters.
    """

    def __init__(self, message: str, position: int, correction: str | None = None) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.message = message
        self.position = position
        self.correction = correction


def parse_query(text: str) -> Query:
    """Read a query; raise QuerySyntaxError at the first character that does not fit."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def whole(self) -> Query:
        self._skip_space()
        if self.at == len(self.text):
            raise QuerySyntaxError("the query is empty", self.at)
        query = self._either()
        if self.at < len(self.text):
            raise QuerySyntaxError(f"unexpected {self.text[self.at]!r}", self.at)
        return query

    def _either(self) -> Query:
        terms = [self._all()]
        while self._operator("OR"):
            terms.append(self._all())
        return _joined(Or, terms)

    def _all(self) -> Query:
        terms = [self._negatable()]
        while self.at < len(self.text) and self.text[self.at] != ")" and not self._sees("OR"):
            self._operator("AND")
            terms.append(self._negatable())
        return _joined(And, terms)

    def _negatable(self) -> Query:
        if self._sees("NOT") or self.text.startswith("NOT(", self.at):
            self.at += 3
            self._skip_space()
            return Not(self._primary())
        if self.text.startswith("-", self.at):
            self.at += 1
            return Not(self._primary())
        return self._primary()

    def _primary(self) -> Query:
        term = self._term()
        following = self.text[self.at : self.at + 1]
        if following and following != ")" and not following.isspace():
            raise QuerySyntaxError("a space is missing between two terms", self.at)
        self._skip_space()
        return term

    def _term(self) -> Query:
        char = self.text[self.at : self.at + 1]
        if char == "(":
            return self._parenthesised()
        if char == '"':
            return self._phrase()
        if char == "-":
            raise QuerySyntaxError("a term is excluded twice", self.at)
        if self.text.startswith("CIDR(", self.at):
            return self._cidr()
        head = _HEAD.match(self.text, self.at)
        if head is None:
            raise QuerySyntaxError(_what_is_missing(char, "a term"), self.at)
        if self.text.startswith(":", head.end()):
            return self._field(head.group())
        _refuse_false_text(head.group(), self.at)
        self.at = head.end()
        return Text(head.group())

    def _parenthesised(self) -> Query:
        if self.depth >= MAX_DEPTH:
            raise QuerySyntaxError(f"more than {MAX_DEPTH} nested parentheses", self.at)
        self.depth += 1
        self.at += 1
        self._skip_space()
        query = self._either()
        if not self.text.startswith(")", self.at):
            raise QuerySyntaxError("a closing parenthesis is missing", self.at)
        self.at += 1
        self.depth -= 1
        return query

    def _phrase(self) -> Phrase:
        match = _PHRASE.match(self.text, self.at)
        if match is None:
            raise QuerySyntaxError("this quote is never closed", self.at)
        self.at = match.end()
        return Phrase(match.group(1))

    def _field(self, key: str) -> Field:
        valid = _KEY.match(key)
        if valid is None or valid.end() < len(key):
            place = self.at + (valid.end() if valid else 0)
            raise QuerySyntaxError("this character cannot stand in a field name", place)
        self.at += len(key) + 1
        return Field(key, self._value())

    def _value(self) -> Value:
        char = self.text[self.at : self.at + 1]
        if char == "(":
            return Group(self._parenthesised())
        if char == '"':
            return self._phrase()
        if char == "[":
            return self._range()
        comparison = _COMPARISON.match(self.text, self.at)
        if comparison:
            self.at = comparison.end()
            return Comparison(comparison.group(), *self._number().groups())
        bare = _BARE.match(self.text, self.at)
        if bare is None:
            raise QuerySyntaxError(_what_is_missing(char, "a value after the colon"), self.at)
        self.at = bare.end()
        return Text(bare.group())

    def _number(self) -> re.Match[str]:
        number = _NUMBER.match(self.text, self.at)
        if number is None:
            raise QuerySyntaxError("a number is missing", self.at)
        self.at = number.end()
        return number

    def _range(self) -> Range:
        self.at += 1
        low = self._bound()
        word = self.text[self.at : self.at + 2]
        if word != "TO":
            correction = "TO" if word.upper() == "TO" else None
            raise QuerySyntaxError("a range is written [a TO b]", self.at, correction)
        self.at += 2
        high = self._bound()
        if not self.text.startswith("]", self.at):
            raise QuerySyntaxError("the closing bracket of the range is missing", self.at)
        self.at += 1
        return Range(low, high)

    def _bound(self) -> str:
        self._skip_space()
        if self.text.startswith("*", self.at):
            self.at += 1
            bound = "*"
        else:
            bound = self._number().group()
        self._skip_space()
        return bound

    def _cidr(self) -> Cidr:
        self.at += len("CIDR(")
        attribute = self._cidr_part(_ATTRIBUTE, "an attribute")
        networks: list[str] = []
        while self.text.startswith(",", self.at):
            self.at += 1
            networks.append(self._cidr_part(_NETWORK, "a network such as 10.0.0.0/8"))
        if not networks or not self.text.startswith(")", self.at):
            raise QuerySyntaxError("CIDR takes an attribute and networks", self.at)
        self.at += 1
        return Cidr(attribute, tuple(networks))

    def _cidr_part(self, shape: re.Pattern[str], what: str) -> str:
        self._skip_space()
        match = shape.match(self.text, self.at)
        if match is None:
            raise QuerySyntaxError(f"{what} is missing", self.at)
        self.at = match.end()
        self._skip_space()
        return match.group()

    def _operator(self, word: str) -> bool:
        if not self._sees(word):
            return False
        self.at += len(word)
        self._skip_space()
        return True

    def _sees(self, word: str) -> bool:
        after = self.text[self.at + len(word) : self.at + len(word) + 1]
        return self.text.startswith(word, self.at) and (not after or after.isspace())

    def _skip_space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at


def _joined(kind: type[And] | type[Or], terms: list[Query]) -> Query:
    if len(terms) == 1:
        return terms[0]
    flat: list[Query] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, kind) else (term,))
    return kind(tuple(flat))


def _what_is_missing(char: str, what: str) -> str:
    return f"{what} is missing before {char!r}" if char.strip() else f"{what} is missing"


def _refuse_false_text(word: str, position: int) -> None:
    """Stop at words that stand where a term should, but mean something else to the writer."""
    if word in ("AND", "OR", "NOT"):
        raise QuerySyntaxError(f"{word} needs a term on each side", position)
    if word.upper() in ("AND", "OR", "NOT"):
        raise QuerySyntaxError(f"operators are upper-case: {word.upper()}", position, word.upper())
    if word in ("&&", "||"):
        raise QuerySyntaxError("write AND or OR", position)
    if word.startswith("!"):
        raise QuerySyntaxError("exclusion is written with a minus sign", position)
    for relation in _RELATION.finditer(word):
        if relation.group(1):
            place = position + relation.start()
            raise QuerySyntaxError("a field and its value are joined by a colon", place)
    if word[0] in "@#":
        raise QuerySyntaxError("a colon and a value are missing", position + len(word))
