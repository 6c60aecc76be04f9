"""Functions on objects (Microsoft: template-functions-object, bicep-functions-object). Names of properties ignore case."""

from __future__ import annotations

from collections.abc import Mapping

from s2sguard.expression.functions.common import array, equal, fail, find_name, functions, mapping, order_key, simple, text, wrong
from s2sguard.expression.interface import Function, Json
from s2sguard.expression.member import Missing, look_up
from s2sguard.model.folding import fold


def create_object(*parts: Json) -> dict[str, Json]:
    """Return an object of names and values in turn."""
    if len(parts) % 2:
        fail("createObject", "takes names and values in pairs")
    return {text("createObject", name): value for name, value in zip(parts[::2], parts[1::2], strict=True)}


def items(value: Json) -> list[Json]:
    """Return the properties as objects with `key` and `value`, in alphabetical order."""
    members = mapping("items", value)
    return [{"key": name, "value": members[name]} for name in _sorted(members)]


def object_keys(value: Json) -> list[str]:
    """Return the names of the properties in alphabetical order."""
    return _sorted(mapping("objectKeys", value))


def _sorted(members: dict[str, Json]) -> list[str]:
    return sorted(members, key=order_key)


def shallow_merge(value: Json) -> dict[str, Json]:
    """Return the objects of an array as one; a later value replaces an earlier one whole."""
    result: dict[str, Json] = {}
    for part in array("shallowMerge", value):
        _put_all(result, mapping("shallowMerge", part), deep=False)
    return result


def union_objects(values: tuple[Json, ...]) -> dict[str, Json]:
    """Return objects merged: objects within them are merged too, arrays and other values replaced by the later one."""
    result: dict[str, Json] = {}
    for value in values:
        _put_all(result, value if isinstance(value, dict) else wrong("union", "arrays only or objects only", value), deep=True)
    return result


def _put_all(target: dict[str, Json], source: dict[str, Json], *, deep: bool) -> None:
    """Add the properties of `source` to `target`, which keeps the casing it has."""
    casing = {fold(name): name for name in target}
    for name, value in source.items():
        old = casing.setdefault(fold(name), name)
        earlier = target.get(old)
        if deep and isinstance(earlier, dict) and isinstance(value, dict):
            merged: dict[str, Json] = dict(earlier)
            _put_all(merged, value, deep=True)
            target[old] = merged
        else:
            target[old] = value


def intersect_objects(values: tuple[Json, ...]) -> dict[str, Json]:
    """Return the properties that all objects have with the same value."""
    rest = [value if isinstance(value, dict) else wrong("intersection", "arrays only or objects only", value) for value in values[1:]]
    return {name: value for name, value in values[0].items() if all(_has(other, name, value) for other in rest)}


def _has(members: dict[str, Json], name: str, value: Json) -> bool:
    found = find_name(members, name)
    return found is not None and equal(members[found], value)


def try_get(value: Json, *path: Json) -> Json:
    """Return what a path of names and indexes leads to, or null where a step leads nowhere (the Bicep compiler's `.?` and `[?]`)."""
    for key in path:
        if value is None:
            return None
        try:
            value = look_up(value, key)
        except Missing:
            return None
    return value


OBJECTS: Mapping[str, Function] = functions(
    simple("createObject", create_object, 0, None),
    simple("items", items, 1),
    simple("objectKeys", object_keys, 1),
    simple("shallowMerge", shallow_merge, 1),
    simple("tryGet", try_get, 2, None),
)
