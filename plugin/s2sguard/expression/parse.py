"""Text of an expression -> a small tree: literals, calls and property access.

Grammar (Microsoft: template-expressions, and the Bicep compiler's output for `.?` and `[?`)::

    expression := primary { '.' name | '.?' name | '[' expression ']' | '[?' expression ']' }
    primary    := string | number | name { '.' name } '(' [ expression { ',' expression } ] ')'

Strings stand in single quotes and double a quote inside; there are no bare words: `true()`, `false()` and `null()` are functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from s2sguard.expression.interface import ExpressionSyntaxError, Json

MAX_INTEGER = 2**63 - 1
"""Integers are 64 bits wide (Microsoft: data-types)."""

_SPACE = re.compile(r"\s*")
_TOKEN = re.compile(
    r"(?P<string>'(?:[^']|'')*+')"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<mark>\.\?|\[\?|[.,()\[\]])",
)
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A string or a number."""

    value: Json
    at: int
    """Where it stands: the number of its first character in the expression, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNode:
    """A function with its arguments; `name` is lowercase, `written` as in the text."""

    name: str
    written: str
    arguments: tuple[Node, ...]
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One step into an object or array; `safe` gives null where a plain one fails."""

    base: Node
    key: Node
    safe: bool
    at: int


Node: TypeAlias = Literal | CallNode | Access


def parse(text: str, *, max_depth: int, max_arguments: int) -> Node:
    """Return the tree of an expression as written, outer brackets included. Raises `ExpressionSyntaxError`."""
    return _Parser(text, max_depth=max_depth, max_arguments=max_arguments).whole()


class _Parser:
    """Recursive descent; the depth limit keeps it far from the end of Python's stack."""

    __slots__ = ("at", "depth", "end", "kind", "max_arguments", "max_depth", "text", "word")

    def __init__(self, text: str, *, max_depth: int, max_arguments: int) -> None:
        self.text = text
        self.max_depth = max_depth
        self.max_arguments = max_arguments
        self.depth = 0
        self.at = self.end = 1
        self.kind: str | None = ""
        self.word = ""

    def whole(self) -> Node:
        """Parse everything between the outer brackets."""
        self._next()
        if self.word == "]" and self.end == len(self.text):
            raise self._error("the expression is empty")
        node = self._expression()
        if self.word != "]":
            raise self._error("expected the end of the expression, `.` or `[`")
        if self.end != len(self.text):
            self._next()
            raise self._error("expected the end of the expression")
        return node

    def _next(self) -> None:
        """Read one token; at the end of the text it is empty."""
        space = _SPACE.match(self.text, self.end)
        self.at = space.end() if space else self.end
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            self.kind, self.word, self.end = None, "", self.at
            if self.at < len(self.text):
                raise self._error(self._stray())
            return
        self.kind, self.word, self.end = match.lastgroup, match.group(), match.end()

    def _stray(self) -> str:
        """Say what is wrong with a character that starts no token."""
        if self.text[self.at] == "'":
            return "the string is not closed"
        if self.text[self.at] == '"':
            return "strings stand in single quotes"
        return "unexpected character"

    def _error(self, message: str, at: int | None = None) -> ExpressionSyntaxError:
        """Return the error; the text itself is not quoted, only its place, counted from 1."""
        place = (self.at if at is None else at) + 1
        where = "at the end" if place > len(self.text) else f"at character {place}"
        return ExpressionSyntaxError(f"{message} {where}")

    def _expect(self, mark: str) -> None:
        if self.word != mark:
            raise self._error(f"expected `{mark}`")
        self._next()

    def _expression(self) -> Node:
        node = self._primary()
        while self.kind == "mark" and self.word in {".", ".?", "[", "[?"}:
            node = self._access(node)
        return node

    def _deeper(self) -> None:
        """Count one level of calls or indexes within each other."""
        self.depth += 1
        if self.depth > self.max_depth:
            raise self._error(f"functions are nested more than {self.max_depth} levels deep")

    def _access(self, base: Node) -> Node:
        mark, at = self.word, self.at
        if mark[0] == ".":
            self._next()
            key: Node = Literal(value=self._property_name(), at=self.at + 1)
            self._next()
        else:
            self._deeper()
            self._next()
            key = self._expression()
            self._expect("]")
            self.depth -= 1
        return Access(base=base, key=key, safe=mark[-1] == "?", at=at + 1)

    def _property_name(self) -> str:
        if self.kind != "name":
            raise self._error("expected a property name")
        return self.word

    def _primary(self) -> Node:
        at = self.at + 1
        if self.kind == "string":
            value: Json = self.word[1:-1].replace("''", "'")
        elif self.kind == "number":
            value = self._number()
        elif self.kind == "name":
            return self._call(at)
        else:
            raise self._error("expected a function call, a string or a number")
        self._next()
        return Literal(value=value, at=at)

    def _number(self) -> int | float:
        if not self.word.lstrip("+-").isdecimal():
            return float(self.word)
        digits = self.word.lstrip("+-").lstrip("0")
        # Longer text is not even converted: Python refuses more than 4 300 digits.
        value = int(self.word) if len(digits) < 20 else MAX_INTEGER + 2
        if not -MAX_INTEGER - 1 <= value <= MAX_INTEGER:
            raise self._error("the integer does not fit into 64 bits")
        return value

    def _call(self, at: int) -> CallNode:
        """Parse `name(...)`, or `namespace.name(...)` of a user-defined function."""
        written = self.word
        self._next()
        while self.word == ".":
            self._next()
            written += "." + self._property_name()
            self._next()
        if self.word != "(":
            hint = f"`{written.lower()}()` is a function" if written.lower() in {"true", "false", "null"} else ""
            error = self._error("expected `(` after the name of a function")
            raise ExpressionSyntaxError(error.message, hint=hint)
        self._deeper()
        self._next()
        arguments = self._arguments()
        self._expect(")")
        self.depth -= 1
        return CallNode(name=written.lower(), written=written, arguments=tuple(arguments), at=at)

    def _arguments(self) -> list[Node]:
        arguments: list[Node] = []
        if self.word == ")":
            return arguments
        while True:
            arguments.append(self._expression())
            if len(arguments) > self.max_arguments:
                raise self._error(f"a function takes at most {self.max_arguments} arguments; there are more")
            if self.word != ",":
                return arguments
            self._next()
