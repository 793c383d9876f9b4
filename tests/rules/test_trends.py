"""The figures over time: what was decided and drafted, by day, and what it took."""

from datetime import date, timedelta

import pytest

from runbooks.models import DraftState, QueueEntry
from runbooks.trends import trends


def decided(day: date, status: str = "approved", **fields: object) -> QueueEntry:
    """A suggestion that was made two hours before it was decided, at noon."""
    known = {
        "suggestion_id": f"s-{day}-{status}",
        "status": status,
        "created_at": f"{day}T10:00:00.000000Z",
        "decided_at": f"{day}T12:00:00.000000Z",
        **fields,
    }
    return QueueEntry.model_validate(known)


DAY = date(2026, 11, 18)


def test_decisions_of_a_day_are_split_as_sc_001_asks() -> None:
    """SC-001: approved as drafted, approved after an edit, rejected."""
    entries = [
        decided(DAY),
        decided(DAY, edited=True, edits=3),
        decided(DAY, "rejected"),
        decided(DAY, "pending"),
    ]
    (period,) = trends(entries)
    assert (period.approved_unedited, period.approved_edited, period.rejected) == (1, 1, 1)
    assert period.accepted == pytest.approx(2 / 3)
    assert (period.hours_to_decision, period.edits) == (2.0, 1.5)


def test_a_text_that_was_brought_along_was_edited_once_at_least() -> None:
    """An import or another service knows that a person wrote it, and not how often."""
    (period,) = trends([decided(DAY, edited=True)])
    assert period.edits == 1


def test_drafts_count_on_the_day_of_their_run_and_templates_never() -> None:
    """SC-002 to SC-004 speak of drafts that are no templates."""
    run = "run_20261117_031500_0badcafe"
    good = {"run_id": run, "draft_state": DraftState.GENERATED, "six_sections": True}
    entries = [
        decided(DAY, **good, two_commands=True, clean_markdown=True),
        decided(DAY, **good),
        decided(DAY, **(good | {"draft_state": DraftState.FALLBACK, "six_sections": False})),
        decided(DAY, **(good | {"run_id": "somebody else's"})),
    ]
    drafts, decisions = trends(entries)
    assert (drafts.day, decisions.day) == (date(2026, 11, 17), DAY)
    shares = (drafts.six_sections, drafts.two_commands, drafts.clean_markdown)
    assert shares == (1.0, 0.5, 0.5)
    assert (decisions.six_sections, drafts.hours_to_decision, drafts.edits) == (None, None, None)


def test_a_long_time_is_told_by_weeks_that_begin_on_monday() -> None:
    """A year of days would be no chart."""
    entries = [decided(DAY - timedelta(days=back)) for back in range(0, 100, 3)]
    periods = trends(entries)
    assert {period.day.weekday() for period in periods} == {0}
    assert sum(period.approved_unedited for period in periods) == len(entries)


def test_times_that_cannot_be_are_left_out() -> None:
    """Decided before it was made, without a creation time, with words for a time."""
    early = decided(DAY, created_at=f"{DAY}T13:00:00.000000Z")
    ageless = decided(DAY, created_at="1970-01-01T00:00:00.000000Z")
    odd = decided(DAY, decided_at="yesterday")
    (period,) = trends([early, ageless, odd])
    assert (period.approved_unedited, period.hours_to_decision) == (2, None)
    assert trends([]) == ()


def test_each_text_that_a_person_saves_is_an_edit(world, kim, lee, good_text) -> None:
    """Generating, restoring and deciding are none; looking anew at the queue keeps the count."""
    name = world.suggest()
    world.service.generate(name, "local:kim")
    for person, text in ((kim, good_text), (lee, good_text + "\nMore."), (kim, good_text)):
        world.service.save(name, text, world.revision(name), person)
    first = world.service.repository.versions(name)[-1]
    world.service.restore(name, first.number, world.revision(name), kim)
    world.foreign_write(name, {("pattern", "title"): "Another title"})
    world.service.refresh()
    world.service.approve(name, world.revision(name), "local:kim", override_reason="known")
    entry = world.service.repository.entry(name)
    assert (entry.status, entry.edits, entry.title) == ("approved", 3, "Another title")
    (period,) = [p for p in world.service.trends() if p.edits is not None]
    assert period.edits == 3
