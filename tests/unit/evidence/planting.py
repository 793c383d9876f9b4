"""Plants false facts in drafts, in natural places and many wordings, to measure who notices.

The wordings were written before the rules that they measure and are not to be fitted to them.
They come in two halves: `open`, which the rules were tried on, and `held`, which was looked at
once, when the rules were done. A plant is true nowhere: its words are absent from the evidence.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from runbooks.drafting.port import Evidence

Kind = Literal["service", "number", "file", "flag", "cause"]
Half = Literal["open", "held"]
KINDS: tuple[Kind, ...] = ("service", "number", "file", "flag", "cause")


@dataclass(frozen=True)
class Plant:
    """A false fact: its words `text` stand within `around`, which is found once in the draft."""

    kind: Kind
    wording: str
    text: str
    around: str


@dataclass(frozen=True)
class Planted:
    """A draft with its false facts."""

    markdown: str
    plants: tuple[Plant, ...]

    def place(self, plant: Plant) -> tuple[int, int, int]:
        """The line of a plant, from 1, and its columns, from 0, the end exclusive."""
        at = self.markdown.index(plant.around) + plant.around.index(plant.text)
        line = self.markdown.count("\n", 0, at)
        begin = self.markdown.rfind("\n", 0, at) + 1
        return line + 1, at - begin, at - begin + len(plant.text)


@dataclass(frozen=True)
class Garden:
    """Where something is planted: the text as it is now, what is true, and the dice."""

    markdown: str
    truth: str
    service: str
    dice: random.Random

    def free(self, words: Sequence[str]) -> str:
        """One of the words that occurs nowhere in the evidence or the text."""
        absent = [word for word in words if word.lower() not in self.truth]
        return self.dice.choice(absent)

    def number(self, low: int, high: int) -> int:
        """A number whose digits stand nowhere by themselves in the evidence or the text."""
        taken = self.truth.replace(",", "")
        for tries in range(1_000):
            found = self.dice.randint(low, high + tries * high // 20)
            if not re.search(rf"(?<!\d){found}(?!\d)", taken):
                return found
        raise AssertionError("every number is taken")


Growth = tuple[str, str, str] | None
"""The new text, the false words, and the words around them; None where the wording fits nowhere."""
Wording = Callable[[Garden], Growth]


def body_of(markdown: str, section: str) -> tuple[int, int]:
    """The offsets of a section's text."""
    start = markdown.index(f"## {section}\n") + len(section) + 4
    end = markdown.find("\n## ", start)
    return start, len(markdown) if end < 0 else end


def into(section: str, sentence: str, false: str) -> Wording:
    """Append a sentence to a line of prose of a section."""

    def plant(garden: Garden) -> Growth:
        token = _token(garden, false)
        said = sentence.format(x=token, service=garden.service)
        start, end = body_of(garden.markdown, section)
        lines = _prose_lines(garden.markdown, start, end)
        at = garden.dice.choice(lines)
        markdown = garden.markdown[:at] + " " + said + garden.markdown[at:]
        return markdown, token, said

    return plant


def bullet(section: str, sentence: str, false: str) -> Wording:
    """Add an item at the end of a section's list."""

    def plant(garden: Garden) -> Growth:
        token = _token(garden, false)
        said = sentence.format(x=token, service=garden.service)
        start, end = body_of(garden.markdown, section)
        body = garden.markdown[start:end].rstrip()
        numbered = re.findall(r"(?m)^(\d+)\. ", body)
        marker = f"{len(numbered) + 1}." if numbered else "-"
        gap = "\n\n" if "```" in body else "\n"
        markdown = f"{garden.markdown[:start]}{body}{gap}{marker} {said}\n{garden.markdown[end:]}"
        return markdown, token, said

    return plant


