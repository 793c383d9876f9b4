"""CONTRACT R7, R9, R10: what a batch takes, in which order, from which evidence."""

import threading

import pytest

from runbooks.batch import BatchOrder, Watch
from runbooks.errors import DraftingFailed
from runbooks.models import RunState
from runbooks.store.port import Collection
from runbooks.store.queries import QueueFilter
from tests.world import pattern_document, trace_document


def taken(run):
    """The ids of a run in the order in which it took them."""
    return [outcome.suggestion_id for outcome in run.suggestion_outcomes]


@pytest.fixture
def one_worker(world):
    """Make batches draft one after the other, so that their order is seen."""
    world.service._batches._concurrency = 1


def test_a_batch_takes_the_worst_first_then_the_oldest(world):
    """R7: unknown severity stands after high, missing created_at is the oldest."""
    low = world.suggest(severity="low", created_at="2026-01-01T00:00:00Z")
    high_new = world.suggest(severity="P2", created_at="2026-11-02T00:00:00Z")
    high_old = world.suggest(severity="high", created_at="2026-11-01T00:00:00+02:00")
    critical = world.suggest(severity="P1", created_at="2026-11-09T00:00:00Z")
    high_ageless = world.suggest(severity="high", created_at="gone")
    runs = [world.service.run_once(BatchOrder(1, "batch")) for _ in range(4)]
    assert [taken(run) for run in runs] == [[critical], [high_ageless], [high_old], [high_new]]
    assert taken(world.service.run_once(BatchOrder(4, "batch"))) == [low]


def test_a_batch_reaches_every_draftless_suggestion_that_others_created(world):
    """R7: whatever created_at holds, nothing starves."""
    odd = ["gone", None, "", "yesterday", 17, ["x"], "2026-11-01T00:00:00Z", "zzz", {}]
    names = {world.suggest(created_at=value) for value in odd}
    drafted = {world.suggest() for _ in range(3)}
    for name in drafted:
        world.service.generate(name, "local:kim")
    run = world.service.run_once(BatchOrder(50, "batch"))
    assert set(taken(run)) == names
    assert run.generated_count == len(names)


def test_later_documents_of_other_services_are_found_by_the_next_batch(world):
    """R7: also those that arrive with an old time or without one."""
    world.suggest()
    world.service.run_once(BatchOrder(10, "batch"))
    late = {world.suggest(created_at="2020-01-01T00:00:00Z"), world.suggest(created_at="gone")}
    assert set(taken(world.service.run_once(BatchOrder(10, "batch")))) == late


def test_decided_suggestions_and_other_types_are_not_taken(world):
    """R7: pending runbook suggestions only."""
    for fields in ({"type": "eval"}, {"status": "approved"}, {"status": None}, {"type": 5}):
        world.suggest(**fields)
    assert taken(world.service.run_once(BatchOrder(10, "batch"))) == []


def test_held_items_and_unsaved_texts_are_left_alone(world, kim, lee):
    """R7: skipped as being_edited, and they never keep others from their turn."""
    held, typed, free = world.suggest(), world.suggest(), world.suggest(severity="low")
    world.service.discovery.catch_up(10)
    world.service.hold(held, kim)
    world.service.keep_unsaved(typed, "# half", "none", lee)
    assert taken(world.service.run_once(BatchOrder(1, "batch"))) == [free]
    rest = world.service.run_once(BatchOrder(5, "batch"))
    assert {o.error_reason for o in rest.suggestion_outcomes} == {"being_edited"}
    assert world.drafter.calls == 1


def test_what_always_fails_does_not_starve_the_others(world):
    """R7: a failing item stands back behind those that were not tried."""
    bad = {world.suggest(severity="critical") for _ in range(2)}
    good = world.suggest(severity="low")

    def fail(request):
        if request.evidence.suggestion.suggestion_id in bad:
            raise DraftingFailed("offline", "invalid_json", excerpt="rubbish")

    world.drafter.during = fail
    first = world.service.run_once(BatchOrder(2, "batch"))
    assert (first.error_count, set(taken(first))) == (2, bad)
    second = world.service.run_once(BatchOrder(2, "batch"))
    assert taken(second)[0] == good or good in taken(second)
    errors = world.service.run(first.run_id)[1]
    assert {(e.suggestion_id, e.error_type) for e in errors} == {(b, "invalid_json") for b in bad}


def test_an_unexpected_error_is_one_outcome_and_the_batch_goes_on(world):
    """R7: one bad item never aborts a batch."""
    names = [world.suggest() for _ in range(4)]

    def fail(request):
        if request.evidence.suggestion.suggestion_id == names[1]:
            raise ZeroDivisionError

    world.drafter.during = fail
    run = world.service.run_once(BatchOrder(10, "batch"))
    assert (run.picked_up_count, run.generated_count, run.error_count) == (4, 3, 1)
    assert run.picked_up_count == run.generated_count + run.skipped_count + run.error_count


@pytest.mark.usefixtures("one_worker")
def test_a_cancelled_batch_starts_no_further_call(world):
    """What was drafted stays, what was not started stays for the next run."""
    for _ in range(5):
        world.suggest()
    watch = Watch(cancel=threading.Event())
    world.drafter.during = lambda _: watch.cancel.set()
    run = world.service.run_once(BatchOrder(5, "batch"), watch)
    assert (run.state, run.generated_count, world.drafter.calls) == (RunState.CANCELLED, 1, 1)
    world.drafter.during = lambda _: None
    assert world.service.run_once(BatchOrder(5, "batch")).generated_count == 4


