"""What a call costs, from a dated table that a file can replace (CONTRACT R14)."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runbooks.drafting.budget import nano
from runbooks.errors import InvalidSettings

SETTING = "RUNBOOK_PRICES_FILE"
_VERSION = re.compile(r"-\d{3}$")
_SHIPPED = Path(__file__).with_name("prices.yaml")
_MILLION = 1_000_000
MOST = 1_000_000
"""No price is above a dollar a token."""


class Price(BaseModel):
    """US dollars per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: float = Field(ge=0, le=MOST, allow_inf_nan=False)
    output: float = Field(ge=0, le=MOST, allow_inf_nan=False)


class PriceTable(BaseModel):
    """Prices by model name, and the day on which they were true."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: date
    models: dict[str, Price]

    def price(self, model: str) -> Price | None:
        """Find a model's price.

        `models/x`, `publishers/google/models/x` and a numbered version `x-001` count as `x`; any
        other name is another model, whose price may differ.
        """
        bare = model.rpartition("/")[2]
        for name in (model, bare, _VERSION.sub("", bare)):
            if name in self.models:
                return self.models[name]
        return None


@dataclass(frozen=True)
class Tariff:
    """How one model is charged: by its price; `free` at nothing; unknown at the flat sum a call.

    All results are nano-dollars, rounded up.
    """

    price: Price | None
    free: bool
    flat_usd: float

    def cost(self, input_tokens: int, output_tokens: int) -> int:
        """Give the cost of so many tokens."""
        if self.free:
            return 0
        if self.price is None:
            return nano(self.flat_usd)
        dear = input_tokens * nano(self.price.input) + output_tokens * nano(self.price.output)
        return -(-dear // _MILLION)

    def worst(self, prompt_bytes: int, max_output_tokens: int) -> int:
        """Give the most that a call can cost: no token is shorter than a byte."""
        return self.cost(prompt_bytes, max_output_tokens)

    def words(self) -> str:
        """Say how calls are charged."""
        if self.free:
            return "a local endpoint, calls cost nothing"
        if self.price is None:
            return f"the price is not known, each call counts as {self.flat_usd:.2f} US$"
        return f"{self.price.input:g} US$ for a million tokens in, {self.price.output:g} US$ out"


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
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InvalidSettings(SETTING, f"{where}: {first['msg']}") from None
