"""Functions on arrays, and those that take strings and objects as well."""

from __future__ import annotations

import pytest

from s2sguard.expression import Json
from tests.unit.expression.running import failure, rows, run, same

TABLE: dict[str, Json] = {
    "[array(7)]": [7],
    "[array('vpn')]": ["vpn"],
    "[array(createObject('a', 'b'))]": [{"a": "b"}],
    "[array(createArray(1))]": [1],
    "[concat('s2s', '-', 'guard')]": "s2s-guard",
    "[concat('a', 1, true(), false(), -2, 1.5)]": "a1TrueFalse-21.5",
    "[concat(1, 2)]": "12",
    "[concat(createArray('a'), createArray(), createArray('b', 'a'))]": ["a", "b", "a"],
    "[contains('InitiatorOnly', 'Only')]": True,
    "[contains('InitiatorOnly', 'only')]": False,
    "[contains('', '')]": True,
    "[contains('port 500', 500)]": True,
    "[contains(createObject('IkeEncryption', 1), 'ikeencryption')]": True,
    "[contains(createObject('a', 'b'), 'b')]": False,
    "[contains(createObject('1', 'b'), 1)]": True,
    "[contains(createArray('a', 'b'), 'b')]": True,
    "[contains(createArray('a', 'b'), 'B')]": False,
    "[contains(createArray(1, 2), 2)]": True,
    "[contains(createArray(1, 2), '2')]": False,
    "[contains(createArray(createArray(1)), createArray(1))]": True,
    "[contains(createArray(1), true())]": False,
    "[contains(createArray(null()), null())]": True,
    "[createArray()]": [],
    "[createArray('a', 1, createArray(), null(), true())]": ["a", 1, [], None, True],
    "[empty('')]": True,
    "[empty(' ')]": False,
    "[empty(createArray())]": True,
    "[empty(createArray(null()))]": False,
    "[empty(createObject())]": True,
    "[empty(createObject('a', null()))]": False,
    "[empty(null())]": True,
    "[first('Hub')]": "H",
    "[first('')]": "",
    "[first(createArray('a', 'b'))]": "a",
    "[first(createArray())]": None,
    "[last('Hub')]": "b",
    "[last('')]": "",
    "[last(createArray('a', 'b'))]": "b",
    "[last(createArray())]": None,
    "[length('abc')]": 3,
    "[length(createArray(1, createArray(2, 3)))]": 2,
    "[length(createObject('a', 1, 'b', createObject('c', 2)))]": 2,
    "[skip('abcde', 2)]": "cde",
    "[skip('abc', 0)]": "abc",
    "[skip('abc', -5)]": "abc",
    "[skip('abc', 5)]": "",
    "[skip(createArray(1, 2, 3), 2)]": [3],
    "[skip(createArray(1), 5)]": [],
    "[take('abcde', 2)]": "ab",
    "[take('abc', -1)]": "",
    "[take('abc', 9)]": "abc",
    "[take(createArray(1, 2, 3), 2)]": [1, 2],
    "[take(createArray(1), 0)]": [],
    "[max(createArray(3, 9, 4))]": 9,
    "[max(3, 9, 4)]": 9,
    "[max(5)]": 5,
    "[min(createArray(3, 9, -4))]": -4,
    "[min(3, 9)]": 3,
    "[range(5, 3)]": [5, 6, 7],
    "[range(-1, 2)]": [-1, 0],
    "[range(0, 0)]": [],
    "[length(range(0, 10000))]": 10_000,
    "[last(range(2147483637, 10))]": 2_147_483_646,
    "[union(createArray('a', 'b'), createArray('b', 'c'))]": ["a", "b", "c"],
    "[union(createArray('a', 'a'), createArray('A'))]": ["a", "A"],
    "[union(createArray(1, true()), createArray(1.0, '1', null()))]": [1, True, "1", None],
    "[union(createArray(createArray('a'), createObject('x', 1)), createArray(createObject('x', 1)))]": [["a"], {"x": 1}],
    "[intersection(createArray('a', 'b', 'c', 'b'), createArray('c', 'b'))]": ["b", "c"],
    "[intersection(createArray(1, 2), createArray(2, 1), createArray(2))]": [2],
    "[intersection(createArray(1), createArray(true()))]": [],
    "[flatten(createArray(createArray(1, 2), createArray(), createArray(createArray(3))))]": [1, 2, [3]],
    "[indexFromEnd(createArray('a', 'b'), 1)]": "b",
    "[tryIndexFromEnd(createArray('a', 'b'), 2)]": "a",
    "[tryIndexFromEnd(createArray('a', 'b'), 3)]": None,
    "[tryIndexFromEnd(createArray('a'), 0)]": None,
    "[tryIndexFromEnd(null(), 1)]": None,
}


