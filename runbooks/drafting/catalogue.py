"""The catalogue of causes, checks and actions: what to run for which failure, kept as data.

`diagnostics.yaml` explains its own form at its top. It is read once and checked as a whole, so a
broken entry stops the start with one line that names it, and never spoils a single draft.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from runbooks.errors import InvalidSettings
from runbooks.yaml_lines import Located, YamlLineError, locate, read_yaml

SETTING = "diagnostics.yaml"
BUILT_IN = Path(__file__).with_name("diagnostics.yaml")
ANY = "any"

NAMES = frozenset(
    {
        *("service", "scope", "env", "namespace", "deployment", "database", "queue", "ml_app"),
        *("site", "trace_id", "tool", "calls", "repeats", "status", "exception", "host"),
        *("port", "model", "resource", "evaluation"),
    }
)
"""What a command may name; each is held to a narrow alphabet before it gets there."""
QUOTES = frozenset(
    {
        *("error", "score", "tool_counts", "frame", "slowest", "traces", "dashboard", "live_step"),
    }
)
"""What only sentences may name, because it is free text from the evidence."""
ASKABLE = {
    "namespace": "NAMESPACE",
    "deployment": "DEPLOYMENT",
    "database": "DATABASE",
    "queue": "QUEUE",
    "host": "HOST",
}
"""Names that a person can look up, and the shell variable that then stands for each."""

_MARK = re.compile(r"\{\{([^{}\n]{0,40})\}\}")
_VARIABLE = re.compile(r"\$\{?([A-Z][A-Z0-9_]{1,40})\}?")


def marks(text: str) -> tuple[str, ...]:
    """Give the names between double braces, in order, each once."""
    return tuple(dict.fromkeys(name.strip() for name in _MARK.findall(text)))


def variables(text: str) -> tuple[str, ...]:
    """Give the shell variables in capitals that a command uses, each once."""
    return tuple(dict.fromkeys(_VARIABLE.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of their names; every name must have one."""
    return _MARK.sub(lambda found: values[found.group(1).strip()], text)


def _compiles(text: str) -> str:
    try:
        re.compile(text)
    except re.error as problem:
        raise ValueError(f"is not a regular expression: {problem}") from problem
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_200)]
Pattern = Annotated[str, AfterValidator(_compiles), StringConstraints(min_length=1, max_length=800)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class When(_Entry):
    """Under which circumstances an entry is used; all that is given must hold."""

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    tool: Pattern | None = None
    error: Pattern | None = None
    payload: Literal["messages", "spans"] | None = None


class Query(_Entry):
    """A command, or a Datadog query from which a command is made; exactly one or none."""

    command: Text | None = None
    spans: Text | None = None
    llm: Text | None = None
    logs: Text | None = None
    by: Text | None = None
    compute: Text = "count"
    since: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]?[mhd]$")] = "1h"

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which of the four forms are given."""
        given = {"command": self.command, "spans": self.spans, "llm": self.llm, "logs": self.logs}
        return tuple(name for name, value in given.items() if value)

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if len(self.kinds) > 1:
            raise ValueError(f"has {' and '.join(self.kinds)}; give one of them")
        if self.by and not self.spans:
            raise ValueError("has `by`, which goes with `spans` only")
        return self


class Check(Query):
    """A step of Diagnosis: what to run, what to expect, where to go from there."""

    title: Text
    text: Text = ""
    expect: Text
    then: Text
    when: When = When()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All prose of the entry."""
        return (self.title, self.text, self.expect, self.then)

    @model_validator(mode="after")
    def _runs_something(self) -> Self:
        if not self.kinds:
            raise ValueError("has nothing to run: give command, spans, llm or logs")
        return self


class Action(_Entry):
    """A step of Mitigation: what to do, how to see that it worked, how to go back.

    `warning` and `confirm` are for commands that can do harm; `affects` says who feels it.
    `after` names the check that must have been made before; it then stands in Diagnosis.
    """

    title: Text
    text: Text = ""
    affects: Text | None = None
    warning: Text | None = None
    confirm: Text | None = None
    command: Text | None = None
    verify: Text
    check: Query = Query()
    rollback: Text
    after: str | None = None
    when: When = When()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All prose of the entry."""
        guards = (self.affects, self.warning, self.confirm)
        return (self.title, self.text, self.verify, self.rollback, *(text or "" for text in guards))

    @model_validator(mode="after")
    def _command_is_explained(self) -> Self:
        missing = [name for name in ("affects", "confirm") if not getattr(self, name)]
        if self.command and missing:
            raise ValueError(f"has a command and no {' and no '.join(missing)}")
        return self


class Cause(_Entry):
    """A kind of failure: how it is recognised, and which entries serve it, in order.

    `tool` and `missing_tool` tell which of the agent's tools matters: one whose name matches, or
    one that was expected and not called; else the facts decide.
    """

    types: tuple[Text, ...] = ()
    words: Pattern | None = None
    error: Pattern | None = None
    broad: bool = False
    tool: Pattern | None = None
    missing_tool: bool = False
    asks: tuple[str, ...] = ()
    meaning: Text
    diagnosis: tuple[str, ...]
    mitigation: tuple[str, ...]
    fix: tuple[Text, ...] = ()
    escalate: Text | None = None


class Catalogue(_Entry):
    """Everything in the file; lookups are by id, in the order of the file."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,30}$")]
    variables: Mapping[str, Text] = Field(default_factory=dict)
    checks: Mapping[str, Check]
    actions: Mapping[str, Action]
    causes: Mapping[str, Cause]


