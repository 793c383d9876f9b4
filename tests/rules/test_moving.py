"""Export and import carry everything from store to store: nothing is lost, nothing is renamed."""

import io
import json
import math
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from runbooks.batch import BatchOrder
from runbooks.errors import RunbookError, StaleRevision
from runbooks.models import SlotKind
from runbooks.store.codec import encode
from runbooks.store.firestore import FirestoreStore
from runbooks.store.port import Collection, Create, DocumentStore
from runbooks.store.sqlite import SqliteStore
from runbooks.transfer import Change, Importer, ImportReport, add_sample, export_documents
from runbooks.transfer.exporting import EXPORTED
from runbooks.unsaved import Person
from runbooks.values import GeoPoint, Reference, Vector
from tests.examples import examples
from tests.sample_documents import RUNBOOKS
from tests.untidy import Mess, messes
from tests.world import World, make_world

NATIVE: dict[str, object] = {
    "moment": datetime(2026, 11, 17, 9, 0, 0, 123456, tzinfo=UTC),
    "bytes": b"\x00\xff",
    "place": GeoPoint(48.5, -122.25),
    "pointer": Reference("raw_traces/a b"),
    "pointer elsewhere": Reference("projects/p/databases/d/documents/c/x"),
    "vector": Vector((0.25, -1.0)),
    "in a list": [datetime(2026, 1, 1, tzinfo=UTC), b"x", {"deep": GeoPoint(0.0, 0.0)}],
    "not finite": [math.nan, math.inf, -math.inf],
    "whole and not": [1, 1.0, -0.0, 2**63 - 1, -(2**63), 5e-324],
    "looks like a tag": {"$datetime": "2026-01-01T00:00:00.000000Z", "$$x": {"$": 1}},
    "a.b `c` \\": {"empty": {}, "none": [], "null": None},
}


def worked_on(store: DocumentStore, good_text: str) -> World:
    """A store with the sample, in which machine and people have done everything once."""
    world = make_world(store)
    service = world.service
    add_sample(service)
    foreign = {"markdown_content": "# Theirs", "edit_source": "generated", "native": NATIVE}
    world.suggest(id="foreign", native=NATIVE, suggestion_content={"runbook_snippet": foreign})
    service.run_once(BatchOrder(50, "local:kim"))
    pending = [doc["suggestion_id"] for doc in RUNBOOKS if world.read(doc["suggestion_id"])]
    names = [name for name in pending if world.read(name).status == "pending"][:5]
    kim, lee = Person("local:kim", "tab"), Person("local:lee")
    for name in (*names, "foreign"):
        first = world.revision(name)
        service.open(name, kim)
        saved = service.save(name, good_text, first, kim)
        with pytest.raises(StaleRevision):
            service.save(name, f"# Lost the race at {name}", first, lee)
        service.keep_unsaved(name, "# half a sen", saved.slot.revision, kim)
    service.generate(names[0], "local:lee", force=True)
    service.restore(names[0], 2, world.revision(names[0]), kim)
    service.approve(names[1], world.revision(names[1]), kim.actor, override_reason="known")
    service.reject(names[2], world.revision(names[2]), kim.actor, "noise")
    service.approve(names[3], world.revision(names[3]), kim.actor, override_reason="known")
    service.reopen(names[3], lee.actor, "wrong channel")
    service.hold(names[4], kim)
    return world


def move(world: World, store: DocumentStore, file: Path) -> tuple[World, ImportReport]:
    """Export everything into a file and import it into an empty store."""
    with file.open("w", encoding="utf-8", newline="\n") as out:
        export_documents(world.service, out)
    moved = make_world(store)
    return moved, Importer(moved.service).take([file])


def contents(world: World) -> dict[tuple[str, str], str]:
    """Everything that a store holds and an export carries, by collection and id."""
    out = io.StringIO()
    export_documents(world.service, out)
    lines = [json.loads(line) for line in out.getvalue().split("\n")[1:] if line]
    return {
        (line["collection"], line["id"]): json.dumps(line["document"], sort_keys=True)
        for line in lines
    }


def same(left: object, right: object) -> bool:
    """Say whether two values are the same, whatever the order of their keys."""
    texts = (json.loads(encode({"x": value})) for value in (left, right))
    return len({json.dumps(text, sort_keys=True) for text in texts}) == 1


def told(world: World) -> dict[str, object]:
    """What the product says of its suggestions, by their ids."""
    service, repository = world.service, world.service.repository
    names = [stored.key for stored in world.store.scan(Collection.SUGGESTIONS)]
    return {
        name: {
            "revision": world.revision(name),
            "status": world.read(name).status,
            "history": world.read(name).history,
            "versions": [(v.number, v.revision, v.reason) for v in service.versions(name)],
            "unsaved": sorted((u.place, u.text) for u in repository.unsaved(name)),
            "audit": service.audit(name),
            "seen": repository.entry(name),
        }
        for name in names
    }


@pytest.fixture
def stores(
    firestore_store: FirestoreStore, tmp_path: Path
) -> Iterator[tuple[SqliteStore, FirestoreStore, SqliteStore]]:
    """Where it begins, where it goes, where it comes back to."""
    first, last = SqliteStore(tmp_path / "first.db"), SqliteStore(tmp_path / "last.db")
    yield first, firestore_store, last
    first.close()
    last.close()


