"""Large JSON texts, by a compiled parser that is used only where it cannot mean anything else than Python's.

orjson differs from `json` in what it makes of integers of more than 64 bits (floats), of a key that is written twice (the last one, as
`json` does, but nobody can ask) and in how deep it looks. Each of these sends the text to the slow way, as does whatever it refuses: that
one also has the better words for what is wrong.
"""

from __future__ import annotations

from functools import cache
from typing import Final

LARGE: Final = 1_000_000
"""Bytes from which on it pays: below, importing the parser takes longer than it saves."""

_DIGITS: Final = bytes(ord("0") if chr(code) in "0123456789" else ord(" ") for code in range(256))
_LONG: Final = b"0" * 19
"""Digits of the smallest integers that may not fit into 64 bits."""


class Unusual(Exception):  # noqa: N818 - nothing is wrong yet
    """The text needs the slow way."""


def parse_large(data: bytes, depth: int) -> object:
    """Return the value of a JSON text of at most `depth` levels; raises `Unusual` for any text that `json` may read differently, or not.

    Other encodings than UTF-8, a byte order mark and half a surrogate pair are unusual too.
    """
    import orjson

    if _LONG in data.translate(_DIGITS):
        raise Unusual
    try:
        value: object = orjson.loads(data)
        deep, around = value, _levels_written() - depth
        for _ in range(around):
            deep = [deep]
        again = orjson.dumps(deep)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError) as error:
        raise Unusual from error
    # Terraform writes as compactly, so both are most often the same. A member that was dropped takes at least its key with it.
    if memoryview(again)[around : len(again) - around] != data and _strings(data) != _strings(again):
        raise Unusual
    return value


def _strings(data: bytes) -> int:
    """Return twice the number of strings in a valid JSON text: the quotes that are not escaped."""
    # Taking them out is faster than counting what is so frequent.
    quotes = len(data) - len(data.translate(None, b'"'))
    if b"\\" not in data:
        return quotes
    return quotes - data.replace(b"\\\\", b"").count(b'\\"')


@cache
def _levels_written() -> int:
    """Return how many levels orjson writes before it refuses, so that a value in so many lists more is refused where it is too deep."""
    import orjson

    value: object = 0
    for levels in range(1, 10_000):
        value = [value]
        try:
            orjson.dumps(value)
        except orjson.JSONEncodeError:
            return levels - 1
    return 0
