"""What cannot be a runbook of this failure needs a person, and what can be one is let through."""

import itertools
import json
import re

import pytest

from runbooks.batch import BatchOrder
from runbooks.drafting.answers import RunbookAnswer, WholeAnswer
from runbooks.drafting.catalogue import built_in
from runbooks.drafting.facts import gather
from runbooks.drafting.grounding import doubts
from runbooks.drafting.offline import OfflineDrafter
from runbooks.drafting.port import Evidence
from runbooks.drafting.prompt import build_prompt, template
from tests.fake_model import good_answer
from tests.models.conftest import PROVIDERS
from tests.unit.drafting.evidence import evidence, request, sample, tau


def good(found: Evidence) -> dict[str, object]:
    """What an obedient model answers to this evidence."""
    return good_answer(build_prompt(found, built_in()).user)


def doubted(answer: dict[str, object], found: Evidence) -> tuple[str, ...]:
    """Why a person has to look at an answer."""
    return doubts(RunbookAnswer.model_validate(answer), found, gather(found))


def step(title: str, command: str = "") -> dict[str, str]:
    """A step that says the same in every place."""
    return {"title": title, "command": command, "expect": title, "otherwise": title}


def chat(found: Evidence) -> dict[str, object]:
    """A tiny model that goes on with the conversation in the trace, in every field."""
    told = " ".join(re.findall(r"[A-Za-z']{2,}", repr(found.patterns))) + " please book my flight"
    pieces = (f"{told} " * 20)[: 16 * 60]
    line = itertools.cycle([pieces[at : at + 60] for at in range(0, len(pieces), 60)])
    return {
        "title": next(line),
        "summary": next(line),
        "symptoms": [next(line), next(line)],
        "diagnosis": [step(next(line), next(line)) for _ in range(3)],
        "mitigation": [step(next(line))],
        "root_cause_fix": [next(line)],
    }


def rules(_: Evidence) -> dict[str, object]:
    """A model that recites what it was told."""
    lines = [line for line in template()[0].splitlines() if len(line) > 60]
    return {
        "title": lines[0][:100],
        "summary": lines[1][:500],
        "symptoms": [lines[2][:200], lines[3][:200]],
        "diagnosis": [step(line[:150], "kubectl get pods -n a") for line in lines[3:6]],
        "mitigation": [step(lines[6][:150])],
        "root_cause_fix": [lines[7][:200]],
    }


def schema(_: Evidence) -> dict[str, object]:
    """A model that fills fields with their names."""
    named = step("title", "command")
    return {
        "title": "title",
        "summary": "summary",
        "symptoms": ["symptoms"] * 3,
        "diagnosis": [named] * 3,
        "mitigation": [named],
        "root_cause_fix": ["root_cause_fix"],
    }


def lake(found: Evidence) -> dict[str, object]:
    """A fairy tale around commands that were copied from the prompt."""
    return {
        **good(found),
        "title": "The lake",
        "summary": "Once upon a time there was a lake. It was very blue and the boat was red.",
        "symptoms": ["The lake was blue that morning", "The boat was red and had no oars"],
        "mitigation": [step("Swim to the shore and build a fire there")],
        "root_cause_fix": ["Build a bridge over the lake before winter comes"],
    }


def loops(found: Evidence) -> dict[str, object]:
    """A model that cannot stop."""
    line = "The agent called search again and again and again"
    return {**good(found), "symptoms": [line] * 5, "diagnosis": [step(line, "ls -la")] * 5}


NONSENSE = [chat, rules, schema, lake, loops]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_needs_a_person_for_every_real_suggestion(nonsense, shared_data):
    """Also nonsense that is made of the evidence's own words, or of copied commands."""
    for found in [*tau(shared_data), *sample()]:
        assert doubted(nonsense(found), found), found.suggestion.suggestion_id


def test_good_answers_are_let_through_for_every_real_suggestion(shared_data):
    """From the offered checks and the evidence, as an obedient model writes them."""
    for found in [*tau(shared_data), *sample()]:
        assert doubted(good(found), found) == ()


def test_drafts_by_rule_are_let_through_for_every_real_suggestion(shared_data):
    """A whole text of the offline drafter, as if a model had sent it."""
    for found in [*tau(shared_data), *sample()]:
        markdown = OfflineDrafter().draft(request(found)).markdown
        whole = WholeAnswer(title="", markdown_content=markdown)
        assert doubts(whole, found, gather(found)) == ()


REAL = [
    "kubectl get pods -n shop",
    'pup traces search --query="service:x status:error" --from=1h',
    "FOO=1 /usr/bin/curl -s http://127.0.0.1/health",
    "SELECT count(*) FROM jobs WHERE state = 'stuck'",
    "service:checkout status:error @duration:>5s",
    'sum(rate(http_requests_total{code=~"5.."}[5m]))',
    "find /var/log -name '*.err' -mmin -60",
    "# look at it\njq '.spans[]' trace.json",
]
UNREAL = [
    "",
    "command",
    "I'm looking for a one-way flight",
    "Find the logs",
    "Check whether the agent answers: yes or no",
    "Look at http://example.org and wait",
    "{}",
]


@pytest.mark.parametrize("command", REAL)
def test_a_command_or_query_that_can_be_run_counts(command):
    """Programs that are known, also by a path; SQL, PromQL and Datadog's queries."""
    found = sample()[0]
    answer = {**good(found), "diagnosis": [step("One", command), step("Two", command)]}
    assert doubted(answer, found) == ()


@pytest.mark.parametrize("command", UNREAL)
def test_a_sentence_in_the_place_of_a_command_does_not_count(command):
    """Words that happen to be programs neither."""
    found = sample()[0]
    steps = [step("One", command), step("Two", command), step("Three", REAL[0])]
    [said] = doubted({**good(found), "diagnosis": steps}, found)
    assert said.startswith("Diagnosis has 1 command")


def test_an_id_of_another_failure_needs_a_person():
    """Whoever follows it looks at the wrong trace; ids of the sources and their spans are fine."""
    found = sample()[0]
    own = found.trace_ids[0]
    for foreign in ("deadbeef" * 4, "pattern_4711-x", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"):
        answer = {**good(found), "rationale": f"As in {foreign}."}
        assert doubted(answer, found) == (f"{foreign} is not among the sources of this runbook.",)
    answer = {**good(found), "rationale": f"Trace {own}, pattern_{own}."}
    assert doubted(answer, found) == ()


def test_evidence_that_says_nearly_nothing_judges_nobody():
    """With a handful of words there is nothing to compare symptoms with."""
    pattern = {"source_trace_id": "t", "trigger_condition": "x", "title": "It broke"}
    found = evidence({"suggestion_id": "s"}, [pattern], [{"trace_id": "t"}])
    answer = {
        **good(sample()[0]),
        "symptoms": ["Pods restart", "The queue grows"],
        "rationale": "r",
    }
    assert doubted(answer, found) == ()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_was_doubted_stands_in_the_lineage_and_keeps_from_approval(
    model_world, fake, provider
):
    """From the wire to the store: `needs_human_input`, with the reasons in words."""
    world = model_world(provider)
    tale = {**lake(sample()[0]), "diagnosis": [step("a b c", "ls -la"), step("d e f", "df -h")]}
    fake.play(f"text:{json.dumps(tale)}")
    name = world.suggest()
    run = world.service.run_once(BatchOrder(1, "batch"))
    draft = world.read(name).slot.draft
    assert (draft.status, run.needs_input_count) == ("needs_human_input", 1)
    assert "No symptom names anything that the evidence shows." in draft.generator_meta.gate
