"""CONTRACT R16: the library serves the approved revision and says when something is different."""

import pytest

from runbooks.errors import NotFound
from runbooks.library.export import Format
from runbooks.queue import words
from runbooks.store.queries import QueueFilter

SNIPPET = ("suggestion_content", "runbook_snippet")


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

    def found(text):
        return list(world.service.library.entries(QueueFilter(search=words(text))))

    assert found("searches nothing") == []
    assert [entry.suggestion_id for entry in found("repeats flight-agent")] == [approved]


def test_many_leave_as_one_archive(world, approved):
    """What cannot be served is left out."""
    packed = world.service.library.archive([approved, "nobody"], [Format.MARKDOWN, Format.JSON])
    assert packed[:2] == b"PK"
    assert world.service.library.runbooks([approved, "nobody"])[1] == ["nobody"]
