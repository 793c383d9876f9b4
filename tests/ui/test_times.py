"""Times as people read them."""

from datetime import UTC, datetime, timedelta

from workbench import times

NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)


def test_an_age_is_told_by_its_largest_unit() -> None:
    """Three in the morning is no time for arithmetic."""
    steps = {"now": 59, "1 min": 60, "59 min": 3599, "1 h": 3600, "3 d": 3.9 * 86_400}
    for words, seconds in steps.items():
        assert times.ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_an_unknown_time_is_called_unknown() -> None:
    """Neither nothing, nor nonsense, nor the epoch is an age of 56 years."""
    for value in (None, "", "yesterday", "1970-01-01T00:00:00.000000Z"):
        assert times.ago(value, NOW) == "unknown"
        assert times.since(value, NOW) == "at an unknown time"
        assert times.exact(value) == "no time recorded"


def test_a_time_of_the_future_is_now() -> None:
    """Clocks of two services differ by seconds; that is no age."""
    assert times.since(NOW + timedelta(seconds=5), NOW) == "just now"


def test_a_duration_has_two_units_at_most() -> None:
    """Short ones keep a digit, long ones do not."""
    assert times.duration(0.44) == "0.4 s"
    assert times.duration(59.4) == "59 s"
    assert times.duration(185) == "3 min 5 s"
    assert times.duration(7500) == "2 h 5 min"


def test_an_exact_time_names_its_zone() -> None:
    """Without a browser's zone it is UTC."""
    assert times.exact("2026-11-18T03:00:00.000000Z") == "2026-11-18 03:00:00 UTC"


def test_a_time_of_day_is_read_from_whatever_a_trace_has() -> None:
    """ISO times with any offset, and seconds or smaller units since 1970; else nothing."""
    for value in (
        "2026-11-18T03:00:00.000000Z",
        "2026-11-18T05:00:00+02:00",
        "1795057200",
        "1795057200.5",
        "1795057200000",
        "1795057200000000000",
    ):
        assert times.time_of_day(value)[2:] == ":00:00", value
    assert times.time_of_day("2026-11-18T05:00:00+02:00") == "03:00:00"
    for value in ("", "7", "noon", "1e999", "nan", "9" * 400):
        assert times.time_of_day(value) == "", value
