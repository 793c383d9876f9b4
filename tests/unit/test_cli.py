"""The command line as it is used: a process with an environment, a folder and exit codes."""

import contextlib
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runbooks.sample import sample_dir

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`python -m runbooks …` in an empty folder, with nothing set but what a test sets."""

    def command(*args: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return subprocess.run(
            [sys.executable, "-m", "runbooks", *args],
            cwd=tmp_path,
            env={**kept, "PYTHONPATH": str(ROOT), **settings},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return command


@pytest.fixture
def sampled(run: Run) -> Run:
    """The same over a store that has the sample."""
    assert run("sample", "add").returncode == 0
    return run


def test_help_names_every_command_and_exit_code(run: Run):
    """Who schedules this finds everything in one place."""
    done = run("--help")
    assert done.returncode == 0
    for word in ("import", "export", "run-once", "generate", "check", "serve", "sample", "lint"):
        assert word in done.stdout
    assert "3 the store cannot be used" in " ".join(done.stdout.split())


@pytest.mark.parametrize("args", [(), ("bogus",), ("import",), ("generate",), ("sample",)])
def test_wrong_usage_ends_with_2(run: Run, args: tuple[str, ...]):
    """A script can tell a typing error from a failure."""
    done = run(*args)
    assert done.returncode == 2
    assert "usage:" in done.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PORT", "x"), ("PORT", "70000"), ("RUNBOOK_STORE", "mysql://x"), ("HOST", "0.0.0.0"),
        ("RUNBOOK_LOG_LEVEL", "loud"), ("RUNBOOK_BATCH_SIZE", "0"), ("RUNBOOK_DRAFTER", "magic"),
    ],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start_with_one_line(run: Run, setting: str, value: str):
    """It names the setting, not the place in the program (CONTRACT §4)."""
    done = run("check", **{setting: value})
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"runbooks: {setting}: ")


def test_a_wrong_setting_also_stops_the_bare_server(tmp_path: Path):
    """`streamlit run serve.py` says the same line as the command line."""
    done = subprocess.run(
        [sys.executable, "-c", "import serve"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PORT": "x"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("runbooks: PORT: ")


def test_settings_are_read_from_a_file_too(run: Run, tmp_path: Path):
    """A `.env` in the folder counts."""
    (tmp_path / ".env").write_text("RUNBOOK_STORE=sqlite:///elsewhere.db\n")
    assert run("check").returncode == 0
    assert (tmp_path / "elsewhere.db").exists()


def test_check_says_what_would_answer(run: Run):
    """Store and drafter are named; for a program as JSON."""
    done = run("check")
    assert done.returncode == 0
    assert "store: ok: SQLite" in done.stdout
    assert "drafter: ok:" in done.stdout
    told = json.loads(run("check", "--json").stdout)
    assert all(part["ok"] for part in told.values())


@pytest.mark.parametrize("path", ["/proc/nothing.db", "/"])
def test_a_store_that_cannot_be_used_ends_with_3(run: Run, path: str):
    """One line says what is wrong and what would help."""
    for command in (("check",), ("run-once",), ("sample", "add"), ("export", "-"), ("serve",)):
        done = run(*command, RUNBOOK_STORE=f"sqlite:///{path}")
        assert done.returncode == 3, command
        assert "Traceback" not in done.stderr
        assert done.stderr.splitlines()[-1].startswith("runbooks: ")


def test_a_file_that_is_no_database_is_left_alone(run: Run, tmp_path: Path):
    """Pointing the setting at a wrong file destroys nothing."""
    (tmp_path / "notes.txt").write_text("my notes " * 200)
    done = run("sample", "add", RUNBOOK_STORE="sqlite:///notes.txt")
    assert done.returncode == 3
    assert (tmp_path / "notes.txt").read_text() == "my notes " * 200


def test_a_locked_database_is_waited_for_and_then_told(sampled: Run, tmp_path: Path):
    """Another program's lock ends in a line, and nothing is half done."""
    line = sqlite3.connect(tmp_path / "var" / "runbooks.db", isolation_level=None)
    line.execute("BEGIN IMMEDIATE")
    done = sampled("generate", "sugg_sample_001")
    line.execute("ROLLBACK")
    line.close()
    assert done.returncode == 3
    assert "locked" in done.stderr
    assert sampled("generate", "sugg_sample_001").returncode == 0


