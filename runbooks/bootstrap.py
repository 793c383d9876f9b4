"""The composition root: settings → store, drafter, clock → service; it alone names adapters."""

import gc
import threading
from collections.abc import Callable
from functools import lru_cache

from runbooks.acts import Acts
from runbooks.batch import Batches
from runbooks.bulk import Bulk
from runbooks.clock import Clock, utc_now
from runbooks.config import Settings, load_settings
from runbooks.discovery import Discovery
from runbooks.drafting.port import Drafter
from runbooks.errors import InvalidSettings
from runbooks.generation import Generator
from runbooks.holds import Holds
from runbooks.leases import Leases
from runbooks.library.library import Library
from runbooks.queue import Queue
from runbooks.repository import Repository
from runbooks.review import Review
from runbooks.runs import Runs
from runbooks.seen import Seen
from runbooks.service import RunbookService
from runbooks.services import ServiceDirectory
from runbooks.services import load as load_services
from runbooks.store.port import DocumentStore
from runbooks.turns import Turns
from runbooks.unsaved import UnsavedTexts


def bootstrap(settings: Settings) -> RunbookService:
    """Build the service; raise InvalidSettings or StoreUnavailable when it cannot start."""
    collect_less()
    drafter, why = _drafter(settings)
    return assemble(_store(settings), drafter, settings, drafter_why=why)


@lru_cache(maxsize=1)
def collect_less() -> None:
    """Let this process look for cyclic garbage less often.

    Parsing Markdown and talking to a model make many small objects that live shortly; the search
    for cycles among them took a tenth of a batch's CPU.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def assemble(
    store: DocumentStore,
    drafter: Drafter,
    settings: Settings,
    *,
    clock: Clock = utc_now,
    drafter_why: str = "",
) -> RunbookService:
    """Put a service together from its parts."""
    repository = Repository(store)
    services = load_services(settings.services_file)
    acts = Acts(repository, clock, house=services.house)
    queue = Queue(store)
    discovery = Discovery(repository, acts, clock)
    holds = Leases(store, "edit")
    unsaved = UnsavedTexts(repository, clock)
    review = Review(repository, acts, holds, unsaved, clock, settings.gate_strict)
    runs = Runs(repository, clock)
    turns = Turns(store, runs.call_lost)
    generator = _generator(settings, repository, acts, drafter, services, turns, clock)
    batches = _batches(settings, repository, discovery, generator, runs, turns, drafter.provider)
    return RunbookService(
        store=store,
        repository=repository,
        queue=queue,
        library=Library(repository, queue, services),
        discovery=discovery,
        review=review,
        bulk=Bulk(repository, acts, review, clock),
        unsaved=unsaved,
        holds=Holds(repository, holds, clock),
        seen=Seen(repository),
        generator=generator,
        batches=batches,
        runs=runs,
        services=services,
        drafter=drafter,
        drafter_why=drafter_why,
        clock=clock,
        extra_patterns=settings.redact_extra,
    )


def _generator(
    settings: Settings,
    repository: Repository,
    acts: Acts,
    drafter: Drafter,
    services: ServiceDirectory,
    turns: Turns,
    clock: Clock,
) -> Generator:
    return Generator(
        repository,
        acts,
        drafter,
        services,
        turns,
        clock,
        seconds=settings.suggestion_seconds,
        budget_usd=settings.suggestion_budget_usd,
        extra_patterns=settings.redact_extra,
    )


def _batches(
    settings: Settings,
    repository: Repository,
    discovery: Discovery,
    generator: Generator,
    runs: Runs,
    turns: Turns,
    provider: str,
) -> Batches:
    return Batches(
        repository,
        discovery,
        generator,
        runs,
        turns,
        concurrency=settings.concurrency,
        provider=provider,
        suggestion_budget_usd=settings.suggestion_budget_usd,
        run_budget_usd=settings.run_budget_usd,
    )


def _store(settings: Settings) -> DocumentStore:
    if settings.store == "firestore":
        from runbooks.store.firestore import FirestoreStore

        if not settings.project:
            raise InvalidSettings("GOOGLE_CLOUD_PROJECT", "needed when RUNBOOK_STORE=firestore")
        return FirestoreStore(
            settings.project,
            settings.database,
            settings.prefix,
            settings.emulator_host or None,
        )
    from runbooks.store.sqlite import SqliteStore

    return SqliteStore(settings.store.removeprefix("sqlite:///"))


def _drafter(settings: Settings) -> tuple[Drafter, str]:
    """Choose the drafter and say why in words (CONTRACT §4)."""
    from runbooks.drafting.choice import choose

    return choose(settings)


class _Shared:
    """The process's one service, made by whoever comes first."""

    def __init__(self, make: Callable[[], RunbookService]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._service: RunbookService | None = None

    def get(self) -> RunbookService:
        with self._lock:
            if self._service is None:
                self._service = self._make()
            return self._service

    def close(self) -> None:
        with self._lock:
            if self._service is not None:
                self._service.close()
                self._service = None


_SHARED = _Shared(lambda: bootstrap(load_settings()))


def shared_service() -> RunbookService:
    """Give the process's one service, which pages and REST share; raise as `bootstrap` does."""
    return _SHARED.get()


def close_shared_service() -> None:
    """Close the process's service; the next caller makes a new one."""
    _SHARED.close()
