"""Gaps that only show once references are followed: what is referred to and absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from s2sguard.facts.read_networks import hub_id
from s2sguard.facts.reading import of_resource
from s2sguard.model.arm_types import CONNECTION, GATEWAY, HUB, HUB_CONNECTION, HUB_GATEWAY, PEERING
from s2sguard.model.inventory import Gap, Inventory, Resource
from s2sguard.model.value import Maybe

_REFERENCES = {
    CONNECTION: {"virtualnetworkgateway1": "gateway", "localnetworkgateway2": "site", "virtualnetworkgateway2": "second gateway"},
    PEERING: {"remotevirtualnetwork": "peered network"},
    GATEWAY: {"gatewaydefaultsite": "default site"},
    HUB_CONNECTION: {"remotevpnsite": "site"},
    HUB_GATEWAY: {"virtualhub": "virtual hub"},
    HUB: {"virtualwan": "virtual WAN"},
}
"""Type -> property that refers to another resource -> what that is."""


def gaps_of(inventory: Inventory) -> tuple[Gap, ...]:
    """Return a gap for each missing reference, in the order of the inventory."""
    return tuple(gap for _, gap in ranked_gaps(inventory))


def ranked_gaps(inventory: Inventory) -> Iterator[tuple[int, Gap]]:
    """Yield each gap of `gaps_of` with the rank of its kind.

    Gaps of several shards come into the order of the whole inventory by rank, then by the place of their resource.
    """
    for rank, (resource_type, references) in enumerate(_REFERENCES.items()):
        for resource in inventory.of_type(resource_type):
            yield from ((rank, gap) for gap in _missing(inventory, resource, references))


def _missing(inventory: Inventory, resource: Resource, references: Mapping[str, str]) -> Iterator[Gap]:
    properties = of_resource(resource)
    for name, what in references.items():
        yield from _absent(inventory, resource, what, properties.reference(name))
    if resource.type == GATEWAY:
        yield from _absent(inventory, resource, "network", hub_id(inventory, properties))


def _absent(inventory: Inventory, resource: Resource, what: str, target: Maybe[str]) -> Iterator[Gap]:
    if isinstance(target, str) and target and inventory.get(target) is None:
        reason = f"the {what} it refers to is not in the input: `{target}`"
        yield Gap(kind="missing-reference", reason=reason, source=resource.source, resource=resource.id)
