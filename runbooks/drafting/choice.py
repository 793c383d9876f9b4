"""Which drafter is in use, and why: part of the composition root (CONTRACT §4)."""

from collections.abc import Callable

from runbooks.config import Settings
from runbooks.drafting.budgeted import BudgetedModel
from runbooks.drafting.deadline import DeadlineModel
from runbooks.drafting.model import Model
from runbooks.drafting.model_drafter import ModelDrafter
from runbooks.drafting.offline import OfflineDrafter
from runbooks.drafting.port import Drafter
from runbooks.drafting.prices import Tariff, load_prices
from runbooks.drafting.retrying import RetryingModel
from runbooks.errors import InvalidSettings

OPENAI_MAX_OUTPUT_TOKENS = 3000
"""Leaves room for the prompt in a window of 8k tokens."""

_LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]", "host.docker.internal")


def choose(settings: Settings) -> tuple[Drafter, str]:
    """Give the drafter and the reason in words; raise InvalidSettings when it cannot be made.

    `auto`: Gemini if a key or Vertex is set, else an OpenAI-compatible endpoint if one is set,
    else the offline drafter.
    """
    kind, why = _kind(settings)
    makers: dict[str, Callable[[Settings], Drafter]] = {
        "gemini": _gemini,
        "openai": _openai,
        "offline": lambda _: OfflineDrafter(),
    }
    return makers[kind](settings), why


def _kind(settings: Settings) -> tuple[str, str]:
    if settings.drafter != "auto":
        return settings.drafter, f"RUNBOOK_DRAFTER={settings.drafter}"
    if settings.use_vertex:
        return "gemini", "GOOGLE_GENAI_USE_VERTEXAI is set"
    if settings.gemini_api_key:
        return "gemini", "a Gemini API key is set"
    if settings.openai_base_url:
        return "openai", "OPENAI_BASE_URL is set"
    return "offline", "no model is set up"


def _gemini(settings: Settings) -> Drafter:
    from runbooks.drafting.gemini import gemini_model

    if not settings.use_vertex and not settings.gemini_api_key:
        raise InvalidSettings("GEMINI_API_KEY", "needed for Gemini, or use Vertex")
    if settings.use_vertex and not (settings.project and settings.vertex_location):
        raise InvalidSettings(
            "VERTEX_AI_LOCATION", "Vertex needs GOOGLE_CLOUD_PROJECT and VERTEX_AI_LOCATION"
        )
    model = gemini_model(
        api_key=settings.gemini_api_key,
        vertex=settings.use_vertex,
        project=settings.project,
        location=settings.vertex_location,
        base_url=settings.gemini_base_url,
        name=settings.gemini_model,
        temperature=settings.gemini_temperature,
        max_output_tokens=settings.gemini_max_output_tokens,
    )
    return _wrapped(model, settings, settings.gemini_max_output_tokens, local=False)


def _openai(settings: Settings) -> Drafter:
    from runbooks.drafting.openai_compatible import openai_compatible_model

    for name, value in (
        ("OPENAI_BASE_URL", settings.openai_base_url),
        ("OPENAI_MODEL", settings.openai_model),
    ):
        if not value:
            raise InvalidSettings(name, "needed for an OpenAI-compatible model")
    model = openai_compatible_model(
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key,
        name=settings.openai_model,
        temperature=settings.gemini_temperature,
        max_output_tokens=OPENAI_MAX_OUTPUT_TOKENS,
    )
    local = any(f"//{host}" in settings.openai_base_url for host in _LOCAL_HOSTS)
    return _wrapped(model, settings, OPENAI_MAX_OUTPUT_TOKENS, local=local)


def _wrapped(
    model: Model, settings: Settings, max_output_tokens: int, *, local: bool
) -> ModelDrafter:
    """Put deadline, budget and retries around a model; each try has its own reservation."""
    prices = load_prices(settings.prices_file)
    tariff = Tariff(prices.price(model.name), local, settings.suggestion_budget_usd)
    budgeted = BudgetedModel(DeadlineModel(model), tariff, max_output_tokens)
    return ModelDrafter(RetryingModel(budgeted), settings.gemini_temperature)
