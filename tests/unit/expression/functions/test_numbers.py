"""Arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.expression import Json
from tests.unit.expression.running import failure, rows, run, same

TABLE: dict[str, Json] = {
    "[add(2, -5)]": -3,
    "[sub(2, 5)]": -3,
    "[mul(-4, 3)]": -12,
    "[div(8, 3)]": 2,
    "[div(-8, 3)]": -2,
    "[div(8, -3)]": -2,
    "[mod(7, 3)]": 1,
    "[mod(-7, 3)]": -1,
    "[mod(7, -3)]": 1,
    "[add(9223372036854775807, 0)]": 2**63 - 1,
    "[sub(-9223372036854775807, 1)]": -(2**63),
}


@rows(TABLE)
def test_arithmetic(expression: str, expected: Json) -> None:
    """Integers are added, multiplied, and divided towards zero."""
    assert same(run(expression), expected)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[div(1, 0)]", "`div` takes a second integer that is not 0"),
        ("[mod(1, 0)]", "`mod` takes a second integer that is not 0"),
        ("[add(9223372036854775807, 1)]", "`add` has a result that does not fit into 64 bits"),
        ("[mul(9223372036854775807, 2)]", "`mul` has a result that does not fit into 64 bits"),
        ("[div(-9223372036854775808, -1)]", "`div` has a result that does not fit into 64 bits"),
        ("[add('1', 2)]", "`add` takes an integer, not a string"),
        ("[add(1, 2.5)]", "`add` takes an integer, not a number"),
        ("[add(true(), 1)]", "`add` takes an integer, not a boolean"),
        ("[sub(1, null())]", "`sub` takes an integer, not null"),
    ],
)
def test_arithmetic_refuses(expression: str, message: str) -> None:
    """Zero as divisor, results beyond 64 bits and values that are no integers are failures."""
    assert message == failure(expression)


@given(left=st.integers(-(2**31), 2**31), right=st.integers(-(2**31), 2**31).filter(bool))
def test_quotient_and_remainder_belong_together(left: int, right: int) -> None:
    """Quotient times divisor plus remainder is the dividend, and the remainder is smaller than the divisor."""
    quotient, remainder = run("[div(value('l'), value('r'))]", l=left, r=right), run("[mod(value('l'), value('r'))]", l=left, r=right)
    assert left == quotient * right + remainder
    assert abs(remainder) < abs(right)
    assert abs(quotient) == abs(left) // abs(right)
