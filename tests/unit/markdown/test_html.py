"""Markdown becomes HTML that reads as on GitHub and cannot act."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.markdown import html
from runbooks.markdown.html import render, stylesheet
from tests.examples import examples
from tests.unit.markdown.canonical import canonical
from tests.unit.markdown.safety import faults

PLAIN = "Shown as plain text:"


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_layout_is_the_one_of_the_github_specification(shared_data: Path) -> None:
    """At least 660 of the 673 examples of the specification come out as it prints them."""
    rows = _rows(shared_data / "gfm_spec.jsonl")
    same = [canonical(html._layout(row["markdown"])) == canonical(row["html"]) for row in rows]
    assert len(rows) == 673
    assert sum(same) >= 660


def test_sanitising_keeps_the_layout_of_the_specification(shared_data: Path) -> None:
    """What is rendered equals the specification's own HTML after the same sanitising."""
    rows = _rows(shared_data / "gfm_spec.jsonl")
    wanted = [html._finish(html._cleaner().clean(row["html"])) for row in rows]
    shown = [render(row["markdown"]) for row in rows]
    same = [canonical(a) == canonical(b) for a, b in zip(shown, wanted, strict=True)]
    assert sum(same) >= 660


CONTEXTS = {
    "a block": "{}",
    "a paragraph": "text {} text",
    "a quote": "> {}",
    "a list item": "- x\n\n  {}",
    "a heading": "# {}",
    "a link's address": "[a]({})",
    "a link's text": "[{}](b)",
    "an image's address": "![a]({})",
    "an image's text": "![{}](b)",
    "an autolink": "<{}>",
    "a reference": "[x]: {}\n\n[x]",
    "a fence's language": "```{}\nx\n```",
    "a table cell": "| a |\n|---|\n| {} |",
    "a footnote": "x[^1]\n\n[^1]: {}",
}


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_known_attack_survives(shared_data: Path, context: str) -> None:
    """No payload leaves a script, handler, foreign address, style, form, frame or name behind."""
    for row in _rows(shared_data / "xss.jsonl"):
        for payload in (row["payload"], " ".join(row["payload"].split())):
            assert faults(render(CONTEXTS[context].replace("{}", payload))) == []


@pytest.mark.parametrize(
    "attack",
    [
        '<a href="jav&#x09;ascript:alert(1)">x</a>',
        "<a href='&#x2028;javascript:alert(1)'>x</a>",
        "<a href='vbscript:x'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "<javascript:alert(1)>",
        "<p style='position:fixed'>x</p>",
        "<p class='stApp' id='root' name='body'>x</p>",
        "<form action=//evil><button>x</button></form>",
        "<svg/onload=alert(1)>",
        "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
        "<base href=//evil>",
        "<meta http-equiv=refresh content='0;url=//evil'>",
        "<img src=x onerror=alert(1)>",
        "<video poster=//evil src=//evil></video>",
        "<a href=x target=_self ping=//evil>x</a>",
        "<input type=image src=//evil>",
        "<bdo dir=rtl>abc</bdo>",
        "<!-- hidden -->",
    ],
)
def test_attacks_of_our_own_do_not_survive(attack: str) -> None:
    """The usual tricks, and some against the page around the preview, leave nothing active."""
    assert faults(render(attack)) == []


@given(st.text(alphabet=st.characters(), max_size=300))
@settings(max_examples=examples(300), deadline=None)
def test_any_text_is_rendered_safely(text: str) -> None:
    """No text raises, lone surrogates and NUL included, and none yields anything active."""
    assert faults(render(text)) == []


FRAGMENTS = [
    *("<a href='", "<img src=", "'", '"', ">", "<", "<!--", "-->", "</div>", "<svg>", "<style>"),
    *("<div id=a class=b>", "</style>", "onclick=1 ", "javascript:", "&", "\\", "`", "```", "\n"),
    *("    ", "- ", "> ", "[", "]", "](", ")", "#x", "| a |\n|-|", "[^1]", "x", "\ud800", "\0"),
]
MARKUP = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)


@given(MARKUP)
@settings(max_examples=examples(500), deadline=None)
def test_any_mixture_of_markup_is_rendered_safely(text: str) -> None:
    """Broken and interleaved markup yields nothing active."""
    assert faults(render(text)) == []


