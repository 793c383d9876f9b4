"""CONTRACT §1: any document is taken as it is; none breaks a list, a batch, an act or an answer."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from starlette.testclient import TestClient

from runbooks.api import create_api
from runbooks.batch import BatchOrder
from runbooks.config import Settings
from runbooks.errors import RunbookError
from runbooks.models import DraftState, QueueEntry, SlotKind
from runbooks.neighbours import place_of
from runbooks.store.codec import encode
from runbooks.store.firestore import FirestoreStore
from runbooks.store.port import Collection, DocumentStore
from runbooks.store.queries import QueueFilter, Sort
from runbooks.store.sqlite import SqliteStore
from runbooks.unsaved import Person
from tests.examples import examples
from tests.untidy import Mess, messes
from tests.whole_documents import Doc
from tests.world import GOOD, World, make_world

EVERYTHING = QueueFilter(type="", status=())
KIM = Person("local:kim", "tab")
OURS = {"status", "approval_metadata", "version_history", "updated_at"}
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
sqlite = settings(max_examples=examples(80), deadline=None, suppress_health_check=SLOW)
# An example that fails is shown as it is: making it smaller takes many minutes on the emulator.
firestore = settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=SLOW,
    phases=(Phase.reuse, Phase.generate),
)


@contextmanager
def sqlite_world(mess: Mess) -> Iterator[World]:
    """A service over a new file with these documents."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "mess.db")
        yield _filled(store, mess)
        store.close()


@contextmanager
def firestore_world(host: str, mess: Mess) -> Iterator[World]:
    """A service over an empty part of the emulator with these documents."""
    store = FirestoreStore("demo-tests", "(default)", f"u{uuid4().hex[:12]}_", host)
    yield _filled(store, mess)
    store.close()


def _filled(store: DocumentStore, mess: Mess) -> World:
    mess.put_into(store)
    return make_world(store)


def check_lists(world: World, mess: Mess) -> None:
    """Every suggestion is in the list, and each that cannot be read says why."""
    found = world.service.discovery.refresh()
    assert found.mended == len(mess.suggestions)
    assert world.service.refresh().missing == 0
    for sort in Sort:
        page = world.service.queue(EVERYTHING, sort, limit=1)
        listed = [*page.entries]
        while page.next_cursor:
            page = world.service.queue(EVERYTHING, sort, limit=1, cursor=page.next_cursor)
            listed += page.entries
        assert page.unreadable == ()
        assert {entry.suggestion_id for entry in listed} == set(mess.suggestions)
    seen = {entry.suggestion_id for entry in world.service.queue(QueueFilter()).entries}
    for entry in listed:
        check_entry(world, entry)
        assert (entry.suggestion_id in seen) == stands_in_the_queue(world, entry)
    check_runs(world, mess)
    world.service.refresh()
    assert world.service.discovery.refresh().mended == 0


def stands_in_the_queue(world: World, entry: QueueEntry) -> bool:
    """Pending runbooks stand there, and what nobody can say to be something else."""
    document = world.read(entry.suggestion_id).document
    usual = {"type": "runbook", "status": "pending"}
    return all(
        document.get(k) == v or not isinstance(document.get(k), str) for k, v in usual.items()
    )


def check_runs(world: World, mess: Mess) -> None:
    """Runs of other services are listed page by page, by their ids, as long as they have begun."""
    listed = world.service.runs()
    begun = {name for name, run in mess.runs.items() if "started_at" in run}
    assert {run.run_id for run in listed} == begun
    world.service.figures(listed)
    for name in mess.runs:
        world.service.run(name)


