"""Documents as JSON text and back, and document ids for any text."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.revision import revision
from runbooks.store.codec import MAX_DEPTH, decode, document_key, encode, is_document_key
from runbooks.values import GeoPoint, Reference, Vector
from tests.examples import examples

every_text = st.text(st.characters(), max_size=20)
tag_like = st.sampled_from(
    [
        "$",
        "$$",
        "$datetime",
        "$$datetime",
        "$bytes",
        "$integer",
        "$number",
        "$text",
        "$text:",
        "$vector",
    ]
)
names = every_text | tag_like
moments = st.datetimes(timezones=st.just(UTC))
numbers = st.integers() | st.floats(allow_nan=False)
scalars = (
    st.none()
    | st.booleans()
    | numbers
    | every_text
    | tag_like
    | st.binary(max_size=20)
    | moments
    | st.builds(Vector, st.lists(st.floats(allow_nan=False), max_size=4).map(tuple))
    | st.builds(GeoPoint, st.floats(-90, 90), st.floats(-180, 180))
    | st.builds(Reference, every_text)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)
documents = st.dictionaries(names, values, max_size=5)


def same(left: object, right: object) -> bool:
    """Equal and of the same kinds throughout."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


@given(documents)
@settings(max_examples=examples(400), deadline=None)
def test_a_document_survives_the_round_trip(document: dict[str, object]) -> None:
    """Every value with its kind, every key, and so the revision (CONTRACT R4)."""
    read = decode(encode(document))
    assert same(read, document)
    assert revision(read) == revision(document)


@given(documents)
@settings(max_examples=examples(200), deadline=None)
def test_the_text_is_json_that_anything_can_hold(document: dict[str, object]) -> None:
    """It has a UTF-8 form, no number that JSON lacks, and a second trip gives the same text."""
    text = encode(document)
    text.encode("utf-8")
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert encode(decode(text)) == text


def test_real_documents_survive(shared_data: Path) -> None:
    """Traces, patterns and suggestions as other services write them."""
    for name in ("tau_failures", "tau_patterns", "tau_suggestions", "dd_error_spans"):
        for line in (shared_data / f"{name}.jsonl").read_text().splitlines():
            document = json.loads(line)
            assert decode(encode(document)) == document


def test_the_tags_are_the_documented_ones() -> None:
    """The form is written in files, so it does not change by accident."""
    document = {
        "at": datetime(2026, 11, 20, 5, 0, 0, 7, timezone(timedelta(hours=1))),
        "raw": b"\x00\xff",
        "vector": Vector((0.5, math.inf)),
        "place": GeoPoint(1.5, -2.0),
        "ref": Reference("a/b"),
        "big": 2**53,
        "nan": math.nan,
        "half": "\ud800",
        "$own": {"$datetime": 1},
    }
    assert json.loads(encode(document)) == {
        "at": {"$datetime": "2026-11-20T04:00:00.000007Z"},
        "raw": {"$bytes": "AP8="},
        "vector": {"$vector": [0.5, {"$number": "inf"}]},
        "place": {"$geopoint": [1.5, -2.0]},
        "ref": {"$reference": "a/b"},
        "big": {"$integer": "9007199254740992"},
        "nan": {"$number": "nan"},
        "half": {"$text": "7aCA"},
        "$$own": {"$$datetime": 1},
    }


def test_two_half_characters_do_not_become_one() -> None:
    """Text that only looks like an astral character in JSON stays what it was."""
    halves = {"\ud83d\ude00": "\ud83d\ude00"}
    assert decode(encode(halves)) == halves != {"😀": "😀"}


def test_a_naive_moment_is_read_as_utc() -> None:
    """As everywhere else, so the revision does not change by storing."""
    document = {"at": datetime(2026, 11, 20)}
    assert decode(encode(document)) == {"at": datetime(2026, 11, 20, tzinfo=UTC)}
    assert revision(decode(encode(document))) == revision(document)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":{"$datetime":"yesterday"}}',
        '{"a":{"$datetime":7}}',
        '{"a":{"$bytes":"not base64!"}}',
        '{"a":{"$vector":"x"}}',
        '{"a":{"$vector":[true]}}',
        '{"a":{"$geopoint":[1.0]}}',
        '{"a":{"$reference":null}}',
        '{"a":{"$integer":"7x"}}',
        '{"a":{"$unknown":1}}',
        '{"a":{"$text:not base64!":1}}',
    ],
)
def test_a_tag_that_is_none_stays_a_map(text: str) -> None:
    """A line that somebody wrote by hand is read as it stands and never stops a list."""
    assert decode(text) == json.loads(text)


