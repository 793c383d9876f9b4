"""What a command prints: results on stdout, everything else on stderr."""

import json
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

_EVERY_S: Final = 0.1
_WIDTH: Final = 100


def say(text: str) -> None:
    """Print a line of the result."""
    print(_printable(text))


def warn(text: str) -> None:
    """Print a line that is not part of the result."""
    print(_printable(text), file=sys.stderr)


def as_json(value: Mapping[str, object]) -> None:
    """Print the result for a program."""
    print(json.dumps(value, ensure_ascii=True, indent=2))


def _printable(text: str) -> str:
    """Keep control characters of file names and ids from the terminal."""
    shown = (c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
    return "".join(shown)


class Meter:
    """One line on the terminal that says how far it is; nothing where nobody looks."""

    def __init__(self) -> None:
        self._shown = False
        self._last = 0.0
        self._on = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def show(self, text: str) -> None:
        """Replace the line, at most ten times a second."""
        now = time.monotonic()
        if not self._on or now - self._last < _EVERY_S:
            return
        self._last, self._shown = now, True
        sys.stderr.write("\r\x1b[K" + _printable(text)[:_WIDTH])
        sys.stderr.flush()