@pytest.mark.firestore
def test_everything_moves_to_firestore_and_back(
    stores: tuple[SqliteStore, FirestoreStore, SqliteStore], good_text: str, tmp_path: Path
) -> None:
    """Documents, revisions, versions, unsaved texts, audit and runs are the same at each place."""
    first, second, last = stores
    here = worked_on(first, good_text)
    there, one = move(here, second, tmp_path / "one.jsonl")
    back, two = move(there, last, tmp_path / "two.jsonl")
    before = contents(here)
    assert {collection for collection, _ in before} == {*EXPORTED} - {Collection.ERRORS}
    for report in (one, two):
        assert report.lines == []
        assert report.total(Change.CREATED) == report.rows == len(before)
    assert contents(there) == before
    assert contents(back) == before
    assert told(there) == told(here)
    assert told(back) == told(here)
    assert there.service.queue_figures() == here.service.queue_figures()
    assert there.service.runs() == here.service.runs()


@pytest.mark.firestore
def test_work_goes_on_where_it_was_moved_to(
    stores: tuple[SqliteStore, FirestoreStore, SqliteStore], good_text: str, tmp_path: Path
) -> None:
    """A revision that was seen before the move is good after it; the next version is the next."""
    first, second, _ = stores
    here = worked_on(first, good_text)
    kim = Person("local:kim")
    seen, number = here.revision("foreign"), here.service.versions("foreign")[0].number
    there, _ = move(here, second, tmp_path / "one.jsonl")
    saved = there.service.save("foreign", good_text + "\nmore", seen, kim)
    assert saved.slot.kind is SlotKind.HUMAN
    newest = there.service.versions("foreign")[0]
    assert (newest.number, newest.base_revision) == (number + 1, seen)
    assert isinstance(saved.slot.raw, dict)
    assert same(saved.slot.raw["native"], NATIVE)
    found = there.service.restore("foreign", 1, saved.slot.revision, kim)
    assert found.slot.draft is not None
    assert found.slot.draft.markdown_content == "# Theirs"
    assert there.service.discovery.refresh().mended == 0


@pytest.mark.firestore
def test_an_import_that_was_broken_off_is_finished_by_doing_it_again(
    stores: tuple[SqliteStore, FirestoreStore, SqliteStore], good_text: str, tmp_path: Path
) -> None:
    """What came in stays, what is missing comes, nothing is doubled."""
    first, second, _ = stores
    here = worked_on(first, good_text)
    whole, half = tmp_path / "whole.jsonl", tmp_path / "half.jsonl"
    with whole.open("w", encoding="utf-8", newline="\n") as out:
        export_documents(here.service, out)
    lines = whole.read_text("utf-8").split("\n")
    half.write_text("\n".join(lines[: len(lines) // 2]), "utf-8")
    there = make_world(second)
    Importer(there.service).take([half])
    report = Importer(there.service).take([whole])
    assert report.lines == []
    assert report.total(Change.UNCHANGED) > 0
    assert contents(there) == contents(here)


@pytest.mark.firestore
def test_what_firestore_cannot_hold_is_told_and_stops_nothing(
    stores: tuple[SqliteStore, FirestoreStore, SqliteStore], tmp_path: Path
) -> None:
    """Each such document is one line with the field; all others come in."""
    first, second, _ = stores
    here = make_world(first)
    here.suggest(id="good")
    bad: dict[str, object] = {
        "lists": [[1]],
        "long number": 2**64,
        "half a character": "\ud800",
        "huge": "x" * 1_100_000,
        "deep": _nested(30),
        "name": {"__x__": 1},
    }
    for name, value in bad.items():
        here.store.commit([Create(Collection.TRACES, name, {"trace_id": name, "odd": value})])
    there, report = move(here, second, tmp_path / "one.jsonl")
    assert report.total(Change.REFUSED) == len(bad)
    reasons = " ".join(line.reason for line in report.lines)
    assert all(word in reasons for word in ("odd", "bytes", "64 bits", "20 levels", "surrogate"))
    assert there.read("good").status == "pending"
    assert there.service.generate("good", "local:kim").written


def _nested(depth: int) -> object:
    return {"a": _nested(depth - 1)} if depth else 1


@settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(messes(wild=True))
def test_documents_of_any_shape_move_as_they_are(mess: Mess) -> None:
    """Whatever other services wrote, and whatever we made of it, arrives unchanged."""
    with tempfile.TemporaryDirectory() as folder:
        here = make_world(SqliteStore(Path(folder) / "here.db"))
        mess.put_into(here.store)
        _touch(here, mess)
        there, report = move(here, SqliteStore(Path(folder) / "there.db"), Path(folder) / "x.jsonl")
        assert report.lines == []
        assert contents(there) == contents(here)
        here.service.close()
        there.service.close()


@pytest.mark.firestore
@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
@given(mess=messes(wild=False))
def test_documents_of_any_shape_move_to_firestore_and_back(firestore_host: str, mess: Mess) -> None:
    """The same by way of Firestore."""
    with tempfile.TemporaryDirectory() as folder:
        here = make_world(SqliteStore(Path(folder) / "here.db"))
        mess.put_into(here.store)
        _touch(here, mess)
        prefix = f"m{Path(folder).name}_"
        between = FirestoreStore("demo-tests", "(default)", prefix, firestore_host)
        there, one = move(here, between, Path(folder) / "one.jsonl")
        back, two = move(there, SqliteStore(Path(folder) / "back.db"), Path(folder) / "two.jsonl")
        assert (one.lines, two.lines) == ([], [])
        assert contents(there) == contents(here)
        assert contents(back) == contents(here)
        for world in (here, there, back):
            world.service.close()


def _touch(world: World, mess: Mess) -> None:
    """Draft and reject, so that there are entries, versions and an audit log."""
    world.service.run_once(BatchOrder(5, "local:kim"))
    for name in mess.suggestions:
        try:
            world.service.reject(name, world.revision(name), "local:kim", "noise")
        except RunbookError:
            continue
