"""Rows into the store: in batches, each document created once, what is there left alone."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from runbooks.clock import utc_now
from runbooks.errors import (
    CommitUnknown,
    Conflict,
    DocumentTooLarge,
    InvalidRequest,
    StoreUnavailable,
)
from runbooks.lineage import pattern_keys
from runbooks.models import AuditEntry, Suggestion
from runbooks.revision import iso
from runbooks.service import RunbookService
from runbooks.store import queries, records
from runbooks.store.codec import encode, key_of
from runbooks.store.documents import read_suggestion
from runbooks.store.port import Collection, Create, FieldPath, Stored, Update, Write
from runbooks.transfer.changes import allowed_changes, same
from runbooks.transfer.kinds import LEFT_OUT, Incoming, NotTaken, recognise
from runbooks.transfer.report import Change, ImportReport, Line, Progress
from runbooks.transfer.rows import Row, files_in, read_rows

BATCH: Final = 100
"""How many documents one commit creates at the most."""

_BATCH_CHARS: Final = 4_000_000
_ATTEMPTS: Final = 5
_SINCE: Final = ("version_number", "assignee", "seen_by", "unsaved_by", "hold_by")
"""What an entry has once somebody was at the suggestion."""

_SHARED: Final = (Collection.SUGGESTIONS, Collection.PATTERNS, Collection.TRACES)


class Importer:
    """One import; use it once. Documents that exist are left, or with `update` changed (R2, R3)."""

    def __init__(
        self,
        service: RunbookService,
        *,
        update: bool = False,
        actor: str = "import",
        progress: Progress = lambda _file, _rows: None,
    ) -> None:
        self._service = service
        self._store = service.store
        self._update = update
        self._actor = actor
        self._progress = progress
        self._batch: list[Incoming] = []
        self._chars = 0
        self._new: list[str] = []
        self._mended: list[str] = []
        self._sources: set[int] = set()
        self.report = ImportReport()

    def take(self, paths: Iterable[Path]) -> ImportReport:
        """Import files and folders; raise InvalidRequest for one that is not there.

        Afterwards every suggestion has its queue entry. Raise StoreUnavailable in the middle when
        the store fails: what was committed stays, and doing it again goes on.
        """
        for file in [file for path in paths for file in files_in(path)]:
            self._file(file)
        self._index()
        return self.report

    def _file(self, file: Path) -> None:
        seen: set[int] = set()
        for row in read_rows(file):
            self._progress(row.file, self.report.rows)
            try:
                incoming = recognise(row)
            except NotTaken as refused:
                if not refused.header:
                    self._tell(row, None, Change.REFUSED, str(refused))
                continue
            name = hash((incoming.collection, incoming.key))
            if name in seen:
                reason = f"a second row with the id {incoming.key}"
                self._tell(row, incoming.collection, Change.REFUSED, reason)
                continue
            seen.add(name)
            self._add(incoming)
        self._flush()

    def _add(self, incoming: Incoming) -> None:
        if incoming.collection in LEFT_OUT:
            self.report.count(incoming.collection, Change.SKIPPED)
            return
        try:
            size = len(encode(incoming.document))
        except TypeError as error:
            self._tell(incoming.row, incoming.collection, Change.REFUSED, str(error))
            return
        if self._chars + size > _BATCH_CHARS:
            self._flush()
        self._batch.append(incoming)
        self._chars += size
        if len(self._batch) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        """Create what is not there, in one commit or else one by one."""
        batch, self._batch, self._chars = self._batch, [], 0
        there = self._read(batch)
        new = [item for item in batch if (item.collection, item.key) not in there]
        try:
            self._store.commit([_creation(item) for item in new])
        except (Conflict, CommitUnknown, DocumentTooLarge, InvalidRequest) as error:
            for item in new:
                self._create(item, perhaps_there=isinstance(error, CommitUnknown))
        else:
            for item in new:
                self._made(item, Change.CREATED)
        for item in batch:
            stored = there.get((item.collection, item.key))
            if stored is not None:
                self._meet(item, stored)

    def _read(self, batch: Sequence[Incoming]) -> dict[tuple[Collection, str], Stored]:
        by_collection: defaultdict[Collection, list[str]] = defaultdict(list)
        for item in batch:
            by_collection[item.collection].append(item.key)
        return {
            (collection, key): stored
            for collection, keys in by_collection.items()
            for key, stored in self._store.get_many(collection, keys).items()
        }

    def _create(self, item: Incoming, *, perhaps_there: bool) -> None:
        """Create one document; `perhaps_there`: nobody knows whether we did so just now."""
        try:
            self._store.commit([_creation(item)])
        except (Conflict, CommitUnknown) as error:
            stored = self._store.get_many(item.collection, [item.key]).get(item.key)
            if stored is None:
                raise StoreUnavailable(
                    f"{item.collection}/{item.key} could not be created", "Import it again."
                ) from error
            unsure = perhaps_there or isinstance(error, CommitUnknown)
            if unsure and same(stored.document, item.document):
                self._made(item, Change.CREATED)
            else:
                self._meet(item, stored)
        except (DocumentTooLarge, InvalidRequest) as error:
            self._tell(item.row, item.collection, Change.REFUSED, str(error))
        else:
            self._made(item, Change.CREATED)

    def _meet(self, item: Incoming, stored: Stored) -> None:
        """Deal with a document that is there already."""
        if same(stored.document, item.document):
            self.report.count(item.collection, Change.UNCHANGED)
        elif item.collection is Collection.QUEUE:
            self.report.count(item.collection, self._complete(item, stored))
        elif self._update and item.collection in _SHARED:
            self._replace(item, stored)
        else:
            reason = f"{item.key} is there with other content; it was left as it is"
            self._tell(item.row, item.collection, Change.DIFFERS, reason)

    def _complete(self, item: Incoming, stored: Stored) -> Change:
        """Give an entry that an import made, broken off before, what people had put there."""
        if any(stored.document.get(name) for name in _SINCE):
            return Change.UNCHANGED
        fields: dict[FieldPath, object] = {(k,): v for k, v in item.document.items()}
        try:
            self._store.commit([Update(item.collection, item.key, fields, if_token=stored.token)])
        except (Conflict, CommitUnknown):
            return Change.UNCHANGED
        return Change.UPDATED

    def _replace(self, item: Incoming, stored: Stored) -> None:
        """Change what may be changed under the state that was read; read again when it moved."""
        for _ in range(_ATTEMPTS):
            fields = allowed_changes(item.collection, stored.document, item.document)
            if not fields:
                self._tell(item.row, item.collection, Change.DIFFERS, _left(item, stored))
                return
            try:
                self._store.commit(self._change(item, stored, fields))
            except (Conflict, CommitUnknown):
                again = self._store.get_many(item.collection, [item.key]).get(item.key)
                stored = again or stored
                continue
            except (DocumentTooLarge, InvalidRequest) as error:
                self._tell(item.row, item.collection, Change.REFUSED, str(error))
                return
            self._made(item, Change.UPDATED)
            return
        reason = f"{item.key} is being changed by others; import it again"
        self._tell(item.row, item.collection, Change.REFUSED, reason)

    def _change(
        self, item: Incoming, stored: Stored, fields: dict[FieldPath, object]
    ) -> list[Write]:
        if item.collection is not Collection.SUGGESTIONS:
            return [Update(item.collection, item.key, fields, if_token=stored.token)]
        now = utc_now()
        fields[("updated_at",)] = iso(now)
        entry = AuditEntry(
            suggestion_id=item.key,
            actor=self._actor,
            action="imported",
            at=now,
            revision=read_suggestion(stored).slot.revision,
            detail=", ".join(sorted({path[0] for path in fields}))[:500],
        )
        key = f"{iso(now)}-{secrets.token_hex(6)}"
        return [
            Update(item.collection, item.key, fields, if_token=stored.token),
            Create(Collection.AUDIT, key, records.write_audit(entry)),
        ]

    def _made(self, item: Incoming, change: Change) -> None:
        self.report.count(item.collection, change)
        if item.collection is Collection.SUGGESTIONS:
            (self._new if change is Change.CREATED else self._mended).append(item.key)
        elif item.collection in _SHARED:
            self._sources.add(hash(item.key))

    def _tell(self, row: Row, collection: Collection | None, change: Change, reason: str) -> None:
        self.report.tell(collection, Line(row.file, row.line, change, reason[:300]))

    def _index(self) -> None:
        """Make queue entries: of new suggestions, and of those whose sources came only now."""
        discovery, repository = self._service.discovery, self._service.repository
        for keys in _steps(self._new):
            new, entries = repository.suggestions(keys), repository.entries(keys)
            discovery.index(suggestion for key, suggestion in new.items() if key in entries)
            discovery.rebuild(suggestion for key, suggestion in new.items() if key not in entries)
        for keys in _steps(self._mended):
            discovery.rebuild(repository.suggestions(keys).values())
        if self._sources:
            done = {hash(key) for key in (*self._new, *self._mended)}
            for page in self._pages():
                late = [s for s in page if hash(s.suggestion_id) not in done and self._concerns(s)]
                discovery.rebuild(late)

    def _pages(self) -> Iterator[list[Suggestion]]:
        after = ""
        while True:
            query = queries.documents_by_name(Collection.SUGGESTIONS, after, BATCH)
            found = self._store.query(query)
            yield [read_suggestion(stored) for stored in found]
            if len(found) < BATCH:
                return
            after = found[-1].key

    def _concerns(self, suggestion: Suggestion) -> bool:
        keys = {source.trace_id for source in suggestion.sources} | set(
            pattern_keys(suggestion.sources)
        )
        return any(hash(key_of(key)) in self._sources for key in keys if key)


def _creation(item: Incoming) -> Create:
    return Create(item.collection, item.key, item.document)


def _left(item: Incoming, stored: Stored) -> str:
    if item.collection is Collection.SUGGESTIONS and stored.document.get("status") != "pending":
        return f"{item.key} is decided already; it was left as it is"
    return f"{item.key} differs only in its runbook or decision, which an import never replaces"


def _steps(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
