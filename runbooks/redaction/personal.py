"""E-mail addresses and dates of birth."""

import re
from collections.abc import Iterator

from runbooks.redaction.spans import Kind, Page, Span, words

_LOCAL_SIGNS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-'"
_DOMAIN = re.compile(
    r"@(?P<domain>[^\W_](?:(?:[^\W_]|-){0,62}\.){1,8}(?P<top>[^\W\d_]{2,24}|xn--[a-z0-9\-]{2,59}))"
    r"(?![A-Za-z0-9\-]|\.[A-Za-z0-9])"
)
# What follows an at sign without being a mail domain: pictures, packages, cluster-internal hosts.
_AUTHORITY = re.compile(r"[^\s/?#@\"'<>]{0,160}")
_NO_TOP = words(
    "png jpg jpeg gif svg webp css js ts mjs cjs map json html md py go rs sh yaml yml toml"
    " lock zip tgz gz local localhost internal lan svc cluster intranet corp home arpa"
)
_NOBODY = words(
    "noreply no-reply no_reply donotreply do-not-reply do_not_reply mailer-daemon git hg svn"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:t\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?(?:z|[+\-]\d\d:?\d\d)?)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[ \-]" + _MONTH + r"[ \-]\d{2,4}"
    r"|" + _MONTH + r"[ \-]\d{1,2}(?:st|nd|rd|th)?,?[ \-]\d{4}"
    r"|(?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)? " + _MONTH + r",? \d{4}|(?:19|20)\d{6})(?!\d)"
)
_GAP = r"(?:[\"'\\\s:=*_(|,>\-]|\bis\b|\bwas\b|\bon\b|\bas\b|</?\w{1,8}>?){1,14}"
_NAME_SIGNS = r"[A-ZÀ-Ž][\w.'’\-]{0,30}"
_NAMED = re.compile(
    r"name(?<=[\"']name)\\{0,7}[\"']\s{0,2}:\s{0,2}\\{0,7}[\"']"
    rf"(?P<word>{_NAME_SIGNS}(?: {_NAME_SIGNS}){{1,3}})\\{{0,7}}[\"']"
)
_PERSON_KEYS = re.compile(
    r"[\"'](?:e_?mail|dob|date_?of_?birth|birthday|phone|phone_number|ssn|passport|address1?)\\{0,7}[\"']"
)
_BIRTH = tuple(
    (needle, re.compile(label + _GAP + f"(?P<date>{_DATE})"))
    for needle, label in (
        ("dob", r"dob(?<![a-z]dob)"),
        ("d.o.b", r"d\.o\.b\.?"),
        ("birth", r"birth[ _\-]?(?:date|day)?(?: \([\w/\- ]{2,12}\))?"),
        ("born", r"born(?<![a-z]born)(?: (?:in|at) [^\d\n\"]{2,30}?)?"),
    )
)


def find_personal(page: Page, start: int, end: int) -> Iterator[Span]:
    """Spans of mailboxes that a person reads, of birth dates and of names beside such fields."""
    yield from _emails(page.text, start, end)
    for match in _NAMED.finditer(page.text, start, end):
        near = page.low[max(0, match.start() - 160) : match.end() + 160]
        if _PERSON_KEYS.search(near):
            yield Span(*match.span("word"), Kind.NAME)
    for needle, pattern in _BIRTH:
        if page.has(needle, start, end):
            yield from (
                Span(*m.span("date"), Kind.DOB) for m in pattern.finditer(page.low, start, end)
            )


def _emails(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _DOMAIN.finditer(text, start, end):
        begin = match.start() - len(_local_part(text[max(0, match.start() - 65) : match.start()]))
        local = text[begin : match.start()]
        if _is_mailbox(local, match["top"].lower()) and not _is_login(text, begin):
            yield Span(begin, match.end(), Kind.EMAIL)


def _local_part(head: str) -> str:
    """What stands before the at sign, as far as it belongs to the address."""
    at = len(head.rstrip(_LOCAL_SIGNS))
    # Letters of other alphabets belong to it, but not the words of a script without blanks.
    last = "\u0590" if at < len(head) else "\U0010ffff"
    while at and head[at - 1].isalnum() and "\x7f" < head[at - 1] < last:
        at -= 1
    local = head[at:]
    if at and head[at - 1] == "\\" and local[:1] in {"n", "r", "t"}:
        local = local[1:]  # the n of an escaped line break is no letter of the name
    return local.lstrip(".%+-'")


def _is_login(text: str, at: int) -> bool:
    """`scheme://user@host`: who logs in at a host has no mailbox there."""
    head = text[max(0, at - 160) : at]
    scheme = head.rfind("://")
    return scheme >= 0 and _AUTHORITY.fullmatch(head, scheme + 3) is not None


def _is_mailbox(local: str, top: str) -> bool:
    return 0 < len(local) <= 64 and top not in _NO_TOP and local.lower() not in _NOBODY
