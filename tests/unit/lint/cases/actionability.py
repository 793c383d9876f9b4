"""Actionability (RB101 to RB110): texts that a rule must hit, and such as it must leave alone."""

from tests.unit.lint.builder import draft, fence, in_step

TWO = "1. Run `kubectl get pods -n rag`. Expected: 3.\n2. If not, run `kubectl get events -n rag`."

QUERY = "1. If it is late, run\n\n   ```datadog\n   service:rag env:prod\n   ```\n"


def diagnosis(text: str) -> str:
    """The sound draft with another diagnosis."""
    return draft(diagnosis=text)


CASES = [
    ("RB101", False, draft()),
    ("RB101", True, diagnosis("1. Look around for the reason of it.")),
    ("RB101", True, diagnosis("1. Run `kubectl get pods -n rag` and see, if you like.")),
    ("RB101", False, diagnosis(TWO)),
    ("RB101", False, diagnosis(QUERY + "2. Then `kubectl get pods -n rag`.")),
    (
        "RB101",
        False,
        diagnosis(
            "1. If so, `service:rag env:prod @duration:>5s`.\n2. Or `kubectl top pods -n rag`."
        ),
    ),
    (
        "RB101",
        True,
        diagnosis("1. Never run `kubectl get pods -n rag`.\n2. Do not use `kubectl top pods`."),
    ),
    ("RB101", False, diagnosis("If late:\n\n" + fence("kubectl get po -n x\nkubectl get ev -n x"))),
    ("RB102", False, draft()),
    ("RB102", True, diagnosis("1. Check the logs")),
    ("RB102", True, diagnosis("1. **Review dashboards**\n2. Investigate the issue")),
    ("RB102", True, draft(mitigation="1. Monitor the system and wait for it to settle.")),
    ("RB102", True, diagnosis("1. Look at the application logs for errors.")),
    ("RB102", False, diagnosis("1. Check the logs of `retriever` for errors.")),
    ("RB102", False, diagnosis('1. Check the logs for "stale index".')),
    ("RB102", False, diagnosis("1. Check the [dashboard](https://app.datadoghq.com/dash/1).")),
    ("RB102", False, diagnosis("1. Check the metrics of the last 15 minutes.")),
    ("RB102", False, diagnosis("1. Check the logs:\n\n   ```sh\n   kubectl logs x -n rag\n   ```")),
    ("RB102", False, draft(summary="Check the logs first, says everybody.")),
    ("RB103", False, draft()),
    ("RB103", True, draft(mitigation="1. Restart the pods if necessary, with care.")),
    ("RB103", True, draft(mitigation="1. Scale caches, queues, workers etc. and wait.")),
    ("RB103", True, draft(escalation="Contact the relevant team after 15 minutes, above 5 %.")),
    ("RB103", True, draft(fix="1. Take the appropriate measures for the next release.")),
    ("RB103", True, draft(fix="1. Limit retries, timeouts, and so on, in the client.")),
    ("RB103", False, draft(fix="1. Edit `/etc/hosts` and /etc/resolv.conf on the etcd nodes.")),
    ("RB103", False, draft(fix="1. Set `if necessary` as the label of the button, verbatim.")),
    ("RB104", False, draft()),
    ("RB104", True, draft(fix="1. TODO: write the fix of this failure.")),
    ("RB104", True, draft(fix="1. Modify `{file}` to add `{check}` to it.")),
    ("RB104", True, draft(fix="1. Modify {the file} so that it is checked.")),
    ("RB104", True, draft(fix="1. See the [LLM Observability Dashboard](link) first.")),
    ("RB104", True, draft(fix="1. Ask <insert contact here> to redeploy it.")),
    ("RB104", True, draft(fix="1. Ask at https://example.com/help what to do.")),
    ("RB104", True, diagnosis(in_step("kubectl delete pod <other-pod> -n rag"))),
    ("RB104", True, diagnosis(in_step("# TODO: find the pod\nkubectl get pods -n rag"))),
    ("RB104", True, draft(fix="1. Restart <service> by hand, then wait.")),
    ("RB104", False, diagnosis(in_step("kubectl logs <pod-name> -n rag"))),
    ("RB104", False, diagnosis(in_step("kubectl logs $POD -n ${NAMESPACE}"))),
    (
        "RB104",
        False,
        diagnosis(in_step("kubectl get po -n rag -o jsonpath='{.items[0].metadata.name}'")),
    ),
    ("RB104", False, diagnosis(in_step("curl -s x | jq '{a: .b, c: {d}}'"))),
    ("RB104", False, diagnosis('1. If it is: `rate(http_requests_total{code="500"}[5m])`.')),
    ("RB104", False, diagnosis(in_step("grep -rn TODO src/"))),
    (
        "RB104",
        False,
        draft(fix="1. Use `{{ $labels.pod }}` and {{ template }}, and `{}` for none."),
    ),
    ("RB104", False, draft(fix="1. Press <kbd>Enter</kbd>, see <https://a.io/x>, then wait.<br>")),
    ("RB105", False, draft()),
    ("RB105", True, draft(symptoms="- The service is slow and users complain about it")),
    ("RB105", True, draft(symptoms="- Answers are wrong\n- `rag.age` is high")),
    ("RB105", False, draft(symptoms='- The log holds "connection reset by peer"')),
    ("RB105", False, draft(symptoms="- More than 5% of the answers are refused")),
    ("RB105", False, draft(symptoms="- http_server_errors_total rises for a while")),
    ("RB106", False, draft()),
    ("RB106", True, diagnosis(TWO.replace("1.", "-").replace("2.", "-"))),
    ("RB106", True, draft(mitigation="Tell everybody that the answers may be old.")),
    ("RB106", True, draft(mitigation="* Tell the users.\n* Wait for them to answer.")),
    (
        "RB106",
        False,
        draft(mitigation="Some words first:\n\n1) Tell the users.\n2) Wait for them."),
    ),
    ("RB107", False, draft()),
    (
        "RB107",
        True,
        draft(
            mitigation=in_step(
                "kubectl scale deploy a -n x --replicas=3\nkubectl set env deploy/a -n x A=1"
            )
        ),
    ),
    (
        "RB107",
        True,
        draft(mitigation="1. `helm upgrade a b -n x` and `kubectl rollout restart deploy/a -n x`"),
    ),
    (
        "RB107",
        False,
        draft(mitigation=in_step("kubectl scale deploy a -n x --replicas=3\nkubectl get po -n x")),
    ),
    (
        "RB107",
        False,
        draft(mitigation="1. `helm upgrade a b -n x`\n2. `kubectl rollout undo deploy/a -n x`"),
    ),
    ("RB108", False, draft()),
    (
        "RB108",
        True,
        diagnosis("1. Run `kubectl get pods -n rag`.\n2. Go on with the next section."),
    ),
    ("RB108", True, diagnosis(in_step("kubectl get pods -n rag"))),
    ("RB108", False, diagnosis(in_step("kubectl get pods -n rag") + "\n\n   Expected: 3 pods.")),
    (
        "RB108",
        False,
        diagnosis(in_step("kubectl get pods -n rag") + "\n\n   ```text\n   a  1/1\n   ```"),
    ),
    (
        "RB108",
        False,
        diagnosis(in_step("$ kubectl get pods -n rag\nNAME  READY", language="console")),
    ),
    ("RB108", False, draft(mitigation="1. Run `kubectl get pods -n rag` and go on with the next.")),
    ("RB109", False, draft()),
    ("RB109", True, diagnosis("1. Run `kubectl get pods -n rag`. Expected: 3 pods.")),
    ("RB109", False, diagnosis("1. Run `a`. Otherwise run `b`. Nothing else is to do here.")),
    ("RB109", False, diagnosis("1. Run `a`. When it fails, run `b`. That is all there is.")),
    ("RB109", True, diagnosis("1. Count the pods in `rag`.\n2. Count the nodes in it.")),
    ("RB110", False, draft()),
    (
        "RB110",
        True,
        diagnosis("1. `kubectl get po -n x`. Expected: 3.\n2. `kubectl get po -n x`. Expected: 5."),
    ),
    (
        "RB110",
        False,
        diagnosis("1. `kubectl get po -n x`. Expected: 3.\n2. `kubectl get po -n x`. Expected: 3."),
    ),
    (
        "RB110",
        False,
        diagnosis("1. `kubectl get po -n x`. Expected: 3.\n2. `kubectl get po -n y`. Expected: 5."),
    ),
    (
        "RB110",
        True,
        diagnosis(
            in_step("kubectl get po -n x")
            + "\n\n   Expected: 3.\n\n2. Again `kubectl  get po -n x`. Expected: 4."
        ),
    ),
    (
        "RB110",
        False,
        draft(diagnosis=TWO, mitigation="1. `kubectl get pods -n rag`. Expected: 5 pods."),
    ),
]

