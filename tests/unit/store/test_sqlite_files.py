"""The database file: made, upgraded, opened and upgraded by several at once; what it refuses to open."""

import hashlib
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbooks.errors import StoreUnavailable
from runbooks.store import migrations
from runbooks.store.port import Create, Delete, Query, Where
from runbooks.store.sqlite import SqliteStore
from runbooks.store.sqlite_schema import FIELDS, INDEXES, index_sql, table_sql
from tests.unit.store.database_file import S, documents, told

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be."""
    return tmp_path / "var" / "runbooks.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    """A store that waits only shortly for others."""
    opened = SqliteStore(path, busy_seconds=0.2)
    yield opened
    opened.close()


# Making and opening


def test_a_new_file_is_made_with_its_folders(path: Path) -> None:
    """And only this user can read it: traces hold personal data."""
    SqliteStore(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_was_written_is_there_after_closing(path: Path) -> None:
    """Nothing lives only in memory."""
    first = SqliteStore(path)
    first.commit([Create(S, "a", {"n": 1})])
    first.close()
    second = SqliteStore(path)
    assert second.get_many(S, ["a"])["a"].document == {"n": 1}
    second.close()


def test_tokens_go_on_after_a_restart(path: Path) -> None:
    """A token from before never fits what was written after."""
    first = SqliteStore(path)
    (old,) = first.commit([Create(S, "a", {"n": 1})])
    first.commit([Delete(S, "a")])
    first.close()
    second = SqliteStore(path)
    (new,) = second.commit([Create(S, "a", {"n": 1})])
    assert new not in (old, None)
    second.close()


def test_commits_reach_the_disk_before_they_are_answered(store: SqliteStore) -> None:
    """Every connection writes ahead and waits for the disk, so a power cut loses nothing."""
    for _ in range(2):
        with store._connections.unit() as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
            assert connection.execute("PRAGMA fullfsync").fetchone() == (1,)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    """The setting is wrong, and the words say so."""
    with pytest.raises(StoreUnavailable) as error:
        SqliteStore(tmp_path)
    told(error, str(tmp_path), "folder")


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    """A folder cannot be made where a file is."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable) as error:
        SqliteStore(tmp_path / "file" / "runbooks.db")
    told(error, "runbooks.db", "cannot be made or opened")


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    """Also those that mean something in a URI."""
    path = tmp_path / "50% of #1?mode=ro&x é"
    store = SqliteStore(path)
    store.commit([Create(S, "a", {})])
    store.close()
    assert path.stat().st_size > 0


# Migrations


def test_a_new_file_has_the_declared_form(store: SqliteStore, path: Path) -> None:
    """All tables and indexes, with the number that says so and whose file it is."""
    with sqlite3.connect(path) as connection:
        made = {row[0] for row in connection.execute("SELECT sql FROM sqlite_master")}
        assert connection.execute("PRAGMA user_version").fetchone() == (migrations.SCHEMA,)
        assert connection.execute("PRAGMA application_id").fetchone() == (0x52424B53,)
    declared = [*map(table_sql, FIELDS), *map(index_sql, INDEXES)]
    assert {text.replace(" IF NOT EXISTS", "") for text in declared} <= made
    connection.close()


def test_a_changed_form_has_a_new_number() -> None:
    """Files in use would never get it otherwise: add a step to MIGRATIONS, then its line here."""
    declared = "\n".join([*map(table_sql, FIELDS), *map(index_sql, INDEXES)])
    forms = {1: "a28c828a39a61e08"}
    assert hashlib.sha256(declared.encode()).hexdigest()[:16] == forms[migrations.SCHEMA]


def test_a_file_of_an_older_form_is_brought_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new column is filled for the documents that are there, a new index made; once."""
    old = {**FIELDS, S: ("type", "status")}
    kept = tuple(index for index in INDEXES if index.collection is not S)
    with monkeypatch.context() as before:
        before.setattr(migrations, "FIELDS", old)
        before.setattr("runbooks.store.sqlite_schema.FIELDS", old)
        before.setattr("runbooks.store.sqlite_write.FIELDS", old)
        before.setattr(migrations, "INDEXES", kept)
        earlier = SqliteStore(path)
        earlier.commit([Create(S, "a", {"type": "runbook", "created_at": "2026", "x": None})])
        earlier.close()
    calls: list[int] = []

    def step(connection: sqlite3.Connection) -> None:
        calls.append(1)
        migrations._declared(connection)

    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, step))
    monkeypatch.setattr(migrations, "SCHEMA", 2)
    for _ in range(2):
        later = SqliteStore(path)
        page = Query(S, where=(Where("created_at", ">=", "2025"),))
        assert [found.key for found in later.query(page)] == ["a"]
        later.close()
    assert calls == [1]


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole upgrade is one transaction; the old program still works."""
    first = SqliteStore(path)
    first.commit([Create(S, "a", {"n": 1})])
    first.close()

    def step(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (x)")
        connection.execute(f"DELETE FROM {S}")
        connection.execute("no such statement")

    with monkeypatch.context() as failing:
        failing.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, step))
        failing.setattr(migrations, "SCHEMA", 2)
        with pytest.raises(StoreUnavailable):
            SqliteStore(path)
    again = SqliteStore(path)
    assert documents(again) == ["a"]
    again.close()


def test_a_file_of_a_newer_form_is_left_alone(path: Path) -> None:
    """The words name both numbers; the file is not touched."""
    SqliteStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreUnavailable) as error:
        SqliteStore(path)
    told(error, str(path), "newer version", "99", str(migrations.SCHEMA))


def test_an_upgrade_while_this_program_runs_stops_its_writes(
    store: SqliteStore, path: Path
) -> None:
    """What this program does not know it could break, so it writes no more."""
    store.commit([Create(S, "a", {})])
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreUnavailable) as error:
        store.commit([Create(S, "b", {})])
    told(error, "newer version")
    with pytest.raises(StoreUnavailable):
        store.check()
    assert documents(store) == ["a"]


def test_another_programs_database_is_left_alone(path: Path) -> None:
    """A path that is wrong by one word does not mix two programs' tables."""
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreUnavailable) as error:
        SqliteStore(path)
    told(error, str(path), "another program")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    connection.close()
    assert len(path.read_bytes()) == len(before)


def test_two_processes_may_start_at_once(path: Path) -> None:
    """One makes the file, the other waits and uses it; both write."""
    code = (
        "import sys; from runbooks.store.sqlite import SqliteStore; "
        "from runbooks.store.port import Collection, Create; "
        "s = SqliteStore(sys.argv[1]); "
        "s.commit([Create(Collection.SUGGESTIONS, sys.argv[2], {})]); s.close()"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(path), f"p{number}"], cwd=ROOT)
        for number in range(4)
    ]
    assert [process.wait(60) for process in started] == [0, 0, 0, 0]
    store = SqliteStore(path)
    assert documents(store) == ["p0", "p1", "p2", "p3"]
    store.close()
