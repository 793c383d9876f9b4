"""False facts that are nearly true: one digit, one word, one unit off, or true somewhere else.

Written by another hand than `planting`, without regard to the rules that they measure. Every plant
changes something that stands in the draft, or brings in something that is true of another draft.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from runbooks.evidence import EvidenceReport
from tests.unit.evidence.drafts import Draft

Change = tuple[int, int, str]
"""The offsets of what is replaced, and the false words."""


@dataclass(frozen=True)
class Trick:
    """A draft with one false fact, at an offset of the text."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def words(self) -> str:
        """The false words."""
        return self.text[self.start : self.end]

    def line(self) -> tuple[int, int, int]:
        """The line of the false words, from 1, and their columns."""
        begin = self.text.rfind("\n", 0, self.start) + 1
        number = self.text.count("\n", 0, self.start) + 1
        return number, self.start - begin, self.end - begin

    def caught_by(self, report: EvidenceReport) -> bool:
        """Whether a claim on the false words is without a source."""
        line, start, end = self.line()
        return any(
            traced.claim.line == line and traced.claim.start < end and traced.claim.end > start
            for traced in report.unsupported
        )


@dataclass(frozen=True)
class Field:
    """Where a trick is played: a draft, all drafts, and the dice."""

    draft: Draft
    others: Sequence[Draft]
    dice: random.Random

    @property
    def text(self) -> str:
        """The draft."""
        return self.draft.markdown

    @property
    def truth(self) -> str:
        """All that the draft and its sources say, in lower case."""
        found = self.draft.evidence
        told = f"{self.text}{found.suggestion!r}{found.patterns!r}{found.traces!r}{found.row!r}"
        return told.lower()

    def foreign(self, values: Sequence[str]) -> list[str]:
        """Those of some words that are true of other drafts alone."""
        return sorted({value for value in values if value.lower() not in self.truth})

    def matches(self, shape: str) -> list[re.Match[str]]:
        """The places that fit, outside of ids and dates of the head."""
        head = self.text.index("## Summary")
        return [found for found in re.finditer(shape, self.text) if found.start() > head]

    def absent(self, number: str) -> bool:
        """Whether these digits stand nowhere by themselves."""
        return not re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", self.truth)


Play = Callable[[Field], Change | None]

_NUMBER = r"(?<![\w.,:/@=-])(\d{2,6})(?= (?:ms|s|seconds|minutes|hours|times|times,|calls|errors)\b|%|[ ,.;)])"


def digit_swap(field: Field) -> Change | None:
    """5004 becomes 5040."""
    found = [m for m in field.matches(_NUMBER) if len(set(m[1][-2:])) == 2]
    return _numbered(field, found, lambda text: text[:-2] + text[-1] + text[-2])


def off_by_one(field: Field) -> Change | None:
    """47 becomes 48."""
    return _numbered(field, field.matches(_NUMBER), lambda text: str(int(text) + 1))


def ten_times(field: Field) -> Change | None:
    """15 becomes 150."""
    return _numbered(field, field.matches(_NUMBER), lambda text: text + "0")


def _numbered(
    field: Field, found: Sequence[re.Match[str]], make: Callable[[str], str]
) -> Change | None:
    fitting = [m for m in found if field.absent(make(m[1]))]
    if not fitting:
        return None
    match = field.dice.choice(fitting)
    return match.start(1), match.end(1), make(match[1])


_OTHER_UNIT = {
    "ms": "s", "s": "ms", "seconds": "minutes", "minutes": "hours", "hours": "minutes",
    "%": " ms", "MB": "GB", "Mi": "Gi", "percent": "minutes",
}  # fmt: skip


