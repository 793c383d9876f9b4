"""Judges a value by the family of its name: what a phone, a street or a birth date looks like."""

import re
from collections.abc import Callable

from runbooks.redaction import values
from runbooks.redaction.families import Family
from runbooks.redaction.spans import Kind, words
from runbooks.redaction.values import Style

_CARD_CODE = re.compile(r"\d{3,4}")
_DIGITS = re.compile(r"[+(]{0,2}\d(?:[ ().\-/]{0,3}\d){6,18}(?:\s?(?:x|ext\.?)\s?\d{1,6})?")
_CARD_DIGITS = re.compile(r"\d(?:[ -]?\d){11,18}")
_SSN = re.compile(r"\d{3}[- ]?\d{2}[- ]?\d{4}")
_DOCUMENT = re.compile(r"(?=.{0,20}\d.{0,20}\d)[A-Z0-9][A-Z0-9 \-]{4,20}", re.I)
_ZIP = re.compile(r"(?=.{0,8}\d)[A-Z0-9]{2,6}[ -]?[A-Z0-9]{0,5}", re.I)
_DATE = re.compile(r"(?=.{0,16}\d.{0,3}\d)[\w ,./\-]{4,30}(?:[T ][\d:.]{5,15}Z?)?")
_FULL_NAME = re.compile(r"[^\W\d_a-z][\w.'’\-]{0,30}(?: [^\W\d_a-z][\w.'’\-]{0,30}){1,3}")
_PERSON = re.compile(r"(?:[^\W\d_]|[ .,'’\-]){1,80}")
_HOSTLIKE = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}|\w{1,20}://|[\w.\-]{1,80}:\d|0x|[^\s@]{1,64}@|/|[\[(:]"
)
_STREET_NUMBER = re.compile(
    r"\d{1,6}[A-Za-z]?(?: ?[-/] ?\d{1,5})?,? [^\W\d_]{2}"
    r"|.{0,60}[^\W\d_][^\s]{0,30},? \d{1,5}[A-Za-z]?(?:,|\.|$)"
    r"|p\.? ?o\.? box|psc |unit \d",
    re.I,
)


def kind_of(family: Family, value: str, style: Style) -> Kind | None:
    """The kind of a whole value under a name of this family, or None when it may stay."""
    if family in _SECRET_JUDGES:
        return Kind.SECRET if _SECRET_JUDGES[family](value, style) else None
    if values.is_template(value) or value.lower() in _NO_VALUES:
        return None
    kind, shape = _SHAPES[family]
    return kind if shape(value) else None


def _is_card_code(value: str, _: Style) -> bool:
    return _CARD_CODE.fullmatch(value) is not None


def _is_street(value: str) -> bool:
    letters = sum(sign.isalpha() for sign in value)
    return 3 <= len(value) <= 200 and letters >= 2 and not _HOSTLIKE.match(value)


def _is_address(value: str) -> bool:
    return " " in value and _is_street(value) and _STREET_NUMBER.match(value) is not None


def _is_name(value: str) -> bool:
    return _PERSON.fullmatch(value) is not None and any(sign.isalpha() for sign in value)


def _is_person(value: str) -> bool:
    return _FULL_NAME.fullmatch(value) is not None


_NO_VALUES = words("string text none null required optional unknown true false n/a str")
_SECRET_JUDGES: dict[Family, Callable[[str, Style], bool]] = {
    Family.PASSWORD: values.is_password,
    Family.KEY: values.is_key,
    Family.WEAK_KEY: values.is_weak_key,
    Family.CARD_CODE: _is_card_code,
}
_SHAPES: dict[Family, tuple[Kind, Callable[[str], object]]] = {
    Family.CARD: (Kind.CARD, _CARD_DIGITS.fullmatch),
    Family.SSN: (Kind.SSN, _SSN.fullmatch),
    Family.DOCUMENT: (Kind.ID, _DOCUMENT.fullmatch),
    Family.PHONE: (Kind.PHONE, _DIGITS.fullmatch),
    Family.DOB: (Kind.DOB, _DATE.fullmatch),
    Family.ADDRESS: (Kind.ADDRESS, _is_address),
    Family.STREET: (Kind.ADDRESS, _is_street),
    Family.ZIP: (Kind.ADDRESS, _ZIP.fullmatch),
    Family.NAME: (Kind.NAME, _is_name),
    Family.PERSON: (Kind.NAME, _is_person),
}
