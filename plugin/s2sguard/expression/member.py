"""One step into a value: `.name`, `['name']`, `[0]`, and the safe forms `.?name` and `[?0]` that give null."""

from __future__ import annotations

from collections.abc import Callable
from types import EllipsisType
from typing import Any, TypeAlias

from s2sguard.expression.interface import Budget, ExpressionFailure, Json, UnknownValue
from s2sguard.expression.open import Open
from s2sguard.model.value import Unknown

Run: TypeAlias = Callable[[Any], Json]
_STEPS_OF_A_NAME = 2
"""What comparing one name without its casing takes from a budget."""


class Missing(Exception):  # noqa: N818  # an answer, not an error
    """There is no such property or element; `safe` access turns it into null."""


def property_of(value: dict[str, Json], name: str) -> Json:
    """Return a property by its exact name, else ignoring case, else what a subclass of dict gives for missing names. Raises `Missing`."""
    if name in value:
        return value[name]
    folded = name.casefold()
    for key, member in value.items():
        if key.casefold() == folded:
            return member
    missing = getattr(type(value), "__missing__", None)
    if missing is None:
        raise Missing
    return missing(value, name)


def look_up(value: Json, key: Json) -> Json:
    """Return one property of an object or element of an array.

    Raises `Missing` where it is not there, `ExpressionFailure` where the key does not fit, `UnknownValue` where either is unknown.
    """
    if isinstance(value, Open):
        return value.member(key)
    for part in (value, key):
        if isinstance(part, Unknown):
            raise UnknownValue(part)
    if isinstance(value, dict) and isinstance(key, str):
        return property_of(value, key)
    if isinstance(value, list) and isinstance(key, int) and not isinstance(key, bool):
        if 0 <= key < len(value):
            return value[key]
        raise Missing
    if value is None:
        raise Missing
    raise ExpressionFailure(_misfit(value, key))


def _misfit(value: Json, key: Json) -> str:
    if isinstance(value, list):
        return "an element of an array is taken by an integer"
    if isinstance(value, dict):
        return "a property of an object is taken by a string"
    what = "a property" if isinstance(key, str) else "an element"
    return f"{what} is taken of a value that is neither an object nor an array"


def _absent(value: Json, key: Json, literal: object) -> str:
    """Say what is missing; a name is quoted only where it stands in the expression itself."""
    name = f" `{literal}`" if isinstance(literal, str) else ""
    if value is None:
        return f"the property{name} is taken of null" if isinstance(key, str) else "an element is taken of null"
    if isinstance(value, list):
        return f"the index lies outside the array, whose length is {len(value)}"
    return f"the object has no property{name or ' of this name'}"


def _paid(budget: Budget | None) -> Callable[[Json, Json], Json]:
    """Return `look_up`; with a budget, looking for a name in another casing is paid for."""
    if budget is None:
        return look_up

    def paid(value: Json, key: Json) -> Json:
        members = value.value if isinstance(value, Open) else value
        if isinstance(members, dict) and not (isinstance(key, str) and key in members):
            budget.spend(1 + _STEPS_OF_A_NAME * len(members))
        return look_up(value, key)

    return paid


def step(base: Run, key: Run, *, safe: bool, key_value: Json | EllipsisType = ..., budget: Budget | None = None) -> Run:
    """Return the code of one step; `key_value` is the key where it is a literal."""
    look = _paid(budget)
    if safe:
        return _safe(base, key, look)
    return _named(base, key_value, look) if isinstance(key_value, str) else _plain(base, key, key_value, look)


def _plain(base: Run, key: Run, literal: object, look: Callable[[Json, Json], Json]) -> Run:
    def run(env: object) -> Json:
        value, name = base(env), key(env)
        try:
            return look(value, name)
        except Missing:
            raise ExpressionFailure(_absent(value, name, literal)) from None

    return run


def _named(base: Run, name: str, look: Callable[[Json, Json], Json]) -> Run:
    """The common case first: a plain object that has the name as written."""
    retry = _plain(lambda value: value, lambda _value: name, name, look)

    def run(env: object) -> Json:
        value = base(env)
        if type(value) is dict and name in value:
            return value[name]
        return retry(value)

    return run


def _safe(base: Run, key: Run, look: Callable[[Json, Json], Json]) -> Run:
    def run(env: object) -> Json:
        value = base(env)
        if value is None:
            return None
        try:
            return look(value, key(env))
        except Missing:
            return None

    return run
