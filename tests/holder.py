"""A process that begins a draft and never ends it, to be killed: python -m tests.holder ...

Prints a line when the model was asked. Its turn lasts as many seconds as it is told.
"""

import sys
import time

from runbooks import turns
from runbooks.bootstrap import assemble
from runbooks.clock import utc_now
from runbooks.config import Settings
from runbooks.drafting.port import DraftRequest
from runbooks.store.firestore import FirestoreStore
from runbooks.store.port import DocumentStore
from runbooks.store.sqlite import SqliteStore
from tests.world import BusyDrafter


def _stuck(_: DraftRequest) -> None:
    print("asked", flush=True)
    time.sleep(600)


def _store(kind: str, place: str) -> DocumentStore:
    if kind == "sqlite":
        return SqliteStore(place)
    host, prefix = place.split()
    return FirestoreStore("demo-tests", "(default)", prefix, host)


def main(kind: str, place: str, suggestion_id: str, seconds: str) -> None:
    """Begin the draft."""
    turns.LEASE_MARGIN_S = float(seconds) - 30.0
    service = assemble(
        _store(kind, place), BusyDrafter(_stuck), Settings(_env_file=None), clock=utc_now
    )
    service.generate(suggestion_id, "local:gone")


if __name__ == "__main__":
    main(*sys.argv[1:])
