"""Lambda expressions and the functions that take them."""

from __future__ import annotations

import pytest

from s2sguard.expression import STANDARD, Dialect, ExpressionSyntaxError, Json, compile_value
from tests.unit.expression.running import EVERYTHING, failure, rows, run

TUNNELS = [
    {"name": "blue", "id": "b", "mtu": 1400, "peers": ["a", "b"]},
    {"name": "red", "id": "r", "mtu": 1300, "peers": ["c"]},
    {"name": "green", "id": "g", "mtu": 1400, "peers": []},
]
TABLE: dict[str, Json] = {
    "[map(filter(value('t'), lambda('t', greaterOrEquals(lambdaVariables('t').mtu, 1400))), lambda('t', lambdaVariables('T').name))]": [
        "blue",
        "green",
    ],
    "[filter(range(0, 6), lambda('n', equals(0, mod(lambdaVariables('n'), 2))))]": [0, 2, 4],
    "[filter(createArray('a', 'b', 'c'), lambda('x', 'i', greater(lambdaVariables('i'), 0)))]": ["b", "c"],
    "[map(createArray('a', 'b'), lambda('x', 'i', concat(lambdaVariables('x'), lambdaVariables('i'))))]": ["a0", "b1"],
    "[map(createArray(), lambda('x', int('no')))]": [],
    "[reduce(createArray(1, 2, 3), 10, lambda('sum', 'n', add(lambdaVariables('sum'), lambdaVariables('n'))))]": 16,
    "[reduce(createArray(5, 7), 0, lambda('sum', 'n', 'i', add(lambdaVariables('sum'), lambdaVariables('i'))))]": 1,
    "[reduce(createArray(), 'start', lambda('a', 'b', int('no')))]": "start",
    "[toObject(value('t'), lambda('t', lambdaVariables('t').name), lambda('t', lambdaVariables('t').mtu))]": {
        "blue": 1400,
        "red": 1300,
        "green": 1400,
    },
    "[toObject(createArray('a', 'b'), lambda('x', toUpper(lambdaVariables('x'))))]": {"A": "a", "B": "b"},
    "[groupBy(createArray('ab', 'cd', 'ae'), lambda('x', first(lambdaVariables('x'))))]": {"a": ["ab", "ae"], "c": ["cd"]},
    "[mapValues(createObject('a', 'x', 'b', 'y'), lambda('v', toUpper(lambdaVariables('v'))))]": {"a": "X", "b": "Y"},
    "[map(value('t'), lambda('t', map(lambdaVariables('t').peers, lambda('p', concat(lambdaVariables('t').id, lambdaVariables('p'))))))]": [
        ["ba", "bb"],
        ["rc"],
        [],
    ],
    "[map(createArray(1), lambda('x', map(createArray(2), lambda('x', lambdaVariables('x')))))]": [[2]],
    "[map(createArray(1), lambda('x', if(true(), lambdaVariables('x'), int('no'))))]": [1],
    "[map(value('t'), lambda('t', lambdaVariables('t').?peers[?1]))]": ["b", None, None],
}


@rows(TABLE)
def test_a_lambda_function(expression: str, expected: Json) -> None:
    """Filtering, mapping, reducing, sorting and grouping, with index variables, nesting and shadowing."""
    assert expected == run(expression, t=TUNNELS)


def test_sorting_keeps_the_places_of_equals() -> None:
    """Elements are ordered by what the lambda expression says of pairs; those that it does not tell apart keep their order."""
    before = "lambda('a', 'b', less(lambdaVariables('a').mtu, lambdaVariables('b').mtu))"
    assert [TUNNELS[1], TUNNELS[0], TUNNELS[2]] == run(f"[sort(value('t'), {before})]", t=TUNNELS)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[map(createArray(1), 'x')]", "`map` takes a lambda expression at character 22"),
        ("[map(createArray(1), toLower('x'))]", "`map` takes a lambda expression at character 22"),
        ("[map(createArray(1), lambda(1))]", "the lambda expression of `map` takes 1 to 2 variables at character 22"),
        ("[sort(createArray(1), lambda('a', true()))]", "the lambda expression of `sort` takes 2 variables at character 23"),
        ("[map(createArray(1), lambda(toLower('a'), 1))]", "the name of a lambda variable is a string at character 29"),
        ("[concat(lambda('a', 1))]", "a lambda expression is not an argument of a function that takes one at character 9"),
        ("[lambdaVariables('a')]", "there is no lambda variable of this name at character 2"),
        ("[map(createArray(1), lambda('a', lambdaVariables('b')))]", "there is no lambda variable of this name at character 34"),
        ("[concat(map(createArray(1), lambda('a', 1)), lambdaVariables('a'))]", "there is no lambda variable of this name at character 46"),
    ],
)
def test_a_misplaced_lambda_is_found_while_compiling(expression: str, message: str) -> None:
    """Lambda expressions stand where a function takes one, with the right number of variables; variables stand inside them."""
    with pytest.raises(ExpressionSyntaxError) as raised:
        compile_value(expression, EVERYTHING)
    assert message == raised.value.message


def test_a_dialect_without_lambdas_has_none() -> None:
    """The words mean nothing where the dialect does not have them."""
    with pytest.raises(ExpressionSyntaxError, match="there is no function `map`"):
        compile_value("[map(createArray(1), lambda('a', 1))]", Dialect(functions=STANDARD))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[filter(createArray(1), lambda('a', 1))]", "`filter` takes a boolean, not an integer"),
        ("[sort(createArray(1, 2), lambda('a', 'b', 1))]", "`sort` takes a boolean, not an integer"),
        ("[toObject(createArray(1), lambda('a', 1))]", "`toObject` takes a string, not an integer"),
        ("[groupBy(createArray(1), lambda('a', null()))]", "`groupBy` takes a string, not null"),
        ("[map('x', lambda('a', 1))]", "`map` takes an array, not a string"),
        ("[mapValues(createArray(), lambda('a', 1))]", "`mapValues` takes an object, not an array"),
    ],
)
def test_a_lambda_function_checks_its_values(expression: str, message: str) -> None:
    """Values of the wrong kind, given or returned, are failures."""
    assert message == failure(expression)


def test_nested_lambdas_end() -> None:
    """Lambda expressions inside lambda expressions stop at a number of evaluations instead of running for hours."""
    thousand = "range(0, 2000)"
    inner = f"filter({thousand}, lambda('y', false()))"
    assert "lambda expressions are evaluated more than 1000000 times" == failure(f"[map({thousand}, lambda('x', {inner}))]")
