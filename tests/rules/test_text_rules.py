"""CONTRACT R1–R6, R8, R11–R13: what may be written over what, and that nothing is lost."""

import threading

import pytest

from runbooks.batch import BatchOrder
from runbooks.errors import (
    GenerationInProgress,
    InvalidRequest,
    NoDraft,
    NotFound,
    NotPending,
    NotRunbook,
    OverwriteBlocked,
    StaleRevision,
    UnreadableDocument,
    WouldBeFallback,
)
from runbooks.models import DraftState, SlotKind
from runbooks.store.port import Collection
from tests.world import World, pattern_document

SNIPPET = ("suggestion_content", "runbook_snippet")


def test_a_generation_writes_the_snippet_and_the_time_alone(world: World):
    """R1: status, approval and history stay, and so does every field that we do not know."""
    name = world.suggest(approval_metadata={"odd": 1}, version_history=[{"x": 2}])
    before = dict(world.read(name).document)
    world.service.generate(name, "local:kim")
    after = dict(world.store.get_many(Collection.SUGGESTIONS, [name])[name].document)
    assert after["suggestion_content"]["runbook_snippet"]["edit_source"] == "generated"
    assert after.pop("their_own_field") == {"kept": True}
    for field in before:
        if field not in ("suggestion_content", "updated_at"):
            assert after.get(field, before[field]) == before[field]
    assert set(after) - set(before) <= {"suggestion_content", "updated_at"}


def test_a_saved_text_is_human_and_is_left_alone_by_batches(world, kim, good_text):
    """R2: a batch skips a person's text and says why."""
    name = world.suggest()
    world.service.generate(name, "local:kim")
    saved = world.service.save(name, good_text, world.revision(name), kim)
    order = BatchOrder(5, "local:lee", suggestion_ids=(name,))
    run = world.service.run_once(order)
    assert saved.slot.kind is SlotKind.HUMAN
    assert [(o.status, o.error_reason) for o in run.suggestion_outcomes] == [
        ("skipped", "overwrite_blocked")
    ]
    assert world.read(name).slot.raw["markdown_content"] == good_text


def test_a_single_generation_over_a_persons_text_is_refused_without_force(world, kim, good_text):
    """R2: overwrite_blocked, and no model call is paid."""
    name = world.suggest()
    world.service.save(name, good_text, "none", kim)
    with pytest.raises(OverwriteBlocked):
        world.service.generate(name, "local:lee")
    assert world.drafter.calls == 0


def test_force_replaces_a_persons_text_and_one_click_brings_it_back(world, kim, good_text):
    """R2: the human text is a version; restoring it makes it the person's text again."""
    name = world.suggest()
    saved = world.service.save(name, good_text, "none", kim)
    world.service.generate(name, "local:lee", force=True, revision=saved.slot.revision)
    assert world.read(name).slot.kind is SlotKind.GENERATED
    versions = world.service.versions(name)
    assert [v.reason for v in versions] == ["forced", "edited"]
    restored = world.service.restore(name, versions[-1].number, world.revision(name), kim)
    assert restored.slot.kind is SlotKind.HUMAN
    assert restored.slot.raw["markdown_content"] == good_text
    assert restored.slot.draft.edited_by == "local:kim"


@pytest.mark.parametrize(
    "snippet",
    [
        {"markdown_content": "# Mine", "edit_source": "Human"},
        {"markdown_content": "# Mine"},
        {"markdown_content": "# Mine", "edit_source": None},
        {"edit_source": ["generated"], "markdown_content": "# Mine"},
        "# Only a text",
        ["a", "list"],
        7,
    ],
)
def test_any_other_shape_is_somebodys_text(world, snippet, kim):
    """R2: protected, skipped by a batch, unreadable in the list, replaced only with force."""
    name = world.suggest(suggestion_content={"runbook_snippet": snippet, "eval_test": "theirs"})
    item = world.service.open(name, kim)
    assert item.entry.draft_state is DraftState.UNREADABLE
    assert item.suggestion.slot.problem
    with pytest.raises(OverwriteBlocked):
        world.service.generate(name, "local:kim")
    world.service.generate(name, "local:kim", force=True)
    content = world.read(name).document["suggestion_content"]
    assert content["eval_test"] == "theirs"
    found = [v for v in world.service.versions(name) if v.reason == "found"]
    assert [v.snippet for v in found] == [snippet]


