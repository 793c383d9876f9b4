"""What a program call would do to a running system, looked up in a table by program."""

from __future__ import annotations

import re
from collections.abc import Callable

from runbooks.lint.calls import Call
from runbooks.lint.effect import READS, Effect, Level
from runbooks.lint.effects_data import (
    assess_ceph,
    assess_etcd,
    assess_kafka,
    assess_mongo,
    assess_rabbit,
    assess_redis,
    assess_sql_client,
)
from runbooks.lint.kube import assess_kube
from runbooks.lint.tools import KUBE_CLIENTS, REDIS_CLIENTS, SQL_CLIENTS

_SCRATCH = re.compile(r"(?:/tmp|/var/tmp|/dev/shm|\$\{?TMPDIR\}?|\$\(mktemp\b[^)]{0,80}\))(?:/|$)")
_DEVICE = re.compile(r"of=/dev/(?!null\b|stdout\b|stderr\b|shm/)")
_READING_POST = re.compile(
    r"/(?:_?search|aggregate|query|query_range|scalar|list|_msearch|_count)\b"
)

_AWS_READS = (
    *("describe", "get", "list", "head", "lookup", "query", "scan", "filter", "wait", "tail", "ls"),
    *("simulate", "search", "view", "batch-get", "start-query", "configure", "help"),
)


def assess(call: Call) -> Effect:
    """The effect of one call; an unknown program is taken to read."""
    if call.program.startswith("mkfs"):
        return Effect(Level.DESTROYS, "formats a device") if call.args else READS
    assessor = _ASSESSORS.get(call.program)
    return assessor(call) if assessor else READS


def _rm(call: Call) -> Effect:
    targets = call.positionals + tuple(word.text for word in call.rest)
    if not targets and not call.appended:
        return READS
    if targets and all(_SCRATCH.match(target) for target in targets):
        return Effect(Level.CHANGES, "removes temporary files")
    recursive = call.has("-r", "-R", "--recursive")
    if recursive and call.has("-f", "--force"):
        return Effect(Level.DESTROYS, "removes a whole tree without asking")
    if recursive:
        return Effect(Level.DISRUPTS, "removes a whole tree")
    return Effect(Level.CHANGES, "removes files")


def _find(call: Call) -> Effect:
    return Effect(Level.DISRUPTS, "deletes what it finds") if call.has("-delete") else READS


def _dd(call: Call) -> Effect:
    onto_device = any(_DEVICE.match(word.text) for word in call.args)
    return Effect(Level.DESTROYS, "overwrites a device") if onto_device else READS


def _wipefs(call: Call) -> Effect:
    wipes = call.has("-a", "--all", "-o", "--offset") and not call.has("-n", "--no-act")
    return Effect(Level.DESTROYS, "erases file system signatures") if wipes else READS


def _terraform(call: Call) -> Effect:
    verb = call.positionals[:1]
    if verb == ("destroy",) or (verb == ("apply",) and call.has("-destroy", "--destroy")):
        return Effect(Level.DESTROYS, "destroys infrastructure")
    if call.positionals[:2] == ("state", "rm"):
        return Effect(Level.DISRUPTS, "drops a resource from the state")
    return Effect(Level.CHANGES, "changes infrastructure") if verb == ("apply",) else READS


def _helm(call: Call) -> Effect:
    verb = call.positionals[0] if call.positionals else ""
    if call.has("--dry-run"):
        return READS
    if verb in ("uninstall", "delete", "del", "un"):
        named = len(call.positionals) > 1 or call.appended
        return Effect(Level.DESTROYS, "uninstalls a release") if named else READS
    if verb == "upgrade" and call.has("--force"):
        return Effect(Level.DISRUPTS, "replaces a release by force")
    changes = verb in ("install", "upgrade", "rollback")
    return Effect(Level.CHANGES, "changes a release") if changes else READS


def _git(call: Call) -> Effect:
    if call.positionals[:1] != ("push",) or call.has("-n", "--dry-run"):
        return READS
    forced = call.has("-f", "--force") or any(word.startswith("+") for word in call.positionals)
    if forced:
        return Effect(Level.DESTROYS, "overwrites the history others have")
    return Effect(Level.CHANGES, "publishes commits")


