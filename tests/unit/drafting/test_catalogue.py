"""The diagnostics catalogue: complete, consistent, and plain about what is wrong in it."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from runbooks.drafting.catalogue import BUILT_IN, built_in, load
from runbooks.drafting.choosing import causes
from runbooks.drafting.facts import gather
from runbooks.drafting.offline import OfflineDrafter
from runbooks.errors import InvalidSettings
from runbooks.lint import parse_query
from tests.unit.drafting.evidence import SAMPLE, evidence, request, rows, sample, service_row
from tests.unit.drafting.test_offline import PATTERN, built, check_quality

CONTRACT_TYPES = [
    *("hallucination", "toxicity", "prompt_injection", "wrong_tool", "runaway_loop", "pii_leak"),
    *("stale_data", "guardrail_failure", "infrastructure_error", "quality_degradation"),
    *("client_error", "llm_error"),
]
AGENT_TYPES = [
    *("wrong_tool_argument", "unauthorized_action", "incomplete_answer", "premature_escalation"),
    *("goal_partially_completed", "missing_action"),
]
SERVICE_TYPES = [
    *("database connection leak", "high memory usage on kubernetes nodes", "disk space exhaustion"),
    *("api gateway 5xx errors", "rabbitmq queue backlog", "load balancer health check failures"),
    *("connection_pool_exhaustion", "oom_kill", "high_latency", "rate_limit", "auth_failure"),
    *("dns_failure", "tls_failure", "crash_loop"),
]
FULL_ROW = {
    "namespace": "web",
    "deployment": "shop",
    "database": "shop",
    "queue": "orders",
    "env": "prod",
    "ml_app": "shop",
    "datadog_site": "datadoghq.eu",
}


def failing(failure_type: str, row: dict[str, object] | None = None):
    """Evidence of a failure of this type whose texts say nothing else."""
    plain = {"title": "", "summary": "It fails.", "root_cause_hypothesis": "Not clear."}
    return built(row=row, failure_type=failure_type, **plain)


@pytest.mark.parametrize("failure_type", CONTRACT_TYPES + AGENT_TYPES + SERVICE_TYPES)
def test_every_known_failure_type_has_an_entry_of_its_own(failure_type):
    """The types of CONTRACT §1, of the agents' evaluation and of the services (seed 1)."""
    found = failing(failure_type)
    matches = causes(built_in(), found, gather(found))
    assert matches[0].name != "any"


@pytest.mark.parametrize("name", list(built_in().causes))
@pytest.mark.parametrize("row", [{}, FULL_ROW], ids=["no row", "full row"])
def test_every_cause_gives_a_draft_that_nothing_blocks(name, row):
    """Whatever the services file knows, the draft is complete and free of E-findings."""
    cause = built_in().causes[name]
    found = failing(cause.types[0] if cause.types else "solar_flare", row)
    check_quality(found, OfflineDrafter().draft(request(found)).markdown)


def plain(text: str) -> str:
    """A text of the catalogue with something in place of every name."""
    text = text.replace("{{scope}}", "service:x")
    return re.sub(r"\{\{\w+\}\}", "x", re.sub(r"\{\{(calls|status|port)\}\}", "404", text))


def test_every_datadog_query_is_in_the_true_syntax():
    """Each query of the catalogue parses by the grammar of Datadog's documentation."""
    for name, check in built_in().checks.items():
        for text in (check.spans, check.llm, check.logs):
            if text:
                assert parse_query(plain(text)), name


