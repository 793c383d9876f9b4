"""Import and export: what is taken, what is refused, what is never touched."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from runbooks.bootstrap import bootstrap
from runbooks.config import Settings
from runbooks.models import SlotKind
from runbooks.revision import revision
from runbooks.service import RunbookService
from runbooks.store.codec import encode
from runbooks.store.port import Collection, Update
from runbooks.store.queries import QueueFilter
from runbooks.trace.reading import read as read_payload
from runbooks.transfer import (
    Change,
    Importer,
    ImportReport,
    add_sample,
    add_sample_if_empty,
    export_documents,
    only_sample,
    remove_sample,
)
from runbooks.transfer.changes import allowed_changes
from runbooks.transfer.exporting import EXPORTED
from runbooks.transfer.json_stream import MAX_MEMBER
from runbooks.transfer.report import MAX_LINES_OF_A_FILE
from runbooks.unsaved import Person
from tests.sample_documents import PATTERNS, SUGGESTIONS, TRACES, Doc

ANN = Person("local:Ann")
TRACE = {"trace_id": "t1", "service_name": "svc", "trace_payload": {"error": "timeout"}}
SUGGESTION = {
    "suggestion_id": "s1",
    "type": "runbook",
    "status": "pending",
    "severity": "high",
    "source_traces": [{"trace_id": "t1"}],
    "pattern": {"title": "Timeouts", "failure_type": "timeout", "trigger_condition": "load"},
    "suggestion_content": {},
    "created_at": "2026-11-01T00:00:00Z",
}


def open_service(path: Path) -> RunbookService:
    """A service over a new file, drafting offline."""
    return bootstrap(Settings(_env_file=None, RUNBOOK_STORE=f"sqlite:///{path}"))


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunbookService]:
    """An empty store."""
    opened = open_service(tmp_path / "one.db")
    yield opened
    opened.close()


def bring(
    service: RunbookService, tmp_path: Path, *rows: Doc | str, update: bool = False
) -> ImportReport:
    """Import rows as one JSONL file."""
    file = tmp_path / "rows.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogatepass")
    return Importer(service, update=update).take([file])


def stored(service: RunbookService, collection: Collection, key: str) -> Doc | None:
    """A document as it stands in the store."""
    found = service.store.get_many(collection, [key]).get(key)
    return dict(found.document) if found else None


def totals(report: ImportReport) -> dict[str, int]:
    """The counts that are not zero."""
    return {change.value: n for change in Change if (n := report.total(change))}


def dump(service: RunbookService) -> list[str]:
    """The whole export but its head."""
    out = io.StringIO()
    export_documents(service, out)
    return out.getvalue().splitlines()[1:]


# --- what is taken ------------------------------------------------------------------------------


def test_rows_are_recognised_by_their_fields(service: RunbookService, tmp_path: Path):
    """A pattern lies under its id without the prefix, everything else under its own."""
    pattern = {"pattern_id": "pattern_t1", "source_trace_id": "t1", "trigger_condition": "load"}
    bare = {"source_trace_id": "t2", "trigger_condition": "load"}
    report = bring(service, tmp_path, TRACE, pattern, bare, SUGGESTION)
    assert totals(report) == {"created": 4}
    assert stored(service, Collection.TRACES, "t1") == TRACE
    assert stored(service, Collection.PATTERNS, "t1") == pattern
    assert stored(service, Collection.PATTERNS, "t2") == bare
    assert stored(service, Collection.SUGGESTIONS, "s1") == SUGGESTION


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([TRACE, SUGGESTION]),
        json.dumps([TRACE, SUGGESTION], indent=2),
        json.dumps({"traces": [TRACE], "suggestions": [SUGGESTION], "note": "x"}),
        json.dumps({"raw_traces": [TRACE], "suggestions": [SUGGESTION]}, indent=4),
        json.dumps(TRACE) + "\n" + json.dumps(SUGGESTION),
        json.dumps(TRACE) + "\r\n\r\n" + json.dumps(SUGGESTION) + "\r\n",
        "\ufeff" + json.dumps([TRACE, SUGGESTION]),
        "\ufeff" + json.dumps(TRACE) + "\n" + json.dumps(SUGGESTION),
        json.dumps(TRACE, indent=1) + "\n" + json.dumps(SUGGESTION, indent=1),
        "\n\n" + json.dumps([TRACE, SUGGESTION]),
    ],
    ids=[
        "list", "pretty list", "wrapper", "pretty wrapper", "lines", "windows lines",
        "marked list", "marked lines", "one after another", "blank lines first",
    ],
)  # fmt: skip
def test_every_form_of_json_file_gives_the_same(service: RunbookService, tmp_path: Path, text: str):
    """Whatever a tool writes as JSON is understood, under any name."""
    file = tmp_path / "documents.json"
    file.write_text(text, encoding="utf-8", newline="")
    assert totals(Importer(service).take([file])) == {"created": 2}
    assert stored(service, Collection.TRACES, "t1") == TRACE


def test_a_folder_is_read_with_all_below_it(service: RunbookService, tmp_path: Path):
    """JSON files anywhere in it are taken, others are not looked at."""
    below = tmp_path / "in" / "deep"
    below.mkdir(parents=True)
    (below / "a.jsonl").write_text(json.dumps(TRACE))
    (tmp_path / "in" / "b.json").write_text(json.dumps(SUGGESTION))
    (tmp_path / "in" / "c.txt").write_text("nothing")
    assert totals(Importer(service).take([tmp_path / "in"])) == {"created": 2}


def test_queue_entries_exist_afterwards_whatever_came_first(
    service: RunbookService, tmp_path: Path
):
    """Traces that come after their suggestion, even in a later import, complete its entry."""
    bring(service, tmp_path, SUGGESTION)
    (entry,) = service.queue(QueueFilter()).entries
    assert (entry.suggestion_id, entry.service) == ("s1", "")
    bring(service, tmp_path, TRACE)
    (entry,) = service.queue(QueueFilter(service=("svc",))).entries
    assert entry.suggestion_id == "s1"


def test_odd_ids_are_stored_under_a_name_that_every_store_takes(
    service: RunbookService, tmp_path: Path
):
    """The lineage still leads from the suggestion to its trace."""
    trace = {**TRACE, "trace_id": "a/b"}
    report = bring(service, tmp_path, trace, {**SUGGESTION, "source_traces": ["a/b"]})
    assert totals(report) == {"created": 2}
    item = service.open("s1", ANN)
    assert item.evidence.traces[0].payload == {"error": "timeout"}
    assert item.evidence.missing == ("pattern a/b",)


def test_real_traces_patterns_and_suggestions_come_in(service: RunbookService, shared_data: Path):
    """Every row of the real files is taken, and the gold files beside them are not."""
    kinds = ("failures", "patterns", "suggestions")
    report = Importer(service).take(shared_data / f"tau_{kind}.jsonl" for kind in kinds)
    assert totals(report) == {"created": 139}
    gold = Importer(service).take([shared_data / "tau_gold.jsonl"])
    assert totals(gold) == {"refused": 60}
    assert service.queue(QueueFilter()).total == 19


# --- what is there already ----------------------------------------------------------------------


def test_an_import_only_creates(service: RunbookService, tmp_path: Path):
    """What is equal is unchanged, what differs is told and left."""
    bring(service, tmp_path, TRACE, SUGGESTION)
    report = bring(service, tmp_path, TRACE, {**SUGGESTION, "title": "Other"})
    assert totals(report) == {"unchanged": 1, "differs": 1}
    assert [(line.line, line.change) for line in report.lines] == [(2, Change.DIFFERS)]
    assert stored(service, Collection.SUGGESTIONS, "s1") == SUGGESTION


def test_an_update_changes_what_may_be_changed(service: RunbookService, tmp_path: Path):
    """New evidence arrives, fields that the file lacks stay, the queue and the audit know."""
    bring(service, tmp_path, {**SUGGESTION, "unknown_field": 7}, TRACE)
    new = {**SUGGESTION, "title": "Other", "severity": "low", "status": "approved"}
    report = bring(service, tmp_path, {**TRACE, "service_name": "other"}, new, update=True)
    assert totals(report) == {"updated": 2}
    document = stored(service, Collection.SUGGESTIONS, "s1")
    assert (document["title"], document["unknown_field"]) == ("Other", 7)
    assert document["status"] == "pending"
    (entry,) = service.queue(QueueFilter()).entries
    assert (entry.title, entry.severity, entry.service) == ("Other", "low", "other")
    assert [line.action for line in service.audit("s1")] == ["imported"]
    again = bring(service, tmp_path, new, update=True)
    assert totals(again) == {"differs": 1}


def test_an_update_never_touches_a_persons_text(service: RunbookService, tmp_path: Path):
    """The text, its revision and its author stand, other fields are brought (CONTRACT R2)."""
    bring(service, tmp_path, SUGGESTION)
    service.save("s1", "# Mine\n\nby hand", "none", ANN)
    before = service.repository.suggestion("s1").slot.revision
    new = {
        **SUGGESTION,
        "title": "Other",
        "suggestion_content": {
            "runbook_snippet": {"edit_source": "generated", "markdown_content": "# Machine"},
            "eval_test": {"name": "kept beside"},
        },
    }
    assert totals(bring(service, tmp_path, new, update=True)) == {"updated": 1}
    after = service.repository.suggestion("s1")
    assert (after.slot.kind, after.slot.revision) == (SlotKind.HUMAN, before)
    assert after.title == "Other"
    assert after.document["suggestion_content"]["eval_test"] == {"name": "kept beside"}


def test_an_update_leaves_a_decided_suggestion_alone(service: RunbookService, tmp_path: Path):
    """Nothing below an approval is changed from under it (CONTRACT R3)."""
    bring(service, tmp_path, SUGGESTION)
    service.reject("s1", "none", "local:Ann", "duplicate")
    before = stored(service, Collection.SUGGESTIONS, "s1")
    report = bring(service, tmp_path, {**SUGGESTION, "title": "Other"}, update=True)
    assert totals(report) == {"differs": 1}
    assert "decided" in report.lines[0].reason
    assert stored(service, Collection.SUGGESTIONS, "s1") == before


@pytest.mark.parametrize("content", ["a text", 7, ["x"], True])
def test_an_update_writes_nothing_into_content_that_is_no_map(content: object):
    """An update there would replace somebody's text unseen (CONTRACT R2)."""
    before = {"status": "pending", "suggestion_content": content}
    new = {"suggestion_content": {"eval_test": {"a": 1}}, "title": "x"}
    assert allowed_changes(Collection.SUGGESTIONS, before, new) == {("title",): "x"}


