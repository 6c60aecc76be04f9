"""When two values are equal, and which comes first: the coercions of conditions (facts 5.2 and 5.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final, TypeAlias

from s2sguard.azure_policy.language.text import fold
from s2sguard.expression.interface import ExpressionFailure, Json, UnknownValue
from s2sguard.model.value import Unknown

Number: TypeAlias = int | float
IsEqual: TypeAlias = Callable[[Json], bool]

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d{1,4})?", re.IGNORECASE | re.ASCII)
_LONGEST_NUMBER = 400
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)(?:[T ](?P<minute>\d\d:\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s?(?P<zone>Z|[+-]\d\d:?\d\d)?)?",
    re.IGNORECASE | re.ASCII,
)
_TICKS: Final = 10_000_000
"""In one second, as .NET counts (seven digits of `fffffff`)."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def number(value: Json) -> Number | None:
    """Return a number, or the number that a numeric string spells; None for everything else (booleans are no numbers)."""
    kind = value.__class__
    if kind is int or kind is float:
        return value  # type: ignore[no-any-return]
    if kind is not str or len(value) > _LONGEST_NUMBER or not _NUMBER.fullmatch(value):
        return None
    try:
        return int(value)
    except ValueError:
        return float(value)


def moment(text: str) -> int | None:
    """Return an ISO 8601 date or date and time as ticks of 100 ns since 1970 in UTC; None for any other text.

    A time without a zone is UTC (policy-rule: dates are in Universal ISO 8601 format).
    """
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    zone = (found["zone"] or "Z").upper().replace("Z", "+00:00")
    try:
        whole = datetime.fromisoformat(f"{found['date']}T{found['minute'] or '00:00'}:{found['second'] or '00'}{zone}")
    except ValueError:
        return None
    since = whole - _EPOCH
    ticks = int((found["fraction"] or "0").ljust(9, "0")[:7])
    return (since.days * 86_400 + since.seconds) * _TICKS + ticks


def as_text(value: Json) -> str | None:
    """Return a string as it is, a number or boolean as JSON writes it; None for everything else."""
    kind = value.__class__
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is float:
        try:
            return repr(value)
        except ValueError:  # more digits than Python converts
            return None
    return None


def equals(target: Json) -> IsEqual:
    """Return a function that says whether a value equals `target`.

    Strings ignore case; a number equals a string that spells it; a boolean equals `"true"` or `"false"`;
    arrays and objects compare member by member. Raises `UnknownValue` where an unknown member decides.
    """
    kind = target.__class__
    if kind is str:
        return _equals_string(target)
    if kind is bool:
        return _equals_boolean(target)
    if kind is int or kind is float:
        return _equals_number(target)
    if kind is list or isinstance(target, list):
        return _equals_array([equals(one) for one in target])
    if isinstance(target, dict):
        return _equals_object({fold(key): equals(value) for key, value in target.items()})
    if isinstance(target, Unknown):
        raise UnknownValue(target)
    return lambda value: value is None or _refuse_unknown(value)


def _equals_string(target: str) -> IsEqual:
    folded = fold(target)
    spelled = number(target)

    def is_equal(value: Json) -> bool:
        kind = value.__class__
        if kind is str:
            return value == target or fold(value) == folded
        if kind is bool:
            return folded == ("true" if value else "false")
        if kind is int or kind is float:
            return spelled is not None and bool(value == spelled)
        return _refuse_unknown(value)

    return is_equal


def _equals_boolean(target: bool) -> IsEqual:  # noqa: FBT001
    spelled = "true" if target else "false"

    def is_equal(value: Json) -> bool:
        if value.__class__ is bool:
            return value is target
        return fold(value) == spelled if value.__class__ is str else _refuse_unknown(value)

    return is_equal


def _equals_number(target: Number) -> IsEqual:
    def is_equal(value: Json) -> bool:
        kind = value.__class__
        if kind is int or kind is float:
            return bool(value == target)
        return number(value) == target if kind is str else _refuse_unknown(value)

    return is_equal


