"""The review page as a person uses it: nothing typed is lost, nothing unseen is approved."""

import pickle
import time

import pytest

from runbooks.models import SlotKind, Suggestion
from runbooks.store.port import Collection
from runbooks.unsaved import Person
from tests.ui.conftest import App
from tests.ui.typist import Typist
from tests.world import GOOD, World
from workbench import review_state

KIM = Person("local:kim")


class Page:
    """The review page of one suggestion in one tab."""

    def __init__(self, world: World, sid: str, app: App | None = None) -> None:
        self.world = world
        self.sid = sid
        self.app = app or App()
        self.at = self.app.at
        self.editor = Typist(self.app, sid)
        self.app.open("review", id=sid)

    def key(self, name: str) -> str:
        """Name a widget of this suggestion."""
        return review_state.key(name, self.sid)

    def tab(self, name: str) -> "Page":
        """Open another tab."""
        self.at.session_state[self.key("tab")] = name
        self.app.run()
        return self

    def click(self, name: str) -> "Page":
        """Press a button, and wait for a draft that it may have started."""
        self.app.click(self.key(name))
        for _ in range(100):
            if not self.desk.job:
                return self
            time.sleep(0.05)
            self.app.run()
        raise AssertionError("the draft does not come to an end")

    def fill(self, name: str, text: str) -> "Page":
        """Write into a field."""
        [field] = [f for f in (*self.at.text_area, *self.at.text_input) if f.key == self.key(name)]
        field.set_value(text)
        return self

    def write(self, text: str) -> "Page":
        """Replace the text in the editor, as typing does, without saving."""
        self.editor.type(text)
        return self

    def save(self, why: str = "") -> "Page":
        """Save what stands in the editor."""
        self.editor.save(why)
        self.app.run()
        self.editor.look()
        return self

    @property
    def desk(self) -> review_state.Desk:
        """What the tab keeps of this suggestion."""
        return self.at.session_state["rb_desks"][self.sid]

    @property
    def text(self) -> str:
        """Every text on the page, HTML included."""
        html = [str(e.proto.body) for e in self.app._elements() if e.type == "html"]
        code = [c.value for c in self.at.code]
        success = [s.value for s in self.at.success]
        labels = [b.label for b in self.at.button]
        bar = [str(m.value) for m in self.at.markdown]
        return "\n".join([self.app.text(), *html, *code, *success, *labels, *bar])

    @property
    def stored(self) -> Suggestion:
        """The suggestion as it is stored now."""
        return self.world.read(self.sid)

    def saved_elsewhere(self, text: str) -> None:
        """Another service puts a person's text in place, without asking who holds the item."""
        path = ("suggestion_content", "runbook_snippet")
        snippet = {**self.stored.slot.raw, "markdown_content": text, "edited_by": "local:lee"}
        self.world.foreign_write(self.sid, {path: snippet})

    def has(self, name: str) -> bool:
        """Whether there is such a button that can be pressed."""
        return any(b.key == self.key(name) and not b.disabled for b in self.at.button)


@pytest.fixture
def drafted(world: World) -> Page:
    """A suggestion with a draft by the machine."""
    sid = world.suggest()
    world.service.generate(sid, "local:machine")
    return Page(world, sid)


@pytest.fixture
def written(world: World) -> Page:
    """A suggestion with a runbook that a person wrote and nothing blocks."""
    sid = world.suggest()
    world.service.open(sid, KIM)
    world.service.save(sid, GOOD, "none", KIM)
    return Page(world, sid)


# --- finding one's way ---------------------------------------------------------------------------


def test_without_an_id_the_page_leads_to_the_queue(app: App, world: World) -> None:
    """An address without a suggestion says what to do."""
    app.open("review")
    assert "No suggestion is chosen" in app.text()
    assert [link.label for link in app.at.get("page_link")] == ["Back to queue"]


@pytest.mark.parametrize("sid", ["nobody", "../../etc", "<b>x</b>", "a" * 1400, "ü/🦊"])
def test_an_unknown_id_leads_to_the_queue(app: App, world: World, sid: str) -> None:
    """A broken link is explained and never a traceback."""
    app.open("review", id=sid)
    assert "There is no suggestion" in app.text()


