"""Documents go out of one store and into another of the other kind, and nothing changes."""

import io
import json
from pathlib import Path

from runbooks.bootstrap import assemble
from runbooks.config import Settings
from runbooks.drafting.offline import OfflineDrafter
from runbooks.service import RunbookService
from runbooks.store.firestore import FirestoreStore
from runbooks.store.port import DocumentStore
from runbooks.store.queries import QueueFilter
from runbooks.store.sqlite import SqliteStore
from runbooks.transfer import Change, Importer, add_sample, export_documents, remove_sample
from tests.sample_documents import RUNBOOKS, SUGGESTIONS


def serve(store: DocumentStore) -> RunbookService:
    """A service over this store, drafting offline."""
    return assemble(store, OfflineDrafter(), Settings(_env_file=None))


def moved(service: RunbookService, other: RunbookService, file: Path) -> None:
    """Export one store into a file, and import that file into the other."""
    with file.open("w", encoding="utf-8") as out:
        export_documents(service, out)
    report = Importer(other).take([file])
    assert report.total(Change.CREATED) == report.rows > 0


def dump(service: RunbookService) -> dict[tuple[str, str], object]:
    """The export by collection and id; Firestore keeps no order of keys."""
    out = io.StringIO()
    export_documents(service, out)
    rows = [json.loads(line) for line in out.getvalue().splitlines()[1:]]
    return {(row["collection"], row["id"]): row["document"] for row in rows}


def test_what_was_worked_on_moves_to_firestore_and_back(
    firestore_store: FirestoreStore, tmp_path: Path
):
    """Drafts, versions, runs and the queue are the same after both ways (CONTRACT R4)."""
    here = serve(SqliteStore(tmp_path / "here.db"))
    add_sample(here)
    here.generate("sugg_sample_001", "local:Ann")
    before = dump(here)
    cloud = serve(firestore_store)
    moved(here, cloud, tmp_path / "up.jsonl")
    for key in SUGGESTIONS:
        mine = here.repository.suggestion(key).slot.revision
        assert cloud.repository.suggestion(key).slot.revision == mine
    assert cloud.queue(QueueFilter(status=())).total == len(RUNBOOKS)
    back = serve(SqliteStore(tmp_path / "back.db"))
    moved(cloud, back, tmp_path / "down.jsonl")
    assert dump(back) == before
    here.close()
    back.close()


def test_the_sample_comes_and_goes_in_firestore(firestore_store: FirestoreStore):
    """Twice in changes nothing, once out leaves nothing."""
    cloud = serve(firestore_store)
    first, second = add_sample(cloud), add_sample(cloud)
    assert first.total(Change.CREATED) == second.total(Change.UNCHANGED) == first.rows
    assert remove_sample(cloud).kept == ()
    assert dump(cloud) == {}
