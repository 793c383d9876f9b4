"""The database file locked, full, damaged, gone, read-only: what is kept, and what is said."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbooks.errors import InvalidRequest, StoreUnavailable
from runbooks.store.port import Collection, Create, Merge, Query
from runbooks.store.sqlite import SqliteStore
from tests.unit.store.database_file import S, documents, told


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


def test_a_locked_file_is_said_to_be_locked(store: SqliteStore, path: Path) -> None:
    """Reading goes on, nothing is written, and later it is done."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable) as error:
        store.commit([Create(S, "a", {})])
    told(error, str(path), "locked")
    assert "Nothing of this act was saved" in error.value.remedy
    assert documents(store) == []
    other.execute("ROLLBACK")
    other.close()
    store.commit([Create(S, "a", {})])
    assert documents(store) == ["a"]


def test_a_full_disk_is_said_to_be_full(store: SqliteStore, path: Path) -> None:
    """Nothing of the commit is there, what was there stays, and with room it goes on."""
    store.commit([Create(S, "a", {"n": 1}), Create(Collection.QUEUE, "a", {"n": 1})])
    with store._connections.unit() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(StoreUnavailable) as error:
        store.commit(
            [
                Merge(S, "a", {("n",): 2}),
                Merge(Collection.QUEUE, "a", {("search_tokens",): ["new"]}),
                Create(S, "b", {"text": "x" * 100_000}),
            ]
        )
    told(error, str(path), "full")
    assert store.get_many(S, ["a", "b"]).keys() == {"a"}
    assert store.get_many(S, ["a"])["a"].document == {"n": 1}
    assert store.query(Query(Collection.QUEUE, search=("new",))) == []
    store.commit([Create(S, "b", {"text": "x" * 100_000})])
    assert documents(store) == ["a", "b"]


def filled(path: Path) -> None:
    """Make a file with forty documents."""
    store = SqliteStore(path)
    for number in range(40):
        store.commit([Create(S, f"k{number}", {"text": "x" * 3000})])
    store.close()


def test_a_damaged_file_is_said_to_be_damaged(path: Path) -> None:
    """Whatever is asked; the words say what to save before anything else."""
    filled(path)
    with sqlite3.connect(path) as connection:
        roots = connection.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = ?", (S,))
        pages = [row[0] for row in roots]
    connection.close()
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * 4096)
            file.write(b"\x5a" * 4096)
    damaged = SqliteStore(path)
    for act in (
        lambda: documents(damaged),
        lambda: damaged.get_many(S, ["k1"]),
        lambda: damaged.count(Query(S)),
        lambda: damaged.commit([Create(S, "new", {})]),
    ):
        with pytest.raises(StoreUnavailable) as error:
            act()
        told(error, str(path), "damaged")
        assert "copy" in error.value.remedy
    damaged.close()


@pytest.mark.parametrize(("found", "put"), [(b'"}', b"xx"), (b"xxxx", b"\xff\xfe\xff\xfe")])
def test_a_damaged_text_is_said_to_be_damage(path: Path, found: bytes, put: bytes) -> None:
    """Also where SQLite does not notice; it is neither shown nor written over."""
    filled(path)
    path.write_bytes(path.read_bytes().replace(found, put))
    damaged = SqliteStore(path)
    for act in (
        lambda: documents(damaged),
        lambda: damaged.query(Query(S)),
        lambda: damaged.get_many(S, ["k1"]),
        lambda: damaged.commit([Merge(S, "k1", {("n",): 1})]),
    ):
        with pytest.raises(StoreUnavailable) as error:
            act()
        told(error, str(path), "damaged")
    damaged.close()


