"""What append and modify do to a resource: the changed copy, and the changes that cannot be made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from s2sguard.azure_policy.language.aliases import AliasCatalogue
from s2sguard.azure_policy.language.compare import equals, has_equal
from s2sguard.azure_policy.language.paths import ENVELOPE, STAR, repeats
from s2sguard.azure_policy.language.text import keys
from s2sguard.expression.interface import Json, UnknownValue
from s2sguard.model.value import Unknown

Resource: TypeAlias = Mapping[str, Json]
Operation: TypeAlias = str
"""`add`, `addOrReplace` or `remove`."""
Parents: TypeAlias = Literal["made", "needed"]
"""Whether objects around a nested property are made where they are missing (append) or the change is skipped (modify)."""

PROPERTIES: Final = "properties"
_PIECE = re.compile(r"\[\*\]|\['(?P<quoted>(?:[^']|'')*)'\]|\[(?P<bare>[^\]]*)\]|(?P<name>[^.\[\]]+)")
_ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One operation with its values known."""

    operation: Operation
    field: str
    value: Json = None

    def document(self) -> dict[str, Json]:
        """Return the operation as it is written in `operations`; a removal has no value."""
        written = {"operation": self.operation, "field": self.field}
        return written if self.operation == "remove" else {**written, "value": self.value}


def apply_changes(
    resource: Resource, details: Mapping[str, Json], aliases: AliasCatalogue | None = None, api_version: str | None = None
) -> Resource:
    """Return `resource` as it is after an append or modify whose `Evaluation.details` these are; nothing given is changed.

    Where there are `conflicts` nothing is applied: the request is denied, or goes through as it is (effect-modify, `conflictEffect`).
    A nested property whose parent is not in the request is left alone by modify ("Property not present"), and made by append.
    An operation on `[*]` adds a member to the array; one on `[*].name` changes every member.
    """
    if details.get("conflicts"):
        return resource
    parents: Parents = "made" if "fields" in details else "needed"
    for change in changes_of(details):
        resource = _applied(resource, change, parents, aliases, api_version)
    return resource


def changes_of(details: Mapping[str, Json]) -> tuple[Change, ...]:
    """Return the changes that the details of an append or a modify name."""
    added = [Change(operation="add", field=one["field"], value=one["value"]) for one in details.get("fields", ())]
    operations = details.get("operations", ())
    return (*added, *(Change(operation=one["operation"], field=one["field"], value=one.get("value")) for one in operations))


def conflicts(
    resource: Resource, changes: Iterable[Change], aliases: AliasCatalogue | None, api_version: str | None
) -> list[dict[str, Json]]:
    """Return the fields that cannot be set: `[{"field", "reason"}]`.

    `add` does not replace another value, and nothing can be set below what is no object or array. Values are compared as in
    conditions: one that differs in casing only is not another value, and true is not 1.
    Raises `UnknownValue` where what a field holds is not known.
    """
    found: list[dict[str, Json]] = []
    for change in changes:
        steps = target(resource, change.field, aliases, api_version)
        if change.operation != "remove" and _is_blocked(resource, steps):
            found.append({"field": change.field, "reason": "a value of another kind is in its place"})
        elif change.operation == "add" and steps[-1:] != (STAR,) and not all(equals(change.value)(one) for one in _held(resource, steps)):
            found.append({"field": change.field, "reason": "it has another value already"})
        else:
            resource = _applied(resource, change, "made", aliases, api_version)
    return found


def is_tag(field: str) -> bool:
    """Say whether a field is `tags` or one tag in any of the spellings that fields have (policy-rule, "Fields")."""
    return field.lower() == "tags" or field.lower().startswith(("tags.", "tags["))


def target(resource: Resource, field: str, aliases: AliasCatalogue | None, api_version: str | None) -> tuple[str, ...]:
    """Return the steps from a resource to what a field names, in the casing that a new member would get.

    Without a catalogue an alias is in `properties`, but for the members that Resource Manager has beside it (facts 2.1).
    """
    if is_tag(field):
        return ("tags", *_tag(field[4:]))
    path = aliases.resolve(field, api_version) if aliases is not None else None
    if path is not None:
        return _steps(path)
    steps = _steps(_after_type(field))
    if "/" not in field or not steps:
        return steps
    if len(steps) > 1 and repeats(steps[0].lower(), resource) and not _holds(resource, PROPERTIES, steps[0]):
        steps = steps[1:]
    beside = steps[0].lower() in ENVELOPE and not _holds(resource, PROPERTIES, steps[0])
    return steps if beside or steps[0].lower() == PROPERTIES else (PROPERTIES, *steps)