@pytest.mark.parametrize(
    "text", ["", "[]", "1", "null", "{", '{"$datetime":"2026-11-20T00:00:00Z"}']
)
def test_text_that_is_no_document_is_refused(text: str) -> None:
    """A document is a map."""
    with pytest.raises(ValueError, match=r".+"):
        decode(text)


@pytest.mark.parametrize("value", [{1}, object(), 1j, {1: "a"}, {None: 1}])
def test_what_no_document_holds_is_refused(value: object) -> None:
    """Nothing is turned into text by guessing."""
    with pytest.raises(TypeError):
        encode({"a": [value]})


def test_nesting_has_a_bound() -> None:
    """What is written can be read again, however deep the caller stands already."""

    def nested(depth: int) -> dict[str, object]:
        value: object = 1
        for _ in range(depth):
            value = [value]
        return {"a": value}

    deepest = nested(MAX_DEPTH)
    assert decode(encode(deepest)) == deepest
    with pytest.raises(ValueError, match="nested"):
        encode(nested(MAX_DEPTH + 1))


# Document ids

every_id = st.text(st.characters(), max_size=30) | st.sampled_from(
    [
        "",
        ".",
        "..",
        "/",
        "a/b",
        "__x__",
        "____",
        "%_",
        "%_a",
        "%_%2F",
        "%2F",
        "a%2Fb",
        "__",
        "\ud800",
    ]
)


@given(every_id)
@settings(max_examples=examples(500), deadline=None)
def test_any_text_gives_an_id_that_every_store_takes(raw: str) -> None:
    """Whatever comes in a request or in a file."""
    assert is_document_key(document_key(raw))


@given(every_id)
@settings(max_examples=examples(300), deadline=None)
def test_an_ordinary_id_is_its_own(raw: str) -> None:
    """Other services' documents are found under the ids that they have, also a second time."""
    if is_document_key(raw) and not raw.startswith("%_"):
        assert document_key(raw) == raw == document_key(document_key(raw))


@given(st.lists(every_id, unique=True, max_size=20))
@settings(max_examples=examples(300), deadline=None)
def test_different_texts_have_different_ids(raws: list[str]) -> None:
    """Also a text that looks like the encoded form of another one."""
    encoded = [document_key(raw) for raw in raws]
    twice = [document_key(key) for key in encoded if key not in raws]
    assert len({*encoded}) == len(raws)
    assert not {*twice} & {*encoded}


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("", "%_"),
        (".", "%_."),
        ("a/b c", "%_a%2Fb c"),
        ("__x__", "%___x__"),
        ("%_x", "%_%25_x"),
        ("é/", "%_%C3%A9%2F"),
    ],
)
def test_the_encoded_form_is_the_documented_one(raw: str, key: str) -> None:
    """It names stored documents, so it does not change by accident."""
    assert document_key(raw) == key


def test_a_long_id_is_hashed() -> None:
    """Two long ids that differ at the end stay two; one of exactly 1,500 bytes is its own."""
    assert document_key("é" * 750) == "é" * 750
    one, two = document_key("x" * 1600 + "1"), document_key("x" * 1600 + "2")
    assert one != two
    assert one.startswith("%_sha256-")
    assert len(one) < 100
    assert document_key(one) not in (one, two)


@pytest.mark.parametrize(
    "key", ["", ".", "..", "__x__", "____", "__\n__", "a/b", "é" * 751, "\udfff"]
)
def test_firestores_forbidden_ids_are_known(key: str) -> None:
    """Empty, dots, reserved, with a slash, too long, without a UTF-8 form."""
    assert not is_document_key(key)


def test_a_document_may_be_any_mapping() -> None:
    """Not only a dict."""

    class View(Mapping[str, object]):
        def __getitem__(self, key: str) -> object:
            return {"a": 1}[key]

        def __iter__(self):  # type: ignore[no-untyped-def]
            return iter(["a"])

        def __len__(self) -> int:
            return 1

    assert encode(View()) == '{"a":1}'
