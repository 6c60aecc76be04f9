"""The functions that make something of values of which only parts are known; everything else they do as `STANDARD` and `LAMBDA` do it.

ARM templates have them: a template is read long before all of its values are there. The rule is that nothing unknown is ever taken
for a value: what comes out is what Azure would get whatever the unknown parts turn out to be, or it is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from s2sguard.expression.functions.arrays import ARRAYS, concat, contains, empty, to_array
from s2sguard.expression.functions.common import array, boolean, equal, functions, mapping, scalar_text, text
from s2sguard.expression.functions.convert import CONVERT, to_string
from s2sguard.expression.functions.dates import DATES
from s2sguard.expression.functions.encoding import ENCODING
from s2sguard.expression.functions.hashing import HASHING
from s2sguard.expression.functions.lambdas import LAMBDAS
from s2sguard.expression.functions.logic import LOGIC, Thunk
from s2sguard.expression.functions.objects import OBJECTS, create_object
from s2sguard.expression.functions.strings import STRINGS, ends_with, join, split, starts_with, to_lower, to_upper
from s2sguard.expression.interface import ExpressionFailure, Function, Json, UnknownValue
from s2sguard.expression.lambdas import Lambda
from s2sguard.expression.partial import Partial, changed, derived, joined, split_segments
from s2sguard.model.folding import fold
from s2sguard.model.value import Unknown

_FAILS = Unknown("a part of an expression that is only looked at in some cases fails")


def _outcome(thunk: Thunk) -> Json:
    """Return what an argument comes to; failing counts as unknown, as nobody knows whether it is ever looked at."""
    try:
        return thunk()
    except UnknownValue as error:
        return error.unknown
    except ExpressionFailure:
        return _FAILS


def _value(thunk: Thunk) -> Json:
    try:
        return thunk()
    except UnknownValue as error:
        return error.unknown


def if_(condition: Thunk, true_value: Thunk, false_value: Thunk) -> Json:
    """Return one of two values; where the condition is unknown, what both are if they are the same."""
    decided = _value(condition)
    if not isinstance(decided, Unknown):
        return true_value() if boolean("if", decided) else false_value()
    left, right = _outcome(true_value), _outcome(false_value)
    if type(left) is type(right) and equal(left, right):
        return left
    raise UnknownValue(decided)


def _until(name: str, conditions: tuple[Thunk, ...], *, stop: bool) -> bool:
    """Return `stop` if any condition is, whatever the unknown ones are; raises `UnknownValue` where one of them decides."""
    unknown: Unknown | None = None
    for condition in conditions:
        value = _value(condition) if unknown is None else _outcome(condition)
        if isinstance(value, Unknown):
            unknown = unknown or value
        elif boolean(name, value) is stop:
            return stop
    if unknown is not None:
        raise UnknownValue(unknown)
    return not stop


def and_(*conditions: Thunk) -> bool:
    """Return whether all are true; one that is false is enough to know that they are not."""
    return _until("and", conditions, stop=False)


def or_(*conditions: Thunk) -> bool:
    """Return whether any is true; one that is true is enough to know that."""
    return _until("or", conditions, stop=True)


def coalesce(*values: Thunk) -> Json:
    """Return the first value that is not null. A partly known string is not null, an unknown value may be."""
    for thunk in values:
        found = thunk()
        if type(found) is Unknown:
            raise UnknownValue(found)
        if found is not None:
            return found
    return None


def concat_(*values: Json) -> Json:
    """Return arrays as one array, or strings as one string."""
    if isinstance(values[0], list) or not any(isinstance(value, Partial) for value in values):
        return concat(*values)
    return joined([value if isinstance(value, Partial) else scalar_text("concat", value) for value in values])


def join_(value: Json, delimiter: Json) -> Json:
    """Return strings as one string with a delimiter between them."""
    members = array("join", value)
    if not isinstance(delimiter, Partial) and not any(isinstance(member, Partial) for member in members):
        return join(value, delimiter)
    mark = delimiter if isinstance(delimiter, Partial) else text("join", delimiter)
    parts = [member if isinstance(member, Partial) else scalar_text("join", member) for member in members]
    return joined([piece for part in parts for piece in (mark, part)][1:])


def split_(value: Json, delimiter: Json) -> list[Any]:
    """Return the parts between delimiters; of what is partly known only the id of a resource can be split."""
    if isinstance(value, Partial) and value.segments and delimiter == "/":
        return list(split_segments(value))
    return split(value, delimiter)


def to_lower_(value: Json) -> Json:
    """Return a string in lower case."""
    return changed(value, to_lower, "lower") if isinstance(value, Partial) else to_lower(value)


def to_upper_(value: Json) -> Json:
    """Return a string in upper case."""
    return changed(value, to_upper, "upper") if isinstance(value, Partial) else to_upper(value)


def string(value: Json) -> Json:
    """Return any value as text."""
    return value if isinstance(value, Partial) else to_string(value)


def empty_(value: Json) -> bool:
    """Return whether a value is empty; a string with a known part is not."""
    return False if isinstance(value, Partial) and value.literals else empty(value)


def contains_(container: Json, item: Json) -> bool:
    """Return whether a container has an item; a partly known string may have it in a known part."""
    if isinstance(container, Partial) and isinstance(item, str) and any(item in part for part in container.literals):
        return True
    return contains(container, item)


def starts_with_(value: Json, search: Json) -> bool:
    """Return whether a string starts with another, if the known start is long enough to tell."""
    if isinstance(value, Partial) and isinstance(search, str):
        known, wanted = fold(value.prefix), fold(search)
        size = min(len(known), len(wanted))
        if len(known) >= len(wanted) or known[:size] != wanted[:size]:
            return known.startswith(wanted)
    return starts_with(value, search)


def ends_with_(value: Json, search: Json) -> bool:
    """Return whether a string ends with another, if the known end is long enough to tell."""
    if isinstance(value, Partial) and isinstance(search, str):
        known, wanted = fold(value.suffix), fold(search)
        size = min(len(known), len(wanted))
        if len(known) >= len(wanted) or (size and known[-size:] != wanted[-size:]):
            return known.endswith(wanted)
    return ends_with(value, search)


def map_(value: Json, change: Lambda) -> list[Json]:
    """Return what the lambda expression makes of each element; one that is unknown is so alone."""
    return [_applied(change, member, index) for index, member in enumerate(array("map", value))]


def map_values(value: Json, change: Lambda) -> dict[str, Json]:
    """Return an object with the same names and other values."""
    return {name: _applied(change, member) for name, member in mapping("mapValues", value).items()}


def to_object(value: Json, key: Lambda, change: Lambda | None = None) -> dict[str, Json]:
    """Return an object with a property for each element; their names have to be known."""
    members = array("toObject", value)
    return {text("toObject", key(member)): _applied(change, member) if change else member for member in members}


def _applied(change: Lambda, *values: Json) -> Json:
    try:
        return change(*values)
    except UnknownValue as error:
        return error.unknown


def _derived(function: Function) -> Function:
    """Return the function; where strings it is given are partly known, it gives one that is known by what it is made of."""

    def call(*values: Json) -> Json:
        try:
            return function.call(*values)
        except UnknownValue as error:
            if all(isinstance(value, str | int | float | Partial) for value in values):
                return derived(function.name, values, error.unknown.reason)
            raise

    return replace(function, call=call)


_STRING_TO_STRING = (
    *(ENCODING[name] for name in ("base64", "base64tostring", "datauri", "datauritostring", "uri", "uricomponent", "uricomponenttostring")),
    *(STRINGS[name] for name in ("padleft", "replace", "substring", "trim")),
    *(ARRAYS[name] for name in ("first", "last", "skip", "take")),
    HASHING["guid"],
    HASHING["uniquestring"],
    DATES["datetimeadd"],
)
"""Functions whose result is a string whenever their arguments are strings and numbers."""

PARTLY: Mapping[str, Function] = functions(
    *map(_derived, _STRING_TO_STRING),
    replace(LOGIC["if"], call=if_),
    replace(LOGIC["and"], call=and_),
    replace(LOGIC["or"], call=or_),
    replace(LOGIC["coalesce"], call=coalesce),
    replace(ARRAYS["array"], call=to_array, open=True),
    replace(ARRAYS["createarray"], open=True),
    replace(OBJECTS["createobject"], call=create_object, open=True),
    replace(ARRAYS["concat"], call=concat_),
    replace(ARRAYS["contains"], call=contains_),
    replace(ARRAYS["empty"], call=empty_),
    replace(CONVERT["string"], call=string),
    replace(STRINGS["join"], call=join_),
    replace(STRINGS["split"], call=split_),
    replace(STRINGS["startswith"], call=starts_with_),
    replace(STRINGS["endswith"], call=ends_with_),
    replace(STRINGS["tolower"], call=to_lower_),
    replace(STRINGS["toupper"], call=to_upper_),
    replace(LAMBDAS["map"], call=map_),
    replace(LAMBDAS["mapvalues"], call=map_values),
    replace(LAMBDAS["toobject"], call=to_object),
)
"""By lowercase name; they take the place of the others in a dialect whose values may be unknown in parts."""
