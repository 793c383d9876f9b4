"""Five false facts in each of twenty drafts: nearly all are flagged, and hardly anything else."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from runbooks.evidence import trace_claims
from tests.unit.evidence.adversary import HELD, TRICKS, Play, tricks
from tests.unit.evidence.drafts import (
    SEED,
    Draft,
    Harvest,
    drafts,
    flagged_share,
    harvest,
    retold,
    twenty,
    written,
)

WANTED = 0.95
TOLERATED = 0.05


@pytest.fixture(scope="module")
def halves(shared_data: Path) -> tuple[list[Draft], list[Draft]]:
    """The twenty drafts in two halves."""
    return twenty(shared_data)


@pytest.fixture(scope="module")
def harvests(halves: tuple[list[Draft], list[Draft]]) -> list[Harvest]:
    """What became of the hundred false facts."""
    tried, held = halves
    return [
        *(harvest(draft, "open", SEED + number) for number, draft in enumerate(tried)),
        *(harvest(draft, "held", SEED + number) for number, draft in enumerate(held)),
    ]


def test_false_facts_are_flagged(harvests: list[Harvest]) -> None:
    """Of a hundred false services, numbers, files, flags and causes at least 95 are flagged."""
    found = sum(len(each.found) for each in harvests)
    missed = [plant for each in harvests for plant in each.missed]
    assert found + len(missed) == 100
    assert found >= WANTED * 100, missed


def test_each_kind_of_false_fact_is_flagged(harvests: list[Harvest]) -> None:
    """No kind of false fact slips through more than twice in twenty."""
    for kind in ("service", "number", "file", "flag", "cause"):
        missed = [plant for each in harvests for plant in each.missed if plant.kind == kind]
        assert len(missed) <= 2, missed


def test_planting_spoils_nothing_else(harvests: list[Harvest]) -> None:
    """What stands beside a false fact stays supported."""
    besides = [traced.claim for each in harvests for traced in each.besides]
    assert len(besides) <= 5, besides


@pytest.mark.parametrize(("plays", "kinds"), [(TRICKS, 10), (HELD, 11)], ids=["tricks", "held"])
def test_what_is_nearly_true_is_flagged(
    plays: Mapping[str, Play], kinds: int, shared_data: Path
) -> None:
    """One digit, word, unit or flag off, or true of another trace: at least 95 of 100 are flagged."""
    made = drafts(shared_data)
    played = [
        (trick, draft)
        for number, draft in enumerate(made[1::2])
        for trick in tricks(draft, made, number, plays)
    ]
    missed = [
        f"{trick.kind}: {trick.words}"
        for trick, draft in played
        if not trick.caught_by(trace_claims(trick.text, draft.evidence, sources=draft.sources))
    ]
    assert len({trick.kind for trick, _ in played}) == kinds
    assert len(played) >= 120
    assert len(missed) <= (1 - WANTED) * len(played), missed


def test_drafts_without_false_facts_are_not_flagged(shared_data: Path) -> None:
    """Of all claims in the drafts as generated, at most 5 % are flagged."""
    reports = [
        trace_claims(draft.markdown, draft.evidence, sources=draft.sources)
        for draft in drafts(shared_data)
    ]
    assert flagged_share(reports) <= TOLERATED


def test_true_runbooks_in_other_words_are_not_flagged() -> None:
    """Of all claims in runbooks that tell the evidence in their own words at most 5 % are flagged."""
    told = retold()
    assert len(told) == 6
    assert flagged_share([trace_claims(text, found) for _, found, text in told]) <= TOLERATED


def test_the_runbooks_of_the_sample_are_not_flagged() -> None:
    """Those that people wrote by hand, at length, with steps and values of their own."""
    told = written()
    assert len(told) >= 3
    assert flagged_share([trace_claims(text, found) for _, found, text in told]) <= TOLERATED
