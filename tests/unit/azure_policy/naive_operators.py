"""The operators of a condition and three-valued logic, for the naive evaluator."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeAlias

from s2sguard.model.value import Unknown

from .naive_expressions import FailedError, UnspecifiedError

Json: TypeAlias = Any
Truth: TypeAlias = bool | None
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def negate(truth: Truth) -> Truth:
    """Return the opposite; unknown stays unknown."""
    return None if truth is None else not truth


def kleene_all(found: Iterator[Truth]) -> Truth:
    """False as soon as one is false (what follows is not looked at), else unknown if one is unknown."""
    unknown = False
    for one in found:
        if one is False:
            return False
        unknown = unknown or one is None
    return None if unknown else True


def kleene_any(found: Iterator[Truth]) -> Truth:
    """True as soon as one is true, else unknown if one is unknown."""
    return negate(kleene_all(negate(one) for one in found))


def is_number(value: Json) -> bool:
    """Say whether a value is a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number_in(value: Json) -> float | None:
    """Return the number a string writes."""
    return float(value) if isinstance(value, str) and NUMBER.fullmatch(value) else None


def equals(value: Json, operand: Json) -> bool:
    """Case does not count; a number equals the string that writes it; a Boolean equals its word, and no number."""
    if isinstance(value, Unknown) or isinstance(operand, Unknown):
        raise UnspecifiedError("unknown members of a compared value")
    if isinstance(value, list) and isinstance(operand, list):
        return len(value) == len(operand) and all(equals(a, b) for a, b in zip(value, operand, strict=True))
    if isinstance(value, dict) and isinstance(operand, dict):
        left, right = ({key.lower(): one for key, one in side.items()} for side in (value, operand))
        return left.keys() == right.keys() and all(equals(left[key], right[key]) for key in left)
    return equal_scalars(value, operand)


def equal_scalars(value: Json, operand: Json) -> bool:
    """Compare what is neither array nor object."""
    if isinstance(value, bool) and isinstance(operand, bool):
        return value == operand
    if isinstance(value, bool) or isinstance(operand, bool):
        word, truth = (operand, value) if isinstance(value, bool) else (value, operand)
        return isinstance(word, str) and word.lower() == str(truth).lower()
    if isinstance(value, str) and isinstance(operand, str):
        return value.lower() == operand.lower()
    if is_number(value) or is_number(operand):
        left, right = (number_in(one) if isinstance(one, str) else one for one in (value, operand))
        return is_number(left) and is_number(right) and bool(left == right)
    return value is None and operand is None


def is_in(value: Json, operand: Json) -> bool:
    """Null is in nothing."""
    if not isinstance(operand, list):
        raise FailedError("`in` needs an array")
    return value is not None and any(equals(value, one) for one in operand)


def contains(value: Json, operand: Json) -> bool:
    """A string in a string, or a member of an array."""
    if value is None:
        return False
    if isinstance(value, list):
        return any(equals(one, operand) for one in value)
    if isinstance(value, dict) or isinstance(operand, dict | list) or operand is None:
        raise UnspecifiedError("what an object contains")
    return text(operand).lower() in text(value).lower()


def text(value: Json) -> str:
    """Return the JSON text of a scalar."""
    return value if isinstance(value, str) else json.dumps(value)


def strings(value: Json, operand: Json) -> None:
    """Refuse to say what a pattern means for other values."""
    if not isinstance(value, str) or not isinstance(operand, str):
        raise UnspecifiedError("patterns on values that are no strings")


def like(value: Json, operand: Json) -> bool:
    """One `*` stands for anything."""
    if value is None:
        return False
    strings(value, operand)
    if operand.count("*") > 1:
        raise FailedError("`like` takes one wildcard")
    before, star, after = operand.lower().partition("*")
    if not star:
        return bool(value.lower() == before)
    return len(value) >= len(before) + len(after) and value.lower().startswith(before) and value.lower().endswith(after)


def matches(value: Json, operand: Json) -> bool:
    """`#` is a digit, `?` a letter, `.` anything, and case counts."""
    if value is None:
        return False
    strings(value, operand)
    fits: dict[str, Callable[[str], bool]] = {"#": str.isdigit, "?": str.isalpha, ".": lambda _: True}
    return len(value) == len(operand) and all(
        fits[sign](letter) if sign in fits else sign == letter for letter, sign in zip(value, operand, strict=True)
    )


def contains_key(value: Json, operand: Json) -> bool:
    """A key of an object, in any casing."""
    if isinstance(value, dict) and not isinstance(operand, str):
        raise UnspecifiedError("keys that are no strings")
    return isinstance(value, dict) and any(key.lower() == operand.lower() for key in value)


def exists(value: Json, operand: Json) -> bool:
    """Null does not exist."""
    wanted = operand if isinstance(operand, bool) else {"true": True, "false": False}[str(operand).lower()]
    return (value is not None) == wanted


def order(value: Json, operand: Json) -> int | None:
    """Return -1, 0 or 1, or None for null, which nothing is less or greater than."""
    if value is None:
        return None
    if operand is None:
        raise UnspecifiedError("ordering against null")
    left, right = value, operand
    if is_number(left) or is_number(right):
        left, right = (number_in(one) if isinstance(one, str) else one for one in (left, right))
        if not is_number(left) or not is_number(right):
            raise FailedError("a number is compared with something else")
    elif isinstance(left, str) and isinstance(right, str):
        dates = instant(left), instant(right)
        left, right = dates if dates[0] and dates[1] else (left.lower(), right.lower())
    else:
        raise FailedError("these have no order")
    return int(left > right) - int(left < right)


def instant(value: str) -> datetime | None:
    """Return the date-time a string writes."""
    try:
        return datetime.fromisoformat(value) if "T" in value else None
    except ValueError:
        return None


def ordered(answers: tuple[int, ...]) -> Callable[[Json, Json], bool]:
    """Return an operator that is true for these orders."""
    return lambda value, operand: order(value, operand) in answers


def opposite(operator: Callable[[Json, Json], bool]) -> Callable[[Json, Json], bool]:
    """Return the negated operator."""
    return lambda value, operand: not operator(value, operand)


def folded(operator: Callable[[Json, Json], bool]) -> Callable[[Json, Json], bool]:
    """Return an operator that ignores case."""
    return lambda value, operand: operator(*(one.lower() if isinstance(one, str) else one for one in (value, operand)))


POSITIVE: dict[str, tuple[str, Callable[[Json, Json], bool]]] = {
    "equals": ("notequals", equals),
    "like": ("notlike", like),
    "match": ("notmatch", matches),
    "matchinsensitively": ("notmatchinsensitively", folded(matches)),
    "contains": ("notcontains", contains),
    "in": ("notin", is_in),
    "containskey": ("notcontainskey", contains_key),
}
OPERATORS: dict[str, Callable[[Json, Json], bool]] = {
    **{name: operator for name, (_, operator) in POSITIVE.items()},
    **{negative: opposite(operator) for negative, operator in POSITIVE.values()},
    "less": ordered((-1,)),
    "lessorequals": ordered((-1, 0)),
    "greater": ordered((1,)),
    "greaterorequals": ordered((1, 0)),
    "exists": exists,
}
"""By lowercase name."""
