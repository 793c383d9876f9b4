"""The lists of the queue: every filter in every order, page by page, with search and counts."""

from dataclasses import replace

import pytest

from runbooks.store import queries
from runbooks.store.port import Collection, Create, Delete, DocumentStore, Merge, Query
from runbooks.store.queries import QueueFilter, Sort
from tests.contract.queue_documents import Documents, creates, entries, expected, keys, position

Q = Collection.QUEUE

FILTERS = {
    "pending": QueueFilter(),
    "every status": QueueFilter(status=()),
    "every type and status": QueueFilter(type="", status=()),
    "two statuses": QueueFilter(status=("approved", "rejected")),
    "a status that is nowhere": QueueFilter(status=("lost",)),
    "one severity": QueueFilter(severity=("critical",)),
    "two severities": QueueFilter(severity=("critical", "low")),
    "one failure type": QueueFilter(failure_type=("pii_leak",)),
    "one service": QueueFilter(service=("beta",)),
    "two services": QueueFilter(service=("alpha", "beta")),
    "a draft state": QueueFilter(draft_state=("human",)),
    "two draft states": QueueFilter(draft_state=("human", "generated")),
    "an assignee": QueueFilter(assignee="ana"),
    "a group": QueueFilter(similarity_group="g2"),
    "several": QueueFilter(
        status=("pending", "approved"), severity=("critical", "high"), service=("alpha", "beta")
    ),
    "a word": QueueFilter(search=("refund",)),
    "a word in every status": QueueFilter(status=(), search=("refund",)),
    "a word with a hyphen": QueueFilter(status=(), search=("tool-call",)),
    "a word in another script": QueueFilter(status=("pending", "approved"), search=("日本",)),
    "two words": QueueFilter(status=(), search=("refund", "loop")),
    "a word and a service": QueueFilter(service=("alpha",), search=("loop",)),
}


@pytest.fixture
def queue(store: DocumentStore) -> Documents:
    """Sixty entries with many ties, stored."""
    documents = entries()
    store.commit(creates(documents))
    return documents


@pytest.mark.parametrize("sort", Sort)
def test_pages_together_are_the_whole_list(
    store: DocumentStore, queue: Documents, sort: Sort
) -> None:
    """Over ties too: nothing twice, nothing left out, in order, for every filter."""
    for name, which in FILTERS.items():
        # A word that begins another would be found in SQLite besides; none of these does.
        whole = expected(queue, queries.queue_page(which, sort, 1))
        for size in (3, 7, 100):
            listed: list[str] = []
            page = queries.queue_page(which, sort, size)
            while found := store.query(page):
                assert len(found) <= size
                listed += keys(found)
                page = replace(page, after=position(found[-1], page))
            assert listed == whole, name


def test_every_filter_is_counted(store: DocumentStore, queue: Documents) -> None:
    """The count is that of the whole list, whatever the order, page and limit."""
    for name, which in FILTERS.items():
        whole = expected(queue, queries.queue_page(which, Sort.WORST, 1))
        page = queries.queue_page(which, Sort.NEWEST, 2, ("2026-01-03T00:00:00.000000Z", "x"))
        assert store.count(page) == len(whole), name


@pytest.mark.parametrize("sort", Sort)
def test_the_list_is_read_backwards(store: DocumentStore, queue: Documents, sort: Sort) -> None:
    """From any place to the beginning, the nearest first, over ties too."""
    for name, which in FILTERS.items():
        whole = keys(store.query(queries.queue_list(which, sort, 100)))
        listed: list[str] = []
        page = queries.queue_back(which, sort, 7)
        while found := store.query(page):
            listed += keys(found)
            page = replace(page, after=position(found[-1], page))
        assert listed == whole[::-1], name


@pytest.mark.parametrize("sort", Sort)
def test_what_lies_before_and_behind_a_place_is_counted(
    store: DocumentStore, queue: Documents, sort: Sort
) -> None:
    """Both ways, at most so many as were asked for, and from a place that is no longer listed."""
    for name, which in FILTERS.items():
        if len(which.search) > 1:
            continue
        page = queries.queue_list(which, sort, 100)
        found = store.query(page)
        assert store.count_after(page) == len(found), name
        assert store.count_after(replace(page, limit=3)) == min(3, len(found)), name
        for number, stored in enumerate(found[::5]):
            at = position(stored, page)
            before = queries.queue_back(which, sort, 100, at)
            assert store.count_after(before) == number * 5, name
            assert store.count_after(replace(page, after=at)) == len(found) - number * 5 - 1, name
    page = queries.queue_list(QueueFilter(), sort, 100)
    found = store.query(page)
    store.commit([Merge(Q, found[4].key, {("status",): "approved"})])
    at = position(found[4], page)
    assert store.count_after(queries.queue_back(QueueFilter(), sort, 100, at)) == 4


def test_an_entry_brings_its_whole_document(store: DocumentStore, queue: Documents) -> None:
    """With its token, unless a mask names some fields."""
    page = queries.queue_page(QueueFilter(), Sort.WORST, 5)
    for found in store.query(page):
        assert found.document == queue[found.key]
        assert found.token == store.get_many(Q, [found.key])[found.key].token
    for found in store.query(replace(page, select=("severity", "absent"))):
        assert found.document == {"severity": queue[found.key]["severity"]}


def test_a_page_goes_on_where_an_entry_was(store: DocumentStore, queue: Documents) -> None:
    """Deleting the last entry of a page, or deciding it, loses nothing of the next."""
    page = queries.queue_page(QueueFilter(), Sort.WORST, 4)
    whole = expected(queue, page)
    last = store.query(page)[-1]
    store.commit([Delete(Q, last.key)])
    assert keys(store.query(replace(page, after=position(last, page)))) == whole[4:8]


