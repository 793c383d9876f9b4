"""`library export`: approved runbooks as files, for a wiki, a repository or a backup."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from runbooks.cli import ends, room
from runbooks.cli.output import Meter, as_json, say, warn
from runbooks.errors import InvalidRequest
from runbooks.library.export import Format, export_files
from runbooks.library.library import Library
from runbooks.library.shelf import ShelvedRunbook
from runbooks.store.queries import QueueFilter
from runbooks.words import words


def library(args: argparse.Namespace) -> int:
    """Write every approved runbook that matches into a folder, each in these formats."""
    kinds, folder = _formats(args.format), Path(args.folder)
    with room.service() as service, Meter() as meter:
        books, missing = _found(service.library, args)
        files = dict(export_files(books, kinds))
        there = [name for name in files if (folder / name).exists()]
        if there and not args.overwrite:
            warn(f"{folder / there[0]} is there already; --overwrite replaces such files.")
            return ends.USAGE
        folder.mkdir(parents=True, exist_ok=True)
        for number, (name, text) in enumerate(files.items(), 1):
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
            meter.show(f"{number:,} of {len(files):,}: {name}")
    _tell(args, books, missing, list(files))
    return ends.REFUSED if missing else ends.DONE


def _formats(text: str) -> tuple[Format, ...]:
    """Read formats with commas between them; raise InvalidRequest for one that is not known."""
    named = [word.strip().lower() for word in text.split(",") if word.strip()]
    unknown = [word for word in named if word not in set(Format)]
    if unknown or not named:
        raise InvalidRequest("--format", f"one or more of {', '.join(Format)}")
    return tuple(dict.fromkeys(Format(word) for word in named))


def _found(library_: Library, args: argparse.Namespace) -> tuple[list[ShelvedRunbook], list[str]]:
    which = QueueFilter(service=tuple(args.service), search=words(args.search))
    return library_.runbooks([entry.suggestion_id for entry in library_.entries(which)])


def _tell(
    args: argparse.Namespace,
    books: Sequence[ShelvedRunbook],
    missing: Sequence[str],
    files: Sequence[str],
) -> None:
    if args.json:
        as_json({"runbooks": len(books), "files": list(files), "withoutText": list(missing)})
        return
    for book in books:
        if book.label:
            warn(f"{book.suggestion_id}: {book.label}")
    for name in missing:
        warn(f"{name}: approved, but no text of it is stored")
    say(f"{len(books):,} runbooks in {args.folder}, {len(files):,} files")