@pytest.mark.parametrize("content", ["a text", ["a", "list"], 5, True])
def test_content_that_is_no_map_is_never_written_into(world, content, kim):
    """R2: an update would silently replace it."""
    name = world.suggest(suggestion_content=content)
    with pytest.raises(UnreadableDocument):
        world.service.generate(name, "local:kim", force=True)
    with pytest.raises(UnreadableDocument):
        world.service.save(name, "# Mine", "none", kim)
    assert world.read(name).document["suggestion_content"] == content
    assert [u.text for u in world.service.repository.unsaved(name)] == ["# Mine"]


@pytest.mark.parametrize(
    "content", ["gone", None, {}, {"runbook_snippet": None}, {"runbook_snippet": {}}]
)
def test_absent_null_and_empty_are_no_draft(world, content):
    """R2: there is nothing to protect, so a draft is written."""
    name = world.suggest(suggestion_content=content)
    assert world.revision(name) == "none"
    world.service.generate(name, "local:kim")
    assert world.read(name).slot.kind is SlotKind.GENERATED


def test_keys_that_we_do_not_know_survive_a_save_and_a_restore(world, kim, good_text):
    """R2: a human save merges onto the stored snippet."""
    snippet = {"markdown_content": "# Old", "edit_source": "generated", "their_key": {"a": [1]}}
    name = world.suggest(suggestion_content={"runbook_snippet": snippet})
    saved = world.service.save(name, good_text, world.revision(name), kim)
    assert saved.slot.raw["their_key"] == {"a": [1]}
    first = world.service.versions(name)[-1]
    restored = world.service.restore(name, first.number, saved.slot.revision, kim)
    assert restored.slot.raw["their_key"] == {"a": [1]}
    assert restored.slot.raw["markdown_content"] == "# Old"


def test_keys_that_we_do_not_know_survive_a_generation(world):
    """CONTRACT §1: what other services put into the snippet stays, our own old facts do not."""
    snippet = {
        "markdown_content": "# Old",
        "edit_source": "generated",
        "their_key": {"page": 7},
        "edited_by": "somebody",
    }
    name = world.suggest(suggestion_content={"runbook_snippet": snippet})
    world.service.generate(name, "local:kim")
    stored = world.read(name).slot.raw
    assert stored["their_key"] == {"page": 7}
    assert "edited_by" not in stored


def test_a_stale_save_is_refused_and_the_text_is_kept(world, kim, lee, good_text):
    """R3: the second of two people loses nothing and is told so."""
    name = world.suggest()
    world.service.generate(name, "local:kim")
    seen = world.revision(name)
    world.service.save(name, good_text, seen, kim)
    with pytest.raises(StaleRevision) as refused:
        world.service.save(name, "# Lee's text", seen, lee)
    assert refused.value.stored == world.revision(name)
    assert [(u.actor, u.text) for u in world.service.repository.unsaved(name)] == [
        ("local:lee", "# Lee's text")
    ]


def test_two_texts_that_lost_are_both_kept(world, kim, lee, good_text):
    """R13: a later refused save never replaces what an earlier one left."""
    name = world.suggest()
    world.service.save(name, good_text, "none", kim)
    for text in ("# First", "# Second"):
        with pytest.raises(StaleRevision):
            world.service.save(name, text, "none", lee)
    assert {u.text for u in world.service.repository.unsaved(name)} == {"# First", "# Second"}


