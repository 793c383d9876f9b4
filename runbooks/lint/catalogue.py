"""Every rule: id, severity, what it looks for, why it matters, and an example that it flags.

The second grade is the severity for any team's existing runbook; `-` means that the rule is not
applied there. A rule may report a milder case one grade lower.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from runbooks.lint.finding import Profile, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `generic` is its severity outside our own drafts, None where it is not applied."""

    id: str
    family: str
    severity: Severity
    generic: Severity | None
    what: str
    why: str
    example: str

    def severity_in(self, profile: Profile) -> Severity | None:
        """The severity in a profile; None where the rule is not applied."""
        return self.severity if profile == "evalforge" else self.generic


_TABLE = """
== Structure
RB001 E - the title is not one H1 `{Failure} - Operational Runbook`
    People find a runbook by its title.
    # Retriever down
RB002 E - one of the six sections is missing, doubled or out of order
    Every runbook reads the same way at 3 a.m.
    no `## Escalation`
RB003 E E a required section has fewer than five words
    An empty section looks like an answer and is none.
    ## Immediate Mitigation (nothing)
RB004 W W the summary has more than two sentences or 60 words
    The reader needs one glance to know whether this is the right page.
    a long story
RB005 E - source incident, severity or generation date is missing or not valid
    Without them nobody can tell where the text comes from.
    **Severity**: urgent
RB006 W W no owner is named, or only the default one
    A runbook without an owner is not kept up to date.
    no `**Owner**:` line
RB007 W W the last review is missing or too long ago
    Commands age with the system they act on.
    **Last reviewed**: 2019-04-01
RB008 I I the text has more than 1,200 words
    Long pages are not read during an incident.
    1,900 words
RB009 E E Markdown is broken: open fence, table without its rule, script, skipped level
    Part of the text is shown as something else, or not at all.
    a code fence never closed
RB010 W W a link leads nowhere
    A dead link costs minutes.
    [dashboard](link)
== Actionability
RB101 E W the diagnosis has fewer than two commands or queries
    A diagnosis without commands is research left to the reader (SC-003).
    Look around.
RB102 E W a step says to check something without saying how
    Each reader does something else, or nothing.
    1. Check the logs
RB103 W W words that leave the decision open
    What is necessary is the question the runbook should answer.
    restart if necessary
RB104 E E a placeholder was left in the text
    The reader cannot know what belongs there.
    Modify `{file}`; TODO
RB105 W W a symptom without metric, log pattern or quoted error
    The reader cannot compare it with what the screen shows.
    - The service is slow
RB106 W W steps are not numbered
    People say “I am at step 3” to each other during an incident.
    - Restart the pod
RB107 I I one step changes more than one thing
    If it gets worse, nobody knows which change did it.
    scale, then restart, in one step
RB108 W W a diagnostic command without its expected output
    Output means nothing without what it should look like.
    kubectl get pods -n rag
RB109 W W the diagnosis never branches
    A diagnosis decides: if this, then that.
    no if, when or otherwise
RB110 E W the same command twice, with different expected numbers
    One of the two is wrong.
    Expected: 3 pods … Expected: 5 pods
== Safety
RB201 E E a destructive command without warning, confirmation and way back
    It cannot be undone, and it is copied by tired people.
    kubectl delete ns rag
RB202 W W a command that interrupts service, and its step does not say so
    The reader should know before, not after.
    kubectl drain node-1
RB203 E E a download is run unread
    Whoever controls the address controls the machine.
    curl https://get.tool.sh | sh
RB204 E E a secret or personal data stands in the text
    Runbooks are copied, exported and shared.
    export TOKEN=ghp_…
RB205 W W a change is not verified before the next one
    Two unverified changes cannot be told apart.
    scale, then restart, no check between
RB206 W W the mitigation changes things and names no way back
    The first attempt is often wrong.
    no rollback in Immediate Mitigation
RB207 W W kubectl or oc without a namespace
    It acts on whatever namespace the reader was in.
    kubectl get pods
RB208 W W nobody says who or what a disruptive command affects
    The decision to run it depends on that.
    systemctl restart postgresql
RB209 W W kubectl edit changes things by hand
    It cannot be reviewed, repeated or rolled back from a file.
    kubectl edit deploy rag
RB210 W W a model or infrastructure change without approval
    Rollback, retraining and infrastructure changes need approval.
    Roll back the model
== Copy and paste
RB301 W W a command starts with a prompt
    Pasted with its prompt it does not run.
    $ kubectl get pods -n rag
RB302 E E a quote, bracket or backtick is never closed
    The shell waits for the rest, or runs something else.
    grep 'timeout app.log
RB303 W W curly quotes, long dashes or hard spaces in a command
    The shell takes them literally.
    grep “timeout” app.log
RB304 W W a program that is not known here
    A command that does not exist stops the reader.
    datadog trace search …
RB305 W W a code block without a language
    Readers and tools cannot tell commands from output.
    a code fence without sh or text
RB306 I I a code line of more than 160 characters
    Wrapped lines are copied wrongly.
    a one-liner of 300 characters
== Escalation
RB401 E W the escalation does not say when, to whom and from which threshold
    At that point nobody has time to find out.
    Escalate to the team
RB402 E W the escalation threshold has no number with a unit
    “Severe impact” means something else to everyone.
    when many users are affected
RB403 W W the contact is neither a #channel nor a known role
    A name leaves the company; a channel is answered.
    Ask Peter
RB404 W W the time to escalation is longer than the severity allows
    A P1 must be under investigation within 10 minutes.
    critical, after 45 minutes
RB405 I I the only step is to escalate
    Then the runbook adds nothing to the alert.
    1. Escalate to the platform team
== Evidence
RB501 E - no source trace id is quoted
    Without it nobody can check the claims.
    **Source Incident**: unknown
RB502 W W a trace or pattern id that is not in the lineage
    An id from nowhere is likely made up.
    trace 0123…ef, not a source
RB503 W W the cause is stated as a fact although confidence is below 0.75
    A wrong certainty stops the search for the real cause.
    The root cause is …
RB504 W W a number, file or service that occurs in no source trace
    It may be a hallucination.
    fails in `ranker.py`, which no trace names
RB505 I I edited by a person without a note for the reviewer
    The reviewer cannot see why it was changed.
    edit_source human, no note
== Datadog
RB601 E E a Datadog command line that does not exist
    The reader gets “command not found”.
    datadog trace search "service:rag"
RB602 E E a Datadog query that cannot be read
    The search fails, or finds something else.
    service:rag AND (status:error
RB603 W W a lower-case and, or, not in a Datadog query
    Operators are case-sensitive; in lower case they are words.
    service:a and status:b
RB604 W W an attribute without @ that is neither reserved nor a known tag
    Without @ Datadog looks for a tag and finds nothing.
    http.status_code:500
RB605 W W @ before a reserved attribute in an APM query
    @service is another, empty attribute.
    @service:rag
RB606 W W a range that is not written [a TO b]
    It is not read as a range.
    @http.status_code:[400 to 499]
RB607 W W a duration without a unit
    Bare numbers are nanoseconds.
    @duration:>5
RB608 W W a wildcard inside quotes
    Between quotes * and ? are ordinary characters.
    service:"web*"
RB609 W W a special character that needs a backslash
    The value is cut or read as an operator.
    @http.url:/api/v1?x=1
RB610 W W a query without service, env or time window
    It searches everything and finds too much.
    status:error
RB611 I I curly quotes in a Datadog query
    They are searched for as characters.
    “connection reset”
"""

_GRADES: dict[str, Severity] = {"E": "E", "W": "W", "I": "I"}


def _read(table: str) -> Iterator[Rule]:
    for family in table.split("== ")[1:]:
        name, *lines = family.strip().splitlines()
        for head, why, example in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
            number, severity, generic, what = head.split(maxsplit=3)
            yield Rule(
                number,
                name,
                _GRADES[severity],
                _GRADES.get(generic),
                what,
                why.strip(),
                example.strip(),
            )


RULES: dict[str, Rule] = {rule.id: rule for rule in _read(_TABLE)}


def rules_as_markdown() -> str:
    """The catalogue as Markdown tables, one for each family; docs/lint-rules.md holds it."""
    pieces: list[str] = []
    for family in dict.fromkeys(rule.family for rule in RULES.values()):
        pieces += [f"## {family}", "", "| Rule | Ours | Other | What | Why | Example |"]
        pieces.append("| --- | --- | --- | --- | --- | --- |")
        pieces += [_row(rule) for rule in RULES.values() if rule.family == family]
        pieces.append("")
    return "\n".join(pieces)


def _row(rule: Rule) -> str:
    cells = (rule.id, rule.severity, rule.generic or "–", rule.what, rule.why, rule.example)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
