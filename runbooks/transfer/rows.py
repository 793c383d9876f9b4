"""Files as rows: JSON, a list, a wrapper, JSONL; what cannot be read is a row with a problem."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from runbooks.errors import InvalidRequest
from runbooks.store.port import Collection
from runbooks.transfer.json_stream import MAX_MEMBER, JsonStream, Unreadable

MAX_DEPTH: Final = 100
"""How deep lists and maps may lie in each other; no real document comes near it."""

SUFFIXES: Final = frozenset({".json", ".jsonl", ".ndjson"})
WRAPPERS: Final = {
    "suggestions": Collection.SUGGESTIONS,
    "failure_patterns": Collection.PATTERNS,
    "patterns": Collection.PATTERNS,
    "raw_traces": Collection.TRACES,
    "traces": Collection.TRACES,
}
"""Lists of an object that are documents of one kind each."""

_BY_LINE: Final = frozenset({".jsonl", ".ndjson"})
_BOM: Final = b"\xef\xbb\xbf"
_TOO_LONG: Final = f"longer than {MAX_MEMBER // 1024 // 1024} MB"


@dataclass(frozen=True)
class Row:
    """One value of a file; `problem` says why there is none, `kind` what a wrapper called it."""

    file: str
    line: int
    value: object = None
    problem: str = ""
    kind: Collection | None = None


def files_in(path: Path) -> list[Path]:
    """Give the file itself, or the JSON files below a folder; raise InvalidRequest."""
    if not path.exists():
        raise InvalidRequest(str(path), "there is no such file")
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
    files = [file for file in found if file.is_file() and not file.name.startswith(".")]
    if not files:
        raise InvalidRequest(str(path), "no .json, .jsonl or .ndjson file in this folder")
    return files


def read_rows(path: Path) -> Iterator[Row]:
    """Give the rows of a file; whatever is wrong with it is told in rows, nothing is raised."""
    name = str(path)
    try:
        with path.open("rb") as stream:
            yield from _rows(name, path.suffix.lower() in _BY_LINE, stream)
    except OSError as error:
        yield Row(name, 0, problem=error.strerror or "cannot be read")


def _rows(name: str, by_line: bool, stream: io.BufferedReader) -> Iterator[Row]:
    """Tell JSONL from JSON: its first line is an object by itself and more follows."""
    head = stream.peek(len(_BOM))
    if b"\0" in head:
        yield Row(name, 0, problem="not a text file")
        return
    if head.startswith(_BOM):
        stream.read(len(_BOM))
    if by_line:
        yield from _by_line(name, b"", stream)
        return
    first = stream.readline(MAX_MEMBER + 1)
    if first.endswith(b"\n") and _is_object(first) and stream.peek(1).strip():
        yield from _by_line(name, first, stream)
    else:
        yield from _by_member(name, JsonStream(stream, frozenset(WRAPPERS), first))


def _by_line(name: str, first: bytes, stream: BinaryIO) -> Iterator[Row]:
    number = 1
    line: bytes | None = first or _line_of(stream)
    while line != b"":
        if line is None:
            yield Row(name, number, problem=_TOO_LONG)
        elif line.strip():
            yield _parsed(name, number, line)
        number += 1
        line = _line_of(stream)


def _by_member(name: str, reader: JsonStream) -> Iterator[Row]:
    try:
        for member in reader.members():
            kind = WRAPPERS.get(member.under)
            if member.text is None:
                yield Row(name, member.line, problem=_TOO_LONG, kind=kind)
            else:
                yield _value(name, member.line, member.text, kind)
    except Unreadable as problem:
        yield Row(name, reader.line, problem=str(problem))


def _parsed(name: str, number: int, line: bytes) -> Row:
    try:
        return _value(name, number, line.decode("utf-8"))
    except UnicodeDecodeError:
        return Row(name, number, problem="not UTF-8 text")


def _value(name: str, number: int, text: str, kind: Collection | None = None) -> Row:
    try:
        value = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        return Row(name, number, problem=f"nested deeper than {MAX_DEPTH} levels")
    except json.JSONDecodeError as error:
        return Row(name, number, problem=f"not JSON: {error.msg} (column {error.colno})")
    except ValueError as error:
        return Row(name, number, problem=f"not JSON: {error}")
    return Row(name, number, value, _unfit(value), kind)


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON number")


def _unfit(value: object) -> str:
    """Say what no store can hold: too deep, or a number beyond all bounds."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below += item.values()
            elif isinstance(item, list):
                below += item
            elif isinstance(item, float) and item in (float("inf"), float("-inf")):
                return "a number is too large"
        if not below:
            return ""
        level = below
    return f"nested deeper than {MAX_DEPTH} levels"


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _line_of(stream: BinaryIO) -> bytes | None:
    """Read one line, b"" at the end; None for one that is too long, which is passed over."""
    line = stream.readline(MAX_MEMBER + 1)
    if len(line) <= MAX_MEMBER or line.endswith(b"\n"):
        return line
    while line and not line.endswith(b"\n"):
        line = stream.readline(MAX_MEMBER)
    return None
