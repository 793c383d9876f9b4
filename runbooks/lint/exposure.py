"""Downloads that run unread (RB203), secrets and personal data (RB204)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbooks.lint.calls import Call
from runbooks.lint.finding import Finding, Severity, TextMap
from runbooks.lint.page import Check, Page
from runbooks.lint.tools import DOWNLOADERS, INTERPRETERS, SHELLS
from runbooks.redaction import Kind, Redactor

_SUBSTITUTED = re.compile(r"\$\((?:sudo )?(?:curl|wget)\b|`(?:curl|wget)\b")
_NO_LITERAL = re.compile(r"[|>;&<-]|\$[({\w]")
_WORDLIKE = re.compile(r"[^\d]{1,15}$|.{0,200}[()\[\]{}]")
_CONTACTS = frozenset({Kind.EMAIL, Kind.PHONE})
_BLOCKING = _CONTACTS | {Kind.SECRET, Kind.CARD, Kind.IBAN, Kind.SSN}
_HARMLESS_ELSEWHERE = frozenset({Kind.IP, Kind.NAME, Kind.ADDRESS, Kind.ID, Kind.DOB})
_KINDS = {
    Kind.SECRET: "a secret",
    Kind.CARD: "a card number",
    Kind.IBAN: "a bank account",
    Kind.SSN: "a social security number",
    Kind.EMAIL: "an e-mail address",
    Kind.PHONE: "a phone number",
    Kind.IP: "an IP address",
}


def piped_download(page: Page) -> Iterator[Finding]:
    """RB203: a download goes straight into an interpreter."""
    for command in page.advised:
        if any(_runs_download(call) for call in command.calls):
            message = "This runs a download that nobody has read."
            yield page.at("RB203", message, command.body, command.start, command.end)


def _runs_download(call: Call) -> bool:
    if call.program not in INTERPRETERS:
        return False
    if call.program in SHELLS and call.has("-c"):
        return any(_SUBSTITUTED.match(text.strip()) for text in call.positionals)
    reads_code = call.program in SHELLS or not call.has("-c", "-m", "-e", "-n", "-p")
    named_script = [word for word in call.positionals if word != "-"]
    if not reads_code or (named_script and not call.has("-s")):
        return False
    feeder = call.fed_by
    while feeder is not None:
        if any(word.text.rsplit("/", 1)[-1] in DOWNLOADERS for word in feeder.words[:4]):
            return True
        feeder = feeder.fed_by
    return False


def secrets(page: Page) -> Iterator[Finding]:
    """RB204: what the redactor would hide; on another team's page only real secrets block."""
    body = TextMap.of_lines([(at, 0, line) for at, line in enumerate(page.document.lines)])
    for start, end, kind in Redactor().spans(body.text):
        if _NO_LITERAL.match(body.text, start):
            continue
        if page.strict or kind not in _HARMLESS_ELSEWHERE:
            severity = _secret_severity(page, kind, body.text[start:end])
            message = f"This looks like {_KINDS.get(kind, 'personal data')}."
            yield page.at("RB204", message, body, start, end, severity=severity)


def _secret_severity(page: Page, kind: Kind, text: str) -> Severity:
    """A secret that may be a plain word, and contacts on other teams' pages, only warn."""
    if kind not in _BLOCKING or (kind in _CONTACTS and not page.strict):
        return "W"
    return "W" if kind is Kind.SECRET and _WORDLIKE.match(text) else "E"


CHECKS: dict[str, Check] = {"RB203": piped_download, "RB204": secrets}
