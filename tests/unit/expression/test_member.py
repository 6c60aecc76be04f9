"""Steps into values: casing, missing names, indexes, and what cannot be stepped into."""

from __future__ import annotations

import pytest

from s2sguard.expression import Json
from tests.unit.expression.running import failure, run


class Tags(dict[str, Json]):
    """Tags as Azure gives them to policies: a tag that is not there is an empty string."""

    def __missing__(self, name: str) -> str:
        return ""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("[value('v').Exact]", 1),
        ("[value('v').exact]", 2),
        ("[value('v').EXACT]", 1),
        ("[value('v')['other name']]", 3),
        ("[value('v')[concat('other ', 'NAME')]]", 3),
        ("[value('v').null]", None),
        ("[value('v').list[0]]", "a"),
        ("[value('v').list[length('a')]]", "b"),
        ("[value('v').?nope]", None),
        ("[value('v').?nope.?more[?0]]", None),
        ("[value('v').null.?more]", None),
        ("[value('v').list[?2]]", None),
        ("[value('v').list[?-1]]", None),
        ("[value('v').tags.there]", "x"),
        ("[value('v').tags.THERE]", "x"),
        ("[value('v').tags.nope]", ""),
        ("[value('v').tags['nope']]", ""),
    ],
)
def test_a_step_leads_to_a_value(expression: str, expected: Json) -> None:
    """The exact name wins, casing is ignored otherwise, and a dictionary may have an answer for missing names."""
    value = {"Exact": 1, "exact": 2, "other name": 3, "null": None, "list": ["a", "b"], "tags": Tags(there="x")}
    assert expected == run(expression, v=value)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[value('v').nope]", "the object has no property `nope`"),
        ("[value('v')['nope']]", "the object has no property `nope`"),
        ("[value('v')[value('hidden')]]", "the object has no property of this name"),
        ("[value('v').null.more]", "the property `more` is taken of null"),
        ("[value('v').null[0]]", "an element is taken of null"),
        ("[value('v').list[1]]", "the index lies outside the array, whose length is 1"),
        ("[value('v').list[-1]]", "the index lies outside the array, whose length is 1"),
        ("[value('v').list.x]", "an element of an array is taken by an integer"),
        ("[value('v').list[true()]]", "an element of an array is taken by an integer"),
        ("[value('v')[0]]", "a property of an object is taken by a string"),
        ("[value('v').text.x]", "a property is taken of a value that is neither an object nor an array"),
        ("[value('v').text[0]]", "an element is taken of a value that is neither an object nor an array"),
        ("[value('v').text.?x]", "a property is taken of a value that is neither an object nor an array"),
    ],
)
def test_a_step_that_leads_nowhere_fails(expression: str, message: str) -> None:
    """The message names a property only where the expression itself does."""
    assert message == failure(expression, v={"null": None, "list": ["a"], "text": "t"}, hidden="hush")