def check_entry(world: World, entry: QueueEntry) -> None:
    """What cannot be read is called unreadable, with the reason; an entry is small."""
    suggestion = world.read(entry.suggestion_id)
    document = suggestion.document
    content = document.get("suggestion_content")
    unreadable = (
        not isinstance(document.get("type"), str)
        or not isinstance(document.get("status"), str)
        or not (content is None or isinstance(content, dict))
        or (suggestion.slot.kind is not SlotKind.EMPTY and suggestion.slot.draft is None)
    )
    assert (entry.draft_state is DraftState.UNREADABLE) == unreadable
    assert not unreadable or entry.problem
    size = len(entry.model_dump_json(exclude={"search_tokens", "suggestion_id"}))
    assert size < 6_000
    place = place_of(entry, Sort.WORST)
    around = world.service.around(entry, EVERYTHING, Sort.WORST, place)
    assert entry.suggestion_id not in (around.before, around.after)
    assert around.listed
    assert 1 <= around.position <= around.total


def check_acts(world: World, name: str) -> None:
    """Whatever is done is done or refused, and leaves alone what is not its own."""
    before = rest_of(world, name)
    stood = world.read(name).slot
    for act in acts(world, name):
        with suppress(RunbookError):
            act()
        assert rest_of(world, name) == before
    kept = {version.revision for version in world.service.versions(name)}
    now = world.read(name).slot
    if stood.kind not in (SlotKind.EMPTY, SlotKind.UNWRITABLE):
        assert stood.revision in {*kept, now.revision}
    entry = world.service.peek(name).entry
    assert entry.revision == now.revision
    world.service.audit(name)


def acts(world: World, name: str) -> list[Callable[[], object]]:
    """Everything that people and machine do to a suggestion, in an order that reaches far."""
    service = world.service

    def now() -> str:
        return world.revision(name)

    return [
        lambda: service.open(name, KIM),
        lambda: service.keep_unsaved(name, "half a sentence", now(), KIM),
        lambda: service.hold(name, KIM),
        lambda: service.generate(name, "soak"),
        lambda: service.generate(name, "soak", force=True),
        lambda: service.approve(name, now(), KIM.actor, override_reason="known"),
        lambda: service.reopen(name, KIM.actor, "wrong"),
        lambda: save(world, name),
        lambda: service.save(name, GOOD, "0" * 16, KIM),
        lambda: service.restore(name, 1, now(), KIM),
        lambda: service.restore(name, 2, now(), KIM),
        lambda: service.reject(name, now(), KIM.actor, "noise"),
        lambda: service.reopen(name, KIM.actor, "no noise"),
        lambda: service.approve_many([name], KIM.actor),
        lambda: service.open(name, KIM),
    ]


def save(world: World, name: str) -> None:
    """Save a text; what we do not know of the draft is as it was."""
    raw = world.read(name).slot.raw
    saved = world.service.save(name, GOOD, world.revision(name), KIM).slot.raw
    assert isinstance(saved, dict)
    assert saved["markdown_content"] == GOOD
    unknown = {"their_key", "generator_meta", "rationale", "generated_at"}
    if isinstance(raw, dict):
        assert all(encode({"x": raw[k]}) == encode({"x": saved[k]}) for k in unknown & set(raw))


def rest_of(world: World, name: str) -> str:
    """Everything of a stored suggestion that no act may change, as text."""
    document = world.store.get_many(Collection.SUGGESTIONS, [name])[name].document
    rest: Doc = {key: value for key, value in document.items() if key not in OURS}
    content = rest.pop("suggestion_content", None)
    if isinstance(content, dict):
        content = {key: value for key, value in content.items() if key != "runbook_snippet"}
    return encode({**rest, "suggestion_content": content or None})


def check_batch(world: World, mess: Mess) -> None:
    """A batch goes to its end, whatever it meets, and nothing in it is a surprise."""
    world.service.run_once(BatchOrder(10, "soak"))
    run = world.service.run_once(BatchOrder(10, "soak", suggestion_ids=tuple(mess.suggestions)))
    assert run.picked_up_count == len(mess.suggestions)
    assert run.picked_up_count == run.generated_count + run.skipped_count + run.error_count
    told = {outcome.error_reason for outcome in run.suggestion_outcomes}
    assert "unknown" not in told
    assert world.service.run(run.run_id)[0].state == "finished"


