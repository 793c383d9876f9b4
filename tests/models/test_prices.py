"""CONTRACT R14: a dated price table that a file can replace, and exact sums."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.drafting.budget import NANO, nano
from runbooks.drafting.prices import Price, Tariff, load_prices
from runbooks.errors import InvalidSettings


def test_the_table_that_ships_has_a_date_and_the_default_model():
    """Who reads a cost can see of which day its price is."""
    table = load_prices()
    assert table.as_of >= date(2026, 11, 1)
    assert table.price("gemini-3.5-flash-lite") == Price(input=0.30, output=2.50)


@pytest.mark.parametrize(
    "name",
    [
        "gemini-3.5-flash",
        "models/gemini-3.5-flash",
        "publishers/google/models/gemini-3.5-flash",
        "gemini-3.5-flash-001",
    ],
)
def test_a_model_is_found_under_each_of_its_names(name):
    """Gateways and Vertex put something before it, versions stand behind it."""
    assert load_prices().price(name) == Price(input=1.50, output=9.00)


@pytest.mark.parametrize(
    "name", ["", "/", "gemini", "gemini-3.5-flash-thinking", "gemini-3.5-flash-0", "gpt-x", "a/b/c"]
)
def test_another_model_has_no_price(name):
    """A guess by a similar name could be too low."""
    assert load_prices().price(name) is None


def test_a_file_replaces_the_table(tmp_path):
    """All of it, so that no old price lives on."""
    file = tmp_path / "prices.yaml"
    file.write_text("as_of: 2027-02-03\nmodels:\n  ours: {input: 0, output: 0.5}\n")
    table = load_prices(file)
    assert (table.as_of, table.price("ours")) == (date(2027, 2, 3), Price(input=0, output=0.5))
    assert table.price("gemini-3.5-flash-lite") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "as_of: yesterday\nmodels: {}",
        "models: {}",
        "as_of: 2026-11-01\nmodels:\n  a: {input: -1, output: 1}",
        "as_of: 2026-11-01\nmodels:\n  a: {input: .inf, output: 1}",
        "as_of: 2026-11-01\nmodels:\n  a: {input: .nan, output: 1}",
        "as_of: 2026-11-01\nmodels:\n  a: {input: 1}",
        "as_of: 2026-11-01\nmodels:\n  a: {input: 1, output: 1, cached: 1}",
        "as_of: 2026-11-01\nmodels: {a: [1, 2]}",
        "a: b: c",
        "\x00",
    ],
)
def test_a_wrong_file_stops_the_start_with_one_line(tmp_path, text):
    """It names the setting and what is wrong."""
    file = tmp_path / "prices.yaml"
    file.write_text(text)
    with pytest.raises(InvalidSettings) as wrong:
        load_prices(file)
    assert wrong.value.setting == "RUNBOOK_PRICES_FILE"
    assert wrong.value.problem


def test_a_missing_file_is_told():
    """By the same line."""
    with pytest.raises(InvalidSettings):
        load_prices(Path("/nowhere/prices.yaml"))


@given(
    st.integers(0, 2_000_000),
    st.integers(0, 100_000),
    st.decimals(0, 1_000, places=4),
    st.decimals(0, 1_000, places=4),
)
def test_a_cost_is_exact_and_rounded_up(tokens_in, tokens_out, price_in, price_out):
    """To the nano-dollar; a rounding never makes it less than it is."""
    tariff = Tariff(Price(input=float(price_in), output=float(price_out)), False, 0.1)
    exact = (tokens_in * price_in + tokens_out * price_out) * 1000
    assert 0 <= tariff.cost(tokens_in, tokens_out) - exact < 1


@given(st.integers(0, 10_000), st.integers(0, 3_000), st.integers(0, 20_000), st.integers(1, 9000))
def test_no_true_cost_is_above_the_worst_case(tokens_in, tokens_out, more_bytes, limit):
    """For every answer that keeps to its limit: no token is shorter than a byte."""
    tariff = Tariff(load_prices().price("gemini-3.5-flash"), False, 0.1)
    true_cost = tariff.cost(tokens_in, min(tokens_out, limit))
    assert true_cost <= tariff.worst(tokens_in + more_bytes, limit)


def test_unknown_and_local_models_are_charged_as_the_contract_says():
    """Unknown: the per-suggestion figure a call. Local: nothing."""
    assert Tariff(None, False, 0.10).cost(1, 1) == nano(0.10) == NANO // 10
    assert Tariff(None, True, 0.10).worst(10**6, 10**6) == 0
    assert Tariff(Price(input=1, output=1), True, 0.10).cost(5, 5) == 0


def test_how_calls_are_charged_is_said_in_words():
    """For `check`, so that nobody is surprised by a bill."""
    assert "cost nothing" in Tariff(None, True, 0.1).words()
    assert "not known" in Tariff(None, False, 0.1).words()
    assert "0.3 US$" in Tariff(Price(input=0.3, output=2.5), False, 0.1).words()
