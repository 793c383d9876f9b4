"""A runbook to be worked from: facts, sections to jump to, and a Copy button at each command.

It must work on a phone, by keyboard, and where the browser refuses the clipboard to plain http.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from runbooks.library.commands import CommandSheet, RunbookCommand, command_sheet
from runbooks.lint.effect import Level
from runbooks.markdown.html import render, stylesheet

_HERE = Path(__file__).parent
_HTML = """
<div class="sheet">
  <dl class="facts"></dl>
  <div class="main">
    <nav class="jumps" aria-label="Sections"></nav>
    <div class="paper runbook-preview"></div>
  </div>
  <section class="all" aria-labelledby="all-commands"></section>
  <div class="said" role="status" aria-live="polite"></div>
</div>
"""
_SHEET = st.components.v2.component(
    "runbooks.copy_blocks",
    html=_HTML,
    css=stylesheet() + (_HERE / "copy_blocks.css").read_text(encoding="utf-8"),
    js=(_HERE / "copy_blocks.js").read_text(encoding="utf-8"),
)

_JUMPS: Mapping[str, str] = {
    "Diagnosis Steps": "Diagnosis",
    "Immediate Mitigation": "Mitigation",
    "Root Cause Fix": "Fix",
}
_EFFECTS: Mapping[Level, tuple[str, str]] = {
    Level.CHANGES: ("Changes state", "yellow"),
    Level.DISRUPTS: ("Disrupts", "orange"),
    Level.DESTROYS: ("Destroys", "red"),
}


@dataclass(frozen=True)
class Fact:
    """A name and a value; with a tone `mark` is a badge behind it, an address makes it a link."""

    name: str
    value: str
    hint: str = ""
    mark: str = ""
    tone: str = ""
    href: str = ""


def show(
    key: str, title: str, markdown: str, facts: Sequence[Fact] = (), *, warning: str = ""
) -> None:
    """Show a runbook's text; `title` stands above it already and is not repeated.

    With a `warning`, a few words that stay in sight, its commands are not listed once more.
    """
    sheet = command_sheet(markdown)
    _SHEET(
        key=key,
        data={
            "html": render(markdown),
            "title": title,
            "facts": [asdict(fact) for fact in facts],
            "jumps": dict(_JUMPS),
            "blocks": _blocks(sheet),
            "commands": [] if warning else _commands(sheet),
            "mark": warning,
        },
    )


def _blocks(sheet: CommandSheet) -> list[dict[str, str]]:
    return [
        {"shown": block.shown, "copied": block.copied, **_effect(block.level, block.effect)}
        for block in sheet.blocks
    ]


def _commands(sheet: CommandSheet) -> list[dict[str, str]]:
    return [
        {
            "text": command.text,
            "where": _where(command),
            **_effect(command.level, command.effect),
        }
        for command in sheet.commands
    ]


def _where(command: RunbookCommand) -> str:
    section = _JUMPS.get(command.section, command.section)
    return ", ".join(part for part in (section, command.step and f"step {command.step}") if part)


def _effect(level: Level, deed: str) -> dict[str, str]:
    label, tone = _EFFECTS.get(level, ("", ""))
    return {"effect": label, "tone": tone, "deed": f"It {deed}." if label and deed else ""}
