"""The library as a person uses it: find an approved runbook, open it by its link, take it away."""

from datetime import timedelta
from typing import Any

import pytest

from runbooks.bootstrap import close_shared_service, shared_service
from runbooks.clock import utc_now
from runbooks.library.export import Format
from runbooks.revision import iso
from runbooks.store.port import Collection
from runbooks.unsaved import Person
from tests.ui.conftest import App
from tests.world import GOOD, World
from workbench import library_state

KIM = Person("local:kim", "tab-1")
SNIPPET = ("suggestion_content", "runbook_snippet")
SELECTED = "rb_library_selected"


def approved(world: World, text: str = GOOD, **fields: object) -> str:
    """An approved runbook with this text: its id."""
    name = world.suggest(**fields)
    saved = world.service.save(name, text, "none", KIM)
    world.service.approve(name, saved.slot.revision, "local:kim", override_reason="tried")
    return name


def listed(app: App) -> list[dict[str, Any]]:
    """The rows of the list."""
    rows: list[dict[str, Any]] = app.table("runbooks.library_list")["rows"]
    return rows


def ids(app: App) -> list[str]:
    """The ids of the rows, in order."""
    return [row["id"] for row in listed(app)]


def sheet(app: App) -> dict[str, Any]:
    """What the view of one runbook was given to show."""
    return app.table("runbooks.copy_blocks")


def facts(app: App) -> dict[str, str]:
    """The facts of one runbook, as name and value."""
    return {fact["name"]: fact["value"] for fact in sheet(app)["facts"]}


# --- the list ---


def test_only_what_was_approved_is_listed(app: App, world: World) -> None:
    """Pending and rejected suggestions stand in the queue, not here."""
    name, rejected = approved(world), world.suggest()
    world.suggest()
    world.service.refresh()
    world.service.reject(rejected, world.revision(rejected), "local:kim", "not wanted")
    assert ids(app.open("library")) == [name]


def test_a_row_says_whose_it_is_and_how_old_and_leads_to_it(app: App, world: World) -> None:
    """Title, failure, severity, service, who approved it and when."""
    name = approved(world, title="Loop in the flight search", severity="critical")
    (row,) = listed(app.open("library"))
    assert (row["title"], row["kind"]) == ("Loop in the flight search", "Runaway loop")
    assert (row["severity"], row["service"]) == ("Critical", "flight-agent")
    assert (row["approved_by"], row["reviewed"], row["due"]) == ("kim", "just now", "")
    assert row["href"] == f"library?id={name}"


def test_an_old_or_undated_approval_is_due_for_review(app: App, world: World) -> None:
    """More than 90 days, or nobody knows when: said in words."""
    old, undated, recent = (approved(world) for _ in range(3))
    for name, days in ((old, 91), (recent, 89)):
        moment = iso(utc_now() - timedelta(days=days))
        world.put(Collection.QUEUE, name, {"decided_at": moment})
    world.put(Collection.QUEUE, undated, {"decided_at": ""})
    due = {row["id"]: (row["due"], row["reviewed"]) for row in listed(app.open("library"))}
    assert due == {
        old: ("Review due", "91 d ago"),
        undated: ("Review due", "unknown"),
        recent: ("", "89 d ago"),
    }


