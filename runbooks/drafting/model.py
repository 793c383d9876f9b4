"""What a drafter asks of a language model: one prompt in, one text out, under terms.

`Model` is the port of the providers; retries, budget and deadline are models around a model
(`retrying.py`, `budgeted.py`, `deadline.py`), so a provider's file only translates.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Protocol

from runbooks.drafting.budget import Bill, CallsCancelled, Purse

JsonSchema = Mapping[str, object]


class Finish(StrEnum):
    """Why a model stopped."""

    STOP = "stop"
    LENGTH = "length"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Prompt:
    """What is asked; `schema` is the JSON schema that the answer must fit."""

    system: str
    user: str
    schema: JsonSchema
    version: str = ""

    @property
    def text(self) -> str:
        """Everything that is sent, as one text."""
        return f"{self.system}\n\n{self.user}"

    @property
    def size(self) -> int:
        """How many bytes are sent, the schema included: no token is shorter than a byte."""
        return len(self.text.encode("utf-8", "replace")) + len(str(dict(self.schema)))


@dataclass(frozen=True)
class Reply:
    """What came back; token counts are the provider's, None when it gave none.

    `temperature` is the one that was asked for, None when the model has its own.
    """

    text: str
    finish: Finish
    model_version: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    temperature: float | None = None


@dataclass
class Terms:
    """Under what a call runs: until when (monotonic seconds), from which purse, on which bill.

    Once `cancel` is set no call starts; one that is under way goes on.
    """

    until: float
    purse: Purse
    bill: Bill = field(default_factory=Bill)
    cancel: threading.Event = field(default_factory=threading.Event)

    def go_on(self) -> None:
        """Raise CallsCancelled after a cancel."""
        if self.cancel.is_set():
            raise CallsCancelled


class ModelError(Exception):
    """A call gave no reply.

    `transient`: another try may help. `billable`: the provider may have worked, so the worst case
    is booked. `status` is HTTP's, `retry_after` the seconds that the provider asked us to wait.
    """

    def __init__(
        self,
        problem: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        transient: bool = False,
        billable: bool = False,
        timed_out: bool = False,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.status = status
        self.retry_after = retry_after
        self.transient = transient
        self.billable = billable
        self.timed_out = timed_out


TRANSIENT_STATUS = frozenset({408, 429, 500, 501, 502, 503, 504, 520, 521, 522, 523, 524, 529})
"""HTTP statuses that are worth another try: 408, 429 and 5xx (CONTRACT R13)."""


class Model(Protocol):
    """A language model behind some provider; safe to use from many threads."""

    provider: str
    name: str

    def complete(self, prompt: Prompt, terms: Terms) -> Reply:
        """Answer a prompt before `terms.until`; raise ModelError, BudgetExceeded."""

    def check(self) -> str:
        """Say in one line what answers, with the smallest call there is; raise ModelError."""


def retry_after_seconds(value: str | None) -> float | None:
    """Read a Retry-After header, seconds or a date; None when it is neither, or over a day."""
    seconds = _seconds(value.strip()) if value else None
    return seconds if seconds is not None and 0 <= seconds < 86_400 else None


def _seconds(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value[:100]).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
