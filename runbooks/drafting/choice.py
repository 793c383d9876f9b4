"""Which drafter is in use, and why: part of the composition root (CONTRACT §4)."""

from collections.abc import Callable

from runbooks.config import Settings
from runbooks.drafting.budgeted import BudgetedModel
from runbooks.drafting.deadline import DeadlineModel
from runbooks.drafting.endpoints import is_local, normal
from runbooks.drafting.model import Model
from runbooks.drafting.model_drafter import ModelDrafter
from runbooks.drafting.offline import OfflineDrafter
from runbooks.drafting.port import Drafter
from runbooks.drafting.prices import Tariff, load_prices
from runbooks.drafting.retrying import Pause, RetryingModel, pause_until
from runbooks.errors import InvalidSettings


def choose(settings: Settings, pause: Pause = pause_until) -> tuple[Drafter, str]:
    """Give the drafter and the reason in words; raise InvalidSettings when it cannot be made.

    `auto`: Gemini if a key or Vertex is set, else an OpenAI-compatible endpoint if one is set,
    else the offline drafter. `pause` waits between the tries of a call.
    """
    kind, why = _kind(settings)
    makers: dict[str, Callable[[Settings, Pause], Drafter]] = {
        "gemini": _gemini,
        "openai": _openai,
        "offline": lambda _settings, _pause: OfflineDrafter(),
    }
    return makers[kind](settings, pause), why


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


def _gemini(settings: Settings, pause: Pause) -> Drafter:
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
    tariff = _tariff(settings, model.name, local=False)
    return _wrapped(model, settings.gemini_max_output_tokens, tariff, pause)


def _openai(settings: Settings, pause: Pause) -> Drafter:
    from runbooks.drafting.openai_compatible import openai_compatible_model

    for name, value in (
        ("OPENAI_BASE_URL", settings.openai_base_url),
        ("OPENAI_MODEL", settings.openai_model),
    ):
        if not value:
            raise InvalidSettings(name, "needed for an OpenAI-compatible model")
    url = normal(settings.openai_base_url)
    model = openai_compatible_model(
        base_url=url,
        api_key=settings.openai_api_key,
        name=settings.openai_model,
        temperature=settings.gemini_temperature,
        max_output_tokens=settings.openai_max_output_tokens,
    )
    tariff = _tariff(settings, model.name, local=is_local(url))
    return _wrapped(model, settings.openai_max_output_tokens, tariff, pause)


def _tariff(settings: Settings, model: str, *, local: bool) -> Tariff:
    """Charge a local endpoint nothing, unless somebody's own price file names its model.

    So a paid gateway in the house network can be kept within its budget.
    """
    price = load_prices(settings.prices_file).price(model)
    named = settings.prices_file is not None and price is not None
    return Tariff(price, local and not named, settings.suggestion_budget_usd)


def _wrapped(model: Model, max_output_tokens: int, tariff: Tariff, pause: Pause) -> ModelDrafter:
    """Put deadline, budget and retries around a model; each try has its own reservation."""
    budgeted = BudgetedModel(DeadlineModel(model), tariff, max_output_tokens)
    return ModelDrafter(RetryingModel(budgeted, pause), charged=tariff.words())