def test_two_overlapping_batches_draft_each_item_once(world):
    """R18: two batches on the same items pay for one call each."""
    for _ in range(6):
        world.suggest()
    inner: list[object] = []

    def second(_):
        if not inner:
            inner.append(None)
            inner[0] = world.service.run_once(BatchOrder(6, "batch"))

    world.drafter.during = second
    world.service.run_once(BatchOrder(6, "batch"))
    assert world.drafter.calls == 6


def test_a_fallback_is_tried_again_when_its_evidence_has_changed(world):
    """R7: missing context stays until patterns or their content changed."""
    name = world.suggest(source_traces=[{"trace_id": "f" * 32}])
    world.service.run_once(BatchOrder(5, "batch"))
    assert taken(world.service.run_once(BatchOrder(5, "batch"))) == []
    world.put(Collection.PATTERNS, "f" * 32, pattern_document("f" * 32))
    run = world.service.run_once(BatchOrder(5, "batch"))
    assert (taken(run), run.fallback_count) == ([name], 0)


def test_the_canonical_pattern_is_the_surest_then_the_latest_then_by_id(world, kim):
    """R9: a missing confidence is the lowest."""
    traces = ["a" * 32, "b" * 32, "c" * 32, "d" * 32]
    facts = [(0.7, "2026-11-10"), (0.9, "2026-11-01"), (0.9, "2026-11-05"), (None, "2026-11-17")]
    for trace, (confidence, day) in zip(traces, facts, strict=True):
        pattern = {**pattern_document(trace), "confidence": confidence, "extracted_at": day}
        world.put(Collection.PATTERNS, trace, pattern)
        world.put(Collection.TRACES, trace, trace_document(trace))
    name = world.suggest(source_traces=traces)
    evidence = world.service.open(name, kim).evidence
    assert [p.source_trace_id[0] for p in evidence.patterns] == ["c", "b", "a", "d"]
    assert evidence.trace_ids == ("c" * 32, "a" * 32, "b" * 32, "d" * 32)


def test_personal_data_has_one_number_in_every_view_and_none_in_the_draft(world, kim):
    """R10: the same placeholder in trace view and draft, the address nowhere."""
    name = world.suggest()
    world.service.generate(name, "local:kim")
    item = world.service.open(name, kim)
    seen = str(item.evidence.traces[0].payload)
    assert "[EMAIL_1]" in seen
    assert "kim.doe@" not in seen + item.suggestion.slot.draft.markdown_content


def test_an_interrupted_run_shows_what_it_did(world):
    """CONTRACT §1: by heartbeat, with outcomes put together again from the drafts."""
    names = [world.suggest() for _ in range(3)]
    run = world.service._runs.start(
        batch_size=3, triggered_by="manual", actor="x", provider="offline", dry_run=False
    )
    from runbooks.orders import Order

    world.service.discovery.catch_up(5)
    for name in names[:2]:
        world.service._generator.generate(Order(name, "x", run.run_id))
    assert world.service.run(run.run_id)[0].state is RunState.RUNNING
    world.clock.pass_(seconds=61)
    shown = world.service.run(run.run_id)[0]
    assert shown.state is RunState.INTERRUPTED
    assert {o.suggestion_id for o in shown.suggestion_outcomes} == set(names[:2])


def test_the_queue_counts_what_waits(world, kim, good_text):
    """The figures on top of the queue are those of its rows."""
    names = [world.suggest() for _ in range(4)]
    world.service.run_once(BatchOrder(2, "batch"))
    text = good_text.replace(f"{1:032x}", f"{4:032x}")
    edited = world.service.save(names[3], text, world.revision(names[3]), kim)
    world.service.approve(names[3], edited.slot.revision, "local:kim")
    figures = world.service.queue_figures()
    assert (figures.waiting, figures.approved, figures.acceptance) == (3, 1, 1.0)
    page = world.service.queue(QueueFilter(), limit=2)
    rest = world.service.queue(QueueFilter(), limit=2, cursor=page.next_cursor)
    listed = [e.suggestion_id for e in (*page.entries, *rest.entries)]
    assert sorted(listed) == sorted(names[:3])
    assert page.total == 3


def test_a_removed_suggestion_leaves_the_queue(world):
    """R7: an entry without its document is removed by the sweep."""
    from runbooks.store.port import Delete

    name = world.suggest()
    world.service.discovery.catch_up(5)
    world.store.commit([Delete(Collection.SUGGESTIONS, name)])
    world.service.discovery.refresh()
    assert world.service.queue(QueueFilter()).entries == ()


def test_documents_without_any_time_are_found_by_their_names(world):
    """R7: after the first sweep, a few new ones among many are found at once and cheaply."""
    for number in range(130):
        world.suggest(id=f"old-{number:04}", status="approved", created_at="2026-01-01T00:00:00Z")
    world.service.run_once(BatchOrder(5, "batch"))
    new = {
        world.suggest(id=name, created_at="gone", updated_at="gone")
        for name in ("a-first", "old-0007x", "old-0093x", "z-last")
    }
    before = world.store.usage.reads
    run = world.service.run_once(BatchOrder(5, "batch"))
    assert set(taken(run)) == new
    assert world.store.usage.reads - before < 600


def test_a_dry_batch_writes_no_document(world):
    """R15: it drafts what the queue knows and leaves no trace, not even of looking."""
    world.suggest()
    world.service.discovery.catch_up(5)
    world.suggest()
    before = world.store.usage.writes
    run = world.service.run_once(BatchOrder(5, "batch", dry_run=True))
    assert (run.generated_count, world.store.usage.writes - before) == (1, 0)