def _aws(call: Call) -> Effect:
    service, operation = (*call.positionals, "", "")[:2]
    if call.has("--dry-run", "--dryrun", "help") or not operation:
        return READS
    if service == "s3":
        return _aws_s3(call, operation)
    if operation in ("delete-message", "delete-tags"):
        return Effect(Level.CHANGES, "changes a cloud resource")
    if operation.startswith(("delete", "terminate")):
        return Effect(Level.DESTROYS, "deletes a cloud resource")
    if operation.startswith(("stop-", "reboot-", "failover-", "force-", "purge-")):
        return Effect(Level.DISRUPTS, "interrupts a cloud resource")
    if operation.startswith(_AWS_READS) or service in ("configure", "sso", "sts"):
        return READS
    return Effect(Level.CHANGES, "changes a cloud resource")


def _aws_s3(call: Call, operation: str) -> Effect:
    if operation == "rb" or (operation == "rm" and call.has("--recursive")):
        return Effect(Level.DESTROYS, "deletes stored objects")
    if operation == "rm" or (operation == "sync" and call.has("--delete")):
        return Effect(Level.DISRUPTS, "deletes stored objects")
    return READS


def _cloud(call: Call) -> Effect:
    words = call.positionals
    if any(word in ("delete", "terminate", "purge") for word in words[1:]):
        return Effect(Level.DESTROYS, "deletes a cloud resource")
    if any(
        word in ("stop", "reset", "restart", "deallocate", "failover", "reboot") for word in words
    ):
        return Effect(Level.DISRUPTS, "interrupts a cloud resource")
    changing = ("create", "update", "patch", "set", "resize", "start", "deploy", "scale", "apply")
    changed = any(word.startswith(changing) for word in words[1:])
    return Effect(Level.CHANGES, "changes a cloud resource") if changed else READS


def _chmod(call: Call) -> Effect:
    open_to_all = call.positionals[:1] in (("777",), ("0777",), ("a+rwx",), ("ugo+rwx",))
    if call.has("-R", "--recursive") and open_to_all:
        return Effect(Level.DESTROYS, "opens a whole tree to everyone")
    return Effect(Level.CHANGES, "changes permissions")


def _kill(call: Call) -> Effect:
    if call.has("-0", "-l", "-L", "-3", "-QUIT", "--list"):
        return READS
    signal = (call.value("-s") or "").removeprefix("SIG")
    if call.has("-9", "-KILL", "-SIGKILL") or signal in ("KILL", "9") or call.program != "kill":
        return Effect(Level.DISRUPTS, "ends processes at once")
    return Effect(Level.CHANGES, "ends a process")


def _power(call: Call) -> Effect:
    return READS if call.has("-c", "--help") else Effect(Level.DISRUPTS, "takes the machine down")


def _init(call: Call) -> Effect:
    down = call.positionals[:1] in (("0",), ("6",))
    return Effect(Level.DISRUPTS, "takes the machine down") if down else READS


def _service(call: Call) -> Effect:
    verbs = set(call.positionals)
    if verbs & {"stop", "restart", "kill", "isolate", "reload-or-restart", "mask"}:
        return Effect(Level.DISRUPTS, "stops or restarts a service")
    changes = verbs & {
        "start",
        "reload",
        "enable",
        "disable",
        "daemon-reload",
        "unmask",
        "reconfigure",
    }
    return Effect(Level.CHANGES, "changes a service") if changes else READS


def _container(call: Call) -> Effect:
    words = call.positionals
    if words[:1] in (("kill",), ("stop",), ("restart",)) or "prune" in words:
        return Effect(Level.DISRUPTS, "stops or removes containers")
    if (words[:1] == ("rm",) and call.has("-f")) or words[:2] == ("volume", "rm"):
        return Effect(Level.DISRUPTS, "removes containers or volumes")
    changes = words[:1] in (
        ("run",),
        ("start",),
        ("rm",),
        ("rmi",),
        ("update",),
        ("load",),
        ("pull",),
    )
    return Effect(Level.CHANGES, "changes containers") if changes else READS


