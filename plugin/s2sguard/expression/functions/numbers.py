"""Arithmetic on 64-bit integers (Microsoft: template-functions-numeric)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from s2sguard.expression.functions.common import fail, functions, in_range, integer, simple
from s2sguard.expression.interface import Function, Json


def _arithmetic(name: str, compute: Callable[[int, int], int]) -> Function:
    """Return a function of two integers whose result has to fit into 64 bits."""

    def call(left: Json, right: Json) -> int:
        return in_range(name, compute(in_range(name, integer(name, left)), in_range(name, integer(name, right))))

    return simple(name, call, 2)


def divide(left: int, right: int) -> int:
    """Return the quotient without its fraction, towards zero as .NET divides integers."""
    if right == 0:
        fail("div", "takes a second integer that is not 0")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def modulo(left: int, right: int) -> int:
    """Return the remainder of `divide`, which has the sign of the first integer."""
    if right == 0:
        fail("mod", "takes a second integer that is not 0")
    return left - right * divide(left, right)


NUMBERS: Mapping[str, Function] = functions(
    _arithmetic("add", operator.add),
    _arithmetic("div", divide),
    _arithmetic("mod", modulo),
    _arithmetic("mul", operator.mul),
    _arithmetic("sub", operator.sub),
)
