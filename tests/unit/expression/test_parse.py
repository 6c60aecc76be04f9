"""Reading expressions: what the grammar takes, and what it says about the rest."""

from __future__ import annotations

import pytest

from s2sguard.expression import ExpressionSyntaxError, Json, compile_value
from tests.unit.expression.running import EVERYTHING, rows, run

GOOD: dict[str, Json] = {
    "['plain']": "plain",
    "['it''s']": "it's",
    "['''']": "'",
    "['']": "",
    "['[x]']": "[x]",
    "[7]": 7,
    "[-7]": -7,
    "[9223372036854775807]": 2**63 - 1,
    "[-9223372036854775808]": -(2**63),
    "[000000000000000000000000000007]": 7,
    "[1.5]": 1.5,
    "[true()]": True,
    "[TRUE()]": True,
    "[  CONCAT ( 'a' ,\n\t'b' ) ]": "ab",
    "[createObject('a_1', 'x').a_1]": "x",
    "[createObject('A', 'x').a]": "x",
    "[createObject('a-b', 'x')['a-b']]": "x",
    "[createObject('a', createArray(1, 2)).a[1]]": 2,
    "[createArray('x', 'y')[sub(2, 1)]]": "y",
    "[createArray(createArray(1, 2))[0][1]]": 2,
    "[createObject('a', 1) . a]": 1,
    "[createObject('a', 1).?b]": None,
    "[createObject('a', 1)[?'b']]": None,
    "[createArray(1)[?3]]": None,
    "[null().?b]": None,
    "[null()[?0]]": None,
    "[createObject('a', null()).?a.?b]": None,
    "[createObject('größe', 1).größe]": 1,
}


@rows(GOOD)
def test_an_expression_is_read(expression: str, expected: Json) -> None:
    """Strings, numbers, calls in any casing, steps in every spelling, and white space anywhere are understood."""
    assert expected == run(expression)


BAD = {
    "[]": "the expression is empty at character 2",
    "[ ]": "the expression is empty at character 3",
    "[true]": "expected `(` after the name of a function at character 6",
    "[concat('a']": "expected `)` at character 12",
    "[concat('a',)]": "expected a function call, a string or a number at character 13",
    "[concat(,'a')]": "expected a function call, a string or a number at character 9",
    "[concat('a' 'b')]": "expected `)` at character 13",
    "[concat('a')) ]": "expected the end of the expression, `.` or `[` at character 13",
    "[concat('a')]]": "expected the end of the expression at character 14",
    "['a'] ['b']": "expected the end of the expression at character 7",
    "[concat('a]": "the string is not closed at character 9",
    "['a''b]": "the string is not closed at character 2",
    '[concat("a")]': "strings stand in single quotes at character 9",
    "[1 + 2]": "unexpected character at character 4",
    "[createObject('a', 1).]": "expected a property name at character 23",
    "[createObject('a', 1).1]": "expected a property name at character 23",
    "[createObject('a', 1)[]]": "expected a function call, a string or a number at character 23",
    "[createArray(1)[0]": "expected the end of the expression, `.` or `[` at the end",
    "[9223372036854775808]": "the integer does not fit into 64 bits at character 2",
    "[" + "9" * 5000 + "]": "the integer does not fit into 64 bits at character 2",
    "[nothing('a')]": "there is no function `nothing` at character 2",
    "[contoso.unique('a')]": "there is no function `contoso.unique` at character 2",
}


@pytest.mark.parametrize(("expression", "message"), BAD.items(), ids=[text[:40] for text in BAD])
def test_a_syntax_error_says_what_and_where(expression: str, message: str) -> None:
    """The message names what is wrong and the character it is at, counted from 1 with the bracket."""
    with pytest.raises(ExpressionSyntaxError) as raised:
        compile_value(expression, EVERYTHING)
    assert message == raised.value.message


@pytest.mark.parametrize("word", ["true", "False", "NULL"])
def test_bare_words_are_explained(word: str) -> None:
    """Who writes `true` for `true()` is told so."""
    with pytest.raises(ExpressionSyntaxError) as raised:
        compile_value(f"[{word}]", EVERYTHING)
    assert f"`{word.lower()}()` is a function" == raised.value.hint


def test_a_close_name_is_suggested() -> None:
    """An unknown function has the nearest known one as its hint."""
    with pytest.raises(ExpressionSyntaxError) as raised:
        compile_value("[tolowr('A')]", EVERYTHING)
    assert "did you mean `toLower`?" == raised.value.hint


@pytest.mark.parametrize(
    "expression",
    [
        "[" + "concat(" * 80_000 + "]",
        "[x(" + "[" * 80_000 + "]",
        "[createArray()" + "[0" * 40_000 + "]" * 40_000 + "]",
        "[createArray()" + "[createArray()" * 5_000 + "]" * 5_000 + "]",
        "[createObject()" + ".a" * 40_000 + "]",
        "[" + "x." * 40_000 + "x]",
        "[(" + "(" * 80_000 + "]",
        "['" + "''" * 40_000 + "]",
        "[concat('" + "a" * 100_000 + "')]",
        "[" + "9" * 81_000 + "]",
        "[" + " " * 81_000 + "]",
        "[concat(" + "'a'," * 20_000 + "'a')]",
    ],
    ids=lambda text: text[:24],
)
def test_absurd_expressions_are_refused(expression: str) -> None:
    """Nesting, chains and lengths without end are syntax errors, never the end of Python's stack."""
    with pytest.raises(ExpressionSyntaxError):
        compile_value(expression, EVERYTHING)
