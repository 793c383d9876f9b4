"""Empty stores for measurements: a SQLite file, and Firestore's emulator when it can be had."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from runbooks.store.firestore import FirestoreStore
from runbooks.store.port import DocumentStore
from runbooks.store.sqlite import SqliteStore
from tests.emulator import EmulatorMissing, emulator


@contextmanager
def each_store() -> Iterator[list[tuple[str, str]]]:
    """Give the stores that can be measured here, each as name and address for `connect`."""
    with tempfile.TemporaryDirectory() as folder:
        found = [("sqlite", str(Path(folder) / f"{uuid4().hex}.db"))]
        try:
            with emulator() as host:
                yield [*found, ("firestore", f"{host} b{uuid4().hex[:10]}_")]
        except EmulatorMissing as missing:
            print(f"Firestore is left out: {missing}")
            yield found


def connect(name: str, address: str) -> DocumentStore:
    """Open a store by name and address."""
    if name == "sqlite":
        return SqliteStore(address)
    host, prefix = address.split()
    return FirestoreStore("demo-bench", "(default)", prefix, host)
