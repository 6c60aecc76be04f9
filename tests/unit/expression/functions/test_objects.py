"""Functions on objects."""

from __future__ import annotations

import pytest

from s2sguard.expression import Json
from tests.unit.expression.running import failure, rows, run

TABLE: dict[str, Json] = {
    "[createObject()]": {},
    "[createObject('a', 1, 'b', null())]": {"a": 1, "b": None},
    "[createObject('a', 1, 'a', 2)]": {"a": 2},
    '[items(json(\'{"site-b": 2, "Site-a": 1}\'))]': [{"key": "Site-a", "value": 1}, {"key": "site-b", "value": 2}],
    "[items(createObject())]": [],
    '[objectKeys(json(\'{"b": 1, "a": 2, "C": 3}\'))]': ["a", "b", "C"],
    '[shallowMerge(createArray(json(\'{"a": {"x": 1}}\'), json(\'{"a": {"y": 2}, "b": 3}\')))]': {"a": {"y": 2}, "b": 3},
    "[shallowMerge(createArray())]": {},
    '[union(json(\'{"p": {"x": 1, "y": 2}, "l": [1]}\'), json(\'{"p": {"y": 3, "z": 4}, "l": [2]}\'))]': {
        "p": {"x": 1, "y": 3, "z": 4},
        "l": [2],
    },
    "[union(createObject('Mode', 1), createObject('mode', 2))]": {"Mode": 2},
    "[union(createObject('a', 1), createObject('a', null()))]": {"a": None},
    '[intersection(json(\'{"a": 1, "b": 2, "c": [1]}\'), json(\'{"a": 1, "b": 3, "c": [1]}\'))]': {"a": 1, "c": [1]},
    "[intersection(createObject('A', 1), createObject('a', 1))]": {"A": 1},
    "[tryGet(createObject('a', createArray(7)), 'a', 0)]": 7,
    "[tryGet(createObject('Aa', 1), 'aA')]": 1,
    "[tryGet(createObject('a', 1), 'b')]": None,
    "[tryGet(createObject('a', 1), 'b', 'c', 'd')]": None,
    "[tryGet(createArray('x'), 1)]": None,
    "[tryGet(null(), 'a')]": None,
    "[null()]": None,
}


@rows(TABLE)
def test_an_object_function(expression: str, expected: Json) -> None:
    """Building, listing, merging and reading objects, names in any casing."""
    assert expected == run(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[createObject('a')]", "`createObject` takes names and values in pairs"),
        ("[createObject(1, 2)]", "`createObject` takes a string, not an integer"),
        ("[items(createArray())]", "`items` takes an object, not an array"),
        ("[objectKeys('a')]", "`objectKeys` takes an object, not a string"),
        ("[shallowMerge(createArray(1))]", "`shallowMerge` takes an object, not an integer"),
        ("[tryGet('text', 'a')]", "a property is taken of a value that is neither an object nor an array"),
        ("[tryGet(createArray(), 'a')]", "an element of an array is taken by an integer"),
    ],
)
def test_an_object_function_refuses(expression: str, message: str) -> None:
    """Values of the wrong kind are failures."""
    assert message == failure(expression)


def test_merging_changes_no_argument() -> None:
    """The objects that are merged stay as they are."""
    left: Json = {"p": {"x": 1}}
    assert {"p": {"x": 1, "y": 2}} == run("[union(value('l'), value('r'))]", l=left, r={"p": {"y": 2}})
    assert {"p": {"x": 1}} == left
