"""Numbers with their units, so that 15 minutes are neither 15 spans nor 900 minutes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TIME = {
    "ns": 1e-9, "nanosecond": 1e-9, "us": 1e-6, "µs": 1e-6, "microsecond": 1e-6,
    "ms": 1e-3, "msec": 1e-3, "millisecond": 1e-3, "millis": 1e-3,
    "s": 1.0, "sec": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0,
    "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "d": 86_400.0, "day": 86_400.0, "week": 604_800.0,
}  # fmt: skip
_BYTES = {
    "b": 1.0, "byte": 1.0, "kb": 1e3, "kib": 1024.0, "ki": 1024.0, "kilobyte": 1e3,
    "mb": 1e6, "mib": 1024.0**2, "mi": 1024.0**2, "megabyte": 1e6,
    "gb": 1e9, "gib": 1024.0**3, "gi": 1024.0**3, "gigabyte": 1e9,
    "tb": 1e12, "tib": 1024.0**4, "ti": 1024.0**4, "terabyte": 1e12,
}  # fmt: skip
UNITS: dict[str, tuple[str, float]] = {
    **{name: ("time", size) for name, size in _TIME.items()},
    **{name: ("bytes", size) for name, size in _BYTES.items()},
    **dict.fromkeys(("%", "percent"), ("share", 0.01)),
    **dict.fromkeys(("usd", "$", "dollar"), ("usd", 1.0)),
    **dict.fromkeys(("eur", "€", "euro"), ("eur", 1.0)),
    **dict.fromkeys(("gbp", "£", "pound"), ("gbp", 1.0)),
}
"""What each unit measures, and how much of it one is."""

_JOINED_ONLY = frozenset({"m", "d", "b", "mi", "gi", "ki", "ti"})
_NO_KEY_UNITS = frozenset({"m", "d", "b", "min"})
"""`latency_min` is a lowest latency more often than one in minutes."""
_KEY_UNITS = {"seconds": "s", "millis": "ms", "nanos": "ns", "pct": "%", "bytes": "b"}
SPOKEN = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30,
}  # fmt: skip
"""Numbers that are written as words."""

NUMBER = re.compile(
    r"(?<![\w.])(?<!\d[,:/-])(?P<sign>[$€£])?(?P<digits>\d{1,3}(?:,\d{3}){1,6}|\d{1,24})"
    r"(?P<rest>\.\d{1,12})?(?:(?P<joined>%|[A-Za-zµ]{1,3})(?![\w-])|(?![\w,]?\d|\.\d|:\d\d|-\d\d|[A-Za-z_]))"
    r"(?P<unit>[ -](?:%|[A-Za-zµ]{1,12})(?![\w]))?"
)
"""A number that is no part of a name, a version, a date or an address."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number; `measure` is empty where it counts things, `unit` is then the word behind it.

    `size` is one unit in seconds, bytes or ones. `decimals` tells how exactly it was written,
    `loose` that `about` or the like stands before it.
    """

    value: float
    start: int
    end: int
    measure: str = ""
    size: float = 1.0
    unit: str = ""
    decimals: int = 0
    digits: int = 1
    loose: bool = False

    @property
    def amount(self) -> float:
        """The value in the base unit of its measure."""
        return self.value * self.size


def quantities(text: str) -> Iterator[Quantity]:
    """Give the numbers of a text in its order."""
    for match in NUMBER.finditer(text):
        found = read(match)
        if found:
            yield found


def read(match: re.Match[str]) -> Quantity | None:
    """Read one match of NUMBER; a number joined to letters that are no unit is a name."""
    value, decimals, digits = _value(match)
    joined = match["joined"] or ""
    spoken = (match["unit"] or "").strip(" -")
    unit = joined or spoken
    known = unit_of(unit, joined=bool(joined))
    if joined and not known:
        return None
    start, end = match.start(), match.end("rest") if match["rest"] else match.end("digits")
    if known:
        behind = match.end("joined") if joined else match.end("unit")
        return Quantity(value, start, behind, *known, unit.lower(), decimals, digits)
    if match["sign"]:
        measure = UNITS[match["sign"]][0]
        return Quantity(value, start, end, measure, 1.0, match["sign"], decimals, digits)
    return Quantity(value, start, end, "", 1.0, spoken.lower(), decimals, digits)


def _value(match: re.Match[str]) -> tuple[float, int, int]:
    whole, rest = match["digits"].replace(",", ""), match["rest"] or ""
    digits = len((whole + rest[1:]).strip("0")) or 1
    return float(whole + rest), max(0, len(rest) - 1), digits


def unit_of(word: str, *, joined: bool = False) -> tuple[str, float] | None:
    """Give what a unit measures and its size; `15 m` is no unit, `15m` is minutes."""
    low = word.lower()
    if not joined and low in _JOINED_ONLY:
        return None
    return UNITS.get(low) or (UNITS.get(low[:-1]) if low.endswith("s") and len(low) > 3 else None)


def unit_of_key(key: str) -> tuple[str, float] | None:
    """Give the unit that a field's name ends with: `idle_ms`, `disk.size_gib`, `duration`."""
    last = re.split(r"[_.\s-]", key.lower())[-1]
    if last == "duration":
        return ("time", 1e-9)
    if last in _NO_KEY_UNITS or (key.lower() == last and len(last) < 3):
        return None
    return UNITS.get(_KEY_UNITS.get(last, last))
