"""The fast parser for large texts: used only where it says the same as the careful one, which these tests compare it with."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from s2sguard.collect import text as module
from s2sguard.collect.large_json import Unusual, parse_large
from s2sguard.collect.text import parse
from tests.unit.collect.test_outline import texts

_NUMBERS = st.one_of(
    st.integers(), st.sampled_from([2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**30]), st.floats(allow_nan=False, allow_infinity=False)
)


@given(texts())
@example('{"a" :1,"b":"\\":","a":2}')
@example('{"x":[{"a":1,"a":2},{"a":2,"a":2}]}')
@example('{"a":"\\\\","b":"\\\\\\"", "b":1}')
@example('["\\ud800"]')
@example('["\\u0000\\u001f\\u007f"]')
def test_large_and_small_texts_read_the_same(text: str) -> None:
    """Whatever a text holds, its size changes neither the value nor the gaps."""
    small = parse(text.encode("utf-8", "surrogatepass"), "in.json")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LARGE", 0)
        assert parse(text.encode("utf-8", "surrogatepass"), "in.json") == small


@given(_NUMBERS)
def test_numbers_stay_themselves(number: float) -> None:
    """A number is the same to the last digit, or the text is left to the careful parser."""
    text = json.dumps([number, {"a": number}])
    try:
        found = parse_large(text.encode(), 200)
    except Unusual:
        assert sum(character.isdigit() for character in json.dumps(number)) >= 19
    else:
        assert [(type(one), one) for one in found[:1]] == [(type(number), number)]  # type: ignore[index]
        assert json.dumps(found) == text


@pytest.mark.parametrize("text", ["", "[", "[NaN]", "[1e400]", '{"a":1,"a":1}', '["\t"]', "[01]", "[1] []", "{a:1}", "\ufeff[]"])
def test_what_may_mean_something_else_is_left_to_the_careful_parser(text: str) -> None:
    """No JSON, a key written twice, or a number beyond a double is not decided here."""
    with pytest.raises(Unusual):
        parse_large(text.encode(), 200)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("depth", [1, 50, 200])
def test_the_limit_of_depth_is_exact(opening: str, closing: str, depth: int) -> None:
    """As many levels as allowed are read, and one more is not."""
    parse_large((opening * depth + "0" + closing * depth).encode(), depth)
    with pytest.raises(Unusual):
        parse_large((opening * (depth + 1) + "0" + closing * (depth + 1)).encode(), depth)
