"""Chooses from the catalogue what fits a failure, and fills it with what is known."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from runbooks.drafting.catalogue import (
    ANY,
    Action,
    Catalogue,
    Cause,
    Query,
    When,
    fill,
    marks,
    variables,
)
from runbooks.drafting.commands import command_of
from runbooks.drafting.facts import Facts
from runbooks.drafting.names import Known
from runbooks.drafting.port import Evidence

MAX_CHECKS = 5
FEW_CHECKS = 3
MAX_ACTIONS = 3
FEW_ACTIONS = 2
_TEXT = 8_000


@dataclass(frozen=True)
class Match:
    """A cause of the catalogue and the plain words that say why it was taken."""

    name: str
    cause: Cause
    because: str


def causes(catalogue: Catalogue, evidence: Evidence, facts: Facts) -> tuple[Match, ...]:
    """Give at most two causes, the one to work by first; `any` when nothing matches.

    A failure type that is an exact word of the catalogue counts most. What the error texts tell
    comes before a type that is broad, and after one that is not.
    """
    named = _by_type(catalogue, evidence)
    told = _by_error(catalogue, evidence, facts, narrow=not named or named[0].cause.broad)
    if named and not named[0].cause.broad:
        chosen = [*named, *told]
    else:
        exact = [match for match in told if not match.cause.broad]
        chosen = [*exact, *named, *told]
    unique: dict[str, Match] = {}
    for match in chosen:
        unique.setdefault(match.name, match)
    return tuple(unique.values())[:2] or (
        Match(ANY, catalogue.causes[ANY], "no entry matches this failure"),
    )


def _by_type(catalogue: Catalogue, evidence: Evidence) -> list[Match]:
    word = re.sub(r"[^a-z0-9]+", "_", evidence.failure_type[:200].lower()).strip("_")
    for name, cause in catalogue.causes.items():
        if word in cause.types:
            return [Match(name, cause, f"the failure type is {word!r}")]
    pattern = evidence.canonical
    title = (pattern.title if pattern else "") or evidence.suggestion.heading
    for kind, text in (("failure type", word.replace("_", " ")), ("title", title[:400].lower())):
        for name, cause in catalogue.causes.items():
            found = re.search(cause.words, text) if cause.words else None
            if found:
                return [Match(name, cause, f"the {kind} speaks of {found.group()!r}")]
    return []


def _by_error(catalogue: Catalogue, evidence: Evidence, facts: Facts, narrow: bool) -> list[Match]:
    """Look in the errors, and for a failure of no narrow type in the pattern's own words too."""
    errors = "\n".join(error.text for error in facts.errors)
    texts = [("errors say", errors)]
    pattern = evidence.canonical
    if narrow and pattern:
        said = (*pattern.signals[:60], pattern.excerpt, pattern.trigger_condition, pattern.summary)
        texts.append(("pattern says", "\n".join(text[:1_000] for text in said)))
        texts.append(("pattern's hypothesis says", pattern.root_cause_hypothesis[:1_000]))
    return [
        Match(name, cause, f"the {where} {found.group()[:60]!r}")
        for where, text in texts
        for name, cause in catalogue.causes.items()
        if cause.error and (found := re.search(cause.error, text[:_TEXT]))
    ]


@dataclass(frozen=True)
class ChosenCheck:
    """A check with every name filled in; `command` is ready to be copied."""

    id: str
    title: str
    text: str
    command: str
    expect: str
    then: str


@dataclass(frozen=True)
class ChosenAction:
    """An action with every name filled in; `command` may be empty."""

    id: str
    title: str
    text: str
    command: str
    mutates: bool
    affects: str
    warning: str
    confirm: str
    verify: str
    rollback: str
    after: str


def checks(
    catalogue: Catalogue,
    matches: tuple[Match, ...],
    names: Known,
    facts: Facts,
    required: Iterable[str] = (),
) -> tuple[ChosenCheck, ...]:
    """Give up to five checks that can be run as they stand, at least two whatever is known.

    `required` are checks that an action rests on; they take the last places.
    """
    filled = [list(_checks_of(catalogue, match, names, facts)) for match in matches]
    chosen = _merged(filled, (4, 1))[:MAX_CHECKS]
    if len(chosen) < FEW_CHECKS:
        general = Match(ANY, catalogue.causes[ANY], "")
        more = list(_checks_of(catalogue, general, names, facts))
        chosen = _merged([chosen, more], (MAX_CHECKS, MAX_CHECKS))[:FEW_CHECKS]
    return _with_required(catalogue, chosen, required, names.asking(matches[0].cause.asks))


