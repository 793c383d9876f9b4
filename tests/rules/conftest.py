"""The rules of CONTRACT §2 are tested on a whole service, over every store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runbooks.store.port import DocumentStore
from runbooks.store.sqlite import SqliteStore
from runbooks.unsaved import Person
from tests.world import GOOD, World, make_world


@pytest.fixture(params=["sqlite", pytest.param("firestore", marks=pytest.mark.firestore)])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DocumentStore]:
    """Each store that the product runs on, empty."""
    if request.param == "firestore":
        yield request.getfixturevalue("firestore_store")
        return
    store = SqliteStore(tmp_path / "rules.db")
    yield store
    store.close()


@pytest.fixture
def world(any_store: DocumentStore) -> World:
    """A service over that store."""
    return make_world(any_store)


@pytest.fixture
def good_text() -> str:
    """A runbook that a person wrote and that no finding blocks."""
    return GOOD


@pytest.fixture
def kim() -> Person:
    """A reviewer."""
    return Person("local:kim")


@pytest.fixture
def lee() -> Person:
    """Another reviewer."""
    return Person("local:lee")
