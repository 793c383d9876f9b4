"""The whole decision table of overwrite protection (CONTRACT R2, R3, R6)."""

from itertools import product

import pytest

from runbooks.models import SlotKind
from runbooks.overwrite import Act, Position, Verdict, judge

W, D, S, N, B, U, X = (
    Verdict.WRITE,
    Verdict.DONE,
    Verdict.STALE,
    Verdict.NOT_PENDING,
    Verdict.BLOCKED,
    Verdict.UNREADABLE,
    Verdict.NO_DRAFT,
)
KINDS = (
    SlotKind.EMPTY,
    SlotKind.GENERATED,
    SlotKind.HUMAN,
    SlotKind.FOREIGN,
    SlotKind.UNWRITABLE,
)

# For each act and status: the verdict per kind in the order of KINDS, first when the revision is
# still the one decided on, then when somebody has written since.
TABLE = {
    (Act.SAVE, "pending"): ((W, W, W, W, U), (S, S, S, S, U)),
    (Act.SAVE, "approved"): ((N, N, N, N, U), (N, N, N, N, U)),
    (Act.RESTORE, "pending"): ((W, W, W, W, U), (S, S, S, S, U)),
    (Act.RESTORE, "approved"): ((N, N, N, N, U), (N, N, N, N, U)),
    (Act.GENERATE, "pending"): ((W, W, B, B, U), (S, S, B, B, U)),
    (Act.GENERATE, "approved"): ((N, N, N, N, U), (N, N, N, N, U)),
    (Act.FORCE, "pending"): ((W, W, W, W, U), (S, S, S, S, U)),
    (Act.FORCE, "approved"): ((N, N, N, N, U), (N, N, N, N, U)),
    (Act.PROPOSE, "pending"): ((W, W, W, W, U), (W, W, W, W, U)),
    (Act.PROPOSE, "approved"): ((N, N, N, N, U), (N, N, N, N, U)),
    (Act.APPROVE, "pending"): ((X, W, W, W, U), (S, S, S, S, U)),
    (Act.APPROVE, "approved"): ((N, N, N, N, U), (N, N, N, N, U)),
    (Act.REJECT, "pending"): ((W, W, W, W, W), (S, S, S, S, S)),
    (Act.REJECT, "approved"): ((N, N, N, N, N), (N, N, N, N, N)),
    (Act.REOPEN, "pending"): ((N, N, N, N, N), (N, N, N, N, N)),
    (Act.REOPEN, "approved"): ((W, W, W, W, W), (W, W, W, W, W)),
    (Act.REOPEN_AND_SAVE, "pending"): ((W, W, W, W, U), (S, S, S, S, U)),
    (Act.REOPEN_AND_SAVE, "approved"): ((W, W, W, W, U), (S, S, S, S, U)),
    (Act.REOPEN_AND_SAVE, "archived"): ((N, N, N, N, U), (N, N, N, N, U)),
}
CASES = [
    pytest.param(act, status, kind, same, TABLE[act, status][0 if same else 1][index], id=name)
    for (act, status), (index, kind), same in product(TABLE, enumerate(KINDS), (True, False))
    for name in [f"{act}-{status}-{kind}-{'same' if same else 'changed'}"]
]


@pytest.mark.parametrize(("act", "status", "kind", "same", "expected"), CASES)
def test_each_state_allows_exactly_what_the_table_says(act, status, kind, same, expected):
    """R2 and R3: the verdict depends on act, status, kind and revision alone."""
    now = Position(kind, "aaaa" if same else "bbbb", status)
    assert judge(act, "aaaa", now, mine="cccc") is expected


@pytest.mark.parametrize(
    "act", [Act.SAVE, Act.RESTORE, Act.GENERATE, Act.FORCE, Act.REOPEN_AND_SAVE]
)
@pytest.mark.parametrize("status", ["pending", "approved"])
def test_a_text_that_already_stands_there_is_done(act, status):
    """R6: an attempt that took effect unseen is not done twice and is no conflict."""
    assert judge(act, "aaaa", Position(SlotKind.HUMAN, "cccc", status), mine="cccc") is Verdict.DONE


@pytest.mark.parametrize("status", ["rejected", "approved", "archived", "", "Pending"])
def test_only_a_pending_suggestion_takes_a_text(status):
    """R3: any status but pending refuses a save, also one that we do not know."""
    now = Position(SlotKind.GENERATED, "aaaa", status)
    assert judge(Act.SAVE, "aaaa", now) is Verdict.NOT_PENDING


def test_the_table_names_every_act():
    """A new act without a row here is a hole in the protection."""
    assert {act for act, _ in TABLE} == set(Act)
