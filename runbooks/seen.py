"""Who has opened which revision: what a bulk approval may rest on (CONTRACT R17)."""

from runbooks.errors import NotSeen
from runbooks.models import Suggestion
from runbooks.repository import Repository
from runbooks.store.port import Collection, Merge


class Seen:
    """Marks and looks up the revision that a person has opened."""

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

    def revision(self, suggestion_id: str, actor: str) -> str:
        """Give the present revision if this person has opened it; raise NotSeen."""
        entry = self._repository.entry(suggestion_id)
        seen = entry.seen_by.get(actor, "") if entry else ""
        now = self._repository.suggestion(suggestion_id)
        if not seen or seen != now.slot.revision:
            raise NotSeen(suggestion_id, now.slot.revision)
        return seen