def check_rest(world: World, mess: Mess) -> None:
    """Every call of REST answers in JSON and never with our own failure."""
    environment = Settings(_env_file=None)
    api = create_api(lambda: world.service, environment)
    client = TestClient(api, base_url="http://127.0.0.1:8501")
    world.service.refresh()
    answered(client, "GET", "/health")
    listed = answered(client, "GET", "/suggestions?type=&limit=200")
    assert {one["suggestion_id"] for one in listed["suggestions"]} == set(mess.suggestions)
    for name in mess.suggestions:
        check_calls(client, quote(name, safe=""))
    answered(client, "POST", "/runbooks/run-once", {"batchSize": 5})
    ids = list(mess.suggestions)
    answered(client, "POST", "/runbooks/run-once", {"suggestionIds": ids, "dryRun": True})
    cursor, pages = "", 0
    while cursor is not None:
        page = answered(client, "GET", f"/runs?limit=1&cursor={cursor}")
        for run in page["runs"]:
            answered(client, "GET", f"/runs/{quote(run['runId'], safe='')}")
        cursor, pages = page["nextCursor"], pages + 1
    assert pages > sum("started_at" in run for run in mess.runs.values())


def check_calls(client: TestClient, name: str) -> None:
    """Call everything that REST offers for one suggestion."""
    answered(client, "GET", f"/runbooks/{name}")
    answered(client, "POST", f"/runbooks/generate/{name}", {"dryRun": True})
    made = answered(client, "POST", f"/runbooks/generate/{name}", {"forceOverwrite": True})
    assert "runbook" in made or "error" in made
    tag = client.get(f"/runbooks/{name}").headers.get("ETag", '"none"')
    answered(client, "PUT", f"/runbooks/{name}", {"markdownContent": GOOD}, {"If-Match": tag})
    tag = client.get(f"/runbooks/{name}").headers.get("ETag", '"none"').strip('"')
    answered(client, "GET", f"/runbooks/{name}/versions")
    answered(client, "POST", f"/runbooks/{name}/restore", {"version": 1, "revision": tag})
    tag = client.get(f"/runbooks/{name}").headers.get("ETag", '"none"').strip('"')
    answered(client, "POST", f"/suggestions/{name}/reject", {"revision": tag, "reason": "noise"})
    answered(client, "POST", f"/suggestions/{name}/reopen", {"reason": "no noise"})
    approval = {"revision": tag, "overrideReason": "known"}
    answered(client, "POST", f"/suggestions/{name}/approve", approval)
    answered(client, "GET", f"/runbooks/{name}")


def answered(
    client: TestClient, method: str, path: str, body: object = None, headers: object = None
) -> Any:
    """Make a call; its answer is JSON and no failure of ours."""
    answer = client.request(method, path, json=body, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    return json.loads(answer.content)


@sqlite
@given(messes(wild=True))
def test_no_document_breaks_a_list(mess: Mess) -> None:
    """Discovery, every page of the queue and the figures hold any mixture of documents."""
    with sqlite_world(mess) as world:
        check_lists(world, mess)


@sqlite
@given(messes(wild=True))
def test_no_document_breaks_an_act(mess: Mess) -> None:
    """People and machine act or are refused; fields that nobody knows survive every write."""
    with sqlite_world(mess) as world:
        for name in mess.suggestions:
            check_acts(world, name)


@sqlite
@given(messes(wild=True))
def test_no_document_breaks_a_batch(mess: Mess) -> None:
    """One bad document is one outcome with its reason."""
    with sqlite_world(mess) as world:
        check_batch(world, mess)


@sqlite
@given(messes(wild=True))
def test_no_document_breaks_rest(mess: Mess) -> None:
    """REST answers whatever is stored."""
    with sqlite_world(mess) as world:
        check_rest(world, mess)


@pytest.mark.firestore
@firestore
@given(mess=messes(wild=False))
def test_no_document_breaks_anything_on_firestore(firestore_host: str, mess: Mess) -> None:
    """The same on Firestore: lists, acts, batches, REST."""
    with firestore_world(firestore_host, mess) as world:
        check_lists(world, mess)
        for name in mess.suggestions:
            check_acts(world, name)
        check_batch(world, mess)
        check_rest(world, mess)
