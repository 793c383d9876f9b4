"""One shell command line as words, pipelines, redirections and here-documents.

Enough of the POSIX grammar to know what would run: quotes, escapes, substitutions, comments,
continuation lines. `<name>` is read as a placeholder, as runbooks mean it, not as a redirection.
"""

from __future__ import annotations

import re

from runbooks.lint.shell_model import Line, Pending, Problem, SimpleCommand, Word

__all__ = ["Line", "Problem", "SimpleCommand", "Word", "read_line", "read_script"]

MAX_DEPTH = 8

_PLAIN = re.compile(r"[^\s\\'\"`$;&|<>()#]+")
_PLACEHOLDER = re.compile(r"<[A-Za-z_](?:[\w .:/|-]{0,60}[\w.)])?>")
_REDIRECT = re.compile(r"(?:\d{0,3}|&)(?:<<<|<<-?|>>|>\||<>|>&|<&|&>>?|>|<)")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w{0,60}\+?=")


def read_line(source: str, start: int = 0) -> Line:
    """Read one logical command line: up to a line break outside quotes and substitutions."""
    reader = _Reader(source, start)
    reader.read_list(closer="", one_line=True)
    return Line(reader.commands, reader.problem, reader.at)


def read_script(source: str) -> Line:
    """Read a whole text of command lines, for instance the argument of `bash -c`."""
    reader = _Reader(source, 0)
    reader.read_list(closer="", one_line=False)
    return Line(reader.commands, reader.problem, reader.at)


