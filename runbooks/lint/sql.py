"""What SQL text would do to data: statement by statement, comments and literals left aside."""

from __future__ import annotations

import re

from runbooks.lint.effect import READS, Effect, Level

_NOISE = re.compile(
    r"--[^\n]*|/\*[\s\S]{0,5000}?\*/|'(?:[^'\\]|\\.|'')*'|\$\$[\s\S]{0,5000}?\$\$", re.DOTALL
)
_WHERE = re.compile(r"\bWHERE\b", re.IGNORECASE)
_DROP = re.compile(r"DROP\s+(?:IF\s+EXISTS\s+)?(\w+)", re.IGNORECASE)
_ALTER_DROP = re.compile(
    r"ALTER\s+TABLE\b[\s\S]{0,300}?\bDROP\s+(?!CONSTRAINT|DEFAULT|NOT\b)", re.I
)
_DELETE = re.compile(r"DELETE\s+FROM\s+(?:ONLY\s+)?(\S+)", re.IGNORECASE)
_UPDATE = re.compile(r"UPDATE\s+(?:ONLY\s+)?(\S+)\s+(?:AS\s+)?(?:\w+\s+)?SET\b", re.IGNORECASE)
_TERMINATE = re.compile(r"\bpg_(?:terminate|cancel)_backend\s*\(|^\s*KILL\b", re.IGNORECASE)
_CHANGES = re.compile(
    r"(?:INSERT|UPDATE|DELETE|ALTER|CREATE|GRANT|REVOKE|VACUUM|REINDEX|CLUSTER|MERGE|REPLACE|SET\s+"
    r"GLOBAL|CALL|REFRESH|RENAME|OPTIMIZE)\b",
    re.IGNORECASE,
)
_REBUILDABLE = {"INDEX", "VIEW", "MATERIALIZED", "TRIGGER", "FUNCTION", "TEMP", "TEMPORARY"}

STATEMENT = re.compile(
    r"\s*(?:DROP\s+\w+\s+\S|TRUNCATE\s+\S|DELETE\s+FROM\s+\S|UPDATE\s+\S+\s+SET\b|ALTER\s+TABLE\s"
    r"|INSERT\s+INTO\s|SELECT\s[\s\S]{1,300}?\bFROM\b|SELECT\s+pg_|EXPLAIN\s+\w|SHOW\s+\w)",
    re.IGNORECASE,
)


def assess_sql(text: str) -> Effect:
    """The gravest effect of any statement in the text."""
    statements = _NOISE.sub(" ", text).split(";")
    return max((_assess(part.strip()) for part in statements), default=READS, key=_gravity)


def _gravity(effect: Effect) -> int:
    return effect.level


def _assess(statement: str) -> Effect:
    drop = _DROP.match(statement)
    if drop:
        rebuildable = drop.group(1).upper() in _REBUILDABLE
        level = Level.DISRUPTS if rebuildable else Level.DESTROYS
        return Effect(level, f"drops a {drop.group(1).lower()}")
    if re.match(r"TRUNCATE\s+\S", statement, re.IGNORECASE):
        return Effect(Level.DESTROYS, "empties a table")
    if _ALTER_DROP.match(statement):
        return Effect(Level.DESTROYS, "drops part of a table")
    return _assess_rows(statement)


def _assess_rows(statement: str) -> Effect:
    for pattern, deed in ((_DELETE, "deletes"), (_UPDATE, "overwrites")):
        match = pattern.match(statement)
        if match and not _WHERE.search(statement):
            return Effect(Level.DESTROYS, f"{deed} every row of {match.group(1)[:60]}")
    if _TERMINATE.search(statement):
        return Effect(Level.DISRUPTS, "ends database sessions")
    if _CHANGES.match(statement):
        return Effect(Level.CHANGES, "changes the database")
    return READS