@pytest.mark.parametrize("name", list(built_in().checks))
def test_every_command_can_be_read_by_a_shell(name):
    """Quotes are closed and the program comes first."""
    command = built_in().checks[name].command
    if command:
        words = shlex.split(plain(command))
        assert re.fullmatch(r"[a-z][a-z-]+", words[0])


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_every_jq_command_runs_on_every_sample_trace(tmp_path):
    """No filter fails on messages, spans or OpenTelemetry JSON; 141 is `head` closing the pipe."""
    source = tmp_path / "trace.json"
    filters = [
        re.sub(r"\{\{\w+\}\}", "search_products", check.command)
        for check in built_in().checks.values()
        if check.command and check.command.startswith("jq")
    ]
    assert len(filters) > 8
    for line in (SAMPLE / "traces.jsonl").read_text(encoding="utf-8").splitlines()[::5]:
        source.write_text(line, encoding="utf-8")
        for command in filters:
            run = subprocess.run(
                ["bash", "-o", "pipefail", "-c", command],
                env={"TRACE_FILE": str(source), "PATH": "/usr/bin:/bin"},
                capture_output=True,
                text=True,
                timeout=30,
            )
            assert run.returncode in (0, 141), (command, run.stderr)


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_the_jq_steps_show_what_they_promise(tmp_path):
    """Tool counts and arguments of a sample conversation come out as the facts have them."""
    found = next(one for one in sample() if one.failure_type == "wrong_tool")
    document = next(
        row for row in rows(SAMPLE / "traces.jsonl") if row["trace_id"] == found.canonical_trace_id
    )
    source = tmp_path / "trace.json"
    source.write_text(json.dumps(document), encoding="utf-8")
    command = built_in().checks["trace-tool-counts"].command
    assert command is not None
    run = subprocess.run(
        ["bash", "-c", command],
        env={"TRACE_FILE": str(source), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    for use in gather(evidence({}, [], [document])).tools:
        assert f'{{"tool":"{use.name}","calls":{use.calls}}}' in run.stdout


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_the_variable_for_the_trace_says_how_to_get_it():
    """The command under Variables cuts exactly the source trace out of an export."""
    found = next(one for one in sample() if one.failure_type == "wrong_tool")
    meta = OfflineDrafter().draft(request(found)).markdown.split("---", 1)[0]
    (program,) = re.findall(r"`python -m runbooks export - \| (jq '[^`]*') > trace.json`", meta)
    lines = [
        json.dumps({"collection": kind, "id": key, "document": {"of": kind, "id": key}})
        for kind in ("failure_patterns", "raw_traces")
        for key in ("other", found.canonical_trace_id)
    ]
    run = subprocess.run(
        ["bash", "-c", program],
        input="\n".join(lines),
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert json.loads(run.stdout) == {"of": "raw_traces", "id": found.canonical_trace_id}


def test_mitigation_never_destroys():
    """No action of the catalogue deletes, drops, purges or forces anything."""
    for name, action in built_in().actions.items():
        assert not re.search(
            r"\b(delete|drop|truncate|purge|rm|force|flush\w*|destroy)\b",
            (action.command or "").replace("logrotate --force", ""),
            re.IGNORECASE,
        ), name


BROKEN = [
    ("title: Count failing operations", "titel: Count failing operations", "failing-operations"),
    ('spans: "{{scope}} status:error"', 'spans: "{{scoop}} status:error"', "{{scoop}}"),
    ('"$TRACE_FILE"', '"$TRACE_FIL"', "$TRACE_FIL"),
    ("diagnosis: [live-tool-errors,", "diagnosis: [live-tool-erors,", "live-tool-erors"),
    ("    after: rollout-history", "    after: rollout-histry", "rollout-histry"),
    ('error: "(?i)oom.?kill|', 'error: "(?i)oom.?kill|(', "out_of_memory.error"),
    ("  any:\n    broad", "  every:\n    broad", "any"),
    ("    rollback: scale back to the number that you noted.\n", "", "scale-consumers.rollback"),
    ("asks: [database]", "asks: [datebase]", "datebase"),
    ('version: "2026-11.1"', "", "version"),
]


@pytest.mark.parametrize(("good", "bad", "said"), BROKEN)
def test_a_broken_entry_is_named_with_its_line(tmp_path, good, bad, said):
    """One line says file, line, entry and what is wrong, so that the start can stop with it."""
    text = BUILT_IN.read_text(encoding="utf-8")
    assert good in text
    broken = tmp_path / "diagnostics.yaml"
    broken.write_text(text.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(InvalidSettings) as problem:
        load(broken)
    assert said in problem.value.problem
    assert re.search(r"line \d+: ", problem.value.problem)
    assert "\n" not in problem.value.problem


def test_a_catalogue_that_is_not_there_is_said_so(tmp_path):
    """A wrong path is a setting that is wrong."""
    with pytest.raises(InvalidSettings, match="cannot be read"):
        load(tmp_path / "none.yaml")


def test_anyone_can_add_a_failure_type(tmp_path):
    """A new cause with its own check is drafted from without a line of code."""
    text = BUILT_IN.read_text(encoding="utf-8")
    extended = tmp_path / "diagnostics.yaml"
    extended.write_text(
        text.replace(
            "checks:\n",
            "checks:\n"
            "  gpu-memory:\n"
            "    title: Look at the memory of the cards\n"
            "    command: nvidia-smi --query-gpu=memory.used --format=csv\n"
            "    expect: used memory per card.\n"
            "    then: If a card is full, drain it. Otherwise go on.\n",
            1,
        ).replace(
            "causes:\n",
            "causes:\n"
            "  gpu_full:\n"
            "    types: [gpu_out_of_memory]\n"
            '    meaning: "{{service}} finds no memory on its cards."\n'
            "    diagnosis: [gpu-memory, failing-operations]\n"
            "    mitigation: [fail-over]\n",
            1,
        ),
        encoding="utf-8",
    )
    found = failing("gpu_out_of_memory")
    text = OfflineDrafter(load(extended)).draft(request(found)).markdown
    assert "nvidia-smi" in text
    assert "finds no memory on its cards" in text
    check_quality(found, text)


def test_the_name_of_a_database_cannot_leave_its_place():
    """A row's values are held to an alphabet, and quoted where they stand."""
    row = service_row("shop", database="db:5432/shop")
    found = evidence({"suggestion_id": "s"}, [{**PATTERN, "failure_type": "connection_leak"}])
    text = OfflineDrafter().draft(request(type(found)(**{**found.__dict__, "row": row}))).markdown
    assert "psql -d db:5432/shop -c" in text


def test_the_file_explains_itself():
    """Its head tells how to extend it, so that nobody has to read code for that."""
    head = Path(BUILT_IN).read_text(encoding="utf-8").split("version:", 1)[0]
    for words in ("HOW A DRAFT USES IT", "A CHECK", "AN ACTION", "To add a failure type"):
        assert words in head
