"""Text of unknown origin made fit for Markdown: shown as it is, never read as markup."""

import re

from runbooks.markdown.parsing import clean_text

# Control signs that are no white space, signs that nobody sees, and signs that turn the order of
# letters round.
_UNSEEN = dict.fromkeys(
    [
        *(code for code in range(0xA0) if not chr(code).isspace() and not chr(code).isprintable()),
        *(0x061C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
)
_SPECIAL = re.compile(
    r"""(?x)
      [\\`*\[\]<|~]
    | (?<![^\W_])_ | _(?![^\W_])     # an underscore that is not inside a word
    | &(?=[\#A-Za-z])               # an entity
    | (?:(?<=\s)|^)\#(?=\#*$)       # what would close a heading
    | (?<=[\w.+-])@                 # an e-mail address
    | (?<=http):(?=//) | (?<=https):(?=//) | (?<=ftp):(?=//)
    | (?<=mailto): | (?<=xmpp): | (?<=www)\.
    """,
    re.IGNORECASE,
)
# What a line may not begin with when it is to be a paragraph; markup within a line is let be.
_BLOCK_START = re.compile(
    r"""(?x)
      \#{1,6}(?:\s|$)            # heading
    | [-+*](?:\s|$)              # list item
    | (?:[-_*=][\ ]?){3,}$       # rule or heading underline
    | -+$ | =+$
    | `{3,}[^`]*$ | ~{3}         # fence
    | >                          # quote
    | <(?!https?:|mailto:)       # HTML
    | \[(?:[^\[\]\\]|\\.){0,999}\]: | \[\^[^\]]{1,9999}\]:    # link, footnote definition
    | \[[\ xX]\]\s               # check box
    | \|                         # table row
    """
)
_NUMBER_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_BACKTICKS = re.compile(r"`+")


def one_line(text: str) -> str:
    """The text on one line: white space runs as one blank, control and unseen signs removed."""
    return " ".join(clean_text(text).translate(_UNSEEN).split())


def escape_inline(text: str) -> str:
    r"""Markdown that shows a plain text exactly, on one line, wherever a line may stand.

    White space is collapsed as in `one_line`. Addresses are kept from becoming links: links of a
    runbook come from the services file alone (CONTRACT §4).
    """
    return as_paragraph(_SPECIAL.sub(r"\\\g<0>", one_line(text)))


def as_paragraph(markdown: str) -> str:
    """Inline Markdown on one line that begins no heading, list, fence, quote or HTML block.

    Idempotent; the result holds the same words. Markup within the line stays markup.
    """
    line = one_line(markdown)
    if _BLOCK_START.match(line):
        return "\\" + line
    return _NUMBER_START.sub(r"\1\\\2", line, count=1) if _NUMBER_START.match(line) else line


def code_span(text: str) -> str:
    """A code span that shows the text on one line, whatever backticks are in it."""
    line = one_line(text)
    if not line:
        return "` `"
    marks = "`" * (longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{marks}{pad}{line}{pad}{marks}"


def fenced(code: str, language: str) -> str:
    """A code block with a fence longer than any run of backticks in the code."""
    body = clean_text(code).strip("\n")
    marks = "`" * max(3, longest_run(body) + 1)
    name = "".join(c for c in language if c.isalnum() or c in "+#.-_")[:40]
    return f"{marks}{name}\n{body}\n{marks}"


def longest_run(text: str) -> int:
    """The length of the longest run of backticks."""
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
