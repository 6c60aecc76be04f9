"""What all functions share: checked arguments, one equality, one order of strings.

A function gets plain values, never a top-level `Unknown`, and raises `ExpressionFailure` or `UnknownValue` only.
Messages name the function and the kind of a value, never the value.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Iterator
from typing import NoReturn

from s2sguard.expression.interface import ExpressionFailure, Function, Json, UnknownValue
from s2sguard.expression.partial import same
from s2sguard.model.folding import fold
from s2sguard.model.value import Unknown

MAX_INTEGER = 2**63 - 1
"""Integers are 64 bits wide (Microsoft: data-types)."""
MAX_TEXT = 1 << 22
"""Characters that a function would rather not build; every dialect's own limit is lower."""


def fail(name: str, message: str) -> NoReturn:
    """Raise the failure of the function `name`."""
    raise ExpressionFailure(f"`{name}` {message}")


def kind(value: Json) -> str:
    """Return what a value is, in words for a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    for types, words in ((str, "a string"), (int, "an integer"), (float, "a number"), (list, "an array"), (dict, "an object")):
        if isinstance(value, types):
            return words
    return "an unsupported value"


def wrong(name: str, wanted: str, value: Json) -> NoReturn:
    """Raise for a value of the wrong kind; an unknown one is no failure."""
    if isinstance(value, Unknown):
        raise UnknownValue(value)
    fail(name, f"takes {wanted}, not {kind(value)}")


def text(name: str, value: Json) -> str:
    """Return `value`, a string."""
    return value if isinstance(value, str) else wrong(name, "a string", value)


def is_integer(value: Json) -> bool:
    """Return whether a value is an integer; booleans are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Json) -> bool:
    """Return whether a value is an integer or a floating-point number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def integer(name: str, value: Json) -> int:
    """Return `value`, an integer."""
    return value if isinstance(value, int) and not isinstance(value, bool) else wrong(name, "an integer", value)


def array(name: str, value: Json) -> list[Json]:
    """Return `value`, an array."""
    return value if isinstance(value, list) else wrong(name, "an array", value)


def mapping(name: str, value: Json) -> dict[str, Json]:
    """Return `value`, an object."""
    return value if isinstance(value, dict) else wrong(name, "an object", value)


def boolean(name: str, value: Json) -> bool:
    """Return `value`, a boolean."""
    return value if isinstance(value, bool) else wrong(name, "a boolean", value)


def in_range(name: str, value: int) -> int:
    """Return an integer that fits into 64 bits."""
    return value if -MAX_INTEGER - 1 <= value <= MAX_INTEGER else fail(name, "has a result that does not fit into 64 bits")


def in_length(name: str, length: int) -> None:
    """Refuse a result of `length` characters before it is built."""
    if length > MAX_TEXT:
        fail(name, f"has a result of more than {MAX_TEXT} characters")


def scalar_text(name: str, value: Json) -> str:
    """Return a string, number or boolean as text; booleans are `True` and `False`, as in .NET."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int):
        return str(in_range(name, value))
    if isinstance(value, float):
        return number_text(value)
    return wrong(name, "strings, numbers and booleans", value)


def number_text(value: float) -> str:
    """Return a floating-point number as JSON writes it; the names of the ones JSON does not have are those of .NET."""
    names = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
    written = repr(float(value))
    return names.get(written, written)


def equal(left: Json, right: Json) -> bool:
    """Return whether two values are equal: strings with their case, numbers by value, arrays and objects member by member.

    Names of properties keep their case, and booleans equal booleans only
    (Microsoft: Bicep's comparison operators, which compile to `equals`).
    Raises `UnknownValue` where the answer depends on an unknown member.
    """
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    unknown: Unknown | None = None
    pending = [(left, right)]
    while pending:
        a, b = pending.pop()
        if isinstance(a, Unknown) or isinstance(b, Unknown):
            verdict = same(a, b)
            if verdict is False:
                return False
            unknown = unknown if verdict else a if isinstance(a, Unknown) else b
        elif isinstance(a, list | dict) and isinstance(b, list | dict):
            below = _pairs(a, b)
            if below is None:
                return False
            pending.extend(below)
        elif not _equal_scalars(a, b):
            return False
    if unknown is not None:
        raise UnknownValue(unknown)
    return True


