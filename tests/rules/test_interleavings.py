"""What happens when a store fails, an answer is lost or two people act in the same moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runbooks.batch import BatchOrder
from runbooks.errors import (
    BeingEdited,
    BlockingFindings,
    CommitUnknown,
    HoldLost,
    InvalidRequest,
    RunbookError,
    StaleRevision,
    StoreUnavailable,
)
from runbooks.models import RunState
from runbooks.store.port import Collection
from runbooks.unsaved import Person
from tests.world import World, pattern_document


@pytest.fixture
def approved(world, kim, good_text):
    """An approved suggestion: its id and revision."""
    name = world.suggest()
    seen = world.service.save(name, good_text, "none", kim).slot.revision
    world.service.approve(name, seen, "local:lee")
    return name, seen


def once(world: World, name: str, instead: Callable[..., object]) -> None:
    """Let something happen at the store's next call of this name, in its place."""
    original = getattr(world.store, name)

    def call(*args, **named):
        setattr(world.store, name, original)
        return instead(original, *args, **named)

    setattr(world.store, name, call)


@pytest.mark.parametrize("text", ["", " \n", "x" * 700_000])
def test_a_text_that_cannot_be_stored_undoes_no_approval(world, approved, kim, text):
    """R3: reopen and save is one act, so what cannot be saved opens nothing again."""
    name, seen = approved
    with pytest.raises(InvalidRequest):
        world.service.reopen_and_save(name, text, seen, kim, "one more line")
    assert world.read(name).status == "approved"


def test_reopening_to_save_over_another_text_undoes_no_approval(world, approved, kim, good_text):
    """R3, R5: decided on a revision that is gone, it changes nothing and keeps the text."""
    name, _ = approved
    before = world.read(name)
    with pytest.raises(StaleRevision) as stale:
        world.service.reopen_and_save(name, good_text + "\nmine", "0" * 16, kim, "one more line")
    assert stale.value.text_kept
    assert world.read(name).document == before.document
    assert good_text + "\nmine" in [u.text for u in world.service.repository.unsaved(name)]


def test_reopening_to_save_without_the_hold_undoes_no_approval(world, approved, kim, good_text):
    """R18: a hold that was taken over refuses the whole act."""
    name, seen = approved
    mine = replace(kim, hold=world.service.hold(name, kim))
    world.service.hold(name, Person("local:lee"), take_over=True)
    with pytest.raises(HoldLost):
        world.service.reopen_and_save(name, good_text + "\nmine", seen, mine, "one more line")
    assert (world.read(name).status, world.revision(name)) == ("approved", seen)


def test_reopen_and_save_works_when_somebody_reopened_first(world, approved, kim, good_text):
    """R3: the text is saved, not refused because there is nothing left to reopen."""
    name, seen = approved
    world.service.reopen(name, "local:lee", "it lacks a line")
    saved = world.service.reopen_and_save(name, good_text + "\nmine", seen, kim, "one more line")
    assert saved.slot.draft.markdown_content == good_text + "\nmine"
    assert [entry.actor for entry in saved.history if entry.new_status == "pending"] == [
        "local:lee"
    ]


def test_reopen_and_save_is_done_once_when_its_answer_is_lost(world, approved, kim, good_text):
    """R5, R6: one commit opens, tells the history why, and saves; it is not done twice."""
    name, seen = approved

    def lost(commit, writes):
        commit(writes)
        raise CommitUnknown

    once(world, "commit", lost)
    saved = world.service.reopen_and_save(name, good_text + "\nmine", seen, kim, "one more line")
    assert (saved.status, saved.approval) == ("pending", None)
    assert saved.slot.draft.markdown_content == good_text + "\nmine"
    assert [(e.new_status, e.notes) for e in saved.history][-1] == ("pending", "one more line")
    assert [e.new_status for e in saved.history] == ["approved", "pending"]
    assert world.service.library.runbook(name).markdown == good_text
    assert {e.action for e in world.service.audit(name)} >= {"reopen", "edited"}


def test_a_stale_text_is_kept_although_the_store_cannot_be_read_again(world, kim, lee, good_text):
    """R13: what goes wrong while a refusal is looked into does not cost the text."""
    name = world.suggest()
    world.service.save(name, good_text, "none", lee)
    original, reads = world.store.get_many, []

    def failing(collection, keys, select=None):
        reads.append(collection)
        if collection is Collection.SUGGESTIONS and reads.count(collection) == 2:
            raise StoreUnavailable("no answer")
        return original(collection, keys, select)

    world.store.get_many = failing
    with pytest.raises(RunbookError) as refused:
        world.service.save(name, good_text + "\nmine", "none", kim)
    world.store.get_many = original
    assert refused.value.text_kept
    assert [u.text for u in world.service.repository.unsaved(name)] == [good_text + "\nmine"]


@pytest.mark.parametrize(
    "snippet",
    [
        "# Only a text",
        {"markdown_content": "# Mine"},
        {"edit_source": "generated", "markdown_content": ["# not", "a text"]},
    ],
)
def test_a_draft_that_cannot_be_read_is_approved_only_with_a_written_reason(world, kim, snippet):
    """R17: nobody can say that it has no E-finding, so never in bulk and never in passing."""
    name = world.suggest(suggestion_content={"runbook_snippet": snippet})
    seen = world.service.open(name, kim).suggestion.slot.revision
    (line,) = world.service.approve_many([name], kim.actor)
    assert isinstance(line.problem, BlockingFindings)
    with pytest.raises(BlockingFindings):
        world.service.approve(name, seen, kim.actor)
    reason = {"override_reason": "I read it in the database"}
    assert world.service.approve(name, seen, kim.actor, **reason).status == "approved"


