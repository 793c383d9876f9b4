"""The services file: what a row says, what it inherits, and how mistakes are told."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from runbooks.errors import InvalidSettings
from runbooks.services import ServiceDirectory, load


def _load(folder: Path, text: str) -> ServiceDirectory:
    path = folder / "services.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def _problem(folder: Path, text: str) -> str:
    with pytest.raises(InvalidSettings) as caught:
        _load(folder, text)
    assert caught.value.setting == "RUNBOOK_SERVICES_FILE"
    return caught.value.problem


def test_without_a_file_every_service_has_the_values_of_the_specification():
    """The built-in default is #team-llm-ops, 15 minutes, 100 users, 30 minutes."""
    row = load(None).row("checkout-api")
    assert (row.service, row.known) == ("checkout-api", False)
    assert row.escalation_channel == "#team-llm-ops"
    assert (row.escalate_after_minutes, row.impact_users, row.downtime_minutes) == (15, 100, 30)
    assert row.owner is None
    assert dict(row.thresholds) == {}


def test_a_row_says_what_is_known_of_its_service(tmp_path: Path):
    """All fields of a row arrive, and thresholds keep numbers and units apart."""
    row = _load(
        tmp_path,
        """
services:
  checkout-api:
    owner: Checkout SRE
    escalation_channel: "#checkout-oncall"
    dashboard: https://dash.fernhollow.example.org/d/checkout-api
    namespace: checkout
    env: prod
    datadog_site: datadoghq.eu
    ml_app: pay
    deployment: checkout-api
    database: checkout
    queue: orders.fulfilment
    thresholds:
      pool_max: 20 connections
      pending: 10
      share: 0.05
""",
    ).row("checkout-api")
    assert row.known
    assert (row.owner, row.escalation_channel) == ("Checkout SRE", "#checkout-oncall")
    assert (row.namespace, row.env, row.datadog_site) == ("checkout", "prod", "datadoghq.eu")
    assert (row.deployment, row.database, row.queue) == (
        "checkout-api",
        "checkout",
        "orders.fulfilment",
    )
    assert row.ml_app == "pay"
    assert row.thresholds == {"pool_max": "20 connections", "pending": 10, "share": 0.05}


def test_a_row_inherits_what_it_leaves_out(tmp_path: Path):
    """First the file's default row, then the specification's values."""
    directory = _load(
        tmp_path,
        """
default: {escalate_after_minutes: 20, env: prod}
services:
  a: {escalate_after_minutes: 5}
  b: {}
""",
    )
    assert [directory.row(name).escalate_after_minutes for name in "abc"] == [5, 20, 20]
    assert [directory.row(name).env for name in "abc"] == ["prod"] * 3
    assert [directory.row(name).known for name in "abc"] == [True, True, False]
    assert directory.row("a").downtime_minutes == 30
    assert directory.names == ("a", "b")


def test_a_service_without_a_row_takes_nothing_from_another(tmp_path: Path):
    """Names are compared exactly; a near miss is unknown and must be a finding."""
    row = _load(tmp_path, "services:\n  checkout-api: {owner: X}\n").row("Checkout-API")
    assert (row.owner, row.known) == (None, False)


def test_a_row_cannot_be_changed():
    """Rows are shared between threads, so they are frozen."""
    with pytest.raises(ValidationError):
        load(None).row("a").owner = "somebody"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "services: {}\n", "default: {}\n"])
