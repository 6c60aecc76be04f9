"""Ids of resources that only exist in a plan, and what it takes to give such a resource another one.

An address such as `azurerm_virtual_network.hub` is unique in one plan and the most common name in all plans:
two plans that share one do not speak of the same resource.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from s2sguard.collect.compare import same
from s2sguard.collect.interface import Collected
from s2sguard.model.inventory import PLAN_ID, Gap, Resource, fold_id


def renamed(resource: Resource, ids: Mapping[str, str]) -> Resource:
    """Return the resource with its own id, its parent's and every reference in its properties replaced.

    `ids` maps folded ids to ids.
    """
    properties = {key: _followed(value, ids) for key, value in resource.properties.items()}
    parent = ids.get(fold_id(resource.parent), resource.parent) if resource.parent is not None else None
    return replace(resource, id=ids.get(resource.key, resource.id), parent=parent, properties=properties)


def tell_apart(documents: Sequence[Collected]) -> None:
    """Where two documents use one planned id for different resources, add the file to all planned ids of both."""
    owners: dict[str, list[tuple[int, Resource]]] = {}
    for index, document in enumerate(documents):
        for resource in document.resources:
            if resource.id.startswith(PLAN_ID):
                owners.setdefault(resource.key, []).append((index, resource))
    shared = [found for found in owners.values() if len({index for index, _ in found}) > 1]
    clashing = {index for found in shared if not _agree([resource for _, resource in found]) for index, _ in found}
    for index in clashing:
        document = documents[index]
        ids = {found.key: f"{found.id}@{found.source.file}" for found in document.resources if found.id.startswith(PLAN_ID)}
        document.resources = [renamed(resource, ids) for resource in document.resources]
        document.gaps = [_moved(gap, ids) for gap in document.gaps]


def _agree(group: Sequence[Resource]) -> bool:
    first = group[0]
    return all(same(first.properties, other.properties) and same(first.tags, other.tags) for other in group[1:])


def _moved(gap: Gap, ids: Mapping[str, str]) -> Gap:
    return replace(gap, resource=ids.get(fold_id(gap.resource), gap.resource)) if gap.resource is not None else gap


def _followed(value: object, ids: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return ids.get(fold_id(value), value) if value.startswith((PLAN_ID, "/")) else value
    if isinstance(value, dict):
        return {key: _followed(member, ids) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_followed(member, ids) for member in value]
    return value
