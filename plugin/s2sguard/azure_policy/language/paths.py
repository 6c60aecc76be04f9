"""Property paths such as `properties.rules[*].name`: cut into steps once, followed in many resources."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from s2sguard.azure_policy.language.text import MISSING, lookup, member
from s2sguard.expression.interface import Json
from s2sguard.model.value import Unknown

STAR: Final = "[*]"
"""The step that stands for every member of an array."""

Path: TypeAlias = tuple[str, ...]
"""Property names as written, and `STAR`."""
Follow: TypeAlias = Callable[[Json], Json]
"""Follows the steps between two arrays; None for what is not there, the `Unknown` where one is in the way."""

_STEP = re.compile(r"\.?(?P<name>[^.\[\]]+)|(?P<star>\[\*\])|\[(?P<index>\d+)\]|\.?\['(?P<quoted>(?:[^']|'')+)'\]")

ENVELOPE: Final = frozenset(
    {"sku", "kind", "plan", "zones", "identity", "managedby", "extendedlocation", "tags", "location", "name", "id", "etag"}
)
"""Members that stand beside `properties` in a resource, not in it (Resource Manager's common properties)."""


class PathError(ValueError):
    """A path that cannot be cut into steps; the text says why."""


class Selected(list[Json]):
    """Values selected from the members of an array without `[*]`, as older aliases do (`logs.enabled`)."""


@dataclass(frozen=True, slots=True)
class UnknownArray(Unknown):
    """An array that is not known, so neither is the number of its members."""


def parse_path(text: str) -> Path:
    """Cut a path into names and `STAR`; raises `PathError`."""
    steps: list[str] = []
    position = 0
    while position < len(text):
        found = _STEP.match(text, position)
        first = not position and text.startswith((".", "[*"))
        if found is None or first or (position and text[position] not in ".["):
            raise PathError(f"the path is not valid from character {position + 1} on")
        if found["index"] is not None:
            raise PathError("members of an array are selected with `[*]`, not by number")
        steps.append(STAR if found["star"] else found["name"] or found["quoted"].replace("''", "'"))
        position = found.end()
    if not steps:
        raise PathError("the path is empty")
    return tuple(steps)


def split_at_stars(steps: Path) -> tuple[Path, ...]:
    """Return the runs of names before, between and after the `STAR`s; one more than there are stars."""
    runs: list[Path] = []
    run: list[str] = []
    for step in steps:
        if step == STAR:
            runs.append(tuple(run))
            run = []
        else:
            run.append(step)
    return (*runs, tuple(run))


def members_of(array: Json) -> list[Json] | None:
    """Return the members of an array, one `UnknownArray` for one that is not known, None where there is no array."""
    if isinstance(array, list):
        return array
    return [UnknownArray(array.reason)] if isinstance(array, Unknown) else None


def exact(steps: Path) -> Follow:
    """Return a function that follows `steps` one by one, in any casing; `steps` holds no `STAR`."""
    pairs = tuple((name, name.lower()) for name in steps)

    def follow(value: Json) -> Json:
        for name, lower in pairs:
            # The common case without a call: an object that has the name as the alias writes it.
            found = value.get(name) if value.__class__ is dict else None
            value = child(value, name, lower) if found is None else found
            if value is None:
                return None
        return value

    return follow


def uniform(steps: Path, *, root: bool) -> Follow:
    """Return a function that follows `steps` where no catalogue says the path (facts 2.1: paths are uniform).

    At every object that has a `properties` object the member is looked for in there first.
    At the `root`, a resource, only the members of the envelope are found beside `properties`; and where nothing is found, a first
    step that only `repeats` what the resource is may be left out.
    """
    pairs = tuple((name, name.lower()) for name in steps)
    if not root:
        return lambda value: _followed(value, pairs)
    (name, lower), rest = pairs[0], pairs[1:]

    def follow(resource: Json) -> Json:
        found = _followed(_of_resource(resource, name, lower), rest)
        if found is None and rest and repeats(lower, resource):
            return _followed(_of_resource(resource, *rest[0]), rest[1:])
        return found

    return follow


def repeats(step: str, resource: Json) -> bool:
    """Say whether a (lowercase) step is the resource's own name, as in `blobServices/default.isVersioningEnabled`, or its kind.

    The latter is `properties.type`, as in `integrationRuntimes/Managed.typeProperties.state`.
    """
    if not isinstance(resource, dict):
        return False
    name, properties = member(resource, "name"), member(resource, "properties")
    kind = member(properties, "type") if isinstance(properties, dict) else None
    return (isinstance(name, str) and name.rpartition("/")[2].lower() == step) or (isinstance(kind, str) and kind.lower() == step)


def _followed(value: Json, pairs: tuple[tuple[str, str], ...]) -> Json:
    for name, lower in pairs:
        if value is None:
            return None
        value = _nested(value, name, lower)
    return value


def child(value: Json, name: str, lower: str) -> Json:
    """Return the member `name` of an object in any casing, the value itself where it is `Unknown`, else None."""
    if isinstance(value, dict):
        found = lookup(value, name, lower)
        return None if found is MISSING else found
    return value if isinstance(value, Unknown) else None


def _of_resource(resource: Json, name: str, lower: str) -> Json:
    if not isinstance(resource, dict):
        return child(resource, name, lower)
    inner = lookup(resource, "properties", "properties")
    if isinstance(inner, dict):
        found = lookup(inner, name, lower)
        if found is not MISSING:
            return found
        return child(resource, name, lower) if lower in ENVELOPE or lower == "properties" else None
    if isinstance(inner, Unknown):
        return child(resource, name, lower) if lower in ENVELOPE else inner
    # A payload without `properties` may have everything beside each other; its type is still not a property.
    return None if lower == "type" else child(resource, name, lower)


def _nested(value: Json, name: str, lower: str) -> Json:
    if isinstance(value, list):
        return _of_each(value, name, lower)
    if not isinstance(value, dict):
        return child(value, name, lower)
    inner = lookup(value, "properties", "properties")
    if isinstance(inner, dict):
        found = lookup(inner, name, lower)
        if found is not MISSING:
            return found
    elif isinstance(inner, Unknown) and lower not in ENVELOPE:
        return inner
    return child(value, name, lower)


def _of_each(values: list[Json], name: str, lower: str) -> Selected:
    selected = Selected()
    for value in values:
        found = _nested(value, name, lower)
        if isinstance(found, Selected):
            selected.extend(found)
        else:
            selected.append(found)
    return selected
