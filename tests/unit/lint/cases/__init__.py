"""Texts by hand for every rule: what it must hit, and what it must leave alone.

The tests hold each of them, and `python -m bench.rules` counts them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from runbooks.lint import LintContext
from tests.unit.lint.builder import NOW, TRACE, ids
from tests.unit.lint.cases import (
    actionability,
    copypaste,
    datadog,
    escalation,
    evidence,
    safety,
    structure,
)


@dataclass(frozen=True)
class Case:
    """A text, one rule, and whether it hits; `facts` are fields of the LintContext."""

    rule: str
    hits: bool
    text: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def found(self) -> set[str]:
        """The rules that say something about the text."""
        lineage = {"trace_ids": (TRACE,)} if self.rule.startswith("RB5") else {}
        context = {"now": NOW, **lineage, **self.facts}
        return ids(self.text, LintContext(**context))  # type: ignore[arg-type]


def _all() -> Iterator[Case]:
    for family in (structure, actionability, safety, copypaste, escalation, datadog):
        yield from (Case(*case) for case in family.CASES)
    yield from (Case(*case) for case in evidence.CASES)


CASES = tuple(_all())
