"""Evidence (RB501 to RB505): does the text rest on its sources?"""

import pytest

from tests.unit.lint.builder import draft, ids
from tests.unit.lint.cases.evidence import OTHER


@pytest.mark.parametrize("rule", ["RB502", "RB503", "RB504"])
def test_without_a_lineage_nothing_is_said_about_it(rule: str) -> None:
    """Text alone cannot tell whether a claim has a source."""
    text = draft(summary=f"The root cause is 7,250 in ranker.py, trace {OTHER}.")
    assert rule not in ids(text)
