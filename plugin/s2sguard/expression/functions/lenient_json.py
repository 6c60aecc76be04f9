"""JSON as ARM's `json` function reads it: single quotes and bare names of properties are fine too.

The documentation's own examples are `{'a': 'b'}` and `'test'` (Microsoft: bicep-functions-object).
"""

from __future__ import annotations

import re
from typing import NoReturn

from s2sguard.expression.functions.common import MAX_INTEGER, fail
from s2sguard.expression.interface import Json

MAX_DEPTH = 128
"""Levels of nesting."""

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_WORDS: dict[str, Json] = {"true": True, "false": False, "null": None}


def loads(name: str, source: str) -> Json:
    """Return the value of JSON text, for the function `name`. Raises `ExpressionFailure`; numbers that 64 bits cannot hold are one."""
    return _Reader(name, source).whole()


class _Reader:
    """Recursive descent, its depth limited."""

    __slots__ = ("at", "depth", "name", "source")

    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.source = source
        self.at = 0
        self.depth = 0

    def whole(self) -> Json:
        value = self.value()
        self.skip()
        if self.at != len(self.source):
            self.stop()
        return value

    def stop(self) -> NoReturn:
        fail(self.name, "takes JSON; the string is not valid JSON")

    def skip(self) -> str:
        """Go to the next character that is not space and return it."""
        match = _SPACE.match(self.source, self.at)
        self.at = match.end() if match else self.at
        return self.source[self.at : self.at + 1]

    def value(self) -> Json:
        character = self.skip()
        if character in {"[", "{"}:
            self.depth += 1
            if self.depth > MAX_DEPTH:
                fail(self.name, f"takes JSON of at most {MAX_DEPTH} levels")
            self.at += 1
            value: Json = self.array() if character == "[" else self.object()
            self.depth -= 1
            return value
        if character in {"'", '"'}:
            return self.string()
        return self.word()

    def array(self) -> list[Json]:
        members: list[Json] = []
        if self.skip() == "]":
            self.at += 1
            return members
        while True:
            members.append(self.value())
            if self.mark(",", "]") == "]":
                return members

    def object(self) -> dict[str, Json]:
        members: dict[str, Json] = {}
        if self.skip() == "}":
            self.at += 1
            return members
        while True:
            name = self.string() if self.skip() in {"'", '"'} else self.take(_NAME)
            self.mark(":")
            members[name] = self.value()
            if self.mark(",", "}") == "}":
                return members

    def mark(self, *expected: str) -> str:
        character = self.skip()
        if character not in expected:
            self.stop()
        self.at += 1
        return character

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.source, self.at)
        if match is None:
            self.stop()
        self.at = match.end()
        return match.group()

    def string(self) -> str:
        inner = self.take(_STRING)[1:-1]
        return _joined(_ESCAPE.sub(_unescaped, inner)) if "\\" in inner else inner

    def word(self) -> Json:
        if self.source[self.at : self.at + 1].isalpha():
            word = self.take(_NAME)
            return _WORDS[word] if word in _WORDS else self.stop()
        return self.number(self.take(_NUMBER))

    def number(self, digits: str) -> Json:
        if not digits.lstrip("-").isdecimal():
            return self.finite(float(digits))
        value = int(digits) if len(digits) < 25 else MAX_INTEGER + 2
        return value if -MAX_INTEGER - 1 <= value <= MAX_INTEGER else self.finite(float(digits))

    def finite(self, value: float) -> float:
        return value if value - value == 0 else self.stop()


def _joined(written: str) -> str:
    """Return a string in which two halves of a surrogate pair, each escaped on its own, are one character."""
    return written.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _unescaped(match: re.Match[str]) -> str:
    escape = match.group(1)
    if len(escape) == 5:
        return chr(int(escape[1:], 16))
    return _ESCAPES.get(escape, escape)
