"""CONTRACT R14: reserved before, booked after, never overspent, whoever comes when."""

import random
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from runbooks.drafting.budget import NANO, Budget, BudgetSpent, CallsCancelled, Purse, nano
from runbooks.drafting.budgeted import BudgetedModel
from runbooks.drafting.model import ModelError
from runbooks.drafting.prices import Price, Tariff
from tests.examples import examples
from tests.models.scripted import PROMPT, ScriptedModel, busy, reply, terms

PAST, SOON = 0.0, 30.0
TARIFF = Tariff(Price(input=1.0, output=2.0), free=False, flat_usd=0.1)
WORST = TARIFF.worst(PROMPT.size + 64, 1000)


def later() -> float:
    """A deadline that no test reaches."""
    return time.monotonic() + SOON


class Spending(RuleBasedStateMachine):
    """Many callers reserve and settle in any order, in a run and in purses within it."""

    open_ = Bundle("open")
    limit = nano(1.0)

    def __init__(self) -> None:
        super().__init__()
        self.run_ = Budget(1.0, "run")
        self.booked = 0
        self.reserved = 0

    @rule(target=open_, amount=st.integers(0, nano(0.4)), purse_usd=st.floats(0, 0.5))
    def reserve(self, amount: int, purse_usd: float) -> tuple[Purse, int] | None:
        """Reserve what fits; nothing is held back by a refusal."""
        purse = Purse.of(purse_usd, self.run_)
        fits = amount <= nano(purse_usd) and self.booked + self.reserved + amount <= self.limit
        if not fits:
            with pytest.raises(BudgetSpent):
                purse.reserve(amount, PAST)
            return None
        purse.reserve(amount, PAST)
        self.reserved += amount
        return purse, amount

    @rule(held=consumes(open_), share=st.floats(0, 1))
    def settle(self, held: tuple[Purse, int] | None, share: float) -> None:
        """Book a part of what was reserved, and free the rest."""
        if held is None:
            return
        purse, amount = held
        cost = int(amount * share)
        purse.settle(amount, cost)
        self.reserved -= amount
        self.booked += cost

    @invariant()
    def nothing_is_overspent(self) -> None:
        """What is booked and what is open never pass the limit, and the sum is exact."""
        assert self.booked + self.reserved <= self.limit
        assert self.run_.spent_usd == self.booked / NANO


TestAnyOrderOfReservationsAndBookings = Spending.TestCase
TestAnyOrderOfReservationsAndBookings.settings = settings(max_examples=examples(60), deadline=None)


