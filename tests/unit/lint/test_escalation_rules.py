"""Escalation (RB401 to RB405): when, to whom, from which threshold."""

import pytest

from runbooks.lint import LintContext
from tests.unit.lint.builder import NOW, PARTS, draft, found, ids

WHEN = "- **When to escalate**: if the cause is not confirmed within 15 minutes"
WHO = "- **Who to contact**: #team-llm-ops in Slack"
THRESHOLD = "- **Escalation threshold**: more than 100 users affected"


def escalation(*lines: str, severity: str = "high") -> str:
    """The sound draft with another escalation section."""
    metadata = PARTS["metadata"].replace("**Severity**: high", f"**Severity**: {severity}")
    return draft(escalation="\n".join(lines), metadata=metadata)


CASES = [
    ("RB401", False, draft()),
    ("RB401", True, escalation("Escalate to somebody else then, please.")),
    ("RB401", True, escalation(WHO, THRESHOLD)),
    ("RB401", True, escalation(WHEN, THRESHOLD)),
    ("RB401", True, escalation(WHO, "- **When to escalate**: when it stays broken")),
    ("RB401", False, escalation("After 15 minutes, or above 5 % errors, page the on-call lead.")),
    ("RB401", False, escalation(WHEN, WHO, THRESHOLD)),
    ("RB402", False, draft()),
    ("RB402", True, escalation(WHEN, WHO, "- **Escalation threshold**: many users affected")),
    ("RB402", True, escalation("When it gets really bad, ask in #team-llm-ops about it.")),
    ("RB402", False, escalation(WHEN, WHO, "- **Threshold**: error rate above 5%")),
    ("RB402", False, escalation(WHEN, WHO, "- **Threshold**: downtime > 30 minutes")),
    ("RB402", False, escalation(WHEN, WHO, "- **Threshold**: cost above $50")),
    ("RB402", True, escalation(WHEN, WHO, "- **Threshold**: severity 1 or so")),
    ("RB403", False, draft()),
    ("RB403", True, escalation(WHEN, "- **Who to contact**: Peter", THRESHOLD)),
    ("RB403", True, escalation(WHEN, "- **Who to contact**: the usual people", THRESHOLD)),
    ("RB403", False, escalation(WHEN, "- **Who to contact**: ML Team Lead", THRESHOLD)),
    ("RB403", False, escalation(WHEN, "- **Who to contact**: on-call SRE", THRESHOLD)),
    ("RB403", False, escalation(WHEN, "- **Who to contact**: Engineering Manager", THRESHOLD)),
    ("RB404", False, draft()),
    ("RB404", True, escalation(WHEN, WHO, THRESHOLD, severity="critical")),
    ("RB404", True, escalation(WHEN, WHO, THRESHOLD, severity="P1")),
    ("RB404", False, escalation(WHEN.replace("15", "10"), WHO, THRESHOLD, severity="P1")),
    ("RB404", True, escalation(WHEN.replace("15 minutes", "2 hours"), WHO, THRESHOLD)),
    ("RB404", False, escalation(WHEN.replace("15 minutes", "4 hours"), WHO, severity="P3")),
    ("RB404", False, escalation(WHEN.replace("15", "90"), WHO, THRESHOLD, severity="low")),
    ("RB405", False, draft()),
    (
        "RB405",
        True,
        draft(diagnosis="Nothing is known here.", mitigation="1. Escalate to #sre now."),
    ),
    ("RB405", True, draft(diagnosis="1. Contact the SRE team.", mitigation="1. Page the on-call.")),
    ("RB405", False, draft(mitigation="1. Escalate to #sre now, as above.")),
    ("RB405", False, draft(diagnosis="Nothing.", mitigation="Escalate, in one sentence.")),
]


@pytest.mark.parametrize(("rule", "hits", "text"), CASES)
def test_escalation_rules_hit_what_they_should_and_nothing_else(
    rule: str, hits: bool, text: str
) -> None:
    """Each case names one rule and says whether it applies to the text."""
    assert (rule in ids(text)) is hits


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
