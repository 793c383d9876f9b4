"""Which drafter is in use and why, what counts as local, and what each call is charged."""

import pytest

from runbooks.config import Settings
from runbooks.drafting.choice import choose
from runbooks.drafting.endpoints import is_local, normal
from runbooks.errors import InvalidSettings


def settings(**values: object) -> Settings:
    """Settings with these values alone."""
    return Settings(_env_file=None, **values)  # type: ignore[arg-type,call-arg]


VERTEX = {
    "GOOGLE_GENAI_USE_VERTEXAI": True,
    "VERTEX_AI_LOCATION": "europe-west1",
    "GOOGLE_CLOUD_PROJECT": "p",
}
LOCAL = {"OPENAI_BASE_URL": "http://127.0.0.1:11434/v1", "OPENAI_MODEL": "m"}
KEY = {"GEMINI_API_KEY": "k"}


@pytest.mark.parametrize(
    ("values", "provider", "why"),
    [
        ({}, "offline", "no model is set up"),
        (KEY, "gemini", "a Gemini API key is set"),
        ({"GOOGLE_API_KEY": "k"}, "gemini", "a Gemini API key is set"),
        (LOCAL, "openai", "OPENAI_BASE_URL is set"),
        ({**KEY, **LOCAL}, "gemini", "a Gemini API key is set"),
        ({**KEY, **LOCAL, "RUNBOOK_DRAFTER": "openai"}, "openai", "RUNBOOK_DRAFTER=openai"),
        ({**KEY, "RUNBOOK_DRAFTER": "offline"}, "offline", "RUNBOOK_DRAFTER=offline"),
        ({"OPENAI_API_KEY": "k"}, "offline", "no model is set up"),
    ],
)
def test_auto_takes_the_first_that_is_set_up_and_says_why(values, provider, why):
    """CONTRACT §4: Gemini, else an OpenAI-compatible endpoint, else offline."""
    drafter, reason = choose(settings(**values))
    assert (drafter.provider, reason) == (provider, why)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"RUNBOOK_DRAFTER": "gemini"}, "GEMINI_API_KEY"),
        ({"RUNBOOK_DRAFTER": "openai"}, "OPENAI_BASE_URL"),
        ({"OPENAI_BASE_URL": "http://localhost:1/v1"}, "OPENAI_MODEL"),
        ({"OPENAI_BASE_URL": "localhost:11434", "OPENAI_MODEL": "m"}, "OPENAI_BASE_URL"),
        ({"OPENAI_BASE_URL": "http://[::1", "OPENAI_MODEL": "m"}, "OPENAI_BASE_URL"),
        ({**VERTEX, "VERTEX_AI_LOCATION": ""}, "VERTEX_AI_LOCATION"),
        ({**KEY, "RUNBOOK_PRICES_FILE": "/nowhere/prices.yaml"}, "RUNBOOK_PRICES_FILE"),
    ],
)
def test_a_model_that_cannot_be_made_stops_the_start_and_names_the_setting(values, named):
    """It is never replaced by another drafter in silence."""
    with pytest.raises(InvalidSettings) as wrong:
        choose(settings(**values))
    assert wrong.value.setting == named


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://localhost:11434/v1", "http://localhost:11434/v1"),
        ("http://localhost:11434/v1/", "http://localhost:11434/v1"),
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("http://localhost:11434/", "http://localhost:11434/v1"),
        (" https://gw.example.net/openai/v1/chat/completions ", "https://gw.example.net/openai/v1"),
        ("https://gw.example.net/models/x/v2", "https://gw.example.net/models/x/v2"),
        ("http://ollama:11434/v1?team=sre", "http://ollama:11434/v1?team=sre"),
    ],
)
def test_the_usual_forms_of_a_base_address_lead_to_the_same_call(url, base):
    """With or without /v1, with a slash at the end, or the whole address of the call."""
    assert normal(url) == base


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:11434/v1", True),
        ("http://LOCALHOST./v1", True),
        ("http://127.8.9.1:8000", True),
        ("http://[::1]:8000/v1", True),
        ("http://[fe80::1%25eth0]:8000/v1", True),
        ("http://10.1.2.3/v1", True),
        ("http://172.20.0.9/v1", True),
        ("http://192.168.178.20:1234/v1", True),
        ("http://ollama:11434/v1", True),
        ("http://host.docker.internal:11434/v1", True),
        ("http://mac-studio.local:1234/v1", True),
        ("https://api.openai.com/v1", False),
        ("https://localhost.example.net/v1", False),
        ("https://example.net/localhost/127.0.0.1", False),
        ("https://user:localhost@example.net/v1", False),
        ("https://127.0.0.1.example.net/v1", False),
        ("http://8.8.8.8/v1", False),
        ("http://[2606:4700::1111]/v1", False),
    ],
)
def test_local_is_what_stands_in_the_house(url, local):
    """R14: only such an endpoint costs nothing; a name that only looks like one does not."""
    assert is_local(url) is local


def charged(tmp_path, url: str, prices: str = "") -> str:
    """How `check` would say that calls are charged."""
    values = {"OPENAI_BASE_URL": url, "OPENAI_MODEL": "our-model"}
    if prices:
        file = tmp_path / "prices.yaml"
        file.write_text(prices, encoding="utf-8")
        values["RUNBOOK_PRICES_FILE"] = str(file)
    drafter, _ = choose(settings(**values))
    return drafter._charged


def test_what_a_call_is_charged_depends_on_place_and_price_file(tmp_path):
    """Local is free, elsewhere unknown counts in full, and an own price file decides over both."""
    own = "as_of: 2026-11-01\nmodels:\n  our-model: {input: 1, output: 2}\n"
    assert "cost nothing" in charged(tmp_path, "http://192.168.1.4/v1")
    assert "each call counts as 0.10" in charged(tmp_path, "https://llm.example.net/v1")
    assert "1 US$ for a million tokens in" in charged(tmp_path, "https://llm.example.net/v1", own)
    assert "1 US$ for a million tokens in" in charged(tmp_path, "http://192.168.1.4/v1", own)