def other_unit(field: Field) -> Change | None:
    """5 seconds become 5 minutes."""
    found = field.matches(r"(?<![\w.,])(\d[\d.,]*)( ?)(ms|s|seconds|minutes|hours|MB|Mi|percent)\b")
    made = [(m, f"{m[1]}{m[2]}{_OTHER_UNIT[m[3]]}") for m in found]
    free = [(m, words) for m, words in made if words.lower() not in field.truth]
    if not free:
        return None
    match, words = field.dice.choice(free)
    return match.start(), match.end(), words


def real_service(field: Field) -> Change | None:
    """A service that exists, in another draft."""
    names = field.foreign([d.evidence.service for d in field.others if "-" in d.evidence.service])
    own = field.draft.evidence.service
    found = [m for m in field.matches(re.escape(own)) if own]
    if not (names and found):
        return None
    match = field.dice.choice(found)
    return match.start(), match.end(), field.dice.choice(names)


def real_file(field: Field) -> Change | None:
    """A file that a trace of another draft names."""
    shape = r"`([\w/.-]+\.(?:py|java|ts|js|go|yaml|yml|sql)(?::\d+)?)`"
    files = field.foreign([m[1] for d in field.others for m in re.finditer(shape, d.markdown)])
    if not files:
        return None
    said = f" The change belongs into {field.dice.choice(files)}."
    return _behind(field, "Root Cause Fix", said)


_LENT = (
    ("kubectl", "--compute=count"), ("kubectl", "--group-by=service"), ("kubectl", "--chunk"),
    ("pup", "--replicas=2"), ("pup", "--all-namespaces"), ("pup", "--previous"),
    ("psql", "--namespace=prod"), ("psql", "--since=1h"), ("jq", "--tail=20"),
    ("jq", "--max-depth=3"), ("sort", "--group-by=service"), ("head", "--from=1h"),
)  # fmt: skip


def lent_flag(field: Field) -> Change | None:
    """A flag that exists, for another command."""
    places = [
        (match, flag)
        for program, flag in _LENT
        for match in field.matches(rf"(?m)^ +{program}(?= )(?: [a-z][\w-]*)*|\| {program}(?= -)")
    ]
    if not places:
        return None
    match, flag = field.dice.choice(places)
    return match.end(), match.end(), f" {flag}"


_WORDS = {
    "not": "now", "failed": "passed", "error": "notice", "available": "permitted",
    "invalid": "expired", "timeout": "quota", "refused": "reset", "connection": "session",
    "request": "cookie", "payment": "refund", "user": "tenant", "found": "signed",
    "response": "certificate", "limit": "index", "unknown": "duplicate", "missing": "stale",
}  # fmt: skip


def one_word(field: Field) -> Change | None:
    """An error text with one word changed."""
    found = []
    for span in field.matches(r"Error (?:in|from)[^\n]{0,80}: `([^`\n]{15,200})`"):
        for word in re.finditer(r"[A-Za-z]{3,}", span[1]):
            other = _WORDS.get(word.group().lower())
            if other:
                found.append((span.start(1) + word.start(), span.start(1) + word.end(), other))
    return field.dice.choice(found) if found else None


def other_hypothesis(field: Field) -> Change | None:
    """The hypothesis of another failure, told without a word such as `because`."""
    shape = r"\(confidence \d\.\d\d\): ([^\n]{20,300})"
    own = re.search(shape, field.text)
    told = [m[1] for d in field.others for m in re.finditer(shape, d.markdown)]
    other = [text for text in sorted(set(told)) if own is None or not _alike(text, own[1])]
    if own is None or not other:
        return None
    return own.start(1), own.end(1), field.dice.choice(other)


def _alike(first: str, second: str) -> bool:
    words = [set(re.findall(r"[a-z]{4,}", text.lower())) for text in (first, second)]
    return len(words[0] & words[1]) * 3 > min(map(len, words))