def _equals_array(targets: list[IsEqual]) -> IsEqual:
    def is_equal(value: Json) -> bool:
        if not isinstance(value, list):
            return _refuse_unknown(value)
        return len(value) == len(targets) and all(one(member) for one, member in zip(targets, value, strict=True))

    return is_equal


def _equals_object(targets: dict[str, IsEqual]) -> IsEqual:
    def is_equal(value: Json) -> bool:
        if not isinstance(value, dict):
            return _refuse_unknown(value)
        members = {fold(key): member for key, member in value.items()}
        return members.keys() == targets.keys() and all(one(members[key]) for key, one in targets.items())

    return is_equal


def _refuse_unknown(value: Json) -> bool:
    if isinstance(value, Unknown):
        raise UnknownValue(value)
    return False


def one_of(targets: Iterable[Json]) -> IsEqual:
    """Return a function that says whether a value equals any of `targets`; null is in nothing (facts 5.3)."""
    known = [one for one in targets if one is not None and not isinstance(one, Unknown)]
    unknown = next((one for one in targets if isinstance(one, Unknown)), None)
    strings = frozenset(fold(one) for one in known if one.__class__ is str)
    others = [equals(one) for one in known if one.__class__ is not str]
    spelled = [equals(one) for one in known if one.__class__ is str and (number(one) is not None or fold(one) in {"true", "false"})]

    def is_in(value: Json) -> bool:
        if value is None:
            return False
        if value.__class__ is str:
            found = fold(value) in strings or any(one(value) for one in others)
        else:
            found = any(one(value) for one in others) or any(one(value) for one in spelled)
            # Nothing is in an empty list, so there an unknown value leaves no doubt.
            found = found or (bool(known) and _refuse_unknown(value))
        if not found and unknown is not None:
            raise UnknownValue(unknown)
        return found

    return is_in


def has_equal(values: Iterable[Json], is_equal: IsEqual) -> bool:
    """Say whether `is_equal` holds for any value; raises `UnknownValue` where only an unknown one could."""
    doubt: Unknown | None = None
    for value in values:
        if isinstance(value, Unknown):
            doubt = value
        elif is_equal(value):
            return True
    if doubt is not None:
        raise UnknownValue(doubt)
    return False


def same(one: Json, other: Json) -> bool:
    """Say whether two values are the same JSON, casing included; Python's `==` takes true for 1."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


_SYMBOL, _DIGIT, _LETTER = 0, 1, 2


def sort_key(text: str) -> tuple[tuple[int, str], ...]:
    """Return what orders strings without case: symbols before digits before letters, near InvariantCultureIgnoreCase."""
    return tuple((_DIGIT if character.isdigit() else _LETTER if character.isalpha() else _SYMBOL, character) for character in fold(text))


def difference(value: Json, target: Json) -> int:
    """Return less than, equal to or greater than 0 as `value` is to `target`, neither of which is null.

    Numbers compare as numbers, also with a numeric string on one side; two strings as dates where both are ISO 8601,
    else without case. Raises `ExpressionFailure` for any other pair (policy-rule: an error is thrown).
    """
    if isinstance(value, Unknown):
        raise UnknownValue(value)
    if value.__class__ is str and target.__class__ is str:
        return _difference_of_strings(value, target)
    left, right = number(value), number(target)
    if left is None or right is None or value.__class__ is bool or target.__class__ is bool:
        raise ExpressionFailure(f"{kind_of(value)} cannot be ordered against {kind_of(target)}")
    return (left > right) - (left < right)


def _difference_of_strings(value: str, target: str) -> int:
    left, right = moment(value), moment(target)
    if left is not None and right is not None:
        return (left > right) - (left < right)
    first, second = sort_key(value), sort_key(target)
    return (first > second) - (first < second)


_KINDS: Final = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "an array", dict: "an object"}


def kind_of(value: Json) -> str:
    """Return what a value is, in words; never the value."""
    return "null" if value is None else _KINDS.get(value.__class__, "an unknown value")
