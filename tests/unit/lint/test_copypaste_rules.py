"""Copy and paste (RB301 to RB306): would the command run as it stands?"""

import pytest

from runbooks.lint import LintContext, apply_fix
from tests.unit.lint.builder import NOW, fence, found, ids, in_step
from tests.unit.lint.cases.copypaste import fixed


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (fence("$ ls\n$ pwd", "console"), fence("ls\npwd", "console"), "RB301"),
        (fence("$ a \\\n  -b\n\n$ ls", "console"), fence("a \\\n  -b\n\nls", "console"), "RB301"),
        ("Run `$ ls -l` now.", "Run `ls -l` now.", "RB301"),
        (in_step("$ ls -l", language="console"), in_step("ls -l", language="console"), "RB301"),
        (fence("grep “a b” f"), fence('grep "a b" f'), "RB303"),
        (fence("kubectl get po –n\u00a0rag"), fence("kubectl get po -n rag"), "RB303"),
        (fence("ls -l", ""), fence("ls -l", "sh"), "RB305"),
        (fence("some output", ""), fence("some output", "text"), "RB305"),
    ],
)
def test_a_copy_and_paste_fix_gives_the_text_one_expects(
    before: str, after: str, rule: str
) -> None:
    """The fix changes what its rule names and nothing else."""
    text = fixed(before)
    finding = next(f for f in found(text) if f.id == rule)
    assert finding.fix is not None
    assert apply_fix(text, finding.fix) == fixed(after)


def test_prompts_stay_where_output_stands_between() -> None:
    """Without its prompt a command could not be told from output, so no fix is offered."""
    text = fixed(fence("$ ls\na b\n$ pwd\n/srv", "console"))
    [finding] = [f for f in found(text) if f.id == "RB301"]
    assert finding.fix is None


def test_a_team_may_name_its_own_tools() -> None:
    """Settings extend the list of known programs."""
    text = fixed(fence("frobnicate --all"))
    assert "RB304" not in ids(text, LintContext(now=NOW, known_tools=("frobnicate",)))


@pytest.mark.parametrize("block", [fence("diff = x)`", ""), "Text:\n\n    sort = 'x\n"])
def test_what_may_not_be_shell_only_warns(block: str) -> None:
    """RB302 in a block that is not marked as shell."""
    assert {f.severity for f in found(fixed(block)) if f.id == "RB302"} <= {"W"}