def test_a_suggestion_of_another_type_is_reviewed_elsewhere(app: App, world: World) -> None:
    """Evals and guardrails are told apart from runbooks."""
    app.open("review", id=world.suggest(type="eval"))
    assert "not a runbook" in app.text()


def test_the_head_and_the_bar_say_how_it_stands(drafted: Page) -> None:
    """Title, severity, status, edit source and revision are there at a glance."""
    revision = drafted.stored.slot.revision[:8]
    for told in ("Agent repeats a search", "High", "Pending", "generated", revision, "saved"):
        assert told in drafted.text


# --- reading -------------------------------------------------------------------------------------


def test_the_offline_drafter_is_named_as_such(drafted: Page) -> None:
    """A text put together by rules never passes for a model's."""
    assert "No language model wrote" in drafted.text
    assert "no model was asked" in drafted.text


def test_a_template_says_what_is_missing(world: World) -> None:
    """Where no pattern is stored, the template says so in plain words."""
    sid = world.suggest(source_traces=[{"trace_id": "feed"}])
    world.service.generate(sid, "local:machine")
    page = Page(world, sid)
    assert "This is a template, not a draft" in page.text
    assert "No failure pattern was found" in page.text.replace("\\", "")


def test_sources_are_shown_redacted(drafted: Page) -> None:
    """Lineage, evidence and traces are there; an address of a person is not."""
    for told in ("canonical", "confidence 0.80", "flight-agent", "The loop has no stop"):
        assert told in drafted.text
    assert "kim.doe@mail.example.org" not in drafted.text
    assert "[EMAIL_1]" in drafted.text


