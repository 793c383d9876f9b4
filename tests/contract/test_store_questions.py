"""The product's own questions to every store, but for the lists of the queue."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runbooks.store import queries
from runbooks.store.port import Collection, DocumentStore
from tests.contract.queue_documents import keys, put

S = Collection.SUGGESTIONS
DAY = datetime(2026, 11, 20, tzinfo=UTC)


def test_pending_runbook_suggestions_are_counted(store: DocumentStore) -> None:
    """By what their own documents say."""
    put(
        store,
        S,
        a={"type": "runbook", "status": "pending"},
        b={"type": "runbook", "status": "approved"},
        c={"type": "eval", "status": "pending"},
        d={"type": "runbook", "status": "pending", "created_at": DAY},
        e={"status": "pending"},
    )
    assert store.count(queries.pending_suggestions()) == 2


@pytest.mark.parametrize("field", ["created_at", "updated_at"])
def test_suggestions_since_a_moment_are_found_of_each_kind(
    store: DocumentStore, field: str
) -> None:
    """Timestamps by a timestamp, texts by a text, in their order and by pages (CONTRACT R7)."""
    moments: dict[str, object] = {
        f"t{hour}": DAY + timedelta(hours=hour, microseconds=hour) for hour in range(6)
    }
    texts: dict[str, object] = {
        f"s{hour}": f"2026-11-20T0{hour}:00:00.00000{hour}Z" for hour in range(6)
    }
    values = {**moments, **texts, "null": None, "number": 1763600000}
    put(
        store, S, **{key: {field: value, "title": key} for key, value in values.items()}, without={}
    )
    since_moment = queries.suggestions_since(field, DAY + timedelta(hours=3), 2)
    assert keys(store.query(since_moment)) == ["t3", "t4"]
    after = (moments["t4"], "t4")
    assert keys(store.query(replace(since_moment, after=after))) == ["t5"]
    since_text = queries.suggestions_since(field, "2026-11-20T03", 10)
    assert keys(store.query(since_text)) == ["s3", "s4", "s5"]
    assert store.query(since_text)[0].document["title"] == "s3"


def test_versions_come_newest_first(store: DocumentStore) -> None:
    """By number, not by text, page by page; of this suggestion alone."""
    documents = {
        f"s:{number}": {"suggestion_id": "s", "number": number, "revision": f"r{number % 5}"}
        for number in range(1, 13)
    }
    put(store, Collection.VERSIONS, **documents, **{"t:1": {"suggestion_id": "t", "number": 99}})
    first = store.query(queries.versions_of("s", 5))
    assert [found.document["number"] for found in first] == [12, 11, 10, 9, 8]
    second = store.query(queries.versions_of("s", 5, (8, "s:8")))
    assert [found.document["number"] for found in second] == [7, 6, 5, 4, 3]


def test_a_version_is_found_by_its_revision(store: DocumentStore) -> None:
    """To see whether a text is adopted already (CONTRACT R5)."""
    put(
        store,
        Collection.VERSIONS,
        v1={"suggestion_id": "s", "number": 1, "revision": "r1"},
        v2={"suggestion_id": "s", "number": 2, "revision": "r2"},
        w1={"suggestion_id": "t", "number": 1, "revision": "r3"},
    )
    assert keys(store.query(queries.version_with("s", "r2"))) == ["v2"]
    assert store.query(queries.version_with("s", "r3")) == []


def test_documents_that_belong_to_something_are_found(store: DocumentStore) -> None:
    """Unsaved texts of a suggestion, errors and leases of a run; nobody else's."""
    for collection, field, query in (
        (Collection.UNSAVED, "suggestion_id", queries.unsaved_of("x")),
        (Collection.ERRORS, "run_id", queries.errors_of("x")),
        (Collection.LEASES, "run_id", queries.leases_of_run("x")),
    ):
        put(store, collection, b={field: "x"}, a={field: "x"}, c={field: "y"}, d={})
        assert keys(store.query(query)) == ["a", "b"]
        assert store.count(query) == 2


def test_runs_come_newest_first(store: DocumentStore) -> None:
    """By their start, page by page; two of the same second by their id."""
    starts = {
        "run_1": "2026-11-01",
        "run_2": "2026-11-03",
        "run_3": "2026-11-03",
        "run_4": "2026-10",
    }
    put(store, Collection.RUNS, **{key: {"started_at": start} for key, start in starts.items()})
    assert keys(store.query(queries.runs_newest(2))) == ["run_3", "run_2"]
    assert keys(store.query(queries.runs_newest(2, ("2026-11-03", "run_2")))) == ["run_1", "run_4"]


def test_the_audit_of_a_suggestion_comes_newest_first(store: DocumentStore) -> None:
    """Of this suggestion alone."""
    put(
        store,
        Collection.AUDIT,
        a={"suggestion_id": "s", "at": "2026-11-01"},
        b={"suggestion_id": "s", "at": "2026-11-02"},
        c={"suggestion_id": "t", "at": "2026-11-03"},
    )
    assert keys(store.query(queries.audit_of("s"))) == ["b", "a"]
