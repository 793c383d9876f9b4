"""Every question of the product goes through an index, and none sorts more than it shows."""

import inspect
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runbooks.store import queries, sqlite_read
from runbooks.store.port import Collection, Create, Query
from runbooks.store.queries import QueueFilter, Sort
from runbooks.store.sqlite import SqliteStore
from tests.contract.queue_documents import creates, entries, expected, keys

EVERY_FILTER = {
    "pending": QueueFilter(),
    "every status": QueueFilter(status=()),
    "everything": QueueFilter(type="", status=()),
    "statuses": QueueFilter(status=("approved", "rejected")),
    "one of each": QueueFilter(
        severity=("low",), failure_type=("x",), service=("y",), draft_state=("none",)
    ),
    "several of each": QueueFilter(severity=("low", "high"), draft_state=("none", "human")),
    "mine": QueueFilter(assignee="ana"),
    "group": QueueFilter(similarity_group="g"),
}
LISTS: dict[str, Query] = {
    **{
        f"{name}, {sort}, {'next' if after else 'first'}": queries.queue_page(
            which,
            sort,
            50,
            (1, "2026", "x") if after and sort is Sort.WORST else ("2026", "x") if after else None,
        )
        for name, which in EVERY_FILTER.items()
        for sort in Sort
        for after in (False, True)
    },
    "as lists show it": queries.queue_list(QueueFilter(status=("approved",)), Sort.UPDATED, 50),
    "backwards": queries.queue_back(QueueFilter(), Sort.WORST, 3),
    "backwards from a place": queries.queue_back(
        QueueFilter(status=()), Sort.NEWEST, 3, ("2026", "x")
    ),
    "draftless": queries.queue_draftless(20),
    "draftless, next": queries.queue_draftless(20, (0, 1, "2026", "x")),
    "fallbacks": queries.queue_fallbacks("run_budget_exceeded", 20),
    "of a run": queries.queue_of_run("r"),
    "since a text": queries.suggestions_since("created_at", "2026", 10),
    "since a moment": queries.suggestions_since("updated_at", datetime(2026, 1, 1, tzinfo=UTC), 10),
    "newest by a moment": queries.suggestions_newest("created_at", True, 10),
    "newest by a text": queries.suggestions_newest("updated_at", False, 10),
    "between two names": queries.suggestions_between("a", "z", 10),
    "by name": queries.documents_by_name(Collection.QUEUE, "", 10),
    "by name, next": queries.documents_by_name(Collection.SUGGESTIONS, "x", 10),
    "versions": queries.versions_of("s", 10),
    "versions, next": queries.versions_of("s", 10, (5, "x")),
    "a version": queries.version_with("s", "r"),
    "unsaved": queries.unsaved_of("s"),
    "runs": queries.runs_newest(10),
    "runs, next": queries.runs_newest(10, ("2026", "x")),
    "errors": queries.errors_of("r"),
    "leases": queries.leases_of_run("r"),
    "audit": queries.audit_of("s"),
}
COUNTS: dict[str, Query] = {
    "pending suggestions": queries.pending_suggestions(),
    "pending entries": queries.queue_with({"type": "runbook", "status": "pending"}),
    "edited": queries.queue_with({"type": "runbook", "status": "approved", "edited": True}),
    "good drafts": queries.queue_with(
        {"type": "runbook", "draft_state": "generated", "clean_markdown": True}
    ),
    "leases": queries.leases_of_run("r"),
    "entries between two names": queries.entries_between("a", "z"),
    "suggestions between two names": queries.suggestions_between("a", "z", 1),
    **{name: queries.queue_page(which, Sort.WORST, 1) for name, which in EVERY_FILTER.items()},
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """A store with a queue of three statuses; plans do not depend on how much it holds."""
    opened = SqliteStore(tmp_path_factory.mktemp("plans") / "store.db")
    opened.commit(creates(entries()))
    yield opened
    opened.close()


def statements(store: SqliteStore, act: object) -> list[str]:
    """Run an act and give the SELECT statements that it sent to the tables."""
    seen: list[str] = []
    with store._connections.unit() as connection:
        connection.set_trace_callback(seen.append)
    assert callable(act)
    act()
    with store._connections.unit() as connection:
        connection.set_trace_callback(None)
    return [text for text in seen if text.startswith("SELECT") and "FROM" in text]


def plan(store: SqliteStore, statement: str) -> list[str]:
    """Give SQLite's plan of a statement, line by line."""
    with store._connections.unit() as connection:
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]


def test_every_question_is_examined() -> None:
    """A new function of `queries.py` is missed here, not in the middle of the night."""
    asked = {
        name
        for name, made in inspect.getmembers(queries, inspect.isfunction)
        if made.__module__ == queries.__name__ and not name.startswith("_")
    }
    source = Path(__file__).read_text(encoding="utf-8")
    assert {name for name in asked if f"queries.{name}(" not in source} == set()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read_from_an_index_in_its_order(store: SqliteStore, name: str) -> None:
    """No table is read through, and nothing is sorted: the first rows are the answer."""
    for statement in statements(store, lambda: store.query(LISTS[name])):
        lines = plan(store, statement)
        assert lines
        for line in lines:
            assert "TEMP B-TREE" not in line, (statement, lines)
            assert line.startswith("SEARCH") or "USING" in line, (statement, lines)
            assert "sqlite_autoindex" not in line or "key" in statement, lines


