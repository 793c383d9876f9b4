"""Parts of a proposal put into a person's text: all of them give the proposal, none the text."""

from hypothesis import given
from hypothesis import strategies as st

from runbooks.comparison import lines_of
from runbooks.merging import parts_of, taken

MINE = """# Loop - Operational Runbook

## Summary

An agent calls one tool again and again.

## Symptoms

- the bill grows

## Diagnosis Steps

1. Look at the calls: `jq .calls trace.json`
2. Count them

## Escalation

Page #team-llm-ops.
"""
PROPOSED = """# Loop - Operational Runbook

## Summary

An agent calls `search_direct_flight` without a stop.

## Symptoms

- the bill grows
- `search_direct_flight_calls` is above 10

## Diagnosis Steps

1. Look at the calls: `jq .calls trace.json`
2. Count them: `jq '.calls | length' trace.json`

## Immediate Mitigation

1. Stop the agent.

## Escalation

Page #team-llm-ops.
"""
LINES = st.lists(
    st.sampled_from(["", "## A", "## B", "one", "two", "three", "- x", "```"]), max_size=14
)


def test_each_part_is_named_by_its_section() -> None:
    """A reader knows by the names what to take."""
    parts = parts_of(MINE, PROPOSED)
    assert [part.heading for part in parts] == [
        "Summary",
        "Symptoms",
        "Diagnosis Steps",
        "Immediate Mitigation",
    ]
    assert [(part.removed, part.added) for part in parts] == [(1, 1), (0, 1), (1, 1), (0, 4)]


def test_the_chosen_parts_and_no_others_are_taken() -> None:
    """One line comes from the proposal, the rest stays the person's."""
    text = taken(MINE, PROPOSED, {1})
    assert text == MINE.replace(
        "- the bill grows\n", "- the bill grows\n- `search_direct_flight_calls` is above 10\n"
    )
    assert "## Immediate Mitigation" in taken(MINE, PROPOSED, {3})


def test_a_section_that_the_other_lacks_can_be_taken_away() -> None:
    """The other way round a part removes what only the first text has."""
    parts = parts_of(PROPOSED, MINE)
    gone = next(part for part in parts if part.heading == "Immediate Mitigation")
    text = taken(PROPOSED, MINE, {gone.number})
    assert "Immediate Mitigation" not in text
    assert "search_direct_flight_calls" in text


@given(LINES, LINES, st.sets(st.integers(0, 12)))
def test_every_choice_is_between_the_two_texts(
    first: list[str], second: list[str], chosen: set[int]
) -> None:
    """None gives the first, all give the second, and any choice takes whole parts."""
    left, right = "\n".join(first), "\n".join(second)
    parts = parts_of(left, right)
    assert lines_of(taken(left, right, ())) == lines_of(left) or not lines_of(left)
    everything = taken(left, right, range(len(parts)))
    assert lines_of(everything) == lines_of(right) or not lines_of(right)
    some = {part.number for part in parts} & chosen
    grown = sum(
        (p.right[1] - p.right[0]) - (p.left[1] - p.left[0]) for p in parts if p.number in some
    )
    result = taken(left, right, some)
    assert len(result.split("\n")[:-1]) == len(lines_of(left)) + grown
