"""Several files are one inventory: find the resources that were read more than once.

Duplicates that say the same become one. Where they differ, the resource stays, what they disagree on is `Unknown`, and a gap
names both places and the properties - never the values. The order of the files changes neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from s2sguard.collect.compare import VOLATILE, comparable
from s2sguard.collect.resource_types import KNOWN_TYPES
from s2sguard.model.inventory import Gap, Resource, fold_id
from s2sguard.model.value import Maybe, Unknown

_LISTED = "listed without its properties; `az graph query` with `project id, name, type, tags, properties` gives them"

_NAMED = 2
"""So many places are named; of a resource read fifty times, two are enough to start looking."""


def merge(resources: Iterable[Resource]) -> tuple[list[Resource], list[Gap]]:
    """Return the resources with unique ids, in the order each was first read, and a gap for every contradiction."""
    groups: dict[str, list[Resource]] = {}
    for resource in resources:
        groups.setdefault(merge_key(resource.id), []).append(resource)
    gaps: list[Gap] = []
    merged = [group[0] if len(group) == 1 else _one(group, gaps) for group in groups.values()]
    gaps += [listed(found) for found in merged if not found.properties and not found.existing and found.type in KNOWN_TYPES]
    return merged, gaps


def merge_key(resource_id: str) -> str:
    """Return the id for comparing; a link connection has two spellings of its path segment (REST examples and service)."""
    return fold_id(resource_id).replace("/vpnsitelinkconnections/", "/vpnlinkconnections/")


def listed(resource: Resource) -> Gap:
    """Return the gap about a resource that is listed without its properties."""
    return Gap(kind="unreadable-value", reason=_LISTED, source=resource.source, resource=resource.id)


def _one(group: list[Resource], gaps: list[Gap]) -> Resource:
    """Return what several descriptions of one resource agree on."""
    ordered = sorted(group, key=lambda resource: (resource.existing, resource.source.file, resource.source.pointer))
    with_body = [resource for resource in ordered if resource.properties] or ordered
    # What the input only refers to, or lists by name, adds nothing to a full description and contradicts nothing.
    full = [resource for resource in with_body if not resource.existing] or with_body
    if any(resource.whole and not resource.existing for resource in full):
        full = [replace(resource, whole=True) for resource in full]
    if len(full) == 1 or _agree(full):
        return full[0]
    why = Unknown(_disagreement(full))
    absent_is_open = full[0].existing
    properties, differing = _properties(full, why, absent_is_open=absent_is_open)
    tags: Maybe[Mapping[str, object]] = full[0].tags
    if not _all_same([resource.tags for resource in full]):
        tags, differing = why, [*differing, "tags"]
    if differing:
        gaps.append(_conflict(full, differing))
    return replace(full[0], properties=properties, tags=tags)


def _agree(group: Sequence[Resource]) -> bool:
    return _all_same([resource.properties for resource in group]) and _all_same([resource.tags for resource in group])


def _all_same(values: Sequence[object]) -> bool:
    first = comparable(values[0])
    return all(comparable(value) == first for value in values[1:])


def _properties(group: Sequence[Resource], why: Unknown, *, absent_is_open: bool) -> tuple[dict[str, object], list[str]]:
    """Return the members all agree on, `why` for the others, and the names of the others."""
    folded = [{key.lower(): (key, value) for key, value in resource.properties.items()} for resource in group]
    properties: dict[str, object] = {}
    differing: list[str] = []
    for name in dict.fromkeys(name for members in folded for name in members):
        found = [members[name] for members in folded if name in members]
        key, value = next((pair for pair in found if comparable(pair[1]) is not None), found[0])
        compared = [pair[1] for pair in found]
        if len(found) < len(folded) and not absent_is_open:
            compared.append(None)
        if name not in VOLATILE and not _all_same(compared):
            value = why
            differing.append(key)
        properties[key] = value
    return properties, differing


def _conflict(group: Sequence[Resource], differing: Sequence[str]) -> Gap:
    names = ", ".join(f"`{name}`" for name in sorted(differing, key=str.lower))
    places = _joined([str(resource.source) for resource in group])
    return Gap(
        kind="conflicting-duplicates",
        reason=f"{places} disagree on {names}, so that counts as unknown",
        source=group[0].source,
        resource=group[0].id,
    )


def _disagreement(group: Sequence[Resource]) -> str:
    files = list(dict.fromkeys(resource.source.file for resource in group))
    places = files if len(files) > 1 else [str(resource.source) for resource in group]
    return "two inputs disagree: " + _joined(places)


def _joined(places: Sequence[str]) -> str:
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return " and ".join(places[:_NAMED]) + more
