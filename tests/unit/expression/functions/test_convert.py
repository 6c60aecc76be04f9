"""Conversions, and JSON as ARM reads it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from s2sguard.expression import Json
from tests.unit.expression.json_values import json_values
from tests.unit.expression.running import failure, rows, run, same

TABLE: dict[str, Json] = {
    "[string('x')]": "x",
    "[string(5)]": "5",
    "[string(-1.5)]": "-1.5",
    "[string(true())]": "True",
    "[string(false())]": "False",
    "[string(null())]": "",
    "[string(createArray('a', 1, null(), true(), createObject()))]": '["a",1,null,true,{}]',
    "[string(createObject('mode', 'Default', 'mtu', 1400))]": '{"mode":"Default","mtu":1400}',
    "[string(createArray('q\"ä'))]": '["q\\"ä"]',
    "[int('42')]": 42,
    "[int(' -7 ')]": -7,
    "[int('+7')]": 7,
    "[int(7)]": 7,
    "[int(3.0)]": 3,
    "[float('3.5')]": 3.5,
    "[float('-1e3')]": -1000.0,
    "[float(3)]": 3.0,
    "[float(2.5)]": 2.5,
    "[bool('true')]": True,
    "[bool('FALSE')]": False,
    "[bool('1')]": True,
    "[bool('0')]": False,
    "[bool(1)]": True,
    "[bool(0)]": False,
    "[bool(-1)]": True,
    "[bool(true())]": True,
    "[json('null')]": None,
    "[json('true')]": True,
    "[json(' 3 ')]": 3,
    "[json('-2.5e1')]": -25.0,
    "[json('\"a\\u0041\\n\"')]": "aA\n",
    "[json('\"\\ud83d\\ude00\"')]": "😀",
    "[json('''single''')]": "single",
    "[json('[1, [2], {}]')]": [1, [2], {}],
    "[json('[]')]": [],
    '[json(\'{"a": {"b": null}}\')]': {"a": {"b": None}},
    "[json('{''a'': ''b''}')]": {"a": "b"},
    "[json('{a: 1}')]": {"a": 1},
    "[json(concat('{\"a\": \"', 'x', '\"}')).a]": "x",
}


@rows(TABLE)
def test_a_conversion(expression: str, expected: Json) -> None:
    """Values become strings, numbers, booleans and JSON, as documented."""
    assert same(run(expression), expected)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[int('4.0')]", "`int` takes an integer; the string does not hold one"),
        ("[int('')]", "`int` takes an integer; the string does not hold one"),
        ("[int('12a')]", "`int` takes an integer; the string does not hold one"),
        ("[int('1_000')]", "`int` takes an integer; the string does not hold one"),
        ("[int('9223372036854775808')]", "`int` has a result that does not fit into 64 bits"),
        ("[int(3.5)]", "`int` takes a string or an integer, not a number"),
        ("[int(true())]", "`int` takes a string or an integer, not a boolean"),
        ("[int(null())]", "`int` takes a string or an integer, not null"),
        ("[float('x')]", "`float` takes a number; the string does not hold one"),
        ("[float('nan')]", "`float` takes a number; the string does not hold one"),
        ("[float('1e999')]", "`float` takes a number within the range of 64 bits"),
        ("[float(createArray())]", "`float` takes a string or a number, not an array"),
        ("[bool('yes')]", "`bool` takes `true` or `false`; the string is neither"),
        ("[bool('')]", "`bool` takes `true` or `false`; the string is neither"),
        ("[bool(null())]", "`bool` takes a string or an integer, not null"),
        ("[bool(1.0)]", "`bool` takes a string or an integer, not a number"),
        ("[json(createObject())]", "`json` takes a string, not an object"),
        ("[json('')]", "`json` takes JSON; the string is not valid JSON"),
        ("[json('[1')]", "`json` takes JSON; the string is not valid JSON"),
        ("[json('[1,]')]", "`json` takes JSON; the string is not valid JSON"),
        ("[json('{\"a\" 1}')]", "`json` takes JSON; the string is not valid JSON"),
        ("[json('{1: 1}')]", "`json` takes JSON; the string is not valid JSON"),
        ("[json('\"open')]", "`json` takes JSON; the string is not valid JSON"),
        ("[json('maybe')]", "`json` takes JSON; the string is not valid JSON"),
        ("[json('1 2')]", "`json` takes JSON; the string is not valid JSON"),
        ("[json('1e999')]", "`json` takes JSON; the string is not valid JSON"),
        ("[json('NaN')]", "`json` takes JSON; the string is not valid JSON"),
    ],
)
def test_a_conversion_refuses(expression: str, message: str) -> None:
    """What does not hold the wanted value is a failure, and the message does not quote it."""
    assert message == failure(expression)


def test_deep_json_is_refused() -> None:
    """Ten thousand brackets are a failure."""
    assert "`json` takes JSON of at most 128 levels" == failure("[json(value('v'))]", v="[" * 10_000 + "]" * 10_000)


@given(json_values())
def test_json_reads_what_python_writes(value: Json) -> None:
    """Standard JSON is read as Python reads it, but for numbers that 64 bits do not hold."""
    written = json.dumps(value)
    if all(abs(number) < 2**63 for number in _integers(value)) and "Infinity" not in written:
        assert same(run("[json(value('v'))]", v=written), json.loads(written))


@given(json_values())
def test_string_writes_json(value: Json) -> None:
    """An array as text is the JSON that Python writes, without spaces."""
    written = json.dumps([value], ensure_ascii=False, separators=(",", ":"))
    if all(abs(number) < 2**63 for number in _integers(value)) and "Infinity" not in written:
        assert written == run("[string(value('v'))]", v=[value])


def _integers(value: Json) -> list[int]:
    if isinstance(value, list):
        return [number for member in value for number in _integers(member)]
    if isinstance(value, dict):
        return _integers(list(value.values()))
    return [value] if isinstance(value, int) else []
