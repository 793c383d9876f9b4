"""The commands that a person is told to run are found as they would be run."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.markdown.commands import commands_of, is_command
from runbooks.markdown.outline import parse
from tests.examples import examples


def _found(body: str) -> tuple[str, ...]:
    return parse(f"## Diagnosis Steps\n\n{body}").diagnosis_commands


def test_each_line_of_a_shell_block_is_a_command() -> None:
    """Comments and empty lines are none, and what occurs twice counts once."""
    body = "```sh\n# look\nkubectl get pods\n\nps aux\nkubectl get pods\n```"
    assert _found(body) == ("kubectl get pods", "ps aux")


@pytest.mark.parametrize(
    ("code", "commands"),
    [
        ("kubectl get pods \\\n  -n payments \\\n  -o wide", ["kubectl get pods -n payments -o wide"]),
        ("kubectl logs api |\n  grep -c error", ["kubectl logs api | grep -c error"]),
        ("cat <<'EOF' | psql\nSELECT 1;\n# kept\nEOF\nls -l", ["cat <<'EOF' | psql\nSELECT 1;\n# kept\nEOF", "ls -l"]),
        ("for p in a b; do\n  echo $p\ndone\nls -l", ["for p in a b; do\n  echo $p\ndone", "ls -l"]),
        ("for p in a b; do echo $p; done\nls -l", ["for p in a b; do echo $p; done", "ls -l"]),
        ("curl -d '{\n  \"a\": 1\n}' localhost\nls -l", ["curl -d '{\n  \"a\": 1\n}' localhost", "ls -l"]),
        ("echo don\\'t\nls -l", ["echo don\\'t", "ls -l"]),
        ("echo a # it's\nls -l", ["echo a # it's", "ls -l"]),
        ("echo 'open\nls -l", ["echo 'open", "ls -l"]),
        ("cat <<EOF\nnever closed", ["cat <<EOF", "never closed"]),
        ("grep x <<< \"$y\"\nls -l", ['grep x <<< "$y"', "ls -l"]),
    ],
)  # fmt: skip
def test_a_command_may_take_several_lines(code: str, commands: list[str]) -> None:
    """Continuations, pipes, here-documents, loops and quotes are kept together."""
    assert commands_of(code, "bash") == commands


@pytest.mark.parametrize(
    ("code", "language", "commands"),
    [
        ("$ kubectl get pods\nNAME READY\napi 1/1", "console", ["kubectl get pods"]),
        ("sre@host:~$ uptime\n 10:00 up", "console", ["uptime"]),
        ("# systemctl status api\nactive", "console", ["systemctl status api", "active"]),
        ("$ cat a \\\n  b\nout", "sh", ["cat a b"]),
        ("> kubectl get pods", "sh", ["kubectl get pods"]),
        ("# systemctl status api", "sh", []),
    ],
)
def test_prompts_are_stripped(code: str, language: str, commands: list[str]) -> None:
    """A block with prompts holds commands and their output; only the former are taken."""
    assert commands_of(code, language) == commands


@pytest.mark.parametrize(
    ("code", "language", "commands"),
    [
        ("SELECT a\nFROM t\nWHERE b = 1;\n-- why\nSELECT 2;", "sql", ["SELECT a FROM t WHERE b = 1;", "SELECT 2;"]),
        ("SELECT 1\n\nSELECT 2", "sql", ["SELECT 1", "SELECT 2"]),
        ("sum by (pod) (\n  rate(x[5m])\n)\nup == 0", "promql", ["sum by (pod) ( rate(x[5m]) )", "up == 0"]),
        ("service:a status:error\nservice:b status:error", "datadog", ["service:a status:error", "service:b status:error"]),
        ("kubectl get pods\nNAME READY STATUS\nservice:a status:error", "text", ["kubectl get pods", "service:a status:error"]),
        ("apiVersion: v1\nkind: Pod", "yaml", []),
        ("import os\nos.getcwd()", "python", []),
    ],
)  # fmt: skip
def test_each_language_has_its_own_commands(code: str, language: str, commands: list[str]) -> None:
    """Statements of queries, known commands of plain text, none of data and programs."""
    assert commands_of(code, language) == commands


@pytest.mark.parametrize(
    "label",
    ["Expected output:", "**Example output**:", "You should see:", "Check it. It should print:"],
)
def test_blocks_that_show_an_answer_are_no_commands(label: str) -> None:
    """What stands under such a line is what a command answers."""
    assert _found(f"{label}\n\n```sh\nls -l\n```\n\n```sh\nps aux\n```") == ("ps aux",)


@pytest.mark.parametrize("label", ["If the output is empty, run:", "Expected replicas: 3.", "Run:"])
def test_other_lines_before_a_block_do_not_hide_it(label: str) -> None:
    """A word like output or expected in a sentence does not make the next block an answer."""
    assert _found(f"{label}\n\n```sh\nls -l\n```") == ("ls -l",)


def test_a_block_may_say_itself_that_it_shows_output() -> None:
    """The info string of a fence counts as well."""
    assert _found("```console output\n$ ls -l\n```") == ()


@pytest.mark.parametrize(
    "text",
    [
        "kubectl get pods -n payments",
        "sudo journalctl -u api --since -1h",
        "KUBECONFIG=x kubectl get pods",
        "/usr/bin/redis-cli info",
        'pup traces search --query="service:x"',
        'datadog trace search "service:llm-agent status:error"',
        "service:llm-agent status:error",
        "@http.status_code:>=500",
        "@http.status_code:[400 TO 499] -service:x",
        "-@evaluations.hallucination:*",
        "(service:a OR service:b)",
        "avg:trace.http.request.errors{service:x} by {env}",
        "sum(rate(http_requests_total[5m]))",
        'http_requests_total{code="500"}',
        "SELECT count(*) FROM runs",
    ],
)
def test_commands_and_queries_are_recognised(text: str) -> None:
    """A known tool with arguments, or a Datadog, PromQL or SQL query."""
    assert is_command(text)
    assert _found(f"1. Run `{text}` now") == (text,)


@pytest.mark.parametrize(
    "text",
    [
        "kubectl",
        "payments-api",
        "nginx:1.25",
        "user:42",
        "12:30",
        "https://x.test/a",
        "status",
        "error rate",
        "get_user(id)",
        "{specific_pattern}",
        "config.yaml",
        "selected from the list",
        "",
    ],
)
def test_names_and_values_are_no_commands(text: str) -> None:
    """A code span is often only a name; a bare tool name says nothing to run."""
    assert not is_command(text)


def test_an_expectation_names_no_command() -> None:
    """A query in what is expected is a thing to compare with."""
    assert _found("- Run `ls -l`\n- Expected: `status:error` is gone") == ("ls -l",)


def test_commands_inside_steps_are_found_in_order() -> None:
    """Blocks of list items, code spans and blocks after the list come as they stand."""
    body = "1. First `ps aux`\n\n   ```sh\n   ls -l\n   ```\n\n2. Then `df -h`\n\n       free -m\n\n~~~sql\nSELECT 1\n~~~"
    assert _found(body) == ("ps aux", "ls -l", "df -h", "free -m", "SELECT 1")


@given(
    st.text(alphabet=st.characters(), max_size=300),
    st.sampled_from(["sh", "console", "sql", "promql", ""]),
)
@settings(max_examples=examples(500), deadline=None)
def test_any_code_has_commands_without_an_error(code: str, language: str) -> None:
    """No text raises, and no command is empty."""
    assert all(command.strip() for command in commands_of(code, language))


@pytest.mark.parametrize(
    "line",
    [
        "cat <<X\n",
        'echo "\n',
        "for a\n",
        "a \\\n",
        "a |\n",
        "$ x\n",
        "'\"\n",
        "@a:",
        "(",
        "select ",
    ],
)
def test_a_large_block_takes_seconds_at_most(line: str) -> None:
    """A block built to make the look-ahead run on ends in bounded time."""
    code = line * (300_000 // len(line))
    started = time.process_time()
    for language in ("sh", "sql", "promql", ""):
        commands_of(code, language)
    assert time.process_time() - started < 20