def test_an_update_may_never_name_a_decision_or_a_text():
    """Whatever the file says, these paths are not among the changes."""
    before = {"status": "pending", "suggestion_content": {"runbook_snippet": {"a": 1}}}
    new = {
        "status": "approved",
        "approval_metadata": {"actor": "x"},
        "version_history": [{}],
        "updated_at": "2030-01-01T00:00:00Z",
        "suggestion_content": {"runbook_snippet": {"b": 2}},
    }
    assert allowed_changes(Collection.SUGGESTIONS, before, new) == {}


# --- what is refused ----------------------------------------------------------------------------

BAD_ROWS = {
    "broken": ('{"trace_id": "x", ', "not JSON"),
    "number": ("7", "a number, not an object"),
    "list": ("[1]", "a list, not an object"),
    "no kind": ('{"hello": 1}', "neither a suggestion"),
    "gold": ('{"trace_id": "x", "task_id": 1}', "neither a suggestion"),
    "empty id": ('{"trace_id": "", "service_name": "x"}', "no id"),
    "blank id": ('{"suggestion_id": "  "}', "no id"),
    "only the prefix": ('{"pattern_id": "pattern_"}', "no id"),
    "numeric id": ('{"trace_id": 5, "service_name": "x"}', "trace_id is a number"),
    "sources": ('{"suggestion_id": "s", "source_traces": {"a": 1}}', "source_traces is a map"),
    "content": ('{"suggestion_id": "s", "suggestion_content": []}', "suggestion_content is a list"),
    "evidence": ('{"pattern_id": "pattern_p", "evidence": "x"}', "evidence is a text"),
    "not a number": ('{"trace_id": "x", "service_name": "x", "v": NaN}', "NaN"),
    "infinite": ('{"trace_id": "x", "service_name": "x", "v": -Infinity}', "Infinity"),
    "too large": ('{"trace_id": "x", "service_name": "x", "v": 1e999}', "too large"),
    "deep": (
        '{"trace_id": "x", "service_name": "x", "v": ' + "[" * 150 + "]" * 150 + "}",
        "deeper",
    ),
    "bottomless": ('{"trace_id": "x", "v": ' + "[" * 99_999 + "]" * 99_999 + "}", "deeper"),
    "long number": ('{"trace_id": "x", "service_name": "x", "v": ' + "9" * 5000 + "}", "not JSON"),
    "collection": ('{"collection": "users", "id": "x", "document": {}}', "no collection"),
    "no document": ('{"collection": "raw_traces", "id": "x", "document": []}', "needs"),
    "bad key": ('{"collection": "raw_traces", "id": "a/b", "document": {}}', "a/b"),
}


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_told_and_stops_nothing(
    service: RunbookService, tmp_path: Path, row: str, reason: str
):
    """The rows before and after it are taken; file, line and reason are named."""
    last = {**TRACE, "trace_id": "t2"}
    report = bring(service, tmp_path, TRACE, row, last)
    assert totals(report) == {"created": 2, "refused": 1}
    (line,) = report.lines
    assert (Path(line.file).name, line.line) == ("rows.jsonl", 2)
    assert reason in line.reason
    assert stored(service, Collection.TRACES, "t2") == last


