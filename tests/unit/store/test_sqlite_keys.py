"""Sort keys: byte strings in the order of the values."""

import math
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.store.codec import encode
from runbooks.store.sqlite_keys import field_key, has_member, next_kind, sort_key
from runbooks.values import GeoPoint, Reference, Vector
from tests.examples import examples

numbers = st.integers() | st.integers(2**53 - 3, 2**53 + 3) | st.floats(allow_nan=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
moments = st.datetimes(timezones=st.just(UTC))


def order(left: object, right: object) -> int:
    """Compare two sort keys: -1, 0 or 1."""
    one, two = sort_key(left), sort_key(right)
    return (one > two) - (one < two)


@given(numbers, numbers)
@settings(max_examples=examples(500))
def test_numbers_keep_their_order(left: float, right: float) -> None:
    """Whole and broken ones together, exactly, as Python compares them."""
    assert order(left, right) == (left > right) - (left < right)


@given(texts, texts)
def test_texts_keep_the_order_of_their_characters(left: str, right: str) -> None:
    """By code point."""
    assert order(left, right) == (left > right) - (left < right)


@given(moments, moments)
def test_moments_keep_their_order(left: datetime, right: datetime) -> None:
    """To the microsecond, in every year."""
    assert order(left, right) == (left > right) - (left < right)


def test_kinds_keep_the_order_of_firestore() -> None:
    """Each kind ends before the next begins, so a range never reaches another kind."""
    kinds: list[list[object]] = [
        [None],
        [False, True],
        [math.nan],
        [-math.inf, -(10**400), -1, 0, 10**400],
        [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)],
        ["", "\U0010ffff" * 3],
        [b"", b"\xff" * 3],
        [Reference("")],
        [GeoPoint(0.0, 0.0)],
        [[]],
        [Vector(())],
        [{}],
    ]
    for lower, upper in pairwise(kinds):
        assert all(sort_key(one) < sort_key(two) for one in lower for two in upper)
        assert all(sort_key(one) < next_kind(sort_key(lower[0])) for one in lower)
        assert all(sort_key(two) >= next_kind(sort_key(lower[0])) for two in upper)


def test_zero_has_one_key() -> None:
    """Whatever its sign and its kind of number."""
    assert sort_key(0) == sort_key(0.0) == sort_key(-0.0)


def test_a_field_is_read_from_a_body() -> None:
    """Null is a value; a missing field is none; an odd name is only a name."""
    body = encode({"a": None, "$b": 2, "c.d": [1, "x"]})
    assert field_key(body, b"a") == sort_key(None)
    assert field_key(body, b"$b") == sort_key(2)
    assert field_key(body, b"absent") is None
    assert has_member(body, b"c.d", sort_key("x"))
    assert not has_member(body, b"c.d", sort_key("1"))
    assert not has_member(body, b"$b", sort_key(2))


def test_what_no_document_holds_has_no_key() -> None:
    """It is refused, not compared."""
    with pytest.raises(TypeError):
        sort_key(object())
