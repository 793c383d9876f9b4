"""Settings as a person meets them: the reference, the defaults, and what a wrong value says."""

import re
from pathlib import Path

import pytest
from pydantic import AliasChoices
from pydantic_core import PydanticUndefined

from runbooks.config import Settings, load_settings
from runbooks.errors import InvalidSettings

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| .+ \|$", re.MULTILINE)


def names_of(alias: object) -> list[str]:
    """Every name that the environment may use for one field."""
    if isinstance(alias, AliasChoices):
        return [str(choice) for choice in alias.choices]
    return [str(alias)]


def known() -> dict[str, object]:
    """The default of every setting by its name in the environment."""
    return {
        name: field.default
        for field in Settings.model_fields.values()
        for name in names_of(field.validation_alias)
    }


def documented() -> dict[str, str]:
    """The default that the reference names for each setting."""
    return dict(ROW.findall(DOCUMENT.read_text(encoding="utf-8")))


def test_the_reference_lists_exactly_the_settings_that_there_are():
    """Nothing that can be set is hidden, and nothing is promised that does nothing."""
    rows = ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    assert sorted(name for name, _ in rows) == sorted(known())


@pytest.mark.parametrize("name", sorted(known()))
def test_the_reference_names_the_true_default(name):
    """A dash stands for nothing; words stand for what depends on something else."""
    default, told = known()[name], documented()[name]
    assert default is not PydanticUndefined
    if default in ("", None, ()):
        assert told == "–" or "`" not in told or name == "RUNBOOK_LOG_LEVEL"
    elif isinstance(default, bool):
        assert told == f"`{str(default).lower()}`"
    elif isinstance(default, float):
        assert float(told.strip("`")) == default
    else:
        assert told == f"`{default}`"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RUNBOOK_COST_BUDGET_USD_PER_SUGGESTION", "inf"),
        ("RUNBOOK_COST_BUDGET_USD_PER_SUGGESTION", "nan"),
        ("RUNBOOK_COST_BUDGET_USD_PER_SUGGESTION", "-1"),
        ("RUNBOOK_RUN_COST_BUDGET_USD", "inf"),
        ("RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC", "0"),
        ("RUNBOOK_REDACT_EXTRA", "(unclosed"),
        ("RUNBOOK_REDACT_EXTRA", "good\nx*"),
        ("GEMINI_TEMPERATURE", "nan"),
        ("GEMINI_MAX_OUTPUT_TOKENS", "many"),
        ("RUNBOOK_CONCURRENCY", "0"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_its_setting(monkeypatch, tmp_path, name, value):
    """CONTRACT §4: the start stops before anything is done, and not with a traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings) as wrong:
        load_settings()
    assert wrong.value.setting == name
    assert "\n" not in str(wrong.value).replace(value, "")


def test_an_empty_value_counts_as_not_set(monkeypatch, tmp_path):
    """A deployment that passes empty variables gets the defaults."""
    monkeypatch.chdir(tmp_path)
    for name in known():
        monkeypatch.setenv(name, "")
    assert load_settings() == Settings(_env_file=None)


def test_keys_are_not_shown(monkeypatch, tmp_path):
    """Settings in a log line or a traceback carry no key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GEMINI_API_KEY", "very-secret-1")
    monkeypatch.setenv("OPENAI_API_KEY", "very-secret-2")
    assert "very-secret" not in repr(load_settings())