SPAN = {"trace_id": 7, "span_id": 1, "service": "a", "start": 1, "duration": 5, "error": 1}
OTEL = {"traceId": "7", "spanId": "1", "name": "a", "startTimeUnixNano": "1"}
BARE = {
    "a span": SPAN,
    "a span with the name of a service": SPAN | {"trace_id": "7", "service_name": "a"},
    "a list of traces": [[SPAN]],
    "spans in a map": {"spans": [SPAN]},
    "an answer of the Spans API": {"data": [{"id": "x", "type": "spans", "attributes": SPAN}]},
    "OpenTelemetry": {"resourceSpans": [{"scopeSpans": [{"spans": [OTEL]}]}]},
    "a list named traces": {"traces": [SPAN | {"trace_id": "7"}]},
}


@pytest.mark.parametrize("value", BARE.values(), ids=BARE.keys())
def test_bare_spans_are_told_which_form_is_wanted(
    service: RunbookService, tmp_path: Path, value: object
):
    """Spans name neither failure nor severity, and CONTRACT §1 wants both: nothing is made up."""
    (tmp_path / "spans.json").write_text(json.dumps(value))
    report = Importer(service).take([tmp_path / "spans.json"])
    assert totals(report) == {"refused": 1}
    assert "spans, but no trace document" in report.lines[0].reason
    for field in ("trace_id", "fetched_at", "service_name", "failure_type", "severity"):
        assert field in report.lines[0].reason
    assert report.lines[0].reason.endswith("(README, Your own data)")


