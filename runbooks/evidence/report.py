"""What tracing a runbook tells: every claim, where it comes from, and what nothing supports."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal, get_args

ClaimKind = Literal[
    "command",
    "flag",
    "query",
    "number",
    "threshold",
    "identifier",
    "name",
    "file",
    "quote",
    "cause",
]
"""What a claim states. `name`: a service, host, resource, tool, metric or tag; `quote`: an error
text or other words between quotation marks or backticks; `cause`: a sentence on why it fails."""

SupportKind = Literal[
    "trace",
    "pattern",
    "suggestion",
    "catalogue",
    "services",
    "person",
    "template",
    "unsupported",
]
"""Where a claim comes from. `catalogue`: the diagnostics catalogue or the table of known
commands; `template`: words of the six-section template itself (CONTRACT R12)."""

SUPPORTS: tuple[SupportKind, ...] = get_args(SupportKind)
MAX_PASSAGE = 300


@dataclass(frozen=True, slots=True)
class Claim:
    """A piece of a runbook that is true or false.

    `text` is as written, without backticks. Lines count from 1 and are inclusive; `start` and
    `end` are character offsets in `line` and `end_line`, counted from 0, the end exclusive.
    """

    kind: ClaimKind
    text: str
    line: int
    start: int
    end_line: int
    end: int


@dataclass(frozen=True, slots=True)
class Support:
    """What a claim rests on.

    `source` says where for a person, as in `trace 21de0f4a…, message 14`; `passage` is the text
    there, at most 300 characters; `score` is 0 to 1, 1 being word for word.
    """

    kind: SupportKind
    source: str = ""
    passage: str = ""
    score: float = 1.0

    @property
    def found(self) -> bool:
        """Whether there is any."""
        return self.kind != "unsupported"


UNSUPPORTED = Support("unsupported", score=0.0)


@dataclass(frozen=True, slots=True)
class Traced:
    """A claim with its support."""

    claim: Claim
    support: Support


@dataclass(frozen=True)
class EvidenceReport:
    """All claims of a text in its order.

    `overstated` are causes stated as fact although the canonical pattern's confidence is below
    0.75 or missing. `partial`: the sources or the text were too large to be read whole, so that
    an unsupported claim may have a source.
    """

    claims: tuple[Traced, ...] = ()
    overstated: tuple[Traced, ...] = ()
    partial: bool = False

    @cached_property
    def counts(self) -> Mapping[SupportKind, int]:
        """How many claims each kind of support has; every kind is there."""
        counted = Counter(traced.support.kind for traced in self.claims)
        return MappingProxyType({kind: counted[kind] for kind in SUPPORTS})

    @cached_property
    def unsupported(self) -> tuple[Traced, ...]:
        """The claims that nothing supports."""
        return tuple(traced for traced in self.claims if not traced.support.found)
