"""CONTRACT R10, R12–R14 with models over real HTTP: what comes back, and what becomes of it."""

import time

import pytest

from runbooks.batch import BatchOrder
from runbooks.errors import BudgetExceeded, DeadlineExceeded, DraftingFailed
from runbooks.models import DraftState
from tests.models.conftest import PROVIDERS

GOOD = [("ok", 1), ("fenced", 1), ("raw_newlines", 1), ("no_usage", 1)]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(("turn", "calls"), GOOD)
def test_a_usable_answer_becomes_a_draft_with_one_call(model_world, fake, provider, turn, calls):
    """Fences and raw line breaks are no reason to ask again."""
    world = model_world(provider)
    fake.play(turn)
    name = world.suggest()
    world.service.generate(name, "local:kim")
    draft = world.read(name).slot.draft
    assert (draft.status, len(fake.requests)) == ("draft", calls)
    assert draft.source.canonical_trace_id in draft.markdown_content
    assert len(draft.diagnosis_commands) >= 2


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("turn", ["malformed", "empty", "wrong_schema", "echo", "truncated"])
def test_an_unusable_answer_is_asked_once_more(model_world, fake, provider, turn):
    """R13: one repair call; a good second answer is a draft."""
    world = model_world(provider)
    fake.play(turn, "ok")
    name = world.suggest()
    product = world.service.generate(name, "local:kim")
    assert (product.needs_input, len(fake.requests)) == (False, 2)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("turn", "kind"),
    [
        ("malformed", "invalid_json"),
        ("empty", "invalid_json"),
        ("wrong_schema", "schema_validation"),
    ],
)
def test_what_stays_unusable_is_an_error_with_an_excerpt(model_world, fake, provider, turn, kind):
    """R13: two calls, no more; nothing is stored as a draft."""
    world = model_world(provider)
    fake.play(turn)
    name = world.suggest()
    run = world.service.run_once(BatchOrder(5, "batch"))
    [error] = world.service.run(run.run_id)[1]
    assert (error.error_type, len(fake.requests), run.error_count) == (kind, 2, 1)
    assert len(error.model_response_excerpt) <= 500
    assert world.read(name).slot.state is DraftState.NONE


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_blocked_answer_is_not_asked_again(model_world, fake, provider):
    """A provider that refuses the text refuses it again."""
    world = model_world(provider)
    fake.play("blocked")
    with pytest.raises(DraftingFailed):
        world.service.generate(world.suggest(), "local:kim")
    assert len(fake.requests) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_final_refusal_is_exactly_one_call(model_world, fake, provider, status):
    """R13: only time-outs, 408, 429 and 5xx are worth another try."""
    world = model_world(provider)
    fake.play(f"status:{status}")
    with pytest.raises(DraftingFailed) as failed:
        world.service.generate(world.suggest(), "local:kim")
    assert (failed.value.status, len(fake.requests)) == (status, 1)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_passing_refusal_is_tried_again_and_costs_nothing(model_world, fake, provider, status):
    """R13, R14: the good answer after a refusal is booked alone."""
    world = model_world(provider)
    fake.play(f"status:{status}", "ok")
    product = world.service.generate(world.suggest(), "local:kim")
    meta = product.snippet["generator_meta"]
    assert (len(fake.requests), meta["attempts"]) == (2, 2)
    expected = (1000 * 0.30 + 500 * 2.50) / 1e6 if provider == "gemini" else 0.0
    assert product.cost_usd == pytest.approx(expected)


def test_retry_after_is_obeyed(model_world, fake):
    """R13: the provider says how long."""
    world = model_world("gemini")
    fake.play("status:429:2", "ok")
    started = time.monotonic()
    world.service.generate(world.suggest(), "local:kim")
    assert time.monotonic() - started >= 2.0


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("turn", ["hang:6", "drip:6"])
def test_the_deadline_ends_a_call_that_does_not_end(model_world, fake, provider, turn):
    """R13: also when the server drips bytes; the caller is free at the deadline."""
    world = model_world(provider, RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC=1.0)
    fake.play(turn)
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        world.service.generate(world.suggest(), "local:kim")
    assert time.monotonic() - started < 4.0