CASES += [
    ("RB101", True, diagnosis("If it is late, look at the board and ask in #rag-status.")),
    ("RB101", True, diagnosis("1. If it is late:\n\n   ```text\n   retriever is stale\n   ```")),
    ("RB102", True, diagnosis("1. Then: check the relevant metrics")),
    (
        "RB103",
        False,
        draft(fix="1. The check readyz.ts counts the optional service as required; drop it."),
    ),
    ("RB103", False, draft(fix="1. Mark the field `region` as required in the schema.")),
    ("RB105", True, draft(symptoms="- Users are unhappy\n- Everything feels slow")),
    ("RB105", True, draft(symptoms="- The agent behaves strangely in some sessions")),
    ("RB105", True, draft(symptoms="- High latency")),
    ("RB105", False, draft(symptoms="- The log says 'index is stale'")),
    ("RB106", True, draft(mitigation="- [ ] Tell the users.\n- [ ] Wait for them.")),
    (
        "RB106",
        True,
        diagnosis("Run `kubectl get pods -n rag`, if it fails `kubectl get ev -n rag`."),
    ),
    ("RB106", False, diagnosis("### If it is late\n\n" + TWO)),
    ("RB106", False, draft(mitigation="1. Tell the users:\n   - those of today\n   - all others")),
    ("RB106", False, draft(symptoms="- `rag.index.age_seconds` is high\n- answers are 1 day old")),
    ("RB106", False, draft(mitigation="3. Tell the users in #rag-status of it.")),
    (
        "RB107",
        True,
        draft(mitigation="1. `kubectl cordon node-1`, then `kubectl taint node node-1 a=b:NoRun`"),
    ),
    (
        "RB107",
        True,
        draft(mitigation=in_step("systemctl stop rag\nsystemctl start rag\nsystemctl status rag")),
    ),
    (
        "RB107",
        True,
        draft(
            mitigation="1. Do both:\n   - `helm rollback a 3 -n x`\n   - `helm rollback b 4 -n x`"
        ),
    ),
    ("RB107", False, draft(mitigation=in_step("kubectl get po -n x\nkubectl get ev -n x"))),
    (
        "RB107",
        False,
        draft(
            mitigation="1. Run `kubectl scale deploy a -n x --replicas=3`; never"
            " `kubectl delete ns x`."
        ),
    ),
    ("RB108", True, diagnosis(in_step("psql -c 'SELECT count(*) FROM jobs'", "Count them."))),
    ("RB108", True, diagnosis("1. First run `redis-cli INFO memory`.\n2. Go on.")),
    (
        "RB108",
        True,
        diagnosis(in_step("pup traces search --query='service:rag' --from=1h", "If late, search.")),
    ),
    ("RB109", True, diagnosis("1. Run `kubectl get pods -n rag`\n2. Run `kubectl get ev -n rag`")),
    ("RB109", True, diagnosis("Run these two:\n\n" + fence("# if\nkubectl get po -n x"))),
    ("RB109", True, diagnosis("1. Specify the pod.\n2. Elsewhere, read its log.\n3. Notify us.")),
    ("RB109", False, diagnosis("1. Unless the pod runs, read `kubectl logs x -n rag`.")),
    ("RB109", False, diagnosis("1. Run `a`.\n   - **If** it fails: go to step 2.\n2. Run `b`.")),
    (
        "RB110",
        True,
        diagnosis(
            "1. `df -h /`. Expected: 80 % at most.\n2. Wait.\n3. `df -h /`. Expected: 60 % at most."
        ),
    ),
    (
        "RB110",
        True,
        diagnosis(
            "1. `redis-cli llen q`: expected are 0 jobs\n2. `redis-cli llen q`: expected are 12 jobs"
        ),
    ),
    (
        "RB110",
        True,
        diagnosis(
            in_step("kubectl get po -n x")
            + "\n\n   Expected: 3 pods.\n\n"
            + in_step("kubectl get po -n x").replace("1.", "2.")
            + "\n\n   Expected: 2 pods."
        ),
    ),
    (
        "RB110",
        False,
        diagnosis(
            "1. `kubectl get po -n x`. Expected: 3 pods.\n2. `kubectl get po -n x`. Expected: none."
        ),
    ),
]