@pytest.mark.parametrize("name", COUNTS)
def test_a_count_is_read_from_an_index_alone(store: SqliteStore, name: str) -> None:
    """No row of the table is touched."""
    (statement,) = statements(store, lambda: store.count(COUNTS[name]))
    (line,) = plan(store, statement)
    assert "COVERING INDEX" in line


@pytest.mark.parametrize("sort", Sort)
def test_a_place_is_counted_along_the_list(store: SqliteStore, sort: Sort) -> None:
    """Up to a bound, and no row of the table is touched."""
    which = QueueFilter(severity=("high",), draft_state=("human",))
    page = queries.queue_back(which, sort, 10_000)
    for statement in statements(store, lambda: store.count_after(page)):
        lines = plan(store, statement)
        assert not any("TEMP B-TREE" in line for line in lines)
        assert any("COVERING INDEX" in line for line in lines), lines


def test_a_read_by_id_is_a_search(store: SqliteStore) -> None:
    """However many ids are asked for."""
    (statement,) = statements(store, lambda: store.get_many(Collection.QUEUE, ["a", "b"]))
    (line,) = plan(store, statement)
    assert line.startswith("SEARCH")


def test_a_search_asks_the_words_first(store: SqliteStore) -> None:
    """Few hits are fetched by their row and only these are sorted."""
    page = queries.queue_page(QueueFilter(search=("refund",)), Sort.WORST, 10)
    *_, statement = statements(store, lambda: store.query(page))
    lines = plan(store, statement)
    assert "SEARCH runbook_queue USING INTEGER PRIMARY KEY (rowid=?)" in lines
    assert not any(line.startswith("SCAN runbook_queue ") for line in lines)


def test_a_frequent_word_is_walked_in_order(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a bound of hits the list's index gives the order; the answer is the same."""
    for which in (QueueFilter(search=("refund",)), QueueFilter(status=(), search=("loop", "ref"))):
        page = queries.queue_page(which, Sort.WORST, 10)
        few = keys(store.query(page))
        with monkeypatch.context() as bounded:
            bounded.setattr(sqlite_read, "FEW_FOUND", 1)
            *_, statement = statements(store, lambda page=page: store.query(page))
            assert keys(store.query(page)) == few
        lines = plan(store, statement)
        assert any("queue_worst" in line for line in lines)
        assert not any("TEMP B-TREE" in line for line in lines)
        with monkeypatch.context() as bounded:
            bounded.setattr(sqlite_read, "FEW_FOUND", 1)
            frequent = store.count(page)
        assert frequent == store.count(page)


def test_more_values_than_walks_are_sorted_after_all(store: SqliteStore, tmp_path: Path) -> None:
    """A field with a hundred values is answered too, only slower."""
    many = SqliteStore(tmp_path / "many.db")
    chance = random.Random(3)
    documents = entries(150)
    for place, document in enumerate(documents.values()):
        document["status"] = f"status-{place % 100}"
        document["severity_rank"] = chance.randrange(3)
    many.commit(creates(documents))
    page = queries.queue_page(QueueFilter(status=()), Sort.WORST, 200)
    assert keys(many.query(page)) == expected(documents, page)
    many.close()


def test_beginnings_of_words_are_found(tmp_path: Path) -> None:
    """While somebody types; in any script, and only beginnings."""
    store = SqliteStore(tmp_path / "words.db")
    tokens = {"a": ["refund"], "b": ["refusal"], "c": ["日本語"], "d": ["é"]}
    store.commit(
        [Create(Collection.QUEUE, key, {"search_tokens": words}) for key, words in tokens.items()]
    )

    def found(*words: str) -> list[str]:
        return keys(store.query(Query(Collection.QUEUE, search=words)))

    assert (found("ref"), found("refun"), found("r", "refus")) == (["a", "b"], ["a"], ["b"])
    assert (found("日"), found("日本"), found("本")) == (["c"], ["c"], [])
    # The first byte of another character's UTF-8 is no beginning of it.
    assert found("\u00e8") == []
    store.close()


def test_the_search_table_holds_nothing_of_the_deleted(store: SqliteStore) -> None:
    """One row for each entry with words, under the entry's own number."""
    with store._connections.unit() as connection:
        rows = set(connection.execute("SELECT rowid FROM queue_search"))
        assert rows == set(connection.execute("SELECT id FROM runbook_queue"))
        connection.execute("INSERT INTO queue_search(queue_search) VALUES ('integrity-check')")


def test_columns_agree_with_bodies(store: SqliteStore) -> None:
    """Every copied field is what the body says."""
    from runbooks.store.sqlite_schema import FIELDS, column

    with store._connections.unit() as connection:
        for collection, fields in FIELDS.items():
            for field in fields:
                wrong = connection.execute(
                    f"SELECT count(*) FROM {collection} "
                    f"WHERE {column(field)} IS NOT field_key(body, ?)",
                    (field.encode(),),
                )
                assert wrong.fetchone() == (0,)
        assert isinstance(connection, sqlite3.Connection)
