"""A model without a wire: it gives what it is told to, so that a wrapper can be tried alone."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from runbooks.drafting.budget import Budget, Purse
from runbooks.drafting.model import Finish, ModelError, Prompt, Reply, Terms

Turn = Reply | Exception | Callable[[Terms], Reply]
PROMPT = Prompt(system="s", user="u", schema={"type": "object"}, version="v")


def reply(text: str = "{}", tokens: tuple[int, int] | None = (100, 50)) -> Reply:
    """A good reply; `tokens` None as from a provider that counts nothing."""
    used = tokens or (None, None)
    return Reply(text, Finish.STOP, "scripted-1", used[0], used[1])


def busy(retry_after: float | None = None, status: int = 503) -> ModelError:
    """A refusal that may pass."""
    return ModelError(str(status), status=status, retry_after=retry_after, transient=True)


@dataclass
class ScriptedModel:
    """Plays its turns in order, the last one for ever."""

    turns: tuple[Turn, ...] = (reply(),)
    provider: str = "scripted"
    name: str = "scripted"
    calls: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def complete(self, prompt: Prompt, terms: Terms) -> Reply:
        """Play the next turn."""
        with self.lock:
            self.calls.append(time.monotonic())
            turn = self.turns[min(len(self.calls), len(self.turns)) - 1]
        if isinstance(turn, Exception):
            raise turn
        return turn if isinstance(turn, Reply) else turn(terms)

    def check(self) -> str:
        """Play the next turn and say that it answered."""
        self.complete(PROMPT, terms())
        return "scripted answers"


def terms(seconds: float = 30.0, suggestion_usd: float = 1.0, run: Budget | None = None) -> Terms:
    """Terms with this much time and money."""
    purse = Purse.of(suggestion_usd, run or Budget(1_000.0, "run"))
    return Terms(time.monotonic() + seconds, purse)
