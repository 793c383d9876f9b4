"""What the tests of the database file share."""

import pytest

from runbooks.errors import StoreUnavailable
from runbooks.store.port import Collection
from runbooks.store.sqlite import SqliteStore

S = Collection.SUGGESTIONS


def documents(store: SqliteStore) -> list[str]:
    """The ids of all suggestions."""
    return [found.key for found in store.scan(S)]


def told(error: pytest.ExceptionInfo[StoreUnavailable], *words: str) -> None:
    """Assert that the error says these words, names the file, and says what to do."""
    problem, remedy = error.value.problem, error.value.remedy
    assert all(word in problem for word in words), problem
    assert problem.endswith(".")
    assert remedy.endswith(".")
    assert len(remedy) > 20
    assert "sqlite3." not in problem + remedy
