"""Finds the lines of a machine's text that tell an error, and the frames of a stack trace.

Every expression has bounded quantifiers and sees bounded text, so the time is linear.
"""

import re
from dataclasses import dataclass

MAX_ERROR_TEXT = 240
_MAX_LINES = 400
_LONG_LINE = 1_000

ERROR_LEVELS = {"error", "err", "fatal", "critical", "alert", "emergency", "panic"}
NO_TEXT = {"", "0", "1", "true", "false", "none", "null", "ok", "no"}
_SPOKEN_STATUS = re.compile(r"(?i)\b(?:status(?: ?code)?|error code|http)[ :=/]{1,3}([45]\d\d)\b")
_FAILED_EXIT = re.compile(r"exitcode: {0,2}[1-9]")
_ERROR_START = re.compile(r"(?i)\s{0,20}(?:[a-z]{0,20}error|exception|fatal|failed|failure)\b")
_JSON_ERROR = re.compile(r'"(?:error|error_message)"\s{0,4}:\s{0,4}"([^"]{3,300})"')
_RAISED = re.compile(
    r"((?:[A-Za-z_]\w{0,60}\.){0,8}[A-Z]\w{0,60}(?:Error|Exception|Timeout|Interrupt|Fault))\b(?::|$)"
)
_LEVEL = re.compile(r"\b(?:ERROR|FATAL|CRITICAL|PANIC)\b|\blevel=(?:error|fatal)\b|\[error\]")
_STRONG = re.compile(
    r"(?i)oomkilled|out of memory|crashloopbackoff|back-off restarting|imagepullbackoff"
    r"|errimagepull|failedscheduling|failedmount|evicted|no space left on device"
    r"|disk quota exceeded|connection (?:refused|reset|pool)"
    r"|too many (?:connections|requests|clients)|remaining connection slots"
    r"|pool (?:is )?exhausted|x509:|certificate (?:has )?expired|nxdomain|could not resolve"
    r"|name or service not known|no such host|rate limit|deadline exceeded|timed out|probe failed"
    r"|exceeded quota|is forbidden|unbound immediate|resource_?exhausted"
)
_ENDPOINT = re.compile(r"((?:[A-Za-z0-9][\w-]{0,62}\.){1,8}[A-Za-z][\w-]{1,30}):(\d{2,5})\b")
_SOURCE_FILES = {"java", "kt", "py", "go", "js", "ts", "rb", "cs", "cpp", "rs", "php", "scala"}
_PYTHON_FRAME = re.compile(r'File "([^"\n]{1,300})", line (\d{1,7})(?:, in ([\w<>.]{1,100}))?')
_JAVA_FRAME = re.compile(r"at ([\w.$<>]{1,200})\(([\w.$]{1,100}):(\d{1,7})\)")


@dataclass(frozen=True)
class Frame:
    """A line of a stack trace."""

    file: str
    line: int
    function: str = ""


def one_line(text: str, longest: int = MAX_ERROR_TEXT) -> str:
    """Make a text one line without control characters, cut at a word with an ellipsis."""
    plain = text[: longest * 2]
    if not plain.isprintable():
        plain = "".join(char if char.isprintable() else " " for char in plain)
    line = " ".join(plain.split())
    if len(line) <= longest:
        return line
    cut = line[:longest]
    return (cut.rsplit(" ", 1)[0] if " " in cut[longest // 2 :] else cut) + " …"


def error_lines(text: str, told: bool) -> list[str]:
    """Give at most five lines that tell an error; `told`: the whole text is one tool's answer."""
    head = text[:4_000]
    inside = _JSON_ERROR.search(head) if told else None
    if inside:
        return [inside.group(1)]
    if told and _ERROR_START.match(head) and not head.lstrip().startswith("Traceback"):
        return [head.strip().split("\n", 1)[0]]
    lines = text[-16_000:].splitlines()[-_MAX_LINES:]
    hits = [found for line in lines if (found := _telling_part(line))]
    return list(dict.fromkeys(hits))[-5:]


def _telling_part(line: str) -> str:
    """Give a line that tells an error; of a very long one the surroundings of the known failure."""
    if len(line) <= _LONG_LINE:
        return line.strip() if tells_error(line) else ""
    found = _STRONG.search(line)
    return line[max(found.start() - 80, 0) : found.end() + 120].strip() if found else ""


def tells_error(line: str) -> bool:
    """Say whether a line of a log or a message tells of an error."""
    return bool(_STRONG.search(line) or _LEVEL.search(line) or _RAISED.match(line.strip()))


def frames(text: str) -> list[Frame]:
    """Give the frames of a Python or Java-like stack trace, the innermost first."""
    python = [Frame(f, int(n), g or "") for f, n, g in _PYTHON_FRAME.findall(text)]
    return python[::-1] or [Frame(f, int(n), g) for g, f, n in _JAVA_FRAME.findall(text)]


def raised(line: str) -> str:
    """Give the exception that a line begins with, or nothing."""
    found = _RAISED.match(line)
    return found.group(1) if found else ""


def spoken_status(line: str) -> int | None:
    """Give the HTTP status from 400 up that a line speaks of."""
    found = _SPOKEN_STATUS.search(line)
    return int(found.group(1)) if found else None


def endpoint(line: str) -> tuple[str, str]:
    """Give the first `host.name:port` of a line, or two empty texts; `File.java:12` is none."""
    found = _ENDPOINT.search(line)
    if not found or found.group(1).rsplit(".", 1)[-1].lower() in _SOURCE_FILES:
        return "", ""
    return found.group(1), found.group(2)


def is_failed_exit(text: str) -> bool:
    """Tell whether a terminal's answer reports a failing command."""
    return bool(_FAILED_EXIT.match(text))
