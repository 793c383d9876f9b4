"""What real servers do besides answering well: bodies of other shapes, refusals with reasons."""

import json
import random
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from runbooks.batch import BatchOrder
from runbooks.errors import DraftingFailed
from runbooks.models import DraftState, RunState
from runbooks.orders import Order
from tests.fake_model import FakeModel, good_answer
from tests.models.conftest import PROVIDERS

BODIES = ["html", "not_json", "json_list", "json_null", "no_choices", "odd_shapes"]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("turn", BODIES)
def test_a_body_of_another_shape_is_a_failed_call_and_no_crash(model_world, fake, provider, turn):
    """A proxy's page, half a body, a list: recorded as an error, at its worst case, item kept."""
    world = model_world(provider)
    fake.play(turn)
    name = world.suggest()
    run = world.service.run_once(BatchOrder(1, "batch"))
    [outcome] = run.suggestion_outcomes
    assert outcome.error_reason in ("unknown", "vertex_error", "invalid_json")
    assert len(fake.requests) <= 2
    assert world.read(name).slot.state is DraftState.NONE
    if provider == "gemini" and turn in ("html", "not_json"):
        assert run.cost_usd > 0.02


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_failed_call_is_counted_with_its_tokens_and_cost(model_world, fake, provider):
    """Two answers that were no use were paid for: the outcome and the run say so."""
    world = model_world(provider)
    fake.play("wrong_schema")
    world.suggest()
    run = world.service.run_once(BatchOrder(1, "batch"))
    [outcome] = run.suggestion_outcomes
    assert (outcome.attempts, outcome.input_tokens, outcome.output_tokens) == (2, 2000, 1000)
    assert (run.input_tokens, run.output_tokens) == (2000, 1000)
    expected = 2 * (1000 * 0.30 + 500 * 2.50) / 1e6 if provider == "gemini" else 0.0
    assert outcome.cost_usd == run.cost_usd == pytest.approx(expected)
    stored, _ = world.service.run(run.run_id)
    assert stored.suggestion_outcomes == run.suggestion_outcomes


def test_a_run_that_broke_off_still_tells_what_its_drafts_cost(model_world):
    """The record was not written any more; the lineage of each draft knows."""
    world = model_world("gemini")
    runs = world.service._runs
    run = runs.start(
        batch_size=2, triggered_by="manual", actor="batch", provider="gemini", dry_run=False
    )
    for _ in range(2):
        world.service._generator.generate(Order(world.suggest(), "batch", run.run_id))
    world.clock.pass_(seconds=61)
    seen, _ = world.service.run(run.run_id)
    assert (seen.state, seen.generated_count) == (RunState.INTERRUPTED, 2)
    assert (seen.input_tokens, seen.output_tokens) == (2000, 1000)
    assert seen.cost_usd == pytest.approx(2 * (1000 * 0.30 + 500 * 2.50) / 1e6)
    assert [outcome.attempts for outcome in seen.suggestion_outcomes] == [1, 1]


REFUSALS = [
    "no",
    "Invalid type for 'messages[0].content'",
    "This model's maximum context length is 4096 tokens",
    "model 'x' not found, try pulling it first",
]


@pytest.mark.parametrize("words", REFUSALS)
@pytest.mark.parametrize("status", [400, 415, 422])
def test_a_refusal_that_is_not_about_the_way_is_one_call(model_world, fake, status, words):
    """Also on the first call, and although the server repeats the whole request beside it."""
    world = model_world("openai")
    fake.play(f"refuses:{status}:{words}")
    for calls in (1, 2):
        with pytest.raises(DraftingFailed) as failed:
            world.service.generate(world.suggest(), "local:kim")
        assert (failed.value.status, len(fake.requests)) == (status, calls)


