"""Escalation (RB401 to RB405): when, to whom, from which threshold."""

import pytest

from runbooks.lint import LintContext
from tests.unit.lint.builder import NOW, found, ids
from tests.unit.lint.cases.escalation import THRESHOLD, WHEN, WHO, escalation


def test_the_message_names_what_is_missing() -> None:
    """RB401 says which of the three parts to add."""
    [finding] = [f for f in found(escalation(WHO, THRESHOLD)) if f.id == "RB401"]
    assert "when" in finding.message
    assert "to whom" not in finding.message


@pytest.mark.parametrize(("channel", "hits"), [("#team-llm-ops", False), ("#somewhere", True)])
def test_the_channel_must_be_in_the_services_file(channel: str, hits: bool) -> None:
    """RB403 with the channels of the services file (CONTRACT §4)."""
    context = LintContext(now=NOW, channels=("team-llm-ops",))
    text = escalation(WHEN, f"- **Who to contact**: {channel}", THRESHOLD)
    assert ("RB403" in ids(text, context)) is hits


def test_an_owner_of_the_services_file_is_a_contact() -> None:
    """RB403 accepts a name that the services file knows."""
    text = escalation(WHEN, "- **Who to contact**: Team Nightingale", THRESHOLD)
    assert "RB403" in ids(text)
    assert "RB403" not in ids(text, LintContext(now=NOW, owners=("team nightingale",)))