def test_spans_in_the_form_that_is_wanted_come_in(service: RunbookService, tmp_path: Path):
    """What the refusal and the README say is a document that is taken and shown."""
    named = {"fetched_at": "2026-11-01T00:00:00Z", "service_name": "a", "failure_type": "llm_error"}
    trace = {"trace_id": "t7", "severity": "high", "trace_payload": [SPAN]} | named
    assert totals(bring(service, tmp_path, trace)) == {"created": 1}
    found = service.repository.traces(["t7"])["t7"]
    assert [span.service for span in read_payload(found.payload).spans] == ["a"]


def test_real_spans_are_told_which_form_is_wanted(service: RunbookService, shared_data: Path):
    """30 spans of Datadog as its libraries write them; their trace ids are 0, none is an id."""
    report = Importer(service).take([shared_data / "dd_error_spans.jsonl"])
    assert totals(report) == {"refused": 30}
    assert all("spans, but no trace document" in line.reason for line in report.lines)


def test_an_id_occurs_once_in_a_file(service: RunbookService, tmp_path: Path):
    """Which of two was meant cannot be known: the first is taken, the second told."""
    report = bring(service, tmp_path, TRACE, {**TRACE, "service_name": "other"})
    assert totals(report) == {"created": 1, "refused": 1}
    assert "second row with the id t1" in report.lines[0].reason