@pytest.mark.parametrize("seed", range(4))
def test_threads_that_call_at_once_never_overspend(seed):
    """Twelve threads with costs of any size: at no moment more is held or spent than there is."""
    limit = nano(2.0)
    budget = Budget(2.0, "run")
    watched: list[int] = []
    lock = threading.Lock()
    held = [0]

    def move(amount: int) -> None:
        with lock:
            held[0] += amount
            watched.append(held[0])

    def spend(number: int) -> None:
        own = random.Random(seed * 100 + number)
        for _ in range(40):
            worst = own.randint(1, nano(0.2))
            try:
                budget.reserve(worst, later())
            except BudgetSpent:
                return
            move(worst)
            time.sleep(own.random() / 2000)
            cost = own.randint(0, worst)
            move(cost - worst)
            budget.settle(worst, cost)

    threads = [threading.Thread(target=spend, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert budget.spent_usd <= 2.0
    # Noted after a reservation and before a settlement, so never more than the budget holds.
    assert held[0] == round(budget.spent_usd * NANO)
    assert max(watched) <= limit


def test_a_call_waits_while_others_may_still_give_back():
    """The budget counts as exceeded only when no reservation is open any more."""
    budget = Budget(1.0, "run")
    budget.reserve(nano(0.9), later())
    done: list[str] = []

    def second() -> None:
        budget.reserve(nano(0.9), later())
        done.append("reserved")

    thread = threading.Thread(target=second)
    thread.start()
    time.sleep(0.1)
    assert done == []
    budget.settle(nano(0.9), nano(0.1))
    thread.join(5)
    assert done == ["reserved"]


def test_a_waiting_call_is_refused_when_nothing_is_left_to_wait_for():
    """The refusal says what was needed and what is left."""
    budget = Budget(1.0, "run")
    budget.reserve(nano(0.9), later())
    refused: list[BudgetSpent] = []

    def second() -> None:
        try:
            budget.reserve(nano(0.5), later())
        except BudgetSpent as spent:
            refused.append(spent)

    thread = threading.Thread(target=second)
    thread.start()
    budget.settle(nano(0.9), nano(0.9))
    thread.join(5)
    assert (refused[0].scope, refused[0].needed_usd) == ("run", 0.5)
    assert refused[0].left_usd == pytest.approx(0.1)


def test_waiting_ends_at_the_deadline():
    """A call whose time is over does not wait for money."""
    budget = Budget(1.0, "run")
    budget.reserve(nano(1.0), later())
    started = time.monotonic()
    with pytest.raises(BudgetSpent):
        budget.reserve(nano(0.1), started + 0.3)
    assert 0.25 < time.monotonic() - started < 5.0


def test_a_cancel_ends_the_waiting_at_once():
    """Nobody waits for money that is not wanted any more, and nothing stays reserved."""
    run, cancel = Budget(1.0, "run"), threading.Event()
    run.reserve(nano(1.0), later())
    purse = Purse.of(0.5, run)
    threading.Timer(0.2, cancel.set).start()
    started = time.monotonic()
    with pytest.raises(CallsCancelled):
        purse.reserve(nano(0.2), later(), cancel)
    assert time.monotonic() - started < 3.0
    run.settle(nano(1.0), 0)
    purse.reserve(nano(0.5), PAST)


def test_a_purse_reserves_from_both_or_from_neither():
    """A refusal by the run leaves the suggestion's money whole."""
    run = Budget(0.1, "run")
    purse = Purse.of(0.5, run)
    with pytest.raises(BudgetSpent) as spent:
        purse.reserve(nano(0.2), PAST)
    assert spent.value.scope == "run"
    purse.suggestion.reserve(nano(0.5), PAST)


@given(st.integers(1, 1000), st.integers(1, 9999))
def test_as_many_calls_as_were_paid_for_fit_exactly(calls, cents):
    """Twenty times 0.10 is 2: no sum of parts is above its whole by a rounding."""
    part = cents / 10_000
    budget = Budget(part * calls, "run")
    for _ in range(min(calls, 60)):
        budget.reserve(nano(part), PAST)
        budget.settle(nano(part), nano(part))
    rest = nano(part * calls) - min(calls, 60) * nano(part)
    assert rest >= 0
    assert round(budget.spent_usd * NANO) == min(calls, 60) * nano(part)


def test_a_provider_that_charges_more_than_agreed_is_shown_as_it_is():
    """The sum is never prettier than the bill, and nothing more is spent."""
    budget = Budget(1.0, "run")
    budget.reserve(nano(0.4), PAST)
    budget.settle(nano(0.4), nano(1.2))
    assert budget.spent_usd == 1.2
    with pytest.raises(BudgetSpent) as spent:
        budget.reserve(1, PAST)
    assert spent.value.left_usd == 0


CASES = [
    (reply(tokens=(100, 50)), TARIFF.cost(100, 50)),
    (reply(tokens=None), WORST),
    (busy(), 0),
    (ModelError("400", status=400), 0),
    (ModelError("no answer in time", timed_out=True, billable=True), WORST),
    (RuntimeError("something nobody thought of"), WORST),
]


@pytest.mark.parametrize(("turn", "booked"), CASES)
def test_each_end_of_a_call_has_its_price(turn, booked):
    """True cost, nothing after a refusal, the worst case when nobody can say."""
    under = terms()
    model = BudgetedModel(ScriptedModel((turn,)), TARIFF, 1000)
    try:
        model.complete(PROMPT, under)
    except (ModelError, RuntimeError):
        assert isinstance(turn, Exception)
    assert (under.bill.cost, under.bill.attempts) == (booked, 1)
    assert round(under.purse.run.spent_usd * NANO) == booked
    assert round(under.purse.suggestion.spent_usd * NANO) == booked


def test_a_call_that_does_not_fit_is_not_made_and_not_counted():
    """The worst case decides, before anything is sent."""
    inner = ScriptedModel()
    under = terms(suggestion_usd=(WORST - 1) / NANO)
    with pytest.raises(BudgetSpent):
        BudgetedModel(inner, TARIFF, 1000).complete(PROMPT, under)
    assert (inner.calls, under.bill.attempts, under.bill.cost) == ([], 0, 0)


def test_a_call_that_gets_its_money_after_a_cancel_is_not_made():
    """It gives the money back."""
    inner, under = ScriptedModel(), terms()
    under.cancel.set()
    with pytest.raises(CallsCancelled):
        BudgetedModel(inner, TARIFF, 1000).complete(PROMPT, under)
    assert inner.calls == []
    under.purse.suggestion.reserve(nano(1.0), PAST)


@pytest.mark.parametrize("limit_calls", [1.0, 2.5, 7.0])
def test_no_interleaving_of_real_calls_spends_more_than_the_run_has(limit_calls):
    """Ten threads, each call at its worst case: exactly as many are made as are paid for."""
    run = Budget(limit_calls * WORST / NANO, "run")
    inner = ScriptedModel((lambda _: (time.sleep(0.01), reply(tokens=None))[1],))
    model = BudgetedModel(inner, TARIFF, 1000)
    ends: list[str] = []

    def one() -> None:
        try:
            model.complete(PROMPT, terms(run=run))
            ends.append("made")
        except BudgetSpent:
            ends.append("refused")

    threads = [threading.Thread(target=one) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert ends.count("made") == len(inner.calls) == int(limit_calls)
    assert ends.count("refused") == 10 - int(limit_calls)
    assert run.spent_usd <= limit_calls * WORST / NANO


def test_cheap_calls_are_all_made_when_their_true_costs_fit():
    """R14: a call waits for what others leave, so that no reservation alone makes a template."""
    run = Budget(2 * WORST / NANO, "run")
    inner = ScriptedModel((lambda _: (time.sleep(0.01), reply(tokens=(10, 1)))[1],))
    model = BudgetedModel(inner, TARIFF, 1000)
    ends: list[object] = []
    threads = [
        threading.Thread(target=lambda: ends.append(model.complete(PROMPT, terms(run=run))))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(ends) == len(inner.calls) == 20