def load(path: Path = BUILT_IN) -> Catalogue:
    """Read a catalogue; raise InvalidSettings with the line and the entry that is wrong."""
    try:
        document = read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidSettings(SETTING, f"{path} cannot be read: {problem}") from problem
    except YamlLineError as problem:
        raise InvalidSettings(SETTING, f"{path}: line {problem.line}: {problem.what}") from problem
    try:
        found = Catalogue.model_validate(document.value)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        keys = tuple(str(key) for key in first["loc"])
        raise _wrong(path, document, keys, first["msg"].removeprefix("Value error, ")) from problem
    for keys, what in _inconsistencies(found):
        raise _wrong(path, document, keys, what)
    return found


@cache
def built_in() -> Catalogue:
    """The catalogue that comes with the product, read once."""
    return load()


def _wrong(path: Path, document: Located, keys: tuple[str, ...], what: str) -> InvalidSettings:
    line = locate(document, keys)
    return InvalidSettings(SETTING, f"{path}: line {line}: {'.'.join(keys) or 'the file'}: {what}")


Problem = tuple[tuple[str, ...], str]


def _inconsistencies(found: Catalogue) -> Iterator[Problem]:
    """Give what no single entry can know: references, names and variables that do not exist."""
    if ANY not in found.causes:
        yield ("causes",), f"has no entry {ANY!r} for failures that nothing else matches"
    for name, cause in found.causes.items():
        yield from _unknown(("causes", name, "diagnosis"), cause.diagnosis, found.checks, "check")
        yield from _unknown(
            ("causes", name, "mitigation"), cause.mitigation, found.actions, "action"
        )
        yield from _unknown(("causes", name, "asks"), cause.asks, ASKABLE, "name to ask for")
        for text in (cause.meaning, cause.escalate or "", *cause.fix):
            yield from _bad_marks(("causes", name), text, frozenset({"service"}))
    for name, text in found.variables.items():
        yield from _bad_marks(("variables", name), text, frozenset({"service", "trace_id"}))
    for name, check in found.checks.items():
        yield from _bad_query(("checks", name), check, found)
        yield from _bad_when(("checks", name), check.when)
        for text in check.sentences:
            yield from _bad_marks(("checks", name), text, NAMES | QUOTES)
    for name, action in found.actions.items():
        yield from _bad_query(("actions", name), action.check, found)
        yield from _bad_query(("actions", name), Query(command=action.command), found)
        yield from _bad_when(("actions", name), action.when)
        wanted = (action.after,) if action.after else ()
        yield from _unknown(("actions", name, "after"), wanted, found.checks, "check")
        for text in action.sentences:
            yield from _bad_marks(("actions", name), text, NAMES | QUOTES)


def _unknown(
    keys: tuple[str, ...], wanted: Iterable[str], known: Iterable[str], kind: str
) -> Iterator[Problem]:
    for name in wanted:
        if name not in known:
            yield keys, f"there is no {kind} {name!r}"


def _bad_marks(keys: tuple[str, ...], text: str, known: frozenset[str]) -> Iterator[Problem]:
    for name in marks(text):
        if name not in known:
            yield keys, f"{{{{{name}}}}} is not known here; known are {', '.join(sorted(known))}"


def _bad_query(keys: tuple[str, ...], query: Query, found: Catalogue) -> Iterator[Problem]:
    for kind in query.kinds:
        text = str(getattr(query, kind))
        yield from _bad_marks((*keys, kind), text, NAMES)
        for name in variables(text):
            if name not in found.variables:
                yield (*keys, kind), f"${name} is not explained under `variables`"


def _bad_when(keys: tuple[str, ...], when: When) -> Iterator[Problem]:
    known = NAMES | QUOTES
    yield from _unknown((*keys, "when"), (*when.has, *when.lacks), known, "name")
