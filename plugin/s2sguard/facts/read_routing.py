"""Reading what decides the way between a gateway and its workloads: subnets, route tables, peerings, firewalls (azure.md 1.4 to 1.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from s2sguard.facts.read_networks import hub_id, remote_space, vnet_of
from s2sguard.facts.reading import Properties, body, known, of_resource, prefixes, space
from s2sguard.model.address import AddressSet, union
from s2sguard.model.arm_types import FIREWALL, PEERING, ROUTE, ROUTE_TABLE, SUBNET
from s2sguard.model.estate import Network, Prefixes
from s2sguard.model.inventory import Inventory, Resource, fold_id
from s2sguard.model.routing import Firewall, Peer, RoutedNetwork, RouteTable, Routing, Subnet, UserRoute
from s2sguard.model.value import Maybe, Unknown

GATEWAY_SUBNET = "GatewaySubnet"
"""Azure takes a gateway in a subnet of this name only (azure.md 1.4)."""
_SERVICES = frozenset({"gatewaysubnet", "azurefirewallmanagementsubnet", "azurebastionsubnet", "routeserversubnet"})
"""Subnets that Azure keeps for services that pass no packets on; the one of a firewall may have a firewall the input lacks."""
_ONLY_REFERRED = "subnets of it may be managed elsewhere"


class RoutingReader:
    """Reads the routing of gateways; holds the firewalls of the input by the network they stand in."""

    def __init__(self, inventory: Inventory, *, complete: bool) -> None:
        """Take the inventory; `complete` says that nothing of what it holds in part is managed elsewhere."""
        self._inventory = inventory
        self._complete = complete
        self._firewalls: dict[str, list[Firewall]] = defaultdict(list)
        for resource in inventory.nearby(FIREWALL):
            firewall, networks = self._firewall(resource)
            for key in networks:
                self._firewalls[key].append(firewall)

    def _firewall(self, resource: Resource) -> tuple[Firewall, list[str]]:
        """Return a firewall, and the folded ids of the networks it stands in; none for one in a virtual hub."""
        configurations = of_resource(resource).items("ipconfigurations")
        address: Maybe[str] = ""
        subnets: list[str] = []
        for one in () if isinstance(configurations, Unknown) else configurations:
            inner = body(one)
            if isinstance(inner, Unknown):
                continue
            # Only the first configuration has a private address and a subnet (Microsoft Learn, template reference of azureFirewalls).
            address = address or inner.text("privateipaddress")
            subnet = inner.reference("subnet")
            subnets += [subnet] if isinstance(subnet, str) and subnet else []
        networks = [fold_id(found) for one in subnets if isinstance(found := self._network_of(one), str)]
        stands_in = frozenset(map(fold_id, subnets))
        return Firewall(id=resource.id, name=resource.name, address=address, stands_in=stands_in), networks

    def _network_of(self, subnet: str) -> Maybe[str]:
        found = self._inventory.get(subnet)
        return found.parent if found is not None and found.parent else vnet_of(subnet)

    def read(self, gateway: Properties, networks: Sequence[Network]) -> Maybe[Routing | None]:
        """Return the routing of a gateway; None where its networks are read, and hold neither a route table nor a firewall.

        `networks` are the gateway's, its own one first.
        """
        hub = hub_id(self._inventory, gateway)
        if isinstance(hub, Unknown):
            return hub
        network = self._inventory.get(hub) if hub else None
        if network is None:
            return Unknown("the gateway's network is not in the input")
        found = self._routing(network, networks)
        if isinstance(found, Unknown) or self._concerns(network, found):
            return found
        table = found.gateway_subnet.table
        return table if isinstance(table, Unknown) else None

    def _routing(self, hub: Resource, networks: Sequence[Network]) -> Maybe[Routing]:
        subnet = next((one for one in self._inventory.children(hub.id, SUBNET) if one.name.lower() == GATEWAY_SUBNET.lower()), None)
        if subnet is None:
            return Unknown("the gateway's subnet is not in the input")
        peers = tuple(self._peers(hub, hub))
        own = space(of_resource(hub).child("addressspace"))
        spaces = [own if isinstance(own, Unknown) else own.addresses, *(_addresses(peer.prefixes) for peer in peers)]
        return Routing(
            gateway_subnet=self._subnet(subnet),
            networks=tuple(self._network(hub, one) for one in networks if one.uses_gateway is not False),
            firewalls=tuple(self._standing(hub)),
            neighbours=union(one for one in spaces if not isinstance(one, Unknown)),
            neighbours_doubt=next((one.reason for one in spaces if isinstance(one, Unknown)), ""),
            no_host=tuple(found for one in (hub, *self._next_to(hub)) for found in self._no_host(one)),
        )

    def _next_to(self, hub: Resource) -> Iterator[Resource]:
        found = (self._inventory.get(remote) for _, remote in self._remotes(hub))
        yield from (one for one in found if one is not None)

    def _no_host(self, network: Resource) -> Iterator[tuple[AddressSet, str]]:
        """Yield the subnets of a network that Azure keeps for itself, and what is in no subnet, if all of them are known."""
        subnets = [(one.name, _range(one)) for one in self._inventory.children(network.id, SUBNET)]
        known_ones = [(name, found) for name, found in subnets if isinstance(found, AddressSet)]
        yield from ((found, f"in {name} of {network.name}") for name, found in known_ones if name.lower() in _SERVICES)
        own = space(of_resource(network).child("addressspace"))
        if isinstance(own, Unknown) or len(known_ones) < len(subnets) or self._subnets_doubt(network, some=bool(subnets)):
            return
        yield own.addresses - union(found for _, found in known_ones), f"in no subnet of {network.name}"

    def _concerns(self, hub: Resource, routing: Routing) -> bool:
        """Say whether the input holds a firewall or a route table for the gateway's network or one that is peered with it."""
        if routing.firewalls:
            return True
        keys = [hub.key, *(fold_id(remote) for _, remote in self._remotes(hub))]
        subnets = (of_resource(one) for key in keys for one in self._inventory.children(key, SUBNET))
        return any(isinstance(table := one.reference("routetable"), str) and table for one in subnets)

    def _standing(self, hub: Resource) -> Iterator[Firewall]:
        keys = dict.fromkeys([hub.key, *(fold_id(remote) for _, remote in self._remotes(hub))])
        yield from {one.id: one for key in keys for one in self._firewalls.get(key, ())}.values()

    def _remotes(self, network: Resource) -> Iterator[tuple[Properties, str]]:
        for peering in self._inventory.children(network.id, PEERING):
            properties = of_resource(peering)
            remote = properties.reference("remotevirtualnetwork")
            if isinstance(remote, str) and remote and known(properties.text("peeringstate"), "").lower() != "disconnected":
                yield properties, remote

    def _peers(self, network: Resource, hub: Resource) -> Iterator[Peer]:
        """Yield a network's peers. Only the gateway's own network, and the peers of that, are looked up: a shard holds no others."""
        for properties, remote in self._remotes(network):
            key = fold_id(remote)
            resource = self._inventory.get(remote) if network is hub or key == hub.key else None
            yield Peer(name=remote.rsplit("/", 1)[-1], prefixes=_peered(properties, resource))

    def _network(self, hub: Resource, network: Network) -> RoutedNetwork:
        resource = self._inventory.get(network.id) if network.id else None
        if resource is None:
            reason = network.addresses.reason if isinstance(network.addresses, Unknown) else "a peered network is not in the input"
            return RoutedNetwork(
                id=fold_id(network.id or network.name),
                name=network.name,
                prefixes=network.addresses if isinstance(network.addresses, Unknown) else tuple(network.addresses.texts()),
                uses_gateway=network.uses_gateway,
                subnets=(),
                subnets_doubt=reason,
                peers=(),
            )
        subnets = tuple(self._subnet(one) for one in self._inventory.children(resource.id, SUBNET))
        return RoutedNetwork(
            id=resource.key,
            name=network.name,
            prefixes=_texts(space(of_resource(resource).child("addressspace"))),
            uses_gateway=network.uses_gateway,
            subnets=subnets,
            subnets_doubt=self._subnets_doubt(resource, some=bool(subnets)),
            peers=tuple(self._peers(resource, hub)),
        )

    def _subnets_doubt(self, network: Resource, *, some: bool) -> str:
        written = of_resource(network).items("subnets")
        if isinstance(written, Unknown):
            return f"the subnets of {network.name} are unknown: {written.reason}"
        if network.existing or not (network.whole or self._complete):
            return _ONLY_REFERRED
        return "" if some else f"the subnets of {network.name} are not in the input"

    def _subnet(self, resource: Resource) -> Subnet:
        table = self._table(resource, of_resource(resource))
        return Subnet(id=resource.id, name=resource.name, addresses=_range(resource), table=table)

    def _table(self, subnet: Resource, properties: Properties) -> Maybe[RouteTable | None]:
        reference = properties.reference("routetable")
        if isinstance(reference, Unknown):
            return Unknown(f"the route table of subnet {subnet.name} is unknown: {reference.reason}")
        if not reference:
            doubtful = subnet.existing or not (subnet.whole or self._complete)
            return Unknown(f"the route table of subnet {subnet.name} may be managed elsewhere") if doubtful else None
        name = reference.rstrip("/").rsplit("/", 1)[-1]
        table = self._inventory.get(reference)
        if table is None or table.existing or table.type != ROUTE_TABLE:
            absent = Unknown(f"route table {name} is {'only referred to' if table is not None and table.existing else 'not in the input'}")
            return RouteTable(id=reference, name=name, routes=absent, propagates=absent, peering_routes=absent)
        return self._read_table(table)

    def _read_table(self, resource: Resource) -> RouteTable:
        properties = of_resource(resource)
        disabled = properties.flag("disablebgproutepropagation")
        inline = properties.items("routes")
        routes = tuple(_route(one) for one in self._inventory.children(resource.id, ROUTE))
        peering = properties.text("disablepeeringroute", "None")
        return RouteTable(
            id=resource.id,
            name=resource.name,
            routes=Unknown(f"the routes of {resource.name} are unknown: {inline.reason}") if isinstance(inline, Unknown) else routes,
            propagates=_of(resource, disabled) if isinstance(disabled, Unknown) else not disabled,
            peering_routes=_of(resource, peering) if isinstance(peering, Unknown) else peering.lower() == "none",
        )


