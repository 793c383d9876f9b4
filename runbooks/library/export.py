"""How approved runbooks leave the house: Markdown, HTML, Confluence, JSON, YAML, or a zip."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from html import escape

import yaml

from runbooks.library.confluence import to_confluence
from runbooks.library.shelf import ShelvedRunbook
from runbooks.markdown.html import render, stylesheet
from runbooks.revision import iso

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]{1,100}")


class Format(StrEnum):
    """What a runbook can be exported as."""

    MARKDOWN = "markdown"
    HTML = "html"
    CONFLUENCE = "confluence"
    JSON = "json"
    YAML = "yaml"


ENDINGS = {
    Format.MARKDOWN: "md",
    Format.HTML: "html",
    Format.CONFLUENCE: "xml",
    Format.JSON: "json",
    Format.YAML: "yaml",
}
MEDIA_TYPES = {
    Format.MARKDOWN: "text/markdown; charset=utf-8",
    Format.HTML: "text/html; charset=utf-8",
    Format.CONFLUENCE: "application/xml; charset=utf-8",
    Format.JSON: "application/json",
    Format.YAML: "application/yaml; charset=utf-8",
}


def export(runbook: ShelvedRunbook, kind: Format) -> str:
    """Give one runbook in a format, as text."""
    makers: dict[Format, Callable[[ShelvedRunbook], str]] = {
        Format.MARKDOWN: lambda found: found.markdown,
        Format.HTML: _page,
        Format.CONFLUENCE: lambda found: to_confluence(found.markdown),
        Format.JSON: lambda found: json.dumps(facts(found), ensure_ascii=False, indent=2) + "\n",
        Format.YAML: lambda found: yaml.safe_dump(
            facts(found), allow_unicode=True, sort_keys=False, width=100
        ),
    }
    return makers[kind](runbook)


def export_files(
    runbooks: Iterable[ShelvedRunbook], kinds: Iterable[Format]
) -> Iterator[tuple[str, str]]:
    """Give many runbooks in some formats as files: a name of its own for each, and its text."""
    wanted = tuple(kinds)
    taken: set[str] = set()
    for runbook in runbooks:
        name = _free(file_name(runbook), taken)
        for kind in wanted:
            yield f"{name}.{ENDINGS[kind]}", export(runbook, kind)


def export_zip(
    runbooks: Iterable[ShelvedRunbook], kinds: Iterable[Format], missing: Sequence[str] = ()
) -> bytes:
    """Give many runbooks in some formats as one zip; a file names those that are `missing`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in export_files(runbooks, kinds):
            file.writestr(name, text)
        if missing:
            told = "These have no approved text that could be exported:\n"
            file.writestr("not-exported.txt", told + "".join(f"{name}\n" for name in missing))
    return packed.getvalue()


def facts(runbook: ShelvedRunbook) -> dict[str, object]:
    """Give a runbook and what is known of it as plain values."""
    draft = runbook.draft
    return {
        "suggestion_id": runbook.suggestion_id,
        "runbook_id": draft.runbook_id,
        "title": runbook.title,
        "severity": runbook.severity.value if runbook.severity else None,
        "failure_type": runbook.failure_type,
        "service": runbook.service or None,
        "owner": runbook.owner or None,
        "revision": runbook.revision,
        "approved_by": runbook.approved_by or None,
        "last_reviewed": iso(runbook.reviewed_at) if runbook.reviewed_at else None,
        "note": runbook.label or None,
        "symptoms": list(draft.symptoms),
        "diagnosis_commands": list(draft.diagnosis_commands),
        "mitigation_steps": list(draft.mitigation_steps),
        "escalation_criteria": draft.escalation_criteria,
        "trace_ids": list(draft.source.trace_ids),
        "markdown_content": runbook.markdown,
    }


def file_name(runbook: ShelvedRunbook) -> str:
    """Give a file name without its ending: readable, and safe on every system."""
    words = _UNSAFE.sub("-", runbook.title.lower()).strip("-.")[:60]
    return words or _UNSAFE.sub("-", runbook.suggestion_id)[:60].strip("-.") or "runbook"


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free


def _page(runbook: ShelvedRunbook) -> str:
    note = f"<p><strong>{escape(runbook.label)}</strong></p>\n" if runbook.label else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        " style-src 'unsafe-inline'\">\n"
        f"<title>{escape(runbook.title)}</title>\n<style>\nbody {{ max-width: 60rem;"
        " margin: 2rem auto; padding: 0 1rem; font-family: sans-serif; }\n"
        f"{stylesheet()}\n</style>\n</head>\n<body>\n"
        f'{note}<div class="runbook-preview">\n{render(runbook.markdown)}</div>\n'
        "</body>\n</html>\n"
    )
