"""Text of unknown origin stands in Markdown as itself and changes nothing around it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.gfm import gfm_plugin

from runbooks.markdown.escaping import as_paragraph, code_span, escape_inline, fenced, one_line
from runbooks.markdown.parsing import plain_text
from tests.examples import examples

ANY_TEXT = st.text(alphabet=st.characters(), max_size=120)
FRAGMENTS = st.sampled_from(
    [
        *(
            "#",
            "##",
            "-",
            "+",
            "*",
            "**",
            "_",
            "__",
            "1.",
            "2)",
            ">",
            "`",
            "``",
            "```",
            "~~",
            "~~~",
        ),
        *(
            "[",
            "]",
            "](",
            "]:",
            "[^1]:",
            "(",
            ")",
            "!",
            "<b>",
            "<!--",
            "-->",
            "&amp;",
            "&#35;",
            "|",
        ),
        *(
            "---",
            "===",
            "\\",
            "\n",
            "\n\n",
            "\r",
            "\t",
            "    ",
            " ",
            "a",
            "b c",
            "x_y",
            "http://a.b",
        ),
        *("www.a.b", "me@a.b", "mailto:me@a.b", "\u2028", "\x00", "\x1b[31m", "\ud800", "\u202e"),
        *("$x$", ":", "[x] ", "[ ] ", "<https://a.b>", "{", "@", '"'),
    ]
)
MARKUP = st.lists(FRAGMENTS, max_size=15).map("".join)
github = MarkdownIt("commonmark").use(gfm_plugin)


def _blocks(markdown: str) -> list[str]:
    return [token.type for token in github.parse(markdown)]


@given(ANY_TEXT | MARKUP)
@settings(max_examples=examples(1500), deadline=None)
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    """One paragraph of plain text comes out, with the words of the input and no link."""
    line = one_line(text)
    tokens = github.parse(escape_inline(text))
    if not line:
        assert tokens == []
        return
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {child.type for child in tokens[1].children or []} == {"text"}
    assert plain_text(tokens[1].children or []) == line


@given(ANY_TEXT | MARKUP)
@settings(max_examples=examples(700), deadline=None)
def test_escaped_text_fits_a_heading_and_a_list_item(text: str) -> None:
    """Inside a heading or an item nothing else begins, and nothing of it is lost."""
    escaped = escape_inline(text)
    heading = github.parse(f"## {escaped}")
    assert [t.type for t in heading] == ["heading_open", "inline", "heading_close"]
    assert plain_text(heading[1].children or []) == one_line(text)
    if escaped:
        item = github.parse(f"- {escaped}\n- next")
        assert [t.type for t in item].count("list_item_open") == 2
        assert plain_text(next(t for t in item if t.type == "inline").children or []) == one_line(
            text
        )


@given(ANY_TEXT | MARKUP)
@settings(max_examples=examples(1000), deadline=None)
def test_a_guarded_line_is_one_paragraph(text: str) -> None:
    """Whatever markup a line holds, it begins no block; guarding it again changes nothing."""
    line = as_paragraph(text)
    assert "\n" not in line
    assert as_paragraph(line) == line
    expected = ["paragraph_open", "inline", "paragraph_close"] if line else []
    assert _blocks(line) == expected


@given(ANY_TEXT | MARKUP)
@settings(max_examples=examples(700), deadline=None)
def test_a_code_span_shows_the_text(text: str) -> None:
    """Backticks inside, at the ends or alone: the span holds exactly the line."""
    tokens = github.parse(f"a {code_span(text)} b")
    children = tokens[1].children or []
    assert [child.type for child in children] == ["text", "code_inline", "text"]
    assert children[1].content.strip() == one_line(text)


@given(ANY_TEXT | MARKUP, st.text(max_size=10))
@settings(max_examples=examples(700), deadline=None)
def test_a_fence_holds_the_whole_code(code: str, language: str) -> None:
    """No line of the code closes its block, and no language breaks the fence."""
    tokens = github.parse(f"{fenced(code, language)}\n\n## next")
    assert [token.type for token in tokens[:2]] == ["fence", "heading_open"]
    assert len(tokens) == 4


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("user_id of x", "user_id of x"),
        ("a*b*c", r"a\*b\*c"),
        ("# not a heading", r"\# not a heading"),
        ("#team-llm-ops", "#team-llm-ops"),
        ("2. second", r"2\. second"),
        ("5xx > 3%", "5xx > 3%"),
        ("see https://evil.test", r"see https\://evil.test"),
        ("ask me@evil.test", r"ask me\@evil.test"),
        ("@http.status_code:500", "@http.status_code:500"),
        ("a\n\n## b", "a ## b"),
        ("C# and F #", r"C# and F \#"),
        ("\u202etxt.exe\u202c", "txt.exe"),
    ],
)
def test_only_what_would_act_is_escaped(text: str, markdown: str) -> None:
    """The source stays readable for the person who edits it."""
    assert escape_inline(text) == markdown


def test_markup_within_a_guarded_line_stays_markup() -> None:
    """Bold and code at the start of a line are no block, so they are left alone."""
    line = "**Check** `kubectl get pods` at <https://a.test>"
    assert as_paragraph(line) == line
    assert as_paragraph("[a]: b") == r"\[a]: b"
    assert as_paragraph("[a](b): c") == "[a](b): c"
