"""Who has opened which revision: what a bulk approval may rest on (CONTRACT R17)."""

from runbooks.models import Suggestion
from runbooks.repository import Repository
from runbooks.store.port import Collection, Merge


class Seen:
    """Marks the revision that a person has opened."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def mark(self, suggestion: Suggestion, actor: str) -> None:
        """Note that this person has the present text on the screen; once per revision."""
        sid, revision = suggestion.suggestion_id, suggestion.slot.revision
        entry = self._repository.entry(sid)
        if entry is None or entry.seen_by.get(actor) == revision:
            return
        write = Merge(Collection.QUEUE, sid, {("seen_by", actor): revision})
        self._repository.store.commit([write])
