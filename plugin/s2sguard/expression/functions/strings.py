"""Functions on strings (Microsoft: template-functions-string)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from s2sguard.expression.functions.common import (
    array,
    fail,
    functions,
    in_length,
    integer,
    is_integer,
    position,
    scalar_text,
    simple,
    text,
    wrong,
)
from s2sguard.expression.interface import Function, Json
from s2sguard.model.folding import fold

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What .NET takes for white space (System.Char.IsWhiteSpace)."""


def split(value: Json, delimiter: Json) -> list[str]:
    """Return the parts between delimiters, empty parts included; several delimiters are given as an array.

    Empty delimiters count for nothing, and where all are empty it is white space that separates, as in .NET's String.Split.
    """
    source = text("split", value)
    marks = [text("split", mark) for mark in delimiter] if isinstance(delimiter, list) else [_delimiter(delimiter)]
    marks = [mark for mark in marks if mark]
    if len(marks) == 1:
        return source.split(marks[0])
    return re.split("|".join(map(re.escape, marks)) if marks else f"[{SPACE}]", source)


def _delimiter(value: Json) -> str:
    return value if isinstance(value, str) else wrong("split", "a string or an array of strings to split at", value)


def join(value: Json, delimiter: Json) -> str:
    """Return strings, numbers and booleans as one string with a delimiter between them."""
    parts = [scalar_text("join", part) for part in array("join", value)]
    mark = text("join", delimiter)
    in_length("join", sum(map(len, parts)) + len(mark) * len(parts))
    return mark.join(parts)


def replace(value: Json, old: Json, new: Json) -> str:
    """Return a string with every `old` replaced; case matters. An empty `old` fails, as in .NET."""
    source, search, instead = text("replace", value), text("replace", old), text("replace", new)
    if not search:
        fail("replace", "takes a string to be replaced; it is empty")
    in_length("replace", len(source) + source.count(search) * max(len(instead) - len(search), 0))
    return source.replace(search, instead)


def substring(value: Json, start: Json = 0, length: Json = None) -> str:
    """Return `length` characters from `start` on, or all of them; both must lie within the string."""
    source, begin = text("substring", value), integer("substring", start)
    number = len(source) - begin if length is None else integer("substring", length)
    if begin < 0 or number < 0 or begin + number > len(source):
        fail("substring", "takes a start and a length within the string")
    return source[begin : begin + number]


def pad_left(value: Json, total: Json, padding: Json = " ") -> str:
    """Return a string or integer with padding before it, `total` characters long; a longer one stays as it is."""
    source = str(value) if is_integer(value) else text("padLeft", value)
    width, character = integer("padLeft", total), text("padLeft", padding)
    if len(character) != 1:
        fail("padLeft", "takes a single character to pad with")
    if width < 0:
        fail("padLeft", "takes a length that is not negative")
    in_length("padLeft", width)
    return source.rjust(width, character)


def index_of(value: Json, search: Json) -> int:
    """Return where a string first contains another, ignoring case, or an array a value, minding it; -1 where nowhere."""
    if isinstance(value, list):
        found = position(search, value)
        return -1 if found is None else found
    return fold(text("indexOf", value)).find(fold(text("indexOf", search)))


def last_index_of(value: Json, search: Json) -> int:
    """Return where a string or array last contains a value; see `index_of`."""
    if isinstance(value, list):
        found = position(search, value[::-1])
        return -1 if found is None else len(value) - 1 - found
    return fold(text("lastIndexOf", value)).rfind(fold(text("lastIndexOf", search)))


def starts_with(value: Json, search: Json) -> bool:
    """Return whether a string starts with another, ignoring case."""
    return fold(text("startsWith", value)).startswith(fold(text("startsWith", search)))


def ends_with(value: Json, search: Json) -> bool:
    """Return whether a string ends with another, ignoring case."""
    return fold(text("endsWith", value)).endswith(fold(text("endsWith", search)))


def to_lower(value: Json) -> str:
    """Return a string in lower case, character by character."""
    source = text("toLower", value)
    return source.lower() if source.isascii() else "".join(_only(character, character.lower()) for character in source)


def to_upper(value: Json) -> str:
    """Return a string in upper case, character by character: what has no single upper-case letter stays."""
    source = text("toUpper", value)
    return source.upper() if source.isascii() else "".join(_only(character, character.upper()) for character in source)


def _only(character: str, changed: str) -> str:
    return changed if len(changed) == 1 else character


def trim(value: Json) -> str:
    """Return a string without white space at its ends."""
    return text("trim", value).strip(SPACE)


STRINGS: Mapping[str, Function] = functions(
    simple("endsWith", ends_with, 2),
    simple("indexOf", index_of, 2),
    simple("join", join, 2),
    simple("lastIndexOf", last_index_of, 2),
    simple("padLeft", pad_left, 2, 3),
    simple("replace", replace, 3),
    simple("split", split, 2),
    simple("startsWith", starts_with, 2),
    simple("substring", substring, 2, 3),
    simple("toLower", to_lower, 1),
    simple("toUpper", to_upper, 1),
    simple("trim", trim, 1),
)
