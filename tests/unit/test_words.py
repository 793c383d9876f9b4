"""A runbook is found by what stands in it, and no text makes its entry grow without end."""

import time

from hypothesis import given
from hypothesis import strategies as st

from runbooks.models import EmbeddedPattern, RunbookDraft, Slot, SlotKind, Suggestion
from runbooks.words import TEXT_WORDS, search_tokens, words


def suggestion(markdown: str = "", **fields: object) -> Suggestion:
    """A suggestion with this text as its draft."""
    draft = RunbookDraft(markdown_content=markdown, **fields)  # type: ignore[arg-type]
    return Suggestion(
        suggestion_id="sugg-1",
        title="Agent repeats a search",
        pattern=EmbeddedPattern(failure_type="runaway_loop", trigger_condition="an empty list"),
        slot=Slot(kind=SlotKind.GENERATED, revision="r", draft=draft),
    )


def finds(asked: str, found: Suggestion) -> bool:
    """Whether every word asked for is stored as a whole."""
    return set(words(asked)) <= set(search_tokens(found, "flight-agent"))


def test_a_command_and_an_error_of_the_text_are_found():
    """On call one pastes what one sees."""
    text = "Run `kubectl get pods -n agents`.\n\n- `429 rate_limit_exceeded: 400000 tokens`\n"
    for asked in (
        "kubectl pods",
        "rate_limit_exceeded",
        "429 rate_limit_exceeded: 400000",
        "LIMIT",
    ):
        assert finds(asked, suggestion(text)), asked
    assert not finds("helm", suggestion(text))


def test_title_service_failure_and_trigger_are_found_as_before():
    """The words of the suggestion itself come first, its title also by beginnings."""
    for asked in ("repeats", "repe", "flight-agent", "flight", "runaway_loop", "empty", "sugg-1"):
        assert finds(asked, suggestion("some text")), asked


@given(st.text(max_size=200))
def test_any_short_text_is_found_by_its_own_words(text: str):
    """Searching and storing split words alike, in every script."""
    found = suggestion(text)
    asked = [word for word in words(text) if len(word) > 1 or not word.isascii()]
    assert set(asked) <= set(search_tokens(found, ""))


def test_single_letters_do_not_keep_a_text_from_being_found():
    """`step 2 of a runbook` is asked without its digit and its letter."""
    assert words("step 2 of a runbook") == ("step", "of", "runbook")
    assert words("2 a") == ("2", "a")


def test_a_huge_text_keeps_its_commands_and_stays_small():
    """Only prose is left out of what is stored, and it takes no time."""
    prose = " ".join(f"word{number}" for number in range(200_000))
    found = suggestion(prose, diagnosis_commands=("rabbitmqctl list_queues",), symptoms=("lag",))
    started = time.process_time()
    tokens = search_tokens(found, "")
    assert time.process_time() - started < 2
    assert len(tokens) <= 120 + TEXT_WORDS
    assert {"rabbitmqctl", "list_queues", "lag", "word0"} <= set(tokens)
    assert max(map(len, tokens)) <= 60


def test_hostile_texts_are_split_in_linear_time():
    """Endless words, dots and dashes cost no more than their length."""
    for text in (
        "a" * 1_000_000,
        "a." * 500_000,
        "-" * 1_000_000,
        "a-b." * 250_000,
        "\u0301" * 500_000,
    ):
        started = time.process_time()
        search_tokens(suggestion(text), "")
        assert time.process_time() - started < 2
