"""Actionability (RB101 to RB110): can every step be carried out without further research?"""

import pytest

from runbooks.lint import apply_fix
from tests.unit.lint.builder import draft, found, ids, in_step
from tests.unit.lint.cases.actionability import diagnosis

SEVERITIES = [
    ("RB102", "E", diagnosis("1. Check the logs")),
    (
        "RB102",
        "W",
        diagnosis("1. Check the logs " + "of the ingest service in Kibana for resets " * 2),
    ),
    ("RB104", "E", draft(fix="1. Modify `{file}` to add a check to it.")),
    ("RB104", "W", draft(fix="1. The pattern is `{user_id}` in every line.")),
    ("RB104", "W", diagnosis(in_step("curl -s https://api.example.com/health"))),
    ("RB104", "W", diagnosis(in_step("kubectl get pods -n <other-name>"))),
]


@pytest.mark.parametrize(("rule", "severity", "text"), SEVERITIES)
def test_only_the_clear_cases_block(rule: str, severity: str, text: str) -> None:
    """A milder case of a blocking rule warns."""
    assert {f.severity for f in found(text) if f.id == rule} == {severity}


def test_bullets_become_numbers_and_their_blocks_stay_inside() -> None:
    """The fix of RB106 renumbers the list and keeps nested code in its step."""
    bullets = (
        "- Run it:\n\n  ```sh\n  kubectl get pods -n rag\n  ```\n\n  Expected: 3.\n- If not, wait."
    )
    text = diagnosis(bullets)
    finding = next(f for f in found(text) if f.id == "RB106")
    assert finding.fix is not None
    mended = apply_fix(text, finding.fix)
    assert "RB106" not in ids(mended)
    assert (
        "1. Run it:\n\n   ```sh\n   kubectl get pods -n rag\n   ```\n\n   Expected: 3.\n2. If not"
        in mended
    )


def test_a_variable_is_named_once() -> None:
    """RB104 reports an undeclared variable where it first occurs, not at each use."""
    text = diagnosis(in_step("kubectl logs <a-pod> -n x\nkubectl describe pod <a-pod> -n x"))
    assert len([f for f in found(text) if f.id == "RB104"]) == 1


@pytest.mark.parametrize(
    ("items", "hits"),
    [
        ("- Restart the pod.\n- Wait for a minute.", True),
        ("* **Then** check the quota.\n* Open the board.", True),
        ("- If the disk is full, delete the parts.\n- If it is not, wait.", False),
        ("- **Disk full**: the log shows it.\n- **No route**: the log is empty.", False),
        ("- a new workload\n- too many retries", False),
        ("- Restart the pod.", False),
    ],
)
def test_a_list_of_another_team_is_numbered_only_where_it_tells_steps(
    items: str, hits: bool
) -> None:
    """Alternatives, causes and signs need no numbers; our own template numbers all of them."""
    page = f"# Redis\n\n## Mitigation\n\n{items}\n"
    assert ("RB106" in ids(page, profile="generic")) is hits
