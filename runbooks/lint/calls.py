"""From a shell command to the programs it really calls, through sudo, xargs, ssh, exec and -c."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from runbooks.lint.shell import SimpleCommand, Word, read_script
from runbooks.lint.tools import KUBE_CLIENTS, SHELLS, VALUE_OPTIONS

MAX_NESTING = 4
_NO_OPTIONS: frozenset[str] = frozenset()

# Programs that run the rest of their line, and how many words of their own come before it.
_PREFIXES = {
    **dict.fromkeys(("sudo", "doas", "env", "nohup", "time", "exec", "command", "builtin"), 0),
    **dict.fromkeys(
        ("nice", "ionice", "stdbuf", "setsid", "watch", "xargs", "eval", "parallel"), 0
    ),
    **dict.fromkeys(("timeout", "chroot", "gosu", "flock"), 1),
}
_ECHOES = frozenset({"echo", "printf"})
_FROM_INPUT = frozenset({"xargs", "parallel"})


@dataclass(frozen=True)
class Call:
    """One program call; `direct` says that offsets are those of the command's own text.

    `appended` says that more arguments come from elsewhere (xargs), so that the call has a
    target even though none is written.
    """

    program: str
    args: tuple[Word, ...]
    fed_by: SimpleCommand | None = None
    inputs: tuple[str, ...] = ()
    direct: bool = True
    appended: bool = False
    program_end: int = 0

    @cached_property
    def _parsed(self) -> tuple[dict[str, list[str]], list[Word], list[Word]]:
        return _split_arguments(self.args, VALUE_OPTIONS.get(self.program, _NO_OPTIONS))

    @property
    def positionals(self) -> tuple[str, ...]:
        """Arguments that are neither options nor their values, up to `--`."""
        return tuple(word.text for word in self._parsed[1])

    @property
    def positional_words(self) -> tuple[Word, ...]:
        """The same with their offsets."""
        return tuple(self._parsed[1])

    @property
    def rest(self) -> tuple[Word, ...]:
        """The words behind `--`."""
        return tuple(self._parsed[2])

    def has(self, *options: str) -> bool:
        """Whether one of the options is given, alone or in a cluster such as `-rf`."""
        return any(option in self._parsed[0] for option in options)

    def values(self, *options: str) -> list[str]:
        """The values given to any of the options."""
        return [value for option in options for value in self._parsed[0].get(option, ())]

    def value(self, *options: str) -> str | None:
        """The first value given to any of the options, or None."""
        values = self.values(*options)
        return values[0] if values else None


def calls_of(command: SimpleCommand, nesting: int = 0, *, direct: bool = True) -> Iterator[Call]:
    """Every program that one command would run, wrappers looked through."""
    if not command.words:
        return
    yield from _unwrapped(command.words, command, nesting, direct=direct, appended=False)


def _unwrapped(
    words: tuple[Word, ...],
    command: SimpleCommand,
    nesting: int,
    *,
    direct: bool,
    appended: bool,
) -> Iterator[Call]:
    while words and (words[0].assigns or words[0].text == ""):
        words = words[1:]
    if not words:
        return
    program = words[0].text.rsplit("/", 1)[-1] or words[0].text
    call = Call(
        program,
        words[1:],
        command.fed_by,
        command.inputs,
        direct,
        appended,
        words[0].end,
    )
    inner = _inner_words(call) if nesting < MAX_NESTING else ()
    if program not in _PREFIXES or not inner:
        yield call
    if len(inner) == 1 and " " in inner[0].text.strip():
        yield from _nested_script(inner[0].text, nesting)
    elif inner:
        following = appended or program in _FROM_INPUT
        yield from _unwrapped(inner, command, nesting + 1, direct=direct, appended=following)
    if nesting < MAX_NESTING:
        for script in _scripts(call):
            yield from _nested_script(script, nesting)


def _nested_script(script: str, nesting: int) -> Iterator[Call]:
    for command in read_script(script).commands:
        yield from calls_of(command, nesting + 1, direct=False)


def _inner_words(call: Call) -> tuple[Word, ...]:
    """The words of the program that this one runs in its place."""
    if call.program in _PREFIXES:
        return _after_own_words(call, _PREFIXES[call.program])
    if call.program in KUBE_CLIENTS and call.positionals[:1] in (("exec",), ("rsh",), ("debug",)):
        return call.rest or _after_own_words(call, 2)
    if call.program in ("docker", "podman", "nerdctl") and call.positionals[:1] == ("exec",):
        return _after_own_words(call, 2)
    if call.program == "find":
        return _find_action(call.args)
    return ()


def _scripts(call: Call) -> list[str]:
    """Texts that the call would run as shell: its -c, what it is fed, what it sends by ssh."""
    if call.program in ("su", "runuser"):
        return call.values("-c", "--command")
    if call.program == "ssh":
        words = _after_own_words(call, 1)
        return [" ".join(word.text for word in words)] if words else list(call.inputs)
    if call.program not in SHELLS:
        return []
    if call.has("-c"):
        return list(call.positionals[:1])
    return [] if call.positionals else [spoken_input(call)]


def spoken_input(call: Call) -> str:
    """Text that a call reads: here-documents, and what `echo` pipes into it."""
    piped: tuple[str, ...] = ()
    if call.fed_by and call.fed_by.words and call.fed_by.words[0].text in _ECHOES:
        piped = (*(word.text for word in call.fed_by.words[1:]), *call.fed_by.inputs)
    return "\n".join((*call.inputs, " ".join(piped)))


def _after_own_words(call: Call, own: int) -> tuple[Word, ...]:
    options = VALUE_OPTIONS.get(call.program, _NO_OPTIONS)
    index, skip_value = 0, False
    for index, word in enumerate(call.args):
        if skip_value:
            skip_value = False
        elif word.text.startswith("-") and len(word.text) > 1 and not word.quoted:
            skip_value = word.text in options
        elif word.assigns:
            continue
        elif own:
            own -= 1
        else:
            return call.args[index:]
    return ()


def _find_action(args: tuple[Word, ...]) -> tuple[Word, ...]:
    texts = [word.text for word in args]
    for action in ("-exec", "-execdir", "-ok", "-okdir"):
        if action in texts:
            begin = texts.index(action) + 1
            ends = [index for index in range(begin, len(texts)) if texts[index] in (";", "+")]
            return args[begin : ends[0] if ends else len(args)]
    return ()


def _split_arguments(
    args: tuple[Word, ...], takes_value: frozenset[str]
) -> tuple[dict[str, list[str]], list[Word], list[Word]]:
    options: dict[str, list[str]] = {}
    positionals: list[Word] = []
    waiting: str | None = None
    for index, word in enumerate(args):
        text = word.text
        if waiting is not None:
            options[waiting].append(text)
            waiting = None
        elif text == "--":
            return options, positionals, list(args[index + 1 :])
        elif not text.startswith("-") or len(text) == 1:
            positionals.append(word)
        else:
            waiting = _note_option(text, options, takes_value)
    return options, positionals, []


def _note_option(
    text: str, options: dict[str, list[str]], takes_value: frozenset[str]
) -> str | None:
    """Record one option; returns its name when the next word is its value."""
    name, equals, value = text.partition("=")
    if equals:
        options.setdefault(name, []).append(value)
        return None
    if text in takes_value:
        options.setdefault(text, [])
        return text
    if not text.startswith("--") and text[:2] in takes_value:
        options.setdefault(text[:2], []).append(text[2:])
        return None
    options.setdefault(text, [])
    if not text.startswith("--"):
        for letter in text[1:]:
            options.setdefault("-" + letter, [])
    return None
