"""The nineteen operators of conditions (definition-structure-policy-rule, "Conditions"; facts 5.2 and 5.3).

An operator is bound to its target once and then asked for many values, so that a literal target costs nothing at run time.
A value of null, or a missing one, is false for every operator that asserts something, and true for its negation;
only `equals` null and `exists` see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from s2sguard.azure_policy.language.compare import as_text, difference, equals, has_equal, kind_of, one_of
from s2sguard.azure_policy.language.text import fold
from s2sguard.expression.interface import ExpressionFailure, Json, UnknownValue
from s2sguard.model.value import Unknown

Predicate: TypeAlias = Callable[[Json], bool]
"""Asks one value; raises `ExpressionFailure`, or `UnknownValue` where an unknown part of it decides."""


class TargetError(ExpressionFailure):
    """A target that the operator cannot take, whatever the value is. A problem of the definition where it is a literal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One operator: its documented name and how it is bound to a target."""

    name: str
    bind: Callable[[Json], Predicate]
    """Takes the target; raises `TargetError`, or `UnknownValue` where the target is not known."""
    takes_array: bool = False
    """Whether the target is an array, as for `in` and `notIn` only (author-policies-for-arrays, "Array conditions")."""
    monotone: bool = False
    """Whether an answer that is the same for two numbers is the same for all between them."""


def _never(value: Json) -> bool:
    if isinstance(value, Unknown):
        raise UnknownValue(value)
    return False


def _text_target(target: Json, operator: str) -> str | None:
    if isinstance(target, Unknown):
        raise UnknownValue(target)
    text = as_text(target)
    if text is None and target is not None:
        raise TargetError(f"`{operator}` takes a string, not {kind_of(target)}")
    return text


def _text(value: Json) -> str | None:
    if isinstance(value, Unknown):
        raise UnknownValue(value)
    return as_text(value)


def _like(target: Json) -> Predicate:
    pattern = _text_target(target, "like")
    if pattern is None:
        return _never
    if pattern.count("*") > 1:
        raise TargetError("the pattern of `like` holds more than one `*`")
    start, star, end = fold(pattern).partition("*")
    shortest = len(start) + len(end)

    def is_like(value: Json) -> bool:
        text = _text(value)
        if text is None:
            return False
        text = fold(text)
        return len(text) >= shortest and text.startswith(start) and text.endswith(end) if star else text == start

    return is_like


def _fits(sign: str, character: str) -> bool:
    if sign == "#":
        return character.isdecimal()
    if sign == "?":
        return character.isalpha()
    return sign in {".", character}


def _match(target: Json) -> Predicate:
    pattern = _text_target(target, "match")
    if pattern is None:
        return _never

    def matches(value: Json) -> bool:
        text = _text(value)
        return text is not None and len(text) == len(pattern) and all(map(_fits, pattern, text))

    return matches


def _match_insensitively(target: Json) -> Predicate:
    pattern = _text_target(target, "matchInsensitively")
    matches = _match(None if pattern is None else fold(pattern))
    return lambda value: matches(fold(value) if value.__class__ is str else value)


def _contains(target: Json) -> Predicate:
    text = _text_target(target, "contains")
    if text is None:
        return _never
    folded, is_equal = fold(text), equals(target)

    def contains(value: Json) -> bool:
        if isinstance(value, list):
            return has_equal(value, is_equal)
        whole = _text(value)
        return whole is not None and folded in fold(whole)

    return contains


def _contains_key(target: Json) -> Predicate:
    text = _text_target(target, "containsKey")
    if text is None:
        return _never
    folded = fold(text)

    def has_key(value: Json) -> bool:
        if isinstance(value, dict):
            return text in value or any(fold(key) == folded for key in value)
        return _never(value)

    return has_key


def _in(target: Json) -> Predicate:
    if isinstance(target, Unknown):
        raise UnknownValue(target)
    if not isinstance(target, list):
        raise TargetError(f"`in` and `notIn` take an array, not {kind_of(target)}")
    return one_of(target)


def _exists(target: Json) -> Predicate:
    if isinstance(target, Unknown):
        raise UnknownValue(target)
    wanted = {"true": True, "false": False}.get(fold(as_text(target) or ""))
    if wanted is None or not isinstance(target, str | bool):
        raise TargetError(f"`exists` takes true or false, not {kind_of(target)}")

    def exists(value: Json) -> bool:
        if isinstance(value, Unknown):
            raise UnknownValue(value)
        return (value is not None) is wanted

    return exists


def _ordered(holds: Callable[[int], bool], name: str) -> Callable[[Json], Predicate]:
    def bind(target: Json) -> Predicate:
        if isinstance(target, Unknown):
            raise UnknownValue(target)
        if target is None:
            return _never
        if target.__class__ not in {str, int, float}:
            raise TargetError(f"`{name}` takes a number, a string or a date, not {kind_of(target)}")
        return lambda value: value is not None and holds(difference(value, target))

    return bind


def _not(bind: Callable[[Json], Predicate]) -> Callable[[Json], Predicate]:
    def negated(target: Json) -> Predicate:
        holds = bind(target)
        return lambda value: not holds(value)

    return negated


def _operators() -> dict[str, Operator]:
    asserting = {"equals": equals, "like": _like, "match": _match, "matchInsensitively": _match_insensitively}
    asserting |= {"contains": _contains, "containsKey": _contains_key}
    named = [Operator(name=name, bind=bind) for name, bind in asserting.items()]
    named += [Operator(name=f"not{name[0].upper()}{name[1:]}", bind=_not(bind)) for name, bind in asserting.items()]
    named += [Operator(name="in", bind=_in, takes_array=True), Operator(name="notIn", bind=_not(_in), takes_array=True)]
    order: dict[str, Callable[[int], bool]] = {
        "less": lambda sign: sign < 0,
        "lessOrEquals": lambda sign: sign <= 0,
        "greater": lambda sign: sign > 0,
        "greaterOrEquals": lambda sign: sign >= 0,
    }
    named += [Operator(name=name, bind=_ordered(holds, name), monotone=True) for name, holds in order.items()]
    named.append(Operator(name="exists", bind=_exists))
    return {operator.name.lower(): operator for operator in named}


OPERATORS: Final = MappingProxyType(_operators())
"""Every operator by its lowercase name."""
