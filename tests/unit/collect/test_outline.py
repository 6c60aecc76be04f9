"""Counting keys and levels from punctuation, held against a parser that looks at every object."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from s2sguard.collect import outline as module
from s2sguard.collect.outline import outline
from s2sguard.collect.text import WRITTEN_TWICE, parse

_CHARACTERS = ("\\\\", '\\"', "\\u0022", "\\u005c", "\\n", ":", "{", "}", "[", "]", ",", " ", "a", "b", "é", "\U0001f600")
_SPACE = st.sampled_from(["", "", "", " ", "\n", "\t", "\r\n ", " " * 9])
_STRINGS = st.lists(st.sampled_from(_CHARACTERS), max_size=6).map(lambda found: f'"{"".join(found)}"')
_NAMES = _STRINGS | st.sampled_from(['"a"', '"b"', '"\\u0061"', '"a\\\\"', '":"', '"\\":"'])
_SCALARS = st.sampled_from(["1", "-0", "1.5e3", "true", "null", '"::/0"', '":"', '"\\": "']) | _STRINGS


@st.composite
def texts(draw: st.DrawFn, depth: int = 0) -> str:
    """Draw JSON as text, with keys written twice, escapes, and space wherever it may stand."""
    kind = draw(st.integers(0, 3)) if depth < 5 else 0
    before, after = draw(_SPACE), draw(_SPACE)
    if kind == 0:
        return before + draw(_SCALARS) + after
    inner = [draw(texts(depth=depth + 1)) for _ in range(draw(st.integers(0, 3)))]
    if kind == 1:
        return f"{before}[{','.join(inner) or draw(_SPACE)}]{after}"
    members = [f"{draw(_SPACE)}{draw(_NAMES)}{draw(_SPACE)}:{value}" for value in inner]
    return f"{before}{{{','.join(members) or draw(_SPACE)}}}{after}"


def _counted(text: str) -> int:
    """Return the keys written, from the pairs that the parser hands over for each object."""
    keys: list[str] = []

    def hook(pairs: list[tuple[str, object]]) -> None:
        keys.extend(key for key, _ in pairs)

    json.loads(text, object_pairs_hook=hook)
    return len(keys)


def _depth(value: object) -> int:
    if isinstance(value, dict | list):
        members = value.values() if isinstance(value, dict) else value
        return 1 + max((_depth(member) for member in members), default=0)
    return 0


def _strictly(text: str) -> tuple[object, bool]:
    """Return the value with what differs marked, and whether something does, looking at all pairs of each object."""
    differs = False

    def hook(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal differs
        found = dict(pairs)
        for key in found:
            values = [value for name, value in pairs if name == key]
            if any(value != values[0] for value in values):
                found[key], differs = WRITTEN_TWICE, True
        return found

    return json.loads(text, object_pairs_hook=hook), differs


@pytest.mark.parametrize("part", [1, 2, 3, 7, 1 << 16])
def test_keys_and_depth_are_those_the_parser_sees(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever strings hold and wherever a text is cut, each key written counts once, and depth is that of brackets outside strings."""
    monkeypatch.setattr(module, "_PART", part)

    # A key and a text that together look like one key fewer or more: neither may make up for a key written twice.
    @given(texts())
    @example('{"a" :":", "a":1}')
    @example('{"a\\\\":1,"\\"a":2,":":":"}')
    @example('["[","]]",{"{\\"":["}"]}]')
    @example('["\\\\","[",{"x":"\\\\\\""}]')
    def holds(text: str) -> None:
        found = outline(text)
        assert found.keys == _counted(text)
        # Of a key written twice the parser keeps the last value; what it drops is nested too.
        assert found.depth >= _depth(json.loads(text))
        assert found.depth == _depth(json.loads(text, object_pairs_hook=lambda pairs: [value for _, value in pairs]))

    holds()


@given(texts())
@example('{"a" :1,"b":"\\":","a":2}')
@example('{"x":":","a" : 1,"a" : 2}')
@example('{"x":[{"a":1,"a":2},{"a":2,"a":2}]}')
def test_no_key_written_twice_is_missed(text: str) -> None:
    """A key with two values is found exactly where comparing all pairs of each object finds it, and the rest reads the same."""
    value, differs = _strictly(text)
    document, gaps = parse(text.encode(), "in.json")
    assert document is not None
    assert document.value == value
    assert bool(gaps) == differs


@pytest.mark.parametrize("opening", [("[", "["), ('{"a":', '{"a":'), ('{"]}":', "[")])
@pytest.mark.parametrize("levels", [1, 199, 200, 201, 400])
def test_depth_counts_each_level(opening: tuple[str, str], levels: int) -> None:
    """Arrays, objects and both in turn count one level each, and the limit is exact."""
    text = "".join(opening[at % 2] for at in range(levels)) + "1"
    text += "".join("]" if opening[at % 2] == "[" else "}" for at in reversed(range(levels)))
    assert outline(text).depth == levels
    document, gaps = parse(text.encode(), "in.json")
    assert [gap.kind for gap in gaps] == (["too-deep"] if levels > 200 else [])
    assert (document is None) == (levels > 200)
