"""A resource of an inventory as the body of the ARM request that would create it: what Azure Policy gets to see.

An inventory keeps what the facts need and drops the rest (location, identity, keys).
What was dropped is unknown here, never missing: a rule that asks for it must not be told that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from s2sguard.collect.resource_types import INLINE_CHILDREN
from s2sguard.model.arm_types import CONNECTION, HUB_CONNECTION, HUB_LINK_CONNECTION
from s2sguard.model.inventory import PLAN_ID, Inventory, Resource
from s2sguard.model.value import Unknown

Request = dict[str, Any]
"""`type`, `name`, `id`, `tags`, `properties` and the envelope; values at any depth may be `Unknown`."""

AFTER_APPLY: Final = Unknown("known only after apply")
"""The id of a resource that only a plan has, and every reference to one."""

_NOT_KEPT: Final = Unknown("the inventory does not keep it; give the resource to `s2sguard policy test`")
_HIDDEN: Final = Unknown("secrets are not read")
_ENVELOPE: Final[Mapping[str, Unknown]] = dict.fromkeys(("extendedLocation", "identity", "kind", "managedBy", "plan", "zones"), _NOT_KEPT)
_SECRETS: Final[Mapping[str, tuple[str, ...]]] = {
    CONNECTION: ("sharedKey", "authorizationKey"),
    HUB_CONNECTION: ("sharedKey",),
    HUB_LINK_CONNECTION: ("sharedKey",),
}
"""Properties that are removed while reading (facts 1.1, 1.7) and that have an alias all the same."""
_OF_THE_CHILD: Final = frozenset({"id", "name", "type", "etag", "properties"})
"""Members of a resource written inside another one that stand beside its `properties`."""


def request_of(resource: Resource, inventory: Inventory | None = None) -> Request:
    """Return the request body for one resource; `inventory` gives planned children the names of their parents.

    Nothing is copied that needs no change, so the body must not be written to.
    """
    body: Request = {
        **_ENVELOPE,
        "type": resource.type,
        "name": _full_name(resource, inventory),
        "id": AFTER_APPLY if is_planned(resource.id) else resource.id,
        "tags": resource.tags,
        "properties": _properties(resource),
    }
    if resource.parent is None:
        # Child resources have no location of their own.
        body["location"] = _NOT_KEPT
    return body


def is_planned(resource_id: str) -> bool:
    """Say whether an id stands for a resource that does not exist yet."""
    return resource_id.startswith(PLAN_ID)


def _properties(resource: Resource) -> Mapping[str, object]:
    properties = _nested(resource.type, _without_planned_ids(resource.properties))
    secrets = _SECRETS.get(resource.type)
    return properties if secrets is None else {**dict.fromkeys(secrets, _HIDDEN), **properties}


def _nested(kind: str, properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the properties with the `properties` of inner resources that `az` and Terraform leave out (facts 2.1: alias paths)."""
    inner = {child.property: child.type for child in INLINE_CHILDREN.get(kind, ())}
    changed: dict[str, Any] = {}
    for key, members in properties.items():
        child = inner.get(key.lower()) if inner else None
        if child is not None and isinstance(members, list):
            changed[key] = [_child(child, member) for member in members]
    return {**properties, **changed} if changed else properties


def _child(kind: str, member: Any) -> Any:  # noqa: ANN401  # JSON in, JSON out
    if not isinstance(member, Mapping):
        return member
    folded = {key.lower(): key for key in member}
    key = folded.get("properties")
    if key is None:
        own = {key: value for key, value in member.items() if key.lower() in _OF_THE_CHILD}
        return {**own, "properties": _nested(kind, {key: value for key, value in member.items() if key not in own})}
    return {**member, key: _nested(kind, member[key])} if isinstance(member[key], Mapping) else member


def _full_name(resource: Resource, inventory: Inventory | None) -> str:
    """Return the name as ARM writes it: `network/subnet` for a child."""
    names = [resource.name]
    parent = resource.parent
    while parent is not None:
        found = inventory.get(parent) if inventory is not None else None
        if is_planned(parent) and found is None:
            break
        names.append(found.name if found is not None else parent.rstrip("/").rpartition("/")[2])
        parent = found.parent if found is not None else None
    return "/".join(reversed(names))


def _without_planned_ids(value: Any) -> Any:  # noqa: ANN401  # JSON in, JSON out
    """Return the value with every reference to a planned resource unknown; the same object where there is none."""
    if isinstance(value, str):
        return AFTER_APPLY if is_planned(value) else value
    if isinstance(value, Mapping):
        changed = {key: new for key, member in value.items() if (new := _without_planned_ids(member)) is not member}
        return {**value, **changed} if changed else value
    if isinstance(value, list | tuple):
        members = [_without_planned_ids(member) for member in value]
        return members if any(new is not old for new, old in zip(members, value, strict=True)) else value
    return value