ABOUT_THE_SCHEMA = [
    "This response_format type is unavailable now",
    "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model",
    "'response_format.type' must be 'json_object' or 'text'",
    "This model does not support response format `json_schema`",
    "failed to parse grammar",
    "1 validation error: {'loc': ('body', 'response_format', 'type'), 'input': 'json_schema'}",
]


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("words", ABOUT_THE_SCHEMA)
def test_a_refusal_of_the_schema_leads_to_the_next_way(model_world, fake, status, words):
    """Each at the first call alone; what works is remembered. llama-cpp-python answers 500."""
    world = model_world("openai")
    fake.play(f"refuses:{status}:{words}", "ok")
    product = world.service.generate(world.suggest(), "local:kim")
    assert (len(fake.requests), product.snippet["status"]) == (2, "draft")
    assert product.snippet["generator_meta"]["attempts"] == 1
    world.service.generate(world.suggest(), "local:kim")
    kinds = [request["response_format"]["type"] for request in fake.requests]
    assert kinds == ["json_schema", "json_object", "json_object"]


def test_a_server_that_takes_no_schema_is_told_it_in_words(model_world, fake):
    """Two refusals, then the schema stands in the system text."""
    world = model_world("openai")
    refusal = "refuses:400:response_format is not supported"
    fake.play(refusal, refusal, "ok")
    world.service.generate(world.suggest(), "local:kim")
    last = fake.requests[-1]
    assert "response_format" not in last
    assert '"root_cause_fix"' in last["messages"][0]["content"]


def test_a_server_that_refuses_every_way_is_asked_three_times_in_all(model_world, fake):
    """There is an end to finding out."""
    world = model_world("openai")
    fake.play("refuses:400:response_format is not supported")
    with pytest.raises(DraftingFailed):
        world.service.generate(world.suggest(), "local:kim")
    assert len(fake.requests) == 3


def test_models_that_want_other_names_are_asked_as_they_want(model_world, fake):
    """Newer models of OpenAI refuse max_tokens and a temperature; the lineage tells the truth."""
    world = model_world("openai")
    fake.play(
        "refuses:400:Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
        "refuses:400:Unsupported value: 'temperature' does not support 0.3 with this model.",
        "ok",
    )
    product = world.service.generate(world.suggest(), "local:kim")
    last = fake.requests[-1]
    assert last["max_completion_tokens"] == 3000
    assert not {"max_tokens", "temperature"} & last.keys()
    assert "temperature" not in product.snippet["generator_meta"]
    assert len(fake.requests) == 3


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_every_form_of_the_base_address_reaches_the_same_call(model_world, fake, path):
    """No key is needed; the server gets a placeholder."""
    world = model_world("openai", OPENAI_BASE_URL=f"{fake.url}{path}")
    world.service.generate(world.suggest(), "local:kim")
    assert fake.paths == ["/v1/chat/completions"]
    assert fake.headers[0]["authorization"] == "Bearer none"


def test_an_answer_that_broke_off_twice_is_kept_for_a_person(model_world, fake):
    """Half a runbook is better than none and is never taken for a whole one."""
    world = model_world("openai")
    whole = json.dumps(
        {**good_answer(""), "root_cause_fix": ["Likely a loop.", "Add a test for it"]}
    )
    fake.play(f"text:{whole[:-6]}")
    name = world.suggest()
    product = world.service.generate(name, "local:kim")
    assert (len(fake.requests), product.needs_input) == (2, True)
    assert "broke off" in " ".join(world.read(name).slot.draft.generator_meta.gate)


def test_a_repair_that_cannot_be_paid_is_not_asked_for(model_world, fake):
    """A model without a price counts as the whole budget; the first answer is told instead."""
    world = model_world("gemini", GEMINI_MODEL="gemini-without-a-price")
    fake.play("malformed")
    world.suggest()
    run = world.service.run_once(BatchOrder(1, "batch"))
    [outcome] = run.suggestion_outcomes
    assert (len(fake.requests), outcome.error_reason) == (1, "invalid_json")
    assert run.cost_usd == 0.10


