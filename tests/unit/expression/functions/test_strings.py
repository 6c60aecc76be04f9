"""Functions on strings."""

from __future__ import annotations

import pytest

from s2sguard.expression import Json
from tests.unit.expression.running import failure, rows, run

TABLE: dict[str, Json] = {
    "[split('10.1.0.0/16', '/')]": ["10.1.0.0", "16"],
    "[split('a,b;c', createArray(',', ';'))]": ["a", "b", "c"],
    "[split('a->b-c', createArray('-', '->'))]": ["a", ">b", "c"],
    "[split(',a,,', ',')]": ["", "a", "", ""],
    "[split('', ',')]": [""],
    "[split('abc', 'x')]": ["abc"],
    "[split('aXbxc', 'x')]": ["aXb", "c"],
    "[split('a b', '')]": ["a", "b"],
    "[split('a.b', '.')]": ["a", "b"],
    "[split('a.b|c', createArray('.', '|', ''))]": ["a", "b", "c"],
    "[join(createArray('hub', 'spoke'), '-')]": "hub-spoke",
    "[join(createArray(), '-')]": "",
    "[join(createArray('a', 1, true()), '')]": "a1True",
    "[replace('10-20-30', '-', '')]": "102030",
    "[replace('aAa', 'a', 'bb')]": "bbAbb",
    "[replace('abc', 'x', 'y')]": "abc",
    "[substring('gateway', 4)]": "way",
    "[substring('gateway', 0, 4)]": "gate",
    "[substring('gateway', 7)]": "",
    "[substring('gateway', 7, 0)]": "",
    "[padLeft('7', 3, '0')]": "007",
    "[padLeft(7, 3, '0')]": "007",
    "[padLeft('abc', 2)]": "abc",
    "[padLeft('a', 3)]": "  a",
    "[padLeft(-7, 4, '0')]": "00-7",
    "[indexOf('Tunnel', 'NE')]": 3,
    "[indexOf('tunnel', 'x')]": -1,
    "[indexOf('tunnel', '')]": 0,
    "[indexOf('aaa', 'A')]": 0,
    "[lastIndexOf('aaa', 'A')]": 2,
    "[lastIndexOf('tunnel', 'x')]": -1,
    "[indexOf(createArray('b', 'a', 'a'), 'a')]": 1,
    "[indexOf(createArray('a'), 'A')]": -1,
    "[indexOf(createArray(1, createArray(2)), createArray(2))]": 1,
    "[lastIndexOf(createArray('b', 'a', 'a', 'c'), 'a')]": 2,
    "[lastIndexOf(createArray(), 'a')]": -1,
    "[startsWith('Partner-blue', 'PARTNER')]": True,
    "[startsWith('partner', 'blue')]": False,
    "[startsWith('partner', '')]": True,
    "[endsWith('vnet-hub', 'HUB')]": True,
    "[endsWith('vnet-hub', 'vnet')]": False,
    "[startsWith('Ärger', 'ä')]": True,
    "[toLower('VPN-Ä1')]": "vpn-ä1",
    "[toUpper('vpn-ä1ß')]": "VPN-Ä1ß",
    "[trim('  a b\t\n')]": "a b",
    "[trim('')]": "",
}


@rows(TABLE)
def test_a_string_function(expression: str, expected: Json) -> None:
    """Splitting, joining, cutting, searching and changing case, as documented."""
    assert expected == run(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[split(1, ',')]", "`split` takes a string, not an integer"),
        ("[split('a', 1)]", "`split` takes a string or an array of strings to split at, not an integer"),
        ("[split('a', createArray(1))]", "`split` takes a string, not an integer"),
        ("[join('a', ',')]", "`join` takes an array, not a string"),
        ("[join(createArray(createArray()), ',')]", "`join` takes strings, numbers and booleans, not an array"),
        ("[replace('a', '', 'b')]", "`replace` takes a string to be replaced; it is empty"),
        ("[replace(null(), 'a', 'b')]", "`replace` takes a string, not null"),
        ("[substring('1234567890', 0, 11)]", "`substring` takes a start and a length within the string"),
        ("[substring('abc', 4)]", "`substring` takes a start and a length within the string"),
        ("[substring('abc', -1)]", "`substring` takes a start and a length within the string"),
        ("[substring('abc', 1, -1)]", "`substring` takes a start and a length within the string"),
        ("[substring('abc', '1')]", "`substring` takes an integer, not a string"),
        ("[padLeft('a', 3, 'xy')]", "`padLeft` takes a single character to pad with"),
        ("[padLeft('a', -1)]", "`padLeft` takes a length that is not negative"),
        ("[padLeft('a', 9223372036854775807)]", "`padLeft` has a result of more than 4194304 characters"),
        ("[padLeft(true(), 3)]", "`padLeft` takes a string, not a boolean"),
        ("[indexOf('a', 1)]", "`indexOf` takes a string, not an integer"),
        ("[lastIndexOf(1, 'a')]", "`lastIndexOf` takes a string, not an integer"),
        ("[startsWith('a', null())]", "`startsWith` takes a string, not null"),
        ("[endsWith(createArray(), 'a')]", "`endsWith` takes a string, not an array"),
        ("[toLower(null())]", "`toLower` takes a string, not null"),
        ("[toUpper(1)]", "`toUpper` takes a string, not an integer"),
        ("[trim(createObject())]", "`trim` takes a string, not an object"),
    ],
)
def test_a_string_function_refuses(expression: str, message: str) -> None:
    """Values of the wrong kind, and places outside a string, are failures."""
    assert message == failure(expression)


def test_growth_is_stopped_before_it_happens() -> None:
    """What would need gigabytes fails at once."""
    many = "a" * 100_000
    assert "`replace` has a result of more than 4194304 characters" == failure("[replace(value('v'), 'a', value('v'))]", v=many)
    assert "`join` has a result of more than 4194304 characters" == failure("[join(value('l'), value('v'))]", l=["a"] * 1000, v=many)
