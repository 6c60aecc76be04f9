"""Logical functions (Microsoft: template-functions-logical) and `coalesce`: the ones that look at an argument only when they need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from s2sguard.expression.functions.common import boolean, functions, simple
from s2sguard.expression.interface import Function, Json, UnknownValue
from s2sguard.model.value import Unknown

Thunk: TypeAlias = Callable[[], Json]


def if_(condition: Thunk, true_value: Thunk, false_value: Thunk) -> Json:
    """Return one of two values; the other is not evaluated."""
    return true_value() if boolean("if", condition()) else false_value()


def and_(*conditions: Thunk) -> bool:
    """Return whether all are true; what stands after the first false one is not evaluated."""
    return all(boolean("and", condition()) for condition in conditions)


def or_(*conditions: Thunk) -> bool:
    """Return whether any is true; what stands after the first true one is not evaluated."""
    return any(boolean("or", condition()) for condition in conditions)


def coalesce(*values: Thunk) -> Json:
    """Return the first value that is not null, or null; what stands after it is not evaluated."""
    for value in values:
        found = value()
        if isinstance(found, Unknown):
            raise UnknownValue(found)
        if found is not None:
            return found
    return None


def not_(condition: Json) -> bool:
    """Return the opposite."""
    return not boolean("not", condition)


def _lazy(name: str, call: Callable[..., Json], minimum: int, maximum: int | None) -> Function:
    return Function(name=name, call=call, minimum=minimum, maximum=maximum, kind="lazy")


LOGIC: Mapping[str, Function] = functions(
    _lazy("if", if_, 3, 3),
    _lazy("and", and_, 2, None),
    _lazy("or", or_, 2, None),
    _lazy("coalesce", coalesce, 1, None),
    simple("not", not_, 1),
    simple("true", lambda: True, 0),
    simple("false", lambda: False, 0),
    simple("null", lambda: None, 0),
)