def test_sources_are_read_once_and_not_at_each_click(
    drafted: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clicking about does not read and redact the traces again."""
    calls = []
    evidence = drafted.world.service.evidence
    monkeypatch.setattr(drafted.world.service, "evidence", lambda s: calls.append(s) or evidence(s))
    for name in (*review_state.TABS, review_state.PREVIEW):
        drafted.tab(name)
    assert not calls


def test_what_others_saved_is_announced_and_not_swapped_in(written: Page) -> None:
    """The text on the screen stays until the person asks for the newer one."""
    seen = written.stored.slot.revision
    lee = Person("local:lee")
    written.world.service.save(written.sid, GOOD + "\nlee was here\n", seen, lee)
    written.app.run()
    assert "saved a newer text" in written.text
    assert "lee was here" not in written.text
    written.click("approve")
    assert written.stored.status == "pending"
    assert "after you opened it" in written.text
    written.click("newer")
    assert "lee was here" in written.text
    written.click("approve")
    assert written.stored.status == "approved"


def test_opening_it_again_shows_what_is_stored_now(written: Page) -> None:
    """Who comes back from the queue sees the present text, without ceremony."""
    lee = Person("local:lee")
    revision = written.stored.slot.revision
    written.world.service.save(written.sid, GOOD + "\nlee was here\n", revision, lee)
    written.app.open("queue").open("review", id=written.sid)
    assert "lee was here" in written.text
    assert "newer text" not in written.text


def test_only_what_is_on_the_screen_counts_as_seen(written: Page) -> None:
    """A rerun does not mark a newer text as read."""
    me = next(iter(set(written.world.service.peek(written.sid).entry.seen_by) - {"local:kim"}))
    seen = written.stored.slot.revision
    written.world.service.save(written.sid, GOOD + "\nmore\n", seen, Person("local:lee"))
    written.app.run()
    assert written.world.service.peek(written.sid).entry.seen_by[me] == seen


# --- editing -------------------------------------------------------------------------------------


def test_saving_makes_it_a_persons_text(drafted: Page) -> None:
    """A save sets edit_source to human, says so, and the fields follow the text."""
    drafted.tab("Edit").write(GOOD).save()
    draft = drafted.stored.slot.draft
    assert draft is not None
    assert (draft.edit_source, draft.markdown_content) == ("human", GOOD)
    assert "batches will leave this text alone" in drafted.text
    assert "human" in drafted.text


def test_writing_it_oneself_begins_with_the_sections(world: World) -> None:
    """Who writes a runbook from nothing finds the six sections and what is known."""
    page = Page(world, world.suggest())
    page.click("write")
    assert page.editor.look().startswith("# Runaway loop - Operational Runbook")
    assert page.editor.look().count("\n## ") == 6
    assert "Auto-generated" not in page.editor.look()
    assert not page.desk.typed
    page.write(GOOD).save()
    assert page.stored.slot.draft.edit_source == "human"


def test_a_reason_goes_into_the_history(drafted: Page) -> None:
    """What was written beside the save stands with the version."""
    drafted.tab("Edit").write(GOOD).save("wrong namespace")
    assert drafted.world.service.versions(drafted.sid)[0].note == "wrong namespace"


def test_saving_twice_goes_over_ones_own_text(drafted: Page) -> None:
    """The second save of the same editor is no conflict."""
    drafted.tab("Edit").write(GOOD).save()
    drafted.write(GOOD + "\none more\n").save()
    assert drafted.stored.slot.draft.markdown_content.endswith("one more\n")
    assert drafted.desk.refusal is None


def test_a_stale_save_shows_both_texts_and_loses_neither(written: Page) -> None:
    """Mine stays in the editor and on the server, theirs is shown beside it."""
    written.tab("Edit")
    theirs = GOOD.replace("## Summary", "## Summary\n\ntheir line\n")
    written.saved_elsewhere(theirs)
    written.write(GOOD + "\nmy line\n").save()
    assert "their line" in written.text
    assert "my line" in written.editor.look()
    assert "my line" in "".join(written.world.kept_texts(written.sid))
    assert written.stored.slot.draft.markdown_content == theirs
    written.click("mine")
    assert written.stored.slot.draft.markdown_content == GOOD + "\nmy line\n"
    assert "their line" in "".join(written.world.kept_texts(written.sid))


def test_taking_theirs_keeps_mine_aside(written: Page) -> None:
    """The refused text is offered again, and comes back into the editor with one click."""
    written.tab("Edit")
    written.saved_elsewhere(GOOD + "\ntheirs\n")
    written.write(GOOD + "\nmine\n").save()
    written.click("theirs")
    assert written.editor.look() == GOOD + "\ntheirs\n"
    assert "Recovered text" in written.text
    written.app.click("rv_put_0")
    assert written.editor.look() == GOOD + "\nmine\n"
    written.save()
    assert written.stored.slot.draft.markdown_content == GOOD + "\nmine\n"
    assert not written.world.service.peek(written.sid).unsaved


def test_merging_by_hand_saves_over_theirs(written: Page) -> None:
    """After a look at both, the next save goes over the text that was shown."""
    written.tab("Edit")
    written.saved_elsewhere(GOOD + "\ntheirs\n")
    written.write(GOOD + "\nmine\n").save()
    written.click("merge")
    assert written.editor.look() == GOOD + "\nmine\n"
    written.write(GOOD + "\nboth\n").save()
    assert written.stored.slot.draft.markdown_content == GOOD + "\nboth\n"


def test_a_decision_in_between_keeps_the_text_and_offers_to_reopen(written: Page) -> None:
    """Somebody approved while I was writing: my text is kept and saved after reopening."""
    written.tab("Edit")
    revision = written.stored.slot.revision
    written.world.service.approve(written.sid, revision, "local:lee")
    written.write(GOOD + "\nlate\n").save()
    assert "already approved" in written.text
    assert written.stored.status == "approved"
    written.fill("reopen_why", "").click("reopen_save")
    assert written.stored.status == "approved"
    written.fill("reopen_why", "a step was missing").click("reopen_save")
    assert written.stored.status == "pending"
    assert written.stored.slot.draft.markdown_content == GOOD + "\nlate\n"


def test_a_decided_one_is_edited_only_with_a_reason(written: Page) -> None:
    """Saving an approved runbook opens it again, which needs a reason; the text is kept."""
    written.click("approve").tab("Edit")
    written.write(GOOD + "\nmore\n").save()
    assert written.stored.status == "approved"
    assert written.editor.look() == GOOD + "\nmore\n"
    written.save("outdated step")
    assert (written.stored.status, written.stored.slot.draft.edit_source) == ("pending", "human")


def test_one_person_edits_and_the_other_sees_who(written: Page) -> None:
    """A second person reads, is told who edits, and may take over; the first one is told then."""
    written.world.service.hold(written.sid, Person("local:Ana"))
    written.tab("Edit")
    assert "Ana" in written.text
    assert "is editing this" in written.text
    assert written.editor.data["read_only"]
    written.click("take")
    assert not written.editor.data["read_only"]
    written.write(GOOD + "\ntaken\n").save()
    assert written.stored.slot.draft.markdown_content == GOOD + "\ntaken\n"


def test_who_lost_the_hold_keeps_the_text(written: Page) -> None:
    """When somebody takes over while I write, my save is refused and my text stays."""
    written.tab("Edit")
    written.world.service.hold(written.sid, Person("local:Ana"), take_over=True)
    written.write(GOOD + "\nmine\n").save()
    assert written.stored.slot.draft.markdown_content == GOOD
    kept = [u.text for u in written.world.service.peek(written.sid).unsaved]
    assert kept == [GOOD + "\nmine\n"]


def test_the_hold_ends_with_the_editor(written: Page) -> None:
    """Looking at another tab lets others edit."""
    written.tab("Edit")
    assert written.world.service.peek(written.sid).entry.hold_by
    written.tab("Preview")
    assert not written.world.service.peek(written.sid).entry.hold_by


def test_unsaved_text_is_offered_after_a_reload(world: World) -> None:
    """Another tab of the same person finds what was typed and not saved."""
    sid = world.suggest()
    world.service.save(sid, GOOD, "none", KIM)
    first = Page(world, sid)
    first.at.session_state["rb_name"] = "kim"
    world.service.keep_unsaved(
        sid, GOOD + "\nhalf a sen", first.stored.slot.revision, Person("local:kim", "gone")
    )
    first.app.run()
    assert "Recovered text" in first.text
    assert ", 1 line ahead" in first.text
    first.app.click("rv_put_0")
    assert first.editor.look() == GOOD + "\nhalf a sen"
    assert "unsaved text" in first.text


def test_recovered_text_can_be_thrown_away(world: World) -> None:
    """Its author may discard it for good."""
    sid = world.suggest()
    world.service.keep_unsaved(sid, "rubbish", "none", Person("local:kim", "gone"))
    page = Page(world, sid)
    page.at.session_state["rb_name"] = "kim"
    page.app.run()
    page.app.click("rv_discard_0")
    assert not world.service.peek(sid).unsaved
    assert "Recovered text" not in page.text


def test_unsaved_text_of_others_is_told_but_not_offered(world: World) -> None:
    """Nobody takes up or throws away what somebody else is writing."""
    sid = world.suggest()
    world.service.keep_unsaved(sid, "Ana's secret", "none", Person("local:Ana", "t"))
    page = Page(world, sid)
    assert "Ana has text here that is not saved" in page.text
    assert "Ana's secret" not in page.text
    assert not any(b.key.startswith("rv_put") for b in page.at.button if b.key)


def test_text_that_is_being_typed_survives_a_change_of_tab_and_page(written: Page) -> None:
    """What the browser sent before leaving the editor stands there again."""
    written.tab("Edit").write(GOOD + "\ntyped\n").tab("Preview")
    assert "unsaved text" in written.text
    [kept] = written.world.service.peek(written.sid).unsaved
    assert kept.text == GOOD + "\ntyped\n"
    written.app.open("queue").open("review", id=written.sid)
    written.tab("Edit")
    assert written.editor.look() == GOOD + "\ntyped\n"


def test_typing_anew_leaves_alone_what_this_tab_kept_before(written: Page) -> None:
    """A desk that was cleared away does not know of it; the text on the server stays."""
    written.world.service.approve(written.sid, written.stored.slot.revision, KIM.actor)
    written.tab("Edit")
    tab = written.at.session_state["rb_tab"]
    person = Person(f"local:visitor-{tab}", tab)
    written.world.service.keep_unsaved(written.sid, "left behind", "none", person)
    written.write(GOOD + "\nanew\n").save()
    texts = {text.text for text in written.world.service.peek(written.sid).unsaved}
    assert texts == {"left behind", GOOD + "\nanew\n"}


# --- drafting ------------------------------------------------------------------------------------


def test_a_first_draft_is_made_with_one_click(world: World) -> None:
    """Where nothing stands, generating needs no box and shows the draft."""
    page = Page(world, world.suggest())
    assert "No draft yet" in page.text
    page.click("generate_first")
    assert page.stored.slot.kind is SlotKind.GENERATED
    assert "Operational Runbook" in page.text


def test_an_unprotected_draft_is_made_anew_without_force(drafted: Page) -> None:
    """No box is shown where no person's text is at stake."""
    before = drafted.stored.slot.revision
    assert not drafted.at.checkbox
    drafted.click("regenerate")
    assert drafted.stored.slot.revision != before


def test_regenerating_over_a_persons_text_is_refused_then_forced(written: Page) -> None:
    """Without the box it is refused in words; with it, the text is a version to come back to."""
    [box] = [c for c in written.at.checkbox if c.key == written.key("force")]
    assert box.value is False
    assert "stays in" in written.text
    written.click("regenerate")
    assert written.stored.slot.draft.markdown_content == GOOD
    assert "it was not replaced" in written.text
    [box] = [c for c in written.at.checkbox if c.key == written.key("force")]
    box.check()
    written.click("regenerate")
    assert written.stored.slot.kind is SlotKind.GENERATED
    written.tab("History")
    [mine] = [v for v in written.world.service.versions(written.sid) if v.reason == "edited"]
    written.click(f"restore_{mine.number}")
    draft = written.stored.slot.draft
    assert (draft.markdown_content, draft.edit_source) == (GOOD, "human")


def test_the_force_box_is_off_again_after_use(written: Page) -> None:
    """Force is given for one time only."""
    written.at.checkbox(key=written.key("force")).check()
    written.click("regenerate")
    written.world.service.save(written.sid, GOOD, written.stored.slot.revision, Person("local:lee"))
    written.app.run()
    written.click("newer")
    assert written.at.checkbox(key=written.key("force")).value is False


def test_regenerating_what_somebody_changed_meanwhile_is_refused(drafted: Page) -> None:
    """An order names the revision on the screen; a newer text is not drafted over."""
    seen = drafted.stored.slot.revision
    drafted.world.service.save(drafted.sid, GOOD, seen, Person("local:lee"))
    drafted.click("regenerate")
    assert drafted.stored.slot.draft.markdown_content == GOOD


# --- deciding ------------------------------------------------------------------------------------


def test_approving_names_the_revision_on_the_screen(written: Page) -> None:
    """The decision carries what was seen; the label says it."""
    revision = written.stored.slot.revision
    [button] = [b for b in written.at.button if b.key == written.key("approve")]
    assert revision[:8] in button.label
    written.click("approve")
    approval = written.stored.approval
    assert (written.stored.status, approval.revision) == ("approved", revision)
    assert not written.has("approve")


def test_what_blocks_needs_a_written_reason(world: World) -> None:
    """Without a reason it stays pending and says what blocks; with one it is approved."""
    sid = world.suggest()
    world.service.save(sid, "# Half a page\n\n`rm -rf /var`\n", "none", KIM)
    page = Page(world, sid)
    assert "This blocks approval" in page.text
    page.click("approve")
    assert page.stored.status == "pending"
    assert "Approval is blocked by" in page.text
    page.fill("override", "known, for one hour only").click("approve")
    assert page.stored.status == "approved"
    assert page.stored.approval.override_reason == "known, for one hour only"


def test_rejecting_needs_a_reason(written: Page) -> None:
    """Blank is no reason."""
    written.fill("reject_reason", "   ").click("reject")
    assert written.stored.status == "pending"
    assert "needs a reason" in written.text
    written.fill("reject_reason", "duplicate of another").click("reject")
    assert (written.stored.status, written.stored.approval.reason) == (
        "rejected",
        "duplicate of another",
    )


def test_a_text_that_is_not_the_approved_one_is_labelled(written: Page) -> None:
    """Another service may change the text after approval; nobody takes it for approved."""
    written.click("approve")
    assert "not** the text that was approved" not in written.text
    written.world.foreign_write(
        written.sid,
        {("suggestion_content", "runbook_snippet", "markdown_content"): GOOD + "\nsneaked in\n"},
    )
    written.app.open("queue").open("review", id=written.sid)
    assert "not** the text that was approved" in written.text


def test_the_reason_of_a_decision_is_on_the_page(written: Page) -> None:
    """Who opens a rejected suggestion reads why."""
    written.fill("reject_reason", "duplicate of sugg-007").click("reject")
    assert "Reason given: duplicate of sugg" in written.text


def test_what_was_decided_can_be_reopened_with_a_reason(written: Page) -> None:
    """Nothing is irreversible; why it was opened again stands in the history."""
    written.click("approve")
    written.click("reopen")
    assert written.stored.status == "approved"
    written.fill("reopen_reason", "new evidence").click("reopen")
    assert written.stored.status == "pending"
    assert written.stored.history[-1].notes == "new evidence"
    written.tab("History")
    assert "new evidence" in written.text
    assert "approved → pending" in written.text


def test_approving_with_unsaved_text_saves_and_approves_it(written: Page) -> None:
    """The button says what it does, and what is approved is the text on the screen."""
    written.tab("Edit").write(GOOD + "\none more line\n").app.run()
    assert not written.has("approve")
    written.click("approve_typed")
    assert written.stored.status == "approved"
    draft = written.stored.slot.draft
    assert draft is not None
    assert draft.markdown_content == GOOD + "\none more line\n"
    assert written.stored.approval.revision == written.stored.slot.revision
    assert not written.world.service.peek(written.sid).unsaved


def test_text_that_is_not_saved_is_not_approved_unnoticed(written: Page) -> None:
    """Faster than the button could change: typed and approved at once, nothing is approved."""
    written.tab("Edit").write(GOOD + "\nx\n").click("approve")
    assert written.stored.status == "pending"
    assert "Nothing was approved" in written.text
    assert written.desk.typed.text == GOOD + "\nx\n"
    assert written.has("approve_typed")


def test_what_the_checks_object_to_is_saved_and_shown_before_it_is_approved(written: Page) -> None:
    """Save and approve stops at a finding that blocks, with the text saved and the reason asked."""
    written.tab("Edit").write(GOOD + "\n```\nrm -rf /var\n```\n").app.run()
    written.click("approve_typed")
    assert written.stored.status == "pending"
    assert written.stored.slot.draft.markdown_content.endswith("rm -rf /var\n```\n")
    assert "not approved yet" in written.text
    assert "This blocks approval" in written.text
    written.fill("override", "on the test machine only").click("approve")
    assert written.stored.status == "approved"


# --- changes and history -------------------------------------------------------------------------


def test_changes_show_generated_against_edited(drafted: Page) -> None:
    """At first the machine's text is compared with the one on the screen."""
    changed = drafted.stored.slot.draft.markdown_content.replace(
        "Customer impact", "Visitor impact"
    )
    drafted.world.service.save(drafted.sid, changed, drafted.stored.slot.revision, KIM)
    drafted.app.open("queue").open("review", id=drafted.sid)
    drafted.tab("Changes")
    assert "<mark>Visitor</mark>" in drafted.text
    assert "<mark>Customer</mark>" in drafted.text
    assert "lines the same" in drafted.text


def test_a_single_text_has_no_changes(drafted: Page) -> None:
    """Before the first edit the tab says so."""
    drafted.tab("Changes")
    assert "only one text so far" in drafted.text


def test_any_version_can_be_looked_at_and_brought_back(written: Page) -> None:
    """History lists who and why; viewing renders, restoring makes a new version."""
    second = GOOD.replace("## Summary", "## Summary\n\nsecond edition\n")
    written.tab("Edit").write(second).save()
    written.tab("History")
    assert "in place" in written.text
    assert "second edition" not in written.text
    written.click("view_2")
    assert "second edition" in written.text
    written.click("restore_1")
    assert written.stored.slot.draft.markdown_content == GOOD
    assert written.world.service.versions(written.sid)[0].reason == "restored"


# --- foreign shapes ------------------------------------------------------------------------------

SHAPES = {
    "a string": {"runbook_snippet": "# typed <script>alert(1)</script> into the console"},
    "a number": {"runbook_snippet": 7},
    "a list": {"runbook_snippet": [1, {"a": "b"}]},
    "no edit_source": {"runbook_snippet": {"markdown_content": "# Whose?\n\nHello"}},
    "edit_source in capitals": {
        "runbook_snippet": {"markdown_content": "# Mine", "edit_source": "Human"}
    },
    "no text": {"runbook_snippet": {"edit_source": "human", "title": "t"}},
    "text of a wrong type": {
        "runbook_snippet": {"edit_source": "generated", "markdown_content": ["a"]}
    },
    "content is a list": ["x"],
    "content is a string": "once upon a time",
    "content is empty": {},
    "content is null": None,
    "meta of wrong types": {
        "runbook_snippet": {
            "edit_source": "generated",
            "markdown_content": "# T",
            "generator_meta": {"model": 5, "cost_usd": "much", "input_tokens": -1},
            "source": "nowhere",
            "symptoms": 4,
        }
    },
}


@pytest.mark.parametrize("tab", review_state.TABS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_document_is_shown(world: World, shape: str, tab: str) -> None:
    """Whatever another service wrote, the page shows it and what can be done."""
    sid = world.suggest(suggestion_content=SHAPES[shape])
    page = Page(world, sid).tab(tab)
    assert "Agent repeats a search" in page.text


def test_unreadable_text_is_shown_as_it_is(world: World) -> None:
    """A text of unknown shape is shown letter by letter, with the reason."""
    sid = world.suggest(suggestion_content=SHAPES["a string"])
    page = Page(world, sid)
    assert "cannot be read" in page.text
    assert "<script>alert(1)</script>" in page.at.code[0].value


def test_a_text_of_unknown_shape_is_protected_and_can_be_taken_over(world: World) -> None:
    """Regenerating is refused without force; a person may save over it; it stays a version."""
    sid = world.suggest(suggestion_content=SHAPES["no edit_source"])
    page = Page(world, sid)
    page.click("regenerate")
    assert page.stored.slot.kind is SlotKind.FOREIGN
    page.tab("Edit").write(GOOD).save()
    assert page.stored.slot.kind is SlotKind.HUMAN
    assert "Whose?" in "".join(world.kept_texts(sid))


def test_where_nothing_may_be_written_nothing_is_offered(world: World) -> None:
    """A suggestion_content that is no map is shown and never written into."""
    sid = world.suggest(suggestion_content=SHAPES["content is a list"])
    page = Page(world, sid)
    assert not page.has("approve")
    assert not page.has("generate_bar")
    page.tab("Edit")
    assert not page.editor.shown
    assert page.stored.document["suggestion_content"] == ["x"]


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "plain text",
        5,
        [],
        {"messages": "no list"},
        {"messages": [1, None, {"role": 5}]},
        {"spans": [{"span_id": 1, "service": "s", "start": "x", "duration": "y"}]},
        {"resourceSpans": [None, {"scopeSpans": [{"spans": ["x"]}]}]},
        {"deep": [[[[[[[[[[[[[[[["end"]]]]]]]]]]]]]]]]},
    ],
)
def test_every_shape_of_trace_is_shown(world: World, payload: object) -> None:
    """A trace of any shape is shown beside the draft."""
    sid = world.suggest()
    [source] = world.read(sid).sources
    world.put(Collection.TRACES, source.trace_id, {"trace_payload": payload})
    page = Page(world, sid)
    assert "Source traces" in page.text


