"""CONTRACT R13: one call and up to three more, only when that can help, and never after a cancel."""

import threading
import time
from email.utils import formatdate

import pytest

from runbooks.drafting.budget import BudgetSpent, CallsCancelled
from runbooks.drafting.model import TRANSIENT_STATUS, ModelError, retry_after_seconds
from runbooks.drafting.retrying import RetryingModel
from tests.models.scripted import PROMPT, ScriptedModel, busy, reply, terms


def asked(*turns: object, seconds: float = 60.0, jitter: float = 1.0):
    """Play turns under a retrying model that notes its pauses; give model, pauses and the end."""
    inner, pauses = ScriptedModel(turns), []
    model = RetryingModel(inner, lambda wait, _: pauses.append(wait), lambda: jitter)
    try:
        return inner, pauses, model.complete(PROMPT, terms(seconds))
    except (ModelError, BudgetSpent) as error:
        return inner, pauses, error


def test_a_good_answer_is_one_call():
    """Nothing is asked twice without need."""
    inner, pauses, end = asked(reply())
    assert (len(inner.calls), pauses, end) == (1, [], reply())


def test_three_refusals_are_overcome():
    """The fourth call is the last one that is made."""
    inner, pauses, end = asked(busy(), busy(), busy(), reply())
    assert (len(inner.calls), end) == (4, reply())
    assert pauses == [0.5, 1.0, 2.0]


def test_the_fourth_refusal_is_the_end():
    """The last error is the one that is told."""
    inner, pauses, end = asked(busy(), busy(), busy(), busy(status=529), reply())
    assert (len(inner.calls), len(pauses), end.status) == (4, 3, 529)


@pytest.mark.parametrize("jitter", [0.0, 0.3, 1.0])
def test_pauses_grow_and_are_spread(jitter):
    """Between half and all of 0.5, 1 and 2 seconds, so that callers do not come back together."""
    _, pauses, _ = asked(busy(), busy(), busy(), reply(), jitter=jitter)
    assert pauses == [pytest.approx(full * (0.5 + jitter / 2)) for full in (0.5, 1.0, 2.0)]


@pytest.mark.parametrize("asked_for", [0.0, 3.0, 20.0])
def test_the_pause_that_a_provider_asks_for_is_kept(asked_for):
    """Never shorter than Retry-After, never shorter than our own."""
    _, pauses, _ = asked(busy(asked_for, 429), reply())
    assert pauses == [max(0.5, asked_for)]


def test_a_pause_beyond_the_deadline_is_not_begun():
    """The error is told at once instead of after a wait that leads nowhere."""
    inner, pauses, end = asked(busy(retry_after=30), reply(), seconds=5)
    assert (len(inner.calls), pauses, end.status) == (1, [], 503)


@pytest.mark.parametrize("status", sorted(TRANSIENT_STATUS))
def test_statuses_that_pass_are_tried_again(status):
    """408, 429 and 5xx."""
    assert status in (408, 429) or 500 <= status < 600
    assert len(asked(busy(status=status), reply())[0].calls) == 2


@pytest.mark.parametrize(
    "error",
    [
        ModelError("400", status=400),
        ModelError("401", status=401),
        ModelError("404", status=404),
        ModelError("the answer cannot be read", billable=True),
        BudgetSpent("run", 1.0, 0.0),
    ],
)
def test_what_another_try_cannot_help_is_one_call(error):
    """A final refusal, rubbish on the wire, no money."""
    inner, pauses, end = asked(error, reply())
    assert (len(inner.calls), pauses, end) == (1, [], error)


def test_a_cancel_ends_the_pause_and_no_call_follows():
    """Also when the provider asked for a long pause; it is over within a second."""
    inner, under = ScriptedModel((busy(retry_after=40), reply())), terms(seconds=60)
    threading.Timer(0.2, under.cancel.set).start()
    started = time.monotonic()
    with pytest.raises(CallsCancelled):
        RetryingModel(inner).complete(PROMPT, under)
    assert time.monotonic() - started < 5.0
    assert len(inner.calls) == 1


def test_after_a_cancel_not_even_the_first_call_starts():
    """A worker that was still reading its evidence finds out here."""
    inner, under = ScriptedModel(), terms()
    under.cancel.set()
    with pytest.raises(CallsCancelled):
        RetryingModel(inner).complete(PROMPT, under)
    assert inner.calls == []


def test_pauses_are_real_time():
    """Without an injected pause it really waits."""
    inner = ScriptedModel((busy(retry_after=0.6), reply()))
    RetryingModel(inner).complete(PROMPT, terms())
    assert inner.calls[1] - inner.calls[0] >= 0.6


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2", 2.0),
        (" 0.5 ", 0.5),
        ("0", 0.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("1e9", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
        ("x" * 10_000, None),
    ],
)
def test_retry_after_is_read_in_every_form(value, seconds):
    """Seconds or a date; a date that has passed is now, nonsense is nothing."""
    assert retry_after_seconds(value) == seconds


def test_a_retry_after_date_ahead_is_the_time_until_then():
    """HTTP allows a date instead of seconds."""
    left = retry_after_seconds(formatdate(time.time() + 90, usegmt=True))
    assert 85 < left <= 90