def _tag(spelling: str) -> tuple[str, ...]:
    if not spelling:
        return ()
    if spelling.startswith("."):
        return (spelling[1:],)
    inner = spelling[1:-1] if spelling.endswith("]") else spelling[1:]
    quoted = len(inner) > 1 and inner[0] == inner[-1] == "'"
    return (inner[1:-1].replace("''", "'") if quoted else inner,)


def _after_type(alias: str) -> str:
    depth = 0
    for index in range(len(alias) - 1, -1, -1):
        depth += {"]": 1, "[": -1}.get(alias[index], 0)
        if alias[index] == "/" and depth == 0:
            return alias[index + 1 :]
    return alias


def _steps(path: str) -> tuple[str, ...]:
    return tuple(_step(found) for found in _PIECE.finditer(path))


def _step(found: re.Match[str]) -> str:
    if found["quoted"] is not None:
        return found["quoted"].replace("''", "'")
    return found["name"] or found["bare"] or STAR


def _holds(resource: Resource, *names: str) -> bool:
    return any(True for _ in _held(resource, names))


def _held(value: Json, steps: tuple[str, ...]) -> Iterable[Json]:
    """Yield the values, other than null, that a path leads to."""
    if isinstance(value, Unknown):
        raise UnknownValue(value)
    if not steps:
        return [] if value is None else [value]
    if steps[0] == STAR:
        return [one for member in (value if isinstance(value, list) else ()) for one in _held(member, steps[1:])]
    if not isinstance(value, Mapping):
        return []
    name = keys(value).get(steps[0].lower())
    return [] if name is None else _held(value[name], steps[1:])


def _is_blocked(value: Json, steps: tuple[str, ...]) -> bool:
    """Say whether a path leads through something that is neither missing nor what the path takes it for."""
    for index, step in enumerate(steps):
        if value is None:
            return False
        if step == STAR:
            rest = steps[index + 1 :]
            return not isinstance(value, list | Unknown) or any(
                _is_blocked(member, rest) for member in (value if isinstance(value, list) else ())
            )
        if not isinstance(value, Mapping):
            return not isinstance(value, Unknown)
        value = value.get(keys(value).get(step.lower(), step))
    return False


def _applied(resource: Resource, change: Change, parents: Parents, aliases: AliasCatalogue | None, api_version: str | None) -> Resource:
    steps = target(resource, change.field, aliases, api_version)
    changed = _changed(resource, steps, change, 0 if parents == "made" else 1)
    return changed if isinstance(changed, Mapping) else resource


def _changed(value: Json, steps: tuple[str, ...], change: Change, needed: int) -> Json:
    """Return a copy of `value` with the change made, or `value` itself where there is nothing to change.

    `needed` is 0 where missing parents are made, else how many more steps may be made on the way (`properties` may be).
    """
    if not steps:
        return _set(value, change)
    if steps[0] == STAR:
        return _changed_array(value, steps[1:], change, needed)
    if value is not _ABSENT and value is not None and not isinstance(value, Mapping):
        return value
    held: Mapping[str, Json] = value if isinstance(value, Mapping) else {}
    name = keys(held).get(steps[0].lower(), steps[0])
    before = held.get(name, _ABSENT)
    if before is _ABSENT and (change.operation == "remove" or (len(steps) > 1 and needed > 1)):
        return value
    after = _changed(before, steps[1:], change, needed and needed + 1)
    if after is before:
        return value
    if after is _ABSENT:
        return {key: one for key, one in held.items() if key != name}
    return {**held, name: after}


def _changed_array(value: Json, steps: tuple[str, ...], change: Change, needed: int) -> Json:
    members = value if isinstance(value, list) else []
    if steps:
        after = [_changed(one, steps, change, needed and needed + 1) for one in members]
        return after if any(one is not other for one, other in zip(after, members, strict=True)) else value
    if change.operation == "remove" or has_equal(members, equals(change.value)):
        return value
    return [*members, change.value]


def _set(value: Json, change: Change) -> Json:
    if change.operation == "remove":
        return _ABSENT
    if change.operation == "add" and value is not _ABSENT and value is not None:
        return value
    return change.value
