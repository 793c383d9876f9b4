"""Searching a trace: wherever the words stand, they are found, counted and shown in their place."""

import json

from hypothesis import given
from hypothesis import strategies as st

from runbooks.trace import find, read
from runbooks.trace.search import MAX_NODES, MAX_PLACES, Place

TALK = {
    "messages": [
        {"role": "user", "content": "Fly me to SEA on May 20"},
        {
            "role": "assistant",
            "tool_calls": [{"function": {"name": "find_flight", "arguments": '{"to": "SEA"}'}}],
        },
        {"role": "tool", "name": "find_flight", "content": "Error: no flights\nto SEA, SEA!"},
    ],
    "evaluation": {"expected": [{"flight": "HAT001", "to": "SEA"}], "passed": False},
}
SPANS = [
    {"span_id": "1", "service": "shop", "resource": "GET /cart", "start": 1, "duration": 5},
    {
        "span_id": "2",
        "parent_id": "1",
        "service": "db",
        "resource": "SELECT 1",
        "start": 2,
        "duration": 3,
        "error": 1,
        "meta": {"error.message": "connection refused by db-7"},
    },
]


def named(places: tuple[Place, ...]) -> list[tuple[str, int, str]]:
    """Kind, number and title of each place."""
    return [(place.kind, place.number, place.title) for place in places]


def test_messages_calls_and_values_are_searched_in_their_order() -> None:
    """Every hit is counted, and what is neither message nor span is named by the way to it."""
    found = find(read(TALK), "sea")
    assert named(found.places) == [
        ("message", 1, "user"),
        ("message", 2, "assistant"),
        ("message", 3, "tool find_flight"),
        ("other", 2, "evaluation.expected[0].to"),
    ]
    assert [place.hits for place in found.places] == [1, 1, 2, 1]
    assert found.hits == 5


def test_spans_are_searched_with_their_attributes() -> None:
    """An error's words are found in the span that has them."""
    found = find(read(SPANS), "refused BY")
    assert named(found.places) == [("span", 2, "SELECT 1")]


def test_a_passage_shows_what_stands_around_the_words() -> None:
    """Cut with an ellipsis only where something was left out."""
    [place] = find(read("x" * 500 + " needle " + "y" * 10), "needle").places
    [passage] = place.passages
    assert passage.before.startswith("…x")
    assert passage.after == " " + "y" * 10
    assert passage.hit == "needle"


def test_words_are_found_over_line_breaks() -> None:
    """Who copies two words of a log need not know how it was wrapped."""
    assert find(read(TALK), "flights to").hits == 1


def test_nothing_is_asked_nothing_is_found() -> None:
    """Nor does a query act as an expression."""
    assert find(read(TALK), "  ").hits == 0
    assert find(read(TALK), ".*").hits == 0
    assert find(read("a(b"), "(").hits == 1


def test_huge_traces_are_searched_up_to_a_bound_and_say_so() -> None:
    """Places are listed up to a bound; all hits are counted."""
    many = find(read({"rows": ["word"] * 1000}), "word")
    assert (len(many.places), many.hits, many.partial) == (MAX_PLACES, 1000, False)
    assert find(read({"rows": list(range(MAX_NODES + 5))}), "word").partial


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON, st.text(max_size=6))
def test_any_trace_can_be_searched_for_anything(payload: object, query: str) -> None:
    """Whatever it holds, and whatever is asked."""
    found = find(read(json.loads(json.dumps(payload))), query)
    assert found.hits >= len(found.places)
