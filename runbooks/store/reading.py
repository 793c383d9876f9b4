"""Small readers of untidy fields: each takes any stored value and never raises (CONTRACT §1)."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from runbooks.models import Severity

_SEVERITIES = {
    **{level.value: level for level in Severity},
    "p1": Severity.CRITICAL,
    "p2": Severity.HIGH,
    "p3": Severity.MEDIUM,
}
MAX_WORD = 200
_MAX_WHOLE = 2**53 - 1
_RANKS = {Severity.CRITICAL: 0, Severity.HIGH: 1, None: 2, Severity.MEDIUM: 3, Severity.LOW: 4}


def text(value: object) -> str:
    """Read a text; numbers become their digits, anything else is empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def word(value: object) -> str:
    """Read a name, such as a status or a service: the first 200 characters of a text count.

    Lists hold these, and an index holds no long ones.
    """
    return text(value)[:MAX_WORD]


def texts(value: object) -> tuple[str, ...]:
    """Read a list of texts; a single text counts as a list of one, other members are left out."""
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, list | tuple):
        return tuple(item for item in map(text, value) if item)
    return ()


def number(value: object) -> float | None:
    """Read a finite number, also one written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value: object) -> int | None:
    """Read a whole number; one that JSON does not hold exactly is none."""
    found = number(value)
    return None if found is None or abs(found) > _MAX_WHOLE else int(found)


def mapping(value: object) -> Mapping[str, object]:
    """Read a map with text keys; anything else is an empty one."""
    return value if isinstance(value, Mapping) else {}


def members(value: object) -> Iterable[object]:
    """Read a list; anything else is an empty one."""
    return value if isinstance(value, list | tuple) else ()


def moment(value: object) -> datetime | None:
    """Read a time: a native timestamp or an ISO string with `Z` or offset; UTC without one."""
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        if not isinstance(value, datetime):
            return None
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def severity(value: object) -> Severity | None:
    """Read a severity; P1, P2, P3 are critical, high, medium; an unknown word is None."""
    return _SEVERITIES.get(value.strip().lower()) if isinstance(value, str) else None


def severity_rank(level: Severity | None) -> int:
    """Give the place in "worst first"; unknown comes after high (CONTRACT §1)."""
    return _RANKS[level]


def worst(levels: Iterable[Severity | None]) -> Severity | None:
    """Give the worst of the known severities."""
    known = [level for level in levels if level is not None]
    return min(known, key=severity_rank, default=None)


def kind_of(value: object) -> str:
    """Name the kind of a stored value in a person's words."""
    names = {str: "text", bool: "yes/no", int: "number", float: "number", list: "list"}
    return "map" if isinstance(value, Mapping) else names.get(type(value), type(value).__name__)


def said_of(value: object) -> str:
    """Say in a few words what stands in a field, the same in every store."""
    if value is None:
        return "is missing"
    return f"says {value!r:.60}" if isinstance(value, str) else f"is a {kind_of(value)}"
