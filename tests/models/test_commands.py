"""`generate --print-prompt` and `check` as a process, with a model server beside it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`python -m runbooks …` in a folder with the sample, with nothing set but what a test sets."""

    def command(*args: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(
            [sys.executable, "-m", "runbooks", *args],
            cwd=tmp_path,
            env={**kept, "PYTHONPATH": str(ROOT), **settings},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert command("sample", "add").returncode == 0
    return command


def local(fake) -> dict[str, str]:
    """Settings that lead to the fake server."""
    return {"OPENAI_BASE_URL": fake.url, "OPENAI_MODEL": "local-model"}


def test_the_prompt_can_be_read_before_anything_is_paid(run, fake):
    """It shows exactly what would be sent, asks nobody, writes nothing and needs no revision."""
    before = run("export", "-").stdout.splitlines()[1:]
    shown = run("generate", "sugg_sample_001", "--print-prompt", **local(fake))
    assert shown.returncode == 0
    assert fake.requests == []
    assert run("export", "-").stdout.splitlines()[1:] == before
    assert run("generate", "sugg_sample_001", **local(fake)).returncode == 0
    [sent] = fake.requests
    assert shown.stdout.rstrip("\n") == "\n\n".join(m["content"] for m in sent["messages"])
    assert "EVIDENCE BEGIN" in shown.stdout
    assert "No model was asked" in shown.stderr


def test_the_prompt_as_json_has_its_version_and_hash(run, fake):
    """They are those of the draft's lineage."""
    told = json.loads(run("generate", "sugg_sample_001", "--print-prompt", "--json").stdout)
    made = json.loads(run("generate", "sugg_sample_001", "--json", **local(fake)).stdout)
    meta = made["runbook"]["generator_meta"]
    assert (told["promptVersion"], told["promptHash"]) == (
        meta["prompt_version"],
        meta["prompt_hash"],
    )


def test_a_prompt_of_nothing_is_an_error(run):
    """An unknown id ends with 1 and one line."""
    done = run("generate", "nobody", "--print-prompt")
    assert (done.returncode, done.stdout) == (1, "")
    assert run("generate", "x", "--print-prompt", "--dry-run").returncode == 2


def test_check_says_which_drafter_why_and_what_it_costs(run, fake):
    """The line names provider, model, reason, the one that answered, and the charge."""
    [line] = [x for x in run("check", **local(fake)).stdout.splitlines() if x.startswith("drafter")]
    for words in (
        "ok",
        "openai",
        "local-model",
        "OPENAI_BASE_URL is set",
        "fake-local-001",
        "free",
    ):
        assert words in line.replace("cost nothing", "free")
    assert "2026-11-01" in run("check").stdout


@pytest.mark.parametrize(
    ("turn", "said"),
    [("status:401", "401"), ("html", "cannot be read"), ("hang:1", "no connection")],
)
def test_check_says_why_a_model_does_not_answer(run, fake, turn, said):
    """A wrong key, a proxy's page, a server that hangs up: exit code 1 and the reason."""
    fake.play(turn)
    done = run("check", **local(fake))
    assert done.returncode == 1
    [line] = [x for x in done.stdout.splitlines() if x.startswith("drafter")]
    assert line.startswith("drafter: FAILED: openai, model local-model")
    assert said in line


def test_check_names_gemini_and_its_price(run, fake):
    """The same for Gemini, whose key is never shown."""
    done = run("check", GEMINI_API_KEY="key-that-nobody-sees", GOOGLE_GEMINI_BASE_URL=fake.url)
    assert "gemini-3.5-flash-lite, because a Gemini API key is set" in done.stdout
    assert "0.3 US$ for a million tokens in" in done.stdout
    fake.play("status:400")
    failed = run("check", GEMINI_API_KEY="key-that-nobody-sees", GOOGLE_GEMINI_BASE_URL=fake.url)
    assert failed.returncode == 1
    assert "key-that-nobody-sees" not in done.stdout + failed.stdout + failed.stderr