def swap(pattern: str, put: Callable[[Garden, re.Match[str]], str]) -> Wording:
    """Replace the group `x` of one place that fits the pattern."""

    def plant(garden: Garden) -> Growth:
        found = list(islice(re.finditer(pattern, garden.markdown), 200))
        if not found:
            return None
        match = garden.dice.choice(found)
        token = put(garden, match)
        begin, end = match.span("x")
        markdown = garden.markdown[:begin] + token + garden.markdown[end:]
        around = markdown[max(0, begin - 30) : begin + len(token) + 30]
        return markdown, token, around

    return plant


def _prose_lines(markdown: str, start: int, end: int) -> list[int]:
    """The ends of the lines of prose, not those of code, headings or bold titles alone."""
    found, code, at = [], False, start
    for line in markdown[start:end].split("\n"):
        if line.strip().startswith("```"):
            code = not code
        elif line.strip() and not code and line.rstrip().endswith((".", "`")):
            found.append(at + len(line))
        at += len(line) + 1
    return found or [start + len(markdown[start:end].rstrip())]


def _token(garden: Garden, false: str) -> str:
    if false in WORDS:
        return garden.free(WORDS[false])
    if false.startswith("number "):
        _, low, high, shape = false.split(" ", 3)
        return shape.format(garden.number(int(low), int(high)))
    raise ValueError(false)


WORDS: Mapping[str, Sequence[str]] = {
    "service open": (
        "billing-gateway", "session-cache", "fraud-scoring", "pricing-engine", "loyalty-service",
        "notification-hub", "identity-provider", "ledger-writer",
    ),
    "service held": (
        "invoice-renderer", "geo-lookup", "rewards-api", "document-store", "consent-manager",
        "voucher-service", "shipment-tracker", "audit-sink",
    ),
    "host held": (
        "pg-replica-7.eu-central.example.net", "cache-03.prod.internal", "edge-11.ams.example.com",
        "broker-2.messaging.svc.cluster.local",
    ),
    "file open": (
        "src/handlers/retry_policy.py:212", "config/limits.yaml", "app/session/expiry.rb:48",
        "services/quota/enforcer.go:317", "lib/parsers/offer_parser.js", "deploy/canary.yml",
    ),
    "file held": (
        "internal/cache/evict.go", "/etc/agent/routing.conf", "parse_offers.ts",
        "SettlementBatchJob.java", "migrations/0042_add_index.sql", "prompts/closing_v3.txt",
    ),
    "flag open": (
        "--include-archived", "--with-children", "--no-sampling", "--deep-scan",
        "--show-retries", "--only-failing",
    ),
    "flag held": (
        "--window-size=6h", "--verbosity-level=3", "--exclude-system", "--health-only",
        "--trace-depth=4", "--resolve-owners",
    ),
}  # fmt: skip
OPEN_CAUSES = (
    ("an expired TLS certificate on the edge proxy", "certificate"),
    ("a full disk on the message broker", "broker"),
    ("a deadlock between two nightly migrations", "deadlock"),
    ("a wrong time zone in the scheduler of {service}", "time zone"),
    ("a memory leak in the JSON decoder of {service}", "decoder"),
    ("a DNS record that still points to the old region", "dns"),
    ("a feature flag that was switched on for all tenants", "feature flag"),
    ("clock skew between the nodes of the cluster", "skew"),
    ("a garbage collector pause in the sidecar of {service}", "garbage"),
    ("an index that was dropped during the last schema change", "schema"),
)
HELD_CAUSES = (
    ("a revoked OAuth scope of the nightly import job", "oauth"),
    ("an exhausted pool of worker threads in the reverse proxy", "reverse proxy"),
    ("a corrupted translation file in the Polish locale", "polish"),
    ("packet loss on the link between the two data centres", "packet"),
    ("a race between the cache warm-up and the first request to {service}", "warm-up"),
    ("a kernel upgrade that lowered the number of open files", "kernel"),
    ("a stuck leader election in ZooKeeper", "zookeeper"),
    ("an outdated Terraform module that removed a firewall rule", "terraform"),
    ("a wrong character encoding in the CSV import of {service}", "encoding"),
    ("an autoscaler that scaled {service} to a single replica", "autoscaler"),
)


