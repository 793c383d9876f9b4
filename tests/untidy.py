"""Documents as other services may leave them: whole ones in which anything was put anywhere.

Each begins as a document with every field that the product reads; a few of its parts, at any depth,
are then removed or replaced by any value that the store can hold, and fields that nobody knows are
added. So every example is wrong in a few places only, and reaches far into the program.
"""

import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from runbooks.store.codec import is_document_key
from runbooks.store.port import Collection, Create, DocumentStore
from runbooks.values import GeoPoint, Reference, Vector
from tests.whole_documents import (
    Doc,
    error_document,
    run_document,
    snippet_document,
    suggestion_document,
)
from tests.world import pattern_document, trace_document

Path = tuple[str | int, ...]

UTF8 = st.characters(codec="utf-8")
HUGE = (
    "x" * 200_000,
    "# " * 30_000,
    "word \n" * 20_000,
    "```sh\n" + "kubectl get pods\n" * 3_000,
    "\U0001f600" * 40_000,
    "[a](" * 20_000,
    "<b>" * 20_000,
    "a@b.example " * 3_000,
)
_WORDS = (
    "",
    " ",
    "runbook",
    "pending",
    "generated",
    "human",
    "P1",
    "yesterday",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999-23:59",
    "2026-02-30T00:00:00Z",
    "NaN",
    "1e999",
    "-1",
    "../..",
    "__x__",
    "a/b",
    "\x00",
    "\u202e",
    "{}",
)
_NUMBERS = (0, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 0.0, -0.0, 5e-324, 1.7e308)
_ODD_IDS = (
    "plain",
    "x" * 1500,
    "é" * 750,
    " ",
    "a b",
    "a:b#c?d&e=f%",
    "%_encoded%2F",
    "...",
    "\n",
    "run-once",
    "generate",
    "'\"<script>",
    "日本 \U0001f600",
    "a\\b`c",
    "$ref",
    "none",
    "\x7f",
)


_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxdict, _SHORT.maxstring, _SHORT.maxother = 9, 40, 80, 80


@dataclass(frozen=True, repr=False)
class Mess:
    """Some documents of each kind, by their ids."""

    suggestions: dict[str, Doc] = field(default_factory=dict)
    patterns: dict[str, Doc] = field(default_factory=dict)
    traces: dict[str, Doc] = field(default_factory=dict)
    runs: dict[str, Doc] = field(default_factory=dict)
    errors: dict[str, Doc] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Mess({', '.join(_SHORT.repr(part) for part in vars(self).values())})"

    def put_into(self, store: DocumentStore) -> None:
        """Store them as another service does."""
        for collection, documents in (
            (Collection.SUGGESTIONS, self.suggestions),
            (Collection.PATTERNS, self.patterns),
            (Collection.TRACES, self.traces),
            (Collection.RUNS, self.runs),
            (Collection.ERRORS, self.errors),
        ):
            for key, document in documents.items():
                store.commit([Create(collection, key, document)])


def ids() -> SearchStrategy[str]:
    """Ids that every store takes, most of them odd."""
    free = st.text(UTF8, min_size=1, max_size=12)
    return st.sampled_from(_ODD_IDS) | free.filter(is_document_key)


def values(*, wild: bool) -> SearchStrategy[Any]:
    """Any value that a store can hold; `wild` also what only SQLite can."""
    texts = st.text(max_size=8) if wild else st.text(UTF8, max_size=8)
    whole = st.integers(-(2**63), 2**63 - 1)
    leaves = (
        st.none()
        | st.booleans()
        | st.sampled_from(_WORDS)
        | texts
        | st.sampled_from(_NUMBERS)
        | whole
        | st.floats()
        | st.datetimes(timezones=st.just(UTC))
        | st.binary(max_size=4)
        | st.just(GeoPoint(1.5, -2.5))
        | st.just(Reference("raw_traces/a"))
        | st.just(Vector((0.5, -1.0)))
    )
    keys = st.sampled_from(("a", "a.b", "`", "$datetime", "ключ", " ")) | texts.filter(_is_name)
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner if wild else inner.filter(_goes_into_a_list), max_size=3)
            | st.dictionaries(keys, inner, max_size=3)
        ),
        max_leaves=5,
    )


def _goes_into_a_list(value: object) -> bool:
    return not isinstance(value, list | Vector)


def _is_name(name: str) -> bool:
    return bool(name) and not (name.startswith("__") and name.endswith("__"))


@st.composite
def messes(draw: DrawFn, *, wild: bool) -> Mess:
    """One or two suggestions, the traces and patterns that they name, and runs, all damaged."""
    some = values(wild=wild)
    traces = draw(st.lists(ids(), min_size=1, max_size=2, unique=True))
    mess = Mess()
    for trace in traces:
        mess.traces[trace] = draw(_damaged(trace_document(trace), some))
        mess.patterns[trace] = draw(_damaged(pattern_document(trace), some))
    for name in draw(st.lists(ids(), min_size=1, max_size=2, unique=True)):
        source = draw(st.sampled_from((None, "generated", "generated", "human")))
        snippet = snippet_document(source) if source else None
        status = draw(st.sampled_from(("pending", "pending", "pending", "approved", "rejected")))
        whole = suggestion_document(name, traces, snippet, status)
        mess.suggestions[name] = draw(_damaged(whole, some))
    for run in draw(st.lists(ids(), max_size=2, unique=True)):
        mess.runs[run] = draw(_damaged(run_document(run), some))
        mess.errors[f"e{len(mess.errors)}"] = draw(_damaged(error_document(run), some))
    return mess


@st.composite
def _damaged(draw: DrawFn, document: Doc, some: SearchStrategy[Any]) -> Doc:
    """Remove or replace up to four parts of a document, at any depth, and add unknown fields."""
    for _ in range(draw(st.integers(0, 4))):
        anywhere = list(paths(document)) or [()]
        near = [path for path in anywhere if len(path) <= 2]
        path = draw(st.sampled_from(near) | st.sampled_from(anywhere))
        if not path:
            break
        how = draw(st.sampled_from(("value", "value", "value", "gone", "null", "huge")))
        if how == "gone":
            document = _without(document, path)
        else:
            new = {"null": st.none(), "huge": st.sampled_from(HUGE)}.get(how, some)
            document = _with(document, path, draw(new))
    extra = draw(
        st.dictionaries(st.sampled_from(("zz", "zz.a b", "zz`", "ключ")), some, max_size=2)
    )
    return {**document, **extra}


def paths(value: object, here: Path = ()) -> Iterator[Path]:
    """Give the way to every part of a document."""
    if isinstance(value, Mapping):
        parts: list[tuple[str | int, object]] = list(value.items())
    elif isinstance(value, list):
        parts = list(enumerate(value))
    else:
        return
    for step, part in parts:
        yield (*here, step)
        yield from paths(part, (*here, step))


def _with(value: Any, path: Path, new: Any) -> Any:
    step, *rest = path
    inner = _with(value[step], tuple(rest), new) if rest else new
    return _put(value, step, inner)


def _put(value: Any, step: str | int, inner: Any) -> Any:
    if isinstance(value, Mapping):
        return {**value, step: inner}
    # Firestore cannot hold a list or an embedding directly inside a list.
    inner = inner if _goes_into_a_list(inner) else {"was": inner}
    return [inner if place == step else item for place, item in enumerate(value)]


def _without(value: Any, path: Path) -> Any:
    step, *rest = path
    if rest:
        return _put(value, step, _without(value[step], tuple(rest)))
    if isinstance(value, Mapping):
        return {name: part for name, part in value.items() if name != step}
    return [item for place, item in enumerate(value) if place != step]
