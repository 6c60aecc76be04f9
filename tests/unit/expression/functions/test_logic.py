"""Logical functions and `coalesce`."""

from __future__ import annotations

import pytest

from s2sguard.expression import Json
from tests.unit.expression.running import failure, rows, run

TABLE: dict[str, Json] = {
    "[and(true(), true(), true())]": True,
    "[and(true(), false())]": False,
    "[or(false(), false())]": False,
    "[or(false(), false(), true())]": True,
    "[not(true())]": False,
    "[not(false())]": True,
    "[if(true(), 'a', 'b')]": "a",
    "[if(false(), 'a', 'b')]": "b",
    "[if(true(), null(), 'b')]": None,
    "[coalesce(null(), null(), 'x', 'y')]": "x",
    "[coalesce('', 'y')]": "",
    "[coalesce(createArray(), 'y')]": [],
    "[coalesce(false(), 'y')]": False,
    "[coalesce(null())]": None,
    "[if(true(), 1, div(1, 0))]": 1,
    "[if(false(), div(1, 0), 2)]": 2,
    "[and(false(), bool('no'))]": False,
    "[or(true(), bool('no'))]": True,
    "[coalesce(1, div(1, 0))]": 1,
    "[if(contains(createObject('a', 1), 'b'), createObject('a', 1).b, 'none')]": "none",
}


@rows(TABLE)
def test_a_logical_function(expression: str, expected: Json) -> None:
    """Only what decides is evaluated: what would fail in another branch does not matter."""
    assert expected == run(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[and(true(), 'true')]", "`and` takes a boolean, not a string"),
        ("[or(1, true())]", "`or` takes a boolean, not an integer"),
        ("[not('false')]", "`not` takes a boolean, not a string"),
        ("[not(null())]", "`not` takes a boolean, not null"),
        ("[if('true', 1, 2)]", "`if` takes a boolean, not a string"),
        ("[if(null(), 1, 2)]", "`if` takes a boolean, not null"),
        ("[and(true(), div(1, 0))]", "`div` takes a second integer that is not 0"),
        ("[coalesce(null(), div(1, 0))]", "`div` takes a second integer that is not 0"),
    ],
)
def test_a_logical_function_refuses(expression: str, message: str) -> None:
    """Conditions are booleans and nothing else, and a failure that is reached is one."""
    assert message == failure(expression)
