"""Base64, data URIs and URIs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.expression import Json
from tests.unit.expression.running import failure, rows, run

TABLE: dict[str, Json] = {
    "[base64('tunnel')]": "dHVubmVs",
    "[base64('')]": "",
    "[base64('ä')]": "w6Q=",
    "[base64ToString('dHVubmVs')]": "tunnel",
    "[base64ToString('dHVu bmVs')]": "tunnel",
    "[base64ToString('/w==')]": "\ufffd",
    "[base64ToJson(base64('{''mode'': 1}'))]": {"mode": 1},
    "[dataUri('tunnel')]": "data:text/plain;charset=utf8;base64,dHVubmVs",
    "[dataUriToString('data:;base64,dHVubmVs')]": "tunnel",
    "[dataUriToString('data:text/plain,a%20b')]": "a b",
    "[dataUriToString('data:text/plain;charset=utf8;base64,dHVubmVs')]": "tunnel",
    "[uri('https://x.example/first', 'a.json')]": "https://x.example/a.json",
    "[uri('https://x.example/first/', 'a.json')]": "https://x.example/first/a.json",
    "[uri('https://x.example/first/b.json', 'nested/a.json')]": "https://x.example/first/nested/a.json",
    "[uri('https://x.example', 'a.json')]": "https://x.example/a.json",
    "[uri('https://x.example/a/b/c', '../d')]": "https://x.example/a/d",
    "[uri('https://x.example/a/b', './d/..')]": "https://x.example/a/",
    "[uri('https://x.example/a/b', '/d')]": "https://x.example/d",
    "[uri('https://x.example/a/b', '?q=../x')]": "https://x.example/a/b?q=../x",
    "[uri('https://x.example/a/b?old', 'd?q')]": "https://x.example/a/d?q",
    "[uri('https://x.example/a', 'http://y.example/z')]": "http://y.example/z",
    "[uri('https://x.example/a', '//y.example/z')]": "https://y.example/z",
    "[uriComponent('https://x.example/a b~ä')]": "https%3A%2F%2Fx.example%2Fa%20b~%C3%A4",
    "[uriComponentToString('https%3A%2F%2Fx.example%2Fa%20b')]": "https://x.example/a b",
    "[uriComponentToString('100% +1')]": "100% +1",
}


@rows(TABLE)
def test_an_encoding(expression: str, expected: Json) -> None:
    """Strings are encoded and decoded as UTF-8, and URIs combined as RFC 3986 says."""
    assert expected == run(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[base64(1)]", "`base64` takes a string, not an integer"),
        ("[base64ToString('abc')]", "`base64ToString` takes base64; the string is not valid base64"),
        ("[base64ToString('ä')]", "`base64ToString` takes base64; the string is not valid base64"),
        ("[base64ToJson('dHVubmVs')]", "`base64ToJson` takes JSON; the string is not valid JSON"),
        ("[dataUriToString('tunnel')]", "`dataUriToString` takes a data URI; the string is none"),
        ("[dataUriToString('data:;base64,a')]", "`dataUriToString` takes base64; the string is not valid base64"),
        ("[uri('first', 'a')]", "`uri` takes an absolute URI to start from; the string is none"),
        ("[uri('https://[x/', 'a')]", "`uri` takes an absolute URI to start from; the string is none"),
        ("[uriComponent(null())]", "`uriComponent` takes a string, not null"),
        ("[uriComponentToString(1)]", "`uriComponentToString` takes a string, not an integer"),
    ],
)
def test_an_encoding_refuses(expression: str, message: str) -> None:
    """What is not encoded in the first place is a failure."""
    assert message == failure(expression)


def test_half_a_surrogate_pair_is_replaced() -> None:
    """What UTF-8 cannot write becomes the replacement character."""
    assert "a\ufffd" == run("[base64ToString(base64(value('v')))]", v="a\ud800")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_encodings_have_inverses(written: str) -> None:
    """Whatever is encoded comes back, in base64, as a data URI and as a part of a URI."""
    assert written == run("[base64ToString(base64(value('v')))]", v=written)
    assert written == run("[dataUriToString(dataUri(value('v')))]", v=written)
    assert written == run("[uriComponentToString(uriComponent(value('v')))]", v=written)
