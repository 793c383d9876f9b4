"""Mitigation, root cause fix and escalation of a draft, as certain as the evidence is."""

import re
from collections.abc import Mapping

from runbooks.drafting.catalogue import fill
from runbooks.drafting.choosing import ChosenAction, Match
from runbooks.drafting.error_text import one_line
from runbooks.drafting.facts import Facts
from runbooks.drafting.port import Evidence
from runbooks.lint.page import INVESTIGATION_MINUTES
from runbooks.markdown.outline import Step, code_span, escape_inline

CERTAIN = 0.75
MAX_RECOMMENDED = 2
MAX_STEPS = 4
_AT_ONCE = re.compile(
    r"(?i)(?:roll(?! out)|revert|restart|disable|enable|switch|turn|set|put|take|block|stop"
    r"|pause|hide|suspend|halt|withdraw|redirect|reroute|pin|revoke|rotate|renew|remove|lower"
    r"|reduce|raise|increase|scale|drain|fail ?over|restore|isolate|quarantine|throttle|limit"
    r"|hand|free|clear|release|close|end)\b"
)
_COMMAND = re.compile(
    r"(?i)https?://|[`$|<>{}\\]|&&|(?:^|\s)--?\w|\b(?:rm|dd|drop|truncate|delete|purge|flush\w*"
    r"|destroy|kubectl|oc|helm|psql|curl|wget|bash|sh|sudo|eval|git|terraform|aws|gcloud)\b"
)


def recommended(evidence: Evidence) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split the pattern's recommended actions: what can be done at once, and the rest.

    An action that looks like a command is only ever part of the rest: it is quoted there and
    cannot be taken for a step of ours.
    """
    pattern = evidence.canonical
    lines = [one_line(text, 240) for text in (pattern.recommended_actions if pattern else ())[:12]]
    lines = list(dict.fromkeys(line for line in lines if line))
    at_once = [line for line in lines if _AT_ONCE.match(line) and not _COMMAND.search(line)]
    now = at_once[:MAX_RECOMMENDED]
    return tuple(now), tuple(line for line in lines if line not in now)


def mitigation(
    evidence: Evidence, now: tuple[str, ...], actions: tuple[ChosenAction, ...], live_step: str
) -> tuple[Step, ...]:
    """Give the steps of Immediate Mitigation: the pattern's own first, then the catalogue's."""
    trace = code_span(evidence.canonical_trace_id)
    steps = [
        Step(
            title=escape_inline(action.rstrip(".")),
            text=(
                f"Recommended by the failure pattern of trace {trace}. Note the present state"
                " before you change it, and ask the owner if you do not know whom it affects."
            ),
            expect=f"no new failure when you run {live_step} again.",
            then="roll back: set it to the state that you noted.",
        )
        for action in now
    ]
    room = max(MAX_STEPS - len(steps), 1)
    return (*steps, *(_step(action) for action in actions[:room]))


def _step(action: ChosenAction) -> Step:
    guards = [
        f"**Affects**: {action.affects}" if action.affects else "",
        f"**Warning**: {action.warning}" if action.warning else "",
        f"**Confirm first**: {action.confirm}" if action.confirm else "",
    ]
    text = " ".join(line for line in (action.text, *guards) if line)
    return Step(
        title=action.title,
        text=text,
        command=action.command or None,
        language="bash",
        expect=action.verify,
        then=f"roll back: {action.rollback}",
    )


def fixes(
    evidence: Evidence,
    facts: Facts,
    matches: tuple[Match, ...],
    later: tuple[str, ...],
    words: Mapping[str, str],
) -> tuple[Step, ...]:
    """Give the lines of Root Cause Fix, the hypothesis first and as sure as its confidence.

    Of the causes only the first gives its general remedies.
    """
    lines = [_hypothesis(evidence)]
    for text in later:
        lines.append(_quoted_command(text) if _COMMAND.search(text) else _sentence(text))
    if facts.frames:
        frame = facts.frames[0]
        function = f" ({code_span(frame.function)})" if frame.function else ""
        lines.append(
            f"Start reading at {code_span(f'{frame.file}:{frame.line}')}{function},"
            " in the stack trace of the evidence."
        )
    lines += [fill(text, words) for match in matches[:1] for text in match.cause.fix]
    if evidence.canonical_trace_id:
        trace = code_span(evidence.canonical_trace_id)
        lines.append(f"Turn the input of trace {trace} into a regression test before you close.")
    return tuple(Step(title="", text=line) for line in lines[:9])


def _hypothesis(evidence: Evidence) -> str:
    pattern = evidence.canonical
    said = one_line(pattern.root_cause_hypothesis, 400).rstrip(".") if pattern else ""
    confidence = pattern.confidence if pattern else None
    if not said:
        return "Cause unknown: the failure pattern names none. Find it with the steps of Diagnosis."
    if confidence is None:
        return f"Unconfirmed cause, the pattern gives no confidence: {escape_inline(said)}."
    sure = "Cause according to the pattern" if confidence >= CERTAIN else "Likely cause, to confirm"
    return f"{sure} (confidence {confidence:.2f}): {escape_inline(said)}."


def _sentence(text: str) -> str:
    return escape_inline(text.rstrip(".")) + "."


def _quoted_command(text: str) -> str:
    return f"The pattern recommends, to be judged before use: {code_span(text)}."


def _patience(evidence: Evidence) -> str:
    """Say how long to look for the cause: as the service's row says.

    A service without a row has the default time, which no severity may contradict (RB404).
    """
    wanted = evidence.row.escalate_after_minutes
    severity = evidence.severity.value if evidence.severity else ""
    allowed = INVESTIGATION_MINUTES.get(severity, wanted)
    if evidence.row.known or wanted <= allowed:
        return f"{wanted} minutes"
    return f"{allowed} minutes ({severity} allows no more; the default is {wanted} minutes)"


def escalation(
    evidence: Evidence, matches: tuple[Match, ...], words: Mapping[str, str]
) -> tuple[str, str, str]:
    """Say when, who and from which threshold, from the services file alone (CONTRACT §4)."""
    row = evidence.row
    when = f"If the diagnosis steps do not confirm the cause within {_patience(evidence)}"
    extra = next((match.cause.escalate for match in matches if match.cause.escalate), None)
    if extra:
        when += f", or at once {fill(extra, words)}"
    who = escape_inline(row.escalation_channel)
    if row.owner:
        who += f" (owner: {escape_inline(row.owner)})"
    if not row.known:
        who += f" (the default contact: the services file has no row for {words['service']})"
    threshold = (
        f"Customer impact >{row.impact_users} users OR downtime >{row.downtime_minutes} minutes"
    )
    return when, who, threshold