def test_an_import_ends_with_1_when_a_row_was_refused(run: Run, tmp_path: Path):
    """Counts are on the standard output, one line for each refused row on the other."""
    good = {"trace_id": "t1", "service_name": "x"}
    (tmp_path / "rows.jsonl").write_text(json.dumps(good) + "\n{broken\n")
    done = run("import", "rows.jsonl")
    assert done.returncode == 1
    assert done.stdout.splitlines() == ["2 rows: 1 created, 1 refused (created: 1 raw_traces)"]
    assert done.stderr.startswith("rows.jsonl:2: refused: not JSON")
    (tmp_path / "rows.jsonl").write_text(json.dumps(good))
    again = run("import", "rows.jsonl", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["counts"]["unchanged"] == {"raw_traces": 1}


def test_a_file_that_is_not_there_is_wrong_usage(run: Run, tmp_path: Path):
    """Nothing is imported when one of the names is wrong."""
    (tmp_path / "a.jsonl").write_text('{"trace_id": "t1", "service_name": "x"}')
    (tmp_path / "empty").mkdir()
    assert run("import", "a.jsonl", "gone.jsonl").returncode == 2
    assert run("import", "empty").returncode == 2
    assert json.loads(run("import", "a.jsonl", "--json").stdout)["counts"]["created"]


def test_a_control_character_does_not_reach_the_terminal(run: Run, tmp_path: Path):
    """An id from a foreign file cannot move the cursor or change the title."""
    row = {"collection": "x\x1b[2J", "id": "i", "document": {}}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row) + "\n" + json.dumps({"a": "\x1b"}))
    assert "\x1b" not in run("import", "rows.jsonl").stderr


def test_a_batch_from_the_command_line_is_recorded(sampled: Run):
    """A scheduler sees the summary, and REST and pages see the run."""
    done = sampled("run-once", "--batch-size", "3", "--scheduled", "--json")
    assert done.returncode == 0
    summary = json.loads(done.stdout)
    assert (summary["generatedCount"], summary["triggeredBy"]) == (3, "scheduled")
    assert summary["actor"].startswith("cli")
    assert "3 generated" in sampled("run-once", "--batch-size", "3").stdout


def test_a_batch_with_a_failed_item_ends_with_1(sampled: Run):
    """The line says which and why."""
    done = sampled("run-once", "nobody", "sugg_sample_001")
    assert done.returncode == 1
    assert "nobody: error: not_found" in done.stdout


@pytest.mark.parametrize("size", ["0", "1001", "-3"])
def test_a_batch_has_at_most_a_thousand(run: Run, size: str):
    """Beyond the bounds is wrong usage."""
    assert run("run-once", "--batch-size", size).returncode == 2


def test_generate_protects_a_persons_text(sampled: Run):
    """Without --force it ends with 1 and says how; with it the text stays a version."""
    refused = sampled("generate", "sugg_sample_013")
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    forced = sampled("generate", "sugg_sample_013", "--force", "--json")
    assert forced.returncode == 0
    assert json.loads(forced.stdout)["runbook"]["edit_source"] == "generated"


def test_a_dry_run_prints_the_runbook_and_writes_nothing(sampled: Run):
    """Standard output is the Markdown alone, so that it can be piped."""
    done = sampled("generate", "sugg_sample_001", "--dry-run")
    assert done.returncode == 0
    assert done.stdout.startswith("# ")
    assert "Nothing was written" in done.stderr
    assert sampled("run-once", "--json", "sugg_sample_001").stdout.count('"generated"') == 1


def test_an_unknown_id_is_one_line(run: Run):
    """No trace, exit code 1."""
    done = run("generate", "nobody")
    assert (done.returncode, done.stderr) == (1, "runbooks: There is no suggestion nobody.\n")


def test_an_export_is_told_to_be_raw_and_comes_back(sampled: Run, tmp_path: Path):
    """The file is its owner's alone, is not replaced unasked, and restores an empty store."""
    done = sampled("export", "all.jsonl")
    assert done.returncode == 0
    assert "nothing in here is redacted" in done.stderr
    assert (tmp_path / "all.jsonl").stat().st_mode & 0o077 == 0
    assert sampled("export", "all.jsonl").returncode == 2
    assert sampled("export", "all.jsonl", "--overwrite").returncode == 0
    back = sampled("import", "all.jsonl", RUNBOOK_STORE="sqlite:///other.db")
    assert back.returncode == 0
    mine = sampled("export", "-").stdout.splitlines()[1:]
    assert (
        sampled("export", "-", RUNBOOK_STORE="sqlite:///other.db").stdout.splitlines()[1:] == mine
    )
    assert list(tmp_path.glob(".all.jsonl.*")) == []


