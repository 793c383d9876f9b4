"""Every question of the product has its index in firestore.indexes.json.

Which of Firestore's rules applies to a question is worked out in `index_rules`: the list's filters
are not indexed in each combination (that would be hundreds), each filter has one index per order,
and Firestore merges those that a question needs. The usual view has an index of its own.
"""

import inspect
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import pytest

from runbooks.errors import InvalidRequest
from runbooks.models import QueueEntry
from runbooks.store import queries
from runbooks.store.port import Collection, Query
from runbooks.store.queries import QueueFilter, Sort
from runbooks.store.shapes import Shape, count_shape, shape
from tests.unit.store.index_rules import FILE, Rule, plan, read_exempt, read_indexes

INDEXES = read_indexes()
EXEMPT = read_exempt()
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SEVERAL = ("status", "severity", "failure_type", "service", "draft_state")
SINGLE = ("type", "assignee", "similarity_group")

OTHERS: dict[str, list[Query]] = {
    "queue_list": [queries.queue_list(QueueFilter(), sort, 10) for sort in Sort],
    "queue_back": [queries.queue_back(QueueFilter(), sort, 10) for sort in Sort],
    "queue_draftless": [queries.queue_draftless(10)],
    "queue_fallbacks": [queries.queue_fallbacks("run_budget_exceeded", 10)],
    "queue_of_run": [queries.queue_of_run("run_1")],
    "queue_with": [
        queries.queue_with({"type": "runbook", "status": "approved", name: "x"})
        for name, field in QueueEntry.model_fields.items()
        if field.annotation in (str, int, bool) and name not in ("title", "problem")
    ],
    "pending_suggestions": [queries.pending_suggestions()],
    "suggestions_since": [
        queries.suggestions_since(field, moment, 10)
        for field in ("created_at", "updated_at")
        for moment in (NOW, "2026-01-01T00:00:00.000000Z")
    ],
    "suggestions_newest": [
        queries.suggestions_newest(field, as_timestamp, 10)
        for field in ("created_at", "updated_at")
        for as_timestamp in (True, False)
    ],
    "suggestions_between": [
        queries.suggestions_between(after, until, 10) for after in ("", "a") for until in ("", "z")
    ],
    "entries_between": [
        queries.entries_between(after, until) for after in ("", "a") for until in ("", "z")
    ],
    "documents_by_name": [
        queries.documents_by_name(collection, after, 10)
        for collection in Collection
        for after in ("", "s1")
    ],
    "versions_of": [queries.versions_of("s1", 10), queries.versions_of("s1", 10, (3, "s1:3"))],
    "version_with": [queries.version_with("s1", "0123456789abcdef")],
    "unsaved_of": [queries.unsaved_of("s1")],
    "runs_newest": [queries.runs_newest(10)],
    "errors_of": [queries.errors_of("run_1")],
    "leases_of_run": [queries.leases_of_run("run_1")],
    "audit_of": [queries.audit_of("s1")],
}


def pages() -> Iterator[Query]:
    """The list in every combination of filters, each absent, with one value or with two."""
    several = product(((), ("a",), ("a", "b")), repeat=len(SEVERAL))
    for values in several:
        for single in product(("", "x"), repeat=len(SINGLE)):
            for search in ((), ("word",), ("word", "another")):
                chosen = dict(zip((*SEVERAL, *SINGLE), (*values, *single), strict=True))
                which = QueueFilter(**chosen, search=search)  # type: ignore[arg-type]
                for sort in Sort:
                    try:
                        yield queries.queue_page(which, sort, 10)
                        yield queries.queue_back(which, sort, 10)
                    except InvalidRequest:
                        continue


@pytest.fixture(scope="module")
def shapes() -> set[Shape]:
    """Every shape that is fetched or counted."""
    asked = [*pages(), *(query for some in OTHERS.values() for query in some)]
    return {shape(query) for query in asked} | {count_shape(query) for query in asked}


def exempt_of(asked: Shape) -> set[str]:
    """The fields of its collection without an index of their own."""
    return EXEMPT.get(f"evalforge_{asked.collection.value}", set())


def test_every_question_of_the_product_is_enumerated_here() -> None:
    """A function that is added to the queries must be added to this test."""
    functions = {
        name
        for name, function in inspect.getmembers(queries, inspect.isfunction)
        if function.__module__ == queries.__name__ and not name.startswith("_")
    }
    assert functions == {*OTHERS, "queue_page"}


def test_every_question_has_its_index(shapes: set[Shape]) -> None:
    """Fetched or counted, each shape is answered under a documented rule."""
    assert len(shapes) > 2000
    missing = [str(asked) for asked in shapes if plan(asked, INDEXES, exempt_of(asked)) is None]
    assert missing == []