def test_an_empty_file_is_the_built_in_default(tmp_path: Path, text: str):
    """Nothing in the file is no mistake."""
    assert _load(tmp_path, text).row("a") == load(None).row("a")


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("services:\n  a:\n    owner: x\n    owner: y\n", 4, "services.a.owner"),
        ("services:\n  a: {}\n  b: {}\n  a: {}\n", 4, "services.a"),
        ("default: {}\n\ndefault: {}\n", 3, "default"),
    ],
)
def test_a_key_given_twice_is_told_with_both_lines(tmp_path: Path, text: str, line: int, key: str):
    """YAML would silently keep the last one; a contact must not get lost that way."""
    problem = _problem(tmp_path, text)
    assert f"line {line}: {key} is already given on line" in problem


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("services:\n  a:\n    ownr: x\n", 3, "services.a.ownr is not a known key"),
        ("teams: {}\n", 1, "teams is not a known key"),
        ("services:\n  a:\n    owner: 5\n", 3, "services.a.owner must be text, not 5"),
        ("services:\n  a:\n    impact_users: '5'\n", 3, "impact_users must be a whole number"),
        ("services:\n  a:\n    impact_users: 0\n", 3, "greater than or equal to 1"),
        ("services:\n  a:\n    impact_users: true\n", 3, "impact_users must be a whole number"),
        ("services:\n  a:\n    thresholds:\n      x: [1]\n", 4, "thresholds.x must be a number or"),
        ("services:\n  a:\n    thresholds:\n      x: .nan\n", 4, "thresholds.x must be a number"),
        ("services:\n  a:\n    thresholds: 3\n", 3, "thresholds must hold keys and values"),
        ("services:\n  a:\n    escalation_channel: #ops\n", 3, "begins with # needs quotes"),
        ("services:\n  a:\n", 2, "services.a is empty"),
        ("services: 5\n", 1, "services must hold keys and values"),
        ("- a\n", 1, "the file must hold keys and values"),
        ("services:\n  a:\n    owner: ''\n", 3, "services.a.owner must not be empty"),
        ("services:\n  a:\n    dashboard: javascript:x\n", 3, "services.a.dashboard does not have"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_line(
    tmp_path: Path, text: str, line: int, words: str
):
    """One clear line, so that the person who starts the product finds the place at once."""
    problem = _problem(tmp_path, text)
    assert f"line {line}: " in problem
    assert words in problem
    assert "\n" not in problem


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("namespace", "prod; rm -rf /"),
        ("namespace", "Prod"),
        ("deployment", "$(id)"),
        ("database", "db name"),
        ("queue", "q`id`"),
        ("ml_app", "a|b"),
        ("datadog_site", "evil.example.org/x"),
        ("owner", "two\\nlines"),
        ("dashboard", "https://a.example.org/<script>"),
    ],
)
def test_what_ends_up_in_a_command_cannot_carry_shell_syntax(
    tmp_path: Path, field: str, value: str
):
    """Names go into runbooks that people paste into a shell at night."""
    problem = _problem(tmp_path, f'services:\n  a:\n    {field}: "{value}"\n')
    assert f"services.a.{field} does not have the form that is allowed here" in problem


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("services:\n  a: [1,\n", 3),
        ("services:\n\ta: {}\n", 2),
        ("a: &x {}\nb: *x\n", 2),
        ("a: &x [*x]\n", 1),
        ("services: {}\n---\nservices: {}\n", 2),
        ("services:\n  a:\n    owner: !!python/name:os.system x\n", 3),
        ("services:\n  a:\n    owner: 2026-02-31\n", 3),
        ("? [a]\n: 1\n", 1),
        ("default: {}\nservices: \x07\n", 2),
    ],
)
def test_text_that_is_not_plain_yaml_is_told_with_its_line(tmp_path: Path, text: str, line: int):
    """Broken YAML, aliases, tags and impossible dates stop the start, and run nothing."""
    assert f"line {line}: " in _problem(tmp_path, text)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    """A missing file, a folder and bytes that are no text all name the path."""
    (tmp_path / "latin.yaml").write_bytes(b"default: {owner: \xe9}")
    for name in ("missing.yaml", ".", "latin.yaml"):
        with pytest.raises(InvalidSettings) as caught:
            load(tmp_path / name)
        assert str(tmp_path) in caught.value.problem


def test_a_house_names_its_own_tools_and_tags(tmp_path: Path):
    """What the checks of programs and Datadog tags take as known besides their own lists."""
    house = _load(tmp_path, "tools: [shopctl, db-failover]\ntags: [tenant_tier]\n").house
    assert house.tools == ("shopctl", "db-failover")
    assert house.tags == ("tenant_tier",)
    assert load(None).house.tools == ()


@pytest.mark.parametrize("text", ["tools: shopctl", "tools: ['rm -rf /']", "tags: [3]"])
def test_a_tool_that_is_no_name_stops_the_start(tmp_path: Path, text: str):
    """A sentence or a number in these lists is a mistake, told with its place."""
    assert "line 1" in _problem(tmp_path, text) or text.split(":")[0] in _problem(tmp_path, text)