def test_saving_ends_the_unsaved_text_of_the_same_tab_only(world, kim, lee, good_text):
    """R5: the unsaved draft goes in the same commit; everybody else's stays."""
    name = world.suggest()
    world.service.open(name, kim)
    world.service.keep_unsaved(name, "# half", "none", kim)
    world.service.keep_unsaved(name, "# other", "none", lee)
    world.service.save(name, good_text, "none", kim)
    assert [u.text for u in world.service.repository.unsaved(name)] == ["# other"]
    assert set(world.service.repository.entry(name).unsaved_by) == {"local:lee"}


@pytest.mark.parametrize("status", ["approved", "rejected", "archived"])
def test_a_decided_suggestion_takes_no_text(world, kim, good_text, status):
    """R3: not_pending, and the person's text is kept to be saved after a reopening."""
    name = world.suggest(status=status)
    with pytest.raises(NotPending):
        world.service.save(name, good_text, "none", kim)
    with pytest.raises(NotPending):
        world.service.generate(name, "local:kim", force=True)
    assert [u.text for u in world.service.repository.unsaved(name)] == [good_text]


def test_reopen_and_save_puts_the_kept_text_in_place(world, kim, good_text):
    """R3: what not_pending offers works, and ends the kept text."""
    name = world.suggest()
    world.service.save(name, good_text, "none", kim)
    world.service.approve(name, world.revision(name), "local:kim")
    seen = world.revision(name)
    with pytest.raises(NotPending):
        world.service.save(name, good_text + "\nmore", seen, kim)
    saved = world.service.reopen_and_save(name, good_text + "\nmore", seen, kim, "one more line")
    assert saved.status == "pending"
    assert saved.slot.raw["markdown_content"].endswith("more")
    assert world.service.repository.unsaved(name) == []


def test_text_of_other_services_is_adopted_as_a_version_before_it_is_replaced(
    world, kim, good_text
):
    """R5: other services leave no version; what they wrote is kept as `found`."""
    theirs = {"markdown_content": "# Theirs", "edit_source": "generated", "title": "T"}
    name = world.suggest(suggestion_content={"runbook_snippet": theirs})
    world.service.save(name, good_text, world.revision(name), kim)
    reasons = [(v.number, v.reason) for v in world.service.versions(name)]
    assert reasons == [(2, "edited"), (1, "found")]
    assert world.service.repository.version(name, 1).snippet == theirs


def test_what_has_a_version_is_not_adopted_twice(world, kim, good_text):
    """R5: our own texts get one version each."""
    name = world.suggest()
    world.service.generate(name, "local:kim")
    world.service.save(name, good_text, world.revision(name), kim)
    world.service.save(name, good_text + "\n", world.revision(name), kim)
    assert [v.reason for v in world.service.versions(name)] == ["edited", "edited", "generated"]


def test_a_foreign_change_of_another_field_does_not_fail_a_save(world, kim, good_text):
    """R6: the precondition covers the whole document; we read again and go on."""
    name = world.suggest()
    original = world.store.commit

    def commit(writes):
        world.store.commit = original
        world.foreign_write(name, {("embedding",): [0.1, 0.2]})
        return original(writes)

    world.store.commit = commit
    saved = world.service.save(name, good_text, "none", kim)
    document = world.store.get_many(Collection.SUGGESTIONS, [name])[name].document
    assert saved.slot.raw["markdown_content"] == good_text
    assert document["embedding"] == [0.1, 0.2]


def test_a_save_during_a_generation_wins_and_the_draft_is_kept_beside(world, kim, good_text):
    """R13: the answer that lost the race is a version that was never in place."""
    name = world.suggest()
    world.drafter.during = lambda _: world.service.save(name, good_text, "none", kim)
    with pytest.raises((OverwriteBlocked, StaleRevision)):
        world.service.generate(name, "local:lee")
    assert world.read(name).slot.raw["markdown_content"] == good_text
    newest = world.service.versions(name)[0]
    assert (newest.applied, newest.reason) == (False, "proposal")
    assert newest.draft.markdown_content.startswith("# ")