def test_an_export_into_a_closed_pipe_ends_quietly(sampled: Run, tmp_path: Path):
    """`| head` is no error."""
    done = subprocess.run(
        f"{sys.executable} -m runbooks export - | head -c 10",
        shell=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "BrokenPipe" not in done.stderr
    assert "Traceback" not in done.stderr


def test_the_sample_comes_and_goes(run: Run):
    """Twice in changes nothing, once out leaves nothing."""
    assert "97 created" in run("sample", "add").stdout
    assert "97 unchanged" in run("sample", "add").stdout
    gone = json.loads(run("sample", "remove", "--json").stdout)
    assert sum(gone["removed"].values()) == 97
    assert gone["kept"] == []


def test_lint_is_the_checks_own_command(run: Run, tmp_path: Path):
    """Its options and exit codes are its own."""
    (tmp_path / "page.md").write_text("# x\n")
    assert run("lint", "page.md").returncode == 1
    assert run("lint", "--help").returncode == 0
    assert run("lint", "gone.md").returncode == 2


def test_progress_is_for_terminals_alone(sampled: Run):
    """What a scheduler collects has no moving lines."""
    done = sampled("run-once", "--batch-size", "5")
    assert "\r" not in done.stderr
    assert done.stderr == ""


def test_progress_is_shown_on_a_terminal(sampled: Run, tmp_path: Path):
    """Who waits before a terminal sees how far it is, and the line is gone at the end."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "runbooks", "run-once", "--batch-size", "5"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal is an error
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    assert process.wait(60) == 0
    assert b" of 5" in shown
    assert shown.endswith(b"\r\x1b[K")


def test_ctrl_c_ends_a_batch_after_the_drafts_in_work(run: Run, tmp_path: Path):
    """What is done is done and recorded, the rest is not begun, the exit code says so."""
    rows = [
        {"suggestion_id": f"s{number}", "type": "runbook", "status": "pending"}
        for number in range(400)
    ]
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    assert run("import", "rows.json").returncode == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "runbooks", "run-once", "--batch-size", "400", "--json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "RUNBOOK_CONCURRENCY": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _wait_for_a_draft(tmp_path / "var" / "runbooks.db")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    summary = json.loads(out)
    assert summary["state"] == "cancelled"
    assert 0 < summary["pickedUpCount"] < 400


def _wait_for_a_draft(database: Path) -> None:
    line = sqlite3.connect(database, timeout=30)
    for _ in range(600):
        if line.execute("SELECT count(*) FROM runbook_versions").fetchone()[0]:
            break
        time.sleep(0.05)
    line.close()


def test_a_log_line_is_json_without_anybodys_text(sampled: Run):
    """At INFO a draft is one line of facts."""
    done = sampled("generate", "sugg_sample_001", RUNBOOK_LOG_LEVEL="info")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    drafted = [line for line in lines if line["message"] == "drafted"]
    assert drafted[0]["suggestion_id"] == "sugg_sample_001"
    assert drafted[0]["cost_usd"] == 0
    assert (sample_dir() / "traces.jsonl").read_text()[:200] not in done.stderr


# --- library ---


def test_approved_runbooks_leave_as_files_in_several_formats(sampled: Run, tmp_path: Path):
    """Only approved ones, each under a readable name; a search narrows them."""
    done = sampled("library", "export", "out", "--format", "markdown,json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "2 runbooks in out, 4 files"
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == [
        "llm-rate-limit.json",
        "llm-rate-limit.md",
        "oom-kill-of-inventory-sync.json",
        "oom-kill-of-inventory-sync.md",
    ]
    done = sampled("library", "export", "some", "--search", "rate_limit_exceeded", "--json")
    assert json.loads(done.stdout)["files"] == ["llm-rate-limit.md"]


def test_an_export_replaces_nothing_unasked(sampled: Run, tmp_path: Path):
    """A file of the same name is somebody's until it is said otherwise."""
    assert sampled("library", "export", "out").returncode == 0
    (tmp_path / "out" / "llm-rate-limit.md").write_text("mine")
    done = sampled("library", "export", "out")
    assert done.returncode == 2
    assert "--overwrite" in done.stderr
    assert (tmp_path / "out" / "llm-rate-limit.md").read_text() == "mine"
    assert sampled("library", "export", "out", "--overwrite").returncode == 0
    assert "rate limit" in (tmp_path / "out" / "llm-rate-limit.md").read_text().lower()


def test_a_format_that_is_not_known_is_refused(sampled: Run, tmp_path: Path):
    """The message names those that are; nothing is written."""
    done = sampled("library", "export", "out", "--format", "markdown,docx")
    assert done.returncode == 2
    assert "confluence" in done.stderr
    assert not (tmp_path / "out").exists()
