"""The indexes for another prefix, as a file and as commands."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def printed(*options: str) -> str:
    """What the script prints with these options."""
    script = ROOT / "deploy" / "indexes.py"
    run = subprocess.run(
        [sys.executable, str(script), *options], capture_output=True, text=True, check=True
    )
    return run.stdout


def test_without_options_it_prints_the_file_of_the_project() -> None:
    """The checked-in file is the one for the default prefix."""
    assert json.loads(printed()) == json.loads((ROOT / "firestore.indexes.json").read_text())


def test_another_prefix_changes_the_collections_and_nothing_else() -> None:
    """Every collection is renamed; fields, orders and exemptions stay."""
    text = printed("--prefix", "acme_")
    assert "evalforge_" not in text
    assert json.loads(text.replace('"acme_', '"evalforge_')) == json.loads(printed())


def test_there_is_a_command_for_each_index_and_exemption() -> None:
    """The commands make what the file says, in the named project and database."""
    content = json.loads(printed())
    lines = printed("--gcloud", "--project", "shop", "--database", "books").splitlines()
    assert len(lines) == len(content["indexes"]) + len(content["fieldOverrides"])
    for line in lines:
        words = shlex.split(line)
        assert words[:3] == ["gcloud", "firestore", "indexes"]
        assert {"--project=shop", "--database=books"} <= set(words)
    tokens = next(line for line in lines if "fields update search_tokens" in line)
    assert "--index=array-config=contains" in tokens
    snippet = next(line for line in lines if "fields update snippet" in line)
    assert "--disable-indexes" in snippet
    newest = "--field-config=field-path=created_at,order=descending"
    assert any(newest in line for line in lines)