def _curl(call: Call) -> Effect:
    method = (call.value("-X", "--request", "--method") or "").upper()
    sends = call.has("-d", "--data", "--data-raw", "--data-binary", "--json", "-F", "-T")
    url = next((word for word in call.positionals if "/" in word or "." in word), "")
    method = method or ("POST" if sends and not call.has("-G", "--get") else "GET")
    if method == "DELETE":
        return Effect(Level.DISRUPTS, "deletes through an API")
    if method in ("GET", "HEAD", "OPTIONS") or _READING_POST.search(url[:2000]):
        return READS
    return Effect(Level.CHANGES, "changes something through an API")


def _deleting_verb(level: Level, deed: str, *verbs: str) -> Callable[[Call], Effect]:
    def assessor(call: Call) -> Effect:
        return Effect(level, deed) if set(call.positionals) & set(verbs) else READS

    return assessor


def _sed(call: Call) -> Effect:
    edits = call.has("-i", "--in-place") or any(word.text.startswith("-i") for word in call.args)
    return Effect(Level.CHANGES, "edits files in place") if edits else READS


def _always(level: Level, deed: str) -> Callable[[Call], Effect]:
    return lambda call: Effect(level, deed) if call.args else READS


_ASSESSORS: dict[str, Callable[[Call], Effect]] = {
    **dict.fromkeys(KUBE_CLIENTS, assess_kube),
    **dict.fromkeys(SQL_CLIENTS | {"sql"}, assess_sql_client),
    **dict.fromkeys(REDIS_CLIENTS, assess_redis),
    **dict.fromkeys(("terraform", "tofu", "terragrunt"), _terraform),
    **dict.fromkeys(("gcloud", "az"), _cloud),
    **dict.fromkeys(("kill", "pkill", "killall"), _kill),
    **dict.fromkeys(("reboot", "shutdown", "halt", "poweroff"), _power),
    **dict.fromkeys(("init", "telinit"), _init),
    **dict.fromkeys(("systemctl", "service", "gitlab-ctl", "supervisorctl", "sv"), _service),
    **dict.fromkeys(("docker", "podman", "nerdctl", "docker-compose", "crictl"), _container),
    **dict.fromkeys(("curl", "wget"), _curl),
    **dict.fromkeys(("mongo", "mongosh"), assess_mongo),
    **dict.fromkeys(("etcdctl", "etcdutl"), assess_etcd),
    **dict.fromkeys(("kafka-topics", "kafka-topics.sh"), assess_kafka),
    **dict.fromkeys(("kafka-consumer-groups", "kafka-consumer-groups.sh"), assess_kafka),
    **dict.fromkeys(
        ("lvremove", "vgremove", "pvremove"), _always(Level.DISRUPTS, "removes storage")
    ),
    "rm": _rm,
    "shred": _always(Level.DISRUPTS, "destroys files"),
    "find": _find,
    "dd": _dd,
    "wipefs": _wipefs,
    "helm": _helm,
    "git": _git,
    "rabbitmqctl": assess_rabbit,
    "aws": _aws,
    "chmod": _chmod,
    "chown": _always(Level.CHANGES, "changes owners"),
    "mv": _always(Level.CHANGES, "moves files"),
    "truncate": _always(Level.CHANGES, "cuts a file"),
    "sed": _sed,
    "ceph": assess_ceph,
    "eksctl": _deleting_verb(Level.DESTROYS, "deletes a cluster resource", "delete"),
    "zpool": _deleting_verb(Level.DISRUPTS, "destroys a pool", "destroy"),
    "dropdb": _always(Level.DESTROYS, "drops a database"),
    "argocd": _deleting_verb(Level.DISRUPTS, "deletes an application", "delete"),
    "pup": _deleting_verb(Level.DISRUPTS, "deletes monitoring", "delete"),
    "crontab": lambda call: (
        Effect(Level.DISRUPTS, "removes a crontab") if call.has("-r") else READS
    ),
}
