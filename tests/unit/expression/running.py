"""What the tests of expressions share: a dialect with every function, and running one expression in it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from s2sguard.expression import LAMBDA, STANDARD, Compiled, Dialect, ExpressionFailure, Function, Json, compile_value


def _value(environment: Mapping[str, Json], name: str) -> Json:
    """Return a value of the environment: the host function of the tests."""
    if name not in environment:
        raise ExpressionFailure("there is no such value")
    return environment[name]


VALUE = Function(name="value", call=_value, minimum=1, maximum=1, kind="host")
EVERYTHING = Dialect(functions={**STANDARD, **LAMBDA, "value": VALUE})
"""All functions, and `value('name')` for values that no literal can write."""


def compiled(value: Json, **limits: int) -> Compiled:
    """Compile a JSON value in the dialect with everything."""
    return compile_value(value, Dialect(functions=EVERYTHING.functions, **limits))  # type: ignore[arg-type]


def run(expression: Json, **values: Json) -> Json:
    """Return what a JSON value with expressions in it comes to; `values` are what `value('name')` finds."""
    return compiled(expression).run(values)


def failure(expression: str, **values: Json) -> str:
    """Return the message with which an expression fails."""
    with pytest.raises(ExpressionFailure) as raised:
        run(expression, **values)
    return raised.value.message


def same(actual: Json, expected: Json) -> bool:
    """Return whether two results are equal and of one type: 1 is neither 1.0 nor true."""
    return repr(actual) == repr(expected)


Table = Mapping[str, Json]


def rows(table: Table) -> pytest.MarkDecorator:
    """Return the parametrization of a test by expressions and what they come to."""
    return pytest.mark.parametrize(("expression", "expected"), table.items(), ids=list(table))
