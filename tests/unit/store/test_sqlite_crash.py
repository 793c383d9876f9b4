"""A program that is killed in the middle: what it was told is saved stays, nothing is half done."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbooks.errors import CommitUnknown, Conflict, StoreUnavailable
from runbooks.store import sqlite as sqlite_store
from runbooks.store.port import Collection, Create, Delete, Merge, Query, Update
from runbooks.store.sqlite import SqliteStore

S, Q, V, A = Collection.SUGGESTIONS, Collection.QUEUE, Collection.VERSIONS, Collection.AUDIT
ROOT = Path(__file__).resolve().parents[3]

WRITER = """
import sys
from runbooks.store.port import Collection, Create, Merge
from runbooks.store.sqlite import SqliteStore
store = SqliteStore(sys.argv[1])
number = int(sys.argv[2])
while True:
    number += 1
    text = f"{number} " * (200 if number % 7 else 30000)
    store.commit([
        Merge(Collection.SUGGESTIONS, "s", {("n",): number, ("text",): text}),
        Merge(Collection.QUEUE, "s", {("n",): number, ("search_tokens",): [f"number{number}x"]}),
        Create(Collection.VERSIONS, f"s:{number}", {"suggestion_id": "s", "number": number}),
        Create(Collection.AUDIT, f"act{number}", {"suggestion_id": "s", "at": f"{number:09}"}),
    ])
    print(number, flush=True)
"""


def written_until_killed(path: Path, start: int, seconds: float) -> int:
    """Let a process write, kill it without warning, and give the last number it was sure of."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(start)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    lines = [first, *process.stdout.read().splitlines(keepends=True)]
    process.stdout.close()
    process.wait(30)
    return int([line for line in lines if line.endswith("\n")][-1])


def test_a_killed_program_leaves_no_half_act(tmp_path: Path) -> None:
    """Killed at twenty random moments: sound, whole, and nothing lost that was answered."""
    path = tmp_path / "store.db"
    chance = random.Random(11)
    start = 0
    for _ in range(20):
        answered = written_until_killed(path, start, chance.uniform(0.0, 0.15))
        store = SqliteStore(path)
        suggestion = store.get_many(S, ["s"])["s"].document
        number = suggestion["n"]
        assert isinstance(number, int)
        assert number in (answered, answered + 1)
        assert suggestion["text"] == f"{number} " * (200 if number % 7 else 30000)
        assert store.get_many(Q, ["s"])["s"].document["n"] == number
        assert [e.key for e in store.query(Query(Q, search=(f"number{number}x",)))] == ["s"]
        assert store.query(Query(Q, search=(f"number{number + 1}x",))) == []
        assert store.query(Query(Q, search=(f"number{number - 1}x",))) == []
        assert [store.count(Query(V)), store.count(Query(A))] == [number, number]
        store.close()
        start = number
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.execute("INSERT INTO queue_search(queue_search) VALUES ('integrity-check')")
    connection.close()


# Threads and processes


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """An empty store."""
    opened = SqliteStore(tmp_path / "store.db")
    yield opened
    opened.close()


def test_threads_never_share_a_connection(store: SqliteStore) -> None:
    """Each unit of work has its own while it lasts; afterwards it serves the next one."""
    gate = threading.Barrier(12)
    lent: list[int] = []

    def work() -> None:
        with store._connections.unit() as connection:
            lent.append(id(connection))
            gate.wait(30)

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(lent)) == 12
    with store._connections.unit() as connection:
        assert id(connection) in lent


def test_many_threads_write_and_read_at_once(store: SqliteStore) -> None:
    """Nothing is lost and nobody is sent away, with more threads than connections are kept."""
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(15):
                store.commit([Create(S, f"{number}-{turn}", {"n": turn})])
                assert store.get_many(S, [f"{number}-{turn}"])
                assert store.count(Query(S)) > 0
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert store.count(Query(S)) == 16 * 15
    assert store.usage.writes == 16 * 15