def _range(subnet: Resource) -> Maybe[AddressSet]:
    properties = of_resource(subnet)
    one, several = properties.text("addressprefix"), properties.items("addressprefixes")
    written = several if isinstance(several, Unknown) or several else ((one,) if one else ())
    found = prefixes(written)
    if isinstance(found, Unknown):
        return found
    return found.addresses if found.texts else Unknown(f"the range of subnet {subnet.name} is not in the input")


def _of(table: Resource, value: Unknown) -> Unknown:
    return Unknown(f"whether {table.name} takes routes of the gateway or of peerings is unknown: {value.reason}")


def _route(resource: Resource) -> UserRoute:
    properties = of_resource(resource)
    return UserRoute(
        name=resource.name,
        prefix=properties.text("addressprefix"),
        hop_type=properties.text("nexthoptype"),
        hop_address=properties.text("nexthopipaddress"),
    )


def _peered(peering: Properties, remote: Resource | None) -> Maybe[tuple[str, ...]]:
    if peering.flag("peercompletevnets", default=True) is not True:
        return Unknown("only parts of two networks are peered")
    if remote is None:
        return _texts(remote_space(peering))
    return _texts(space(of_resource(remote).child("addressspace")))


def _texts(found: Maybe[Prefixes]) -> Maybe[tuple[str, ...]]:
    return found if isinstance(found, Unknown) else found.texts


def _addresses(texts: Maybe[tuple[str, ...]]) -> Maybe[AddressSet]:
    found = prefixes(texts)
    return found if isinstance(found, Unknown) else found.addresses
