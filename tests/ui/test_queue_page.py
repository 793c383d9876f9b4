"""The queue as a person uses it."""

import threading
from pathlib import Path

import pytest

from runbooks.bootstrap import close_shared_service
from runbooks.models import DraftState
from runbooks.store.port import Collection
from runbooks.unsaved import Person
from tests.ui.conftest import App
from tests.world import GOOD, World
from workbench import state
from workbench.jobs import shared_jobs

KIM = Person("local:kim", "tab-1")
SELECTED = "rb_selected"


def found(world: World) -> None:
    """Let discovery list everything."""
    world.service.refresh()


def finish_jobs(world: World) -> None:
    """Wait for all batches."""
    jobs = shared_jobs(world.service)
    assert all(jobs.wait(view.job_id, 30) for view in jobs.views())


# --- what is shown ---


def test_the_bare_address_leads_to_the_queue(app: App, world: World) -> None:
    """Somebody who only knows the host finds what waits."""
    name = world.suggest()
    found(world)
    app.run()
    assert app.ids() == [name]


def test_the_worst_stands_first_then_the_oldest(app: App, world: World) -> None:
    """Unknown severities stand behind high; among equals age decides."""
    low = world.suggest(severity="low")
    newer = world.suggest(severity="critical", created_at="2026-11-03T00:00:00.000000Z")
    older = world.suggest(severity="critical", created_at="2026-11-02T00:00:00.000000Z")
    high = world.suggest(severity="P2")
    found(world)
    assert app.open().ids() == [older, newer, high, low]


def test_a_row_says_what_it_is_and_leads_to_its_review(app: App, world: World) -> None:
    """Title, failure, service, severity and state stand there in words."""
    name = world.suggest(title="Loop in the flight search")
    found(world)
    (row,) = app.open().rows()
    assert row["title"] == "Loop in the flight search"
    assert row["kind"] == "Runaway loop"
    assert row["service"] == "flight-agent"
    assert row["severity"]["label"] == "High"
    assert row["state"]["label"] == "No draft"
    assert row["href"] == f"review?id={name}"


def test_an_id_of_any_characters_makes_a_link_that_names_it(app: App, world: World) -> None:
    """Ids come from other services; a link must not lose their odd characters."""
    name = world.suggest(id="a b&c=d#e%f+g")
    found(world)
    assert app.open().rows()[0]["href"] == "review?id=a+b%26c%3Dd%23e%25f%2Bg"
    assert app.ids() == [name]


def test_duplicates_stand_together_behind_the_worst_of_them(app: App, world: World) -> None:
    """One similarity group is one thing to think about."""
    worst = world.suggest(severity="critical", similarity_group="g1")
    other = world.suggest(severity="critical")
    alike = world.suggest(severity="low", similarity_group="g1")
    found(world)
    rows = app.open().rows()
    assert [row["id"] for row in rows] == [worst, alike, other]
    assert [row["follower"] for row in rows] == [False, True, False]
    assert rows[0]["group_label"] == "1 more like it below"


def test_a_group_can_be_looked_at_by_itself(app: App, world: World) -> None:
    """Its link shows all of it, decided ones too."""
    a, b = world.suggest(similarity_group="g1"), world.suggest(similarity_group="g1")
    world.suggest()
    found(world)
    world.service.reject(b, world.revision(b), "local:kim", "same as the other")
    assert set(app.open(group="g1", status="any").ids()) == {a, b}


def test_who_is_at_it_is_shown(app: App, world: World) -> None:
    """A held item and unsaved text are seen before one opens it."""
    name = world.suggest()
    found(world)
    world.service.hold(name, KIM)
    world.service.keep_unsaved(name, "half a thought", "none", KIM)
    labels = [mark["label"] for mark in app.open().rows()[0]["marks"]]
    assert labels == ["kim editing", "Unsaved: kim"]


def test_a_hold_that_ran_out_is_not_shown(app: App, world: World) -> None:
    """Nobody waits for somebody who went home."""
    name = world.suggest()
    found(world)
    past = {"hold_by": "local:kim", "hold_until": "2026-11-01T00:00:00.000000Z"}
    world.put(Collection.QUEUE, name, past)
    assert app.open().rows()[0]["marks"] == []


def test_a_document_of_unknown_shape_is_listed_with_the_reason(app: App, world: World) -> None:
    """One bad document neither breaks the list nor hides in it."""
    fine, odd = world.suggest(), world.suggest(suggestion_content="a text")
    found(world)
    rows = {row["id"]: row for row in app.open().rows()}
    assert set(rows) == {fine, odd}
    assert rows[odd]["state"]["label"] == "Unreadable"
    assert rows[odd]["problem"]


