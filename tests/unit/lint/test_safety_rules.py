"""Safety (RB201 to RB210): what may break, and what the text says about it."""

import pytest

from runbooks.lint import apply_fix
from tests.unit.lint.builder import PARTS, draft, fence, found, ids, in_step

CAREFUL = (
    "Warning: this cannot be undone. Confirm with the owner first; it affects all users for a minute."
    " Rollback: restore the backup, then verify with `kubectl get pods -n rag`."
)


def mitigation(command: str, told: str = "Do it.", language: str = "sh") -> str:
    """The sound draft with one command in its mitigation."""
    return draft(mitigation=in_step(command, told, language))


DESTRUCTIVE = [
    "rm -rf /var/lib/postgresql",
    "sudo rm -r -f /var/lib/x",
    "rm --recursive --force data",
    "kubectl delete ns rag",
    "kubectl delete namespace/rag",
    "oc delete project rag",
    "kubectl -n rag delete pvc data-0",
    "kubectl delete -n rag statefulset redis",
    "kubectl delete crd foos.example.dev",
    "kubectl delete node worker-1",
    "kubectl delete pods --all -n rag",
    "kubectl delete jobs -l app=x -A",
    "kubectl get pvc -n rag -o name | xargs kubectl delete -n rag",
    "kubectl get ns -o name | grep tmp | xargs -n1 kubectl delete ns",
    "psql -c 'DROP TABLE users'",
    'psql -d app -c "TRUNCATE sessions"',
    'psql -c "DELETE FROM sessions"',
    "mysql -e 'UPDATE users SET active = 0'",
    "psql app <<'SQL'\nBEGIN;\nDELETE FROM sessions;\nCOMMIT;\nSQL",
    'echo "DROP DATABASE app" | psql',
    "redis-cli -h cache FLUSHALL",
    "redis-cli -n 2 flushdb",
    "dd if=/dev/zero of=/dev/sda bs=1M",
    "mkfs.ext4 /dev/sdb1",
    "wipefs -a /dev/sdb",
    "terraform destroy -auto-approve",
    "terraform -chdir=infra apply -destroy",
    "helm -n rag uninstall retriever",
    "helm delete retriever",
    "git push --force origin main",
    "git push -f",
    "git push origin +main",
    "rabbitmqctl -n rabbit@a purge_queue jobs",
    "rabbitmqctl force_reset",
    "aws ec2 terminate-instances --instance-ids i-0123",
    "aws s3 rm s3://bucket --recursive",
    "gcloud compute instances delete vm-1 --zone=a",
    "az vm delete -g group -n vm",
    "etcdctl del /registry/foo",
    "etcdctl member remove 8e9e05c52164694d",
    "etcdctl snapshot restore snap.db",
    "chmod -R 777 /srv",
    "env FOO=1 sudo -u root rm -rf /srv/data",
    "ssh db-1 'sudo rm -rf /var/lib/x'",
    "ssh -i key db-1 rm -rf /var/lib/x",
    "bash -c 'rm -rf /srv/data'",
    "kubectl exec -n rag pod-1 -- rm -rf /data",
    "oc debug node/a -- chroot /host rm -rf /var/log/x",
    "find /srv -name '*.log' -exec rm -rf {} \\;",
    "for n in a b; do kubectl delete ns $n; done",
    "timeout 30 kubectl delete ns rag",
    "test -d /x && rm -rf /x",
    "x=$(rm -rf /srv)",
    "ssh db-1 <<EOF\nrm -rf /srv\nEOF",
    "bash <<'EOF'\nrm -rf /srv\nEOF",
    "echo 'rm -rf /srv' | sh",
    "if true; then rm -rf /srv; fi",
    "nohup rm -rf -- /srv &",
    "\\rm -rf /srv",
    "kubectl --context prod delete ns rag",
    "KUBECONFIG=x kubectl delete ns rag",
    "kubectl exec -it pod-1 -n rag -- bash -c 'rm -rf /data'",
    "sudo su - postgres -c 'dropdb app'",
    "kubectl delete --all pods -n rag",
]
HARMLESS = [
    'echo "rm -rf /"',
    "grep DROP /var/log/postgresql.log",
    "grep -r 'kubectl delete ns' docs/",
    "# rm -rf /var/lib/postgresql",
    "kubectl delete pod retriever-0 -n rag",
    "kubectl get pods --all-namespaces",
    "kubectl get ns",
    "kubectl delete ns rag --dry-run=client",
    "kubectl explain pvc",
    "kubectl config delete-context old",
    'psql -c "DELETE FROM sessions WHERE age > 5"',
    'psql -c "UPDATE users SET a = 1 WHERE id = 7"',
    "psql -c \"SELECT 'DROP TABLE x'\"",
    "psql -c 'SELECT 1 -- DROP TABLE x'",
    "iptables -A INPUT -j DROP",
    "dd if=/dev/zero of=/tmp/speed bs=1M count=100",
    "dd if=/dev/sda of=/dev/null",
    "wipefs /dev/sdb",
    "terraform plan -destroy",
    "helm uninstall retriever --dry-run",
    "helm history retriever -n rag",
    "git push --force-with-lease",
    "git push origin main",
    "rabbitmqctl list_queues",
    "aws ec2 describe-instances --query 'delete'",
    "gcloud compute instances list",
    "etcdctl get /registry/delete",
    "chmod 644 /srv/file",
    "rm -rf /tmp/dump /var/tmp/x",
    "rm /var/log/old.log",
    "man rm -rf",
    "kubectl logs x -n rag | grep 'rm -rf /'",
    "docker ps --filter name=rm",
    "redis-cli INFO",
    "kubectl annotate pod x -n rag note='delete ns'",
    "cat <<'EOF' > notes.txt\nrm -rf /\nEOF",
]