def test_no_index_is_there_in_vain(shapes: set[Shape]) -> None:
    """Each index is used by the best plan of some shape: writing to it costs time and space."""
    plans = [plan(asked, INDEXES, exempt_of(asked)) for asked in shapes]
    used = {index for found in plans if found for index in found.indexes}
    assert set(INDEXES) - used == set()
    assert len(INDEXES) == len(set(INDEXES))


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        (queries.documents_by_name(Collection.TRACES, "a", 10), Rule.BY_NAME),
        (queries.runs_newest(10), Rule.AUTOMATIC),
        (queries.suggestions_since("created_at", NOW, 10), Rule.AUTOMATIC),
        (queries.unsaved_of("s1"), Rule.AUTOMATIC),
        (queries.version_with("s1", "r"), Rule.AUTOMATIC_MERGED),
        (queries.versions_of("s1", 10), Rule.COMPOSITE),
        (queries.audit_of("s1"), Rule.COMPOSITE),
        (queries.queue_draftless(10), Rule.COMPOSITE),
        (queries.queue_fallbacks("run_budget_exceeded", 10), Rule.COMPOSITES_MERGED),
        (queries.queue_page(QueueFilter(), Sort.WORST, 10), Rule.COMPOSITE),
        (queries.queue_page(QueueFilter(search=("a",)), Sort.NEWEST, 10), Rule.COMPOSITE),
        (
            queries.queue_page(QueueFilter(severity=("a", "b")), Sort.WORST, 10),
            Rule.COMPOSITES_MERGED,
        ),
        (queries.queue_page(QueueFilter(type="", status=()), Sort.WORST, 10), Rule.COMPOSITE),
        (queries.queue_page(QueueFilter(type="", status=()), Sort.NEWEST, 10), Rule.AUTOMATIC),
    ],
)
def test_questions_are_answered_by_the_rule_meant_for_them(query: Query, rule: Rule) -> None:
    """What a person sees most and what a batch asks needs no merging."""
    found = plan(shape(query), INDEXES, exempt_of(shape(query)))
    assert found is not None
    assert found.rule is rule


def test_the_counts_that_are_made_often_need_no_merging() -> None:
    """A count is billed by the index entries it walks, so these have an index of their own."""
    for query in (
        queries.pending_suggestions(),
        queries.queue_page(QueueFilter(), Sort.WORST, 1),
        queries.queue_page(QueueFilter(search=("a",)), Sort.WORST, 1),
    ):
        asked = count_shape(query)
        found = plan(asked, INDEXES, exempt_of(asked))
        assert found is not None
        assert found.rule is Rule.COMPOSITE


@pytest.mark.parametrize(
    "asked",
    [
        Shape(Collection.QUEUE, frozenset({"type"}), order=(("severity_rank", True),)),
        Shape(Collection.QUEUE, frozenset({"type"}), order=(("failures", True),)),
        Shape(Collection.QUEUE, frozenset({"type", "nobody"}), order=(("created_at", True),)),
        Shape(Collection.QUEUE, frozenset({"title"})),
        Shape(Collection.VERSIONS, frozenset({"suggestion_id"}), order=(("number", False),)),
        Shape(Collection.RUNS, frozenset({"state"}), order=(("started_at", True),)),
    ],
    ids=str,
)
def test_a_question_without_an_index_is_found_out(asked: Shape) -> None:
    """The rules refuse the other direction, an unknown field, an exempt field, another collection."""
    assert plan(asked, INDEXES, exempt_of(asked)) is None


def test_each_index_of_a_merge_is_needed() -> None:
    """Without the index of one filter the combination with that filter is not answered."""
    asked = shape(queries.queue_page(QueueFilter(severity=("a",), service=("b",)), Sort.WORST, 10))
    found = plan(asked, INDEXES)
    assert found is not None
    assert len(found.indexes) == 3
    for left_out in found.indexes[1:]:
        assert plan(asked, [index for index in INDEXES if index != left_out]) is None


@pytest.mark.parametrize(
    ("collection", "field"),
    [
        (Collection.SUGGESTIONS, "suggestion_content.runbook_snippet"),
        (Collection.TRACES, "trace_payload"),
        (Collection.QUEUE, "title"),
        (Collection.QUEUE, "seen_by"),
        (Collection.VERSIONS, "snippet"),
        (Collection.UNSAVED, "text"),
        (Collection.RUNS, "suggestion_outcomes"),
        (Collection.ERRORS, "error_message"),
        (Collection.ERRORS, "model_response_excerpt"),
        (Collection.AUDIT, "detail"),
    ],
)
def test_long_texts_and_wide_maps_are_not_indexed(collection: Collection, field: str) -> None:
    """An index of them would only make each write slower and larger."""
    assert {field, f"{field}[]"} <= EXEMPT[f"evalforge_{collection.value}"]


def test_search_words_are_indexed_only_one_by_one() -> None:
    """The list as a whole is never compared; its members are."""
    assert "search_tokens" in EXEMPT["evalforge_runbook_queue"]
    assert "search_tokens[]" not in EXEMPT["evalforge_runbook_queue"]


def test_the_file_speaks_of_our_collections_alone() -> None:
    """Deploying it touches no collection that the product does not know."""
    content = json.loads(FILE.read_text("utf-8"))
    entries = [*content["indexes"], *content["fieldOverrides"]]
    known = {f"evalforge_{collection.value}" for collection in Collection}
    assert {entry["collectionGroup"] for entry in entries} <= known