def test_an_entry_that_changes_moves(store: DocumentStore, queue: Documents) -> None:
    """The indexes follow every write."""
    page = queries.queue_page(QueueFilter(), Sort.WORST, 100)
    first = expected(queue, page)[0]
    store.commit([Merge(Q, first, {("status",): "approved"})])
    assert first not in keys(store.query(page))
    approved = queries.queue_page(QueueFilter(status=("approved",)), Sort.WORST, 100)
    assert first in keys(store.query(approved))
    store.commit([Merge(Q, first, {("status",): "pending", ("severity_rank",): 9})])
    assert keys(store.query(page))[-1] == first


def test_an_entry_without_the_sorted_field_is_not_listed(
    store: DocumentStore, queue: Documents
) -> None:
    """Though it is counted, and is listed again when it has the field, null included."""
    page = queries.queue_page(QueueFilter(), Sort.WORST, 100)
    whole = expected(queue, page)
    gone = whole[3]
    store.commit([Merge(Q, gone, {}, (("created_at",),))])
    assert keys(store.query(page)) == [key for key in whole if key != gone]
    assert store.count(page) == len(whole)
    store.commit([Merge(Q, gone, {("created_at",): None})])
    assert sorted(keys(store.query(page))) == sorted(whole)


def test_draftless_entries_come_in_the_order_of_the_batch(
    store: DocumentStore, queue: Documents
) -> None:
    """Those that never failed first, then worst, then oldest, page by page (CONTRACT R7)."""
    page = queries.queue_draftless(4)
    whole = expected(queue, page)
    assert len(whole) > 4
    listed: list[str] = []
    while found := store.query(page):
        listed += keys(found)
        page = queries.queue_draftless(4, position(found[-1], page))
    assert listed == whole


def test_fallbacks_of_a_reason_are_found(store: DocumentStore, queue: Documents) -> None:
    """Worst first, of this reason alone (CONTRACT R7)."""
    page = queries.queue_fallbacks("run_budget_exceeded", 100)
    assert keys(store.query(page)) == expected(queue, page) != []
    assert store.query(queries.queue_fallbacks("insufficient_context", 100)) == []


def test_entries_of_a_run_are_found(store: DocumentStore, queue: Documents) -> None:
    """By the run that made their present draft."""
    page = queries.queue_of_run("run_1")
    assert keys(store.query(page)) == expected(queue, page) != []


@pytest.mark.parametrize(
    "equal",
    [
        {"type": "runbook", "status": "pending"},
        {"type": "runbook", "status": "approved", "edited": True},
        {"type": "runbook", "draft_state": "generated"},
        {"type": "runbook", "draft_state": "generated", "edited": False},
        {"service": "alpha"},
        {"type": "nothing"},
        {},
    ],
)
def test_entries_are_counted_by_equalities(
    store: DocumentStore, queue: Documents, equal: dict[str, str | bool]
) -> None:
    """For the figures on top of the queue and of the runs (CONTRACT §5)."""
    query = queries.queue_with(equal)
    assert store.count(query) == len(expected(queue, query))


# Search


def words(store: DocumentStore, *search: str) -> list[str]:
    """Search the queue."""
    return keys(store.query(Query(Q, search=search)))


@pytest.mark.parametrize(
    "token",
    [
        "tool",
        "tool-call",
        "ana@example.org",
        "日本",
        "AND",
        "*",
        '"',
        "a*b",
        "o'neil",
        "é",
        "😀",
        "%",
        "x" * 300,
    ],
)
def test_a_word_is_found_whatever_it_is_made_of(store: DocumentStore, token: str) -> None:
    """No character of a word is an operator, a wildcard or a border."""
    store.commit(
        [
            Create(Q, "has", {"search_tokens": ["other", token]}),
            Create(Q, "has not", {"search_tokens": ["other"]}),
            Create(Q, "empty", {"search_tokens": []}),
            Create(Q, "none", {"n": 1}),
            Create(Q, "untidy", {"search_tokens": token}),
        ]
    )
    assert words(store, token) == ["has"]
    assert words(store, token, "other") == ["has"]
    assert words(store, token, "absent") == []
    assert store.count(Query(Q, search=(token,))) == 1


def test_all_words_must_occur(store: DocumentStore) -> None:
    """In any order; a part from the middle or the end of a word is none."""
    store.commit(
        [
            Create(Q, "both", {"search_tokens": ["refund", "loop"]}),
            Create(Q, "one", {"search_tokens": ["refund"]}),
        ]
    )
    assert words(store, "loop", "refund") == ["both"]
    assert words(store, "refund") == ["both", "one"]
    assert words(store, "fund") == []
    assert words(store, "efun") == []


def test_no_words_are_no_search(store: DocumentStore, queue: Documents) -> None:
    """An empty word asks for nothing."""
    assert words(store) == words(store, "") == sorted(queue)


def test_search_follows_every_write(store: DocumentStore) -> None:
    """New words are found, old ones not any more, and a deleted entry not at all."""
    store.commit([Create(Q, "a", {"search_tokens": ["old", "both"]})])
    store.commit([Merge(Q, "a", {("search_tokens",): ["both", "new"]})])
    assert (words(store, "old"), words(store, "new"), words(store, "both")) == ([], ["a"], ["a"])
    store.commit([Merge(Q, "a", {("n",): 1})])
    assert words(store, "new") == ["a"]
    store.commit([Merge(Q, "a", {}, (("search_tokens",),))])
    assert words(store, "new") == []
    store.commit([Merge(Q, "a", {("search_tokens",): ["new"]}), Delete(Q, "a")])
    assert words(store, "new") == []
    store.commit([Create(Q, "b", {"search_tokens": ["later"]})])
    assert (words(store, "later"), words(store, "new")) == (["b"], [])
