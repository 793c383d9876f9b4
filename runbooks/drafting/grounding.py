"""Whether a model's answer rests on its evidence: what no draft of this failure could lack.

The checks are few and coarse on purpose. They never judge whether a runbook is right; they find
answers that cannot be: no real command, no word of the failure, our own instructions again.
Whatever they find makes a person complete the draft, it does not reject it (CONTRACT R12).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from runbooks.drafting.answers import RunbookAnswer, WholeAnswer
from runbooks.drafting.facts import Facts
from runbooks.drafting.port import Evidence
from runbooks.drafting.prompt import template
from runbooks.drafting.telling import parts
from runbooks.lint.command import first_program
from runbooks.lint.sql import STATEMENT
from runbooks.lint.tools import ENGLISH_WORDS, KNOWN_PROGRAMS, word_set
from runbooks.markdown.outline import parse

_MIN_COMMANDS = 2
_FEWEST_WORDS = 6
"""Evidence with fewer telling words than this says too little to compare anything with."""

_ECHO = 8
_MOST = 40_000
_WORD = re.compile(r"[^\W_][\w.-]{1,60}[^\W_]|\d{3,12}")
_PIECES = re.compile(r"[_.\-]")
_ID = re.compile(
    r"(?<![\w-])(?:(?:pattern|trace|span)[_-](?=[\w-]{0,80}\d)[\w-]{4,120}|[0-9a-f]{32}"
    r"|[0-9a-f]{16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])"
)
_STEM = 6
_QUERY = re.compile(r"(?:^|[\s({!-])@?[A-Za-z_][\w.]{1,60}:[^\s:/][^\s]{0,200}|\w\{[^}]{1,200}\}")
_CALL = re.compile(r"\s-|[/.=]|\d")
_COMMON = word_set(
    """
    about above after again agent agents alert alerts also always another answer answers been
    before being below between both call called calls cannot case cases cause caused causes change
    changed check checks command commands could data does done down during each error errors even
    event every evidence expected fail failed failing fails failure failures find first from given
    gives have here high hour hours into issue issues just last like line lines list look made make
    many message messages minute minutes more most need never next none number only open other over
    pattern problem problems request requests response responses result results root runbook same
    seen service services should show shows since some source state status step steps still such
    support system take team than that their them then there these they this those time times tool
    tools trace traces under until upon used user users using very wait were what when where which
    while will with within without would your once
    """
)


@dataclass(frozen=True)
class Told:
    """What a model says of a failure, whatever form its answer has."""

    title: str
    summary: str
    symptoms: tuple[str, ...]
    commands: tuple[str, ...]
    steps: tuple[str, ...]

    @classmethod
    def of(cls, answer: RunbookAnswer | WholeAnswer) -> "Told":
        """Read an answer."""
        if isinstance(answer, RunbookAnswer):
            steps = (*answer.diagnosis, *answer.mitigation)
            return cls(
                answer.title,
                answer.summary,
                answer.symptoms,
                tuple(step.command for step in answer.diagnosis),
                tuple(step.title for step in steps),
            )
        outline = parse(answer.markdown_content)
        return cls(
            answer.title or outline.title,
            outline.sections.get("Summary", ""),
            outline.symptoms,
            outline.diagnosis_commands,
            outline.mitigation_steps,
        )


def doubts(
    answer: RunbookAnswer | WholeAnswer, evidence: Evidence, facts: Facts
) -> tuple[str, ...]:
    """Say why a person has to look at this answer, one sentence each; nothing when none must."""
    told = Told.of(answer)
    return tuple(
        sentence
        for sentence in (
            _commands(told),
            _footing(told, evidence, facts),
            _foreign_id(answer, evidence),
            _echo(told),
            _repetition(told),
        )
        if sentence
    )


def _commands(told: Told) -> str:
    real = sum(any(map(_is_command, text.splitlines()[:20])) for text in told.commands[:20])
    if real >= _MIN_COMMANDS:
        return ""
    return f"Diagnosis has {real} commands or queries that can be run; {_MIN_COMMANDS} are needed."


def _is_command(line: str) -> bool:
    """Tell whether a line calls a program that is known, or asks in a query language."""
    text = line.strip()[:2_000]
    if not text:
        return False
    program = first_program(text)
    if program in KNOWN_PROGRAMS:
        return program not in ENGLISH_WORDS or bool(_CALL.search(text))
    return bool(STATEMENT.match(text) or _QUERY.search(text))


def _footing(told: Told, evidence: Evidence, facts: Facts) -> str:
    """Look for words of the failure in the symptoms, by which a person has to recognise it."""
    told_of = [part.content for part in parts(evidence, facts)]
    judged = ("evaluation",) if facts.evaluations else ()
    known = telling_words(_texts([*told_of, judged]))
    if len(known) < _FEWEST_WORDS:
        return ""
    if not any(known & telling_words([line]) for line in told.symptoms[:20]):
        return "No symptom names anything that the evidence shows."
    return ""


def _foreign_id(answer: RunbookAnswer | WholeAnswer, evidence: Evidence) -> str:
    """Find an id that no source has: whoever follows it looks at another failure."""
    said = "\n".join(_texts(answer.model_dump()))[:_MOST]
    known = {*evidence.trace_ids, *evidence.pattern_ids}
    known |= {f"pattern_{trace_id}" for trace_id in evidence.trace_ids}
    for found in dict.fromkeys(match.group() for match in _ID.finditer(said)):
        if found not in known and not any(found in text for text in _sources(evidence)):
            return f"{found[:60]} is not among the sources of this runbook."
    return ""


def _sources(evidence: Evidence) -> Iterator[str]:
    yield from (repr(pattern) for pattern in evidence.patterns)
    yield from (repr(trace.payload) for trace in evidence.traces)
    yield repr(evidence.suggestion.pattern)


def telling_words(texts: Iterable[str]) -> set[str]:
    """Give the words that could tell this failure from others, by their first six letters."""
    found: set[str] = set()
    room = _MOST
    for text in texts:
        for match in _WORD.finditer(text[:room]):
            whole = match.group().casefold()
            found.update(
                word[:_STEM]
                for word in (whole, *_PIECES.split(whole))
                if (len(word) > 3 or (len(word) == 3 and word.isdigit())) and word not in _COMMON
            )
        room -= len(text)
        if room <= 0:
            break
    return found


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _echo(told: Told) -> str:
    """Find our own instructions in an answer: eight words of them in a row."""
    ours = _instructions()
    for text in (told.title, told.summary, *told.symptoms[:20], *told.steps[:40]):
        if ours & _runs(text[:_MOST]):
            return "The answer repeats the instructions that it was given."
    return ""


@lru_cache(maxsize=1)
def _instructions() -> frozenset[str]:
    system, user, _ = template()
    return frozenset(
        run for line in (*system.splitlines(), *user.splitlines()) for run in _runs(line)
    )


def _runs(text: str) -> set[str]:
    words = re.findall(r"\w{1,60}", text.casefold())
    return {" ".join(words[at : at + _ECHO]) for at in range(len(words) - _ECHO + 1)}


def _repetition(told: Told) -> str:
    """Find an answer that says the same again and again."""
    for lines in (told.symptoms, told.steps):
        said = [" ".join(line.casefold().split()) for line in lines if line.strip()]
        if len(said) > 2 and len(set(said)) * 2 <= len(said):
            return "The answer says the same line again and again."
    return ""