_STORIES = (
    "Connections pile up since the nightly vacuum holds a lock on the sessions table.",
    "What broke it was a proxy that rewrites the Accept header on every second hop.",
    "The weights of the ranking were exchanged during the blue-green switch on Tuesday.",
    "A stale secret in the vault makes each second pod start without its credentials.",
    "The upstream team halved the quota of the shared broker and told nobody.",
    "Two cron entries write the same lock file, so every hour one of them starves.",
    "The translation layer drops the last field once a message passes 64 kB.",
    "After the kernel patch the nodes lose their ARP entries under load.",
    "Somebody removed the index on the tenant column while cleaning up the schema.",
    "The sidecar keeps half-open sockets, which eats the table of the load balancer.",
)


def story(field: Field) -> Change | None:
    """A story of another failure in plain words, behind the summary."""
    said = " " + field.dice.choice(_STORIES)
    return _behind(field, "Summary", said)


def _behind(field: Field, section: str, said: str) -> Change:
    """Append a sentence to the first paragraph of a section."""
    begin = field.text.index(f"## {section}\n") + len(section) + 5
    at = field.text.index("\n", begin)
    return at, at, said


TRICKS: Mapping[str, Play] = {
    "number, digits swapped": digit_swap,
    "number, off by one": off_by_one,
    "number, ten times": ten_times,
    "unit": other_unit,
    "service of another trace": real_service,
    "file of another trace": real_file,
    "flag of another command": lent_flag,
    "error text, one word": one_word,
    "hypothesis of another failure": other_hypothesis,
    "story in plain words": story,
}


def negation(field: Field) -> Change | None:
    """An error text that says the opposite: its `not` is gone, or there is one."""
    found = []
    for span in field.matches(r"Error (?:in|from)[^\n]{0,80}: `([^`\n]{15,200})`"):
        for word in re.finditer(r" (?:not|cannot|is|was|are) ", span[1]):
            other = {" not ": " ", " cannot ": " can "}.get(word.group(), f"{word.group()}not ")
            found.append((span.start(1) + word.start(), span.start(1) + word.end(), other))
    fitting = [c for c in found if _around(field, c).lower() not in field.truth]
    return field.dice.choice(fitting) if fitting else None


def _around(field: Field, change: Change) -> str:
    start, end, words = change
    return field.text[start - 12 : start] + words + field.text[end : end + 12]


def count_of_traces(field: Field) -> Change | None:
    """In 1 of 3 traces becomes in 2 of 3."""
    found = field.matches(r"\(in (\d+) of (\d+) source traces\)")
    made = [(m, str(n)) for m in found for n in range(2, int(m[2]) + 3) if str(n) != m[1]]
    free = [(m, n) for m, n in made if f"in {n} of {m[2]} source traces" not in field.truth]
    if not free:
        return None
    match, count = field.dice.choice(free)
    return match.start(1), match.end(1), count


def status_code(field: Field) -> Change | None:
    """503 becomes 504."""
    found = field.matches(r"(?<!\d)([45]\d\d)(?!\d)(?=`| )")
    return _numbered(field, found, lambda text: text[:2] + str((int(text[2]) + 1) % 10))


def version(field: Field) -> Change | None:
    """2.31.0 becomes 2.13.0 or the like."""
    found = field.matches(r"(?<![\d.])(\d+\.\d+\.\d+)(?![\d.])")
    made = [(m, re.sub(r"\.(\d+)\.", lambda x: f".{int(x[1]) + 3}.", m[1])) for m in found]
    free = [(m, words) for m, words in made if words not in field.truth]
    if not free:
        return None
    match, words = field.dice.choice(free)
    return match.start(), match.end(), words


def id_digit(field: Field) -> Change | None:
    """One digit of a trace id in the text is another one."""
    found = field.matches(r"`([0-9a-f]{32})`")
    if not found:
        return None
    match = field.dice.choice(found)
    at = match.start(1) + field.dice.randrange(32)
    other = "0" if field.text[at] != "0" else "7"
    return (
        match.start(1),
        match.end(1),
        field.text[match.start(1) : at] + other + field.text[at + 1 : match.end(1)],
    )


