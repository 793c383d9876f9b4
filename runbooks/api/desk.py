"""What every route needs: the one service, threads to call it in, and who is asking."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from starlette.requests import Request

from runbooks.config import Settings
from runbooks.errors import RateLimited
from runbooks.names import NAME_COOKIE, actor_of
from runbooks.service import RunbookService

Result = TypeVar("Result")
_READERS = 12
_DRAFTS = 8
_COME_BACK_S = 5.0
_REFRESH_EVERY_S = 15.0


class Desk:
    """Calls the service in threads of its own, so that pages never wait behind REST.

    Drafting takes long: at most eight such calls are under way, a further one is RateLimited.
    """

    def __init__(self, service: Callable[[], RunbookService], settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="rest")
        self._drafts = ThreadPoolExecutor(_DRAFTS, thread_name_prefix="rest-draft")
        self._free = threading.BoundedSemaphore(_DRAFTS)
        self._refreshed = float("-inf")
        self.stopping = threading.Event()
        """Set when the process ends: batches stop after the drafts in work."""

    async def ask(self, call: Callable[[RunbookService], Result]) -> Result:
        """Make a short call of the service."""
        return await self._in(self._readers, lambda: call(self.service()))

    async def draft(self, call: Callable[[RunbookService], Result]) -> Result:
        """Make a call that drafts; raise RateLimited when too many are under way."""
        if not self._free.acquire(blocking=False):
            raise RateLimited(_COME_BACK_S)

        def work() -> Result:
            try:
                return call(self.service())
            finally:
                self._free.release()

        return await self._in(self._drafts, work)

    def refresh(self, service: RunbookService) -> None:
        """Look for what other services created, when that is 15 s ago (CONTRACT R7)."""
        now = time.monotonic()
        if now - self._refreshed > _REFRESH_EVERY_S:
            self._refreshed = now
            service.refresh()

    def actor(self, request: Request) -> str:
        """Say who asks: the person of the cookie, else `rest`."""
        return actor_of(request.cookies.get(NAME_COOKIE), "rest")

    def close(self) -> None:
        """Let batches end, and wait for the calls that are under way."""
        self.stopping.set()
        self._drafts.shutdown()
        self._readers.shutdown()

    @staticmethod
    async def _in(pool: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(pool, work)