def test_a_hold_lasts_its_whole_time_after_a_save_under_it(world, kim, lee, good_text):
    """R18: a renewal starts the time again, also when the save before it touched the hold."""
    name = world.suggest()
    mine = replace(kim, hold=world.service.hold(name, kim))
    world.service.save(name, good_text, "none", mine)
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    world.put(Collection.LEASES, mine.hold.key, {"acquired_at": long_ago})
    world.service.hold(name, mine)
    with pytest.raises(BeingEdited):
        world.service.hold(name, lee)


def test_a_hold_that_is_gone_can_be_taken_again(world, kim, lee):
    """R18: nobody is told that they themselves are editing what nobody holds."""
    name = world.suggest()
    mine = replace(kim, hold=world.service.hold(name, kim))
    other = replace(lee, hold=world.service.hold(name, lee, take_over=True))
    world.service.let_go(name, other)
    assert world.service.hold(name, mine).holder == "local:kim"


def test_a_first_draft_reads_suggestion_and_entry_beside_its_sources(world):
    """R7: three reads for each item of a batch, the one that picks it counted, sources not."""
    name = world.suggest()
    world.service.refresh()
    before = world.store.usage.reads
    world.service.generate(name, "local:kim")
    sources = 2
    assert world.store.usage.reads - before - sources == 2


def test_versions_go_on_behind_those_that_the_queue_does_not_know(world, kim, good_text):
    """R5: append only, also when another service removed the text and the queue was made anew."""
    name = world.suggest()
    world.service.save(name, good_text, "none", kim)
    world.foreign_write(name, {("suggestion_content",): {}})
    world.put(Collection.QUEUE, name, {"version_number": 0, "version_revision": ""})
    world.service.generate(name, "local:kim")
    assert [v.number for v in world.service.versions(name)] == [2, 1]


def test_a_look_at_an_older_state_does_not_set_the_queue_back(world, kim, lee, good_text):
    """CONTRACT §1: the queue entry follows the text, whatever was read before it was saved."""
    name = world.suggest()
    world.service.generate(name, "local:kim")

    original = world.service.repository.patterns

    def patterns(ids):
        world.service.repository.patterns = original
        world.service.save(name, good_text, world.revision(name), lee)
        return original(ids)

    world.service.repository.patterns = patterns
    world.service.open(name, kim)
    entry = world.service.repository.entry(name)
    assert (entry.revision, entry.draft_state) == (world.revision(name), "human")


def failing_for(world: World, collection: Collection) -> Callable[[], None]:
    """Make every commit to one collection fail; give what mends it."""
    original = world.store.commit

    def commit(writes):
        if any(write.collection is collection for write in writes):
            raise CommitUnknown("no answer")
        return original(writes)

    world.store.commit = commit
    return lambda: setattr(world.store, "commit", original)


def test_a_written_draft_is_no_failure_when_its_run_cannot_be_recorded(world):
    """R13: the caller is told what became of the draft, not of the record beside it."""
    name = world.suggest()
    mend: list[Callable[[], None]] = []
    world.drafter.during = lambda _: mend.append(failing_for(world, Collection.RUNS))
    product = world.service.generate(name, "local:kim")
    mend[0]()
    assert product.written
    assert world.read(name).slot.draft is not None


def test_a_refusal_is_told_as_it_is_when_its_run_cannot_be_recorded(world, kim, good_text):
    """CONTRACT §3: overwrite_blocked stays overwrite_blocked."""
    name = world.suggest()
    world.drafter.during = lambda _: (
        world.service.save(name, good_text, "none", kim),
        failing_for(world, Collection.RUNS),
    )
    with pytest.raises(RunbookError) as refused:
        world.service.generate(name, "local:kim")
    assert refused.value.code in ("overwrite_blocked", "stale_revision")


def test_a_batch_goes_on_when_its_run_cannot_be_recorded(world, monkeypatch):
    """R7: a heartbeat that fails costs no item its draft."""
    names = [world.suggest() for _ in range(4)]
    world.service._batches._concurrency = 1
    monkeypatch.setattr("runbooks.runs.HEARTBEAT_S", 0.01)
    mend: list[Callable[[], None]] = []

    def fail_once(_):
        if not mend:
            mend.append(failing_for(world, Collection.RUNS))

    world.drafter.during = fail_once
    run = world.service.run_once(BatchOrder(4, "batch"))
    mend[0]()
    assert (run.generated_count, run.state) == (4, RunState.FINISHED)
    assert all(world.read(name).slot.draft for name in names)


def test_fallbacks_whose_cause_stays_do_not_keep_others_from_their_turn(world):
    """R7: everything is reached, also behind fallbacks that nothing can be done about."""
    stuck = [
        world.suggest(severity="critical", source_traces=[{"trace_id": f"{n:032x}"}])
        for n in range(900, 906)
    ]
    late = world.suggest(severity="low", source_traces=[{"trace_id": "e" * 32}])
    world.service.run_once(BatchOrder(20, "batch"))
    assert all(world.read(name).slot.state == "fallback" for name in (*stuck, late))
    world.put(Collection.PATTERNS, "e" * 32, pattern_document("e" * 32))
    runs = [world.service.run_once(BatchOrder(2, "batch")) for _ in range(5)]
    taken = [outcome.suggestion_id for run in runs for outcome in run.suggestion_outcomes]
    assert taken == [late]
