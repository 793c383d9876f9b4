"""The prompt: instructions from a template file, evidence fenced as data, all within 8k tokens."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from runbooks.drafting import choosing
from runbooks.drafting.answers import SCHEMA
from runbooks.drafting.catalogue import Catalogue
from runbooks.drafting.facts import Facts, gather
from runbooks.drafting.model import Prompt
from runbooks.drafting.names import Known, known, safe
from runbooks.drafting.port import Evidence
from runbooks.drafting.telling import Part, parts

MAX_PROMPT_BYTES = 14_400
"""4,800 tokens at three bytes a token. A window of 8,192 has room besides for an answer of 3,000
and for what servers add; a server that gets the schema in words gets 300 tokens more."""

_MAX_OFFER_BYTES = 4_000
_LONGEST_TEXTS = (1_200, 600, 300, 150, 75, 40, 20, 10)
_LEFT_OUT = "(further evidence left out: no space)"
_TEMPLATE = Path(__file__).with_name("prompt.md")
_USER = "\n=== USER ===\n"
_MARK = re.compile(r"\{\{([a-z_]{1,20})\}\}")
_QUOTES = {
    "error": "the error quoted in the evidence",
    "score": "the recorded value",
    "tool_counts": "the counts in the evidence",
    "frame": "the place in the code that the evidence names",
    "slowest": "the slowest span",
    "dashboard": "the dashboard of the services file",
}


@lru_cache(maxsize=1)
def template() -> tuple[str, str, str]:
    """Read the template: text for the system, text for the user, a version that names both."""
    text = _TEMPLATE.read_text(encoding="utf-8")
    system, _, user = text.partition(_USER)
    return system.strip(), user.strip(), "prompt-" + hashlib.sha256(text.encode()).hexdigest()[:12]


def build_prompt(evidence: Evidence, catalogue: Catalogue, facts: Facts | None = None) -> Prompt:
    """Make the prompt of a suggestion from redacted evidence; the same evidence, the same bytes.

    What stands outside the fence are our own words and names that are safe in a command. The fence
    carries a word that does not occur in the evidence, so that nothing in it can close it.
    `facts` are those of the evidence, when they were read before.
    """
    facts = facts or gather(evidence)
    system, user, version = template()
    outside = {
        "failure_type": safe(evidence.failure_type) or "as the evidence says",
        "severity": str(evidence.severity or "unknown"),
        "trace_id": safe(evidence.canonical_trace_id) or "unknown",
        "service": json.dumps(_service_facts(evidence), ensure_ascii=False),
        "offers": _offers(evidence, facts, catalogue),
    }
    room = MAX_PROMPT_BYTES - _size(system) - _size(user) - sum(map(_size, outside.values()))
    data = _fitted(parts(evidence, facts), room)
    filled = {**outside, "fence": _fence_word(data), "evidence": data}
    text = _MARK.sub(lambda mark: filled[mark[1]], user)
    return Prompt(system=system, user=text, schema=SCHEMA, version=version)


def _fitted(found: Iterator[Part], room: int) -> str:
    """Put the most telling first; each part may take half of what is left, its texts cut to it."""
    lines: list[str] = []
    room -= _size(_LEFT_OUT) + 1
    left_out = False
    for part in found:
        line = _line(part, room // 2)
        if line is None:
            left_out = True
            continue
        lines.append(line)
        room -= _size(line) + 1
    return "\n".join([*lines, _LEFT_OUT] if left_out else lines)


def _line(part: Part, room: int) -> str | None:
    for longest in _LONGEST_TEXTS:
        cut = json.dumps(_cut(part.content, longest), ensure_ascii=False)
        line = f"{part.name}: {cut}"
        if _size(line) <= room:
            return line
    return None


def _cut(value: object, longest: int) -> object:
    """Cut every text in a value, and show no character that a reader could not see."""
    if isinstance(value, str):
        text = value[: longest + 1]
        if not text.isprintable():
            text = "".join(sign if sign.isprintable() else " " for sign in text)
        return text if len(text) <= longest else text[:longest] + " …"
    if isinstance(value, Mapping):
        return {name: _cut(item, longest) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cut(item, longest) for item in value]
    return value


def _offers(evidence: Evidence, facts: Facts, catalogue: Catalogue) -> str:
    """Give true commands, one a line; where a sentence would quote a trace it says so instead."""
    matches = choosing.causes(catalogue, evidence, facts)
    names = _unquoted(known(evidence, facts, matches[0].cause), evidence)
    lines: list[str] = []
    room = _MAX_OFFER_BYTES
    for check in choosing.checks(catalogue, matches, names, facts):
        offer = {"title": check.title, "command": check.command, "expect": check.expect}
        line = json.dumps(offer, ensure_ascii=False)
        room -= _size(line)
        if room >= 0:
            lines.append(line)
    return "\n".join(lines)


def _unquoted(names: Known, evidence: Evidence) -> Known:
    said = {name: words for name, words in _QUOTES.items() if name in names.words}
    if not safe(evidence.service):
        said["service"] = "the affected service"
    return replace(names, words={**names.words, **said})


def _service_facts(evidence: Evidence) -> dict[str, object]:
    row = evidence.row
    named = ("owner", "namespace", "env", "deployment", "database", "queue", "ml_app")
    facts = {name: _cut(getattr(row, name), 80) for name in named if getattr(row, name, None)}
    return {"service": safe(evidence.service) or "unknown", **facts}


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _fence_word(data: str) -> str:
    """Give a word that the evidence does not hold, the same for the same evidence."""
    seed = hashlib.sha256(data.encode("utf-8", "replace")).hexdigest()
    word = seed[:12]
    while word in data:
        seed = hashlib.sha256(seed.encode()).hexdigest()
        word = seed[:12]
    return word
