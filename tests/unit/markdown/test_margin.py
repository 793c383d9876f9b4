"""Notes beside the blocks of a runbook: each at its block, none lost, none forged."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.markdown.html import render
from runbooks.markdown.margin import render_beside
from tests.examples import examples

TEXT = """# Title

Summary of
two lines.

1. Step one

   ```sh
   ls
   pwd
   ```

   - inner
2. Step two

| a | b |
|---|---|
| 1 | 2 |

> quoted
"""


def noted(text: str, lines: list[int]) -> str:
    """The text with a note that names its lines."""
    return render_beside(text, lines, lambda group: f"[{','.join(map(str, group))}]")


@pytest.mark.parametrize(
    ("lines", "behind"),
    [
        ([1], "<h1"),
        ([3, 4], "<p>Summary"),
        ([6], "<p>Step one"),
        ([8, 9, 10, 11], "<pre>"),
        ([13], "inner"),
        ([14], "<p>Step two"),
        ([16, 18], "<table>"),
        ([20], "<p>quoted"),
    ],
)
def test_a_note_stands_before_the_block_of_its_lines(lines: list[int], behind: str) -> None:
    """Paragraphs, steps, code, tables and quotes; lines of one block share a note."""
    html = noted(TEXT, lines)
    name = ",".join(map(str, lines))
    assert f"[{name}]{behind}" in html.replace("\n", "")


def test_without_its_notes_the_html_is_the_usual_one() -> None:
    """Nothing else of the layout changes."""
    plain = re.sub(r"\[[\d,]+\]", "", noted(TEXT, list(range(1, 21))))
    assert "".join(plain.split()) == "".join(render(TEXT).split())
    assert noted(TEXT, []) == render(TEXT)


@pytest.mark.parametrize(
    ("text", "line"),
    [("", 1), ("\n\n", 2), ("[a]: b\n", 1), ("text\n\n\n", 3), ("text", 99), ("- " * 60 + "a", 1)],
)
def test_no_note_is_lost(text: str, line: int) -> None:
    """Blank lines, references, empty texts, lines behind the end, and what is too deep."""
    assert noted(text, [line]).count(f"[{line}]") == 1


@pytest.mark.parametrize(
    "wrapped",
    [
        "<table>\n\n{}\n\n</table>\n",
        "<svg><style>\n\n{}\n\n",
        "<details>\n\n{}\n\n</details>",
        "<select>\n\n{}",
        "<!-- \n\n{}",
    ],
)
def test_html_of_the_text_hides_no_note(wrapped: str) -> None:
    """What a text wraps around a block may move its note, and not take it away."""
    text = wrapped.format("the block")
    html = noted(text, [text.split("\n").index("the block") + 1])
    assert len(re.findall(r"\[\d\]", html)) == 1


def test_a_text_cannot_forge_a_note() -> None:
    """The sign that holds a place is another one each time, and none is left over."""
    signs = []
    for _ in range(2):
        seen = render_beside("word", [1], lambda _: "NOTE")
        assert seen == "NOTE<p>word</p>\n"
    html = render_beside("a\n\n0:0; 00000000:1;\n", [1], lambda group: str(signs.append(group)))
    assert "00000000:1;" in html
    assert signs == [[1]]


@settings(max_examples=examples(200), deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["# a\n", "text\n", "\n", "- b\n", "  c\n", "```\n", "> d\n", "|a|\n|-|\n", "<div>\n",
             "</p>", "<table>", "<!--", "[x]: y\n", "1. e\n", "    f\n", "\r\n", "<svg>", "---\n"]
        ),
        max_size=25,
    ).map("".join),
    st.lists(st.integers(1, 30), max_size=8),
)  # fmt: skip
def test_every_line_has_its_note_in_any_text(text: str, lines: list[int]) -> None:
    """Each line that was asked about stands in exactly one note."""
    groups: list[list[int]] = []
    html = render_beside(text, lines, lambda group: groups.append(list(group)) or "\ue000")
    assert sorted(line for group in groups for line in group) == sorted(set(lines))
    assert html.count("\ue000") == len(groups)


def test_a_real_draft_keeps_its_layout(shared_data: Path) -> None:
    """Incident reports with a note at each line are what they are without."""
    rows = (shared_data / "incidents.jsonl").read_text(encoding="utf-8").splitlines()[:20]
    for row in rows:
        html = render_beside(row, range(1, row.count("\n") + 2), lambda _: "")
        assert "".join(html.split()) == "".join(render(row).split())
