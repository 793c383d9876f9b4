"""What a call costs, from a dated table that a file can replace (CONTRACT R14)."""

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runbooks.drafting.budget import nano
from runbooks.errors import InvalidSettings

SETTING = "RUNBOOK_PRICES_FILE"
_SHIPPED = Path(__file__).with_name("prices.yaml")
_MILLION = 1_000_000


class Price(BaseModel):
    """US dollars per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class PriceTable(BaseModel):
    """Prices by model name, and the day on which they were true."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: date
    models: dict[str, Price]

    def price(self, model: str) -> Price | None:
        """Find a model's price; `models/x` and `x-001` count as `x`."""
        name = model.removeprefix("models/").rpartition("/")[2] or model
        known = [known for known in self.models if name == known or name.startswith(f"{known}-0")]
        return self.models[max(known, key=len)] if known else None


@dataclass(frozen=True)
class Tariff:
    """How one model is charged; a local endpoint is free, an unknown model costs the flat sum.

    All results are nano-dollars, rounded up.
    """

    price: Price | None
    local: bool
    flat_usd: float

    def cost(self, input_tokens: int, output_tokens: int) -> int:
        """Give the cost of so many tokens."""
        if self.local:
            return 0
        if self.price is None:
            return nano(self.flat_usd)
        usd = (input_tokens * self.price.input + output_tokens * self.price.output) / _MILLION
        return math.ceil(usd * 1_000_000_000)

    def worst(self, prompt_bytes: int, max_output_tokens: int) -> int:
        """Give the most that a call can cost: no token is shorter than a byte."""
        return self.cost(prompt_bytes, max_output_tokens)


def load_prices(path: Path | None = None) -> PriceTable:
    """Read a price file, or the one that ships; raise InvalidSettings."""
    try:
        return PriceTable.model_validate(yaml.safe_load((path or _SHIPPED).read_text("utf-8")))
    except OSError as error:
        raise InvalidSettings(SETTING, f"cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise InvalidSettings(SETTING, "is not YAML") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidSettings(SETTING, f"{where}: {first['msg']}") from None
