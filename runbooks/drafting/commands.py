"""Makes the command of a catalogue entry, with every name in it known and quoted."""

import re
import shlex
from collections.abc import Mapping

from runbooks.drafting.catalogue import Query, fill, marks
from runbooks.drafting.names import Known

LONGEST_LINE = 156
_BREAKS = re.compile(
    r"(?P<quote>['\"])|(?P<option> (?=--?[A-Za-z]))|(?<=[ )\]]\|)(?P<pipe> )"
    r"|(?P<clause> (?=(?:FROM|WHERE|AND|GROUP BY|ORDER BY) ))"
)
"""Where a command may be broken: at an option, behind a pipe, in quotes at a clause of SQL."""


def command_of(query: Query, names: Known) -> str:
    """Make the command of an entry, or nothing when a name that it uses is not known.

    A line that no screen shows whole (RB306) goes on in further ones.
    """
    return "\n".join(_broken(line) for line in _whole(query, names).split("\n"))


def _broken(line: str) -> str:
    """Break a long line where shell, jq and SQL allow it; one without such a place stays."""
    if len(line) <= LONGEST_LINE:
        return line
    begin, quote, fits = 0, "", None
    pieces: list[str] = []
    for match in _BREAKS.finditer(line):
        if match["quote"]:
            quote = "" if quote == match["quote"] else quote or match["quote"]
            continue
        if not _allowed(match, quote):
            continue
        if fits and match.start() - begin > LONGEST_LINE:
            pieces.append(line[begin : fits[0]] + fits[1])
            begin = fits[0] + 1
        fits = (match.start(), "" if match["pipe"] or quote else " \\")
    if fits and len(line) - begin > LONGEST_LINE:
        pieces.append(line[begin : fits[0]] + fits[1])
        begin = fits[0] + 1
    return "\n  ".join([*pieces, line[begin:]])


def _allowed(match: re.Match[str], quote: str) -> bool:
    if match["option"]:
        return not quote
    return bool(match["pipe"]) or bool(quote)


def _whole(query: Query, names: Known) -> str:
    if query.command:
        return _filled(query.command, names.shell)
    if query.llm:
        asked = _filled(query.llm, names.spans)
        return asked and f"pup llm-obs spans search {_asking(asked, query)} --limit=20 --summary"
    if query.logs:
        asked = _filled(query.logs, names.logs)
        return asked and f"pup logs search {_asking(asked, query)} --limit=50"
    asked = _filled(query.spans or "", names.spans)
    if not asked or not (query.by or query.compute != "count"):
        return asked and f"pup traces search {_asking(asked, query)} --limit=50"
    compute = shlex.quote(query.compute)
    grouped = f" --group-by={shlex.quote(query.by)}" if query.by else ""
    return f"pup traces aggregate {_asking(asked, query)} --compute={compute}{grouped}"


def _asking(query: str, source: Query) -> str:
    quoted = f'"{query}"' if not set(query) & set('"\\$`!') else shlex.quote(query)
    return f"--query={quoted} --from={source.since}"


def _filled(text: str, values: Mapping[str, str]) -> str:
    return fill(text, values) if all(name in values for name in marks(text)) else ""
