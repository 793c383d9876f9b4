"""A queue with many ties, and the answer that a list of it must have, worked out the plain way."""

import random
from collections.abc import Sequence

from runbooks.store.port import KEY, Collection, Create, DocumentStore, Query, Stored, Where
from runbooks.store.shapes import full_order

Documents = dict[str, dict[str, object]]


def entries(number: int = 60, seed: int = 1) -> Documents:
    """Make queue entries in which most sort values occur several times."""
    chance = random.Random(seed)
    return {
        f"sugg_{place:03}": {
            "type": chance.choice(("runbook", "runbook", "runbook", "eval")),
            "status": chance.choice(("pending", "pending", "approved", "rejected")),
            "severity": chance.choice(("critical", "high", "low")),
            "severity_rank": chance.choice((0, 1, 4)),
            "failures": chance.choice((0, 0, 1)),
            "created_at": f"2026-01-0{chance.randrange(1, 5)}T00:00:00.000000Z",
            "updated_at": f"2026-02-0{chance.randrange(1, 5)}T00:00:00.000000Z",
            "failure_type": chance.choice(("wrong_tool", "pii_leak")),
            "service": chance.choice(("alpha", "beta", "")),
            "draft_state": chance.choice(("none", "generated", "fallback", "human")),
            "fallback_reason": chance.choice(("", "run_budget_exceeded")),
            "assignee": chance.choice(("", "ana")),
            "similarity_group": chance.choice(("g1", "g2")),
            "run_id": chance.choice(("", "run_1")),
            "edited": chance.choice((True, False)),
            "search_tokens": chance.sample(("tool", "refund", "loop", "tool-call", "日本"), 2),
        }
        for place in range(number)
    }


def creates(documents: Documents, collection: Collection = Collection.QUEUE) -> list[Create]:
    """Give the writes that make these documents, in no order."""
    keys = random.Random(2).sample(sorted(documents), len(documents))
    return [Create(collection, key, documents[key]) for key in keys]


def put(store: DocumentStore, collection: Collection, **documents: dict[str, object]) -> None:
    """Create documents by their ids."""
    store.commit([Create(collection, key, fields) for key, fields in documents.items()])


def expected(documents: Documents, query: Query) -> list[str]:
    """Give the ids of the whole answer, without regard to `after` and `limit`.

    For queues alone: equalities, `in` and whole words, with values of one kind in each field.
    """
    wanted = [key for key, document in documents.items() if _fits(document, query)]
    for order in reversed(full_order(query)):
        wanted.sort(
            key=lambda key, field=order.field: key if field == KEY else documents[key][field],  # type: ignore[misc]
            reverse=order.descending,
        )
    return wanted


def position(found: Stored, query: Query) -> tuple[object, ...]:
    """Give the place from which the next page goes on."""
    return tuple(
        found.key if order.field == KEY else found.document[order.field]
        for order in full_order(query)
    )


def keys(found: Sequence[Stored]) -> list[str]:
    """Give the ids of an answer."""
    return [stored.key for stored in found]


def _fits(document: dict[str, object], query: Query) -> bool:
    tokens = document["search_tokens"]
    assert isinstance(tokens, list)
    return all(_meets(document, where) for where in query.where) and set(query.search) <= set(
        tokens
    )


def _meets(document: dict[str, object], where: Where) -> bool:
    value = document[where.field]
    if where.op == "in":
        assert isinstance(where.value, tuple)
        return value in where.value
    assert where.op == "=="
    return value == where.value
