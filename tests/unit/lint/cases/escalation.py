"""Escalation (RB401 to RB405): texts that a rule must hit, and such as it must leave alone."""

from tests.unit.lint.builder import PARTS, draft

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

CASES += [
    ("RB401", True, escalation("- **Who to contact**: #team-llm-ops", "- More than 100 users")),
    ("RB401", False, escalation("Page #team-llm-ops if 100 users wait or 15 minutes have gone.")),
    (
        "RB401",
        False,
        escalation("Call the incident manager as soon as downtime passes 30 minutes."),
    ),
    ("RB402", True, escalation(WHEN.replace(" within 15 minutes", ""), WHO, "- **Threshold**: P1")),
    ("RB402", True, escalation(WHEN, WHO, "- **Escalation threshold**: severe customer impact")),
    ("RB402", False, escalation(WHEN, WHO, "- **Threshold**: p99 > 2 s for 5 minutes")),
    ("RB403", True, escalation(WHEN, "- **Who to contact**: a colleague who knows it", THRESHOLD)),
    ("RB403", True, escalation(WHEN, "- **Who to contact**: support desk", THRESHOLD)),
    ("RB403", True, escalation(WHEN, "- **Who to contact**: Slack", THRESHOLD)),
    ("RB403", False, escalation(WHEN, "- **Who to contact**: #edge-oncall (Ada)", THRESHOLD)),
    (
        "RB404",
        True,
        escalation(WHEN.replace("15 minutes", "1 hour"), WHO, THRESHOLD, severity="P2"),
    ),
    (
        "RB404",
        True,
        escalation(WHEN.replace("15 minutes", "1 day"), WHO, THRESHOLD, severity="medium"),
    ),
    (
        "RB404",
        False,
        escalation("- **When to escalate**: at once", WHO, THRESHOLD, severity="critical"),
    ),
    ("RB405", True, draft(diagnosis="If late:", mitigation="1. **Escalate** to the data team.")),
    (
        "RB405",
        True,
        draft(diagnosis="1. Notify #sre.\n2. Call the owner.", mitigation="1. Page #edge."),
    ),
    (
        "RB405",
        True,
        draft(diagnosis="- Ask the owner of `rag`.", mitigation="- Inform #rag-status."),
    ),
    (
        "RB405",
        False,
        draft(diagnosis="1. Page #sre.\n2. Run `kubectl get po -n rag`.", mitigation="1. Wait."),
    ),
    ("RB405", False, draft(diagnosis="1. Calls to `rag` fail if late.", mitigation="1. Wait.")),
]