@pytest.mark.parametrize("name", ["bytes.jsonl", "bytes.json"])
def test_a_file_that_is_no_text_is_told_once(service: RunbookService, tmp_path: Path, name: str):
    """Not each of its thousand lines."""
    (tmp_path / name).write_bytes(bytes(range(256)) * 400)
    report = Importer(service).take([tmp_path / name])
    assert [line.reason for line in report.lines] == ["not a text file"]


@pytest.mark.parametrize("name", ["latin.jsonl", "latin.json"])
def test_text_that_is_not_utf8_is_told(service: RunbookService, tmp_path: Path, name: str):
    """A file in another encoding is not guessed at."""
    good = json.dumps(TRACE).encode()
    (tmp_path / name).write_bytes(good + b'\n{"trace_id": "m\xfcller", "service_name": "x"}\n')
    report = Importer(service).take([tmp_path / name])
    assert totals(report) == {"created": 1, "refused": 1}
    assert "not UTF-8" in report.lines[0].reason


def test_one_bad_file_does_not_hide_another(service: RunbookService, tmp_path: Path):
    """Each file has its own hundred lines; the rest is counted."""
    (tmp_path / "a.jsonl").write_text("x\n" * 300)
    (tmp_path / "b.jsonl").write_text("y\n")
    report = Importer(service).take([tmp_path])
    assert report.total(Change.REFUSED) == 301
    assert len(report.lines) == MAX_LINES_OF_A_FILE + 1
    assert list(report.untold().values()) == [300 - MAX_LINES_OF_A_FILE]


def test_a_broken_member_of_a_list_does_not_lose_the_others(
    service: RunbookService, tmp_path: Path
):
    """Members are told apart by their brackets, not by their sense."""
    text = f'[{json.dumps(TRACE)}, {{"trace_id": "x",,}}, {json.dumps(SUGGESTION)}]'
    (tmp_path / "rows.json").write_text(text)
    assert totals(Importer(service).take([tmp_path])) == {"created": 2, "refused": 1}


@pytest.mark.parametrize(
    "cut", ['[{"trace_id": "t2", "service', "[", '{"traces": [', '{"traces"', "{", "]", "nonsense"]
)
def test_a_file_that_ends_too_early_is_told(service: RunbookService, tmp_path: Path, cut: str):
    """A download that broke off is not taken for a whole file."""
    (tmp_path / "cut.json").write_text(cut)
    report = Importer(service).take([tmp_path])
    assert report.total(Change.REFUSED) >= 1
    assert report.total(Change.CREATED) == 0


