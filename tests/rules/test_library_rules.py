"""CONTRACT R16: the library serves the approved revision and says when something is different."""

import io
import zipfile

import pytest

from runbooks.errors import NotFound
from runbooks.library.export import Format
from runbooks.models import Severity
from runbooks.store.port import Collection
from runbooks.store.queries import QueueFilter
from runbooks.words import words

SNIPPET = ("suggestion_content", "runbook_snippet")


def search(text):
    """A filter for these words."""
    return QueueFilter(search=words(text))


@pytest.fixture
def approved(world, kim, good_text):
    """An approved suggestion: its id."""
    name = world.suggest()
    revision = world.service.save(name, good_text, "none", kim).slot.revision
    world.service.approve(name, revision, "local:kim")
    return name


def test_what_was_approved_is_listed_and_served(world, approved, good_text):
    """The text, who approved it and when; nothing to warn of."""
    found = world.service.library.runbook(approved)
    assert (found.markdown, found.approved_by, found.label) == (good_text, "local:kim", "")
    assert [e.suggestion_id for e in world.service.library.page().entries] == [approved]


def test_a_text_that_others_changed_after_the_approval_is_not_served(world, approved, good_text):
    """The approved revision comes from the versions, and the difference is said."""
    world.foreign_write(approved, {(*SNIPPET, "markdown_content"): "# Changed by others"})
    found = world.service.library.runbook(approved)
    assert found.markdown == good_text
    assert "differs" in found.label


def test_an_approval_without_a_revision_serves_the_current_text_and_says_so(world):
    """Other services approve without naming a revision."""
    snippet = {"markdown_content": "# Theirs", "edit_source": "generated", "title": "Theirs"}
    name = world.suggest(
        status="approved",
        suggestion_content={"runbook_snippet": snippet},
        approval_metadata={"actor": "other", "action": "approved"},
    )
    found = world.service.library.runbook(name)
    assert found.markdown == "# Theirs"
    assert "without a revision" in found.label


def test_a_reopened_runbook_still_serves_what_was_approved(world, approved, kim, good_text):
    """On-call engineers keep their link while the text is being changed."""
    world.service.reopen(approved, "local:kim", "a step is wrong")
    world.service.save(approved, good_text + "\nnew", world.revision(approved), kim)
    found = world.service.library.runbook(approved)
    assert found.markdown == good_text
    assert "pending again" in found.label


def test_what_was_never_approved_or_was_rejected_is_not_served(world, approved):
    """Nothing is served that nobody approved."""
    with pytest.raises(NotFound):
        world.service.library.runbook(world.suggest())
    world.service.reopen(approved, "local:kim", "no")
    world.service.reject(approved, world.revision(approved), "local:kim", "wrong")
    with pytest.raises(NotFound):
        world.service.library.runbook(approved)


def test_the_library_is_searched_by_words(world, approved):
    """By title, failure type and service."""
    found = world.service.library.entries
    assert list(found(search("searches nothing"))) == []
    assert [e.suggestion_id for e in found(search("repeats flight-agent"))] == [approved]


def test_a_runbook_is_found_by_what_stands_in_its_text(world, approved, kim, good_text):
    """A command or an error text leads to it; after an edit its new words do, the old no longer."""

    def found(text):
        return [e.suggestion_id for e in world.service.library.entries(search(text))]

    assert found("pup aggregate percentile") == [approved]
    assert found("search_direct_flight timed") == []
    world.service.reopen(approved, "local:kim", "another tool")
    text = good_text.replace("pup traces aggregate", "evalforge traces latency")
    saved = world.service.save(approved, text, world.revision(approved), kim)
    world.service.approve(approved, saved.slot.revision, "local:kim", override_reason="tried")
    assert found("evalforge latency") == [approved]
    assert found("aggregate") == []


def test_a_text_of_another_service_is_found_after_discovery(world, good_text):
    """Other services write suggestions without our read model."""
    snippet = {"markdown_content": good_text, "edit_source": "generated", "title": "Loop"}
    name = world.suggest(status="approved", suggestion_content={"runbook_snippet": snippet})
    world.service.discovery.refresh()
    which = search("percentile")
    assert [e.suggestion_id for e in world.service.library.entries(which)] == [name]


def test_entries_from_before_texts_were_searched_are_mended(world, approved):
    """The sweep sees that their words are of an older form."""
    entry = {"search_tokens": ["loop"], "search_form": 0}
    world.put(Collection.QUEUE, approved, entry)
    assert list(world.service.library.entries(search("percentile"))) == []
    world.service.discovery.refresh()
    assert len(list(world.service.library.entries(search("percentile")))) == 1
    assert world.service.discovery.refresh().mended == 0


def test_severity_and_service_come_from_the_sources_when_the_suggestion_is_silent(
    world, kim, good_text
):
    """The effective severity is what an export and the page say (CONTRACT §1)."""
    name = world.suggest(severity="gone")
    revision = world.service.save(name, good_text, "none", kim).slot.revision
    world.service.approve(name, revision, "local:kim")
    found = world.service.library.runbook(name)
    assert (found.severity, found.service) == (Severity.HIGH, "flight-agent")
    assert world.service.library.runbooks([name])[0] == [found]


def test_versions_say_which_was_approved_and_which_is_served(world, approved, kim, good_text):
    """Every text that stood is there, newest first; proposals are not."""
    world.service.reopen(approved, "local:kim", "a step is wrong")
    world.service.save(approved, good_text + "\nnew", world.revision(approved), kim)
    book = world.service.library.runbook(approved)
    listed = world.service.library.versions(book)
    assert [(v.version.number, v.approved, v.served) for v in listed] == [
        (2, False, False),
        (1, True, True),
    ]
    assert world.service.library.version(book, 2).version.draft.markdown_content.endswith("new")
    with pytest.raises(NotFound):
        world.service.library.version(book, 3)


def test_many_leave_as_one_archive(world, approved):
    """What cannot be served is named in it, not silently left out."""
    ids, kinds = [approved, "nobody"], [Format.MARKDOWN, Format.JSON]
    packed = zipfile.ZipFile(io.BytesIO(world.service.library.archive(ids, kinds)))
    assert packed.namelist() == [
        "runaway-loop-in-flight-agent.md",
        "runaway-loop-in-flight-agent.json",
        "not-exported.txt",
    ]
    assert "nobody" in packed.read("not-exported.txt").decode()
