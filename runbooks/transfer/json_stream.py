"""JSON values out of a file of any size: one member at a time, one member in memory.

A list or a wrapper such as `{"suggestions": [...]}` is not loaded whole. A member's end is found by
its brackets, so that one that is no JSON is told and the next one still read.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

MAX_MEMBER: Final = 50 * 1024 * 1024
"""The longest line or member that is read, in bytes or characters."""

_CHUNK: Final = 1 << 20
_OUTSIDE: Final = re.compile(r'["{}\[\],]')
_INSIDE: Final = re.compile(r'[^"\\]{0,65536}+(?:\\.[^"\\]{0,65536}+){0,65536}+', re.DOTALL)
"""As much of a string as there is; nothing is tried twice."""

_BLANK: Final = re.compile(r"[ \t\r\n\ufeff]*")
_BETWEEN: Final = re.compile(r"[ \t\r\n,\ufeff]*")


class Unreadable(Exception):
    """The file cannot be read any further; the words say why."""


@dataclass(frozen=True)
class Member:
    """One value as text and the line it begins at; `text` is None when it is too long.

    `under` names the list of a wrapper that it stands in, "" outside of one.
    """

    line: int
    text: str | None
    under: str = ""


class JsonStream:
    """Reads the members of a file that holds JSON values one after another.

    `lists` names the keys of a wrapper whose lists hold documents, `head` what was read already.
    """

    def __init__(self, stream: BinaryIO, lists: frozenset[str], head: bytes = b"") -> None:
        self._stream = stream
        self._head = head
        self._lists = lists
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False

    def members(self) -> Iterator[Member]:
        """Give every document; raise Unreadable where nothing further makes sense."""
        while (opening := self._next(_BLANK)) is not None:
            if opening == "[":
                self._step()
                yield from self._listed("")
            elif opening == "{":
                yield from self._object()
            else:
                raise Unreadable("neither an object nor a list begins here")

    @property
    def line(self) -> int:
        """The line that has been read up to."""
        return self._line

    def _listed(self, under: str) -> Iterator[Member]:
        """Give the members of a list up to its bracket."""
        while True:
            opening = self._next(_BETWEEN)
            if opening is None:
                raise Unreadable("the file ends within a list")
            if opening == "]":
                self._step()
                return
            line = self._line
            value = self._value()
            yield Member(line, value, under)
            if value == "":
                raise Unreadable("the brackets do not match from here on")

    def _object(self) -> Iterator[Member]:
        """Give the lists of a wrapper, or the one document that the object is."""
        line, wrapped = self._line, False
        parts: list[str] = []
        self._step()
        while (opening := self._next(_BETWEEN)) != "}":
            key = self._value() if opening == '"' else None
            if key is None or self._next(_BLANK) != ":":
                raise Unreadable("this is not a JSON object")
            self._step()
            if self._next(_BLANK) == "[" and key.strip('"') in self._lists:
                wrapped = True
                self._step()
                yield from self._listed(key.strip('"'))
                continue
            value = self._value()
            parts.append(f"{key}:{value}" if value is not None else "")
        self._step()
        if not wrapped:
            whole = "{" + ",".join(parts) + "}"
            yield Member(line, whole if all(parts) and len(whole) <= MAX_MEMBER else None)

    def _value(self) -> str | None:
        """Take one value by its quotes and brackets; None when it is too long to be held."""
        scan = _Scan(self._at)
        dropped = False
        while not scan.run(self._text):
            if len(self._text) - self._at > MAX_MEMBER:
                dropped = True
                self._move(scan.place)
                self._forget()
                scan.place = 0
            if not self._more():
                break
        text = self._text[self._at : scan.place]
        self._move(scan.place)
        return None if dropped or len(text) > MAX_MEMBER else text.strip()

    def _move(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _forget(self) -> None:
        """Let go of what was read."""
        self._text = self._text[self._at :]
        self._at = 0

    def _next(self, skipped: re.Pattern[str]) -> str | None:
        """Pass over what stands between values; give the character that follows."""
        while True:
            found = skipped.match(self._text, self._at)
            self._move(found.end() if found else self._at)
            if self._at > _CHUNK:
                self._forget()
            if self._at < len(self._text):
                return self._text[self._at]
            self._forget()
            if not self._more():
                return None

    def _step(self) -> None:
        self._at += 1

    def _more(self) -> bool:
        """Read a further piece of the file; say whether there was one."""
        while not self._ended:
            data, self._head = self._head or self._stream.read(_CHUNK), b""
            self._ended = not data
            try:
                text = self._decoder.decode(data, final=self._ended)
            except UnicodeDecodeError:
                raise Unreadable("the file is not UTF-8 text from here on") from None
            if text:
                self._text += text
                return True
        return False


class _Scan:
    """Looks for the end of one value; `place` is how far it looked, at the end where it ends."""

    def __init__(self, place: int) -> None:
        self.place = place
        self._depth = 0
        self._in_string = False

    def run(self, text: str) -> bool:
        """Go on through the text; say whether the end was found, else more text is needed."""
        while True:
            if self._in_string:
                if not self._string_closed(text):
                    return False
                if self._depth == 0:
                    return True
            found = _OUTSIDE.search(text, self.place)
            if found is None:
                self.place = len(text)
                return False
            self.place = found.end()
            if self._ends_at(found.group()):
                return True

    def _string_closed(self, text: str) -> bool:
        """Pass over the string up to its quote; False when the text ends before."""
        while True:
            found = _INSIDE.match(text, self.place)
            self.place = found.end() if found else self.place
            if text[self.place : self.place + 2] in ("", "\\"):
                return False
            if text[self.place] == '"':
                self.place += 1
                self._in_string = False
                return True

    def _ends_at(self, mark: str) -> bool:
        if mark == '"':
            self._in_string = True
        elif mark in "{[":
            self._depth += 1
        elif self._depth == 0:
            self.place -= 1  # a bare number or word ends before the mark
            return True
        elif mark != ",":
            self._depth -= 1
            return self._depth == 0
        return False
