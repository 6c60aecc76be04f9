"""The networks behind a gateway: its hub VNet, and the spokes that use the gateway's transit."""

from __future__ import annotations

from collections.abc import Iterator

from s2sguard.facts.reading import Properties, body, known, of_resource, prefixes, space
from s2sguard.model.address import AddressSet
from s2sguard.model.arm_types import PEERING
from s2sguard.model.estate import Network, Prefixes
from s2sguard.model.inventory import Inventory, Resource, fold_id
from s2sguard.model.value import Maybe, Unknown


def hub_id(inventory: Inventory, gateway: Properties) -> Maybe[str]:
    """Return the id of the VNet the gateway stands in, from the subnet of its first IP configuration; empty if it has none."""
    configurations = gateway.items("ipconfigurations")
    if isinstance(configurations, Unknown):
        return configurations
    for configuration in configurations:
        properties = body(configuration)
        subnet = properties if isinstance(properties, Unknown) else properties.reference("subnet")
        if isinstance(subnet, Unknown):
            return subnet
        if subnet:
            found = inventory.get(subnet)
            return found.parent if found is not None and found.parent else vnet_of(subnet)
    return ""


def vnet_of(subnet_id: str) -> Maybe[str]:
    """Return the id of a subnet's network by the text of its id; unknown where that is no subnet's."""
    head, found, _ = subnet_id.lower().partition("/subnets/")
    return subnet_id[: len(head)] if found else Unknown("the gateway's subnet is not in the input")


def networks_of(inventory: Inventory, hub: Maybe[str]) -> tuple[Network, ...]:
    """Return the hub and its spokes. What cannot be read is a network with unknown addresses, never left out."""
    if isinstance(hub, Unknown):
        return (Network(id="", name="hub network", addresses=hub, uses_gateway=True),)
    if not hub:
        reason = Unknown("the gateway has no IP configuration in the input")
        return (Network(id="", name="hub network", addresses=reason, uses_gateway=True),)
    resource = inventory.get(hub)
    if resource is None:
        reason = Unknown("the gateway's network is not in the input")
        return (Network(id=hub, name=hub.rsplit("/", 1)[-1], addresses=reason, uses_gateway=True),)
    networks = [Network(id=resource.id, name=resource.name, addresses=_space(resource), uses_gateway=True)]
    networks.extend(_spokes(inventory, resource))
    peerings = of_resource(resource).items("virtualnetworkpeerings")
    if resource.existing or isinstance(peerings, Unknown):
        reason = peerings if isinstance(peerings, Unknown) else Unknown("the network is only referred to: peerings may exist")
        networks.append(Network(id="", name="other spokes", addresses=reason, uses_gateway=reason))
    return tuple(networks)


def _space(vnet: Resource) -> Maybe[AddressSet]:
    found = space(of_resource(vnet).child("addressspace"))
    return found if isinstance(found, Unknown) else found.addresses


def _spokes(inventory: Inventory, hub: Resource) -> Iterator[Network]:
    for peering in inventory.children(hub.id, PEERING):
        properties = of_resource(peering)
        remote = properties.reference("remotevirtualnetwork")
        offered = properties.flag("allowgatewaytransit")
        if offered is False or known(properties.text("peeringstate"), "").lower() == "disconnected":
            continue
        if isinstance(remote, Unknown) or not remote:
            reason = remote if isinstance(remote, Unknown) else Unknown("a peering names no remote network")
            yield Network(id="", name=f"peer of {peering.name}", addresses=reason, uses_gateway=offered)
            continue
        yield _spoke(inventory, hub, properties, remote, offered)


def _spoke(inventory: Inventory, hub: Resource, peering: Properties, remote: str, offered: Maybe[bool]) -> Network:
    spoke = inventory.get(remote)
    if spoke is None:
        return Network(id=remote, name=remote.rsplit("/", 1)[-1], addresses=_remote_addresses(peering), uses_gateway=_SPOKE_ABSENT)
    used = _uses_remote_gateway(inventory, hub, spoke)
    return Network(id=spoke.id, name=spoke.name, addresses=_space(spoke), uses_gateway=offered if used is True else used)


_SPOKE_ABSENT = Unknown("a peered network is not in the input")


def remote_space(peering: Properties) -> Maybe[Prefixes]:
    """Return the peer's prefixes as a peering knows them (azure.md 1.4: current name first, then the older one)."""
    for name in ("remotevirtualnetworkaddressspace", "remoteaddressspace"):
        space = peering.child(name)
        if isinstance(space, Properties):
            return prefixes(space.items("addressprefixes"))
    return _SPOKE_ABSENT


def _remote_addresses(peering: Properties) -> Maybe[AddressSet]:
    found = remote_space(peering)
    return found if isinstance(found, Unknown) else found.addresses


def _uses_remote_gateway(inventory: Inventory, hub: Resource, spoke: Resource) -> Maybe[bool]:
    for peering in inventory.children(spoke.id, PEERING):
        properties = of_resource(peering)
        remote = properties.reference("remotevirtualnetwork")
        if isinstance(remote, Unknown) or fold_id(remote) == hub.key:
            return properties.flag("useremotegateways") if not isinstance(remote, Unknown) else remote
    # A spoke whose side of the peering is not in the input might use the gateway; one read in full without a peering does not.
    return Unknown("the spoke's side of the peering is not in the input")
