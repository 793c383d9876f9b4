"""Sentences that say why something fails: which they are, and whether they say it as a fact."""

import re

from runbooks.evidence.words import GENERIC, stems
from runbooks.lint.document import Role
from runbooks.lint.tools import word_set
from runbooks.lint.wording import wording

HEDGE = wording(
    """likely, unlikely, probab*, may, might, could, can, suspect*, appear*, seem*, possib*,
    hypothes*, suggest*, assum*, unconfirmed, unverified, candidate, whether, potential*, perhaps,
    presum*, not confirmed, to confirm, plausib*, unknown, not known, not tested, unclear"""
)
"""Words that tell that a cause is not proven."""
ATTRIBUTED = wording(
    "according to, in the source trace, the pattern recommends, recommended by, signal in, "
    "excerpt of, error from, error in, trigger:"
)
"""Words that tell who or what says it."""
CUE = re.compile(
    r"\broot cause\b|\bcaus(?:e|es|ed|ing)\b|\bbecause\b|\bdue to\b|\bowing to\b|\bthanks to\b"
    r"|\bresult(?:s|ed|ing)? (?:of|from|in)\b|\bstem(?:s|med|ming)? from\b"
    r"|\btriggered by\b|\btriggers\b|\blead(?:s|ing)? to\b|\bled to\b|\bculprit\b|\bat fault\b"
    r"|\breasons? (?:is|was|for|are)\b|\bresponsible for\b|\bto blame\b|\battribut(?:ed|able) to\b"
    r"|\boriginat(?:es|ed|ing) (?:in|from)\b|\b(?:comes|came|arises|arose) from\b"
    r"|\b(?:which|that) (?:makes|made|lets|let)\b|\btraced (?:back )?to\b|\bby-product of\b"
)
_CONDITION = re.compile(
    r"(?:if|when|whenever|otherwise|unless|in case|should|whether|expected|roll back|if not)\b"
)
_LABEL = re.compile(r"[^:.!?]{2,60}:\s")
_ORDERS = word_set(
    """
    adapt add adjust adopt agree alert allow alter analyse analyze answer apply archive arrange
    ask assert assign audit avoid await backfill ban begin block bring build bump call cancel
    cap carry catch change check choose clean clear close collect combine compare compute
    configure confirm consider contact continue convert correct count cover create cross-check
    cut declare decrease deduplicate define delete deploy detach disable disallow divide do
    document double-check drain drop edit emit enable end enforce ensure erase escalate evaluate
    evict exclude expand expire explain export extend fail file fill find fix flag follow forbid
    force forward free freeze give grant graph group grow guard hand handle harden have hide
    hold identify implement import improve include increase index inform insert insist inspect
    install instrument introduce invalidate investigate isolate keep let limit link list load
    lock log look lower make map mark match measure mention merge migrate monitor move name
    never note notify offer open optimise optimize order own page parse pass patch pause perform
    permit pick pin plan post prefer prepare press prevent print prohibit promote propagate
    protect provide prune publish purge put quarantine query queue quote raise re-read re-run
    reach read rebuild recalculate recheck reconcile record recover redact redeploy redo reduce
    refactor refer refresh refuse regenerate reindex reject relax release reload remember remind
    remove rename renew reopen repair repeat replace replay report reproduce request require
    reroute rerun reset resize resolve respect restart restore restrict retest retrain retry
    return reuse revert review revoke rewrite roll rotate route rule run sample sanitise
    sanitize save scale schedule search see select send separate serve set share shed ship
    shorten show sign skip slow sort split start stick stop store strip subscribe summarise
    summarize surface suspend swap switch sync table tag take teach tell test throttle tie
    tighten track train transfer translate treat trigger trim trust try tune turn type unblock
    undo unify uninstall unset update upgrade use validate vary verify visit wait warn watch
    weigh widen withdraw work wrap write
    """
)
_EXPLAINS: tuple[Role, ...] = ("summary", "fix")
_FEWEST = 2


def is_cause(sentence: str, spoken: str, role: Role) -> bool:
    """Tell whether a compared sentence says why something fails; `spoken` is without its code.

    A word such as `because` does so anywhere, unless the sentence is a condition. In Summary and
    Root Cause Fix every sentence that orders nothing is taken as a statement on the failure.
    """
    if _CONDITION.match(sentence) or len(content(sentence)) < _FEWEST:
        return False
    if CUE.search(spoken):
        return not is_order(sentence) or role in _EXPLAINS
    return role in _EXPLAINS and not is_order(sentence)


def stated_as_fact(spoken: str, role: Role) -> bool:
    """Tell whether a cause is given as a fact: no word doubts it and nobody is named for it."""
    tells = bool(CUE.search(spoken)) or role == "fix"
    return tells and not (HEDGE.search(spoken) or ATTRIBUTED.search(spoken))


def is_order(sentence: str) -> bool:
    """Tell whether a sentence asks the reader to do something."""
    words = sentence.split(maxsplit=3)
    first = words[0].strip(",:") if words else ""
    if first in ("then", "also", "please", "first", "next", "finally", "always") and len(words) > 1:
        first = words[1].strip(",:")
    return first in _ORDERS


def content(sentence: str) -> frozenset[str]:
    """Give the stems of a sentence that tell one cause from another."""
    return frozenset(stems(sentence, GENERIC))


def clause(sentence: str) -> str:
    """Give a sentence without its label: `likely cause, to confirm (confidence 0.70): …`."""
    label = _LABEL.match(sentence)
    return sentence[label.end() :] if label else sentence