def test_a_file_cut_short_is_said_to_be_damaged(path: Path) -> None:
    """As a copy that was not finished is."""
    filled(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with pytest.raises(StoreUnavailable) as error:
        documents(SqliteStore(path))
    told(error, str(path), "damaged")


def test_a_file_that_is_no_database_is_said_to_be_none(path: Path) -> None:
    """And stays what it is."""
    path.parent.mkdir()
    path.write_text("a letter to somebody\n" * 100)
    with pytest.raises(StoreUnavailable) as error:
        SqliteStore(path)
    told(error, str(path), "not a SQLite database")
    assert path.read_text().startswith("a letter")


def test_a_file_that_is_gone_is_not_made_anew(store: SqliteStore, path: Path) -> None:
    """An empty store in its place would look as if all were lost."""
    store.commit([Create(S, "a", {})])
    path.rename(path.with_name("moved.db"))
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").rename(path.with_name(f"moved.db{suffix}"))
    for act in (lambda: store.commit([Create(S, "b", {})]), lambda: documents(store)):
        with pytest.raises(StoreUnavailable) as error:
            act()
        told(error, str(path), "gone")
    assert not path.exists()


def test_a_restored_file_is_used_at_once(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    """A backup put in the file's place is what is read and written from then on."""
    backup = SqliteStore(tmp_path / "backup.db")
    backup.commit([Create(S, "from the backup", {})])
    backup.close()
    store.commit([Create(S, "a", {})])
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    os.replace(tmp_path / "backup.db", path)
    store.commit([Create(S, "b", {})])
    assert documents(store) == ["b", "from the backup"]


def as_nobody(path: Path) -> str:
    """Open and write the store as a user without rights over it, and give what it says."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            os.write(writing, refusal(path).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def refusal(path: Path) -> str:
    """Open and write the store, and give the words of its refusal."""
    try:
        SqliteStore(path).commit([Create(S, "b", {})])
    except StoreUnavailable as error:
        return f"{error.problem} | {error.remedy}"
    return "it was written"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, with a folder in it for the store."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = Path(name) / "var"
        folder.mkdir()
        yield folder
        folder.chmod(0o755)


@pytest.mark.parametrize(
    ("file_mode", "folder_mode"), [(0o444, 0o777), (0o666, 0o555), (0o444, 0o555), (0o000, 0o777)]
)
def test_a_store_without_the_right_to_write_says_so(
    open_folder: Path, file_mode: int, folder_mode: int
) -> None:
    """Whether the file or its folder is closed; with what to do about it."""
    path = open_folder / "runbooks.db"
    SqliteStore(path).close()
    path.chmod(file_mode)
    open_folder.chmod(folder_mode)
    said = as_nobody(path)
    assert str(path) in said
    assert "read-only" in said or "may not read and write it" in said or "Permission denied" in said
    assert "the right to write" in said or "who owns it" in said


def test_a_folder_that_cannot_be_made_is_said(open_folder: Path) -> None:
    """Permission is what is missing."""
    open_folder.chmod(0o555)
    said = as_nobody(open_folder / "new" / "runbooks.db")
    assert "Permission denied" in said
    assert "RUNBOOK_STORE" in said


def test_a_closed_store_is_not_used(path: Path) -> None:
    """It does not open itself again behind the program's back."""
    store = SqliteStore(path)
    store.close()
    with pytest.raises(StoreUnavailable) as error:
        store.get_many(S, ["a"])
    told(error, "closed")


def test_a_body_that_is_no_document_cannot_be_written_by_hand(
    store: SqliteStore, path: Path
) -> None:
    """The file itself refuses it, so one bad row never stops a list."""
    store.commit([Create(S, "a", {"n": 1})])
    with sqlite3.connect(path) as connection:
        for body in ("{", "[1]", "", "7"):
            with pytest.raises(sqlite3.Error):
                connection.execute(f"UPDATE {S} SET body = ?", (body,))
    connection.close()
    assert documents(store) == ["a"]


def test_a_document_nested_too_deep_is_refused(store: SqliteStore) -> None:
    """Before Python's own limit is met, at whatever depth the caller stands."""
    value: object = 1
    for _ in range(5000):
        value = {"in": value}
    with pytest.raises(InvalidRequest):
        store.commit([Create(S, "a", {"deep": value})])
    assert documents(store) == []