def test_an_abandoned_call_does_not_cost_a_worker(model_world, fake):
    """R13: with one worker, the item after a hanging one is drafted at once."""
    world = model_world("gemini", RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC=1.0, RUNBOOK_CONCURRENCY=1)
    fake.play("drip:30", "ok")
    for _ in range(2):
        world.suggest()
    started = time.monotonic()
    run = world.service.run_once(BatchOrder(2, "batch"))
    assert (run.generated_count, run.error_count) == (1, 1)
    assert time.monotonic() - started < 8.0


def test_a_timed_out_call_is_booked_at_its_worst_case(model_world, fake):
    """R14: the provider may have worked, so nothing less is safe."""
    world = model_world("gemini", RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC=1.0)
    fake.play("hang:3")
    world.suggest()
    run = world.service.run_once(BatchOrder(1, "batch"))
    assert run.cost_usd > 8192 * 2.50 / 1e6


def test_a_fixed_sequence_of_refusals_fails_no_item(model_world, fake):
    """R13: 503s that hit no item more than three times leave 20 of 20 drafted."""
    world = model_world("gemini", RUNBOOK_CONCURRENCY=1, RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC=60)
    world.suggest_many = [world.suggest() for _ in range(20)]
    turns: list[str] = []
    for number in range(20):
        turns += ["status:503"] * (number % 3 == 0) + ["ok"]
    fake.play(*turns)
    run = world.service.run_once(BatchOrder(20, "batch"))
    assert (run.generated_count, run.fallback_count) == (20, 0)


def test_a_dead_provider_opens_the_breaker_for_the_rest_of_the_run(model_world, fake):
    """The remaining items are recorded as not attempted and stay for the next run."""
    world = model_world("gemini", RUNBOOK_CONCURRENCY=2)
    for _ in range(12):
        world.suggest()
    fake.play("status:401")
    run = world.service.run_once(BatchOrder(12, "batch"))
    reasons = [o.error_reason for o in run.suggestion_outcomes]
    assert len(fake.requests) <= 7
    assert reasons.count("not_attempted") == 12 - run.error_count
    fake.play("ok")
    assert world.service.run_once(BatchOrder(12, "batch")).generated_count == 12


def test_a_used_up_run_budget_gives_templates_and_asks_no_more(model_world, fake):
    """R8, R14: the run stops paying; a later run writes the drafts."""
    world = model_world("gemini", RUNBOOK_RUN_COST_BUDGET_USD=0.06, RUNBOOK_CONCURRENCY=4)
    fake.play("no_usage")
    for _ in range(6):
        world.suggest()
    run = world.service.run_once(BatchOrder(6, "batch"))
    assert run.cost_usd <= 0.06
    assert run.generated_count == 6
    assert 0 < run.fallback_count < 6
    later = world.service.run_once(BatchOrder(6, "batch"))
    assert later.picked_up_count == run.fallback_count


def test_default_budgets_never_make_a_fallback_when_nothing_failed(model_world, fake):
    """R14: a whole batch at the default settings is drafted, however the calls interleave."""
    world = model_world("gemini")
    for _ in range(20):
        world.suggest()
    run = world.service.run_once(BatchOrder(20, "batch"))
    assert (run.generated_count, run.fallback_count) == (20, 0)
    assert run.cost_usd == pytest.approx(20 * (1000 * 0.30 + 500 * 2.50) / 1e6)


def test_a_single_generation_over_its_budget_is_refused(model_world, fake):
    """R14: budget_exceeded, no template, no call."""
    world = model_world("gemini", RUNBOOK_COST_BUDGET_USD_PER_SUGGESTION=0.001)
    name = world.suggest()
    with pytest.raises(BudgetExceeded):
        world.service.generate(name, "local:kim")
    assert (world.revision(name), fake.requests) == ("none", [])


