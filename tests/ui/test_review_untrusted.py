"""Foreign text on the review page is text: nothing of it acts, loads or takes on a class."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from runbooks.store.port import Collection
from runbooks.unsaved import Person
from tests.ui.conftest import App
from tests.world import World, pattern_document
from workbench import review_state
from workbench.components.trace_view import datadog_address

TAGS = {
    *re.findall(
        r"\w+",
        """a abbr b blockquote br caption cite code dd del details dfn div dl dt em figcaption figure
        h1 h2 h3 h4 h5 h6 hr i input ins kbd li mark ol p pre q rp rt ruby s samp section small span
        strike strong sub summary sup style table tbody td tfoot th thead time tr tt u ul var wbr""",
    )
}
ATTRIBUTES = {
    *re.findall(
        r"[\w-]+",
        """href title id class rel target type checked disabled open align start colspan rowspan
        datetime style role aria-label aria-hidden name data-rv-jump data-rv-fix""",
    )
}
STYLE = re.compile(r"(left:[\d.]+%;width:[\d.]+%|padding-left:[\d.]+rem)")


def acts(address: str) -> bool:
    """Whether an address has a scheme other than those that only lead somewhere."""
    visible = "".join(c for c in address if c.isprintable() and not c.isspace())
    scheme, colon, _ = visible.partition(":")
    is_scheme = bool(colon) and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme)
    return bool(is_scheme) and scheme.lower() not in {"http", "https", "mailto", "tel"}


class Judge(HTMLParser):
    """Finds everything in a piece of HTML that could act or call out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge a tag with its attributes."""
        ours = tag == "button" and any(name == "data-rv-fix" for name, _ in attrs)
        if tag not in TAGS and not ours:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            text = value or ""
            if name not in ATTRIBUTES:
                self.faults.append(f"{tag} {name}")
            if name == "style" and not STYLE.fullmatch(text):
                self.faults.append(f"style {text}")
            if name == "href" and acts(text):
                self.faults.append(f"href {text}")

    def handle_comment(self, data: str) -> None:
        """Comments hide things."""
        self.faults.append(f"comment {data}")


def faults(html: str) -> list[str]:
    """Judge one piece."""
    judge = Judge()
    try:
        judge.feed(html)
        judge.close()
    except AssertionError as broken:
        judge.faults.append(str(broken))
    return judge.faults


@pytest.fixture(scope="module")
def payloads() -> list[str]:
    """Attacks that were collected by those who write sanitisers."""
    path = Path(__file__).resolve().parents[3] / "shared" / "data" / "xss.jsonl"
    if not path.is_file():
        pytest.skip("../shared/data/xss.jsonl is not here")
    return [json.loads(line)["payload"] for line in path.read_text().splitlines()]


def poisoned(world: World, payloads: list[str]) -> str:
    """A suggestion whose every text is an attack: titles, patterns, traces, draft, versions."""
    every = "\n\n".join(payloads)
    trace = f"{99:032x}"
    sid = world.suggest(
        id="sugg-poison",
        title=payloads[0],
        description=every,
        similarity_group=payloads[1],
        source_traces=[{"trace_id": trace}, {"trace_id": payloads[2][:200]}],
        pattern={"failure_type": payloads[3], "title": every, "summary": every},
        suggestion_content={
            "runbook_snippet": {
                "edit_source": "human",
                "edited_by": payloads[4],
                "status": payloads[5],
                "title": every,
                "rationale": every,
                "markdown_content": every,
                "generator_meta": dict.fromkeys(
                    ("model", "provider", "prompt_hash", "run_id", "fallback_reason"), payloads[6]
                ),
                "source": {"canonical_trace_id": payloads[7]},
            }
        },
        version_history=[
            {"previous_status": p, "new_status": p, "actor": p, "notes": p, "revision": p}
            for p in payloads[:20]
        ],
    )
    document = dict.fromkeys(pattern_document(trace), every)
    listed = {"evidence": {"signals": payloads, "excerpt": every}, "recommended_actions": payloads}
    world.put(Collection.PATTERNS, trace, {**document, **listed, "confidence": 0.5})
    talk = [{"role": p, "name": p, "content": p, "timestamp": p} for p in payloads[:30]]
    calls = [{"name": p, "arguments": p} for p in payloads[:30]]
    world.put(
        Collection.TRACES,
        trace,
        {
            "service_name": payloads[8],
            "datadog_url": "javascript:alert(1)",
            "trace_payload": {
                "messages": [*talk, {"role": "assistant", "tool_calls": calls}],
                "spans": [
                    {
                        "span_id": n,
                        "name": p,
                        "resource": p,
                        "service": p,
                        "meta": {p: p},
                        "error": 1,
                    }
                    for n, p in enumerate(payloads[:50])
                ],
                "rest": payloads,
            },
        },
    )
    world.service.keep_unsaved(sid, every + "x", "none", Person(f"local:{payloads[9]}", "t"))
    world.service.keep_unsaved(sid, every + "y", "none", Person("local:kim", "gone"))
    return sid


@pytest.mark.parametrize("tab", review_state.TABS)
def test_attacks_in_every_field_stay_text(
    world: World, app: App, payloads: list[str], tab: str
) -> None:
    """No tag, handler, address or style of an attack reaches the page as such."""
    sid = poisoned(world, payloads)
    app.open("review", id=sid)
    app.at.session_state["rb_name"] = "kim"
    app.at.session_state[review_state.key("tab", sid)] = tab
    app.at.session_state["rv_look_0"] = True
    app.run()
    bodies = [str(e.proto.body) for e in app._elements() if e.type == "html"]
    assert len(bodies) > 5
    assert [fault for body in bodies for fault in faults(body)] == []
    for element in app._elements():
        if element.type in ("markdown", "caption"):
            assert not element.proto.allow_html


def test_the_judge_finds_what_acts(payloads: list[str]) -> None:
    """The judge of these tests is no rubber stamp: most raw attacks do not pass it."""
    assert sum(bool(faults(payload)) for payload in payloads) > 0.8 * len(payloads)


@pytest.mark.parametrize(
    "address",
    [
        "https://app.datadoghq.eu/apm/trace/1",
        "https://app.datadoghq.com/x?y=1#z",
        "https://us5.datadoghq.com/",
        "https://app.ddog-gov.com/apm",
    ],
)
def test_addresses_of_datadog_are_linked(address: str) -> None:
    """An https address of a Datadog site is worth a click."""
    assert datadog_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "http://app.datadoghq.com/",
        "https://datadoghq.com.evil.example/",
        "https://evil.example/app.datadoghq.com",
        "https://app.datadoghq.com@evil.example/",
        "https://evil.example\\@app.datadoghq.com/",
        "https://xdatadoghq.com/",
        "https://app.datadoghq.com:8443/",
        "https://[app.datadoghq.com/",
        "//app.datadoghq.com/",
        "https://app.datadoghq.com/\nx",
        "https://app.datadoghq.com/" + "a" * 3000,
        "",
    ],
)
def test_other_addresses_are_not_linked(address: str) -> None:
    """Whatever else a trace calls its Datadog address is no link."""
    assert datadog_address(address) == ""