def because(section: str, sentence: str, causes: Sequence[tuple[str, str]], new: bool) -> Wording:
    """State a false cause, as a new item or behind a sentence; the whole sentence is false."""

    def plant(garden: Garden) -> Growth:
        absent = [cause for cause, mark in causes if mark not in garden.truth]
        cause = garden.dice.choice(absent).format(service=f"`{garden.service}`")
        said = sentence.format(x=cause, X=cause[0].upper() + cause[1:])
        start, end = body_of(garden.markdown, section)
        if not new:
            at = garden.dice.choice(_prose_lines(garden.markdown, start, end))
            return f"{garden.markdown[:at]} {said}{garden.markdown[at:]}", said, said
        body = garden.markdown[start:end].rstrip()
        numbered = re.findall(r"(?m)^(\d+)\. ", body)
        marker = f"{len(numbered) + 1}." if numbered else "-"
        text = f"{garden.markdown[:start]}{body}\n{marker} {said}\n{garden.markdown[end:]}"
        return text, said, said

    return plant


def other_cause(causes: Sequence[tuple[str, str]]) -> Wording:
    """Put a false cause in place of the pattern's hypothesis."""

    def plant(garden: Garden) -> Growth:
        found = re.search(r"\(confidence \d\.\d\d\): (?P<x>.+)\n", garden.markdown)
        if not found:
            return None
        absent = [cause for cause, mark in causes if mark not in garden.truth]
        cause = garden.dice.choice(absent).format(service=f"`{garden.service}`")
        said = f"{cause[0].upper()}{cause[1:]}."
        begin, end = found.span("x")
        return garden.markdown[:begin] + said + garden.markdown[end:], said, said

    return plant


def _near_name(garden: Garden, match: re.Match[str]) -> str:
    """A name one slip away from a true one."""
    name = match["x"]
    parts = name.split("-")
    slips = [
        "-".join([parts[0] + "s", *parts[1:]]),
        "-".join([parts[0][:-1], *parts[1:]]) if len(parts[0]) > 4 else name + "s",
        name + "-v2",
        "-".join([*parts[:-1], parts[-1] + "s"]),
    ]
    return garden.free([slip for slip in slips if slip != name])


def _other_suffix(garden: Garden, match: re.Match[str]) -> str:
    stem = match["x"].rsplit("-", 1)[0]
    return garden.free([f"{stem}-{end}" for end in ("broker", "frontend", "replica", "exporter")])


