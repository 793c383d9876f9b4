"""Searching for several words where the index knows only one at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from runbooks.errors import InvalidRequest
from runbooks.store.port import KEY, Query, Stored
from runbooks.store.shapes import SEARCH_FIELD, full_order

SEARCH_WINDOW: Final = 1000
"""How many documents one search looks through for its other words."""

_PAGE: Final = 100


def words_of(query: Query) -> tuple[str, ...]:
    """Give the words of a question, each once."""
    return tuple(word for word in dict.fromkeys(query.search) if word)


@dataclass(frozen=True)
class WordSearch:
    """Asks the index for one word and compares the others itself.

    `page` answers and `count` counts a question with at most one word. The word asked for is the
    longest, as long words are rare; when too many documents have it, the words are counted and the
    rarest is taken. Raise InvalidRequest when that one is too frequent too: a list cut off at the
    window would look complete.
    """

    page: Callable[[Query], list[Stored]]
    count: Callable[[Query], int]

    def find(self, query: Query) -> list[Stored]:
        """Answer a question with several words."""
        words = words_of(query)
        longest = max(words, key=len)
        found = self._through(query, longest)
        if found is not None:
            return found
        rarest = min(words, key=lambda word: self.count(replace(query, search=(word,))))
        found = self._through(query, rarest) if rarest != longest else None
        if found is None:
            raise _too_frequent(rarest)
        return found

    def number(self, query: Query) -> int:
        """Count the documents that have all words."""
        limit = SEARCH_WINDOW + 1
        found = self.find(replace(query, order=(), after=None, limit=limit, select=()))
        if len(found) == limit:
            raise _too_frequent(" ".join(words_of(query)))
        return len(found)

    def _through(self, query: Query, word: str) -> list[Stored] | None:
        """Go through the documents with this word; None when the window ends before the answer."""
        keys = [key.field for key in full_order(query)]
        page = replace(
            query, select=_needed(query, keys), search=(word,), limit=max(query.limit, _PAGE)
        )
        found: list[Stored] = []
        for _ in range(0, SEARCH_WINDOW, page.limit):
            read = self.page(page)
            found += [stored for stored in read if _has(stored, words_of(query))]
            if len(found) >= query.limit or len(read) < page.limit:
                return [_selected(stored, query.select) for stored in found[: query.limit]]
            page = replace(page, after=_position(read[-1], keys))
        return None


def _too_frequent(what: str) -> InvalidRequest:
    problem = f"more than {SEARCH_WINDOW} entries have {what!r}; add a filter or a rarer word"
    return InvalidRequest("search", problem)


def _needed(query: Query, keys: Sequence[str]) -> tuple[str, ...] | None:
    if query.select is None:
        return None
    return tuple(sorted({*query.select, SEARCH_FIELD, *keys} - {KEY}))


def _has(stored: Stored, words: Sequence[str]) -> bool:
    tokens = stored.document.get(SEARCH_FIELD)
    return isinstance(tokens, list) and all(word in tokens for word in words)


def _selected(stored: Stored, select: tuple[str, ...] | None) -> Stored:
    if select is None:
        return stored
    kept = {name: value for name, value in stored.document.items() if name in select}
    return replace(stored, document=kept)


def _position(stored: Stored, keys: Sequence[str]) -> tuple[object, ...]:
    return tuple(stored.key if key == KEY else stored.document[key] for key in keys)
