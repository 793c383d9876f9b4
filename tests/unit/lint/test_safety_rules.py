"""Safety (RB201 to RB210): what may break, and what the text says about it."""

import pytest

from runbooks.lint import apply_fix
from tests.unit.lint.builder import PARTS, draft, fence, found, ids, in_step
from tests.unit.lint.cases.safety import DESTRUCTIVE, mitigation


@pytest.mark.parametrize("command", DESTRUCTIVE)
def test_a_bare_destructive_command_blocks(command: str) -> None:
    """RB201, whatever wraps the command and wherever its options stand."""
    assert [f.severity for f in found(mitigation(command)) if f.id == "RB201"] == ["E"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Never run `rm -rf /data` on this host.",
        "Do not use `kubectl delete ns rag` here.",
        "Don't run `kubectl delete pvc data-0 -n rag`; wait instead.",
        "You must not execute `terraform destroy`.",
        "Restart the pod instead of `helm uninstall retriever`.",
        "Avoid `redis-cli FLUSHALL` during business hours.",
        "`rm -rf /data` must never be used.",
        "Somebody ran `rm -rf /data`, and that was the cause.",
        "The command `kubectl delete` is not needed.",
    ],
)
def test_prose_that_warns_against_a_command_is_no_command(sentence: str) -> None:
    """RB201 concerns what the reader is asked to run."""
    assert "RB201" not in ids(draft(mitigation=f"1. {sentence}"))


@pytest.mark.parametrize(
    "sentence",
    [
        "Run `rm -rf /data` on this host.",
        "If the pod does not start, run `kubectl delete ns rag`.",
        "Don't wait: run `terraform destroy`.",
        "If it is not there, then delete it: `helm uninstall retriever`.",
        "Never mind the alert. Use `redis-cli FLUSHALL`.",
        "Run `DROP TABLE sessions;` in psql.",
    ],
)
def test_an_inline_command_that_is_asked_for_blocks(sentence: str) -> None:
    """A negation elsewhere in the sentence does not hide it."""
    assert "RB201" in ids(draft(mitigation=f"1. {sentence}"))


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        ("Warning: confirm with the owner first.", "way back"),
        ("Warning: restore from the backup if it fails.", "confirmation"),
        ("Confirm with the owner; restore the backup if it fails.", "warning"),
    ],
)
def test_the_message_names_the_assurance_that_is_missing(told: str, missing: str) -> None:
    """RB201 says what to add."""
    [finding] = [f for f in found(mitigation("rm -rf /srv", told)) if f.id == "RB201"]
    assert missing in finding.message


def test_other_teams_pages_are_blocked_only_where_nothing_is_said() -> None:
    """In the profile `generic` one of the three is enough for a warning instead."""
    page = "# Redis\n\n## Recovery\n\n{0}\n\n```sh\nredis-cli FLUSHALL\n```\n"
    bare = found(page.format("Empty it:"), profile="generic")
    told = found(page.format("Make sure that nobody needs it:"), profile="generic")
    assert [f.severity for f in bare if f.id == "RB201"] == ["E"]
    assert [f.severity for f in told if f.id == "RB201"] == ["W"]


def test_a_block_that_the_text_forbids_is_not_advice() -> None:
    """“Do not run the following” takes the commands of the block out."""
    text = f"Do not run the following command:\n\n{fence('kubectl delete ns rag')}"
    assert "RB201" not in ids(draft(mitigation=text))


@pytest.mark.parametrize("rule", ["RB205", "RB206"])
def test_verification_and_rollback_block_only_beside_a_destructive_command(rule: str) -> None:
    """They warn alone, and block in the step that RB201 blocks."""
    mild = found(mitigation("kubectl scale deploy/x -n rag --replicas=3"))
    grave = found(mitigation("kubectl delete ns rag"))
    assert {f.severity for f in mild if f.id == rule} == {"W"}
    assert {f.severity for f in grave if f.id == rule} == {"E"}


@pytest.mark.parametrize(
    ("command", "mended"),
    [
        ("kubectl get cm", 'kubectl -n "$NAMESPACE" get cm'),
        ("sudo kubectl get pods | wc -l", 'sudo kubectl -n "$NAMESPACE" get pods | wc -l'),
        ("A=1 oc logs x --tail=5", 'A=1 oc -n "$NAMESPACE" logs x --tail=5'),
    ],
)
def test_the_namespace_is_put_where_kubectl_takes_it(command: str, mended: str) -> None:
    """The fix of RB207 uses the declared variable."""
    text = mitigation(command)
    finding = next(f for f in found(text) if f.id == "RB207")
    assert finding.fix is not None
    assert apply_fix(text, finding.fix) == text.replace(command, mended)


def test_without_a_declared_variable_the_namespace_is_left_to_the_reader() -> None:
    """The fix of RB207 then inserts `<namespace>`."""
    bare = PARTS["metadata"].replace("`$NAMESPACE`, ", "")
    text = draft(metadata=bare, mitigation=in_step("kubectl get pods"))
    finding = next(f for f in found(text) if f.id == "RB207")
    assert finding.fix is not None
    assert "kubectl -n <namespace> get pods" in apply_fix(text, finding.fix)


def test_contacts_on_other_teams_pages_only_warn() -> None:
    """RB204 blocks our own drafts; elsewhere a team's address is common."""
    text = "# Redis\n\nWrite to storage-team@acme-corp.com first.\n"
    assert [f.severity for f in found(text, profile="generic") if f.id == "RB204"] == ["W"]
