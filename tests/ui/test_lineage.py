"""The lineage as a graph: every stored node leads to its place, the canonical one is marked."""

import re

import pytest

from runbooks.models import RawTrace
from runbooks.store.port import Collection
from tests.ui.test_review_page import Page
from tests.world import World, pattern_document, trace_document
from workbench.components.trace_view import datadog_link

TRACES = [f"{number:032x}" for number in range(1, 4)]


@pytest.fixture
def page(world: World) -> Page:
    """A suggestion of three traces: two with patterns, one that nobody stored."""
    sources = [{"trace_id": name} for name in TRACES]
    sid = world.suggest(source_traces=sources, description="Seen in three nights")
    for number, name in enumerate(TRACES[:2]):
        world.put(Collection.TRACES, name, trace_document(name))
        sure = {"confidence": 0.5 + number / 10, "title": f"Pattern of {number}"}
        world.put(Collection.PATTERNS, name, {**pattern_document(name), **sure})
    world.service.generate(sid, "local:machine")
    return Page(world, sid)


def jumps(page: Page) -> list[str]:
    """Where the nodes lead, in their order."""
    graph = page.text.partition('class="rv-graph"')[2].partition("rv-facts")[0]
    return re.findall(r'data-rv-jump="([^"]+)"', graph)


def test_every_stored_node_is_a_link(page: Page) -> None:
    """Each trace beside its pattern, the canonical pair first, then suggestion and draft."""
    assert jumps(page) == [
        "trace:0", "pattern:0", "trace:1", "pattern:1", "suggestion", "draft",
    ]  # fmt: skip
    assert "not stored any more" in page.text


def test_the_canonical_source_is_marked_once_on_each_side(page: Page) -> None:
    """The draft is written from one trace and one pattern."""
    marked = re.findall(r'rv-canonical"><div><a [^>]*data-rv-jump="([^"]+)"', page.text)
    assert marked == ["trace:0", "pattern:0"]


def test_the_places_that_they_lead_to_are_there(page: Page) -> None:
    """Patterns stand in the evidence, the suggestion tells its own words behind a click."""
    assert re.findall(r"rv-pattern-(\d)", page.text) == ["0", "1"]
    assert "rv-suggestion" in page.text
    assert "Seen in three nights" in page.text


def test_the_messages_with_errors_are_links(page: Page) -> None:
    """Who looks for what went wrong is led to it."""
    assert 'data-rv-jump="message:2"' in page.text
    assert "rv-message-2" in page.text


def test_a_search_shows_places_instead_of_the_transcript(page: Page) -> None:
    """What was found is marked, and other traces with hits are named."""
    page.fill("search", "no flights")
    page.app.run()
    assert '<ol class="rv-found">' in page.text
    assert "<mark>no flights</mark>" in page.text
    assert '<ol class="rv-talk">' not in page.text
    assert "Also in:" in page.text
    page.fill("search", "nowhere to be found")
    page.app.run()
    assert "Nothing found in this trace" in page.text


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"datadog_url": "https://app.datadoghq.com/apm/trace/1"}, "https://app.datadoghq.com/apm/trace/1"),
        ({"datadog_site": "us5.datadoghq.com"}, "https://us5.datadoghq.com/apm/trace/a%2Fb"),
        ({"datadog_site": "datadoghq.eu"}, "https://app.datadoghq.eu/apm/trace/a%2Fb"),
        ({"datadog_url": "javascript:alert(1)", "datadog_site": "evil.example"}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_a_trace_links_to_datadog_when_its_place_there_is_known(
    fields: dict[str, str], address: str
) -> None:
    """By its own address, else by the site that it was fetched from; never anywhere else."""
    assert datadog_link(RawTrace(trace_id="a/b", **fields)) == address
