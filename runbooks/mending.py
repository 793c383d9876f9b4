"""Brings queue entries into step with their suggestions, and never back behind an act (R7)."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from runbooks.acts import Acts
from runbooks.errors import CommitUnknown, Conflict, NotFound
from runbooks.models import QueueEntry, Suggestion
from runbooks.queue import as_fields, entry_fields, listed_as, problem_of, state_of
from runbooks.repository import Repository
from runbooks.revision import iso
from runbooks.store.port import Collection, Create, FieldPath, Update, Write
from runbooks.store.records import read_entry
from runbooks.words import FORM

_AT_ONCE = 8
"""Entries are made one by one, as acts may beside them; the store is asked for some at once."""


class Mender:
    """Makes and mends queue entries beside acts that write them in the same moment."""

    def __init__(self, repository: Repository, acts: Acts) -> None:
        self._repository = repository
        self._acts = acts

    def mend(self, suggestions: Iterable[Suggestion], entries: Mapping[str, QueueEntry]) -> int:
        """Make or mend the entries of these suggestions as read; give how many were wrong."""
        behind = [
            (suggestion, entry)
            for suggestion in suggestions
            if not (entry := entries.get(suggestion.suggestion_id))
            or not _in_step(suggestion, entry)
        ]
        if not behind:
            return 0
        with ThreadPoolExecutor(min(_AT_ONCE, len(behind)), thread_name_prefix="mend") as pool:
            return sum(pool.map(lambda pair: self._settle(*pair), behind))

    def _settle(self, suggestion: Suggestion, entry: QueueEntry | None) -> bool:
        made = entry is None and self._make(suggestion)
        return made or self._mend_one(suggestion.suggestion_id)

    def _make(self, suggestion: Suggestion) -> bool:
        """Make an entry where there is none; one that an act made meanwhile is newer and stays."""
        fields = entry_fields(self._acts.fresh_entry(suggestion))
        document = {path[0]: value for path, value in fields.items()}
        return self._committed(Create(Collection.QUEUE, suggestion.suggestion_id, document))

    def _mend_one(self, key: str) -> bool:
        """Mend an entry from what stands there now, unless an act writes it in the same moment.

        The entry is read first: what was read before it may be older than an act that is done, and
        would set the queue back.
        """
        stored = self._repository.store.get_many(Collection.QUEUE, [key]).get(key)
        if stored is None:
            return False
        try:
            suggestion = self._repository.suggestion(key)
        except NotFound:
            return False
        entry = read_entry(stored)
        if entry is not None and _in_step(suggestion, entry):
            return False
        fields = self._correction(suggestion, entry)
        return self._committed(Update(Collection.QUEUE, key, fields, if_token=stored.token))

    def _committed(self, write: Write) -> bool:
        """Write an entry; who was there first, or whether it worked, the next look will tell."""
        try:
            self._repository.store.commit([write])
        except (Conflict, CommitUnknown):
            return False
        return True

    def _correction(
        self, suggestion: Suggestion, entry: QueueEntry | None
    ) -> dict[FieldPath, object]:
        """Give the fields that mend a wrong entry; one that cannot be read is made anew."""
        if entry is None or _moved(suggestion, entry):
            return entry_fields(self._acts.fresh_entry(suggestion))
        return as_fields(state_of(suggestion, self._acts.counts(suggestion.slot), entry.service))


def _in_step(suggestion: Suggestion, entry: QueueEntry) -> bool:
    return (
        not _moved(suggestion, entry)
        and entry.status == listed_as(suggestion)[1]
        and entry.revision == suggestion.slot.revision
        and entry.problem == problem_of(suggestion)
        and entry.search_form == FORM
    )


def _moved(suggestion: Suggestion, entry: QueueEntry) -> bool:
    """Say whether what the entry took from the suggestion's other fields has changed."""
    created = iso(suggestion.created_at) if suggestion.created_at else None
    own = suggestion.severity
    return (
        entry.type != listed_as(suggestion)[0]
        or suggestion.heading[:200] != entry.title
        or suggestion.failure_type != entry.failure_type
        or suggestion.similarity_group != entry.similarity_group
        or (created is not None and created != entry.created_at)
        or (own is not None and own.value != entry.severity)
    )
