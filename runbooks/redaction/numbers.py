"""Payment cards, phones, social security numbers, IP addresses and IBANs.

One expression finds runs of digits; what a run is, is decided by its form and its neighbours.
"""

import ipaddress
import re
from collections.abc import Iterator

from runbooks.redaction.spans import LEFT, Kind, Page, Span

_RUN = re.compile(r"\d[\d ().\-/]{5,60}\d")
_MOMENT = re.compile(
    r"(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?(?:[ T]\d\d)?|\d\d?[-/]\d\d?[-/](?:19|20)\d\d"
)
_DOTTED = re.compile(r"\(?\d{1,3}(?:\.\d{1,3}){3}(?!\d)")
_CARD = re.compile(
    LEFT + r"(?<![.\-+])(?:\d{12,19}|\d{4}(?P<s>[ \-])\d{4}(?P=s)\d{4}(?P=s)\d{1,4}(?:(?P=s)\d{3})?"
    r"|\d{4}(?P<t>[ \-])\d{6}(?P=t)\d{4,5})(?![\w\-]|\.\d)"
)
_CARD_MARK = re.compile(
    r"card|visa|maestro|amex|american express|diners|discover|\bjcb\b|credit|debit|\bpan\b|\bcc\b"
)
_ID_MARK = re.compile(
    r"(?:\b|_)(?:id|ids|trace|span|ts|time|timestamp|start|duration|seq|offset|hash|sha|uid|pid|number)"
    r"[\"'\\]{0,8}\s?[:=]\s?[\"'\\\[]{0,8}$"
)
_SSN = re.compile(LEFT + r"(?<![\-.])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w\-]|\.\d)")
_SSN_BARE = re.compile(r"\d{3} ?\d\d ?\d{4}(?!\w)")
_SSN_MARK = re.compile(
    r"(?:\bssn|social security(?: number| no\.?)?)[\"'\\]{0,8}(?: ?(?:is|[:=#]))?[\s\"'\\]{0,4}$"
)
_IPV4 = re.compile(LEFT + r"(?<!\d\.)(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})(?!\w|\.\d)")
_IPV6 = re.compile(
    r"[23][0-9A-Fa-f]{3}(?:(?<![\w:.].{4})|(?<=\\[nrt].{4})):[0-9A-Fa-f:]{1,36}(?:\.\d{1,3}){0,3}"
)
_VERSION_MARK = re.compile(
    r"(?:version|release|build|ver|v|rev|firmware|agent|chrome|safari|==|[a-z]-|[a-z]@|[a-z]/)[\"'\\]{0,8}[\s:=]{0,3}[\"'\\]{0,8}$"
)
_IBAN = re.compile(
    LEFT + r"[A-Z]{2}\d\d(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
)
_PLUS = re.compile(
    r"\+[1-9]\d{0,2}[ .\-]?(?:\(0?\d{0,4}\)[ .\-]?)?\d{1,12}(?:[ .\-/]{1,2}\d{1,8}){0,6}"
)
_US = re.compile(
    LEFT + r"(?<![\-.+/])(?:(?:00)?1[ .\-])?(?:\(\d{3}\)[ \-]?|\d{3}[.\-])\d{3}[.\-]\d{4}"
    r"(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w\-]|\.\d)"
)
_PLAIN = re.compile(
    LEFT + r"(?<![.\-+/])\(?\d{1,5}\)?(?:[ .\-/]{0,2}\(?\d{1,8}\)?){1,6}"
    r"(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w.]\d)"
)
_PHONE_WORDS = (
    *("phone", "tel", "mobile", "cell", "fax", "whatsapp", "sms", "hotline", "call", "ring"),
    *("dial", "text", "reach", "contact", "message"),
)
_PHONE_BEFORE = re.compile(
    r"(?:(?<![a-z])|(?<=\\[nrt]))(?:(?:tele|cell|mobile|home|work|smart|hand)?phone|contact|tel|mobile|cell|fax|whatsapp|sms|hotline"
    r"|(?:call|ring|dial|text|phone|reach|contact)(?: (?:me|us|him|her|them|back|you|someone|now))?"
    r"(?: back)?(?: (?:at|on|under))|dial|(?:messages?|calls?|sms|texts?) (?:to|from|at|on))"
    r"(?:[ _\-]?(?:number|no|nr|#))?\.?[\"'\\*]{0,8}(?: (?:is|was|at|on|to))?\s{0,2}[:=]?"
    r"[\s\"'\\*]{0,8}\(?$"
)
_PHONE_AFTER = re.compile(
    r"[\s\\,\-/(]{0,3}(?:office|fax|mobile|cell|home|work|phone|tel)\b(?! ?\w)"
)


def find_numbers(page: Page, start: int, end: int) -> Iterator[Span]:
    """Spans of personal numbers; hashes, ids, dates, versions and amounts stay."""
    for run in _RUN.finditer(page.text, start, end):
        if not _MOMENT.fullmatch(run.group()) and not _is_endless(page.text, run):
            yield from _in_run(page, run)
    yield from _ipv6(page.text, start, end)


def _is_endless(text: str, run: re.Match[str]) -> bool:
    """Digits without a break beyond the longest run belong to no person."""
    return text[run.end() : run.end() + 1].isdigit() and run.group().isdigit()