def test_an_image_becomes_a_link_with_its_text() -> None:
    """Viewing a runbook loads nothing: images, also raw ones, are links that one may follow."""
    assert render("![Grafana panel](https://grafana.test/p.png)") == (
        '<p><a href="https://grafana.test/p.png" rel="noopener noreferrer nofollow"'
        ' target="_blank">Grafana panel</a></p>\n'
    )
    assert '<a href="p.png"' in render('<img src="p.png" alt="a &lt;b&gt;">')
    assert ">a &lt;b&gt;</a>" in render('<img src="p.png" alt="a &lt;b&gt;">')
    assert ">image</a>" in render("![](p.png)")


def test_an_image_inside_a_link_becomes_its_text() -> None:
    """A badge that links somewhere keeps its one link."""
    shown = render("[![build](b.svg)](https://ci.test) ![after](c.png)")
    assert re.findall(r"<a href=\"([^\"]+)\"", shown) == ["https://ci.test", "c.png"]
    assert ">build</a>" in shown


def test_an_image_with_a_refused_address_keeps_its_text() -> None:
    """Without an address that may be followed, the alternative text is all that is shown."""
    assert render('<p><img src="data:image/png;base64,AAAA" alt="graph"></p>') == "<p>graph</p>"


def test_links_within_the_page_reach_their_headings() -> None:
    """Fragments and heading anchors get the same prefix, and repeated headings their numbers."""
    shown = render("[go](#root-cause-fix-1)\n\n## Root Cause Fix\n\n## `Root` *Cause* Fix\n")
    assert 'href="#user-content-root-cause-fix-1"' in shown
    assert '<h2 id="user-content-root-cause-fix">' in shown
    assert '<h2 id="user-content-root-cause-fix-1">' in shown


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Diagnosis Steps", "diagnosis-steps"),
        ("What's `kubectl get` for?", "whats-kubectl-get-for"),
        ("A & B", "a--b"),
        ("Größe_über 5%", "größe_über-5"),
        ("1. First", "1-first"),
    ],
)
def test_anchors_are_the_ones_of_github(heading: str, anchor: str) -> None:
    """A link that works on GitHub works in the preview."""
    assert f'id="user-content-{anchor}"' in render(f"## {heading}")


def test_only_web_links_open_beside_the_page() -> None:
    """Links to http and https get a new tab; relative ones, anchors and mail do not."""
    shown = render("[a](https://x.test) [b](//x.test) [c](docs/a.md) [d](#a) [e](mailto:a@x.test)")
    assert re.findall(r'href="([^"]+)"[^>]* target="_blank"', shown) == [
        "https://x.test",
        "//x.test",
    ]
    assert shown.count('rel="noopener noreferrer nofollow"') == 5


def test_task_lists_are_shown_but_not_live() -> None:
    """Check boxes are disabled, and a raw input becomes such a box whatever it asked to be."""
    shown = render("- [x] done\n- [ ] open\n")
    assert shown.count('<input class="task-list-item-checkbox" disabled="" type="checkbox"') == 2
    assert shown.count("checked") == 1
    assert "password" not in render("a <input type=password name=secret value=1>")


def test_github_extensions_are_laid_out() -> None:
    """Tables, deletions, bare addresses, footnotes and alerts read as on GitHub."""
    shown = render(
        "| a |\n|:-:|\n| b |\n\n~~old~~ www.x.test now[^n]\n\n> [!WARNING]\n> Deletes data.\n\n[^n]: Why."
    )
    assert '<th align="center">a</th>' in shown
    assert "<del>old</del>" in shown
    assert '<a href="http://www.x.test"' in shown
    assert '<div class="markdown-alert markdown-alert-warning">' in shown
    assert '<li id="user-content-fn1" class="footnote-item">' in shown


def test_a_code_block_keeps_its_language_and_nothing_else() -> None:
    """A fence's language is a class; a class list in raw code is not let through."""
    assert render("```sh\na < b\n```") == (
        '<pre><code class="language-sh">a &lt; b\n</code></pre>\n'
    )
    assert "class" not in render('<code class="language-x stApp">a</code>')


def test_scripts_and_styles_are_shown_as_text() -> None:
    """Nothing that stands in the text is hidden from the reviewer by being a script or a style."""
    shown = render("a <script>rm -rf /</script>\n\n<style>\np { display: none }\n</style>\n")
    assert "rm -rf /" in shown
    assert "display: none" in shown
    assert faults(shown) == []


def test_folded_details_are_shown_open() -> None:
    """A reviewer sees what `<details>` would fold away."""
    assert '<details open="">' in render("<details><summary>More</summary>\n\ntext\n\n</details>")