def test_an_approval_during_a_generation_keeps_what_was_approved(world, kim, good_text):
    """R3: the decision stands on the text that was seen."""
    name = world.suggest()
    world.service.save(name, good_text, "none", kim)
    seen = world.revision(name)
    world.drafter.during = lambda _: world.service.approve(name, seen, "local:kim")
    with pytest.raises(NotPending):
        world.service.generate(name, "local:lee", force=True, revision=seen)
    assert (world.read(name).status, world.revision(name)) == ("approved", seen)


def test_force_against_a_newer_edit_is_stale(world, kim, good_text):
    """R4: force sends the revision that was seen and never goes over a newer one."""
    name = world.suggest()
    first = world.service.save(name, good_text, "none", kim)
    world.service.save(name, good_text + "\nnewer", first.slot.revision, kim)
    with pytest.raises(StaleRevision):
        world.service.generate(name, "local:lee", force=True, revision=first.slot.revision)
    assert world.drafter.calls == 0


def test_two_generations_of_one_suggestion_pay_for_one_call(world):
    """R18: the second caller is told who holds it, and the first one's draft stands."""
    name = world.suggest()
    refused: list[GenerationInProgress] = []

    def second(_):
        try:
            world.service.generate(name, "local:lee")
        except GenerationInProgress as error:
            refused.append(error)

    world.drafter.during = second
    world.service.generate(name, "local:kim")
    assert (world.drafter.calls, [e.holder for e in refused]) == (1, ["local:kim"])
    world.drafter.during = lambda _: None
    world.service.generate(name, "local:lee")
    assert world.drafter.calls == 2


