"""Gaps that only show once references are followed: what is referred to and absent, and what no control judges yet."""

from __future__ import annotations

from collections.abc import Iterator

from s2sguard.facts.read_networks import hub_id
from s2sguard.facts.reading import of_resource
from s2sguard.model.arm_types import CONNECTION, GATEWAY, HUB_CONNECTION, PEERING
from s2sguard.model.inventory import Gap, Inventory, Resource
from s2sguard.model.value import Maybe

_NOT_JUDGED = {
    HUB_CONNECTION: "virtual WAN connections are read but not judged by this version",
}
_REFERENCES = {
    CONNECTION: {"virtualnetworkgateway1": "gateway", "localnetworkgateway2": "site", "virtualnetworkgateway2": "second gateway"},
    PEERING: {"remotevirtualnetwork": "peered network"},
    GATEWAY: {"gatewaydefaultsite": "default site"},
}
"""Type -> property that refers to another resource -> what that is."""


def gaps_of(inventory: Inventory) -> tuple[Gap, ...]:
    """Return a gap for each missing reference and each resource that is not judged, in the order of the inventory."""
    return (*_missing(inventory), *_not_judged(inventory))


def _missing(inventory: Inventory) -> Iterator[Gap]:
    for resource_type, references in _REFERENCES.items():
        for resource in inventory.of_type(resource_type):
            properties = of_resource(resource)
            for name, what in references.items():
                yield from _absent(inventory, resource, what, properties.reference(name))
            if resource_type == GATEWAY:
                yield from _absent(inventory, resource, "network", hub_id(inventory, properties))


def _absent(inventory: Inventory, resource: Resource, what: str, target: Maybe[str]) -> Iterator[Gap]:
    if isinstance(target, str) and target and inventory.get(target) is None:
        reason = f"the {what} it refers to is not in the input: `{target}`"
        yield Gap(kind="missing-reference", reason=reason, source=resource.source, resource=resource.id)


def _not_judged(inventory: Inventory) -> Iterator[Gap]:
    for resource_type, reason in _NOT_JUDGED.items():
        for resource in inventory.of_type(resource_type):
            yield Gap(kind="not-judged", reason=reason, source=resource.source, resource=resource.id)
