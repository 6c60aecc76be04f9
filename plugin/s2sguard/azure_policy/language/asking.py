"""Tests of one value, of every selected value, and of a number that may be in doubt."""

from __future__ import annotations

from collections.abc import Callable

from s2sguard.azure_policy.language.env import Env, Test
from s2sguard.azure_policy.language.failures import located
from s2sguard.azure_policy.language.operators import Predicate
from s2sguard.azure_policy.language.paths import Selected, UnknownArray
from s2sguard.azure_policy.language.targets import Bound
from s2sguard.expression.interface import ExpressionFailure, Json, UnknownValue

_ENDLESS = 1_000_000_000


def asking_one(look: Callable[[Env], Json], bound: Bound, pointer: str) -> Test:
    """Return the test of one value; None where an unknown value decides."""
    predicate, bind = bound.predicate, bound.bind

    def test(env: Env) -> bool | None:
        try:
            value = look(env)
            ask = predicate or bind(env)
            if value.__class__ is Selected:
                return each(env, value, ask)
            return ask(value)
        except UnknownValue as doubt:
            return env.unknown(doubt.unknown)
        except ExpressionFailure as failure:
            raise located(failure, pointer) from None

    return test


def asking_each(select: Callable[[Env], list[Json] | None], bound: Bound, pointer: str, *, strict: bool = False) -> Test:
    """Return the test that every selected value must meet; nothing selected is true, a selection of None is false.

    `strict`: a missing array gives such a selection, so that a condition on an array that is not known is never true.
    """
    predicate, bind = bound.predicate, bound.bind

    def test(env: Env) -> bool | None:
        try:
            values = select(env)
            ask = predicate or bind(env)
            if values is None:
                return False
            met = each(env, values, ask)
            doubt = next((value for value in values if value.__class__ is UnknownArray), None) if strict and met else None
            return met if doubt is None else env.unknown(doubt)
        except UnknownValue as doubt:
            return env.unknown(doubt.unknown)
        except ExpressionFailure as failure:
            raise located(failure, pointer) from None

    return test


def each(env: Env, values: list[Json], ask: Predicate) -> bool | None:
    """Say whether all values meet the condition; None where an unknown one decides."""
    doubt = None
    for value in values:
        try:
            if not ask(value):
                if value.__class__ is not UnknownArray:
                    return False
                # The array may be empty as well, and then every condition on its members is true.
                doubt = UnknownValue(value)
        except UnknownValue as unknown:
            doubt = unknown
    return True if doubt is None else env.unknown(doubt.unknown)


def asking_number(counted: Callable[[Env], tuple[int, int | None]], bound: Bound, pointer: str, *, monotone: bool) -> Test:
    """Return the test of a count; where it is in doubt, the answer stands only if every possible number gives the same."""
    predicate, bind = bound.predicate, bound.bind

    def test(env: Env) -> bool | None:
        try:
            least, most = counted(env)
            ask = predicate or bind(env)
            if least == most:
                return ask(least)
            first = ask(least)
            if most is None:
                return first if monotone and ask(_ENDLESS) is first else None
            others = (most,) if monotone else range(least + 1, most + 1)
            return first if all(ask(number) is first for number in others) else None
        except UnknownValue as doubt:
            return env.unknown(doubt.unknown)
        except ExpressionFailure as failure:
            raise located(failure, pointer) from None

    return test