def _with_required(
    catalogue: Catalogue, chosen: list[ChosenCheck], required: Iterable[str], names: Known
) -> tuple[ChosenCheck, ...]:
    taken = {check.id for check in chosen}
    wanted = [name for name in dict.fromkeys(required) if name not in taken]
    more = [check for name in wanted if (check := _filled_check(catalogue, name, names))]
    return (*chosen[: MAX_CHECKS - len(more)], *more)


def live_step(checks: tuple[ChosenCheck, ...]) -> str:
    """Name the first check that looks at the live system, by its number."""
    for number, check in enumerate(checks, start=1):
        if "$TRACE_FILE" not in check.command and "trace_id:" not in check.command:
            return f"step {number} of Diagnosis"
    return "the steps of Diagnosis"


def actions(
    catalogue: Catalogue, matches: tuple[Match, ...], names: Known, facts: Facts
) -> tuple[ChosenAction, ...]:
    """Give up to three actions, those of the first cause before others; two whatever is known."""
    general = Match(ANY, catalogue.causes[ANY], "")
    chosen: list[ChosenAction] = []
    for match in (*matches, general):
        if len(chosen) < FEW_ACTIONS:
            more = list(_actions_of(catalogue, match, names, facts))
            chosen = _merged([chosen, more], (MAX_ACTIONS, MAX_ACTIONS))
    return tuple(chosen[:MAX_ACTIONS])


Chosen = TypeVar("Chosen", ChosenCheck, ChosenAction)


def _merged(lists: list[list[Chosen]], shares: tuple[int, int]) -> list[Chosen]:
    """Put the best of each list first, then the rest in the same order, each entry once."""
    pairs = list(zip(lists, shares, strict=False))
    best = [entry for entries, share in pairs for entry in entries[:share]]
    rest = [entry for entries, share in pairs for entry in entries[share:]]
    chosen: dict[str, Chosen] = {}
    for entry in best + rest:
        chosen.setdefault(entry.id, entry)
    return list(chosen.values())


def _checks_of(
    catalogue: Catalogue, match: Match, names: Known, facts: Facts
) -> Iterator[ChosenCheck]:
    asking = names.asking(match.cause.asks)
    for name in match.cause.diagnosis:
        filled = _filled_check(catalogue, name, asking)
        if filled and holds(catalogue.checks[name].when, names, facts):
            yield filled


def _filled_check(catalogue: Catalogue, name: str, names: Known) -> ChosenCheck | None:
    check = catalogue.checks[name]
    command = command_of(check, names)
    if not command or not _sayable(check.sentences, names):
        return None
    title, text, expect, then = (fill(text, names.words) for text in check.sentences)
    return ChosenCheck(name, title, text, command, expect, then)


def _actions_of(
    catalogue: Catalogue, match: Match, names: Known, facts: Facts
) -> Iterator[ChosenAction]:
    asking = names.asking(match.cause.asks)
    for name in match.cause.mitigation:
        action = catalogue.actions[name]
        filled = _filled_action(name, action, asking)
        if filled and holds(action.when, names, facts):
            yield filled


def _filled_action(name: str, action: Action, names: Known) -> ChosenAction | None:
    if not _sayable(action.sentences, names):
        return None
    doing = command_of(Query(command=action.command), names)
    if action.command and not doing:
        return None
    seeing = command_of(action.check, names)
    title, text, verify, rollback, affects, warning, confirm = (
        fill(text, names.words) for text in action.sentences
    )
    return ChosenAction(
        id=name,
        title=title,
        text=text,
        command="\n".join(line for line in (doing, seeing) if line),
        mutates=bool(doing),
        affects=affects,
        warning=warning,
        confirm=confirm,
        verify=verify,
        rollback=rollback,
        after=action.after or "",
    )


def holds(when: When, names: Known, facts: Facts) -> bool:
    """Tell whether all conditions of an entry hold for this evidence."""
    known = names.shell.keys() | names.words.keys() | names.spans.keys()
    errors = "\n".join(error.text for error in facts.errors)[:_TEXT]
    tools = "\n".join(use.name for use in facts.tools)
    payload = {"messages": facts.messages, "spans": facts.spans}
    return (
        all(name in known for name in when.has)
        and not any(name in known for name in when.lacks)
        and (when.error is None or bool(re.search(when.error, errors)))
        and (when.tool is None or bool(re.search(when.tool, tools)))
        and (when.payload is None or bool(payload[when.payload]))
    )


def _sayable(sentences: Iterable[str], names: Known) -> bool:
    return all(name in names.words for text in sentences for name in marks(text))


def used_variables(commands: Iterable[str]) -> tuple[str, ...]:
    """Give the shell variables that these commands use, in order, each once."""
    return tuple(dict.fromkeys(name for text in commands for name in variables(text)))