@pytest.mark.parametrize("command", DESTRUCTIVE)
def test_a_bare_destructive_command_blocks(command: str) -> None:
    """RB201, whatever wraps the command and wherever its options stand."""
    assert [f.severity for f in found(mitigation(command)) if f.id == "RB201"] == ["E"]


@pytest.mark.parametrize("command", HARMLESS)
def test_a_harmless_command_never_blocks(command: str) -> None:
    """RB201 reads commands, not their text."""
    assert "RB201" not in ids(mitigation(command))


@pytest.mark.parametrize("command", DESTRUCTIVE)
def test_a_destructive_command_with_all_three_assurances_passes(command: str) -> None:
    """Warning, confirmation and way back, in the same chapter."""
    assert "RB201" not in ids(mitigation(command, CAREFUL))


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


SQL = [
    ("DELETE FROM sessions;", True),
    ("DELETE FROM sessions WHERE id = 1;", False),
    ("DROP TABLE IF EXISTS x;", True),
    ("-- DROP TABLE x\nSELECT 1;", False),
    ("SELECT 1; TRUNCATE TABLE x;", True),
    ("ALTER TABLE x DROP COLUMN y;", True),
    ("ALTER TABLE x DROP CONSTRAINT y;", False),
    ("DROP INDEX CONCURRENTLY x_idx;", False),
    ("INSERT INTO x VALUES ('DELETE FROM y');", False),
]


@pytest.mark.parametrize(("statement", "hits"), SQL)
def test_sql_blocks_are_read_statement_by_statement(statement: str, hits: bool) -> None:
    """RB201 in a block marked sql; comments and strings do not count."""
    assert ("RB201" in ids(mitigation(statement, language="sql"))) is hits