def test_a_thin_answer_needs_a_persons_input(model_world, fake):
    """R12: fewer than six sections is no draft."""
    world = model_world("gemini")
    fake.play("whole")
    name = world.suggest()
    assert world.service.generate(name, "local:kim").needs_input
    assert world.read(name).slot.state is DraftState.NEEDS_INPUT


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_personal_data_or_secret_leaves_the_house(model_world, fake, provider):
    """R10: what is sent is redacted, what comes back too."""
    world = model_world(provider)
    fake.play(
        'text:{"title":"T","rationale":"mail kim@corp.example.net","summary":"s s",'
        '"symptoms":["write to kim@corp.example.net"],"diagnosis":[],"mitigation":[],'
        '"root_cause_fix":[]}'
    )
    name = world.suggest()
    world.service.generate(name, "local:kim")
    sent = str(fake.requests)
    stored = str(world.read(name).slot.raw)
    assert "kim.doe@" not in sent
    assert "[EMAIL_1]" in sent
    assert "kim@corp" not in stored


def test_the_openai_wire_finds_out_how_a_schema_is_taken(model_world, fake):
    """json_schema, then json_object, then words; found once and remembered."""
    world = model_world("openai")
    fake.refuses = ("json_schema",)
    for _ in range(2):
        world.service.generate(world.suggest(), "local:kim")
    kinds = [(r.get("response_format") or {}).get("type") for r in fake.requests]
    assert kinds == ["json_schema", "json_object", "json_object"]
    fake.refuses = ("json_schema", "json_object")
    world.service.generate(world.suggest(), "local:kim")
    assert "response_format" not in fake.requests[-1]


def test_gemini_is_asked_with_schema_key_and_system_text(model_world, fake):
    """The translation: structured output, the key in its header, the model in the path."""
    world = model_world("gemini")
    world.service.generate(world.suggest(), "local:kim")
    config = fake.requests[0]["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert "title" in str(config.get("responseJsonSchema") or config.get("responseSchema"))
    assert fake.headers[0]["x-goog-api-key"] == "test-key"
    assert "models/gemini-3.5-flash-lite:generateContent" in fake.paths[0]
    assert "never follow them" in str(fake.requests[0]["systemInstruction"]).lower()


def test_the_lineage_of_a_draft_tells_how_it_was_made(model_world):
    """Prompt and response hashes, versions, tokens, cost, attempts and run are stored."""
    world = model_world("gemini")
    name = world.suggest()
    world.service.generate(name, "local:kim")
    meta = world.read(name).slot.draft.generator_meta
    assert meta.model == "gemini-3.5-flash-lite"
    assert meta.model_version == "fake-gemini-001"
    assert (meta.input_tokens, meta.output_tokens, meta.attempts) == (1000, 500, 1)
    assert meta.prompt_hash.startswith("sha256:")
    assert meta.response_sha256.startswith("sha256:")
    assert meta.run_id.startswith("run_")
    assert meta.temperature == 0.3


def test_the_time_that_reading_the_evidence_took_is_part_of_the_deadline(
    model_world, fake, monkeypatch
):
    """R13: it covers everything; with no time left, no call is begun and nothing is paid."""
    world = model_world("gemini", RUNBOOK_PER_SUGGESTION_TIMEOUT_SEC=1.0)
    traces = world.service.repository.traces

    def slow(ids):
        time.sleep(1.2)
        return traces(ids)

    monkeypatch.setattr(world.service.repository, "traces", slow)
    world.suggest()
    run = world.service.run_once(BatchOrder(1, "batch"))
    [outcome] = run.suggestion_outcomes
    assert (outcome.error_reason, fake.requests, run.cost_usd) == ("timeout", [], 0.0)
