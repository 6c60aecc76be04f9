"""Conversions: `string`, `int`, `float`, `bool`, `json` (Microsoft: template-functions-string, -numeric, -logical, -object)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping

from s2sguard.expression.functions.arrays import known_members
from s2sguard.expression.functions.common import fail, functions, in_range, number_text, scalar_text, simple, text, wrong
from s2sguard.expression.functions.lenient_json import loads
from s2sguard.expression.interface import Function, Json

_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,30}\s*", re.ASCII)
_FLOAT = re.compile(r"\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*", re.ASCII)


def to_string(value: Json) -> str:
    """Return any value as text: arrays and objects as JSON without spaces, booleans as `True` and `False`, null as nothing."""
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json_text(value)
    return scalar_text("string", value)


def json_text(value: Json) -> str:
    """Return JSON without spaces and with non-ASCII letters as they are. Raises `UnknownValue`."""
    if isinstance(value, dict):
        known_members(list(value.values()))
        return "{" + ",".join(f"{_quoted(name)}:{json_text(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, known_members(value))) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _quoted(value)
    return number_text(value) if isinstance(value, float) else scalar_text("string", value)


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def to_int(value: Json) -> int:
    """Return an integer, or the integer that a string holds. A number with a fraction has no integer."""
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value):
            fail("int", "takes an integer; the string does not hold one")
        return in_range("int", int(value))
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return in_range("int", int(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return in_range("int", value)
    return wrong("int", "a string or an integer", value)


def to_float(value: Json) -> float:
    """Return a floating-point number, from one, an integer, or a string that holds either."""
    if isinstance(value, str):
        if not _FLOAT.fullmatch(value):
            fail("float", "takes a number; the string does not hold one")
        return _finite(float(value))
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return float(in_range("float", value))
    return wrong("float", "a string or a number", value)


def _finite(value: float) -> float:
    return value if math.isfinite(value) else fail("float", "takes a number within the range of 64 bits")


def to_bool(value: Json) -> bool:
    """Return a boolean: of `true` and `false` in any casing, of an integer whether it is not 0."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value != 0
    words = {"true": True, "false": False, "1": True, "0": False}
    found = words.get(value.strip().lower()) if isinstance(value, str) else wrong("bool", "a string or an integer", value)
    return found if found is not None else fail("bool", "takes `true` or `false`; the string is neither")


def to_json(value: Json) -> Json:
    """Return the value that JSON text holds. Strings in single quotes are taken too, as the documentation's examples have them."""
    return loads("json", text("json", value))


CONVERT: Mapping[str, Function] = functions(
    simple("string", to_string, 1),
    simple("int", to_int, 1),
    simple("float", to_float, 1),
    simple("bool", to_bool, 1),
    simple("json", to_json, 1),
)
