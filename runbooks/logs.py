"""What the process says of itself: one JSON object a line on stderr, without anybody's text.

Our own messages are constants with facts beside them; of an exception only its class and where it
arose are written, because its words may quote a trace. Other libraries' messages are redacted.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, TextIO

from runbooks.redaction import redact
from runbooks.revision import iso

_OURS: Final = ("runbooks", "workbench", "serve")
_PLAIN: Final = ("uvicorn", "streamlit")
_SILENT: Final = "uvicorn.access"
"""It quotes addresses, and with them what people searched for; the gate has a line of its own."""

_MAX_CHARS: Final = 300
_FRAMES: Final = 6
_USUAL: Final = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        line: dict[str, object] = {
            "at": iso(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        for name, value in vars(record).items():
            if name not in _USUAL and isinstance(value, str | int | float | bool):
                line[name] = value[:_MAX_CHARS] if isinstance(value, str) else value
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = _where(record.exc_info[2])
        return json.dumps(line, ensure_ascii=True)


def set_up(level: str, stream: TextIO | None = None) -> None:
    """Send every logger's records of at least this level to stderr as JSON lines."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    for name in _with_own_handlers():
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.setLevel(logging.WARNING)
        logger.propagate = True
    logging.getLogger(_SILENT).disabled = True


def _with_own_handlers() -> list[str]:
    """Name the loggers of libraries that write plain text by themselves."""
    known = list(logging.root.manager.loggerDict)
    return [name for name in known if name.partition(".")[0] in _PLAIN]


def _message(record: logging.LogRecord) -> str:
    try:
        text = record.getMessage()
    except (TypeError, ValueError):
        text = str(record.msg)
    if record.name.partition(".")[0] in _OURS:
        return text[:_MAX_CHARS]
    return redact(text[: _MAX_CHARS * 4])[:_MAX_CHARS]


def _where(trace: TracebackType | None) -> str:
    """Name the last calls as file:line, without what they were called with."""
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)
