"""The page of runs as a person uses it."""

import json
import re
from datetime import timedelta

import pytest

from runbooks.batch import BatchOrder
from runbooks.clock import utc_now
from runbooks.errors import DraftingFailed
from runbooks.models import OutcomeStatus
from runbooks.revision import iso
from runbooks.store.port import Collection
from tests.ui.conftest import App
from tests.world import World

TABLE = "runbooks.table"


def record(world: World, number: int, **fields: object) -> str:
    """Store a run as a service writes it; higher numbers are newer."""
    at = utc_now() - timedelta(hours=100 - number)
    run_id = f"run_20261101_000000_{number:08x}"
    document = {
        "run_id": run_id,
        "started_at": iso(at),
        "finished_at": iso(at + timedelta(seconds=40)),
        "heartbeat_at": iso(at),
        "triggered_by": "scheduled",
        "batch_size": 20,
        "picked_up_count": 10,
        "generated_count": 10,
        "processing_duration_ms": 40_000,
        "state": "finished",
        **fields,
    }
    world.put(Collection.RUNS, run_id, document)
    return run_id


def cells(row: dict[str, object]) -> list[str]:
    """Give the texts of a row."""
    return [cell["text"] for cell in row["cells"]]  # type: ignore[attr-defined]


def test_without_runs_the_page_says_how_to_start_one(app: App) -> None:
    """No empty charts, no table without rows."""
    app.open("runs")
    assert "Nothing was drafted yet" in app.text()
    with pytest.raises(AssertionError):
        app.table(TABLE)


def test_runs_stand_newest_first_with_their_counts(app: App, world: World) -> None:
    """Ours and other services' runs alike, in the words of the contract."""
    old = record(world, 1, skipped_count=3, picked_up_count=13)
    new = record(world, 2, error_count=2, picked_up_count=12, cost_usd=0.0345, state="cancelled")
    rows = app.open("runs").table(TABLE)["rows"]
    assert [row["key"] for row in rows] == [new, old]
    state, _, picked, drafted, templates, _, skipped, errors, took, cost = cells(rows[0])
    assert (state, picked, drafted, templates) == ("Cancelled", "12", "10", "0")
    assert (skipped, errors, took, cost) == ("0", "2", "40 s", "$0.0345")
    assert rows[0]["href"] == f"run-history?run={new}"


def test_more_runs_than_a_page_holds_are_reached(app: App, world: World) -> None:
    """The address of the older ones is a link like any other."""
    names = [record(world, number) for number in range(1, 61)]
    first = app.open("runs").table(TABLE)["rows"]
    assert [row["key"] for row in first] == names[:9:-1]
    link = next(link for link in app.at.get("page_link") if "Older" in link.proto.label)
    before = link.proto.query_string.removeprefix("before=")
    older = app.open("runs", before=before).table(TABLE)["rows"]
    assert [row["key"] for row in older] == names[9::-1]


def test_a_run_says_what_became_of_each_suggestion_and_why(app: App, world: World) -> None:
    """Problems first; reasons in words; every line leads to its suggestion."""
    drafted, edited = world.suggest(title="First"), world.suggest(title="Second")
    world.foreign_write(
        edited,
        {("suggestion_content",): {"runbook_snippet": {"edit_source": "human", "title": "x"}}},
    )
    world.service.refresh()
    order = BatchOrder(3, "local:kim", suggestion_ids=(drafted, edited, "nobody"))
    run = world.service.run_once(order)
    rows = app.open("runs", run=run.run_id).table(TABLE)["rows"]
    assert [cells(row)[0] for row in rows] == ["Error", "Skipped", "Drafted"]
    notes = [row["cells"][1]["note"] for row in rows]
    assert notes[0].startswith("there is no such suggestion")
    assert notes[1] == "a person's text stands there and was kept"
    assert cells(rows[2])[1] == "First"
    assert rows[2]["href"] == f"review?id={drafted}"
    assert "by kim" in app.text()


