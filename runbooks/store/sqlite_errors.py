"""What SQLite reports, in words for the person who has to mend it."""

import sqlite3
from typing import Final

from runbooks.errors import StoreUnavailable
from runbooks.store.codec import decode


class Damaged(Exception):
    """A stored text is not what was written; SQLite itself has not noticed."""


_KEPT: Final = "Nothing of this act was saved, everything saved before is kept. "

_WORDS: Final[dict[int, tuple[str, str]]] = {
    sqlite3.SQLITE_BUSY: (
        "The database file {path} is locked: another program kept writing to it.",
        _KEPT + "Try again in a minute; if it stays so, find the other program and end it.",
    ),
    sqlite3.SQLITE_READONLY: (
        "The database file {path} cannot be written: the file or its folder is read-only.",
        _KEPT + "Give this program's user the right to write to the file and to its folder.",
    ),
    sqlite3.SQLITE_FULL: (
        "The disk that holds the database file {path} is full.",
        _KEPT + "Make room on that disk and do it again; no restart is needed.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "The database file {path} is damaged.",
        "Stop the program and set aside a copy of the file, with the files of the same name that "
        "end in -wal and -shm. Then restore the last backup, or read out what is left with "
        "'sqlite3 FILE .recover'.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "The file {path} is not a SQLite database.",
        "Nothing was changed. Look whether RUNBOOK_STORE names the right file.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The database file {path} cannot be opened: it is gone, or this program's user may not "
        "read and write it and its folder.",
        "Look whether the file is there and who owns it; a file that was moved away must be put "
        "back before the program goes on.",
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk that holds the database file {path} reports an error.",
        "Look at the system's log for errors of this disk, and copy the file to another one.",
    ),
    sqlite3.SQLITE_NOMEM: (
        "There is not enough memory to work with the database file {path}.",
        _KEPT + "End other programs, or give this one more memory.",
    ),
}
_SAME: Final = {
    sqlite3.SQLITE_LOCKED: sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_PROTOCOL: sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_PERM: sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_AUTH: sqlite3.SQLITE_CANTOPEN,
}


def primary_code(error: sqlite3.Error) -> int | None:
    """Give SQLite's code without its details, None where the error did not come from SQLite."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def stored_text(raw: bytes) -> str:
    """Read a text column; raise Damaged when it is no UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Damaged from error


def stored_document(body: str) -> dict[str, object]:
    """Read a stored body; raise Damaged when it is no document, which the table never takes."""
    try:
        return decode(body)
    except ValueError as error:
        raise Damaged from error


def unavailable(error: sqlite3.Error | Damaged, path: str) -> StoreUnavailable:
    """Say what happened to the store at `path`, and what would help."""
    if isinstance(error, Damaged):
        return _in_words(sqlite3.SQLITE_CORRUPT, path)
    code = primary_code(error)
    known = None if code is None else _SAME.get(code, code)
    if known is None or known not in _WORDS:
        return StoreUnavailable(
            f"The database file {path} cannot be used: {error}.",
            _KEPT + "Restart the program; if it stays so, keep a copy of the file and report it.",
        )
    return _in_words(known, path)


def locked(path: str) -> StoreUnavailable:
    """Say that the turn to write did not come in time."""
    return _in_words(sqlite3.SQLITE_BUSY, path)


def _in_words(code: int, path: str) -> StoreUnavailable:
    problem, remedy = _WORDS[code]
    return StoreUnavailable(problem.format(path=path), remedy)
