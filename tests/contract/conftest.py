"""The adapters that the contract of a store is held against.

To hold another one to it, name it in ADAPTERS: how to open an empty store (every call of `open`
opens the same one), and how large a document may be.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from runbooks.store import firestore_writes
from runbooks.store import sqlite as sqlite_store
from runbooks.store.firestore import FirestoreStore
from runbooks.store.port import DocumentStore
from runbooks.store.sqlite import SqliteStore


@dataclass(frozen=True)
class Adapter:
    """A kind of store: opens one and the same empty store, as often as it is asked to."""

    open: Callable[[], DocumentStore]
    max_document_bytes: int


def make_sqlite(request: pytest.FixtureRequest) -> Adapter:
    """A file in a folder of the test's own."""
    folder: Path = request.getfixturevalue("tmp_path")
    return Adapter(lambda: SqliteStore(folder / "store.db"), sqlite_store.MAX_DOCUMENT_BYTES)


def make_firestore(request: pytest.FixtureRequest) -> Adapter:
    """The emulator, with a collection prefix of the test's own."""
    host: str = request.getfixturevalue("firestore_host")
    prefix: str = request.getfixturevalue("firestore_prefix")
    return Adapter(
        lambda: FirestoreStore("demo-tests", "(default)", prefix, host),
        firestore_writes.MAX_DOCUMENT_BYTES,
    )


ADAPTERS: dict[str, Callable[[pytest.FixtureRequest], Adapter]] = {
    "sqlite": make_sqlite,
    "firestore": make_firestore,
}
MARKS = {"firestore": [pytest.mark.firestore]}


@pytest.fixture(params=[pytest.param(name, marks=MARKS.get(name, [])) for name in ADAPTERS])
def adapter(request: pytest.FixtureRequest) -> Adapter:
    """Each adapter in turn."""
    return ADAPTERS[request.param](request)


@pytest.fixture
def store(adapter: Adapter) -> Iterator[DocumentStore]:
    """An empty store."""
    opened = adapter.open()
    yield opened
    opened.close()
