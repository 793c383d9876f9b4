"""Settings from the environment and `.env`, read once (CONTRACT §4)."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from runbooks.errors import InvalidSettings
from runbooks.redaction import Redactor


class Settings(BaseSettings):
    """Everything that can be set; names are the environment's, times are seconds, money is US $.

    Read with `load_settings`, which turns a wrong value into one clear line.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    store: str = Field("sqlite:///var/runbooks.db", validation_alias="RUNBOOK_STORE")
    project: str = Field("", validation_alias="GOOGLE_CLOUD_PROJECT")
    database: str = Field("(default)", validation_alias="FIRESTORE_DATABASE_ID")
    prefix: str = Field("evalforge_", validation_alias="FIRESTORE_COLLECTION_PREFIX")
    emulator_host: str = Field("", validation_alias="FIRESTORE_EMULATOR_HOST")

    drafter: Literal["auto", "gemini", "openai", "offline"] = Field(
        "auto", validation_alias="RUNBOOK_DRAFTER"
    )
    gemini_api_key: str = Field(
        "", validation_alias=AliasChoices("GEMINI_API_KEY", "GOOGLE_API_KEY"), repr=False
    )
    use_vertex: bool = Field(False, validation_alias="GOOGLE_GENAI_USE_VERTEXAI")
    vertex_location: str = Field("", validation_alias="VERTEX_AI_LOCATION")
    gemini_model: str = Field("gemini-3.5-flash-lite", validation_alias="GEMINI_MODEL")
    gemini_base_url: str = Field("", validation_alias="GOOGLE_GEMINI_BASE_URL")
    gemini_temperature: float = Field(
        0.3, ge=0, le=2, allow_inf_nan=False, validation_alias="GEMINI_TEMPERATURE"
    )
    gemini_max_output_tokens: int = Field(
        8192, ge=256, le=65_536, validation_alias="GEMINI_MAX_OUTPUT_TOKENS"
    )
    openai_base_url: str = Field("", validation_alias="OPENAI_BASE_URL")
    openai_api_key: str = Field("", validation_alias="OPENAI_API_KEY", repr=False)
    openai_model: str = Field("", validation_alias="OPENAI_MODEL")
    openai_max_output_tokens: int = Field(
        3000, ge=256, le=65_536, validation_alias="OPENAI_MAX_OUTPUT_TOKENS"
    )

    batch_size: int = Field(20, ge=1, le=1000, validation_alias="RUNBOOK_BATCH_SIZE")
    concurrency: int = Field(8, ge=1, le=64, validation_alias="RUNBOOK_CONCURRENCY")
    suggestion_seconds: float = Field(
        30.0, gt=0, le=3600, validation_alias="RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC"
    )
    suggestion_budget_usd: float = Field(
        0.10,
        ge=0,
        allow_inf_nan=False,
        validation_alias="RUNBOOK_COST_BUDGET_USD_PER_SUGGESTION",
    )
    run_budget_usd: float | None = Field(
        None, ge=0, allow_inf_nan=False, validation_alias="RUNBOOK_RUN_COST_BUDGET_USD"
    )
    services_file: Path | None = Field(None, validation_alias="RUNBOOK_SERVICES_FILE")
    prices_file: Path | None = Field(None, validation_alias="RUNBOOK_PRICES_FILE")
    gate_strict: bool = Field(False, validation_alias="RUNBOOK_GATE_STRICT")
    redact_extra: Annotated[tuple[str, ...], NoDecode] = Field(
        (), validation_alias="RUNBOOK_REDACT_EXTRA"
    )
    """Further expressions to redact, one per line."""

    editor: Literal["own", "ace"] = Field("own", validation_alias="RUNBOOK_EDITOR")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] | None = Field(
        None, validation_alias="RUNBOOK_LOG_LEVEL"
    )
    """None: INFO where the workbench is served, WARNING on the command line."""

    host: str = Field("127.0.0.1", validation_alias="HOST")
    port: int = Field(8501, ge=1, le=65_535, validation_alias="PORT")
    allow_open: bool = Field(False, validation_alias="RUNBOOK_ALLOW_OPEN")

    @field_validator("store")
    @classmethod
    def _store_is_known(cls, value: str) -> str:
        path = value.removeprefix("sqlite:///")
        if value == "firestore" or (path != value and path):
            return value
        raise ValueError("must be sqlite:///PATH or firestore")

    @field_validator("redact_extra", mode="before")
    @classmethod
    def _lines(cls, value: object) -> object:
        return tuple(filter(None, value.splitlines())) if isinstance(value, str) else value

    @field_validator("redact_extra")
    @classmethod
    def _expressions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        Redactor(value)
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("services_file", "prices_file", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None


LOOPBACK = ("127.0.0.1", "localhost", "::1")


def load_settings() -> Settings:
    """Read the settings; raise InvalidSettings for the first wrong one, without its value."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        raise InvalidSettings(name, str(first["msg"]).removeprefix("Value error, ")) from None
    except UnicodeDecodeError:
        raise InvalidSettings(".env", "is not UTF-8 text") from None
    if settings.host not in LOOPBACK and not settings.allow_open:
        problem = "not a loopback address, and there is no login: set RUNBOOK_ALLOW_OPEN=1"
        raise InvalidSettings("HOST", problem)
    return settings
