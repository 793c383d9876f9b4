"""What is known of a failure, as names that may stand in commands and as quotes for sentences.

Text from traces never reaches a command: a name gets there only if it consists of letters, digits
and `_ . : / -`, begins with a letter or digit, and is at most 80 characters long. Everything else
is a quote, escaped, and stands in sentences only.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from runbooks.drafting.catalogue import ASKABLE, Cause
from runbooks.drafting.facts import Facts
from runbooks.drafting.port import Evidence
from runbooks.markdown.outline import code_span

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,79}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,10}[A-Za-z]{2,24}")
_SPAN_SPECIAL = re.compile(r'([?><:="~/\\ ])')
_LOG_SPECIAL = re.compile(r"([+=&|><!(){}\[\]^\"~*?:\\# ])")


@dataclass(frozen=True)
class Known:
    """Names by their place: in shell commands, in Datadog span and log queries, in sentences."""

    shell: Mapping[str, str]
    spans: Mapping[str, str]
    logs: Mapping[str, str]
    words: Mapping[str, str]

    def asking(self, names: tuple[str, ...]) -> "Known":
        """The same with a shell variable for each of these names that is not known."""
        asked = {name: ASKABLE[name] for name in names if name not in self.shell}
        shell = {name: f'"${variable}"' for name, variable in asked.items()}
        words = {name: code_span(f"${variable}") for name, variable in asked.items()}
        return Known({**self.shell, **shell}, self.spans, self.logs, {**self.words, **words})

    def saying(self, name: str, words: str) -> "Known":
        """The same with one more thing that sentences may say."""
        return Known(self.shell, self.spans, self.logs, {**self.words, name: words})


def safe(value: object) -> str:
    """Give a name back if it may stand in a command, else nothing."""
    text = str(value) if isinstance(value, str | int) else ""
    return text if _SAFE.fullmatch(text) else ""


def known(evidence: Evidence, facts: Facts, cause: Cause | None = None) -> Known:
    """Collect every name and quote that the evidence and the services row give.

    The cause tells which of the agent's tools matters, where it has a say in that.
    """
    tool = _tool(facts, cause)
    plain = {name: value for name, value in _plain(evidence, facts, tool).items() if safe(value)}
    quotes = {name: value for name, value in _quotes(evidence, facts).items() if value}
    words = {name: code_span(value) for name, value in plain.items() if name not in _NUMBERS}
    words |= {name: plain[name] for name in _NUMBERS if name in plain}
    service = code_span(evidence.service) if evidence.service else "the affected service"
    quotes["live_step"] = "the first live step of Diagnosis"
    return Known(
        shell={name: shlex.quote(value) for name, value in plain.items()},
        spans=_with_scope({name: _SPAN_SPECIAL.sub(r"\\\1", v) for name, v in plain.items()}),
        logs=_with_scope({name: _LOG_SPECIAL.sub(r"\\\1", v) for name, v in plain.items()}),
        words={**words, **quotes, "service": service},
    )


_NUMBERS = ("calls", "repeats", "status", "port")


def _plain(evidence: Evidence, facts: Facts, tool: str) -> dict[str, str]:
    row = evidence.row
    use = next((use for use in facts.tools if use.name == tool), None)
    most = max((use.most for use in facts.tools), default=0)
    host = next((name for name in facts.names.get("host", ()) if _HOST.fullmatch(name)), "")
    ends = facts.names.get("endpoint", ())
    port = next((end.rpartition(":")[2] for end in ends if end.startswith(f"{host}:")), "")
    score = _score(facts)
    status = next((str(code) for code, _ in facts.statuses), "")
    return {
        "service": evidence.service,
        "env": row.env or "",
        "namespace": row.namespace or "",
        "deployment": row.deployment or "",
        "database": row.database or "",
        "queue": row.queue or "",
        "ml_app": row.ml_app or "",
        "site": row.datadog_site or "",
        "trace_id": evidence.canonical_trace_id,
        "tool": tool,
        "calls": str(most) if most > 1 else "",
        "repeats": str(use.repeats) if use and use.repeats > 1 else "",
        "status": status,
        "exception": facts.named("exception"),
        "host": host,
        "port": port if host else "",
        "model": facts.named("model"),
        "evaluation": score[0] if score else "",
        "resource": next((label for label, _ in facts.failing_spans), ""),
    }


def _tool(facts: Facts, cause: Cause | None) -> str:
    names = [use.name for use in facts.tools if safe(use.name)]
    if cause and cause.missing_tool:
        names = [name for name in facts.missing if safe(name)] + names
    if cause and cause.tool:
        names.sort(key=lambda name: not re.search(cause.tool or "", name))
    return names[0] if names else ""


def _score(facts: Facts) -> tuple[str, str] | None:
    """Give the evaluation that speaks of this failure, and its value."""
    scores = ((name, value) for name, value, _ in facts.evaluations if name != "failed_check")
    return next(scores, None)


def _quotes(evidence: Evidence, facts: Facts) -> dict[str, str]:
    error = facts.errors[0] if facts.errors else None
    counts = [f"{code_span(use.name)} {use.calls}" for use in facts.tools[:4] if use.calls]
    frame = facts.frames[0] if facts.frames else None
    score = _score(facts)
    dashboard = evidence.row.dashboard or ""
    return {
        "error": code_span(error.text) if error else "",
        "score": code_span(score[1]) if score else "",
        "tool_counts": ", ".join(counts),
        "frame": code_span(f"{frame.file}:{frame.line}") if frame else "",
        "slowest": code_span(facts.slowest[0]) if facts.slowest and facts.slowest[0] else "",
        "traces": str(len(evidence.trace_ids)) if evidence.trace_ids else "",
        "dashboard": f"[dashboard](<{dashboard}>)" if urlsplit(dashboard).scheme else "",
    }


def _with_scope(escaped: dict[str, str]) -> dict[str, str]:
    if "service" not in escaped:
        return escaped
    env = f" env:{escaped['env']}" if "env" in escaped else ""
    return {**escaped, "scope": f"service:{escaped['service']}{env}"}
