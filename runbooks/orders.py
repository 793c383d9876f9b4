"""What is ordered of a generation, and what it gave."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from runbooks.drafting.budget import Bill, Budget
from runbooks.models import Suggestion
from runbooks.snippets import Snippet


@dataclass(frozen=True)
class Order:
    """What is to be generated, for whom; `revision` is the one the order was decided on, None the
    one read at the start (CONTRACT R4). `considerate`: leave items alone that a person is at.
    `beside`: the draft is kept as a version that replaces nothing, whoever's text stands there.
    `budget` is the run's money; without one the suggestion's own is all there is. `bill` says in
    the end what the calls came to, whatever became of them; after `cancel` none starts. `place`
    is had while the model is asked, and gives the seconds that were waited for it."""

    suggestion_id: str
    actor: str
    run_id: str
    force: bool = False
    dry_run: bool = False
    revision: str | None = None
    considerate: bool = False
    beside: bool = False
    budget: Budget | None = None
    bill: Bill = field(default_factory=Bill)
    cancel: threading.Event = field(default_factory=threading.Event)
    place: Callable[[], AbstractContextManager[float]] = lambda: nullcontext(0.0)


@dataclass(frozen=True)
class Product:
    """What an order gave: the snippet, written unless it was a dry run or a `proposal`.

    That is the number of the version that it was kept as beside the text, else 0.
    """

    suggestion: Suggestion
    snippet: Snippet
    cost_usd: float
    fallback_reason: str | None
    needs_input: bool
    written: bool
    proposal: int = 0
