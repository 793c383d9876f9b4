"""Keeps secrets and personal data out of prompts, drafts and views (CONTRACT R10).

`redact(text)` serves one text; a `Redactor` serves a suggestion's traces with one numbering.
What is found, what stays and why: docs/decisions/0003-redaction.md.
"""

from runbooks.redaction.redactor import Redactor, redact
from runbooks.redaction.spans import Kind, Span

__all__ = ["Kind", "Redactor", "Span", "redact"]
