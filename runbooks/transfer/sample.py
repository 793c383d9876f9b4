"""The sample: put in beside whatever is there, and taken out without what people made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runbooks.clock import utc_now
from runbooks.errors import Conflict
from runbooks.lineage import pattern_keys
from runbooks.models import SlotKind, Suggestion, VersionReason
from runbooks.sample import sample_dir
from runbooks.service import RunbookService
from runbooks.store import queries
from runbooks.store.documents import read_suggestion
from runbooks.store.port import Collection, Delete, Stored, Write
from runbooks.store.records import version_key
from runbooks.transfer.importing import Importer
from runbooks.transfer.kinds import Incoming, recognise
from runbooks.transfer.report import ImportReport
from runbooks.transfer.rows import read_rows

FILES: Final = ("traces.jsonl", "patterns.jsonl", "suggestions.jsonl")
_SHARED: Final = (Collection.TRACES, Collection.PATTERNS, Collection.SUGGESTIONS)
_BY_PEOPLE: Final = {VersionReason.EDITED, VersionReason.RESTORED}
_DECISION: Final = ("status", "approval_metadata", "version_history")
_AT_ONCE: Final = 100
_LOOK_AT: Final = 200
_MOST_VERSIONS: Final = 400


@dataclass(frozen=True)
class Removal:
    """What a removal did: documents by collection, and suggestions kept because of people."""

    removed: Mapping[Collection, int]
    kept: tuple[str, ...]


def add_sample(service: RunbookService, folder: Path | None = None) -> ImportReport:
    """Bring the sample in; what is there stays as it is, so doing it twice changes nothing."""
    source = folder or sample_dir()
    return Importer(service, actor="sample").take(source / name for name in FILES)


def add_sample_if_empty(service: RunbookService) -> bool:
    """Bring the sample into a store without any trace, pattern or suggestion; say whether it was.

    Raise StoreUnavailable.
    """
    asked = (queries.documents_by_name(name, "", 1) for name in _SHARED)
    if any(service.store.query(query) for query in asked):
        return False
    add_sample(service)
    return True


def only_sample(service: RunbookService) -> bool:
    """Say whether the suggestions of this store, as far as 200 tell, are sample data and nothing
    else, so that the sample's own services file fits."""
    found = service.store.query(queries.documents_by_name(Collection.SUGGESTIONS, "", _LOOK_AT))
    return bool(found) and all(stored.document.get("sample") is True for stored in found)


def remove_sample(
    service: RunbookService, *, everything: bool = False, folder: Path | None = None
) -> Removal:
    """Take the sample out, but for suggestions that people edited or decided, and their sources.

    With `everything` these go too. Versions and unsaved texts go with their suggestion; what the
    audit log and the runs say stays.
    """
    source = folder or sample_dir()
    rows = [recognise(row) for name in FILES for row in read_rows(source / name)]
    there = {name: _sample_documents(service, rows, name) for name in _SHARED}
    own = {row.key: row for row in rows if row.collection is Collection.SUGGESTIONS}
    removed, kept = 0, []
    for key, stored in there[Collection.SUGGESTIONS].items():
        touched = not everything and _touched(service, read_suggestion(stored), own[key])
        if touched or not _removed(service, stored):
            kept.append(read_suggestion(stored))
        else:
            removed += 1
    counts = {Collection.SUGGESTIONS: removed}
    for name, needed in _needed(kept).items():
        gone = [key for key in there[name] if key not in needed]
        _delete(service, [Delete(name, key) for key in gone])
        counts[name] = len(gone)
    return Removal(counts, tuple(suggestion.suggestion_id for suggestion in kept))


def _sample_documents(
    service: RunbookService, rows: list[Incoming], collection: Collection
) -> dict[str, Stored]:
    """Read those of the sample's documents that are there and still say that they are sample."""
    keys = [row.key for row in rows if row.collection is collection]
    found = service.store.get_many(collection, keys)
    return {key: stored for key, stored in found.items() if stored.document.get("sample") is True}


def _touched(service: RunbookService, now: Suggestion, own: Incoming) -> bool:
    """Say whether a person did anything to a suggestion since it was brought in."""
    if any(now.document.get(name) != own.document.get(name) for name in _DECISION):
        return True
    if service.repository.unsaved(now.suggestion_id):
        return True
    original = read_suggestion(Stored(own.key, own.document, None, utc_now()))
    unprotected = (SlotKind.EMPTY, SlotKind.GENERATED)
    if now.slot.kind not in unprotected and now.slot.revision != original.slot.revision:
        return True
    versions = service.repository.versions(now.suggestion_id, limit=_MOST_VERSIONS)
    return any(version.reason in _BY_PEOPLE for version in versions)


def _removed(service: RunbookService, stored: Stored) -> bool:
    """Delete a suggestion and what hangs on it; False when somebody changed it just now."""
    repository, sid = service.repository, stored.key
    versions = repository.versions(sid, limit=_MOST_VERSIONS)
    writes: list[Write] = [
        Delete(Collection.SUGGESTIONS, sid, if_token=stored.token),
        Delete(Collection.QUEUE, sid),
        *(Delete(Collection.VERSIONS, version_key(sid, v.number)) for v in versions),
        *(Delete(Collection.UNSAVED, text.key) for text in repository.unsaved(sid)),
    ]
    try:
        service.store.commit(writes)
    except Conflict:
        return False
    return True


def _needed(kept: list[Suggestion]) -> dict[Collection, set[str]]:
    """Name the traces and patterns of the suggestions that stay."""
    sources = [source for suggestion in kept for source in suggestion.sources]
    return {
        Collection.TRACES: {source.trace_id for source in sources},
        Collection.PATTERNS: set(pattern_keys(sources)),
    }


def _delete(service: RunbookService, writes: list[Delete]) -> None:
    for start in range(0, len(writes), _AT_ONCE):
        service.store.commit(list(writes[start : start + _AT_ONCE]))
