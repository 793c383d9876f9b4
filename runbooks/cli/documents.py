"""`import`, `export`, `sample`: documents in and out."""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from runbooks.cli import ends, room
from runbooks.cli.output import Meter, as_json, say, warn
from runbooks.sample import sample_dir
from runbooks.store.port import Collection
from runbooks.transfer import Change, Importer, ImportReport, add_sample, export_documents
from runbooks.transfer import remove_sample as take_out
from runbooks.transfer.exporting import NOTICE


def import_files(args: argparse.Namespace) -> int:
    """Bring documents in from files and folders."""
    with room.service() as service, Meter() as meter:
        importer = Importer(
            service,
            update=args.update,
            actor=room.actor(),
            progress=lambda file, rows: meter.show(f"{rows:,} rows, {file}"),
        )
        report = importer.take(Path(name) for name in args.paths)
    _tell(report, json=args.json)
    failed = report.total(Change.REFUSED) + report.total(Change.DIFFERS)
    return ends.REFUSED if failed or not report.rows else ends.DONE


def export(args: argparse.Namespace) -> int:
    """Write every document as JSONL, raw."""
    warn(f"This is an export of {NOTICE}. Handle it like the store itself.")
    with room.service() as service, Meter() as meter:

        def write(out: TextIO) -> Counter[Collection]:
            return export_documents(
                service, out, lambda name, number: meter.show(f"{name}: {number:,}")
            )

        counts = write(_stdout()) if args.file == "-" else _to_file(Path(args.file), write, args)
    if counts is None:
        return ends.USAGE
    summary = ", ".join(f"{number:,} {name}" for name, number in counts.items()) or "nothing"
    warn(f"Exported {summary}.")
    return ends.DONE


def sample(args: argparse.Namespace) -> int:
    """Bring the sample in, or take it out."""
    with room.service() as service:
        if args.act == "add":
            report = add_sample(service)
            _tell(report, json=args.json)
            if not args.json:
                say(f"Its contacts and limits: RUNBOOK_SERVICES_FILE={sample_dir()}/services.yaml")
            return ends.DONE
        removal = take_out(service, everything=args.all)
    if args.json:
        as_json({"removed": dict(removal.removed), "kept": list(removal.kept)})
        return ends.DONE
    say("Removed " + ", ".join(f"{number} {name}" for name, number in removal.removed.items()))
    for kept in removal.kept:
        say(f"Kept {kept}: a person edited or decided it, or is at it now (--all removes it too)")
    return ends.DONE


def _stdout() -> TextIO:
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    return sys.stdout


def _to_file(
    path: Path, write: Callable[[TextIO], Counter[Collection]], args: argparse.Namespace
) -> Counter[Collection] | None:
    """Write beside the target and move it there at the end, readable by its owner alone."""
    if path.exists() and not args.overwrite:
        warn(f"{path} is there already; --overwrite replaces it.")
        return None
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            counts = write(out)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return counts


def _tell(report: ImportReport, *, json: bool) -> None:
    if json:
        as_json(
            {
                "counts": {
                    change.value: {
                        (name or "unknown"): number
                        for (name, kind), number in sorted(
                            report.counts.items(), key=lambda item: str(item[0])
                        )
                        if kind is change
                    }
                    for change in Change
                },
                "lines": [
                    {"file": x.file, "line": x.line, "change": x.change, "reason": x.reason}
                    for x in report.lines
                ],
            }
        )
        return
    for line in report.lines:
        warn(str(line))
    for file, number in report.untold().items():
        warn(f"{file}: and {number:,} more")
    say(_summary(report))


def _summary(report: ImportReport) -> str:
    parts = [f"{number:,} {change.value}" for change in Change if (number := report.total(change))]
    made: Counter[str] = Counter()
    for (name, change), number in report.counts.items():
        if change is Change.CREATED and name is not None:
            made[name] += number
    detail = ", ".join(f"{number:,} {name}" for name, number in sorted(made.items()))
    rows = "1 row" if report.rows == 1 else f"{report.rows:,} rows"
    return f"{rows}: {', '.join(parts) or 'nothing'}" + (f" (created: {detail})" if detail else "")
