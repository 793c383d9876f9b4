"""The names of a runbook's parts, and the other names that people give them."""

import re

SECTIONS = (
    "Summary",
    "Symptoms",
    "Diagnosis Steps",
    "Immediate Mitigation",
    "Root Cause Fix",
    "Escalation",
)
METADATA = ("Source Incident", "Severity", "Generated", "Owner", "Last reviewed", "Variables")
TITLE_SUFFIX = "Operational Runbook"

_ALIASES = {
    "Summary": ("overview",),
    "Symptoms": ("symptom",),
    "Diagnosis Steps": ("diagnosis", "diagnose", "diagnostics", "diagnostic steps"),
    "Immediate Mitigation": (
        "mitigation",
        "mitigations",
        "mitigation steps",
        "immediate mitigations",
        "immediate mitigation steps",
    ),
    "Root Cause Fix": ("fix", "root cause", "permanent fix", "long term fix", "root cause fixes"),
    "Escalation": ("escalation criteria", "escalation path", "escalate"),
}
_SECTION_OF = {
    name.casefold(): section for section in SECTIONS for name in (section, *_ALIASES[section])
}
_METADATA_OF = {name.casefold(): name for name in METADATA}
_NUMBERING = re.compile(r"(?:\d{1,3}[.)]\s{0,4}){1,4}")
_SUFFIX = re.compile(rf"(?:^|\s?[-\u2010-\u2015]\s?){TITLE_SUFFIX}$", re.IGNORECASE)


def section_name(heading: str) -> str | None:
    """The section that a heading's text means, whatever its case, number, colon or dashes."""
    words = _NUMBERING.sub("", heading.strip(), count=1).casefold().replace("-", " ")
    return _SECTION_OF.get(" ".join(words.strip(" :.*_").split()))


def metadata_name(key: str) -> str:
    """The metadata line's name as the template writes it, else the key as it is."""
    name = " ".join(key.split())
    return _METADATA_OF.get(name.casefold(), name)


def failure_name(title: str) -> str:
    """A title on one line, without " - Operational Runbook" at its end (CONTRACT R11)."""
    return _SUFFIX.sub("", " ".join(title.split())).strip()
