"""What errors and states are called."""

import inspect
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from runbooks import errors
from runbooks.models import DraftState, OutcomeStatus, RunState, Severity
from workbench import messages
from workbench.messages import MESSAGES, escape_md, message_for

HOSTILE = "**x** :red[y] [z](http://evil.example) <b> `c` :warning: {0.__class__}"

EXAMPLES = [
    errors.RunbookError("boom"),
    errors.InvalidSettings("HOST", HOSTILE),
    errors.InvalidRequest("reason", HOSTILE),
    errors.NotFound("suggestion", HOSTILE),
    errors.NoDraft("sugg-1"),
    errors.NotRunbook("sugg-1", HOSTILE),
    errors.Refused("sugg-1"),
    errors.OverwriteBlocked("sugg-1", "abc"),
    errors.StaleRevision("sugg-1", "abc", "def"),
    errors.NotPending("sugg-1", "approved"),
    errors.AlreadyPending("sugg-1"),
    errors.TextTooLong("markdownContent", 1_051_689, 600_000),
    errors.GenerationInProgress("sugg-1", "local:kim", 31.5),
    errors.BeingEdited("sugg-1", "local:kim#tab"),
    errors.HoldLost("sugg-1", None),
    errors.HeldByAnother("sugg-1", "local:kim"),
    errors.ChangedSince("sugg-1", "approved"),
    errors.NotYourText("sugg-1", "local:kim#tab"),
    errors.NotSeen("sugg-1", "abc"),
    errors.WouldBeFallback("sugg-1", "missing_failure_patterns"),
    errors.BudgetExceeded("sugg-1", 0.12, 0.0),
    errors.Cancelled("sugg-1"),
    errors.BlockingFindings("sugg-1", ["RB001 line 1: no title", HOSTILE]),
    errors.StrictGate("sugg-1", ["RB001 line 1: no title", HOSTILE]),
    errors.UnreadableDocument("sugg-1", HOSTILE),
    errors.PreconditionRequired(),
    errors.RateLimited(12.4),
    errors.DraftingFailed("gemini", "invalid_json", excerpt=HOSTILE),
    errors.DeadlineExceeded("gemini", 30.0),
    errors.StoreError("x"),
    errors.StoreUnavailable(HOSTILE),
    errors.DocumentTooLarge("sugg-1", 2_000_000, 1_048_576),
    errors.Conflict("suggestions", "sugg-1"),
    errors.CommitUnknown("x"),
]


def all_errors() -> set[type[errors.RunbookError]]:
    """Every class of error that the product has."""
    found = (value for _, value in inspect.getmembers(errors, inspect.isclass))
    return {value for value in found if issubclass(value, errors.RunbookError)}


def test_every_error_of_the_core_has_words_of_its_own() -> None:
    """No class of the tree is told by the words of another."""
    assert set(MESSAGES) == all_errors()
    assert {type(example) for example in EXAMPLES} == all_errors()


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_says_what_happened_what_was_kept_and_what_to_do(
    error: errors.RunbookError,
) -> None:
    """Each of the three parts is a whole sentence, with the facts of the error filled in."""
    message = message_for(error)
    for part in (message.title, message.what_was_kept, message.what_to_do):
        assert part.endswith(".")
        assert part[0].isupper() or part.startswith("sugg")
        assert "{" not in part.replace("\\{", "")


def test_untrusted_text_in_an_error_stays_text() -> None:
    """What stands in a document cannot format, colour or link anything in a message."""
    shown = message_for(errors.UnreadableDocument("k", HOSTILE)).title
    html = MarkdownIt("commonmark").render(shown)
    assert "<strong>" not in html
    assert "<a" not in html
    assert "<code>" not in html
    assert ":red[" not in html
    assert ":warning:" not in html


def test_a_text_that_is_kept_is_said_only_where_it_is_kept() -> None:
    """Nobody is told that a text is kept when the store refused it."""
    kept, lost = errors.StaleRevision("s", "a", "b"), errors.StaleRevision("s", "a", "b")
    kept.text_kept = True
    assert "Your text is kept" in message_for(kept).what_was_kept
    assert "Your text" not in message_for(lost).what_was_kept


@given(st.text(alphabet=string.printable + "äß→…“:@-<>[]", max_size=80))
def test_escaped_text_reads_as_it_was(text: str) -> None:
    """Markdown shows an escaped text as it stands, but for white space at line ends."""
    tokens = MarkdownIt("commonmark").parseInline(escape_md(text))
    children = tokens[0].children or []
    assert all(token.type in ("text", "text_special") for token in children)
    shown = "".join(token.content for token in children).replace("\u2060", "")
    assert shown == " ".join(text.split())


def test_a_long_text_is_cut_with_a_sign_of_it() -> None:
    """A message stays short, whatever a document holds."""
    assert escape_md("a" * 1000, limit=10) == "a" * 9 + "…"


def test_every_reason_that_an_outcome_can_have_is_said_in_words() -> None:
    """A run's outcome names the code of an error or the kind of a failed draft."""
    kinds = {"invalid_json", "schema_validation", "vertex_error", "timeout", "unknown"}
    codes = {error.code for error in all_errors()} - {
        "internal",
        "invalid_settings",
        "refused",
        "blocking_findings",
        "no_draft",
        "precondition_required",
        "rate_limited",
    }
    assert codes | kinds <= set(messages.REASONS)


def test_a_reason_with_a_cause_tells_both() -> None:
    """`would_be_fallback` says which evidence is missing."""
    told = messages.reason("would_be_fallback:missing_failure_patterns")
    assert told.startswith("only a template could be written")
    assert "no failure pattern was found" in told


def test_every_state_has_a_name() -> None:
    """No list shows the raw word of a state."""
    assert set(messages.DRAFT_STATES) == set(DraftState)
    assert set(messages.RUN_STATES) == set(RunState)
    assert set(messages.OUTCOMES) == set(OutcomeStatus)
    assert set(messages.SEVERITIES) == {*(s.value for s in Severity), "unknown"}


def test_a_share_that_misses_its_target_never_reads_as_met() -> None:
    """99.96 % is not shown as 100 %."""
    assert messages.percent(0.9996) == "99.9%"
    assert messages.percent(1.0) == "100%"
    assert messages.percent(2 / 3) == "66.6%"
    assert messages.percent(0.8) == "80%"


def test_people_are_called_by_their_names() -> None:
    """Places of unsaved texts and visitors without a name are read as people."""
    assert messages.who("local:Kim Lee#3f2a") == "Kim Lee"
    assert messages.who("local:Kim~9c") == "Kim"
    assert messages.who("local:Kim", me="local:Kim") == "you"
    assert messages.who("local:visitor-3f2a") == "a visitor without a name"
    assert messages.who(None) == "nobody"
