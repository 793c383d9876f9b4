"""Makes the command of a catalogue entry, with every name in it known and quoted."""

import shlex
from collections.abc import Mapping

from runbooks.drafting.catalogue import Query, fill, marks
from runbooks.drafting.names import Known


def command_of(query: Query, names: Known) -> str:
    """Make the command of an entry, or nothing when a name that it uses is not known."""
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
