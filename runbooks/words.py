"""The words that a search looks for, and those that a suggestion is found by.

They stand in the queue entry, so that both stores find them: SQLite by their beginnings,
Firestore as whole words. A document's index there grows with every word, so they are bounded.
"""

import re
from collections.abc import Iterable
from typing import Final

from runbooks.models import RunbookDraft, Suggestion

TEXT_WORDS: Final = 500
"""How many different words of a runbook's text are found; the longest of 42 drafts had 419."""

FORM: Final = 1
"""Which of an entry's words are stored; one with another number is made anew by discovery."""

_WORD = re.compile(r"[\w]+(?:[.\-][\w]+){0,8}", re.UNICODE)
_PARTS = re.compile(r"[._\-]")
_HEAD_WORDS: Final = 120
_ASKED: Final = 10
_LONGEST: Final = 60
_SHORTEST_PREFIX: Final = 3
_LONGEST_PREFIX: Final = 12
_HEAD_CHARS: Final = 8_000
_TEXT_CHARS: Final = 60_000


def words(text: str) -> tuple[str, ...]:
    """Split a search text into the words that are looked for, at most ten.

    Single letters and digits are only looked for when there is nothing else.
    """
    found = [match.group().lower()[:_LONGEST] for match in _WORD.finditer(text)]
    telling = [word for word in found if _tells(word)]
    return tuple(dict.fromkeys(telling or found))[:_ASKED]


def search_tokens(suggestion: Suggestion, service: str) -> tuple[str, ...]:
    """Give the words that a search finds a suggestion by, title words also by their beginnings.

    Of a draft's text the commands, symptoms and steps come first, so that of a very long one only
    prose is left out.
    """
    heading = _split((suggestion.heading, suggestion.failure_type, service), _HEAD_CHARS)
    pattern = suggestion.pattern
    rest = _split(
        (
            suggestion.suggestion_id,
            pattern.trigger_condition[:2000],
            pattern.summary[:2000],
            suggestion.description[:2000],
        ),
        _HEAD_CHARS,
    )
    beginnings = (
        word[:length]
        for word in heading
        for length in range(_SHORTEST_PREFIX, min(len(word), _LONGEST_PREFIX))
    )
    head = tuple(dict.fromkeys((*heading, *beginnings, *rest)))[:_HEAD_WORDS]
    draft = suggestion.slot.draft
    return tuple(dict.fromkeys((*head, *_text_words(draft)))) if draft else head


def _text_words(draft: RunbookDraft) -> list[str]:
    """Give the words of a text but single letters, those of its commands first."""
    parts = (*draft.diagnosis_commands, *draft.symptoms, *draft.mitigation_steps)
    found = _split((*parts, draft.title, draft.markdown_content), _TEXT_CHARS)
    return [word for word in found if _tells(word)][:TEXT_WORDS]


def _tells(word: str) -> bool:
    return len(word) > 1 or not word.isascii()


def _split(texts: Iterable[str], most: int) -> list[str]:
    """Split texts into lower-case words and the parts of compound ones, each once.

    At most `most` characters are read, of all texts together.
    """
    found: dict[str, None] = {}
    for text in texts:
        read, most = text[:most], max(0, most - len(text))
        for match in _WORD.finditer(read):
            word = match.group().lower()[:_LONGEST]
            found[word] = None
            parts = _PARTS.split(word)
            if len(parts) > 1:
                found.update(dict.fromkeys(part for part in parts if len(part) > 1))
    return list(found)