def test_what_the_model_answered_is_shown_as_plain_text(
    app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unusable answer can be judged; nothing in it is formatted."""

    def unusable(_: object) -> object:
        raise DraftingFailed("gemini", "invalid_json", excerpt="**{not** json :red[x]")

    monkeypatch.setattr(world.service.drafter, "draft", unusable)
    world.suggest()
    world.service.refresh()
    run = world.service.run_once(BatchOrder(5, "local:kim"))
    assert run.suggestion_outcomes[0].status is OutcomeStatus.ERROR
    app.open("runs", run=run.run_id)
    assert app.at.code[0].value == "**{not** json :red[x]"
    assert ":red[x]" not in app.text()
    assert "no valid JSON" in app.at.expander[0].label


def test_a_run_that_broke_off_is_told_as_such(app: App, world: World) -> None:
    """What it did is saved; one starts again and nothing is drafted twice."""
    run_id = record(world, 1, state="running", finished_at=None)
    app.open("runs")
    assert cells(app.table(TABLE)["rows"][0])[0] == "Interrupted"
    app.open("runs", run=run_id)
    assert "broke off" in app.at.warning[0].value


def test_a_run_that_is_not_there_is_told(app: App, world: World) -> None:
    """A broken link leads back, not to a stack trace."""
    app.open("runs", run="run_of_nobody")
    assert "There is no run" in app.at.error[0].value


def test_figures_say_whether_they_meet_their_target(app: App, world: World) -> None:
    """SC-001 to SC-006 with the specification's targets; a near miss is a miss."""
    record(world, 1, fallback_count=1)
    good, bad = world.suggest(), world.suggest()
    world.service.refresh()
    world.service.generate(good, "local:kim")
    world.service.approve(good, world.revision(good), "local:kim", override_reason="checked")
    world.service.reject(bad, "none", "local:kim", "not wanted")
    app.open("runs")
    labels = {b.key[-3:]: b.label for b in app.at.button if (b.key or "").startswith("rb_sc_")}
    assert labels["001"] == "**50%** accepted *:red[below target ≥ 80%]*"
    assert labels["002"] == "**100%** with six sections *:green[meets 100%]*"
    assert labels["005"].startswith("**1 min 20 s** for 20 drafts *:green[meets")
    assert "90.9%" in labels["006"]
    assert ":red[below target ≥ 95%]" in labels["006"]


def test_a_figure_without_data_claims_nothing(app: App, world: World) -> None:
    """Before the first decision nothing is met and nothing is missed."""
    app.open("runs")
    labels = [b.label for b in app.at.button if (b.key or "").startswith("rb_sc_")]
    assert len(labels) == 6
    assert all(label.startswith("**–**") and ":gray[target" in label for label in labels)


def test_a_figure_leads_to_its_rows(app: App, world: World) -> None:
    """The share of accepted runbooks shows those that were decided."""
    kept, gone = world.suggest(), world.suggest()
    world.service.refresh()
    world.service.reject(gone, "none", "local:kim", "not wanted")
    record(world, 1)
    assert app.open("runs").click("rb_sc_001").ids() == [gone]
    assert kept not in app.ids()


def test_charts_appear_with_the_second_run(app: App, world: World) -> None:
    """One point is no course."""
    record(world, 1)
    assert not app.open("runs").at.get("vega_lite_chart")
    record(world, 2)
    assert len(app.open("runs").at.get("vega_lite_chart")) == 3


def test_what_models_were_asked_and_what_it_cost_is_summed_by_day(app: App, world: World) -> None:
    """Tokens and calls stand with each run, and the days of the listed runs are added up."""
    asked = {"suggestion_id": "s", "status": "error", "error_reason": "invalid_json"}
    used = {"attempts": 2, "input_tokens": 2000, "output_tokens": 1000, "cost_usd": 0.0031}
    sums = {"input_tokens": 2000, "output_tokens": 1000, "cost_usd": 0.0031}
    day = {"started_at": "2026-11-03T02:00:00.000000Z"}
    for number in (1, 2):
        record(world, number, **day, **sums, suggestion_outcomes=[{**asked, **used}])
    name = record(world, 3, **{"started_at": "2026-11-04T02:00:00.000000Z"}, cost_usd=0.0)
    app.open("runs")
    [shown] = [box for box in app.at.expander if "Spent by day" in box.label]
    assert "$0.0062" in shown.label.replace("\\", "")
    assert "| 2026-11-03 | 2 | 4 | 4,000 | 2,000 | \\$0.0062 |" in shown.markdown[0].value
    assert "2026-11-04" not in shown.markdown[0].value
    assert "calls" not in app.open("runs", run=name).text()
    first = f"run_20261101_000000_{1:08x}"
    text = app.open("runs", run=first).text()
    assert "**2** calls" in text
    assert "**2,000** tokens in" in text
    [row] = app.table("runbooks.table")["rows"]
    assert row["cells"][-1]["hint"] == "2 calls, 2,000 tokens in, 1,000 out"


def test_decisions_and_drafts_are_shown_by_day(app: App, world: World) -> None:
    """SC-001 to SC-004, the time to a decision and the edits it took, once there is a draft."""
    name = world.suggest(created_at=iso(utc_now() - timedelta(hours=3)))
    assert not app.open("runs").at.get("vega_lite_chart")
    world.service.run_once(BatchOrder(5, "kim"))
    world.service.approve(name, world.revision(name), "local:kim", override_reason="known")
    app.open("runs")
    titles = [caption.value for caption in app.at.caption]
    assert len(app.at.get("vega_lite_chart")) == 4
    assert any("Hours to a decision" in title for title in titles)
    assert any("Edits for each approved runbook" in title for title in titles)


def test_a_legend_names_the_colours_that_the_chart_is_given(app: App, world: World) -> None:
    """What is said and what is drawn come from one table for each chart."""
    record(world, 1)
    record(world, 2)
    name = world.suggest()
    world.service.run_once(BatchOrder(5, "kim"))
    world.service.approve(name, world.revision(name), "local:kim", override_reason="known")
    app.open("runs")
    told = [e.proto.body for e in app.at.get("html") if 'class="rb-legend' in e.proto.body]
    legends = [re.findall(r'color: ([^"]+)">■</span> ([^<]+)', legend) for legend in told]
    assert [kind for _, kind in legends[0]] == ["drafted", "template", "skipped", "error"]
    charts = [json.loads(chart.proto.spec) for chart in app.at.get("vega_lite_chart")]
    scales = [chart["encoding"]["color"]["scale"] for chart in charts if "scale" in str(chart)]
    assert [list(zip(s["range"], s["domain"], strict=True)) for s in scales] == legends