def _in_run(page: Page, run: re.Match[str]) -> Iterator[Span]:
    """Try on a run of digits and signs what its signs allow; the tries read one sign beyond it."""
    text, whole = page.text, run.group()
    begin, end = max(0, run.start() - 2), run.end() + 2
    if whole.count(".") > 2:
        yield from _ipv4(page, begin, end)
    if whole.count("-") > 1:
        yield from (Span(*m.span(), Kind.SSN) for m in _SSN.finditer(text, begin, end))
    before = page.low[max(0, run.start() - 48) : run.start()]
    if "ssn" in before or "social" in before:
        yield from _labelled_ssn(text, run.start(), before)
    if sum(map(str.isdigit, whole)) >= 12:
        for match in _CARD.finditer(text, begin, end):
            if _is_card(page, match):
                yield Span(*match.span(), Kind.CARD)
    if not text[max(0, run.start() - 12) : run.start()].islower():
        yield from _ibans(text, run)
    yield from _phones(page, run, before)


def _labelled_ssn(text: str, at: int, before: str) -> Iterator[Span]:
    bare = _SSN_BARE.match(text, at)
    if bare and _SSN_MARK.search(before):
        yield Span(*bare.span(), Kind.SSN)


def _ipv4(page: Page, begin: int, end: int) -> Iterator[Span]:
    for match in _IPV4.finditer(page.text, begin, end):
        before = page.low[max(0, match.start() - 24) : match.start()]
        port = page.text[match.end() : match.end() + 1] == ":"
        version = _VERSION_MARK.search(before) and not (port and before.endswith("/"))
        if not version and is_public(match.group()):
            yield Span(*match.span(), Kind.IP)


def _ipv6(text: str, start: int, end: int) -> Iterator[Span]:
    for match in _IPV6.finditer(text, start, end):
        address = match.group().rstrip(":.")
        if address.count(":") > 1 and is_public(address):
            yield Span(match.start(), match.start() + len(address), Kind.IP)


def is_public(address: str) -> bool:
    """Whether an IP address can lead to a person: not private, loopback, link-local or reserved.

    The ranges set apart for documentation count as public, because they stand for such addresses.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if parsed.is_multicast or parsed.is_loopback or parsed.is_unspecified or parsed.is_link_local:
        return False
    return parsed.is_global or any(parsed in network for network in _DOCUMENTATION)


_DOCUMENTATION = tuple(
    ipaddress.ip_network(network)
    for network in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)


def passes_luhn(digits: str) -> bool:
    """The check digit of payment cards."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


_ISSUERS = re.compile(
    r"4(?:\d{15}|\d{12}|\d{18})|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|09|[689]\d)\d{11}|(?:6011|65\d\d|64[4-9]\d)\d{12,15}|62\d{14,17}"
    r"|35(?:2[89]|[3-8]\d)\d{12}|(?:2131|1800)\d{11}|(?:50|5[6-9]|6[0-9])\d{10,17}|9792\d{12}"
)


def _is_card(page: Page, match: re.Match[str]) -> bool:
    digits = re.sub(r"\D", "", match.group())
    if not _ISSUERS.fullmatch(digits) or not passes_luhn(digits):
        return False
    before = page.low[max(0, match.start() - 48) : match.start()]
    if _CARD_MARK.search(before):
        return True
    # A random 64-bit id passes the check digit one time in ten: lengths of ids need a mark.
    usual = 14 <= len(digits) <= 16
    return usual and not _ID_MARK.search(before)


def _ibans(text: str, run: re.Match[str]) -> Iterator[Span]:
    for match in _IBAN.finditer(text, max(0, run.start() - 30), run.end() + 40):
        whole = match.group()
        for cut in (len(whole), whole.rfind(" ")):  # a capital word may follow the number
            if cut > 0 and _passes_mod97(whole[:cut].replace(" ", "")):
                yield Span(match.start(), match.start() + cut, Kind.IBAN)
                break


def _passes_mod97(iban: str) -> bool:
    if not 15 <= len(iban) <= 34:
        return False
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1


def _phones(page: Page, run: re.Match[str], before: str) -> Iterator[Span]:
    text, begin, end = page.text, max(0, run.start() - 2), run.end() + 2
    if "+" in text[begin : run.start()]:
        yield from _international(text, begin, end)
    for match in _US.finditer(text, begin, run.end() + 14):
        yield Span(*match.span(), Kind.PHONE)
    plain = _PLAIN.match(text, run.start() - (text[run.start() - 1 : run.start()] == "("))
    if plain and _has_digits(plain, 7) and not _is_no_phone(plain.group()):
        marked = any(word in before for word in _PHONE_WORDS) and _PHONE_BEFORE.search(before)
        after = _PHONE_AFTER.match(page.low, plain.end())
        if marked or (after and (after.group()[0] == "-" or not plain.group().isdecimal())):
            yield Span(*plain.span(), Kind.PHONE)


def _international(text: str, begin: int, end: int) -> Iterator[Span]:
    for match in _PLUS.finditer(text, begin, end):
        head = text[max(0, match.start() - 1) : match.start()]
        if not head.isalnum() and head not in {".", ")", "/"} and _has_digits(match, 8):
            yield Span(*match.span(), Kind.PHONE)


def _is_no_phone(run: str) -> bool:
    return _MOMENT.match(run) is not None or _DOTTED.match(run) is not None


def _has_digits(match: re.Match[str], least: int) -> bool:
    return least <= sum(sign.isdigit() for sign in match.group()) <= 15
