"""Judges what stands beside a secret-sounding name: a secret, or only a word about one."""

import math
import re
from collections import Counter
from enum import Enum, auto

from runbooks.redaction.spans import words


class Style(Enum):
    """How a value was written, which decides how much it must look like a secret."""

    QUOTED = auto()
    TIGHT = auto()  # NAME=value, as in a shell, a URL or an INI file
    LOOSE = auto()  # name: value or name = value without quotes: code, YAML or a sentence


_TEMPLATE = re.compile(
    r"""\$\{|\$\(|`|\$\$?[A-Za-z_]\w{0,63}\W?$|\$\d[\d,.]{0,12}$|%\(|%[A-Za-z_]{2,40}%$|%[sdvq]\b|\{\{|<%|#\{"""
    r"""|<[^<>]{1,80}>$|\{[A-Za-z_.\- ]{0,60}\}$|\[[A-Z_ \-]{2,40}\]$|\[[A-Z]{2,8}_\d{1,7}\]"""
)
_FILLER = re.compile(
    r"fake|example|placeholder|redacted|change.?me|dummy|x{4}|\*{3}|#{4}|\.{3}|•{2}|your[_\- ]"
    r"|insert|replace[_\- ]?(?:me|with|this)|<[a-z]|_here\b|goes[_\- ]here|not[_\- ]"
)
_ABOUT = re.compile(r"pass(?:word|wd|phrase)|secret|token|cred|key|auth|vault")
_WORDS = re.compile(r"[a-z]{1,30}(?:[-_./: ][a-z]{1,30}){0,12}")
_HUMP = re.compile(r"[a-z]{2,20}(?:[A-Z][a-z]{2,20}){1,6}")
_HANDLE = re.compile(r"(?:[a-z]{2,24}\d{0,4}|\d{1,4})(?:[-_.](?:[a-z]{2,24}\d{0,4}|\d{1,4})){1,8}")
_CODE = re.compile(
    r"[A-Za-z_]\w{0,60}(?:(?:\.|->|::)[A-Za-z_]\w{0,60}){1,8}(?:\W|$)"
    r"|[A-Za-z_][\w.]{0,80}(?:\(|\[[\"'A-Za-z])"
)
_PLACE = re.compile(r"[.~]{0,2}/|[a-z][a-z0-9+.\-]{1,12}:(?://|/?[a-z])|arn:|[A-Za-z]:\\")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}:\d\d")
_HEX = re.compile(r"[0-9a-f]{1,256}|[0-9A-F]{1,256}")
_BLANK, _LETTER, _DIGIT = re.compile(r"\s"), re.compile(r"[^\W\d_]"), re.compile(r"\d")
_SIGN = re.compile(r"[^\w\-. ,:/']")
_SAMPLE = 96
UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_SPOKEN = words(
    "a an and are at be by can cannot could did do does doesnt dont enter expired for forgot"
    " from has have if in incorrect invalid is it least mismatch missing must new no not of"
    " on or please reset required should start than that the then this to too was when will"
    " with wrong you your"
)
_NOTHING = words(
    "none null nil true false yes no on off undefined empty default required optional string"
    " str text int bool bytes any varchar char object password passwd passphrase pass pwd"
    " secret token key user username apikey api_key foo bar baz test value unknown unset"
    " missing invalid expired wrong incorrect hidden masked reset the"
)


def is_template(value: str) -> bool:
    """Whether something else fills the value in (`${X}`, `<key>`) or it is blotted out."""
    return _TEMPLATE.match(value) is not None or is_mask(value)


def is_mask(value: str) -> bool:
    """Whether a value is blotted out already: one or two signs repeated, or a long run of x."""
    signs = set(value) - set("-_. ")
    return len(signs) < 2 or signs <= set("xX*#•") or "xxxxxxxx" in value.lower()


def is_filler(value: str) -> bool:
    """Whether the value says of itself that it is none: `changeme`, `insert_key_here`, `foo`."""
    low = value[:_SAMPLE].lower()
    return low in _NOTHING or _FILLER.search(low) is not None


def entropy(value: str) -> float:
    """Shannon entropy of the first characters, in bits per character."""
    counts = Counter(value[:_SAMPLE]).values()
    total = min(len(value), _SAMPLE)
    return -sum(n / total * math.log2(n / total) for n in counts)


def is_password(value: str, style: Style) -> bool:
    """Whether a value beside a password's name is one; short and weak passwords count too."""
    if not 4 <= len(value) <= 512 or is_template(value) or is_filler(value):
        return False
    if _names_a_secret(value) or _PLACE.match(value) or _is_speech(value):
        return False
    if style is Style.QUOTED:
        return True
    if value.isdecimal() and len(value) < 6:  # `pass: 1200` counts tests that passed
        return False
    return not _CODE.match(value) and (style is Style.TIGHT or _is_odd(value))


def is_key(value: str, style: Style) -> bool:
    """Whether a value beside the name of a key or token is one: long enough and not a word."""
    if not 10 <= len(value) <= 512 or not _is_odd(value) or _BLANK.search(value):
        return False
    if style is not Style.QUOTED and _CODE.match(value):
        return False
    if _PLACE.match(value) or _MOMENT.match(value) or value.isdecimal() or is_template(value):
        return False
    if _HANDLE.fullmatch(value) or _HUMP.fullmatch(value) or _names_a_secret(value):
        return False
    return entropy(value) >= 2.9 and not is_filler(value)


def is_weak_key(value: str, style: Style) -> bool:
    """Whether a value beside a bare `…key` is a secret: only if it is random beyond any doubt.

    Hashes, UUIDs and paths are the usual values of such a name and stay.
    """
    if len(value) < 20 or UUID.fullmatch(value) or _HEX.fullmatch(value):
        return False
    if not re.fullmatch(r"[A-Za-z0-9+/=_\-]{20,512}", value) or value.count("/") > 3:
        return False
    kinds = sum(any(map(test, value)) for test in (str.isdigit, str.islower, str.isupper))
    return kinds == 3 and entropy(value) >= 3.8 and is_key(value, style)


def _names_a_secret(value: str) -> bool:
    """`db-password` or `vault/path/token` is where a secret is kept, not the secret."""
    return _WORDS.fullmatch(value) is not None and _ABOUT.search(value) is not None


def _is_speech(value: str) -> bool:
    spoken = re.findall(r"[^\W\d_]{1,64}", value.lower().replace("'", ""))
    spaced = " " in value.strip()
    return spaced and (len(spoken) > 8 or not _SPOKEN.isdisjoint(spoken) or value[-1] in ".?!:")


def _is_odd(value: str) -> bool:
    """Whether a value is more than letters of a word: digits among letters, or other signs."""
    if not _LETTER.search(value):
        return len(value) >= 4 and _DIGIT.search(value) is not None
    if _DIGIT.search(value) or _SIGN.search(value):
        return True
    return len(value) >= 16 and value.lower() != value != value.upper()