def test_a_broken_entry_of_the_list_is_named(app: App, world: World) -> None:
    """What the read model cannot show is said, and that nothing is lost."""
    name = world.suggest()
    found(world)
    app.open()
    world.put(Collection.QUEUE, name, {"findings_e": "many"})
    app.open()
    assert "cannot be read" in app.text()
    assert "untouched" in app.text()


def test_hostile_text_reaches_the_page_as_text_only(app: App, world: World) -> None:
    """Titles go to the table as data; in Streamlit's own texts they are escaped."""
    title = "<img src=x onerror=alert(1)> :red[now] **bold**"
    world.suggest(title=title, similarity_group=":red[g]")
    found(world)
    app.open(group=":red[g]", status="any")
    assert app.rows()[0]["title"] == title
    assert "<img" not in app.text()
    assert not any(":red[" in button.label for button in app.at.button)


# --- filters and places in the URL ---


def test_a_link_shows_the_same_in_another_browser(app: App, world: World) -> None:
    """The view is in the address alone."""
    high, critical = world.suggest(severity="high"), world.suggest(severity="critical")
    found(world)
    assert app.open(severity=["high"]).ids() == [high]
    assert App().open(severity=["high"]).ids() == [high]
    assert App().open().ids() == [critical, high]


def test_a_filter_goes_to_the_address(app: App, world: World) -> None:
    """What is set in a widget can be copied from the address bar."""
    world.suggest(severity="high")
    low = world.suggest(severity="low")
    found(world)
    app.open()
    app.at.button_group(key=f"{state.FIELD}severity").set_value(["low"])
    app.run()
    assert app.at.query_params["severity"] == "low"
    assert app.ids() == [low]


def test_words_find_titles_services_and_ids(app: App, world: World) -> None:
    """One field searches what people remember."""
    name = world.suggest(title="Refund is paid twice")
    world.suggest()
    found(world)
    for words in ("refund", "REFUND twice", name):
        assert app.open(q=words).ids() == [name]
    assert app.open(q="flight-agent").rows()


def test_a_filter_can_be_dropped_by_its_chip(app: App, world: World) -> None:
    """What narrows the list is said above it and goes with one click."""
    world.suggest(severity="low")
    found(world)
    app.open(severity=["critical"])
    assert "Nothing matches" in app.text()
    app.click("rb_chip_severity")
    assert "severity" not in app.at.query_params
    assert len(app.ids()) == 1


def test_too_many_values_are_refused_in_words(app: App, world: World) -> None:
    """A filter that the store cannot answer is told, the filters stay to be changed."""
    world.suggest()
    found(world)
    app.open(
        status=["pending", "approved"],
        severity=["critical", "high", "low", "medium"],
        draft=["none", "human", "generated", "fallback"],
    )
    assert "cannot be done like this" in app.at.error[0].value
    assert app.at.button(key="rb_chip_severity")


def test_each_figure_shows_its_rows(app: App, world: World) -> None:
    """A number is a way to what it counts."""
    drafted, plain = world.suggest(), world.suggest()
    found(world)
    world.service.generate(drafted, "local:kim")
    world.service.save(drafted, GOOD, world.revision(drafted), KIM, "made it right")
    app.open()
    labels = {b.key: b.label for b in app.at.button if b.key}
    assert labels["rb_figure_waiting"].startswith("**2**")
    assert labels["rb_figure_none"].startswith("**1**")
    assert labels["rb_figure_human"].startswith("**1**")
    assert app.click("rb_figure_human").ids() == [drafted]
    assert app.click("rb_figure_none").ids() == [plain]


def test_pages_follow_each_other_without_gap_or_repeat(app: App, world: World) -> None:
    """Forward by cursor, back by the way one came."""
    names = {world.suggest(severity="high") for _ in range(30)}
    found(world)
    first = app.open(size="25").ids()
    second = app.click("rb_next").ids()
    assert len(first) == 25
    assert set(first) | set(second) == names
    assert not set(first) & set(second)
    assert app.at.query_params["page"] == "2"
    assert "26–30 of 30" in app.text()
    assert app.click("rb_previous").ids() == first


