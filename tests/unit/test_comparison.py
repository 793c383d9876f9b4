"""Comparing two texts: right for any texts, and never slow."""

import random
import time

import pytest

from runbooks.comparison import Comparison, Row, compare, folded, lines_of


def kinds(found: Comparison) -> str:
    """The rows as one letter each: s, c, r, a."""
    return "".join(row.kind[0] for row in found.rows)


def rebuilt(found: Comparison, side: str) -> list[str]:
    """One of the texts, put together from the rows."""
    rows = [r for r in found.rows if getattr(r, side) is not None]
    pieces = [getattr(row, f"{side}_pieces") for row in rows]
    return ["".join(piece.text for piece in line) for line in pieces]


def test_equal_texts_have_no_changes() -> None:
    """The same text twice is the same."""
    found = compare("a\nb\n", "a\nb")
    assert found.same
    assert kinds(found) == "ss"


def test_line_breaks_of_another_system_are_no_change() -> None:
    """Only what is written counts, not how lines end."""
    assert compare("a\r\nb\r\n", "a\nb\n").same


def test_an_inserted_line_is_the_only_change() -> None:
    """Lines behind an insertion stay the same lines."""
    found = compare("a\nb\nc", "a\nnew\nb\nc")
    assert kinds(found) == "sass"
    assert (found.removed, found.added) == (0, 1)
    assert found.rows[1] == Row("added", None, 2, (), found.rows[1].right_pieces)


def test_the_changed_words_of_a_line_are_marked() -> None:
    """In a changed line the words that stayed are told from those that did not."""
    found = compare("wait 15 minutes then call", "wait 5 minutes then call")
    [row] = found.rows
    assert [(p.text, p.changed) for p in row.left_pieces] == [
        ("wait ", False),
        ("15", True),
        (" minutes then call", False),
    ]
    assert [p.text for p in row.right_pieces if p.changed] == ["5"]


def test_lines_with_nothing_in_common_are_not_marked_word_by_word() -> None:
    """Confetti helps nobody: a wholly new line is shown as a whole."""
    [row] = compare("kubectl get pods", "Ask the owner first!").rows
    assert not any(piece.changed for piece in (*row.left_pieces, *row.right_pieces))


@pytest.mark.parametrize("seed", range(60))
def test_both_texts_can_be_put_together_from_the_rows(seed: int) -> None:
    """No line is lost or invented, whatever the texts are, and numbers count up."""
    dice = random.Random(seed)
    words = ["a", "b", "", "c d", "e"] + [f"line {n}" for n in range(dice.choice([0, 3, 30]))]
    first = [dice.choice(words) for _ in range(dice.randrange(40))]
    second = [line for line in first if dice.random() > 0.2]
    for _ in range(dice.randrange(10)):
        second.insert(dice.randrange(len(second) + 1), dice.choice(words))
    found = compare("\n".join(first), "\n".join(second))
    assert rebuilt(found, "left") == lines_of("\n".join(first))
    assert rebuilt(found, "right") == lines_of("\n".join(second))
    assert [r.left for r in found.rows if r.left] == list(range(1, len(rebuilt(found, "left")) + 1))
    for row in found.rows:
        if row.kind == "same":
            assert row.left_pieces == row.right_pieces


@pytest.mark.parametrize("seed", range(30))
def test_few_changes_are_found_as_few(seed: int) -> None:
    """A text with one line taken out has exactly one change, also when lines repeat."""
    dice = random.Random(seed)
    first = [dice.choice(["", "- x", "- y", "## H"]) for _ in range(60)]
    gone = dice.randrange(60)
    found = compare("\n".join([*first, "."]), "\n".join([*first[:gone], *first[gone + 1 :], "."]))
    assert (found.removed, found.added) == (1, 0)


def _anchored(start: int) -> str:
    """A text whose single lines stand 400 lines apart with nothing in common between."""
    return "".join(
        f"x{(n + start) % 2 or n % 7}\n" if n % 400 else f"anchor {n}\n" for n in range(16_000)
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("\n" * 20_000, "\n" * 19_000),
        ("a\nb\n" * 10_000, "b\na\n" * 10_000),
        ("".join(f"{n}\n" for n in range(20_000)), "".join(f"{n}\n" for n in range(20_000, 0, -1))),
        (
            "".join(f"x{n % 97}\n" for n in range(9000)),
            "".join(f"x{n % 89}\n" for n in range(9000)),
        ),
        ("word " * 100_000, "drow " * 100_000),
        ("a b c d " * 40 + "\n" + ("a b b c " * 45 + "\n") * 1500, ("b a d c " * 45 + "\n") * 1500),
        ("x\n" * 60_000, "y\n" * 60_000),
        (_anchored(0), _anchored(1)),
    ],
    ids=[
        "blank",
        "alternating",
        "reversed",
        "periodic",
        "one long line",
        "many long lines",
        "very many lines",
        "between anchors",
    ],
)
def test_texts_made_to_be_hard_take_bounded_time(first: str, second: str) -> None:
    """Whatever is compared, the page is there in a moment."""
    started = time.process_time()
    found = compare(first, second)
    assert time.process_time() - started < 3
    assert rebuilt(found, "left") == lines_of(first)


def test_reaching_the_bound_is_said() -> None:
    """Where a stretch was given up as replaced, the comparison says that it is coarse."""
    assert compare("a\nb\n" * 3000, "b\nc\na\n" * 3000).coarse
    assert not compare("a\nb\n", "b\na\n").coarse


def test_folding_leaves_what_is_near_a_change() -> None:
    """Long stretches without changes become one number."""
    first = "\n".join(f"line {n}" for n in range(30))
    shown = list(folded(compare(first, first.replace("line 15", "line fifteen")).rows, around=2))
    assert shown[0] == 13
    assert shown[-1] == 12
    assert [row.left for row in shown if isinstance(row, Row)] == [14, 15, 16, 17, 18]


def test_nothing_changed_folds_to_one_number() -> None:
    """Equal texts fold away wholly."""
    assert list(folded(compare("a\nb", "a\nb").rows)) == [2]