CASES += [
    ("RB103", False, draft(summary="Dashboards, reports etc. show answers of yesterday.")),
    ("RB103", False, draft(fix="1. A deadline of 60 seconds is appropriate for the refresh.")),
    ("RB103", True, draft(mitigation="1. Give the pods, when it helps, appropriate limits.")),
]

CASES += [
    (
        "RB101",
        False,
        diagnosis(fence("sum(rate(a_total[5m]))\n\ntopk(5, sum by (pod) (b))", "promql")),
    ),
    ("RB101", False, diagnosis(fence("// top\ntopk(5, a)\n\n// all\nsum by (pod) (b)"))),
    ("RB108", False, diagnosis("1. First run `oc rsh -n etcd etcd-0`.\n2. Go on there.")),
    ("RB108", False, diagnosis(in_step("etcdctl version", "Is it there?"))),
    ("RB108", True, diagnosis(in_step("oc debug node/a -- chroot /host df -h", "Do it."))),
    ("RB109", False, diagnosis("1. Pods may wait. In this case read `kubectl logs x -n rag`.")),
]

CASES += [
    ("RB108", True, diagnosis(in_step("df -h"))),
    ("RB108", True, diagnosis(in_step("psql -h db-1 -c 'SELECT 1 FROM jobs'"))),
    ("RB108", False, diagnosis(in_step("pup traces search --help"))),
]

CASES += [
    (
        "RB108",
        False,
        diagnosis(
            in_step("kubectl get cm x -n a -o yaml") + "\n\n   Check that it contains an endpoint."
        ),
    ),
]
