"""`python -m runbooks lint FILE…`: the checks on a command line and in a pipeline."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from runbooks.lint.engine import lint
from runbooks.lint.finding import Finding
from runbooks.lint.page import LintContext

CLEAN, BLOCKED, UNREADABLE = 0, 1, 2

_LEVELS = {"E": "error", "W": "warning", "I": "notice"}
_NAMES = {"E": "blocking", "W": "warnings", "I": "hints"}


def main(argv: Sequence[str] | None = None) -> int:
    """Check files; 0 when nothing blocks, 1 when something does, 2 for usage or unreadable files.

    A file that cannot be read is named on standard error; the others are still checked.
    """
    try:
        options = _parser().parse_args(argv)
    except SystemExit as stop:
        return UNREADABLE if stop.code else CLEAN
    context = LintContext(known_tools=options.tool, known_tags=options.tag)
    checked: list[tuple[str, list[Finding]]] = []
    unreadable = False
    for name in _files(options.files):
        try:
            text = _read(name)
        except (OSError, UnicodeDecodeError) as error:
            print(f"{name}: cannot be read: {error}", file=sys.stderr)
            unreadable = True
            continue
        checked.append((name, lint(text, context, options.profile)))
    print(_FORMATS[options.format](checked), end="")
    blocked = any(finding.severity == "E" for _, found in checked for finding in found)
    return UNREADABLE if unreadable else BLOCKED if blocked else CLEAN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="runbooks lint", description="Check runbooks.")
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="Markdown files, or folders with such files; - reads the input",
    )
    parser.add_argument(
        "--profile",
        choices=("evalforge", "generic"),
        default="evalforge",
        help="evalforge for our drafts, generic for any team's runbook",
    )
    parser.add_argument("--format", choices=sorted(_FORMATS), default="text")
    for kind, what in (("tool", "a program"), ("tag", "a Datadog tag")):
        parser.add_argument(
            f"--{kind}",
            action="append",
            default=[],
            metavar="NAME",
            help=f"{what} of your own that is known; may be given several times",
        )
    return parser


def _files(names: Sequence[str]) -> Iterator[str]:
    """Give the files in their order, of a folder all `*.md` below it."""
    for name in names:
        if name != "-" and Path(name).is_dir():
            yield from (str(path) for path in sorted(Path(name).rglob("*.md")) if path.is_file())
        else:
            yield name


def _read(name: str) -> str:
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    return data.decode("utf-8-sig")


def _as_text(checked: list[tuple[str, list[Finding]]]) -> str:
    every = [(name, finding) for name, found in checked for finding in found]
    lines = [f"{name}:{f.line}: {f.id} {f.severity} {f.message}" for name, f in every]
    counts = Counter(str(finding.severity) for _, finding in every)
    tally = ", ".join(f"{counts[level]} {name}" for level, name in _NAMES.items())
    return "\n".join([*lines, f"{len(checked)} checked: {tally}"]) + "\n"


def _as_json(checked: list[tuple[str, list[Finding]]]) -> str:
    report = [{"file": name, "findings": [f.to_dict() for f in found]} for name, found in checked]
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _as_github(checked: list[tuple[str, list[Finding]]]) -> str:
    return "".join(_annotation(name, finding) for name, found in checked for finding in found)


def _annotation(name: str, finding: Finding) -> str:
    """A workflow command; GitHub counts columns from 1."""
    place = [f"file={_property(name)}", f"line={finding.line}", f"endLine={finding.end_line}"]
    if finding.start is not None and finding.line == finding.end_line:
        place.append(f"col={finding.start + 1}")
    place.append(f"title={_property(finding.id)}")
    message = _data(f"{finding.message} {finding.why}")
    return f"::{_LEVELS[finding.severity]} {','.join(place)}::{message}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_FORMATS: dict[str, Callable[[list[tuple[str, list[Finding]]]], str]] = {
    "text": _as_text,
    "json": _as_json,
    "github": _as_github,
}
