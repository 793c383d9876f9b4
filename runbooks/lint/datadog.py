"""Datadog: command lines that do not exist, and queries that do not find what is meant (RB6xx)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from runbooks.lint.command import Command
from runbooks.lint.datadog_query import Comparison, Field, Range, Text
from runbooks.lint.datadog_reading import Reading, fields_of, phrases_of, read_query
from runbooks.lint.datadog_sources import QueryUse
from runbooks.lint.finding import Finding, Fix
from runbooks.lint.page import Check, Page
from runbooks.lint.tools import word_set

_RESERVED = word_set(
    "env operation_name resource_name service status span_id timestamp trace_id type link"
)
_CERTAINLY_RESERVED = word_set("env operation_name resource_name service span_id trace_id")
_KNOWN_TAGS = _RESERVED | word_set(
    """
    host hostname source index message filename tags version team region zone availability-zone
    cluster cluster_name namespace pod pod_name container container_name container_id image
    image_name image_tag short_image task_family task_name instance-type instance_type account
    account_id aws_account project project_id datacenter dc cloud_provider provider role stage tier
    app application component ml_app language runtime functionname function_name queue queuename
    topic db dbinstanceidentifier loadbalancer name display_container_name orch_cluster_id os device
    customer tenant site monitor_id notebook_id git.commit.sha git.repository_url base_service
    """
)
_TAG_PREFIXES = ("kube_", "container_", "image_", "aws_", "cloud_", "ecs_", "dd_", "_dd.", "k8s_")
_SCOPES = _CERTAINLY_RESERVED | word_set("ml_app @ml_app @service @env @trace_id host")
_NAME = re.compile(r"[@#]?(.*)", re.DOTALL)
_UNESCAPED = {
    "spans": re.compile(r"\\.|([:=/?~<>])"),
    "llm": re.compile(r"\\.|([:=/?~<>])"),
    "logs": re.compile(r"\\.|([:=~<>!{}#]|&&|\|\|)"),
    "logs attribute": re.compile(r"\\.|([:=~<>!{}#-]|&&|\|\|)"),
    "unknown": re.compile(r"\\.|([:=~<>])"),
}
_NANOSECONDS_IN_A_MILLISECOND = 1_000_000
_DURATIONS = frozenset({"@duration", "duration"})


@lru_cache(maxsize=512)
def _read(text: str) -> Reading:
    return read_query(text)


def no_such_command(page: Page) -> Iterator[Finding]:
    """RB601: `datadog trace search` and its like."""
    for command in page.advised:
        for call in command.calls:
            words = call.positionals
            searching = "search" in words[:3] and words[:1] != ("search",)
            if call.program == "datadog" or (call.program in ("dog", "datadog-ci") and searching):
                message = f"There is no command `{' '.join((call.program, *words[:2]))[:60]}`."
                place = (command.body, command.start, command.end)
                yield page.at("RB601", message, *place, fix=_pup_fix(page, command))
                break


def _pup_fix(page: Page, command: Command) -> Fix | None:
    call = command.calls[0]
    words = call.positionals
    if len(command.calls) > 1 or "search" not in words or not call.direct:
        return None
    query = " ".join(words[words.index("search") + 1 :]) or (call.value("--query") or "")
    if not query:
        return None
    area = "logs" if words[0].startswith("log") else "traces"
    quote = "'" if '"' in query else '"'
    if quote in query:
        return None
    text = f"pup {area} search --query={quote}{query}{quote} --from=1h"
    return page.replacement("Use pup", command.body, command.start, command.end, text)


def _each(page: Page) -> Iterator[tuple[QueryUse, Reading]]:
    for use in page.queries:
        yield use, _read(use.text)


def _report(
    page: Page, rule: str, message: str, use: QueryUse, start: int, end: int, right: str = ""
) -> Finding:
    """A finding on a part of a query, with a fix where its place and its cure are known."""
    if not use.exact:
        return page.at(rule, message, use.body, use.start, use.end)
    begin, stop = use.start + start, use.start + end
    fix = page.replacement(f"Write {right}", use.body, begin, stop, right) if right else None
    return page.at(rule, message, use.body, begin, max(stop, begin), fix=fix)


def unreadable(page: Page) -> Iterator[Finding]:
    """RB602: a query that does not parse."""
    for use, reading in _each(page):
        if reading.error:
            at = reading.error.position
            message = f"This query cannot be read: {reading.error}."
            severity = page.milder if use.source == "inline" else None
            span = (use.start + at, use.start + at + 1) if use.exact else (use.start, use.end)
            yield page.at("RB602", message, use.body, *span, severity=severity)


def wrong_case(page: Page) -> Iterator[Finding]:
    """RB603 and RB606: `and`, `or`, `not`, and `to` in a range."""
    for use, reading in _each(page):
        for mend in reading.corrections:
            end = mend.at + len(mend.right)
            if mend.right == "TO":
                message = "A range is written [a TO b], with TO in upper case."
                yield _report(page, "RB606", message, use, mend.at, end, mend.right)
            else:
                message = f"In lower case this is a word to search for; write {mend.right}."
                yield _report(page, "RB603", message, use, mend.at, end, mend.right)


def _fields(page: Page) -> Iterator[tuple[QueryUse, Field, int]]:
    """Each field of each readable query, and where its key begins."""
    for use, reading in _each(page):
        at = 0
        for field in fields_of(reading.query) if reading.query else ():
            found = reading.text.find(field.key + ":", at)
            at = found if found >= 0 else at
            yield use, field, at


def missing_at(page: Page) -> Iterator[Finding]:
    """RB604: an attribute written like a tag."""
    known = _KNOWN_TAGS | frozenset(page.context.known_tags)
    for use, field, at in _fields(page):
        key = field.key
        if key[0] in "@#*" or key in known or key.startswith(_TAG_PREFIXES):
            continue
        message = f"“{key}” is neither reserved nor a known tag; an attribute is written @{key}."
        yield _report(page, "RB604", message, use, at, at + len(key), f"@{key}")


def needless_at(page: Page) -> Iterator[Finding]:
    """RB605: @ before a reserved attribute; the LLM Observability explorer does use it."""
    for use, field, at in _fields(page):
        name = field.key[1:]
        reserved = {"spans": _RESERVED, "unknown": _CERTAINLY_RESERVED}.get(use.kind, frozenset())
        if field.key.startswith("@") and name in reserved:
            message = f"“{name}” is reserved and takes no @ in an APM query."
            yield _report(page, "RB605", message, use, at, at + len(field.key), name)


def unitless_duration(page: Page) -> Iterator[Finding]:
    """RB607: a bare duration below a millisecond, which nobody means."""
    for use, field, at in _fields(page):
        if field.key not in _DURATIONS:
            continue
        after = at + len(field.key) + 1
        message = "A bare duration is in nanoseconds; write its unit."
        match field.value:
            case Comparison(operator, number, "") if _is_tiny(number):
                start = after + len(operator)
                right = number + _likely_unit(number)
                yield _report(page, "RB607", message, use, start, start + len(number), right)
            case Range(low, high) if _is_tiny(low) and _is_tiny(high):
                end = after + len(f"[{low} TO {high}]")
                yield _report(page, "RB607", message, use, after, end)


def _is_tiny(number: str) -> bool:
    if number == "*":
        return True
    bare = re.fullmatch(r"-?\d+(?:\.\d+)?", number)
    return bare is not None and 0 < float(number) < _NANOSECONDS_IN_A_MILLISECOND


def _likely_unit(number: str) -> str:
    """Nobody waits for more than a minute of seconds: larger numbers are milliseconds."""
    return "s" if float(number) <= 60 else "ms"


def quoted_wildcards(page: Page) -> Iterator[Finding]:
    """RB608: * between quotes is an asterisk."""
    for use, reading in _each(page):
        for phrase in phrases_of(reading.query) if reading.query else ():
            if re.search(r"(?<!\\)\*", phrase.text):
                at = max(0, reading.text.find(f'"{phrase.text}"'))
                message = "Between quotes * is an ordinary character."
                plain = re.fullmatch(r"[\w.*-]+", phrase.text)
                right = phrase.text if plain else ""
                yield _report(page, "RB608", message, use, at, at + len(phrase.text) + 2, right)


def unescaped(page: Page) -> Iterator[Finding]:
    """RB609: special characters in a value that want a backslash."""
    for use, field, at in _fields(page):
        if not isinstance(field.value, Text):
            continue
        attribute = use.kind == "logs" and field.key.startswith("@")
        shape = _UNESCAPED["logs attribute" if attribute else use.kind]
        special = [found.group(1) for found in shape.finditer(field.value.text) if found.group(1)]
        if special:
            start = at + len(field.key) + 1
            message = f"“{special[0]}” is special in a value; put a backslash before it."
            right = shape.sub(_escaped, field.value.text)
            end = start + len(field.value.text)
            yield _report(page, "RB609", message, use, start, end, right)


def _escaped(match: re.Match[str]) -> str:
    return "\\" + match.group() if match.group(1) else match.group()


def unbounded(page: Page) -> Iterator[Finding]:
    """RB610: neither service nor env nor time window; inline fragments are passed over."""
    for use, reading in _each(page):
        if use.windowed or use.source == "inline" or reading.query is None:
            continue
        if not any(field.key in _SCOPES for field in fields_of(reading.query)):
            message = "The query names no service, no env and no time window."
            yield _report(page, "RB610", message, use, 0, len(use.text))


def curly_quotes(page: Page) -> Iterator[Finding]:
    """RB611: typographic quotes are searched for as characters."""
    for use in page.queries:
        match = re.search(r"[“”„]", use.text)
        if match:
            message = "Typographic quotes are searched for as characters."
            right = re.sub(r"[“”„]", '"', use.text)
            yield _report(page, "RB611", message, use, 0, len(use.text), right)


CHECKS: dict[str, Check] = {
    "RB601": no_such_command,
    "RB602": unreadable,
    "RB603": wrong_case,
    "RB604": missing_at,
    "RB605": needless_at,
    "RB607": unitless_duration,
    "RB608": quoted_wildcards,
    "RB609": unescaped,
    "RB610": unbounded,
    "RB611": curly_quotes,
}
