"""Two runbooks as they are read, side by side: what changed is marked, and nothing gets in."""

import html as escaping
import re

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.markdown.changes import Change, blocks_of, rendered_changes
from runbooks.markdown.html import render

BEFORE = """# Loop

An agent calls one tool **again** and again.

- the bill grows
- nothing answers

```sh
kubectl get pods
```
"""
AFTER = """# Loop

An agent calls one tool again and *again*, without a stop.

- the bill grows
- nobody answers

> Ask first.

```sh
kubectl get pods
```
"""


def kinds(changes: tuple[Change, ...]) -> list[str]:
    """What became of each block."""
    return [change.kind for change in changes]


def words(html: str) -> str:
    """The text that a person reads."""
    return re.sub(r"\s+", " ", escaping.unescape(re.sub(r"<[^>]*>", " ", html))).strip()


def test_blocks_stand_beside_their_counterparts() -> None:
    """Same, changed and added ones, in the order of the second text."""
    assert kinds(rendered_changes(BEFORE, AFTER)) == ["same", "changed", "changed", "added", "same"]


def test_the_words_that_differ_are_marked_where_they_stand() -> None:
    """Inside lists too, on both sides; what is the same is not."""
    changed = rendered_changes(BEFORE, AFTER)[2]
    assert "<mark>nothing</mark> answers" in changed.left
    assert "<mark>nobody</mark> answers" in changed.right
    assert "the bill grows" in changed.right


def test_a_block_that_became_another_is_one_gone_and_one_new() -> None:
    """A table is not shown as a changed paragraph, nor one sentence as another."""
    assert kinds(rendered_changes("Look at the log.", "# Look at the log.")) == ["removed", "added"]
    assert kinds(rendered_changes("Look at the log.", "Page the owner!")) == ["removed", "added"]


def test_the_same_text_has_no_changes() -> None:
    """However its lines end."""
    found = rendered_changes(BEFORE, BEFORE.replace("\n", "\r\n"))
    assert set(kinds(found)) == {"same"}


@pytest.mark.parametrize("text", ["", " \n", "[a]: http://x.example\n\n[a]", "a[^1]\n\n[^1]: b"])
def test_blocks_together_read_as_the_whole_text(text: str) -> None:
    """References reach over blocks."""
    assert words("".join(blocks_of(text))) == words(render(text))


def test_html_that_reaches_over_blocks_is_closed_in_each() -> None:
    """A `<details>` that is opened in one block does not swallow the next column."""
    text = "<details><summary>more</summary>\n\ninside\n\n</details>\n\noutside"
    for block in blocks_of(text):
        assert block.count("<details") == block.count("</details>")


@given(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b>", "a > b", '"<a']
        ),
        max_size=4,
    ),
)
def test_marks_let_nothing_in(text: str, parts: list[str]) -> None:
    """With the marks taken out, cleaning the result again changes nothing that matters."""
    other = "\n\n".join([text, *parts])
    for change in rendered_changes(text, other):
        for side in (change.left, change.right):
            bare = side.replace("<mark>", "").replace("</mark>", "")
            assert "<script" not in bare
            assert "onerror=" not in re.sub(r">[^<]*<", "><", f">{bare}<")
            again = nh3.clean(bare, tags={"a"} | nh3.ALLOWED_TAGS, link_rel=None)
            assert words(again) == words(bare)
