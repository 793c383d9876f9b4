"""Values on their way to Firestore and back."""

import math
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from google.cloud.firestore_v1 import types
from hypothesis import given
from hypothesis import strategies as st

from runbooks.errors import InvalidRequest
from runbooks.store.firestore_values import Encoder, quoted, read_fields, read_value
from runbooks.values import GeoPoint, Reference, Vector

ROOT = "projects/p/databases/(default)/documents"
Document = types.Document.pb()
Value = types.Value.pb()

texts = st.text(st.characters(codec="utf-8"), max_size=20)
names = texts.filter(lambda name: name and not re.fullmatch(r"__.*__", name, re.DOTALL))
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    texts,
    st.binary(max_size=20),
    st.datetimes(timezones=st.just(UTC)),
    st.builds(GeoPoint, st.floats(-90, 90), st.floats(-180, 180)),
    st.builds(Vector, st.lists(st.floats(allow_nan=False), max_size=4).map(tuple)),
    st.just(Reference("evalforge_suggestions/s1")),
)
maps = st.recursive(
    st.dictionaries(names, scalars, max_size=3),
    lambda inner: st.dictionaries(names, st.one_of(inner, st.lists(inner, max_size=3)), max_size=3),
    max_leaves=8,
)


def sent_and_read(document: dict[str, object]) -> dict[str, object]:
    """The document after a way through the wire's bytes."""
    message = Document()
    Encoder(ROOT).fill_fields(message.fields, document)
    return read_fields(Document.FromString(message.SerializeToString()).fields, ROOT)


@given(maps)
def test_every_document_comes_back_the_same(document: dict[str, object]) -> None:
    """All kinds of value that a document holds survive the way to the wire and back."""
    assert sent_and_read(document) == document


@given(maps)
def test_the_counted_size_is_never_more_than_the_text(document: dict[str, object]) -> None:
    """The size grows with every field and value, so nothing large passes uncounted."""
    encoder = Encoder(ROOT)
    encoder.fill_fields(Document().fields, document)
    assert encoder.size >= sum(len(name.encode()) + 1 for name in document)
    alone = Encoder(ROOT)
    alone.fill_fields(Document().fields, {**document, "x" * 30: "y" * 100})
    assert alone.size == encoder.size + 31 + 101


def test_kinds_are_not_mixed_up() -> None:
    """True is not 1, 1 is not 1.0, and not-a-number stays what it is."""
    read = sent_and_read({"a": True, "b": 1, "c": 1.0, "d": math.nan})
    assert [type(value) for value in read.values()] == [bool, int, float, float]
    assert math.isnan(read["d"])  # type: ignore[arg-type]


def test_a_moment_is_kept_to_the_microsecond_in_utc() -> None:
    """Any zone is the same moment; one without a zone is UTC, as everywhere in the product."""
    berlin = datetime(2026, 7, 1, 12, 0, 0, 123456, timezone(timedelta(hours=2)))
    read = sent_and_read({"a": berlin, "b": berlin.replace(tzinfo=None)})
    assert read["a"] == datetime(2026, 7, 1, 10, 0, 0, 123456, UTC)
    assert read["b"] == datetime(2026, 7, 1, 12, 0, 0, 123456, UTC)


def test_nanoseconds_of_others_are_cut_off() -> None:
    """A foreign timestamp finer than ours is read rounded down."""
    value = Value()
    value.timestamp_value.seconds, value.timestamp_value.nanos = 1, 999_999_999
    assert read_value(value, ROOT) == datetime(1970, 1, 1, 0, 0, 1, 999_999, UTC)


def test_a_pointer_into_another_database_stays_whole() -> None:
    """Ours are short paths, foreign ones full names, and both go back as they came."""
    foreign = "projects/other/databases/d/documents/c/1"
    read = sent_and_read({"ours": Reference("c/1"), "theirs": Reference(foreign)})
    assert read == {"ours": Reference("c/1"), "theirs": Reference(foreign)}


@pytest.mark.parametrize(
    "fields", [{"__oid__": "5"}, {"__type__": "__vector__"}, {"__max__": None}]
)
def test_a_map_that_looks_like_something_else_is_read_as_a_map(fields: dict[str, object]) -> None:
    """What the library would turn into an object of its own stays a plain map of ours."""
    message = Document()
    for name, value in fields.items():
        if value is None:
            message.fields["m"].map_value.fields[name].null_value = 0
        else:
            message.fields["m"].map_value.fields[name].string_value = value
    assert read_fields(message.fields, ROOT) == {"m": fields}


def test_a_vector_of_whole_numbers_is_read() -> None:
    """Other writers may store an embedding's members as integers."""
    value = Value()
    value.map_value.fields["__type__"].string_value = "__vector__"
    value.map_value.fields["value"].array_value.values.add().integer_value = 1
    value.map_value.fields["value"].array_value.values.add().double_value = 0.5
    assert read_value(value, ROOT) == Vector((1.0, 0.5))


@pytest.mark.parametrize(
    ("path", "wire"),
    [
        (("a",), "a"),
        (("a", "b_1"), "a.b_1"),
        (("a.b",), "`a.b`"),
        (("1a", "b"), "`1a`.b"),
        (("back`tick",), "`back\\`tick`"),
        (("slash\\",), "`slash\\\\`"),
        (("größe",), "`größe`"),
        (("",), "``"),
        (("a\n",), "`a\n`"),
    ],
)
def test_odd_field_names_stand_in_backticks(path: tuple[str, ...], wire: str) -> None:
    """A dot or a mark inside a name is never taken for a step of the path."""
    assert quoted(path) == wire


@pytest.mark.parametrize("value", [GeoPoint(91, 0), GeoPoint(0, math.nan), object(), {1: 2}])
def test_a_value_of_no_kind_is_refused(value: object) -> None:
    """What no store could read back is a fault of the request and names its field."""
    with pytest.raises(InvalidRequest) as caught:
        sent_and_read({"a": {"b": value}})
    assert caught.value.field == "a.b"


def test_the_choice_of_another_store_does_not_wait_for_google() -> None:
    """Importing the adapter brings in none of Google's libraries."""
    code = (
        "import sys, runbooks.store.firestore;"
        "sys.exit(any(name.startswith(('google', 'grpc')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