@pytest.mark.parametrize(
    ("name", "form"), [("long.jsonl", "{0}\n{1}\n"), ("long.json", "[{0},\n{1}]")]
)
def test_a_row_beyond_50_mb_is_passed_over(
    service: RunbookService, tmp_path: Path, name: str, form: str
):
    """It is told, not held in memory whole, and the next row is taken."""
    long = '{"trace_id": "long", "service_name": "' + "x" * MAX_MEMBER + '"}'
    (tmp_path / name).write_text(form.format(long, json.dumps(TRACE)))
    report = Importer(service).take([tmp_path])
    assert totals(report) == {"created": 1, "refused": 1}
    assert "50 MB" in report.lines[0].reason


# --- out and in again ---------------------------------------------------------------------------


def worked_on(service: RunbookService) -> None:
    """Bring the sample and do everything to it that leaves a document."""
    add_sample(service)
    service.generate("sugg_sample_001", "local:Ann")
    revision_ = service.repository.suggestion("sugg_sample_013").slot.revision
    service.save("sugg_sample_013", "# By Ann\n\nédité \u2028", revision_, ANN, "shorter")
    service.reject("sugg_sample_002", "none", "local:Ann", "duplicate")
    service.keep_unsaved("sugg_sample_003", "typing", "none", ANN)
    service.hold("sugg_sample_004", ANN)
    token = service.store.get_many(Collection.TRACES, [next(iter(TRACES))])
    (found,) = token.values()
    odd = {("seen_at",): found.read_at, ("raw",): b"\x00\xff", ("big",): 2**60, ("$x",): {"$y": 1}}
    service.store.commit([Update(Collection.TRACES, found.key, odd, if_token=None)])


def test_an_export_brings_everything_back(service: RunbookService, tmp_path: Path):
    """Versions, audit, runs, unsaved texts and types survive; revisions are the same."""
    worked_on(service)
    before = dump(service)
    assert {json.loads(line)["collection"] for line in before} >= {
        "suggestions", "failure_patterns", "raw_traces", "runbook_runs", "runbook_queue",
        "runbook_versions", "runbook_drafts", "audit_log",
    }  # fmt: skip
    out = io.StringIO()
    export_documents(service, out)
    file = tmp_path / "all.jsonl"
    file.write_text(out.getvalue(), encoding="utf-8")
    other = open_service(tmp_path / "two.db")
    report = Importer(other).take([file])
    assert report.total(Change.CREATED) == report.rows == len(before)
    assert dump(other) == before
    for key in SUGGESTIONS:
        mine = service.repository.suggestion(key).slot.revision
        assert other.repository.suggestion(key).slot.revision == mine
    assert totals(Importer(other).take([file])) == {"unchanged": len(before)}
    other.close()


def test_an_export_has_no_rights_that_end_by_themselves(service: RunbookService):
    """A hold of the old store means nothing in the new one."""
    worked_on(service)
    assert service.store.get_many(Collection.LEASES, ["edit:sugg_sample_004"])
    assert Collection.LEASES not in EXPORTED
    assert Collection.STATE not in EXPORTED
    assert not any('"runbook_leases"' in line for line in dump(service))


def test_an_export_says_first_that_it_is_raw(service: RunbookService):
    """Whoever opens the file learns before anything else what it holds (CONTRACT R10)."""
    out = io.StringIO()
    export_documents(service, out)
    head = json.loads(out.getvalue())
    assert "redacted" in head["export"]["notice"]


def test_documents_of_our_own_are_never_updated_from_a_file(
    service: RunbookService, tmp_path: Path
):
    """Versions and the audit log are append only, also for an import."""
    worked_on(service)
    lines = [json.loads(line) for line in dump(service)]
    version = next(line for line in lines if line["collection"] == "runbook_versions")
    before = stored(service, Collection.VERSIONS, version["id"])
    version["document"]["actor"] = "somebody else"
    assert totals(bring(service, tmp_path, version, update=True)) == {"differs": 1}
    assert stored(service, Collection.VERSIONS, version["id"]) == before