def _number_like(garden: Garden, match: re.Match[str]) -> str:
    now = int(match["x"].replace(",", ""))
    return str(garden.number(max(2, now // 3), now * 4 + 40))


def _share(garden: Garden, _match: re.Match[str]) -> str:
    shares = ["0.97", "0.88", "0.79", "0.66", "0.57", "0.44"]
    return garden.free(shares)


def _line_number(garden: Garden, _match: re.Match[str]) -> str:
    return str(garden.number(200, 990))


def _other_flag(garden: Garden, _match: re.Match[str]) -> str:
    return garden.free(WORDS["flag held"]).split("=")[0]


def _flag_behind(words: str) -> Wording:
    """Put a flag that does not exist behind one that does."""

    def plant(garden: Garden) -> Growth:
        flag = garden.free(WORDS[words])
        found = list(_COMMAND_WITH_FLAG.finditer(garden.markdown))
        if not found:
            return None
        at = garden.dice.choice(found).end()
        markdown = f"{garden.markdown[:at]} {flag}{garden.markdown[at:]}"
        return markdown, flag, markdown[max(0, at - 30) : at + len(flag) + 20]

    return plant


def _fence(section: str, lead: str, command: str, words: str) -> Wording:
    """Add a code block with a command that has a flag which does not exist."""

    def plant(garden: Garden) -> Growth:
        flag = garden.free(WORDS[words])
        line = command.format(x=flag, service=garden.service)
        _, end = body_of(garden.markdown, section)
        block = f"\n{lead}\n\n```bash\n{line}\n```\n"
        return f"{garden.markdown[:end]}{block}{garden.markdown[end:]}", flag, line

    return plant


_COMMAND_WITH_FLAG = re.compile(
    r"(?m)^ *(?:pup|kubectl|curl|psql|redis-cli|rabbitmqctl)\b[^\n|\"']{0,60}?(?: --[\w-]+=[\w@.-]{1,30}| -n [a-z-]{2,30})(?=\s)"
)
_SERVICE_IN_QUERY = r"service:(?P<x>[a-z][a-z-]+[a-z])(?=[\s\"'])"
_SERVICE_IN_PROSE = r"`(?P<x>[a-z]+(?:-[a-z]+)+)`"

OPEN: Mapping[Kind, Mapping[str, Wording]] = {
    "service": {
        "symptom in another service": bullet(
            "Symptoms", "Errors also appear in {x} shortly after.", "service open"
        ),
        "caller in the summary": into(
            "Summary", "Calls from `{x}` fail as well.", "service open"
        ),
        "query of a near name": swap(_SERVICE_IN_QUERY, _near_name),
        "near name in prose": swap(_SERVICE_IN_PROSE, _near_name),
        "deployment in a command": swap(r"deployment/(?P<x>[a-z-]+)", _near_name),
        "restart of another": into(
            "Immediate Mitigation", "Restart the {x} service afterwards.", "service open"
        ),
    },
    "number": {
        "escalation time": swap(r"within (?P<x>\d+) minutes", _number_like),
        "latency": bullet("Symptoms", "The p99 latency rises to {x}.", "number 1100 9800 {:,} ms"),
        "pool size": into(
            "Diagnosis Steps", "The pool holds at most {x}.", "number 23 96 {} connections"
        ),
        "error rate": into("Summary", "The error rate was {x}.", "number 11 97 {} %"),
        "confidence": swap(r"\(confidence (?P<x>\d\.\d\d)\)", _share),
        "memory": bullet("Symptoms", "Memory grew to {x} before the end.", "number 310 970 {} MB"),
    },
    "file": {
        "failing code": bullet("Root Cause Fix", "The failing code is in `{x}`.", "file open"),
        "setting in prose": into(
            "Root Cause Fix", "The value is set in {x} today.", "file open"
        ),
        "symptom": into("Symptoms", "The stack trace begins in `{x}`.", "file open"),
        "line of a frame": swap(r"`[^`\n]*\.(?:py|java|go|js|ts|c):(?P<x>\d+)`", _line_number),
    },
    "flag": {
        "behind a flag": _flag_behind("flag open"),
        "instead of a flag": swap(
            r"(?m)^ *(?:pup|kubectl)\b[^\n]{0,200}? (?P<x>--[a-z-]+)(?==)",
            lambda garden, _: garden.free(WORDS["flag open"]),
        ),
        "new command": _fence(
            "Diagnosis Steps", "Compare with the other pods.", "kubectl get pods -A {x}", "flag open"
        ),
    },
    "cause": {
        "root cause": because("Root Cause Fix", "The root cause is {x}.", OPEN_CAUSES, True),
        "because": because("Summary", "This happens because of {x}.", OPEN_CAUSES, False),
        "caused by": because("Symptoms", "The errors are caused by {x}.", OPEN_CAUSES, False),
        "other hypothesis": other_cause(OPEN_CAUSES),
        "due to": because("Diagnosis Steps", "The failure is due to {x}.", OPEN_CAUSES, False),
    },
}  # fmt: skip

HELD: Mapping[Kind, Mapping[str, Wording]] = {
    "service": {
        "owner of another": into(
            "Immediate Mitigation", "Page the owner of the `{x}` service first.", "service held"
        ),
        "host": bullet("Symptoms", "Connections to {x} are refused.", "host held"),
        "other suffix in prose": swap(_SERVICE_IN_PROSE, _other_suffix),
        "other suffix in a query": swap(_SERVICE_IN_QUERY, _other_suffix),
        "namespace": swap(r" -n (?P<x>[a-z]+)(?=[\s\"'])", _near_name),
        "dependency": into(
            "Root Cause Fix", "Requests pass through {x} before they arrive.", "service held"
        ),
    },
    "number": {
        "impact": swap(r">(?P<x>\d+) users", _number_like),
        "downtime": swap(r"downtime >(?P<x>\d+) minutes", _number_like),
        "throughput": into(
            "Summary", "Around {x} were rejected.", "number 210 980 {} requests per second"
        ),
        "share of traces": swap(r"in (?P<x>\d+) of \d+ source traces", _number_like),
        "duration": bullet("Symptoms", "It lasts for {x} until somebody acts.", "number 19 71 {} hours"),
        "retries": into(
            "Diagnosis Steps", "A failing run makes more than {x}.", "number 41 99 {} retries"
        ),
        "size": into("Root Cause Fix", "Keep the payload below {x}.", "number 37 93 {} KiB"),
    },
    "file": {
        "helper": bullet("Root Cause Fix", "The helper {x} returns too early.", "file held"),
        "setting in code": into("Immediate Mitigation", "Set it back in `{x}`.", "file held"),
        "log": into("Diagnosis Steps", "The error is logged by {x} first.", "file held"),
        "symptom": bullet("Symptoms", "`{x}` is named in the last frame.", "file held"),
    },
    "flag": {
        "behind a flag": _flag_behind("flag held"),
        "instead of a flag": swap(
            r"(?m)^ *(?:pup|kubectl)\b[^\n]{0,200}? (?P<x>--[a-z-]+)(?==)", _other_flag
        ),
        "new search": _fence(
            "Diagnosis Steps", "Look for more of them.",
            'pup traces search --query="service:{service} status:error" {x}', "flag held",
        ),
        "mentioned": into("Diagnosis Steps", "Repeat the last command with `{x}`.", "flag held"),
    },
    "cause": {
        "stems from": because("Root Cause Fix", "The failure stems from {x}.", HELD_CAUSES, True),
        "leads to": because("Summary", "{X} leads to this failure.", HELD_CAUSES, False),
        "culprit": because("Root Cause Fix", "The culprit is {x}.", HELD_CAUSES, True),
        "no cue": because("Summary", "Before the failure there was {x}.", HELD_CAUSES, False),
        "triggered by": because("Symptoms", "It is triggered by {x}.", HELD_CAUSES, False),
        "other hypothesis": other_cause(HELD_CAUSES),
        "as a result": because(
            "Diagnosis Steps", "Runs end early as a result of {x}.", HELD_CAUSES, False
        ),
    },
}  # fmt: skip


def planted(markdown: str, evidence: Evidence, seed: int, half: Half) -> Planted:
    """Plant one false fact of each kind; the same seed gives the same plants."""
    wordings = OPEN if half == "open" else HELD
    for attempt in range(100):
        dice = random.Random(f"{half} {seed} {attempt}")
        text, plants = markdown, []
        for kind in dice.sample(KINDS, len(KINDS)):
            text, plant = _one(kind, wordings[kind], text, evidence, dice)
            plants.append(plant)
        if all(text.count(plant.around) == 1 for plant in plants):
            return Planted(text, tuple(sorted(plants, key=lambda plant: KINDS.index(plant.kind))))
    raise AssertionError("no place for the plants was found")


def _one(
    kind: Kind,
    wordings: Mapping[str, Wording],
    text: str,
    evidence: Evidence,
    dice: random.Random,
) -> tuple[str, Plant]:
    truth = f"{text}\n{evidence.suggestion!r}\n{evidence.patterns!r}\n{evidence.traces!r}".lower()
    garden = Garden(text, f"{truth}\n{evidence.row!r}".lower(), evidence.service, dice)
    for name in dice.sample(sorted(wordings), len(wordings)):
        grown = wordings[name](garden)
        if grown:
            return grown[0], Plant(kind, name, grown[1], grown[2])
    raise AssertionError(f"no wording for a false {kind} fits")
