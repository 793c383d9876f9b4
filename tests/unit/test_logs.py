"""What stands in the log, and what never does."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from runbooks import logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The log as text; every logger is as before afterwards."""
    root = logging.getLogger()
    before = root.handlers, root.level, logging.getLogger("runbooks").level
    stream = io.StringIO()
    logs.set_up("INFO", stream)
    yield stream
    root.handlers, level, ours = before
    root.setLevel(level)
    logging.getLogger("runbooks").setLevel(ours)


def told(stream: io.StringIO) -> list[dict[str, object]]:
    """The lines as objects."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_record_is_one_line_with_its_facts(lines: io.StringIO):
    """Time, level, logger and message, and beside them what was given as facts."""
    logging.getLogger("runbooks.batch").info("drafted", extra={"cost_usd": 0.01, "run_id": "r\n1"})
    (line,) = told(lines)
    assert line["message"] == "drafted"
    assert (line["cost_usd"], line["run_id"]) == (0.01, "r\n1")
    assert str(line["at"]).endswith("Z")


def test_what_an_exception_says_is_not_written(lines: io.StringIO):
    """Its words may quote a trace; its class and place are enough to find it."""
    try:
        raise ValueError("the customer anna@corp.example said hunter2")
    except ValueError:
        logging.getLogger("runbooks.api").exception("unexpected error in a request")
    text = lines.getvalue()
    assert "hunter2" not in text
    assert told(lines)[0]["error"] == "ValueError"
    assert "test_logs.py:" in str(told(lines)[0]["where"])


def test_other_libraries_are_redacted_and_quiet(lines: io.StringIO):
    """They warn in words of their own, which may hold an address or a key."""
    logging.getLogger("some.library").info("hello")
    logging.getLogger("some.library").warning("cannot reach %s", "anna@corp.example")
    (line,) = told(lines)
    assert "anna" not in str(line["message"])


def test_a_fact_of_any_kind_cannot_break_the_line(lines: io.StringIO):
    """Objects are left out, long texts cut, wrong arguments survived."""
    facts = {"thing": object(), "long": "x" * 9999}
    logging.getLogger("runbooks.x").info("m", extra=facts)
    (first,) = told(lines)
    assert "thing" not in first
    assert len(str(first["long"])) == 300
    wrong = logging.LogRecord("runbooks.x", logging.INFO, "f", 1, "%d items", ("none",), None)
    assert json.loads(logs.JsonLines().format(wrong))["message"] == "%d items"


def test_the_servers_own_lines_are_of_the_same_form(lines: io.StringIO):
    """A library that brought its own handler writes through ours, its address lines not at all."""
    access = logging.getLogger("uvicorn.access")
    access.addHandler(logging.StreamHandler(io.StringIO()))
    logs.set_up("INFO", lines)
    logging.getLogger("uvicorn.error").error("cannot bind")
    access.info("GET /suggestions?q=secretword")
    access.error("GET /suggestions?q=secretword")
    assert [line["message"] for line in told(lines)] == ["cannot bind"]


def test_levels_hold_for_our_own_loggers(lines: io.StringIO):
    """At WARNING nothing of daily business is written."""
    logs.set_up("WARNING", lines)
    logging.getLogger("runbooks.batch").info("drafted")
    assert lines.getvalue() == ""