def _pairs(a: Json, b: Json) -> list[tuple[Json, Json]] | None:
    """Return the members of two arrays or objects side by side, or None where their number, names or kinds differ."""
    if isinstance(a, list) and isinstance(b, list):
        return list(zip(a, b, strict=True)) if len(a) == len(b) else None
    if isinstance(a, dict) and isinstance(b, dict):
        return [(a[name], b[name]) for name in a] if a.keys() == b.keys() else None
    return None


def _equal_scalars(a: Json, b: Json) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return a == b
    return isinstance(a, str) and isinstance(b, str) and a == b if a is not None else b is None


def is_in(value: Json, members: list[Json]) -> bool:
    """Return whether an array has a member equal to `value`. Raises `UnknownValue` where an unknown member may be the only one."""
    if value not in members and not _has_unknown([value, *members]):
        # Python takes more for equal than `equal` does, never less.
        return False
    unknown: UnknownValue | None = None
    for member in members:
        try:
            if equal(member, value):
                return True
        except UnknownValue as error:
            unknown = error
    if unknown is not None:
        raise unknown
    return False


def _has_unknown(values: list[Json]) -> bool:
    """Return whether anything in these values is unknown, at any depth."""
    level: list[Json] = [values]
    while level:
        below: list[Json] = []
        for container in level:
            for member in container.values() if isinstance(container, dict) else container:
                if isinstance(member, Unknown):
                    return True
                if isinstance(member, list | dict):
                    below.append(member)
        level = below
    return False


def position(value: Json, members: list[Json]) -> int | None:
    """Return the index of the first member that is equal to `value`. Raises `UnknownValue` where an unknown one comes before it."""
    return next((index for index, member in enumerate(members) if equal(member, value)), None)


def key_of(value: Json) -> Hashable:
    """Return something that is equal and hashes equally for equal values, in the sense of `equal`."""
    if isinstance(value, Unknown):
        raise UnknownValue(value)
    if isinstance(value, list):
        return ("array", *map(key_of, value))
    if isinstance(value, dict):
        return ("object", frozenset((name, key_of(member)) for name, member in value.items()))
    return ("boolean", value) if isinstance(value, bool) else value


def find_name(names: dict[str, Json], name: str) -> str | None:
    """Return the name of a property as the object writes it, ignoring case; None where it has none."""
    if name in names:
        return name
    folded = fold(name)
    return next((other for other in names if fold(other) == folded), None)


def order_key(value: str) -> tuple[str, str, str]:
    """Return what strings are ordered by: letters first, then accents, then case, lower before upper.

    The documentation of `less` and `greater` has `'a' < 'A'`, so the order is linguistic.
    The whole order of .NET's invariant culture is not documented: this one has punctuation before digits before letters.
    """
    characters = unicodedata.normalize("NFD", value)
    return characters.translate(_LETTERS), characters.translate(_ACCENTS), characters.translate(_CASES)


class _Weights(dict[int, str]):
    """A table for `str.translate` that fills itself: texts may be long, and have few characters that differ."""

    def __init__(self, weight: Callable[[str], str]) -> None:
        super().__init__()
        self._weight = weight

    def __missing__(self, code: int) -> str:
        return self.setdefault(code, self._weight(chr(code)))


def _class(character: str) -> str:
    return "2" if character.isalpha() else "1" if character.isdigit() else "0"


_is_accent = unicodedata.combining
_LETTERS = _Weights(lambda one: "" if _is_accent(one) else _class(one) + one.casefold())
_ACCENTS = _Weights(lambda one: one if _is_accent(one) else "")
_CASES = _Weights(lambda one: "" if _is_accent(one) else "1" if one.isupper() else "0")


def functions(*items: Function) -> dict[str, Function]:
    """Return functions by lowercase name."""
    return {item.name.lower(): item for item in items}


def simple(name: str, call: Callable[..., Json], minimum: int, maximum: int | None = -1) -> Function:
    """Return an eager function; it takes exactly `minimum` arguments where no maximum is given."""
    return Function(name=name, call=call, minimum=minimum, maximum=minimum if maximum == -1 else maximum)


def merged(name: str, parts: Iterator[list[Json]] | list[list[Json]]) -> list[Json]:
    """Return arrays as one, refusing absurd sizes before they are built."""
    result: list[Json] = []
    for part in parts:
        result.extend(part)
        if len(result) > MAX_TEXT:
            fail(name, f"has a result of more than {MAX_TEXT} elements")
    return result
