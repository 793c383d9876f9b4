"""CONTRACT R13: an answer in time or none, and whoever waits is free again at the deadline."""

import threading
import time

import pytest

from runbooks.drafting import deadline
from runbooks.drafting.budget import CallsCancelled
from runbooks.drafting.deadline import DeadlineModel
from runbooks.drafting.model import ModelError
from tests.models.scripted import PROMPT, ScriptedModel, busy, reply, terms


@pytest.fixture
def stuck():
    """A call that ends only when the test does."""
    over = threading.Event()
    yield lambda _: (over.wait(20), reply())[1]
    over.set()


def test_an_answer_in_time_is_passed_on():
    """With nothing changed."""
    assert DeadlineModel(ScriptedModel((reply("x"),))).complete(PROMPT, terms()) == reply("x")


@pytest.mark.parametrize("error", [busy(), CallsCancelled(), KeyError("k")])
def test_an_error_in_time_is_passed_on(error):
    """Whatever it is."""
    with pytest.raises(type(error)) as raised:
        DeadlineModel(ScriptedModel((error,))).complete(PROMPT, terms())
    assert raised.value is error


def test_who_waits_is_free_at_the_deadline(stuck):
    """The call is left behind; it may have been worked on, so it is billable."""
    started = time.monotonic()
    with pytest.raises(ModelError) as late:
        DeadlineModel(ScriptedModel((stuck,))).complete(PROMPT, terms(seconds=0.3))
    assert time.monotonic() - started < 3.0
    assert (late.value.timed_out, late.value.billable, late.value.transient) == (True, True, False)


def test_without_time_left_no_call_is_made():
    """And nothing is to be paid."""
    inner = ScriptedModel()
    with pytest.raises(ModelError) as late:
        DeadlineModel(inner).complete(PROMPT, terms(seconds=-1))
    assert (inner.calls, late.value.timed_out, late.value.billable) == ([], True, False)


def test_an_answer_after_the_deadline_changes_nothing():
    """It is dropped: no error in a thread, no second result."""
    answered = threading.Event()

    def late(_):
        time.sleep(0.5)
        answered.set()
        return reply()

    with pytest.raises(ModelError):
        DeadlineModel(ScriptedModel((late,))).complete(PROMPT, terms(seconds=0.1))
    assert answered.wait(5)


def test_calls_left_behind_do_not_hinder_others(stuck):
    """A hundred calls that never end cost no worker and no minute."""
    model = DeadlineModel(ScriptedModel((*[stuck] * 100, reply())))
    started = time.monotonic()
    for _ in range(100):
        with pytest.raises(ModelError):
            model.complete(PROMPT, terms(seconds=0.01))
    assert model.complete(PROMPT, terms()) == reply()
    assert time.monotonic() - started < 15.0


def test_a_check_ends_too(stuck, monkeypatch):
    """A server that drips bytes does not hold the command line."""
    monkeypatch.setattr(deadline, "CHECK_S", 0.2)
    with pytest.raises(ModelError):
        DeadlineModel(ScriptedModel((stuck,))).check()