class _Reader:
    def __init__(self, source: str, at: int) -> None:
        self.source = source
        self.at = at
        self.depth = 0
        self.commands: list[SimpleCommand] = []
        self.problem: Problem | None = None
        self.heredocs: list[tuple[str, bool, Pending]] = []

    def read_list(self, closer: str, *, one_line: bool) -> None:
        pending, opened = Pending(), 0
        while self.at < len(self.source):
            char = self.source[self.at]
            if closer and char == closer and not opened:
                break
            opened += {"(": 1, ")": -1}.get(char, 0) if opened or char == "(" else 0
            if char == "\n":
                self.at += 1
                pending = self._finish(pending)
                self._read_heredocs()
                if one_line:
                    return
            elif char in ";&|()":
                pending = self._separator(pending)
            else:
                self._piece(pending, char)
        self._finish(pending)
        self._read_heredocs()

    def _piece(self, pending: Pending, char: str) -> None:
        if char in " \t\r\f\v" or char.isspace():
            self.at += 1
        elif self.source.startswith("\\\n", self.at):
            self.at += 2
        elif char == "#":
            self._skip_comment()
        elif char in "<>" or char.isdigit():
            self._redirect_or_word(pending)
        else:
            pending.add(self._word())

    def _separator(self, pending: Pending) -> Pending:
        char = self.source[self.at]
        if self.source.startswith("&>", self.at):
            self._redirect_or_word(pending)
            return pending
        pending.skipped |= self.source.startswith("()", self.at)
        double = self.source[self.at : self.at + 2] in ("&&", "||", ";;", "|&")
        self.at += 2 if double else 1
        piped = char == "|" and self.source[self.at - 2 : self.at] != "||"
        finished = pending.done()
        following = self._finish(pending)
        if piped:
            following.fed_by = finished
        if piped or double:
            self._skip_breaks()
        return following

    def _finish(self, pending: Pending) -> Pending:
        if not any(waiting is pending for _, _, waiting in self.heredocs):
            command = pending.done()
            if command:
                self.commands.append(command)
        return Pending()

    def _skip_breaks(self) -> None:
        if self.heredocs:
            return
        while self.at < len(self.source) and self.source[self.at].isspace():
            self.at += 1

    def _skip_comment(self) -> None:
        end = self.source.find("\n", self.at)
        self.at = len(self.source) if end < 0 else end

    def _redirect_or_word(self, pending: Pending) -> None:
        redirect = _REDIRECT.match(self.source, self.at)
        if redirect is None or _PLACEHOLDER.match(self.source, self.at):
            pending.add(self._word())
            return
        self.at = redirect.end()
        operator = redirect.group().lstrip("0123456789")
        if self.source.startswith("(", self.at):
            self._process_substitution(pending)
            return
        while self.source[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1
        target = self._word()
        if operator in ("<<", "<<-"):
            self.heredocs.append((target.text, operator == "<<-", pending))
        elif operator == "<<<":
            pending.inputs.append(target.text)

    def _process_substitution(self, pending: Pending) -> None:
        before = len(self.commands)
        start = self.at
        self.at += 1
        self._nested(start)
        inner = self.commands[-1] if len(self.commands) > before else None
        pending.fed_by = pending.fed_by or inner

    def _read_heredocs(self) -> None:
        for tag, indented, pending in self.heredocs:
            body: list[str] = []
            while self.at < len(self.source):
                end = self.source.find("\n", self.at)
                end = len(self.source) if end < 0 else end
                line = self.source[self.at : end]
                self.at = min(end + 1, len(self.source))
                if (line.lstrip("\t ") if indented else line).rstrip() == tag:
                    break
                body.append(line)
            pending.inputs.append("\n".join(body))
            command = pending.done()
            if command:
                self.commands.append(command)
        self.heredocs.clear()

    def _word(self) -> Word:
        start, quoted = self.at, False
        pieces: list[str] = []
        while self.at < len(self.source):
            char = self.source[self.at]
            match = _PLAIN.match(self.source, self.at)
            if char == "<":
                match = _PLACEHOLDER.match(self.source, self.at)
            if match or (char == "#" and pieces):
                self.at = match.end() if match else self.at + 1
                pieces.append(match.group() if match else char)
            elif char in "'\"":
                quoted = True
                pieces.append(self._quoted(char))
            elif char in "\\$`":
                pieces.append(self._special(char))
            else:
                break
        if self.at == start and not self.source[start : start + 1].isspace():
            self.at += 1
            pieces.append(self.source[start : self.at])
        assigns = _ASSIGNMENT.match(self.source, start, self.at) is not None
        return Word("".join(pieces), start, self.at, quoted, assigns)

    def _special(self, char: str) -> str:
        if char == "\\":
            escaped = self.source[self.at + 1 : self.at + 2]
            self.at += 2
            return "" if escaped == "\n" else escaped
        if char == "`":
            return self._backticks()
        return self._dollar()

    def _quoted(self, quote: str) -> str:
        start = self.at
        self.at += 1
        pieces: list[str] = []
        while self.at < len(self.source):
            char = self.source[self.at]
            if char == quote:
                self.at += 1
                return "".join(pieces)
            if quote == '"' and char in "\\$`":
                pieces.append(self._in_double_quotes(char))
            else:
                end = self._plain_end(quote)
                pieces.append(self.source[self.at : end])
                self.at = end
        self._unclosed("quote", start)
        return "".join(pieces)

    def _plain_end(self, quote: str) -> int:
        stop = _IN_QUOTES[quote].search(self.source, self.at + 1)
        return stop.start() if stop else len(self.source)

    def _in_double_quotes(self, char: str) -> str:
        if char == "\\":
            pair = self.source[self.at : self.at + 2]
            self.at += 2
            return pair[1:] if pair[1:] in ('"', "\\", "$", "`") else pair.replace("\\\n", "")
        return self._special(char)

    def _dollar(self) -> str:
        start = self.at
        if self.source.startswith("${", start):
            end = self.source.find("}", start, start + 400)
            self.at = end + 1 if end >= 0 else start + 2
            return self.source[start : self.at]
        if self.source.startswith("$'", start):
            self.at += 1
            return self._quoted("'")
        if self.source.startswith("$((", start):
            return self._arithmetic()
        if not self.source.startswith("$(", start) or self.depth >= MAX_DEPTH:
            self.at += 1
            return "$"
        self.at += 2
        return self._nested(start)

    def _arithmetic(self) -> str:
        start = self.at
        end = self.source.find("))", start, start + 400)
        self.at = end + 2 if end >= 0 else start + 3
        return self.source[start : self.at]

    def _nested(self, start: int) -> str:
        """Read the commands of a substitution whose opening bracket was just passed."""
        heredocs, self.heredocs = self.heredocs, []
        self.depth += 1
        self.read_list(closer=")", one_line=False)
        if self.at >= len(self.source):
            self._unclosed("bracket", start)
        self.at += 1
        self.depth -= 1
        self.heredocs = heredocs
        return self.source[start : self.at]

    def _backticks(self) -> str:
        start = self.at
        end = self.source.find("`", start + 1)
        if end < 0:
            self._unclosed("backtick", start)
            self.at = len(self.source)
            return self.source[start:]
        self.at = end + 1
        inner = self.source[start + 1 : end]
        if self.depth < MAX_DEPTH:
            self.commands.extend(read_script(inner).commands)
        return self.source[start : self.at]

    def _unclosed(self, what: str, at: int) -> None:
        if self.problem is None:
            self.problem = Problem(what, at)


_IN_QUOTES = {"'": re.compile("'"), '"': re.compile(r'["\\$`]')}
