"""Single drafts in the background, so that a page can show progress and be left meanwhile."""

import logging
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace

from runbooks.errors import RunbookError
from runbooks.orders import Product
from runbooks.service import RunbookService
from workbench.kept import OfService

logger = logging.getLogger(__name__)
_REMEMBERED = 50


@dataclass(frozen=True)
class DraftOrder:
    """What is to be drafted for whom, decided on which revision; `beside` replaces nothing."""

    suggestion_id: str
    actor: str
    revision: str
    force: bool = False
    beside: bool = False


@dataclass(frozen=True)
class DraftView:
    """How far an order is: at work, done with a product, or failed with an error."""

    order: DraftOrder
    started: float
    over: bool = False
    product: Product | None = None
    error: RunbookError | None = None

    @property
    def seconds(self) -> float:
        """How long ago it began."""
        return time.monotonic() - self.started


class Drafts:
    """The orders of one service; each has a thread of its own that never touches Streamlit."""

    def __init__(self, service: RunbookService) -> None:
        self._generate = service.generate
        self._lock = threading.Lock()
        self._views: OrderedDict[str, DraftView] = OrderedDict()
        self._threads: dict[str, threading.Thread] = {}

    def start(self, order: DraftOrder, wait: float = 0.0) -> str:
        """Begin an order and give its id; wait up to `wait` seconds for its end."""
        name = secrets.token_hex(6)
        thread = threading.Thread(
            target=self._work, args=(name,), name=f"draft-{name}", daemon=True
        )
        with self._lock:
            self._views[name] = DraftView(order, time.monotonic())
            self._threads[name] = thread
            self._forget()
        thread.start()
        thread.join(wait)
        return name

    def view(self, name: str) -> DraftView | None:
        """Say how an order stands; None when this process knows nothing of it."""
        with self._lock:
            return self._views.get(name)

    def _work(self, name: str) -> None:
        order = self._views[name].order
        try:
            product = self._generate(
                order.suggestion_id,
                order.actor,
                force=order.force,
                revision=order.revision,
                beside=order.beside,
            )
            self._end(name, product=product)
        except RunbookError as error:
            self._end(name, error=error)
        except Exception as error:
            logger.exception("unexpected error in a draft")
            self._end(name, error=RunbookError(type(error).__name__))

    def _end(
        self, name: str, product: Product | None = None, error: RunbookError | None = None
    ) -> None:
        with self._lock:
            self._views[name] = replace(self._views[name], over=True, product=product, error=error)
            self._threads.pop(name, None)

    def _forget(self) -> None:
        over = [name for name, view in self._views.items() if view.over]
        for name in over[: max(0, len(self._views) - _REMEMBERED)]:
            del self._views[name]


_DRAFTS = OfService(Drafts)


def drafts(service: RunbookService) -> Drafts:
    """Give the orders of the process's service."""
    return _DRAFTS.of(service)