@pytest.mark.parametrize(
    "fields",
    [
        {"source_traces": "gone"},
        {"source_traces": ["plain", "ids"]},
        {"source_traces": 7, "source_trace_id": "one"},
        {"pattern": "text"},
        {"status": None},
        {"status": "archived"},
        {"title": 5, "description": ["x"]},
        {"version_history": "x", "approval_metadata": [1]},
        {"created_at": "yesterday", "updated_at": {"seconds": 1}},
    ],
)
def test_every_untidy_suggestion_is_shown(world: World, fields: dict[str, object]) -> None:
    """Missing and mistyped fields never break the page."""
    page = Page(world, world.suggest(**fields))
    assert page.at.title


def test_an_id_of_any_characters_has_a_page(world: World) -> None:
    """Ids are foreign too."""
    sid = "sugg \"<b>'x' ü 🦊 #?&="
    page = Page(world, world.suggest(id=sid))
    page.click("generate_first").tab("Edit").write(GOOD).save()
    assert page.stored.slot.draft.edit_source == "human"


def test_what_the_desk_keeps_can_be_pickled(written: Page) -> None:
    """The session holds plain values, so that it can be moved to another process."""
    written.tab("Edit").write(GOOD + "\nmore\n").save()
    desks = written.at.session_state["rb_desks"]
    assert pickle.loads(pickle.dumps(desks)) == desks
