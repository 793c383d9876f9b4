"""Times as people read them: how long ago, and exactly when in the reader's own zone."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from runbooks.clock import utc_now

_EPOCH_YEAR = 1970
_NEAR, _FAR = 1e8, 1e11
"""Between these a number is a moment in seconds; above, in a smaller unit."""
_STEPS = ((86_400 * 365, "y"), (86_400, "d"), (3600, "h"), (60, "min"))

Moment = datetime | str | None


def as_moment(value: Moment) -> datetime | None:
    """Read a stored time; None for none, for one that cannot be read, and for the epoch."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if value else None
        except ValueError:
            return None
    if value is None or value.year <= _EPOCH_YEAR:
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def ago(value: Moment, now: datetime | None = None) -> str:
    """Give how long ago it was, such as `3 d` or `now`; "unknown" without a time."""
    at = as_moment(value)
    if at is None:
        return "unknown"
    return span(((now or utc_now()) - at).total_seconds())


def since(value: Moment, now: datetime | None = None) -> str:
    """Give the same as part of a sentence: `3 d ago`, `just now`."""
    words = ago(value, now)
    return {"now": "just now", "unknown": "at an unknown time"}.get(words, f"{words} ago")


def span(seconds: float) -> str:
    """Give a span by its largest unit; less than a minute is `now`."""
    for size, unit in _STEPS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "now"


def duration(seconds: float) -> str:
    """Give how long something took: `< 0.1 s`, `0.4 s`, `12 s`, `3 min 5 s`, `2 h 4 min`."""
    if seconds < 0.05:
        return "< 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def exact(value: Moment) -> str:
    """Give the moment in the reader's zone, with the zone: `2026-11-16 23:41:09 CET`."""
    at = as_moment(value)
    return at.astimezone(zone()).strftime("%Y-%m-%d %H:%M:%S %Z") if at else "no time recorded"


def clock_time(value: Moment) -> str:
    """Give day and minute in the reader's zone, without the year: `16 Nov 23:41`."""
    at = as_moment(value)
    return f"{at.astimezone(zone()):%d %b %H:%M}" if at else "unknown"


def time_of_day(value: str) -> str:
    """Give the time of day in the reader's zone of an ISO time or of Unix seconds, else ""."""
    at = as_moment(value)
    if at is None and value[:1].isdigit():
        at = _of_unix(value)
    return f"{at.astimezone(zone()):%H:%M:%S}" if at else ""


def _of_unix(value: str) -> datetime | None:
    """Read seconds, or milli-, micro- or nanoseconds, since 1970."""
    try:
        seconds = float(value)
        for _ in range(3):
            seconds = seconds / 1000 if seconds > _FAR else seconds
        return datetime.fromtimestamp(seconds, UTC) if seconds > _NEAR else None
    except (ValueError, OverflowError, OSError):
        return None


def zone() -> tzinfo:
    """Give the time zone of the browser, UTC when it does not say one that is known here."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
