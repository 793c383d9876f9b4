"""The commands, their options, and how they end."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from runbooks import __version__
from runbooks.cli import ends
from runbooks.cli.output import warn
from runbooks.errors import RunbookError

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code (see `ends.CODES`)."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given[:1] == ["lint"]:
        from runbooks.lint.cli import main as lint

        return lint(given[1:])
    args = _parser().parse_args(given)
    try:
        return _command(args.command)(args)
    except RunbookError as error:
        warn(f"runbooks: {ends.words(error)}")
        return ends.code(error)
    except KeyboardInterrupt:
        warn("runbooks: stopped")
        return ends.STOPPED
    except BrokenPipeError:
        # Whoever read our output has enough; Python must not complain about it at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ends.DONE
    except OSError as error:
        warn(f"runbooks: {error.filename or 'the system'}: {error.strerror or error}")
        return ends.REFUSED


def _command(name: str) -> Command:
    """Load only what the command needs, so that it starts fast."""
    from runbooks.cli import documents, drafts, process, shelf

    commands: dict[str, Command] = {
        "import": documents.import_files,
        "export": documents.export,
        "sample": documents.sample,
        "run-once": drafts.run_once,
        "generate": drafts.generate,
        "library": shelf.library,
        "check": process.check,
        "serve": process.serve,
    }
    return commands[name]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m runbooks",
        description="Machine-drafted incident runbooks, reviewed by people.",
        epilog=(
            f"Exit codes: {ends.CODES}. Settings come from the environment and from .env, among"
            " them RUNBOOK_DRAFTER (auto, gemini, openai, offline), RUNBOOK_PRICES_FILE (your own"
            " price table), RUNBOOK_REDACT_EXTRA (further expressions to redact, one a line) and"
            " RUNBOOK_SERVICES_FILE (owners and contacts). All of them: docs/settings.md."
        ),
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _documents(commands)
    _drafts(commands)
    _library(commands)
    serve = commands.add_parser("serve", help="start the workbench and REST on HOST and PORT")
    serve.add_argument(
        "--with-sample", action="store_true", help="bring the sample into an empty store first"
    )
    check = commands.add_parser("check", help="say whether the store and the drafter answer")
    _json(check)
    commands.add_parser("lint", help="check runbooks in Markdown files", add_help=False)
    return parser


def _documents(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    bring = commands.add_parser(
        "import",
        help="bring traces, patterns, suggestions or an export in",
        description="Documents as EvalForge stores them: a trace (trace_id, trace_payload and "
        "more), a failure pattern (pattern_id), a suggestion (suggestion_id), or the lines of an "
        "export. Bare spans of Datadog or OpenTelemetry are refused: the README says how they "
        "become a trace.",
    )
    bring.add_argument("paths", nargs="+", metavar="FILE|DIR", help="JSON or JSONL files, folders")
    bring.add_argument(
        "--update",
        action="store_true",
        help="also change documents that are there; never a runbook's text or a decision",
    )
    _json(bring)
    export = commands.add_parser("export", help="write every document as JSONL, not redacted")
    export.add_argument("file", metavar="FILE", help="where to; - is the standard output")
    export.add_argument("--overwrite", action="store_true", help="replace the file if it is there")
    sample = commands.add_parser("sample", help="bring the fictitious sample in, or take it out")
    acts = sample.add_subparsers(dest="act", required=True, metavar="add|remove")
    _json(acts.add_parser("add", help="bring it in; what is there stays as it is"))
    remove = acts.add_parser("remove", help="take it out, but for what people edited or decided")
    remove.add_argument("--all", action="store_true", help="take out that too")
    _json(remove)


def _drafts(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    batch = commands.add_parser("run-once", help="draft a batch, worst first, then oldest")
    batch.add_argument("ids", nargs="*", metavar="ID", help="draft these instead")
    batch.add_argument("--batch-size", type=int, metavar="N", help="1 to 1,000")
    batch.add_argument("--scheduled", action="store_true", help="recorded as a scheduled run")
    _dry(batch)
    _json(batch)
    one = commands.add_parser("generate", help="draft one suggestion")
    one.add_argument("id", metavar="ID")
    one.add_argument("--force", action="store_true", help="replace also a person's text")
    ways = one.add_mutually_exclusive_group()
    _dry(ways)
    ways.add_argument(
        "--print-prompt",
        action="store_true",
        help="show what a model would be asked; asks none, pays and writes nothing",
    )
    _json(one)


def _library(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    library = commands.add_parser("library", help="take approved runbooks elsewhere")
    acts = library.add_subparsers(dest="act", required=True, metavar="export")
    export = acts.add_parser("export", help="write approved runbooks as files")
    export.add_argument("folder", metavar="DIR")
    export.add_argument(
        "--format",
        default="markdown",
        metavar="NAMES",
        help="markdown, html, confluence, json, yaml; several with commas between them",
    )
    export.add_argument("--search", default="", metavar="WORDS", help="only those with these words")
    export.add_argument("--service", action="append", default=[], help="only of this service")
    export.add_argument("--overwrite", action="store_true", help="replace files that are there")
    _json(export)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the result for a program")


def _dry(parser: "argparse._ActionsContainer") -> None:
    parser.add_argument("--dry-run", action="store_true", help="draft, but write nothing")