def test_two_saves_at_once_lose_nothing(world, kim, lee, good_text):
    """R3: one of two wins; the other's text is kept and it is told."""
    name = world.suggest()
    told: list[str] = []

    def save(person, text):
        try:
            world.service.save(name, text, "none", person)
            told.append("saved")
        except StaleRevision:
            told.append("stale")

    texts = (good_text + "\nkim", good_text + "\nlee")
    threads = [
        threading.Thread(target=save, args=args) for args in zip((kim, lee), texts, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["saved", "stale"]
    everything = [world.read(name).slot.raw["markdown_content"]]
    everything += [u.text for u in world.service.repository.unsaved(name)]
    assert sorted(everything) == sorted(texts)


def test_fields_agree_with_the_text_after_a_save(world, kim, good_text):
    """R11: title, symptoms, commands, steps and escalation are read again from the Markdown."""
    name = world.suggest()
    draft = world.service.save(name, good_text, "none", kim).slot.draft
    assert draft.title == "Runaway loop in flight-agent"
    assert draft.status == "draft"
    assert len(draft.symptoms) == 2
    assert any("pup traces search" in command for command in draft.diagnosis_commands)
    assert len(draft.mitigation_steps) == 2
    assert "15 minutes" in draft.escalation_criteria


def test_an_empty_or_huge_text_is_refused_in_words(world, kim):
    """Bad input gets a clear error and changes nothing."""
    name = world.suggest()
    for text in ("", "  \n", "x" * 700_000):
        with pytest.raises(InvalidRequest):
            world.service.save(name, text, "none", kim)
    assert world.revision(name) == "none"


def test_a_dry_run_writes_no_document(world):
    """R15: the model is asked, nothing is stored, no run and no hold either."""
    name = world.suggest()
    writes = world.store.usage.writes
    product = world.service.generate(name, "local:kim", dry_run=True)
    assert product.snippet["markdown_content"].startswith("# ")
    assert (world.drafter.calls, world.store.usage.writes) == (1, writes)
    assert world.revision(name) == "none"


def test_missing_patterns_give_a_template_that_says_so(world):
    """R8: no model call, needs_human_input, and the model names the reason."""
    name = world.suggest(source_traces=[{"trace_id": "f" * 32}])
    product = world.service.generate(name, "local:kim")
    draft = world.read(name).slot.draft
    assert (product.fallback_reason, world.drafter.calls) == ("missing_failure_patterns", 0)
    assert draft.generator_meta.model == "template_missing_failure_patterns"
    assert draft.status == "needs_human_input"
    assert world.read(name).slot.state is DraftState.FALLBACK


def test_missing_context_gives_a_template(world):
    """R8: neither trigger nor reproduction input."""
    name = world.suggest(source_traces=[{"trace_id": "e" * 32}])
    pattern = {**pattern_document("e" * 32), "trigger_condition": ""}
    world.put(Collection.PATTERNS, "e" * 32, {**pattern, "reproduction_context": {}})
    product = world.service.generate(name, "local:kim")
    assert product.fallback_reason == "insufficient_context"


def test_a_template_never_replaces_a_better_text(world, kim, good_text):
    """R8: would_be_fallback, with or without force."""
    name = world.suggest(source_traces=[{"trace_id": "f" * 32}])
    world.service.save(name, good_text, "none", kim)
    with pytest.raises(WouldBeFallback):
        world.service.generate(name, "local:kim", force=True)
    generated = {"markdown_content": "# Good", "edit_source": "generated"}
    other = world.suggest(
        source_traces=[{"trace_id": "d" * 32}], suggestion_content={"runbook_snippet": generated}
    )
    run = world.service.run_once(BatchOrder(5, "batch", suggestion_ids=(other,)))
    assert run.suggestion_outcomes[0].error_reason == "would_be_fallback:missing_failure_patterns"


def test_unknown_ids_and_other_types_are_typed_errors(world, kim):
    """R7, §3: not_found, not_runbook, no_draft."""
    other = world.suggest(type="eval")
    draftless = world.suggest()
    with pytest.raises(NotFound):
        world.service.generate("nobody", "local:kim")
    with pytest.raises(NotRunbook):
        world.service.generate(other, "local:kim")
    with pytest.raises(NoDraft):
        world.service.runbook(draftless)
    run = world.service.run_once(BatchOrder(5, "b", suggestion_ids=("nobody", other, draftless)))
    assert {o.suggestion_id: o.error_reason for o in run.suggestion_outcomes} == {
        "nobody": "not_found",
        other: "not_runbook",
        draftless: None,
    }


def test_every_kept_text_is_found_again_however_many(world, kim, lee, good_text):
    """R13: no limit of a question hides a text that was kept."""
    name = world.suggest()
    world.service.save(name, good_text, "none", kim)
    texts = {f"# Text {number}" for number in range(120)}
    for text in texts:
        with pytest.raises(StaleRevision):
            world.service.save(name, text, "none", lee)
    assert {u.text for u in world.service.repository.unsaved(name)} == texts


def test_an_id_of_the_longest_length_works_like_any_other(world, kim, good_text):
    """CONTRACT §1: ids up to what Firestore takes, and with odd characters, go the whole way."""
    for odd in ("x" * 1490, "a:b #%ü 試 (1)", "%_looks encoded"):
        name = world.suggest(id=odd)
        world.service.generate(name, "local:kim")
        saved = world.service.save(name, good_text, world.revision(name), kim)
        world.service.keep_unsaved(name, "# half", saved.slot.revision, kim)
        world.service.hold(name, kim)
        assert [v.number for v in world.service.versions(name)] == [2, 1]
        assert world.service.restore(name, 1, saved.slot.revision, kim).slot.kind is SlotKind.HUMAN
        assert world.service.open(name, kim).unsaved


def test_a_save_whose_answer_got_lost_can_be_repeated(world, kim, lee, good_text):
    """R6: the same text by the same person is saved already; by somebody else it is stale."""
    name = world.suggest()
    first = world.service.save(name, good_text, "none", kim)
    again = world.service.save(name, good_text, "none", kim)
    assert again.slot.revision == first.slot.revision
    assert len(world.service.versions(name)) == 1
    assert world.service.repository.unsaved(name) == []
    with pytest.raises(StaleRevision):
        world.service.save(name, good_text, "none", lee)
