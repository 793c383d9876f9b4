"""The checks on the command line: what they print, and how they exit."""

import json
from pathlib import Path

import pytest

from runbooks.lint.cli import main
from tests.unit.lint.builder import draft, in_step

SOUND = "# Redis\n\nRedis keeps the sessions.\n"
BLOCKED = "# Redis\n\n## Recovery\n\n```sh\nredis-cli FLUSHALL\n```\n"


@pytest.fixture
def sound(tmp_path: Path) -> str:
    """A file in which nothing blocks."""
    path = tmp_path / "sound.md"
    path.write_text(SOUND, encoding="utf-8")
    return str(path)


@pytest.fixture
def blocked(tmp_path: Path) -> str:
    """A file with a blocking finding, in a name that an annotation must escape."""
    path = tmp_path / "a,b.md"
    path.write_text(BLOCKED, encoding="utf-8")
    return str(path)


def test_the_exit_code_tells_whether_anything_blocks(sound: str, blocked: str) -> None:
    """0 for clean, 1 for blocked."""
    assert main([sound, "--profile", "generic"]) == 0
    assert main([sound, blocked, "--profile", "generic"]) == 1


@pytest.mark.parametrize("arguments", [[], ["--format", "xml", "x.md"], ["--nonsense", "x.md"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    """No files, unknown format, unknown option."""
    assert main(arguments) == 2


def test_an_unreadable_file_is_named_and_the_others_are_checked(
    blocked: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Missing or not UTF-8: exit code 2, the rest is still reported."""
    binary = tmp_path / "binary.md"
    binary.write_bytes(b"\xff\xfe\x00")
    assert main([str(tmp_path / "missing.md"), str(binary), blocked, "--profile", "generic"]) == 2
    printed = capsys.readouterr()
    assert "missing.md" in printed.err
    assert "binary.md" in printed.err
    assert "RB201 E" in printed.out


def test_text_has_one_line_per_finding_and_a_tally(
    blocked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """file:line: rule severity message, which editors turn into links."""
    main([blocked, "--profile", "generic"])
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"{blocked}:6: RB201 E ") for line in lines)
    assert lines[-1].startswith("1 checked: 2 blocking, ")


def test_json_holds_every_finding_by_file(
    sound: str, blocked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One object per file, in the order given."""
    main([sound, blocked, "--profile", "generic", "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert [entry["file"] for entry in report] == [sound, blocked]
    assert any(finding["id"] == "RB201" for finding in report[1]["findings"])


def test_github_annotations_are_escaped(blocked: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Commas and percent signs would end a property or be decoded."""
    main([blocked, "--profile", "generic", "--format", "github"])
    lines = capsys.readouterr().out.splitlines()
    error = next(line for line in lines if line.startswith("::error "))
    assert "a%2Cb.md,line=6,endLine=6,col=1,title=RB201::" in error


def test_our_own_drafts_are_the_default(tmp_path: Path) -> None:
    """Without a profile the template's rules apply."""
    path = tmp_path / "draft.md"
    path.write_text(draft(mitigation=in_step("kubectl delete ns rag")), encoding="utf-8")
    assert main([str(path)]) == 1
    path.write_text("\ufeff" + draft(), encoding="utf-8")
    assert main([str(path)]) == 0


def test_a_folder_stands_for_the_markdown_below_it(
    sound: str, blocked: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All levels, other files left out; the exit code is that of the worst."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "third.md").write_text(SOUND, encoding="utf-8")
    (tmp_path / "notes.txt").write_bytes(b"\xff")
    assert main([str(tmp_path), "--profile", "generic"]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("3 checked: ")


def test_a_team_names_its_own_tools_and_tags(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a pipeline there is no services file to name them."""
    path = tmp_path / "page.md"
    block = "```sh\nshopctl --all\npup logs search --query='service:a tenant_tier:gold'\n```"
    path.write_text(f"# Redis\n\n## Diagnosis\n\n{block}\n", encoding="utf-8")
    main([str(path), "--profile", "generic"])
    assert {"RB304", "RB604"} <= set(capsys.readouterr().out.split())
    main([str(path), "--profile", "generic", "--tool", "shopctl", "--tag", "tenant_tier"])
    assert not {"RB304", "RB604"} & set(capsys.readouterr().out.split())
