"""Comparison functions (Microsoft: template-functions-comparison)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from s2sguard.expression.functions.common import equal, functions, is_number, order_key, simple, wrong
from s2sguard.expression.interface import Function, Json

_COST = 320
"""Ordering strings takes some microseconds for each character."""
_COST_OF_EQUALS = 10
"""Comparing takes one microsecond for each node."""


def _ordered(name: str, compare: Callable[[Any, Any], bool]) -> Function:
    """Return one of the four ordering functions: both numbers, or both strings in their linguistic order, lower case first."""

    def call(left: Json, right: Json) -> bool:
        if is_number(left) and is_number(right):
            return compare(left, right)
        if isinstance(left, str) and isinstance(right, str):
            return compare(order_key(left), order_key(right))
        comparable = is_number(left) or isinstance(left, str)
        return wrong(name, "two integers or two strings", right if comparable else left)

    return replace(simple(name, call, 2), cost=_COST)


COMPARISON: Mapping[str, Function] = functions(
    replace(simple("equals", equal, 2), cost=_COST_OF_EQUALS),
    _ordered("less", operator.lt),
    _ordered("lessOrEquals", operator.le),
    _ordered("greater", operator.gt),
    _ordered("greaterOrEquals", operator.ge),
)
