"""Functions on arrays, and those that take a string or an object as well (Microsoft: template-functions-array)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace

from s2sguard.expression.functions.common import (
    array,
    fail,
    find_name,
    functions,
    in_length,
    integer,
    is_in,
    is_integer,
    is_number,
    key_of,
    merged,
    scalar_text,
    simple,
    wrong,
)
from s2sguard.expression.functions.objects import intersect_objects, union_objects
from s2sguard.expression.interface import Function, Json, UnknownValue
from s2sguard.model.value import Unknown

MAX_RANGE = 10_000
"""Elements of `range`."""
MAX_RANGE_END = 2_147_483_647
"""Greatest sum of the two arguments of `range`."""


def to_array(value: Json) -> list[Json]:
    """Return an array as it is, anything else as the one element of an array."""
    return value if isinstance(value, list) else [value]


def concat(*values: Json) -> Json:
    """Return arrays as one array, or strings, numbers and booleans as one string. The two do not mix."""
    if isinstance(values[0], list):
        return merged("concat", [array("concat", value) for value in values])
    parts = [scalar_text("concat", value) for value in values]
    in_length("concat", sum(map(len, parts)))
    return "".join(parts)


def contains(container: Json, item: Json) -> bool:
    """Return whether a string contains a string, an array a value, or an object a property.

    Strings keep their case; names of properties do not.
    """
    if isinstance(container, str):
        return _item_text(item) in container
    if isinstance(container, dict):
        return find_name(container, _item_text(item)) is not None
    if isinstance(container, list):
        return is_in(item, container)
    return wrong("contains", "an array, an object or a string", container)


def _item_text(item: Json) -> str:
    return str(item) if is_integer(item) else item if isinstance(item, str) else wrong("contains", "a string to look for", item)


def empty(value: Json) -> bool:
    """Return whether a string, array or object is empty; null is."""
    if isinstance(value, str | list | dict):
        return not value
    return True if value is None else wrong("empty", "an array, an object or a string", value)


def first(value: Json) -> Json:
    """Return the first element or character. An empty array has none, which is null; an empty string gives an empty string."""
    if isinstance(value, str):
        return value[:1]
    return value[0] if array_or_string("first", value) else None


def last(value: Json) -> Json:
    """Return the last element or character; of empty values see `first`."""
    if isinstance(value, str):
        return value[-1:]
    return value[-1] if array_or_string("last", value) else None


def array_or_string(name: str, value: Json) -> Json:
    """Return an array or a string."""
    return value if isinstance(value, list | str) else wrong(name, "an array or a string", value)


def length(value: Json) -> int:
    """Return the number of elements, characters (code points) or properties."""
    return len(value) if isinstance(value, str | list | dict) else wrong("length", "an array, a string or an object", value)


def skip(value: Json, count: Json) -> Json:
    """Return what comes after `count` elements or characters; a negative count skips none."""
    return array_or_string("skip", value)[max(integer("skip", count), 0) :]


def take(value: Json, count: Json) -> Json:
    """Return the first `count` elements or characters; a negative count takes none."""
    return array_or_string("take", value)[: max(integer("take", count), 0)]


def _extreme(name: str, values: tuple[Json, ...], *, greatest: bool) -> Json:
    members = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    for member in members:
        if not is_number(member):
            wrong(name, "integers", member)
    if not members:
        fail(name, "takes at least one integer; the array is empty")
    return max(members) if greatest else min(members)


def max_(*values: Json) -> Json:
    """Return the greatest of integers, given one by one or as one array."""
    return _extreme("max", values, greatest=True)


def min_(*values: Json) -> Json:
    """Return the least of integers, given one by one or as one array."""
    return _extreme("min", values, greatest=False)


def range_(start: Json, count: Json) -> list[int]:
    """Return `count` integers from `start` on."""
    begin, number = integer("range", start), integer("range", count)
    if not 0 <= number <= MAX_RANGE:
        fail("range", f"takes a count from 0 to {MAX_RANGE}")
    if begin + number > MAX_RANGE_END:
        fail("range", f"takes a start and a count with a sum of at most {MAX_RANGE_END}")
    if begin < -MAX_RANGE_END - 1:
        fail("range", "takes a start of 32 bits")
    return list(range(begin, begin + number))


def union(*values: Json) -> Json:
    """Return all distinct elements of arrays in order of appearance, or objects merged deeply, the later value winning."""
    if isinstance(values[0], dict):
        return union_objects(values)
    return list(_distinct(member for value in values for member in _both("union", value)).values())


def intersection(*values: Json) -> Json:
    """Return the distinct elements that all arrays have, or the properties that all objects have with the same value."""
    if isinstance(values[0], dict):
        return intersect_objects(values)
    common = _distinct(_both("intersection", values[0]))
    for value in values[1:]:
        keys = {key_of(member) for member in _both("intersection", value)}
        common = {key: member for key, member in common.items() if key in keys}
    return list(common.values())


def _distinct(members: Iterable[Json]) -> dict[Hashable, Json]:
    """Return the first of equal members, by key, in order."""
    found: dict[Hashable, Json] = {}
    for member in members:
        found.setdefault(key_of(member), member)
    return found


def _both(name: str, value: Json) -> list[Json]:
    return value if isinstance(value, list) else wrong(name, "arrays only or objects only", value)


def flatten(value: Json) -> list[Json]:
    """Return an array of arrays as one array, by one level (Microsoft: bicep-functions-array)."""
    return merged("flatten", [array("flatten", part) for part in array("flatten", value)])


def index_from_end(value: Json, index: Json) -> Json:
    """Return an element counted from the end, 1 being the last (the Bicep compiler's `[^1]`)."""
    members, number = array("indexFromEnd", value), integer("indexFromEnd", index)
    if not 1 <= number <= len(members):
        fail("indexFromEnd", "takes an index within the array")
    return members[-number]


def try_index_from_end(value: Json, index: Json) -> Json:
    """Return an element counted from the end, or null where there is none."""
    if value is None:
        return None
    members, number = array("tryIndexFromEnd", value), integer("tryIndexFromEnd", index)
    return members[-number] if 1 <= number <= len(members) else None


def known_members(members: list[Json]) -> list[Json]:
    """Return an array whose members are all known. Raises `UnknownValue`."""
    for member in members:
        if isinstance(member, Unknown):
            raise UnknownValue(member)
    return members


ARRAYS: Mapping[str, Function] = functions(
    simple("array", to_array, 1),
    simple("concat", concat, 1, None),
    replace(simple("contains", contains, 2), cost=4),
    simple("createArray", lambda *values: list(values), 0, None),
    simple("empty", empty, 1),
    simple("first", first, 1),
    simple("flatten", flatten, 1),
    simple("indexFromEnd", index_from_end, 2),
    simple("intersection", intersection, 2, None),
    simple("last", last, 1),
    simple("length", length, 1),
    simple("max", max_, 1, None),
    simple("min", min_, 1, None),
    simple("range", range_, 2),
    simple("skip", skip, 2),
    simple("take", take, 2),
    simple("tryIndexFromEnd", try_index_from_end, 2),
    simple("union", union, 2, None),
)
