"""The product's own words for what the store holds: suggestions, versions, entries, runs."""

from collections.abc import Iterable, Sequence

from runbooks.errors import NotFound
from runbooks.models import (
    AuditEntry,
    FailurePattern,
    QueueEntry,
    RawTrace,
    RunError,
    RunSummary,
    Suggestion,
    UnsavedText,
    Version,
)
from runbooks.store import queries, records
from runbooks.store.codec import key_of
from runbooks.store.documents import (
    SUGGESTION_FIELDS,
    read_pattern,
    read_suggestion,
    read_trace,
)
from runbooks.store.port import Collection, DocumentStore, Stored

_AT_ONCE = 100


class Repository:
    """Reads through the port and gives models; every write of an act goes through `acts`."""

    def __init__(self, store: DocumentStore) -> None:
        self.store = store

    def suggestion(self, suggestion_id: str) -> Suggestion:
        """Read one suggestion; raise NotFound."""
        found = self._one(Collection.SUGGESTIONS, suggestion_id, SUGGESTION_FIELDS)
        if found is None:
            raise NotFound("suggestion", suggestion_id)
        return read_suggestion(found)

    def suggestions(self, ids: Sequence[str]) -> dict[str, Suggestion]:
        """Read these suggestions, those that exist."""
        found = self._asked(Collection.SUGGESTIONS, ids, SUGGESTION_FIELDS)
        return {name: read_suggestion(stored) for name, stored in found.items()}

    def patterns(self, ids: Sequence[str]) -> dict[str, FailurePattern]:
        """Read these failure patterns by document id, those that exist."""
        found = self._asked(Collection.PATTERNS, ids)
        return {name: read_pattern(stored) for name, stored in found.items()}

    def traces(self, ids: Sequence[str]) -> dict[str, RawTrace]:
        """Read these raw traces, those that exist."""
        return {name: read_trace(s) for name, s in self._asked(Collection.TRACES, ids).items()}

    def trace_headers(self, ids: Sequence[str]) -> dict[str, RawTrace]:
        """Read service, severity and counts of these traces, without what they recorded."""
        fields = ("service_name", "severity", "recurrence_count", "fetched_at")
        found = self._asked(Collection.TRACES, ids, fields)
        return {name: read_trace(stored) for name, stored in found.items()}

    def entry(self, suggestion_id: str) -> QueueEntry | None:
        """Read the queue entry; None when there is none that can be read."""
        found = self._one(Collection.QUEUE, suggestion_id)
        return records.read_entry(found) if found else None

    def entries(self, ids: Sequence[str]) -> dict[str, QueueEntry]:
        """Read these queue entries, those that exist and can be read."""
        read = (records.read_entry(stored) for stored in self._many(Collection.QUEUE, ids))
        return {entry.suggestion_id: entry for entry in read if entry}

    def version(self, suggestion_id: str, number: int) -> Version:
        """Read one version; raise NotFound."""
        key = records.version_key(key_of(suggestion_id), number)
        found = self._one(Collection.VERSIONS, key)
        if found is None:
            raise NotFound("version", f"{suggestion_id}:{number}")
        return records.read_version(found)

    def versions(self, suggestion_id: str, limit: int = 100, below: int = 0) -> list[Version]:
        """Read a suggestion's versions, newest first, from under number `below` when given."""
        sid = key_of(suggestion_id)
        after = (below, records.version_key(sid, below)) if below else None
        found = self.store.query(queries.versions_of(sid, limit, after))
        return [records.read_version(stored) for stored in found]

    def version_with(self, suggestion_id: str, revision: str) -> Version | None:
        """Read a version that holds exactly this revision, if there is one."""
        found = self.store.query(queries.version_with(key_of(suggestion_id), revision))
        return records.read_version(found[0]) if found else None

    def unsaved(self, suggestion_id: str) -> list[UnsavedText]:
        """Read everybody's unsaved texts of a suggestion, however many there are."""
        sid = key_of(suggestion_id)
        found = self.store.query(queries.unsaved_of(sid, _AT_ONCE))
        page = found
        while len(page) == _AT_ONCE:
            after = (page[-1].key,)
            page = self.store.query(queries.unsaved_of(sid, _AT_ONCE, after))
            found = [*found, *page]
        return [records.read_unsaved(stored) for stored in found]

    def run(self, run_id: str) -> RunSummary:
        """Read one run as stored; raise NotFound."""
        found = self._one(Collection.RUNS, run_id)
        if found is None:
            raise NotFound("run", run_id)
        return records.read_run(found)

    def runs(self, limit: int, after: tuple[object, ...] | None = None) -> list[RunSummary]:
        """Read runs as stored, newest first."""
        return [records.read_run(s) for s in self.store.query(queries.runs_newest(limit, after))]

    def errors(self, run_id: str) -> list[RunError]:
        """Read the error records of a run."""
        return [records.read_error(s) for s in self.store.query(queries.errors_of(run_id))]

    def audit(self, suggestion_id: str) -> list[AuditEntry]:
        """Read what was done to a suggestion, newest first."""
        found = self.store.query(queries.audit_of(key_of(suggestion_id)))
        return [records.read_audit(stored) for stored in found]

    def _one(
        self, collection: Collection, key: str, select: tuple[str, ...] | None = None
    ) -> Stored | None:
        name = key_of(key)
        return self.store.get_many(collection, [name], select).get(name)

    def _asked(
        self, collection: Collection, ids: Iterable[str], select: tuple[str, ...] | None = None
    ) -> dict[str, Stored]:
        """Read documents by the ids that were asked for, which need not be the documents' own."""
        names = list(dict.fromkeys(name for name in ids if name))
        found = {stored.key: stored for stored in self._many(collection, names, select)}
        return {name: found[key_of(name)] for name in names if key_of(name) in found}

    def _many(
        self, collection: Collection, keys: Iterable[str], select: tuple[str, ...] | None = None
    ) -> list[Stored]:
        """Read in steps, so that thousands of ids are not one request; keep the order asked."""
        names = list(dict.fromkeys(key_of(key) for key in keys if key))
        found: dict[str, Stored] = {}
        for start in range(0, len(names), _AT_ONCE):
            found |= self.store.get_many(collection, names[start : start + _AT_ONCE], select)
        return [found[name] for name in names if name in found]
