"""The words by which the rules recognise what a text says."""

from __future__ import annotations

import re

from runbooks.lint.tools import word_set


def wording(phrases: str) -> re.Pattern[str]:
    """A pattern for any of the comma-separated phrases; `*` stands for the rest of a word."""
    shapes = [
        re.escape(" ".join(phrase.split())).replace(r"\*", r"\w{0,20}").replace(r"\ ", r"[\s-]+?")
        for phrase in phrases.split(",")
    ]
    return re.compile(r"(?<!\w)(?:" + "|".join(shapes) + r")(?!\w)", re.IGNORECASE)


WARNING = wording(
    """warning, caution, danger*, destructive, irreversibl*, permanent*, data loss, hazardous,
    cannot be undone, cannot be recovered, careful*, attention, at your own risk, last resort,
    loses, lose all, deletes all, erases, destroys, risky, ⚠, ⚠️"""
)
CONFIRMATION = wording(
    """confirm*, make sure, ensure*, double check*, verif*, validate*, approv*, only if, only when,
    only after, before you, before running, before deleting, before this, dry run, ask, agree*,
    sign off, check that, prerequisite*"""
)
WAY_BACK = wording(
    """rollback, roll back, rolled back, rolling back, rolls back, restor*, revert*, undo*, undone,
    recover*, recreat*, re creat*, backup*, back up, snapshot*, reinstall*, re install*,
    previous version, previous revision, redeploy*, re deploy*, switch back, scale back"""
)
VERIFICATION = wording(
    """verif*, confirm*, check*, validat*, ensure*, expect*, should, watch, wait until, monitor,
    make sure, look for, until"""
)
AFFECTED = wording(
    """user, users, customer, customers, replica, replicas, pod, pods, request, requests, traffic,
    tenant*, affect*, impact*, downtime, outage*, interrupt*, disrupt*, unavailab*, connection*,
    session, sessions, client, clients, blast radius, nobody, no one, workload*, queries, latency,
    data loss, in flight, percent"""
)
APPROVAL = wording("approv*, sign off, change request, permission*, authoris*, authoriz*")
EXPECTED = wording(
    """expect*, should, contain, contains, check that, you will see, output, return, returns, print,
    prints, show, shows, look for, healthy, otherwise, mean, means, indicate, indicates, confirm,
    confirms, example, if it, if the, if any, if this, if there, if no, if more, if fewer, if both,
    if one, if all, if you, if most,
    when it, when the, when this"""
)
WEASEL = wording(
    """as needed, as required, as appropriate, if appropriate, if necessary, if needed, if required,
    contact the relevant team, contact the right team"""
)
OPEN_LIST = wording("and so on, and so forth")
FITTING = wording("appropriate, appropriately")
BRANCH = wording(
    "if, when, whenever, otherwise, unless, else, in case, in this case, in that case, depending"
)
_ORDERS = word_set(
    """
    add adjust allow apply ask assign attach block build cancel change check clean clear close
    collect compare configure confirm connect contact copy create cut decrease delete deploy
    detach disable download drain edit enable ensure escalate examine execute expand export
    fetch find fix follow force gather get go identify increase inform inspect install
    investigate isolate kill launch list locate login look make mark monitor mount move note
    notify open page patch pause ping promote prune pull purge push put query read reboot
    rebuild reconfigure recover reduce refer reinstall reload remove rename renew repair replace
    report request rerun reset resize resolve restart restore resume retrieve retry revert
    review revoke roll rotate run scale schedule search see send set shut silence start stop
    submit suspend switch take tell terminate test trigger troubleshoot turn uncordon undo
    uninstall unmount unset update upgrade upload use validate verify view wait watch write
    """
)
ORDER = re.compile(
    r"[\s*_`]{0,4}(?:(?:then|now|first|next|finally|also|please)[\s*_`,]{1,5})?(?:"
    + "|".join(sorted(_ORDERS))
    + r")\b(?![:-])",
    re.IGNORECASE,
)
"""The beginning of a sentence that asks the reader to do something."""
