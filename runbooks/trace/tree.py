"""Any JSON value, cut to what a page can show."""

from collections.abc import Mapping
from dataclasses import dataclass

MAX_NODES = 1_500
MAX_CHARACTERS = 2_000
MAX_DEPTH = 12


@dataclass(frozen=True)
class Cut:
    """A value that is small enough; `partial` says that something was left out of it."""

    value: object
    partial: bool


class _Scissors:
    def __init__(self, nodes: int) -> None:
        self.left = nodes
        self.partial = False

    def cut(self, value: object, depth: int = 0) -> object:
        self.left -= 1
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping | list | tuple) and depth >= MAX_DEPTH:
            self.partial = True
            return "…"
        if isinstance(value, Mapping):
            return self._map(value, depth)
        if isinstance(value, list | tuple):
            return self._list(value, depth)
        return value if value is None or isinstance(value, bool | int | float) else str(value)

    def _text(self, value: str) -> str:
        if len(value) <= MAX_CHARACTERS:
            return value
        self.partial = True
        return f"{value[:MAX_CHARACTERS]}… ({len(value):,} characters)"

    def _map(self, value: Mapping[object, object], depth: int) -> dict[str, object]:
        kept: dict[str, object] = {}
        for name, item in value.items():
            if self.left <= 0:
                self.partial = True
                break
            kept[str(name)[:200]] = self.cut(item, depth + 1)
        return kept

    def _list(self, value: list[object] | tuple[object, ...], depth: int) -> list[object]:
        kept: list[object] = []
        for item in value:
            if self.left <= 0:
                self.partial = True
                break
            kept.append(self.cut(item, depth + 1))
        return kept


def cut(value: object, nodes: int = MAX_NODES) -> Cut:
    """Cut a value to at most `nodes` places, 2,000 characters a text and 12 levels."""
    scissors = _Scissors(nodes)
    return Cut(scissors.cut(value), scissors.partial)
