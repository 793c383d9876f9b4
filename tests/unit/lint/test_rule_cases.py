"""Every rule hits what it should and leaves alone what it should; the texts are in `cases`."""

from collections import Counter

import pytest

from runbooks.lint import RULES
from tests.unit.lint.cases import CASES, Case

FEWEST = 5


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {case.hits}")
def test_a_rule_hits_what_it_should_and_nothing_else(case: Case) -> None:
    """Each case names one rule and says whether it applies to the text."""
    assert (case.rule in case.found()) is case.hits


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_cases_on_both_sides(rule: str) -> None:
    """At least five texts that it hits, and five that it leaves alone."""
    sides = Counter(case.hits for case in CASES if case.rule == rule)
    assert sides[True] >= FEWEST
    assert sides[False] >= FEWEST
