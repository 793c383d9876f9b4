"""Words as they are compared: lower case, without endings, without those that say nothing."""

import re
from functools import lru_cache

from runbooks.lint.tools import word_set

STOP = word_set(
    """
    a about above after again all already also am an and another any are as at away back be became
    because been before being below between both but by came can cannot come could did do does
    doing done down due during each either else even ever every few for from further get gets got
    had has have having he her here him his how however i if in instead into is it its itself just
    keep kept least less let lets like made make makes many may me might more most much must my
    near neither never next no none nor not nothing now of off often on once one only onto or other
    others otherwise our out over own per quite rather same see seen she should since so some still
    such than that the their them then there these they this those through thus till to too under
    until up upon us use used uses using very was we well went were what when where whether which
    while who whole whom whose why will with within without would yes yet you your
    """
)
"""Words that tell nothing about a failure."""

GENERIC = STOP | word_set(
    """
    affected agent answer answers call called calling calls case cause caused causes causing cite
    confidence confirm confirmed confirms current culprit customer customers day end ended ends
    error errors evidence exactly fact fail failed failing fails failure failures first found
    gave give given gives go goes going happen happened happens hour identified incident
    incidents input investigation issue issues known last lead leading leads led likely live main
    minute new number occur occurred occurs old output pattern patterns perhaps possible possibly
    present probable probably problem problems production reason reasons recorded reported request
    requests response responses result resulted resulting results root run running runs say says
    second service services several show showed shown shows source stated states stem stems step
    steps suspect suspected symptom symptoms system team test thing things time times today took
    trace traces trigger triggered triggers turn unconfirmed unknown user users want wanted way
    work works wrong year
    """
)
"""Words that a sentence on any cause may hold; they neither support nor contradict it."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]{1,2})?|\d+(?:[.,]\d+)*")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ENDINGS = (
    "izations", "ization", "ations", "ation", "ments", "ment", "ingly", "ings", "ing", "edly",
    "ness", "ions", "ion", "ies", "ied", "ers", "er", "ed", "es", "ly", "al", "s", "e", "y",
)  # fmt: skip
_SAME_SIGN = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "}
_UNSEEN_OR_SAME = re.compile(
    "[\u061c\u200b\u200e\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069" + "".join(_SAME_SIGN) + "]"
)


def shown(text: str) -> str:
    """Put a text on one line, without signs that nobody sees."""
    visible = text if text.isascii() else _UNSEEN_OR_SAME.sub(_like, text)
    line = " ".join(visible.split())
    if not line.isprintable():
        line = " ".join("".join(char if char.isprintable() else " " for char in line).split())
    return line


def _like(match: re.Match[str]) -> str:
    return _SAME_SIGN.get(match.group(), "")


def lowered(text: str) -> str:
    """Lower case that keeps every character at its place."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Cut a word's ending off, so that `leaks`, `leaked` and `leaking` are the same."""
    low = word.lower()
    for ending in _ENDINGS:
        if low.endswith(ending) and len(low) - len(ending) >= 3:
            low = low[: -len(ending)]
            break
    return low[:-1] if len(low) > 3 and low[-1] == low[-2] else low


def stems(text: str, without: frozenset[str] = STOP) -> tuple[str, ...]:
    """Give the stems of a text's words in their order, names taken apart at their joints."""
    words = _WORD.findall(_CAMEL.sub(" ", text) if not text.islower() else text)
    return tuple(stem(word) for word in words if len(word) > 1 and word.lower() not in without)