def test_a_second_page_can_be_opened_by_its_link(app: App, world: World) -> None:
    """Another browser shows the same page, and leads to the first one."""
    for _ in range(30):
        world.suggest(severity="high")
    found(world)
    app.open(size="25")
    second = app.click("rb_next").ids()
    other = App().open(**app.at.query_params)
    assert other.ids() == second
    assert len(other.click("rb_previous").ids()) == 25


# --- acts ---


def test_a_batch_is_started_and_its_end_is_told(app: App, world: World) -> None:
    """Size, start, result: without leaving the queue."""
    names = [world.suggest() for _ in range(3)]
    found(world)
    app.open()
    app.at.number_input(key=state.BATCH_SIZE).set_value(2)
    app.run().click("rb_batch_start")
    finish_jobs(world)
    app.run()
    assert "2 drafted" in app.text()
    states = [world.read(name).slot.state for name in names]
    assert states.count(DraftState.GENERATED) == 2


def test_a_second_visitor_sees_a_batch_that_runs_and_can_stop_it(
    app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch belongs to the process, not to the tab that started it."""
    reached, gate = threading.Event(), threading.Event()
    draft = world.service.drafter.draft

    def waiting(request: object) -> object:
        reached.set()
        assert gate.wait(20)
        return draft(request)  # type: ignore[arg-type]

    monkeypatch.setattr(world.service.drafter, "draft", waiting)
    world.suggest()
    found(world)
    app.open().click("rb_batch_start")
    assert reached.wait(20)
    other = App().open()
    cancel = next(b for b in other.at.button if b.label == "Cancel")
    cancel.click()
    other.run()
    assert "stopping" in other.text()
    gate.set()
    finish_jobs(world)
    assert "cancelled" in other.run().text()


def test_selected_suggestions_are_drafted(app: App, world: World) -> None:
    """A choice of rows is a batch of its own; afterwards nothing is selected."""
    wanted, other = world.suggest(), world.suggest()
    found(world)
    app.open()
    app.at.session_state[SELECTED] = (wanted,)
    app.run().click("rb_generate_selected").click("rb_bulk_generate")
    finish_jobs(world)
    app.run()
    assert world.read(wanted).slot.state is DraftState.GENERATED
    assert world.read(other).slot.state is DraftState.NONE
    assert app.table("runbooks.queue_table")["selected"] == []


def test_a_name_is_asked_for_and_acts_carry_it(app: App, world: World) -> None:
    """Runs, edits and decisions say who; two visitors without a name are two people."""
    world.suggest()
    found(world)
    app.open()
    app.at.text_input(key=state.NAME_FIELD).set_value("Kim Lee")
    app.click("FormSubmitter:rb_name_form-Use this name")
    app.click("rb_batch_start")
    finish_jobs(world)
    assert [run.actor for run in world.service.runs()] == ["local:Kim Lee"]
    other = App().open()
    assert "by Kim Lee" in App().open("runs").table("runbooks.table")["rows"][0]["cells"][1]["note"]
    assert other.at.session_state["rb_tab"] != app.at.session_state["rb_tab"]


# --- nothing there, nothing works ---


def test_an_empty_store_offers_the_sample(app: App, world: World) -> None:
    """The first minute leads to something to look at."""
    app.open()
    assert "There is nothing to review yet" in app.text()
    assert "python -m runbooks import" in app.at.code[0].value
    app.click("rb_load_sample")
    assert len(app.rows()) > 10


def test_everything_decided_is_good_news_not_an_empty_store(app: App, world: World) -> None:
    """Nobody is offered a sample because the work is done."""
    name = world.suggest()
    found(world)
    world.service.reject(name, world.revision(name), "local:kim", "not wanted")
    app.open()
    assert "Nothing waits for review" in app.text()
    assert "rb_load_sample" not in [button.key for button in app.at.button]


def test_a_wrong_setting_is_told_not_traced(
    app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says which setting is wrong and shows no stack."""
    close_shared_service()
    monkeypatch.setenv("RUNBOOK_STORE", "mongodb://nowhere")
    app.open()
    assert "cannot start" in app.at.error[0].value
    assert "Traceback" not in app.text()


def test_a_store_that_cannot_be_opened_is_told_not_traced(
    app: App, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The page says what is wrong with the store and what was kept."""
    close_shared_service()
    (tmp_path / "broken.db").write_bytes(b"this is no database" * 100)
    monkeypatch.setenv("RUNBOOK_STORE", f"sqlite:///{tmp_path / 'broken.db'}")
    app.open()
    assert "cannot be read or written" in app.at.error[0].value