def test_the_owner_comes_from_the_services_file(
    app: App, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """Whom to ask stands in one place."""
    name = approved(world)
    file = tmp_path / "services.yaml"
    file.write_text(
        "services:\n  flight-agent:\n    owner: Agents\n    escalation_channel: '#agents'\n"
        "    dashboard: https://dash.test/agents\n"
    )
    monkeypatch.setenv("RUNBOOK_SERVICES_FILE", str(file))
    close_shared_service()
    shared_service()
    assert listed(app.open("library"))[0]["owner"] == "Agents"
    app.open("library", id=name)
    assert (facts(app)["Owner"], facts(app)["Escalate to"]) == ("Agents", "#agents")
    assert {f["name"]: f["mark"] for f in sheet(app)["facts"]}["Escalate to"] == ""
    assert {f["name"]: f["href"] for f in sheet(app)["facts"]}[
        "Dashboard"
    ] == "https://dash.test/agents"


def test_words_of_the_text_find_it_and_the_link_shows_the_same_elsewhere(
    app: App, world: World
) -> None:
    """A command or an error that somebody sees leads to the runbook."""
    name = approved(world)
    approved(world, GOOD.replace("percentile(@duration, 99)", "max(@duration)"))
    assert ids(app.open("library", q="pup percentile")) == [name]
    assert ids(App().open("library", q="PERCENTILE")) == [name]


def test_what_a_search_in_firestore_does_not_find_is_said(
    app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There whole words are found, and of a long text the first; SQLite needs no such line."""
    approved(world)
    assert "whole words" not in app.open("library").text()
    monkeypatch.setattr(world.store, "name", "firestore")
    assert "whole words, of each text its first 500 different ones" in app.run().text()


def test_filters_go_to_the_address_and_can_be_dropped(app: App, world: World) -> None:
    """What narrows the list is said above it."""
    high, low = approved(world), approved(world, severity="low")
    app.open("library")
    app.at.button_group(key=f"{library_state.FIELD}severity").set_value(["low"])
    assert ids(app.run()) == [low]
    assert app.at.query_params["severity"] == "low"
    app.click("rb_library_chip_severity")
    assert set(ids(app)) == {high, low}
    assert "severity" not in app.at.query_params


def test_a_search_is_typed_and_goes_to_the_address(app: App, world: World) -> None:
    """Nothing found is said, with a way back to everything."""
    name = approved(world)
    app.open("library")
    app.at.text_input(key=f"{library_state.FIELD}text").set_value("nothing of this kind")
    app.run()
    assert app.at.query_params["q"] == "nothing of this kind"
    assert "No approved runbook matches" in app.text()
    assert ids(app.click("rb_library_back")) == [name]


def test_pages_follow_each_other_without_gap_or_repeat(app: App, world: World) -> None:
    """Forward by cursor, back by the way one came; a link shows the same page."""
    names = {approved(world) for _ in range(27)}
    first = ids(app.open("library", size="25"))
    second = ids(app.click("rb_library_next"))
    assert len(first) == 25
    assert set(first) | set(second) == names
    assert "26–27 of 27" in app.text()
    assert ids(App().open("library", **app.at.query_params)) == second
    assert ids(app.click("rb_library_previous")) == first


def test_an_empty_library_leads_to_the_queue(app: App, world: World) -> None:
    """Nobody has to guess how a runbook comes here."""
    app.open("library")
    assert "No runbook is approved yet" in app.text()
    assert not app.at.error


def test_parameters_of_any_kind_show_a_list(app: App, world: World) -> None:
    """An address is typed by people; what is not known is left out."""
    name = approved(world)
    app.open("library", status="rejected", sort="oldest", after="x!", page="-3", severity="worst")
    assert ids(app) == [name]
    assert ids(app.open("library", draft="none", group="g")) == [name]


def test_hostile_text_reaches_the_page_as_text_only(app: App, world: World) -> None:
    """Titles go to the list as data; in Streamlit's own texts they are escaped."""
    title = "<img src=x onerror=alert(1)> :red[now]"
    name = approved(
        world, GOOD + "\n<script>alert(1)</script><img src=x onerror=alert(2)>", title=title
    )
    assert listed(app.open("library"))[0]["title"] == title
    app.open("library", id=name)
    assert "<img" not in app.text().replace("\\<img", "")
    assert ":red[" not in app.text()
    html = sheet(app)["html"]
    assert "<script" not in html
    assert "onerror" not in html


# --- one runbook by its link ---


def test_a_link_shows_the_approved_text_and_who_stands_for_it(app: App, world: World) -> None:
    """What somebody on call needs: the text, who approved it, whom to call."""
    name = approved(world)
    app.open("library", id=name)
    assert "Runaway loop in flight" in app.at.title[0].value
    assert "Immediate Mitigation" in sheet(app)["html"]
    assert facts(app)["Approved by"] == "kim, just now"
    assert facts(app)["Escalate to"] == "#team-llm-ops"
    assert {f["name"]: f["mark"] for f in sheet(app)["facts"]}["Escalate to"] == "Default"
    assert facts(app)["Service"] == "flight-agent"
    assert facts(app)["Revision"] == world.revision(name)
    assert facts(app)["Read again"].startswith("by ")
    assert not app.at.warning


def test_every_command_can_be_copied_exactly(app: App, world: World) -> None:
    """Blocks and the list of all commands hold the very text, with its place."""
    name = approved(world)
    app.open("library", id=name)
    first = 'pup traces search --query="service:flight-agent status:error" --from=1h --limit=50'
    assert sheet(app)["blocks"][0]["copied"] == first
    command = sheet(app)["commands"][0]
    assert (command["text"], command["where"], command["effect"]) == (
        first,
        "Diagnosis, step 1",
        "",
    )


def test_what_a_command_changes_is_said_and_what_must_not_run_has_no_copy(
    app: App, world: World
) -> None:
    """Nobody copies a warning into a shell."""
    text = GOOD.replace(
        "## Root Cause Fix\n",
        "3. Restart it:\n   ```sh\n   kubectl rollout restart deployment/x -n agents\n   ```\n\n"
        "Never run this:\n\n```sh\nkubectl delete namespace agents\n```\n\n## Root Cause Fix\n",
    )
    name = approved(world, text)
    app.open("library", id=name)
    blocks = {block["shown"]: block for block in sheet(app)["blocks"]}
    assert blocks["kubectl rollout restart deployment/x -n agents"]["effect"] == "Disrupts"
    assert blocks["kubectl delete namespace agents"]["copied"] == ""
    assert "delete namespace" not in str(sheet(app)["commands"])


def test_a_runbook_that_is_changed_again_serves_the_approved_text_and_says_so(
    app: App, world: World
) -> None:
    """Links stay good while somebody edits (CONTRACT R16)."""
    name = approved(world)
    revision = world.revision(name)
    world.service.reopen(name, "local:kim", "a step is wrong")
    world.service.save(name, GOOD + "\nhalf a sentence", world.revision(name), KIM)
    app.open("library", id=name)
    assert "pending again" in app.at.warning[0].value
    assert "differs from what was approved" in app.at.warning[0].value
    assert "half a sentence" not in sheet(app)["html"]
    assert facts(app)["Revision"] == revision


def test_an_approval_without_a_date_is_due_at_once(app: App, world: World) -> None:
    """Other services approve without saying when or which revision."""
    snippet = {"markdown_content": GOOD, "edit_source": "generated", "title": "Theirs"}
    name = world.suggest(
        status="approved",
        suggestion_content={"runbook_snippet": snippet},
        approval_metadata={"actor": "other", "action": "approved"},
    )
    app.open("library", id=name)
    assert "without a revision" in app.at.warning[0].value
    assert facts(app)["Read again"] == "at once"
    assert {f["name"]: f["mark"] for f in sheet(app)["facts"]}["Read again"] == "Review due"


def test_versions_are_listed_and_another_one_is_never_taken_for_the_approved(
    app: App, world: World
) -> None:
    """An older or newer text can be read, under a notice that stays in sight."""
    name = approved(world)
    world.service.reopen(name, "local:kim", "a step is wrong")
    world.service.save(name, GOOD + "\nhalf a sentence", world.revision(name), KIM)
    app.open("library", id=name)
    rows = app.table("runbooks.table")["rows"]
    assert [row["key"] for row in rows] == ["2", "1"]
    assert rows[1]["cells"][4]["text"] == "Shown here"
    assert rows[0]["href"] == f"library?id={name}&version=2"
    app.open("library", id=name, version="2")
    assert "not the runbook to work from" in app.at.warning[0].value
    assert "half a sentence" in sheet(app)["html"]
    assert sheet(app)["mark"] == "Version 2: do not use"
    assert sheet(app)["commands"] == []
    app.open("library", id=name, version="1")
    assert not app.at.warning
    assert sheet(app)["mark"] == ""


def test_a_version_that_is_not_there_is_told(app: App, world: World) -> None:
    """No stack, no other text in its place."""
    name = approved(world)
    app.open("library", id=name, version="7")
    assert "There is no version" in app.at.error[0].value


def test_what_is_not_approved_is_not_shown_but_explained(app: App, world: World) -> None:
    """A link to a pending suggestion leads on to its review; one to nothing says so."""
    name = world.suggest()
    world.service.save(name, GOOD, "none", KIM)
    app.open("library", id=name)
    assert app.at.title[0].value == "Not approved"
    assert "Immediate Mitigation" not in app.text()
    app.open("library", id="nobody")
    assert app.at.title[0].value == "There is no such runbook"


# --- exports ---


def test_the_selected_ones_can_be_exported_and_nothing_is_made_before(
    app: App, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two clicks: the menu and the format; until then no archive is built."""
    made: list[object] = []
    archive = world.service.library.archive

    def counted(names: Any, kinds: Any) -> bytes:
        made.append((tuple(names), tuple(kinds)))
        return archive(names, kinds)

    monkeypatch.setattr(world.service.library, "archive", counted)
    wanted, _ = approved(world), approved(world)
    app.open("library")
    app.at.session_state[SELECTED] = (wanted,)
    app.run()
    assert "**1 selected**" in app.text()
    keys = {button.key for button in app.at.get("download_button")}
    assert {f"rb_export_{kind.value}" for kind in Format} <= keys
    assert {f"rb_export_all_{kind.value}" for kind in Format} <= keys
    assert made == []
    app.click("rb_library_clear")
    assert "selected" not in app.text()


def test_one_runbook_can_be_downloaded_in_each_format(app: App, world: World) -> None:
    """Each has a button of its own."""
    name = approved(world)
    app.open("library", id=name)
    keys = {button.key for button in app.at.get("download_button")}
    assert keys == {f"rb_download_{kind.value}" for kind in Format}
