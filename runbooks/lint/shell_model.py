"""What the shell reader hands back: words, commands, and what was left open."""

from __future__ import annotations

from dataclasses import dataclass, field

_KEYWORDS = frozenset(["if", "then", "elif", "else", "while", "until", "do", "!", "{", "time"])
_SKIPPED = frozenset(["for", "case", "select", "function", "in", "fi", "done", "esac", "}"])


@dataclass(frozen=True, slots=True)
class Word:
    """One word after quote removal; offsets are those of the source."""

    text: str
    start: int
    end: int
    quoted: bool = False
    assigns: bool = False


@dataclass(frozen=True, slots=True)
class SimpleCommand:
    """A program with its arguments; `fed_by` is the command whose output it reads."""

    words: tuple[Word, ...]
    fed_by: SimpleCommand | None = None
    inputs: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something opened and never closed, and where it was opened."""

    what: str
    at: int


@dataclass(slots=True)
class Line:
    """What one command line runs, in order; `end` is the offset behind it."""

    commands: list[SimpleCommand] = field(default_factory=list)
    problem: Problem | None = None
    end: int = 0


class Pending:
    """The command being collected."""

    def __init__(self, fed_by: SimpleCommand | None = None) -> None:
        self.words: list[Word] = []
        self.inputs: list[str] = []
        self.assigned: list[str] = []
        self.fed_by = fed_by
        self.skipped = False

    def add(self, word: Word) -> None:
        """Take the next word: an assignment, a keyword or an argument."""
        if not self.words:
            if word.assigns:
                self.assigned.append(word.text)
                return
            if word.text in _KEYWORDS and not word.quoted:
                return
            self.skipped |= word.text in _SKIPPED and not word.quoted
        self.words.append(word)

    def done(self) -> SimpleCommand | None:
        """The command, or nothing where only keywords were read."""
        if self.skipped or not (self.words or self.assigned):
            return None
        return SimpleCommand(
            tuple(self.words), self.fed_by, tuple(self.inputs), tuple(self.assigned)
        )