@pytest.mark.parametrize("depth", [1, 6, 15])
def test_deep_lists_are_laid_out_whole(depth: int) -> None:
    """Nesting that a person may write loses nothing."""
    text = "\n".join("  " * level + f"- level {level}" for level in range(depth))
    shown = render(text)
    assert PLAIN not in shown
    assert all(f"level {level}" in shown for level in range(depth))


@pytest.mark.parametrize(
    "text",
    ["> " * 60 + "the end", "\n".join("  " * n + f"- {n} the end" for n in range(60)), "1. " * 60],
)
def test_what_nests_too_deeply_is_shown_whole_as_plain_text(text: str) -> None:
    """The parser would drop the tail of such a text; the reader gets all of it instead."""
    shown = render(text)
    assert PLAIN in shown
    assert canonical(shown)[-2] == text.rstrip("\n")


HOSTILE = {
    "quotes": ">" * 100_000,
    "brackets": "[" * 100_000,
    "bracket pairs": "[" * 50_000 + "]" * 50_000,
    "images": "![" * 50_000,
    "stars": "*" * 100_000,
    "open emphasis": "*a " * 33_000,
    "nested emphasis": "*a **b " * 7_000 + "c** d* " * 7_000,
    "backticks": "`" * 100_000,
    "growing backticks": "".join("`" * n + " " for n in range(440)),
    "colons": ":" * 100_000,
    "addresses": "http:" * 20_000,
    "mail": "a@" * 50_000,
    "closing parentheses": "http://a.b/" + ")" * 100_000,
    "links": "[a](" * 25_000,
    "definitions": "[a]: <" * 16_000,
    "footnotes": "[^1]:" * 20_000,
    "comments": "<!--" * 25_000,
    "divisions": "<div>" * 20_000,
    "mixed tags": "<b><i>" * 9_000 + "</b></i>" * 9_000,
    "attributes": "<a " + " ".join(f"a{n}=1" for n in range(15_000)) + ">x</a>",
    "lists": "- " * 50_000,
    "wide table": "|a" * 16_000 + "|\n" + "|-" * 16_000 + "|\n" + "|x|\n" * 5_000,
    "entities": "&" * 100_000,
    "one long word": "x" * 1_000_000,
    "empty lines": "\n" * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_costs_seconds_at_most(name: str) -> None:
    """Texts built to be slow end within the work budget, and the result is safe."""
    started = time.process_time()
    shown = render(HOSTILE[name])
    assert time.process_time() - started < 10
    assert faults(shown) == []


def test_a_refused_text_is_kept_whole_and_says_why() -> None:
    """The reader sees every character of it, under one line that names the reason."""
    text = "<b>&\n" + "[" * 400_000
    shown = render(text)
    assert f"<strong>{PLAIN}</strong> this document is built in a way that takes too long" in shown
    assert canonical(shown)[-2] == text
    assert "is longer than 1,200,000 characters" in render("x" * 1_200_001)


def test_a_long_runbook_renders_at_once() -> None:
    """75 kB of ordinary runbook take a fraction of a second; the bound leaves room for CI."""
    part = "## Step\n\nRun `kubectl get pods -n payments` and compare:\n\n1. **Check**: see [a](#b)\n\n"
    text = part * (75_000 // len(part))
    render(text)
    started = time.process_time()
    shown = render(text)
    assert time.process_time() - started < 2
    assert PLAIN not in shown


def test_threads_share_the_renderer() -> None:
    """Several visitors at once get what one alone gets."""
    text = "# A\n\n- [x] `b` <img src=c> ~~d~~ [e](#a)\n" * 50
    alone = render(text)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(render, [text] * 64)) == {alone}


def test_the_stylesheet_touches_nothing_but_the_preview() -> None:
    """Every rule is scoped to the container, and none of them loads anything."""
    sheet = re.sub(r"@media[^{]+\{((?:[^{}]*\{[^{}]*\})*)\s*\}", r"\1", stylesheet())
    selectors = re.findall(r"([^{}]+)\{[^{}]*\}", sheet)
    assert len(selectors) > 30
    assert all(selector.strip().startswith(".runbook-preview") for selector in selectors)
    assert not re.search(r"url\(|@import|https?:", sheet)


def test_wide_content_scrolls_inside_itself() -> None:
    """Code and tables get their own scroll bars, so a phone's page does not move sideways."""
    rules = re.findall(r"^\.runbook-preview (pre|table) \{([^}]*)\}", stylesheet(), re.MULTILINE)
    assert [name for name, rule in rules if "overflow-x: auto" in rule] == ["pre", "table"]