# --- the sample ---------------------------------------------------------------------------------


def test_the_sample_comes_into_an_empty_store_once(service: RunbookService, tmp_path: Path):
    """A store with anything in it is not mixed with made-up data unasked."""
    assert add_sample_if_empty(service) is True
    assert only_sample(service)
    assert add_sample_if_empty(service) is False
    bring(service, tmp_path, SUGGESTION)
    assert not only_sample(service)


def test_a_store_with_one_trace_is_not_empty(service: RunbookService, tmp_path: Path):
    """Real data may arrive before the first suggestion does."""
    bring(service, tmp_path, TRACE)
    assert add_sample_if_empty(service) is False


def test_the_sample_can_be_added_beside_real_data_and_twice(
    service: RunbookService, tmp_path: Path
):
    """The second time nothing changes, and what somebody did in between stays."""
    bring(service, tmp_path, TRACE, SUGGESTION)
    whole = len(TRACES) + len(PATTERNS) + len(SUGGESTIONS)
    assert totals(add_sample(service)) == {"created": whole}
    assert totals(add_sample(service)) == {"unchanged": whole}
    service.generate("sugg_sample_001", "local:Ann")
    before = dump(service)
    assert totals(add_sample(service)) == {"unchanged": whole - 1, "differs": 1}
    assert dump(service) == before


def test_removing_the_sample_keeps_what_people_did(service: RunbookService, tmp_path: Path):
    """Edits, decisions and unsaved texts stay with their sources; machine drafts go."""
    bring(service, tmp_path, TRACE, SUGGESTION)
    worked_on(service)
    removal = remove_sample(service)
    kept = {"sugg_sample_002", "sugg_sample_003", "sugg_sample_013"}
    assert set(removal.kept) == kept
    assert removal.removed[Collection.SUGGESTIONS] == len(SUGGESTIONS) - 3
    listed = {e.suggestion_id for e in service.queue(QueueFilter(type="", status=())).entries}
    assert listed == kept | {"s1"}
    assert service.versions("sugg_sample_013")
    assert service.open("sugg_sample_013", ANN).evidence.missing == ()
    assert stored(service, Collection.TRACES, "t1") == TRACE
    assert service.repository.version_with("sugg_sample_001", "x") is None
    assert not service.repository.versions("sugg_sample_001")


def test_removing_all_of_the_sample_leaves_no_document_of_it(service: RunbookService):
    """With the switch nothing of it is left but what the audit log and the runs say."""
    worked_on(service)
    removal = remove_sample(service, everything=True)
    assert removal.kept == ()
    left = {json.loads(line)["collection"] for line in dump(service)}
    assert left == {"audit_log", "runbook_runs"}


def test_a_document_that_took_a_samples_id_is_not_removed(service: RunbookService, tmp_path: Path):
    """Only what says itself that it is sample data goes."""
    key = next(iter(TRACES))
    bring(service, tmp_path, {**TRACE, "trace_id": key})
    add_sample(service)
    remove_sample(service, everything=True)
    assert stored(service, Collection.TRACES, key) == {**TRACE, "trace_id": key}


def test_an_untouched_sample_goes_wholly(service: RunbookService):
    """What the sample brought decided and edited itself is nobody's work."""
    add_sample(service)
    removal = remove_sample(service)
    assert removal.kept == ()
    assert dump(service) == []


def test_the_revision_of_an_imported_draft_is_that_of_its_file(service: RunbookService):
    """Importing changes nothing in a text (CONTRACT R4)."""
    add_sample(service)
    for key, document in SUGGESTIONS.items():
        snippet = document["suggestion_content"].get("runbook_snippet")
        assert service.repository.suggestion(key).slot.revision == revision(snippet)
        found = stored(service, Collection.SUGGESTIONS, key)
        assert found is not None
        assert encode(found) == encode(document)