def channel(field: Field) -> Change | None:
    """The channel of another team."""
    found = field.matches(r"#[a-z][a-z-]+")
    names = field.foreign([d.evidence.row.escalation_channel for d in field.others])
    if not (found and names):
        return None
    match = field.dice.choice(found)
    return match.start(), match.end(), field.dice.choice(names)


def environment(field: Field) -> Change | None:
    """A query in another environment or namespace."""
    found = field.matches(r"(?:env:| -n )([a-z]+)")
    if not found:
        return None
    match = field.dice.choice(found)
    free = field.foreign(["staging", "canary", "preprod", "sandbox", "qa"])
    return match.start(1), match.end(1), field.dice.choice(free)


def sure(field: Field) -> Change | None:
    """Another confidence."""
    found = field.matches(r"\(confidence (\d\.\d\d)\)")
    free = [s for s in ("0.99", "0.93", "0.83", "0.62", "0.51") if field.absent(s)]
    if not (found and free):
        return None
    match = field.dice.choice(found)
    return match.start(1), match.end(1), field.dice.choice(free)


def other_day(field: Field) -> Change | None:
    """Recorded a day later."""
    found = field.matches(r"Recorded from `(\d{4}-\d\d-)(\d\d)( \d\d:\d\d)`")
    made = [(m, f"{m[1]}{int(m[2]) % 28 + 1:02}{m[3]}") for m in found]
    free = [(m, words) for m, words in made if words not in field.truth]
    if not free:
        return None
    match, words = field.dice.choice(free)
    return match.start(1), match.end(3), words


def near_class(field: Field) -> Change | None:
    """A class or a tool with a similar name."""
    found = field.matches(r"`([a-z]+(?:_[a-z]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+)`")
    swaps = (("get_", "fetch_"), ("update_", "modify_"), ("search_", "find_"), ("cancel_", "delete_"),
             ("book_", "reserve_"), ("Task", "Job"), ("Manager", "Handler"), ("Exception", "Failure"))  # fmt: skip
    made = [(m, m[1].replace(a, b)) for m in found for a, b in swaps if a in m[1]]
    free = [(m, words) for m, words in made if words.lower() not in field.truth]
    if not free:
        return None
    match, words = field.dice.choice(free)
    return match.start(1), match.end(1), words


def reversed_cause(field: Field) -> Change | None:
    """The hypothesis with one of its words exchanged for another mechanism."""
    own = re.search(r"\(confidence \d\.\d\d\): ([^\n]{20,300})", field.text)
    if own is None:
        return None
    words = list(re.finditer(r"(?<![A-Za-z])[a-z]{6,}", own[1]))
    if not words:
        return None
    word = field.dice.choice(words)
    free = field.foreign(["certificate", "partition", "kernel", "replica", "firewall", "webhook"])
    start, end = own.start(1) + word.start(), own.start(1) + word.end()
    return start, end, field.dice.choice(free)


HELD: Mapping[str, Play] = {
    "error text, negated": negation,
    "count of traces": count_of_traces,
    "status code": status_code,
    "version": version,
    "digit of an id": id_digit,
    "channel of another team": channel,
    "environment or namespace": environment,
    "confidence": sure,
    "date": other_day,
    "similar tool or class": near_class,
    "one word of the hypothesis": reversed_cause,
}


def tricks(
    draft: Draft, others: Sequence[Draft], seed: int, plays: Mapping[str, Play]
) -> Iterator[Trick]:
    """Play each trick that fits once on a draft, each on the true text; the same seed, the same."""
    for kind, play in plays.items():
        field = Field(draft, others, random.Random(f"{kind} {seed}"))
        change = play(field)
        if change:
            start, end, words = change
            text = draft.markdown[:start] + words + draft.markdown[end:]
            lead = len(words) - len(words.lstrip())
            yield Trick(kind, text, start + lead, start + len(words))
