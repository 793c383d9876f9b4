"""The façade that pages, REST and the command line share: one short method per use case."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runbooks.batch import Batches, BatchOrder, Watch
from runbooks.bulk import Bulk, BulkAct, BulkLine, Deed
from runbooks.checks import Checked, Checks
from runbooks.clock import Clock
from runbooks.discovery import Discovery, DiscoveryState
from runbooks.drafting.fallback import Reason
from runbooks.drafting.model import Prompt
from runbooks.drafting.port import Drafter, Evidence
from runbooks.errors import NoDraft, NotRunbook, Refused, RunbookError, UnreadableDocument
from runbooks.evidence import EvidenceReport
from runbooks.figures import Figures, figures
from runbooks.generation import Generator
from runbooks.holds import Holds
from runbooks.library.library import Library
from runbooks.lint import Finding
from runbooks.models import (
    AuditEntry,
    Lease,
    QueueEntry,
    RunError,
    RunState,
    RunSummary,
    SlotKind,
    Suggestion,
    UnsavedText,
    Version,
)
from runbooks.neighbours import Around, Neighbours
from runbooks.opening import Glance, Item, Opening
from runbooks.orders import Order, Product
from runbooks.outcomes import billed, failed, made, skipped
from runbooks.queue import Queue, QueueFigures, QueuePage
from runbooks.repository import Repository
from runbooks.review import Review
from runbooks.runs import Runs, Tally
from runbooks.seen import Seen
from runbooks.services import ServiceDirectory
from runbooks.store import queries
from runbooks.store.port import DocumentStore
from runbooks.store.queries import QueueFilter, Sort
from runbooks.trends import Period, latest, trends
from runbooks.unsaved import Person, UnsavedTexts


@dataclass(frozen=True)
class Backlog:
    """How many runbook suggestions wait, and when that was counted."""

    pending: int
    as_of: datetime


class RunbookService:
    """One per process; safe to use from many threads."""

    def __init__(
        self,
        *,
        store: DocumentStore,
        repository: Repository,
        queue: Queue,
        library: Library,
        discovery: Discovery,
        review: Review,
        unsaved: UnsavedTexts,
        holds: Holds,
        bulk: Bulk,
        seen: Seen,
        generator: Generator,
        batches: Batches,
        runs: Runs,
        services: ServiceDirectory,
        drafter: Drafter,
        drafter_why: str,
        clock: Clock,
        extra_patterns: Sequence[str] = (),
    ) -> None:
        self.store = store
        self.repository = repository
        self.discovery = discovery
        self.library = library
        self.drafter = drafter
        self.drafter_why = drafter_why
        self.services = services
        self.gate_strict = review.strict
        self._queue = queue
        self._neighbours = Neighbours(store)
        self._review = review
        self._unsaved = unsaved
        self._holds = holds
        self._bulk = bulk
        self._opening = Opening(repository, discovery, services, seen, extra_patterns)
        self._checks = Checks(repository, services)
        self._generator = generator
        self._batches = batches
        self._runs = runs
        self._clock = clock
        self._backlog: Backlog | None = None
        self._backlog_lock = threading.Lock()

    # --- what lists and pages read ---

    def queue(
        self,
        which: QueueFilter,
        sort: Sort = Sort.WORST,
        limit: int = 50,
        cursor: str | None = None,
    ) -> QueuePage:
        """Give one page of suggestions; raise InvalidRequest for a foreign cursor."""
        return self._queue.page(which, sort, limit, cursor)

    def around(self, entry: QueueEntry, which: QueueFilter, sort: Sort, place: str) -> Around:
        """Say where a suggestion stands in a list and between which; see Neighbours.around."""
        return self._neighbours.around(entry, which, sort, place)

    def behind(self, suggestion_id: str, which: QueueFilter, sort: Sort, place: str) -> str:
        """Give the id that comes behind this place of a list, then its first; "" for none."""
        return self._neighbours.behind(suggestion_id, which, sort, place)

    def before(self, suggestion_id: str, which: QueueFilter, sort: Sort, place: str) -> str:
        """Give the id that comes before this place of a list, "" for none."""
        return self._neighbours.before(suggestion_id, which, sort, place)

    def queue_figures(self) -> QueueFigures:
        """Give the figures above the queue."""
        return self._queue.figures()

    def refresh(self) -> DiscoveryState:
        """Look for what other services created, one small step; say how whole the queue is."""
        self.discovery.refresh(window=50)
        return self.discovery.state()

    def open(self, suggestion_id: str, person: Person) -> Item:
        """Read one suggestion with its sources; this person has then seen its revision (R17)."""
        return self._opening.open(suggestion_id, person)

    def peek(self, suggestion_id: str) -> Glance:
        """Read how one suggestion stands now, without its sources; raise NotFound."""
        return self._opening.peek(suggestion_id)

    def evidence(self, suggestion: Suggestion) -> Evidence:
        """Read the sources of a suggestion, redacted with one numbering (CONTRACT R10)."""
        return self._opening.evidence(suggestion)

    def mark_seen(self, suggestion: Suggestion, person: Person) -> None:
        """Note that this person has this text on the screen (CONTRACT R17)."""
        self._opening.mark_seen(suggestion, person)

    def runbook(self, suggestion_id: str) -> Suggestion:
        """Read a runbook suggestion that has a draft; raise NotRunbook, NoDraft."""
        suggestion = self.repository.suggestion(suggestion_id)
        if suggestion.type != "runbook":
            raise NotRunbook(suggestion_id, suggestion.type)
        if suggestion.slot.kind is SlotKind.EMPTY:
            raise NoDraft(suggestion_id)
        return suggestion

    def findings(self, suggestion_id: str) -> tuple[Suggestion, tuple[Finding, ...]]:
        """Check the runbook that stands there; raise as `runbook`, and UnreadableDocument."""
        suggestion = self.runbook(suggestion_id)
        if suggestion.slot.draft is None:
            raise UnreadableDocument(suggestion_id, suggestion.slot.problem)
        return suggestion, self.checked(suggestion, self.evidence(suggestion)).findings

    def checked(
        self, suggestion: Suggestion, evidence: Evidence, began_with: str | None = None
    ) -> Checked:
        """Check a suggestion's text against its evidence; see Checks.of."""
        return self._checks.of(suggestion, evidence, began_with)

    def evidence_report(self, suggestion_id: str) -> EvidenceReport:
        """Say of each claim of the stored runbook what it rests on; raise as `runbook`."""
        suggestion = self.runbook(suggestion_id)
        return self.checked(suggestion, self.evidence(suggestion)).report

    def versions(self, suggestion_id: str, limit: int = 100, below: int = 0) -> list[Version]:
        """Give the versions of a suggestion, newest first; raise NotFound."""
        self.repository.suggestion(suggestion_id)
        return self.repository.versions(suggestion_id, limit, below)

    def audit(self, suggestion_id: str) -> list[AuditEntry]:
        """Give what was done to a suggestion, newest first."""
        return self.repository.audit(suggestion_id)

    # --- what a person does ---

    def save(
        self, suggestion_id: str, markdown: str, revision: str, person: Person, reason: str = ""
    ) -> Suggestion:
        """Save a person's text; see Review.save."""
        return self._review.save(suggestion_id, markdown, revision, person, reason)

    def reopen_and_save(
        self, suggestion_id: str, markdown: str, revision: str, person: Person, reason: str
    ) -> Suggestion:
        """Make a decided suggestion pending again and save; see Review.reopen_and_save."""
        return self._review.reopen_and_save(suggestion_id, markdown, revision, person, reason)

    def restore(
        self, suggestion_id: str, version: int, revision: str, person: Person
    ) -> Suggestion:
        """Bring a version back over `revision`; see Review.restore."""
        return self._review.restore(suggestion_id, version, revision, person)

    def approve(
        self,
        suggestion_id: str,
        revision: str,
        actor: str,
        notes: str = "",
        override_reason: str = "",
    ) -> Suggestion:
        """Approve the revision that was seen; see Review.approve."""
        return self._review.approve(suggestion_id, revision, actor, notes, override_reason)

    def reject(
        self, suggestion_id: str, revision: str, actor: str, reason: str, notes: str = ""
    ) -> Suggestion:
        """Reject the revision that was seen, with a reason."""
        return self._review.reject(suggestion_id, revision, actor, reason, notes)

    def reopen(self, suggestion_id: str, actor: str, reason: str) -> Suggestion:
        """Make a decided suggestion pending again, with a reason."""
        return self._review.reopen(suggestion_id, actor, reason)

    def foresee(self, act: BulkAct, ids: Sequence[str], actor: str) -> list[BulkLine]:
        """Say what a bulk act would do to each of these, without doing it."""
        return self._bulk.foresee(act, ids, actor)

    def approve_many(self, ids: Sequence[str], actor: str, notes: str = "") -> list[BulkLine]:
        """Approve those whose current revision this person has opened and that have no E-finding.

        The others stay pending and are listed with the reason (CONTRACT R17).
        """
        return self._bulk.approve(ids, actor, notes)

    def reject_many(self, ids: Sequence[str], actor: str, reason: str) -> list[BulkLine]:
        """Reject these with one reason, each at its present revision (CONTRACT R17)."""
        return self._bulk.reject(ids, actor, reason)

    def assign(self, ids: Sequence[str], assignee: str, actor: str) -> list[BulkLine]:
        """Give these to a person, "" to nobody; raise InvalidRequest for what is no name."""
        return self._bulk.assign(ids, assignee, actor)

    def undo(self, deeds: Sequence[Deed], actor: str) -> list[BulkLine]:
        """Undo what this person did in bulk, where it still stands; see Bulk.undo."""
        return self._bulk.undo(deeds, actor)

    def keep_unsaved(
        self, suggestion_id: str, text: str, base_revision: str, person: Person
    ) -> UnsavedText:
        """Keep what a person is typing, until it is saved or thrown away."""
        return self._unsaved.keep(suggestion_id, text, base_revision, person)

    def discard_unsaved(self, suggestion_id: str, places: Sequence[str], person: Person) -> None:
        """Throw unsaved texts away, as their author asked; raise NotYourText."""
        self._unsaved.discard(suggestion_id, places, person)

    def hold(self, suggestion_id: str, person: Person, *, take_over: bool = False) -> Lease:
        """Take or renew the editing hold for 60 s; raise BeingEdited (CONTRACT R18)."""
        return self._holds.take(suggestion_id, person, take_over=take_over)

    def let_go(self, suggestion_id: str, person: Person) -> None:
        """End this person's hold."""
        self._holds.let_go(suggestion_id, person)

    # --- what the machine drafts ---

    def generate(
        self,
        suggestion_id: str,
        actor: str,
        *,
        force: bool = False,
        dry_run: bool = False,
        revision: str | None = None,
        triggered_by: str = "manual",
        beside: bool = False,
    ) -> Product:
        """Draft one suggestion, as a run of size 1; see Generator.generate.

        `beside` keeps the draft as a version that replaces nothing, `Product.proposal`.
        """
        run = self._runs.start(
            batch_size=1,
            triggered_by=triggered_by,
            actor=actor,
            provider=self.drafter.provider,
            dry_run=dry_run,
        )
        budget = self._generator.open_budget()
        tally = Tally(budget=budget)
        order = Order(
            suggestion_id, actor, run.run_id, force, dry_run, revision, budget=budget, beside=beside
        )
        try:
            with self._runs.alive(run, tally):
                product = self._generator.generate(order)
            tally.outcomes.append(billed(made(product), order.bill))
        except Refused as refused:
            tally.outcomes.append(billed(skipped(suggestion_id, refused), order.bill))
            raise
        except RunbookError as error:
            tally.outcomes.append(billed(failed(suggestion_id, error), order.bill))
            self._runs.record_error(run, suggestion_id, error)
            raise
        finally:
            self._runs.finish(run, tally, RunState.FINISHED)
        return product

    def prompt(self, suggestion_id: str) -> tuple[Prompt, Reason | None]:
        """Give what a model would be asked; see Generator.prompt."""
        return self._generator.prompt(suggestion_id)

    def run_once(self, order: BatchOrder, watch: Watch | None = None) -> RunSummary:
        """Draft a batch; see Batches.run_once."""
        return self._batches.run_once(order, watch)

    # --- what happened ---

    def runs(self, limit: int = 50, after: tuple[object, ...] | None = None) -> list[RunSummary]:
        """Give runs, newest first."""
        return self._runs.newest(limit, after)

    def run(self, run_id: str) -> tuple[RunSummary, list[RunError]]:
        """Give one run with its error records; raise NotFound."""
        return self._runs.view(run_id), self.repository.errors(run_id)

    def figures(self, runs: Sequence[RunSummary]) -> Figures:
        """Compute SC-001 to SC-006 over the queue and these runs."""
        return figures(self.repository, runs)

    def trends(self) -> tuple[Period, ...]:
        """Give SC-001 to SC-004, times and edits by day, of the suggestions that changed last."""
        return trends(latest(self.store))

    def backlog(self) -> Backlog:
        """Say how many runbook suggestions wait; counted at most once a minute."""
        with self._backlog_lock:
            now = self._clock()
            known = self._backlog
            if known is None or now - known.as_of > timedelta(minutes=1):
                count = self.store.count(queries.pending_suggestions())
                known = self._backlog = Backlog(count, now)
            return known

    def close(self) -> None:
        """Give back what the service holds; it is not used after that."""
        self.store.close()