def test_the_excerpt_of_an_error_is_redacted_by_the_house_rules_too(model_world, fake):
    """R10: what stands in a record went through the same redactor as everything else."""
    world = model_world("openai", RUNBOOK_REDACT_EXTRA="Acme-[0-9]{1,6}")
    fake.play(
        "text:I will write to kim@corp.example.net about Acme-77 and password=hunter2-S3cret!"
    )
    world.suggest()
    run = world.service.run_once(BatchOrder(1, "batch"))
    [error] = world.service.run(run.run_id)[1]
    assert "[EMAIL_" in error.model_response_excerpt
    for secret in ("kim@corp", "Acme-77", "hunter2"):
        assert secret not in error.model_response_excerpt


def test_texts_that_a_provider_blocks_do_not_stop_the_others(model_world, fake):
    """The breaker is for a provider that is down; a blocked text says nothing about that."""
    world = model_world("gemini", RUNBOOK_CONCURRENCY=1)
    for _ in range(8):
        world.suggest()
    fake.play(*["blocked"] * 7, "ok")
    run = world.service.run_once(BatchOrder(8, "batch"))
    assert (run.error_count, run.generated_count) == (7, 1)


def test_templates_do_not_hide_that_a_provider_is_down(model_world, fake):
    """They are made without it, so the failures before and after them stand in a row."""
    world = model_world("gemini", RUNBOOK_CONCURRENCY=1)
    for number in range(20):
        bare = {"source_traces": [{"trace_id": f"gone-{number}"}]} if number % 2 else {}
        world.suggest(created_at=f"2026-11-01T00:00:{number:02}.000000Z", **bare)
    fake.play("status:401")
    run = world.service.run_once(BatchOrder(20, "batch"))
    assert len(fake.requests) == 5
    assert run.error_count == 5


def test_a_provider_that_fails_at_a_rate_costs_the_items_whose_four_calls_all_failed(
    model_world, fake
):
    """R13: of 200 items at 30 % about 1 − 0.3⁴ are drafted; here exactly those that luck allows."""
    world = model_world(
        "openai",
        pause=lambda _seconds, _cancel: None,
        RUNBOOK_CONCURRENCY=1,
        RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC=600,
    )
    for _ in range(200):
        world.suggest()
    luck, lost = random.Random(7), 0
    for _ in range(200):
        lost += all(luck.random() < 0.3 for _ in range(4))
    fake.chance = random.Random(7)
    fake.play("rate:503:0.3")
    run = world.service.run_once(BatchOrder(200, "batch"))
    assert (run.generated_count, run.error_count) == (200 - lost, lost)
    assert run.fallback_count == 0
    assert sum(outcome.attempts for outcome in run.suggestion_outcomes) == len(fake.requests)


def test_googles_own_way_to_ask_for_a_pause_is_obeyed(model_world, fake):
    """A 429 of Gemini carries RetryInfo in its body and no header."""
    world = model_world("gemini")
    fake.play("retry_info:1.5s", "ok")
    started = time.monotonic()
    world.service.generate(world.suggest(), "local:kim")
    assert time.monotonic() - started >= 1.5


@contextmanager
def hangs_up() -> Iterator[str]:
    """A server that reads a request and closes the connection without a word."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            line.recv(65_536)
            line.close()

    Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.close()


@pytest.mark.parametrize(("refused", "cost"), [(True, 0.0), (False, 0.02)])
def test_a_broken_connection_costs_what_it_may_have_cost(model_world, refused, cost):
    """R14: nothing when the server was never reached, else the worst case of each try."""
    with hangs_up() as url:
        if refused:
            url = "http://127.0.0.1:9"
        world = model_world(
            "gemini", GOOGLE_GEMINI_BASE_URL=url, RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC=4
        )
        world.suggest()
        run = world.service.run_once(BatchOrder(1, "batch"))
    [outcome] = run.suggestion_outcomes
    assert outcome.error_reason == "unknown"
    assert outcome.attempts > 1
    assert run.cost_usd >= cost * outcome.attempts
    assert (run.cost_usd > 0) is (not refused)


def test_the_fake_servers_settings_can_be_replaced(fake: FakeModel):
    """What `model_world` is given wins over its own settings."""
    from tests.models.conftest import settings_for

    assert settings_for("openai", fake, OPENAI_MODEL="other").openai_model == "other"
