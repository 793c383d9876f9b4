"""The effect of clients of databases, caches, queues and key-value stores."""

from __future__ import annotations

import re

from runbooks.lint.calls import Call, spoken_input
from runbooks.lint.effect import READS, Effect, Level
from runbooks.lint.sql import assess_sql

_MONGO_DROP = re.compile(
    r"\.drop(?:Database)?\s*\(|\.(?:deleteMany|remove)\s*\(\s*(?:\{\s*\}\s*)?\)"
)
_MONGO_WRITE = re.compile(r"\.(?:insert|update|replace|delete|remove|create|rename)\w{0,20}\s*\(")


def assess_sql_client(call: Call) -> Effect:
    """psql, mysql and the like: the statements of -c, -e, their input, or a bare SQL block."""
    if call.program == "sql":
        return assess_sql(" ".join(word.text for word in call.args))
    stated = call.values("-c", "--command", "-e", "--execute", "--query", "-q")
    stated += [word for word in call.positionals if " " in word]
    return max(
        (assess_sql(text) for text in (*stated, spoken_input(call)) if text.strip()),
        default=READS,
        key=lambda effect: effect.level,
    )


def assess_redis(call: Call) -> Effect:
    """redis-cli and its kin, by the Redis command."""
    text = " ".join(call.positionals) or spoken_input(call)
    words = text.upper().split()
    if not words:
        return READS
    if words[0] in ("FLUSHALL", "FLUSHDB"):
        return Effect(Level.DESTROYS, "empties the cache or database")
    if words[0] in ("SHUTDOWN", "DEBUG", "FAILOVER") or words[:2] == ["CLUSTER", "RESET"]:
        return Effect(Level.DISRUPTS, "interrupts the server")
    if words[:2] in (["CONFIG", "SET"], ["CLIENT", "KILL"], ["SCRIPT", "FLUSH"]):
        return Effect(Level.CHANGES, "changes the server")
    writing = {"SET", "DEL", "UNLINK", "EXPIRE", "RENAME", "HSET", "HDEL", "LTRIM", "XTRIM", "EVAL"}
    return Effect(Level.CHANGES, "changes keys") if words[0] in writing else READS


def assess_mongo(call: Call) -> Effect:
    """mongosh by the script it is given."""
    script = "\n".join((*call.values("--eval"), *call.positionals, spoken_input(call)))[:20_000]
    if _MONGO_DROP.search(script):
        return Effect(Level.DESTROYS, "drops a collection or database")
    return Effect(Level.CHANGES, "changes documents") if _MONGO_WRITE.search(script) else READS


def assess_etcd(call: Call) -> Effect:
    """etcdctl and etcdutl by subcommand."""
    words = call.positionals
    if words[:1] == ("del",) and (len(words) > 1 or call.appended):
        return Effect(Level.DESTROYS, "deletes keys from etcd")
    if words[:2] in (("member", "remove"), ("snapshot", "restore")):
        return Effect(Level.DESTROYS, "changes the members or data of etcd")
    if words[:1] == ("defrag",):
        return Effect(Level.DISRUPTS, "blocks a member while it defragments")
    changing = {"put", "compact", "compaction", "move-leader"}
    changes = bool(words) and (words[0] in changing or words[-1] in ("add", "disarm", "promote"))
    return Effect(Level.CHANGES, "changes etcd") if changes or "add" in words[1:2] else READS


def assess_rabbit(call: Call) -> Effect:
    """rabbitmqctl by subcommand."""
    verb = call.positionals[0] if call.positionals else ""
    if verb in ("purge_queue", "reset", "force_reset", "delete_queue", "delete_vhost"):
        return Effect(Level.DESTROYS, "discards messages or the state of a node")
    if verb in ("stop", "stop_app", "shutdown", "forget_cluster_node", "close_all_connections"):
        return Effect(Level.DISRUPTS, "interrupts the broker")
    reading = ("list", "status", "cluster_status", "node_health", "ping", "report", "environment")
    changes = bool(verb) and not verb.startswith((*reading, "eval", "help", "version", "await"))
    return Effect(Level.CHANGES, "changes the broker") if changes else READS


def assess_ceph(call: Call) -> Effect:
    """ceph by its verbs."""
    words = call.positionals
    if {"purge", "destroy", "delete", "rm-pool"} & set(words[1:4]):
        return Effect(Level.DISRUPTS, "removes part of the storage cluster")
    changing = {"set", "unset", "rm", "out", "in", "repair", "create", "enable", "disable", "fail"}
    return (
        Effect(Level.CHANGES, "changes the storage cluster")
        if changing & set(words[1:4])
        else READS
    )


def assess_kafka(call: Call) -> Effect:
    """The Kafka scripts by option."""
    if call.has("--delete", "--reset-offsets") and not call.has("--dry-run"):
        deletes = call.has("--delete") or call.has("--execute")
        return Effect(Level.DISRUPTS, "deletes topics or moves offsets") if deletes else READS
    return Effect(Level.CHANGES, "changes topics") if call.has("--alter", "--create") else READS
