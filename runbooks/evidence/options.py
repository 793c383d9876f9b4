"""The table of known commands: which options a program takes, with which subcommand."""

from functools import cache
from pathlib import Path

from runbooks.evidence.report import Support
from runbooks.lint.tools import KNOWN_PROGRAMS
from runbooks.yaml_lines import read_yaml

TABLE = Path(__file__).with_name("options.yaml")
_SAME = {
    **dict.fromkeys(("oc", "kubecolor"), "kubectl"),
    **dict.fromkeys(("podman", "nerdctl"), "docker"),
    **dict.fromkeys(("egrep", "fgrep", "zgrep", "ag", "ack"), "grep"),
    **dict.fromkeys(("gitlab-psql", "pgcli"), "psql"),
    **dict.fromkeys(("mariadb",), "mysql"),
    **dict.fromkeys(("valkey-cli", "keydb-cli", "gitlab-redis-cli"), "redis-cli"),
    **dict.fromkeys(("gawk", "mawk"), "awk"),
    **dict.fromkeys(("tofu",), "terraform"),
    **dict.fromkeys(("ping6",), "ping"),
}
_DEEPEST = 4
CLOSED = frozenset({"kubectl", "pup", "helm"})
"""Programs of which the table has every subcommand."""
_HELP = frozenset({"-h", "--help", "--version"})


@cache
def _table() -> dict[str, frozenset[str]]:
    document = read_yaml(TABLE.read_text(encoding="utf-8")).value
    read = document if isinstance(document, dict) else {}
    rows = {str(key): str(value) for key, value in read.items()}
    return {
        key: frozenset(rows.get(value.removeprefix("like "), value).split())
        for key, value in rows.items()
    }


@cache
def subcommands() -> frozenset[str]:
    """Every key of the table: `kubectl`, `kubectl rollout history`."""
    return frozenset(_table())


def same(program: str) -> str:
    """Give the program whose options this one shares."""
    return _SAME.get(program, program)


def path_of(program: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """Give a program with as many of the words behind it as the table knows as subcommands."""
    base, longest = same(program), 0
    for length in range(1, _DEEPEST):
        if " ".join((base, *words[:length])) in subcommands() and len(words) >= length:
            longest = length
    return (program, *words[:longest])


def program_support(path: tuple[str, ...]) -> Support | None:
    """Give the table as support for a program and its subcommand, when it knows both."""
    key = " ".join((same(path[0]), *path[1:]))
    if key in subcommands() or (len(path) == 1 and path[0] in KNOWN_PROGRAMS):
        return Support("catalogue", f"known commands: {' '.join(path)}", " ".join(path))
    return None


def option_support(path: tuple[str, ...], option: str) -> Support | None:
    """Give the table as support for an option; letters may be joined behind one dash."""
    names = (same(path[0]), *path[1:]) if path else ()
    for length in range(len(names), 0, -1):
        key = " ".join(names[:length])
        if _takes(_table().get(key, frozenset()), option):
            return Support("catalogue", f"known commands: {key}", f"{key} {option}")
    return None


def any_option_support(option: str) -> Support | None:
    """Give a known command that takes an option, where the text does not say which is meant."""
    for key, taken in _table().items():
        if option in taken:
            return Support("catalogue", f"known commands: {key}", f"{key} {option}", 0.5)
    return None


def _takes(taken: frozenset[str], option: str) -> bool:
    if option in taken or "=" in taken or (taken and option in _HELP):
        return True
    if option.startswith("--") or not option[1:]:
        return False
    letters = option[1:]
    if letters.isdigit() or (f"-{letters[0]}" in taken and not letters[1:].isalpha()):
        return True
    return letters.isalpha() and all(f"-{letter}" in taken for letter in letters)
