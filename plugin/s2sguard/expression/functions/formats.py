"""`format`: .NET's composite format strings (Microsoft: System.String.Format, standard and custom numeric format strings)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from s2sguard.expression.functions.common import fail, functions, in_length, is_number, simple, text
from s2sguard.expression.functions.convert import to_string
from s2sguard.expression.functions.number_format import number_format
from s2sguard.expression.interface import Function, Json
from s2sguard.expression.partial import Partial, joined

_ITEM = re.compile(r"\{ *([0-9]{1,6}) *(?:, *(-?[0-9]{1,7}) *)?(?::([^{}]*))?\}", re.ASCII)
_TEXT = re.compile(r"(?:[^{}]|\{\{|\}\})+")


def format_(template: Json, *values: Json) -> str | Partial:
    """Return a string with values in place of `{index,width:format}`; `{{` and `}}` are braces.

    Formats apply to numbers: a string, a boolean, an array or an object has none, and null is nothing.
    """
    parts = list(_parts(text("format", template), values))
    if any(isinstance(part, Partial) for part in parts):
        return joined(parts)
    in_length("format", sum(map(len, parts)))
    return "".join(parts)


def _parts(template: str, values: tuple[Json, ...]) -> Iterator[Any]:
    at = 0
    while at < len(template):
        item = _ITEM.match(template, at)
        match = item or _TEXT.match(template, at)
        if match is None:
            fail("format", "takes a format string; a brace in it is not closed or not doubled")
        yield _item(item, values) if item else match.group().replace("{{", "{").replace("}}", "}")
        at = match.end()


def _item(item: re.Match[str], values: tuple[Json, ...]) -> str | Partial:
    index, width = int(item[1]), int(item[2] or 0)
    if index >= len(values):
        fail("format", "takes a value for each number in braces; one is missing")
    in_length("format", abs(width))
    value = values[index]
    if isinstance(value, Partial) and not width:
        return value
    written = number_format(value, item[3] or "") if is_number(value) else to_string(value)
    return written.rjust(width) if width > 0 else written.ljust(-width)


FORMATS: Mapping[str, Function] = functions(simple("format", format_, 1, None))