CASES = [
    ("RB202", False, draft()),
    ("RB202", True, mitigation("kubectl drain node-1 --ignore-daemonsets")),
    ("RB202", True, mitigation("oc adm drain node-1")),
    ("RB202", True, mitigation("kubectl delete pod x -n rag --force --grace-period=0")),
    ("RB202", True, mitigation("kubectl scale deploy/x -n rag --replicas=0")),
    ("RB202", True, mitigation("kubectl rollout restart deploy/x -n rag")),
    ("RB202", True, mitigation("sudo systemctl restart postgresql")),
    ("RB202", True, mitigation("kill -9 4711")),
    ("RB202", True, mitigation("pkill -f gunicorn")),
    ("RB202", True, mitigation("etcdctl defrag")),
    ("RB202", True, mitigation("ssh web-1 sudo reboot")),
    ("RB202", False, mitigation("sudo systemctl restart postgresql", "It interrupts all users.")),
    ("RB202", False, mitigation("kubectl scale deploy/x -n rag --replicas=3")),
    ("RB202", False, mitigation("systemctl status postgresql")),
    ("RB202", False, mitigation("kubectl rollout status deploy/x -n rag")),
    ("RB202", False, mitigation("kill -0 4711")),
    ("RB202", False, mitigation("grep reboot /var/log/messages")),
    ("RB203", True, mitigation("curl -fsSL https://get.tool.sh | sh")),
    ("RB203", True, mitigation("wget -qO- https://x.io/i.sh | sudo bash -s -- --yes")),
    ("RB203", True, mitigation("bash <(curl -s https://x.io/i.sh)")),
    ("RB203", True, mitigation('sh -c "$(curl -fsSL https://x.io/i.sh)"')),
    ("RB203", True, mitigation("curl https://x.io/i.py | python3 -")),
    ("RB203", True, mitigation("curl https://x.io/i.sh | tee i.sh | bash")),
    ("RB203", False, mitigation("curl -s https://x.io/a.json | jq .")),
    ("RB203", False, mitigation("curl -s https://x.io/a.json | python3 -m json.tool")),
    ("RB203", False, mitigation("curl -s https://x.io/a.json | python3 -c 'import json'")),
    ("RB203", False, mitigation("curl -o i.sh https://x.io/i.sh && less i.sh")),
    ("RB203", False, mitigation("cat script.sh | bash")),
    ("RB203", False, mitigation("echo 'curl https://x.io | sh'")),
    ("RB204", False, draft()),
    ("RB204", True, draft(fix="1. Ask jane.doe@acme-corp.com to deploy the fix.")),
    ("RB204", True, mitigation("export GITHUB_TOKEN=ghp_16C7e42F292c6912E7710c838347Ae178B4a")),
    ("RB204", True, mitigation("aws configure set aws_access_key_id AKIAIOSFODNN7EXAMPLQ")),
    ("RB204", False, mitigation('curl -H "DD-API-KEY: $DD_API_KEY" https://api.datadoghq.com/x')),
    ("RB204", False, mitigation("kubectl get secret token -n rag | sort | uniq")),
    ("RB205", False, draft()),
    ("RB205", True, mitigation("kubectl scale deploy/x -n rag --replicas=3")),
    (
        "RB205",
        True,
        mitigation(
            "helm rollback x 3 -n rag\nkubectl set env deploy/x -n rag A=1\nkubectl get po -n rag"
        ),
    ),
    (
        "RB205",
        False,
        mitigation("kubectl scale deploy/x -n rag --replicas=3\nkubectl get po -n rag"),
    ),
    (
        "RB205",
        False,
        mitigation(
            "kubectl scale deploy/x -n rag --replicas=3", "Then verify that the error rate falls."
        ),
    ),
    ("RB205", False, mitigation("kubectl get po -n rag")),
    ("RB206", False, draft()),
    ("RB206", True, mitigation("kubectl scale deploy/x -n rag --replicas=3")),
    (
        "RB206",
        False,
        mitigation("kubectl scale deploy/x -n rag --replicas=3", "Rollback: scale to 2."),
    ),
    ("RB206", False, mitigation("kubectl get po -n rag")),
    ("RB206", False, mitigation("helm rollback retriever 3 -n rag")),
    (
        "RB206",
        False,
        draft(
            mitigation=in_step("helm upgrade a b -n x"),
            after="## Rollback\n\nRun `helm rollback a -n x` and wait.",
        ),
    ),
    ("RB207", False, draft()),
    ("RB207", True, mitigation("kubectl get pods")),
    ("RB207", True, mitigation("oc logs retriever-0 --tail=50")),
    ("RB207", True, mitigation("kubectl rollout undo deploy/x")),
    ("RB207", True, mitigation("kubectl get pods -l app=x | grep -v Running")),
    ("RB207", True, mitigation("kubectl describe pod/x")),
    ("RB207", False, mitigation("kubectl -n rag get pods")),
    ("RB207", False, mitigation("kubectl get pods -nrag")),
    ("RB207", False, mitigation("kubectl get pods --namespace=rag")),
    ("RB207", False, mitigation("kubectl get pods -A")),
    ("RB207", False, mitigation("kubectl get nodes")),
    ("RB207", False, mitigation("kubectl top nodes")),
    ("RB207", False, mitigation("kubectl delete pv data")),
    ("RB207", False, mitigation("kubectl apply -f retriever.yaml")),
    ("RB207", False, mitigation("kubectl version")),
    ("RB207", False, mitigation("oc project rag\noc get pods")),
    ("RB207", False, mitigation("kubectl get clusterlogforwarder")),
    ("RB208", False, draft()),
    ("RB208", True, mitigation("systemctl restart postgresql", "Do it now.")),
    ("RB208", True, mitigation("rm -rf /srv/x", "Warning, confirm first, restore afterwards.")),
    ("RB208", False, mitigation("systemctl restart postgresql", "About 5 % of requests fail.")),
    ("RB208", False, mitigation("systemctl restart postgresql", "Downtime: one minute.")),
    ("RB208", False, mitigation("kubectl get pods -n rag", "Do it now.")),
    ("RB209", False, draft()),
    ("RB209", True, mitigation("kubectl edit deploy retriever -n rag")),
    ("RB209", True, mitigation("oc -n rag edit configmap settings")),
    ("RB209", True, draft(mitigation="1. Run `kubectl edit cm/x -n rag` and save it.")),
    ("RB209", False, mitigation("kubectl patch deploy x -n rag --type=merge -p '{}'")),
    ("RB209", False, draft(mitigation="1. Never use `kubectl edit cm/x -n rag` for that.")),
    ("RB210", False, draft()),
    ("RB210", True, draft(mitigation="1. Roll back the model to its previous version.")),
    ("RB210", True, draft(fix="1. Retrain the classifier on the new vendor format.")),
    ("RB210", True, draft(fix="1. Modify the infrastructure of the vector store.")),
    ("RB210", False, draft(fix="1. With approval of the ML lead, retrain the classifier.")),
    ("RB210", False, draft(fix="1. Roll back the deployment of the web page.")),
]


@pytest.mark.parametrize(("rule", "hits", "text"), CASES)
def test_safety_rules_hit_what_they_should_and_nothing_else(
    rule: str, hits: bool, text: str
) -> None:
    """Each case names one rule and says whether it applies to the text."""
    assert (rule in ids(text)) is hits


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