def test_a_reader_does_not_wait_for_a_writer(store: SqliteStore) -> None:
    """And sees the state before, whole."""
    store.commit([Create(S, "a", {"n": 1}), Create(Q, "a", {"n": 1})])
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM suggestions")
    start = time.monotonic()
    assert store.get_many(S, ["a"])["a"].document == {"n": 1}
    assert time.monotonic() - start < 2
    other.execute("ROLLBACK")
    other.close()


def test_a_forked_process_uses_its_own_connections(store: SqliteStore) -> None:
    """Parent and child write on, and neither breaks the other's file."""
    store.commit([Create(S, "before", {})])
    child = os.fork()
    if child == 0:
        code = 1
        try:
            for number in range(20):
                store.commit([Create(S, f"child{number}", {})])
            store.close()
            code = 0
        finally:
            os._exit(code)
    for number in range(20):
        store.commit([Create(S, f"parent{number}", {})])
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.count(Query(S)) == 41
    with store._connections.unit() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_fork_in_the_middle_of_a_commit_does_not_block_the_child(store: SqliteStore) -> None:
    """The turn to write belongs to the parent's thread, which the child does not have."""
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with store._connections.turn():
            entered.set()
            leave.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(30)
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        code = 1
        try:
            store.commit([Create(S, "child", {})])
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    leave.set()
    thread.join(30)
    assert [found.key for found in store.scan(S)] == ["child"]


def test_a_unit_that_fails_gives_no_open_transaction_to_the_next(store: SqliteStore) -> None:
    """A conflict in the middle is rolled back before the connection serves again."""
    store.commit([Create(S, "a", {})])
    for _ in range(20):
        with pytest.raises(Conflict):
            store.commit([Create(S, "b", {}), Create(S, "a", {})])
        with store._connections.unit() as connection:
            assert not connection.in_transaction
    assert [found.key for found in store.scan(S)] == ["a"]


def test_a_scan_that_is_left_holds_nothing_open(store: SqliteStore) -> None:
    """A consumer that stops half-way does not keep the log from being written back."""
    store.commit([Create(S, f"k{number:03}", {}) for number in range(300)])
    scan = store.scan(S)
    assert next(scan).key == "k000"
    with store._connections.unit() as connection:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert busy == 0


def test_a_scan_of_large_documents_goes_in_small_steps(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded by a step, and each document still comes once."""
    monkeypatch.setattr(sqlite_store, "_SCAN_BYTES", 5000)
    keys = [f"k{number:02}" for number in range(30)]
    store.commit([Create(S, key, {"text": "x" * 2000}) for key in keys])
    assert [found.key for found in store.scan(S)] == keys


class _Commit:
    """A connection whose COMMIT meets an error of the disk."""

    def execute(self, statement: str) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        raise error


def test_only_an_error_of_the_disk_leaves_a_commit_unknown() -> None:
    """The log may hold it or not; every other failure is surely not done."""
    with pytest.raises(CommitUnknown):
        sqlite_store._finish(_Commit())  # type: ignore[arg-type]


def test_a_token_of_another_store_is_a_conflict(store: SqliteStore) -> None:
    """Whatever kind of value it is."""
    store.commit([Create(S, "a", {})])
    for token in ("1", 1.5, object(), b"1"):
        with pytest.raises(Conflict):
            store.commit([Update(S, "a", {("n",): 1}, token)])
        with pytest.raises(Conflict):
            store.commit([Delete(S, "a", token)])


def test_a_locked_store_lets_the_waiting_writer_through(tmp_path: Path) -> None:
    """A short lock of another process is waited for, not reported."""
    store = SqliteStore(tmp_path / "store.db", busy_seconds=5)
    other = sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))
    release.start()
    store.commit([Merge(S, "a", {("n",): 1})])
    release.join()
    other.close()
    store.close()


def test_a_turn_that_does_not_come_is_said(tmp_path: Path) -> None:
    """Threads of this program wait as long as other programs do."""
    store = SqliteStore(tmp_path / "store.db", busy_seconds=0.1)
    with store._connections.turn():
        errors: list[StoreUnavailable] = []

        def write() -> None:
            try:
                store.commit([Create(S, "a", {})])
            except StoreUnavailable as error:
                errors.append(error)

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(10)
    assert "locked" in errors[0].problem
    store.close()
