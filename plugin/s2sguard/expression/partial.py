"""Strings of which some parts are not known: `gw-` and then a parameter without a value.

Such a string is `Unknown` to everything that does not ask for more, and still good for names and ids: the same parts are the same
string. Azure Policy has none of these; they come from the host functions of a dialect.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypeAlias

from s2sguard.expression.interface import ExpressionFailure, Json
from s2sguard.model.value import Unknown

MAX_TEXT = 131_072
"""Characters, tokens included: what Azure allows for a string (facts 5.8)."""
_ODD = re.compile(r"[^\w.~\[\]-]")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Token:
    """What stands for a part nobody knows. Equal tokens stand for equal texts; different ones may do so too."""

    text: str
    """Short and readable, in braces: `{gatewayName}`."""
    casing: Literal["", "lower", "upper"] = ""
    """What `toLower` or `toUpper` made of it."""


Part: TypeAlias = str | Token


@dataclass(frozen=True, slots=True)
class Partial(Unknown):
    """A string made of known texts and tokens; it is a string for certain, so never null."""

    parts: tuple[Part, ...] = ()
    """At least one token; no two texts in a row, and no empty one."""
    segments: bool = False
    """True for the id of a resource: no token holds a slash."""

    @property
    def text(self) -> str:
        """Return the string with its tokens, for names and ids, which ignore case."""
        return "".join([part if isinstance(part, str) else part.text for part in self.parts])

    @property
    def literals(self) -> tuple[str, ...]:
        """Return the known texts, in order."""
        return tuple(part for part in self.parts if isinstance(part, str))

    @property
    def prefix(self) -> str:
        """Return the known text it starts with."""
        return self.parts[0] if isinstance(self.parts[0], str) else ""

    @property
    def suffix(self) -> str:
        """Return the known text it ends with."""
        return self.parts[-1] if isinstance(self.parts[-1], str) else ""


def token(name: str, reason: str) -> Partial:
    """Return a string of which nothing is known but what it is called; what a name may not hold is left out of it."""
    short = _ODD.sub("_", name)[:_LONGEST_NAME]
    return Partial(reason, (Token(f"{{{short}}}" if short == name else f"{{{short}~{digest(name)}}}"),))


def derived(function: str, values: Iterable[Json], reason: str) -> Partial:
    """Return what a function of strings makes of partly known ones: the same of the same, so its token names the function and them."""
    return token(f"{function}~{digest([shown(value) for value in values])}", reason)


def digest(value: object) -> str:
    """Return eight characters that tell values apart."""
    return sha256(repr(value).encode(errors="surrogatepass")).hexdigest()[:8]


def shown(value: Json) -> Json:
    """Return what a value consists of, to tell it from others."""
    return value.parts if isinstance(value, Partial) else value


def joined(values: Iterable[str | Partial | Token], *, segments: bool = False) -> str | Partial:
    """Return strings as one. Raises `ExpressionFailure` for one that is too long."""
    parts: list[Part] = []
    reason: str | None = None
    for value in values:
        reason = value.reason if isinstance(value, Partial) and reason is None else reason
        for part in value.parts if isinstance(value, Partial) else (value,):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif part != "":
                parts.append(part)
    if sum(len(part if isinstance(part, str) else part.text) for part in parts) > MAX_TEXT:
        raise ExpressionFailure(f"a string is longer than {MAX_TEXT} characters")
    if not any(isinstance(part, Token) for part in parts):
        return "".join([part for part in parts if isinstance(part, str)])
    return Partial(reason or "a part of it is not known", tuple(parts), segments)


def changed(value: Partial, change: Callable[[str], str], casing: Literal["lower", "upper"]) -> Partial:
    """Return a string in lower or upper case; a token keeps its text, as names and ids ignore case."""
    parts = tuple(change(part) if isinstance(part, str) else Token(part.text, casing) for part in value.parts)
    return Partial(value.reason, parts, value.segments)


def split_segments(value: Partial) -> list[str | Partial]:
    """Return the segments of an id whose tokens hold no slash."""
    return [_with_reason(joined(parts, segments=True), value.reason) for parts in between_slashes(value.parts)]


def between_slashes(parts: Iterable[Part]) -> list[list[Part]]:
    """Return what stands between the slashes of the known texts, as parts of one string each."""
    found: list[list[Part]] = [[]]
    for part in parts:
        if isinstance(part, Token):
            found[-1].append(part)
            continue
        first, *rest = part.split("/")
        found[-1].append(first)
        found.extend([text] for text in rest)
    return found


def _with_reason(value: str | Partial, reason: str) -> str | Partial:
    return Partial(reason, value.parts, value.segments) if isinstance(value, Partial) else value


def same(left: Json, right: Json) -> bool | None:
    """Return whether two values, of which at least one is unknown, are equal all the same; None where nobody can say."""
    partly, other = (left, right) if isinstance(left, Partial) else (right, left)
    if not isinstance(partly, Partial) or (isinstance(other, Unknown) and not isinstance(other, Partial)):
        return None
    if isinstance(other, Partial):
        return True if other.parts == partly.parts else None if _may_be(partly, other.prefix, other.suffix) else False
    if not isinstance(other, str):
        return False
    long_enough = len(other) >= sum(map(len, partly.literals))
    return None if long_enough and _may_be(partly, other, other) else False


def _may_be(partly: Partial, start: str, end: str) -> bool:
    """Say whether a string can start with the one and end with the other text, as far as both are known."""
    head, tail = min(len(partly.prefix), len(start)), min(len(partly.suffix), len(end))
    return partly.prefix[:head] == start[:head] and (tail == 0 or partly.suffix[-tail:] == end[-tail:])
