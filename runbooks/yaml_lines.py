"""YAML that remembers on which line each key stands, for messages a person can act on."""

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

Keys = tuple[str, ...]


class YamlLineError(Exception):
    """The text is not the plain YAML that settings are written in; `line` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line
        self.what = what


@dataclass(frozen=True)
class Located:
    """A YAML document as plain values, and the line of every path of keys in it."""

    value: object
    lines: Mapping[Keys, int]


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases: a settings file has no need of them, and they can recurse."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark: yaml.Mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
            raise YamlLineError(_line(mark), "aliases (*) are not supported")
        return super().compose_node(parent, index)


def read_yaml(text: str) -> Located:
    """Parse one document; raise `YamlLineError` for broken YAML, a key given twice, an alias."""
    lines: dict[Keys, int] = {}
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        value = None if node is None else _plain(loader, node, (), lines)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise YamlLineError(_line(mark), problem.problem or "is not valid YAML") from problem
    except yaml.reader.ReaderError as problem:
        line = text.count("\n", 0, problem.position) + 1
        raise YamlLineError(line, f"has the character U+{problem.character:04X}") from problem
    return Located(value, lines)


def locate(document: Located, keys: Keys) -> int:
    """The line of the deepest of these keys that stands in the document; 1 when none does."""
    while keys and keys not in document.lines:
        keys = keys[:-1]
    return document.lines.get(keys, 1)


def _line(mark: yaml.Mark | None) -> int:
    return 1 if mark is None else mark.line + 1


def _plain(loader: _Loader, node: yaml.Node, keys: Keys, lines: dict[Keys, int]) -> object:
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, keys, lines)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(loader, item, (*keys, str(number)), lines)
            for number, item in enumerate(node.value)
        ]
    try:
        return loader.construct_object(node)
    except ValueError as problem:
        raise YamlLineError(_line(node.start_mark), str(problem)) from problem


def _mapping(
    loader: _Loader, node: yaml.MappingNode, keys: Keys, lines: dict[Keys, int]
) -> dict[str, object]:
    found: dict[str, object] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlLineError(_line(key_node.start_mark), "a key must be plain text")
        key = str(key_node.value)
        here = (*keys, key)
        if key in found:
            first = lines[here]
            raise YamlLineError(
                _line(key_node.start_mark), f"{'.'.join(here)} is already given on line {first}"
            )
        lines[here] = _line(key_node.start_mark)
        found[key] = _plain(loader, value_node, here, lines)
    return found
