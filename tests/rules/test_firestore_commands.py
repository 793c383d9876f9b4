"""The command line against Firestore, as processes of their own, and what a person reads."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from runbooks.sample import sample_dir

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0
"""For a whole process on a busy machine; the store itself gives up after some eight seconds."""


class Shell:
    """Runs commands in an empty folder, with only these settings."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.environment = {
            **kept,
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder),
            "CLOUDSDK_CONFIG": str(folder / "gcloud"),
            "NO_GCE_CHECK": "true",
            "RUNBOOK_STORE": "firestore",
            "RUNBOOK_DRAFTER": "offline",
            **settings,
        }

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "runbooks", *words],
            cwd=self.folder,
            env={**self.environment, **settings},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def done(self, *words: str, **settings: str) -> str:
        """Run one command, which must succeed, and give what it says."""
        ended = self.run(*words, **settings)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout


@pytest.fixture
def shell(tmp_path: Path, firestore_host: str) -> Shell:
    """Commands on an empty part of the emulator."""
    return Shell(
        tmp_path,
        GOOGLE_CLOUD_PROJECT="demo-tests",
        FIRESTORE_EMULATOR_HOST=firestore_host,
        FIRESTORE_COLLECTION_PREFIX=f"c{uuid4().hex[:12]}_",
    )


@pytest.mark.firestore
def test_the_commands_work_on_firestore(shell: Shell) -> None:
    """Import, a batch, one draft, export, and the same export from where it was moved to."""
    assert "store: ok: Firestore in the emulator" in shell.done("check")
    assert "97 created" in shell.done("import", str(sample_dir()))
    run = json.loads(shell.done("run-once", "--batch-size", "2", "--json"))
    assert (run["pickedUpCount"], run["generatedCount"]) == (2, 2)
    name = run["suggestionOutcomes"][0]["suggestionId"]
    assert shell.done("generate", name).startswith(f"{name}: ")
    assert "nothing in here is redacted" in shell.run("export", "here.jsonl").stderr
    elsewhere = {"FIRESTORE_COLLECTION_PREFIX": f"c{uuid4().hex[:12]}_"}
    assert " created" in shell.done("import", "here.jsonl", **elsewhere)
    shell.done("export", "there.jsonl", **elsewhere)
    here, there = ((shell.folder / f"{n}.jsonl").read_text("utf-8") for n in ("here", "there"))
    assert here.split("\n")[1:] == there.split("\n")[1:]
    sqlite = {"RUNBOOK_STORE": f"sqlite:///{shell.folder}/moved.db"}
    shell.done("import", "here.jsonl", **sqlite)
    assert sorted(shell.done("export", "-", **sqlite).split("\n")[1:]) == sorted(
        here.split("\n")[1:]
    )


@pytest.mark.firestore
def test_a_held_suggestion_says_whose_turn_it_is(shell: Shell) -> None:
    """Somebody else is at it: exit code 1, and the name."""
    from runbooks.leases import Leases
    from runbooks.store.firestore import FirestoreStore

    shell.done("import", str(sample_dir()))
    prefix = shell.environment["FIRESTORE_COLLECTION_PREFIX"]
    host = shell.environment["FIRESTORE_EMULATOR_HOST"]
    store = FirestoreStore("demo-tests", "(default)", prefix, host)
    Leases(store, "generate").acquire("sugg_sample_001", "local:lee", 120)
    store.close()
    ended = shell.run("generate", "sugg_sample_001")
    assert ended.returncode == 1
    assert "local:lee is generating sugg_sample_001" in ended.stderr


def test_a_missing_project_is_told(tmp_path: Path) -> None:
    """Exit code 2, before anything is asked."""
    ended = Shell(tmp_path).run("check")
    assert ended.returncode == 2
    assert ended.stderr == ("runbooks: GOOGLE_CLOUD_PROJECT: needed when RUNBOOK_STORE=firestore\n")


@pytest.mark.parametrize(
    "words", [("check",), ("run-once",), ("generate", "x"), ("export", "x.jsonl")]
)
def test_an_emulator_that_is_not_there_is_told(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Exit code 3, with the address, and nothing half-done is left behind."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        shell = Shell(tmp_path, GOOGLE_CLOUD_PROJECT="demo", FIRESTORE_EMULATOR_HOST=address)
        ended = shell.run(*words)
    assert ended.returncode == 3
    told = ended.stdout + ended.stderr
    assert f"The Firestore emulator at {address} cannot be reached." in told
    assert "FIRESTORE_EMULATOR_HOST" in told
    assert "Traceback" not in told
    assert not (tmp_path / "x.jsonl").exists()


def test_a_server_that_never_answers_is_told(tmp_path: Path) -> None:
    """The command ends by itself."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        shell = Shell(tmp_path, GOOGLE_CLOUD_PROJECT="demo", FIRESTORE_EMULATOR_HOST=address)
        ended = shell.run("check")
    assert ended.returncode == 3
    assert f"The Firestore emulator at {address} did not answer in time." in ended.stdout


CREDENTIALS = {
    "missing": (None, "was not found"),
    "no JSON": ("no json", "is not a valid json file"),
    "not whole": ('{"type": "service_account"}', "Failed to load service account credentials"),
    "no text": (b"\xff\xfe\x00", "is not a valid json file"),
}


@pytest.mark.parametrize("name", CREDENTIALS)
def test_unusable_credentials_are_told_with_the_reason(tmp_path: Path, name: str) -> None:
    """Exit code 3, what is wrong with the file, and what would help."""
    content, reason = CREDENTIALS[name]
    file = tmp_path / "key.json"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    shell = Shell(tmp_path, GOOGLE_CLOUD_PROJECT="demo", GOOGLE_APPLICATION_CREDENTIALS=str(file))
    ended = shell.run("check")
    assert ended.returncode == 3
    assert "There are no usable Google credentials: " in ended.stdout
    assert reason in ended.stdout
    assert "gcloud auth application-default login" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr


def test_no_credentials_at_all_are_told(tmp_path: Path) -> None:
    """A new machine says how to log in."""
    ended = Shell(tmp_path, GOOGLE_CLOUD_PROJECT="demo").run("check")
    assert ended.returncode == 3
    assert "Your default credentials were not found." in ended.stdout
