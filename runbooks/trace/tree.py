"""Any JSON value, cut to what a page can show; long texts stand apart, whole."""

from collections.abc import Mapping
from dataclasses import dataclass

MAX_NODES = 1_500
MAX_CHARACTERS = 300
MAX_DEPTH = 12
MAX_LONG = 30


@dataclass(frozen=True)
class Cut:
    """A value that is small enough; `partial` says that something was left out of it.

    `long` holds the texts that are cut in it, each with the way to it.
    """

    value: object
    partial: bool
    long: tuple[tuple[str, str], ...] = ()


class _Scissors:
    def __init__(self, nodes: int) -> None:
        self.left = nodes
        self.partial = False
        self.long: list[tuple[str, str]] = []

    def cut(self, value: object, way: str = "", depth: int = 0) -> object:
        self.left -= 1
        if isinstance(value, str):
            return self._text(value, way)
        if isinstance(value, Mapping | list | tuple) and depth >= MAX_DEPTH:
            self.partial = True
            return "…"
        if isinstance(value, Mapping):
            return self._map(value, way, depth)
        if isinstance(value, list | tuple):
            return self._list(value, way, depth)
        return value if value is None or isinstance(value, bool | int | float) else str(value)

    def _text(self, value: str, way: str) -> str:
        if len(value) <= MAX_CHARACTERS * 1.4:
            return value
        if len(self.long) < MAX_LONG:
            self.long.append((way, value))
        else:
            self.partial = True
        return f"{value[:MAX_CHARACTERS]}… ({len(value):,} characters)"

    def _map(self, value: Mapping[object, object], way: str, depth: int) -> dict[str, object]:
        kept: dict[str, object] = {}
        for name, item in value.items():
            if self.left <= 0:
                self.partial = True
                break
            key = str(name)[:200]
            kept[key] = self.cut(item, f"{way}.{key}" if way else key, depth + 1)
        return kept

    def _list(self, value: list[object] | tuple[object, ...], way: str, depth: int) -> list[object]:
        kept: list[object] = []
        for number, item in enumerate(value):
            if self.left <= 0:
                self.partial = True
                break
            kept.append(self.cut(item, f"{way}[{number}]", depth + 1))
        return kept


def cut(value: object, nodes: int = MAX_NODES) -> Cut:
    """Cut a value to at most `nodes` places, 300 characters a text and 12 levels."""
    scissors = _Scissors(nodes)
    small = scissors.cut(value)
    return Cut(small, scissors.partial, tuple(scissors.long))