@rows(TABLE)
def test_an_array_function(expression: str, expected: Json) -> None:
    """Building, searching, cutting and combining arrays, strings and objects, as documented."""
    assert same(run(expression), expected)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[concat('a', createArray())]", "`concat` takes strings, numbers and booleans, not an array"),
        ("[concat(createArray(), 'a')]", "`concat` takes an array, not a string"),
        ("[concat('a', null())]", "`concat` takes strings, numbers and booleans, not null"),
        ("[concat(createObject())]", "`concat` takes strings, numbers and booleans, not an object"),
        ("[contains(null(), 'a')]", "`contains` takes an array, an object or a string, not null"),
        ("[contains(5, 'a')]", "`contains` takes an array, an object or a string, not an integer"),
        ("[contains('a', null())]", "`contains` takes a string to look for, not null"),
        ("[contains(createObject(), true())]", "`contains` takes a string to look for, not a boolean"),
        ("[empty(0)]", "`empty` takes an array, an object or a string, not an integer"),
        ("[empty(false())]", "`empty` takes an array, an object or a string, not a boolean"),
        ("[first(createObject())]", "`first` takes an array or a string, not an object"),
        ("[last(null())]", "`last` takes an array or a string, not null"),
        ("[length(null())]", "`length` takes an array, a string or an object, not null"),
        ("[length(3)]", "`length` takes an array, a string or an object, not an integer"),
        ("[skip('a', '1')]", "`skip` takes an integer, not a string"),
        ("[skip('a', true())]", "`skip` takes an integer, not a boolean"),
        ("[take(createObject(), 1)]", "`take` takes an array or a string, not an object"),
        ("[max(createArray())]", "`max` takes at least one integer; the array is empty"),
        ("[min('a')]", "`min` takes integers, not a string"),
        ("[max(1, true())]", "`max` takes integers, not a boolean"),
        ("[range(0, 10001)]", "`range` takes a count from 0 to 10000"),
        ("[range(0, -1)]", "`range` takes a count from 0 to 10000"),
        ("[range(2147483638, 10)]", "`range` takes a start and a count with a sum of at most 2147483647"),
        ("[range(-2147483649, 1)]", "`range` takes a start of 32 bits"),
        ("[union(createArray(), createObject())]", "`union` takes arrays only or objects only, not an object"),
        ("[union('a', 'b')]", "`union` takes arrays only or objects only, not a string"),
        ("[intersection(createObject(), createArray())]", "`intersection` takes arrays only or objects only, not an array"),
        ("[flatten(createArray(1))]", "`flatten` takes an array, not an integer"),
        ("[indexFromEnd(createArray('a'), 2)]", "`indexFromEnd` takes an index within the array"),
    ],
)
def test_an_array_function_refuses(expression: str, message: str) -> None:
    """Values of the wrong kind, mixed kinds and numbers out of range are failures."""
    assert message == failure(expression)


def test_combining_large_arrays_is_quick() -> None:
    """Arrays at the limit are combined in linear time: comparing every pair would take minutes."""
    left = [{"id": number} for number in range(10_000)]
    right = [{"id": number} for number in range(5_000, 15_000)]
    assert left[5_000:] == run("[intersection(value('l'), value('r'))]", l=left, r=right)
