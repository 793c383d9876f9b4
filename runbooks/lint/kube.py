"""kubectl and oc: what a call does to the cluster, and whether it names its namespace."""

from __future__ import annotations

from runbooks.lint.calls import Call, calls_of
from runbooks.lint.effect import READS, Effect, Level
from runbooks.lint.tools import word_set

_ALIASES = {
    "namespace": "ns namespace namespaces project projects",
    "persistent volume": "pv persistentvolume persistentvolumes",
    "volume claim": "pvc persistentvolumeclaim persistentvolumeclaims",
    "resource definition": "crd crds customresourcedefinition customresourcedefinitions",
    "node": "no node nodes",
    "stateful set": "sts statefulset statefulsets",
}
_IRREPLACEABLE = {alias: name for name, aliases in _ALIASES.items() for alias in aliases.split()}

_REBORN = word_set(
    "po pod pods job jobs rs replicaset replicasets ev event events csr lease leases"
)

_NAMESPACED_KINDS = word_set(
    """
    all po pod pods deploy deployment deployments ds daemonset daemonsets rs replicaset replicasets
    sts statefulset statefulsets rc replicationcontroller svc service services ep endpoints
    endpointslice endpointslices ing ingress ingresses cm configmap configmaps secret secrets
    sa serviceaccount serviceaccounts pvc persistentvolumeclaim persistentvolumeclaims job jobs
    cj cronjob cronjobs hpa horizontalpodautoscaler horizontalpodautoscalers pdb
    poddisruptionbudget poddisruptionbudgets netpol networkpolicy networkpolicies role roles
    rolebinding rolebindings ev event events quota resourcequota resourcequotas limits limitrange
    lease leases route routes dc deploymentconfig deploymentconfigs bc buildconfig build builds
    is imagestream imagestreams servicemonitor servicemonitors podmonitor podmonitors
    prometheusrule prometheusrules csv clusterserviceversion subscription subscriptions installplan
    """
)
_NAMESPACED_VERBS = word_set(
    """
    get describe logs exec rsh delete edit patch scale rollout set label annotate expose autoscale
    attach port-forward cp top wait run debug create replace events
    """
)
_CHANGING_VERBS = word_set(
    """
    apply create patch edit set label annotate taint uncordon cordon expose autoscale run replace
    import-image tag new-app start-build
    """
)
_ADM_CHANGES = word_set("cordon uncordon taint policy certificate release prune")


def assess_kube(call: Call) -> Effect:
    """What a kubectl or oc call does; a client- or server-side dry run only reads."""
    words = call.positionals
    dry = call.value("--dry-run")
    if not words or (call.has("--dry-run") and dry != "none"):
        return READS
    verb, *others = words[1:] if words[0] == "adm" else words
    if words[0] == "adm":
        return _assess_adm(call, verb, others)
    if verb == "delete":
        return _assess_delete(call, others)
    if verb == "rollout":
        return _assess_rollout(others)
    if verb == "scale":
        return _assess_scale(call)
    if verb == "drain":
        return Effect(Level.DISRUPTS, "moves every pod off a node")
    if verb == "replace" and call.has("--force"):
        return Effect(Level.DISRUPTS, "deletes and recreates objects")
    return Effect(Level.CHANGES, "changes the cluster") if verb in _CHANGING_VERBS else READS


def _assess_adm(call: Call, verb: str, others: list[str]) -> Effect:
    if verb == "drain":
        return Effect(Level.DISRUPTS, "moves every pod off a node")
    if verb == "upgrade" and call.has("--to", "--to-latest", "--to-image"):
        return Effect(Level.DISRUPTS, "upgrades the cluster")
    changes = verb in _ADM_CHANGES and others[:1] != ["info"]
    return Effect(Level.CHANGES, "changes the cluster") if changes else READS


def _assess_delete(call: Call, others: list[str]) -> Effect:
    everything = call.has("--all", "-A", "--all-namespaces")
    selected = everything or call.has("-l", "--selector", "--field-selector") or call.appended
    kinds = _kinds(others) or _piped_kinds(call)
    if call.has("-f", "--filename", "-k", "--kustomize"):
        return Effect(Level.DISRUPTS, "deletes everything in a manifest")
    named = len(others) > 1 or any("/" in word for word in others)
    if not kinds or not (named or selected):
        return READS
    for kind in kinds:
        if kind in _IRREPLACEABLE:
            return Effect(Level.DESTROYS, f"deletes a {_IRREPLACEABLE[kind]}")
    if everything:
        return Effect(Level.DESTROYS, "deletes every object of a kind")
    forced = call.has("--force") or call.value("--grace-period") == "0"
    if forced:
        return Effect(Level.DISRUPTS, "deletes without a graceful stop")
    if all(kind in _REBORN for kind in kinds):
        return Effect(Level.CHANGES, "deletes objects that are made again")
    return Effect(Level.DISRUPTS, "deletes objects")


def _piped_kinds(call: Call) -> list[str]:
    """The kinds in `kubectl get KIND -o name | xargs kubectl delete`."""
    feeders = calls_of(call.fed_by) if call.appended and call.fed_by else ()
    for feeder in feeders:
        if feeder.positionals[:1] == ("get",):
            return _kinds(list(feeder.positionals[1:]))
    return []


def _kinds(words: list[str]) -> list[str]:
    slashed = [word.split("/", 1)[0] for word in words if "/" in word]
    return [
        kind.lower().split(".", 1)[0] for part in slashed or words[:1] for kind in part.split(",")
    ]


def _assess_rollout(others: list[str]) -> Effect:
    action = others[0] if others else ""
    if action == "restart":
        return Effect(Level.DISRUPTS, "restarts every pod of a workload")
    changes = action in ("undo", "pause", "resume")
    return Effect(Level.CHANGES, "changes a rollout") if changes else READS


def _assess_scale(call: Call) -> Effect:
    if call.value("--replicas") == "0":
        return Effect(Level.DISRUPTS, "stops every replica")
    return Effect(Level.CHANGES, "changes the number of replicas")


def lacks_namespace(call: Call) -> bool:
    """Whether the call acts on objects of a namespace and does not say which.

    Kinds that are not built in are passed over: whether they have a namespace is unknown here.
    """
    words = call.positionals
    if call.has("-n", "--namespace", "-A", "--all-namespaces", "--raw", "-h", "--help"):
        return False
    if call.has("-f", "--filename", "-k", "--kustomize", "--kubeconfig", "--context"):
        return False
    if len(words) < 2 or words[0] not in _NAMESPACED_VERBS:
        return False
    if words[0] in ("logs", "exec", "rsh", "attach", "port-forward", "cp"):
        return True
    return any(kind in _NAMESPACED_KINDS for kind in _target_kinds(words))


def _target_kinds(words: tuple[str, ...]) -> list[str]:
    behind = 2 if words[0] in ("rollout", "set") else 1
    targets = words[behind:]
    slashed = [word.split("/", 1)[0] for word in targets if "/" in word]
    return [kind.lower() for part in slashed or targets[:1] for kind in part.split(",")]
