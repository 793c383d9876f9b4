"""The table of known commands is whole, and knows what the catalogue runs."""

from runbooks.evidence.options import (
    CLOSED,
    any_option_support,
    option_support,
    path_of,
    program_support,
    subcommands,
)
from runbooks.lint.tools import KNOWN_PROGRAMS
from tests.unit.evidence.drafts import retold
from tests.unit.evidence.test_tracing import traced


def test_every_row_names_a_known_program() -> None:
    """No row is of a program that the checks do not know."""
    unknown = {key.split()[0] for key in subcommands()} - KNOWN_PROGRAMS
    assert unknown <= {"evalforge"}


def test_a_subcommand_has_the_options_of_its_program() -> None:
    """`kubectl get` takes what `kubectl` takes, and not what `kubectl logs` takes."""
    path = path_of("kubectl", ("get", "pods"))
    assert path == ("kubectl", "get")
    assert option_support(path, "--context")
    assert option_support(path, "-A")
    assert option_support(path, "--tail") is None
    assert option_support(path_of("oc", ("logs", "x")), "--tail")


def test_rows_that_refer_to_others_have_their_options() -> None:
    """`like X` is the same as X."""
    assert option_support(("kubectl", "top", "pods"), "--containers")
    assert option_support(("python3",), "-m")
    assert option_support(("like",), "-m") is None


def test_letters_may_be_joined_behind_one_dash() -> None:
    """`-xzvf` is four options; one of them wrong is all wrong."""
    assert option_support(("tar",), "-xzvf")
    assert option_support(("tar",), "-xzvQ") is None
    assert option_support(("head",), "-20")


def test_an_unknown_program_or_verb_has_no_support() -> None:
    """Where the table has every verb of a program, another is unknown."""
    assert program_support(("frobctl",)) is None
    assert program_support(("kubectl", "get"))
    assert {"kubectl", "pup"} <= CLOSED
    assert [t.claim.text for t in traced("Run `kubectl fetch pods -n pay`.").unsupported] == [
        "kubectl fetch"
    ]


def test_an_option_spoken_of_alone_needs_any_command() -> None:
    """`widen --from` is known by any command that takes it."""
    assert any_option_support("--from")
    assert any_option_support("--frobnicate") is None
    flagged = [
        t.claim.text for t in traced("Repeat it with `--force-sync` or --deep-scan.").unsupported
    ]
    assert flagged == ["--force-sync", "--deep-scan"]


def test_the_runbooks_in_other_words_are_there() -> None:
    """The figures on true texts rest on six of them."""
    assert [name for name, _, _ in retold()] == [
        "sugg_sample_001", "sugg_sample_003", "sugg_sample_006", "sugg_sample_013",
        "sugg_sample_015", "sugg_sample_017",
    ]  # fmt: skip
