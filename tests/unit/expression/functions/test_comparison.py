"""Comparison functions, and the one equality behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.expression import Json
from s2sguard.expression.functions.common import equal, key_of, order_key
from s2sguard.model.folding import fold
from tests.unit.expression.json_values import json_values
from tests.unit.expression.running import failure, rows, run

TABLE: dict[str, Json] = {
    "[equals('a', 'a')]": True,
    "[equals('a', 'A')]": False,
    "[equals(1, 1)]": True,
    "[equals(1, 1.0)]": True,
    "[equals(1, '1')]": False,
    "[equals(1, true())]": False,
    "[equals(0, false())]": False,
    "[equals('true', true())]": False,
    "[equals(null(), null())]": True,
    "[equals(null(), '')]": False,
    "[equals('', null())]": False,
    "[equals(createArray(1, 'a'), createArray(1, 'a'))]": True,
    "[equals(createArray(1, 2), createArray(2, 1))]": False,
    "[equals(createArray(1), createArray(1, 2))]": False,
    "[equals(createArray(1), createArray(true()))]": False,
    "[equals(createObject('a', 1, 'b', 2), createObject('b', 2, 'a', 1))]": True,
    "[equals(createObject('a', 1), createObject('A', 1))]": False,
    "[equals(createObject('a', 1), createArray('a', 1))]": False,
    "[equals(createObject('a', createArray(1)), createObject('a', createArray(2)))]": False,
    "[less(1, 2)]": True,
    "[less(2, 2)]": False,
    "[less(1.5, 2)]": True,
    "[lessOrEquals(2, 2)]": True,
    "[greater(3, 2)]": True,
    "[greaterOrEquals(2, 3)]": False,
    "[less('A', 'a')]": False,
    "[greater('A', 'a')]": True,
    "[lessOrEquals('A', 'a')]": False,
    "[greaterOrEquals('A', 'a')]": True,
    "[less('band', 'Bend')]": True,
    "[less('Band', 'bend')]": True,
    "[less('a', 'ab')]": True,
    "[less('10', '9')]": True,
    "[less('9', 'a')]": True,
    "[less('zebra', 'Ärger')]": False,
    "[lessOrEquals('same', 'same')]": True,
    "[greaterOrEquals('', '')]": True,
}


@rows(TABLE)
def test_a_comparison(expression: str, expected: Json) -> None:
    """Strings keep their case and order as words do, lower case first; kinds that differ are not equal."""
    assert expected is run(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[less(1, 'a')]", "`less` takes two integers or two strings, not a string"),
        ("[greater('1', 0)]", "`greater` takes two integers or two strings, not an integer"),
        ("[lessOrEquals(null(), 1)]", "`lessOrEquals` takes two integers or two strings, not null"),
        ("[greaterOrEquals(true(), false())]", "`greaterOrEquals` takes two integers or two strings, not a boolean"),
        ("[less(createArray(), createArray())]", "`less` takes two integers or two strings, not an array"),
    ],
)
def test_a_comparison_refuses(expression: str, message: str) -> None:
    """Only numbers with numbers and strings with strings have an order."""
    assert message == failure(expression)


@given(left=json_values(), right=json_values())
def test_keys_agree_with_equality(left: Json, right: Json) -> None:
    """Two values have equal keys exactly where they are equal."""
    assert equal(left, right) == (key_of(left) == key_of(right))
    assert equal(left, left)


@given(st.text(), st.text())
def test_strings_have_one_order(left: str, right: str) -> None:
    """Of two strings exactly one is less, or they look the same."""
    assert (order_key(left) < order_key(right)) + (order_key(right) < order_key(left)) + (order_key(left) == order_key(right)) == 1


@given(st.text())
def test_folding_keeps_positions(written: str) -> None:
    """A string without its case is as long as with it, and folding twice changes nothing more."""
    assert len(written) == len(fold(written))
    assert fold(written) == fold(fold(written))
