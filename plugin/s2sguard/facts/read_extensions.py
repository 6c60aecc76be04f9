"""Finding the roads out of a gateway that selectors do not close (S2S-ISO-005; azure.md 4.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from s2sguard.facts.read_networks import hub_id
from s2sguard.facts.reading import Properties, known, of_resource
from s2sguard.model.arm_types import GATEWAY, HUB, HUB_IP_CONFIGURATION, SUBNET
from s2sguard.model.estate import Connection, Extension, ExtensionKind
from s2sguard.model.inventory import Inventory, Resource, fold_id
from s2sguard.model.value import Maybe, Unknown

ROUTE_SERVER_SUBNET = "RouteServerSubnet"
"""Azure takes a Route Server in a subnet of this name only."""

_POOLS = ("addressprefixes", "ipampoolprefixallocations")
_KINDS: Mapping[str, ExtensionKind] = {"Vnet2Vnet": "Vnet2Vnet", "ExpressRoute": "ExpressRoute", "VPNClient": "P2S"}
"""Connection type -> the road it opens."""


@dataclass(frozen=True, slots=True)
class Found:
    """The extensions of one gateway."""

    certain: tuple[Extension, ...]
    doubt: str
    """Why there may be more; empty when there cannot be."""


@dataclass(frozen=True, slots=True)
class RoadDoubts:
    """Why any gateway of an input may have another extension, wherever it is."""

    far_end: str = ""
    express_route: tuple[str, ...] = ()
    """Names of gateways that may be ExpressRoute gateways in any network: the first two, as no gateway doubts itself."""


class ExtensionFinder:
    """Finds extensions; holds what concerns all gateways of the input."""

    def __init__(self, inventory: Inventory, connections: Sequence[Connection], doubts: RoadDoubts | None = None) -> None:
        """Index the roads of an inventory. `doubts` are those of the whole input where this is a shard of it; None works them out."""
        self._inventory = inventory
        self._far_ends, self._far_doubts = _far_ends(inventory, connections)
        self._express_route, doubtful = _express_route_by_hub(inventory)
        self._route_servers = _route_servers_by_hub(inventory)
        anywhere = self._far_doubts.pop("", [])
        found = RoadDoubts(anywhere[0] if anywhere else "", tuple(dict.fromkeys(doubtful))[:2])
        self.doubts = found if doubts is None else doubts

    def find(
        self, resource: Resource, properties: Properties, hub: Maybe[str], connections: Sequence[Connection], incomplete: str
    ) -> Found:
        """Return the extensions of a gateway; `incomplete` says why connections of it may be missing."""
        clients = properties.child("vpnclientconfiguration")
        kinds = [(connection, _KINDS.get(known(connection.connection_type, ""))) for connection in connections]
        found = [Extension(kind=kind, name=connection.name) for connection, kind in kinds if kind]
        found.extend(Extension(kind="Vnet2Vnet", name=name) for name in self._far_ends.get(resource.key, ()))
        if isinstance(clients, Properties) and _has_pool(clients):
            found.append(Extension(kind="P2S", name="point-to-site clients"))
        found.extend(self._beside(resource, hub))
        doubts = (
            incomplete,
            clients.reason if isinstance(clients, Unknown) else "",
            self._hub_doubt(hub),
            *(f"the type of connection {one.name} is unknown" for one in connections if isinstance(one.connection_type, Unknown)),
            *self._far_doubts.get(resource.key, ()),
            self.doubts.far_end,
            *(f"what kind of gateway {name} is, and where, is unknown" for name in self.doubts.express_route if name != resource.name),
        )
        return Found(tuple(found), next((doubt for doubt in doubts if doubt), ""))

    def _beside(self, resource: Resource, hub: Maybe[str]) -> Iterator[Extension]:
        """Yield what shares the gateway's network and can carry routes on."""
        if isinstance(hub, Unknown) or not hub:
            return
        for name in self._express_route.get(fold_id(hub), ()):
            if name != resource.name:
                yield Extension(kind="ExpressRoute", name=name)
        servers = self._route_servers.get(fold_id(hub), ())
        yield from (Extension(kind="RouteServer", name=name) for name in servers)
        if not servers and any(child.name.lower() == ROUTE_SERVER_SUBNET.lower() for child in self._inventory.children(hub, SUBNET)):
            yield Extension(kind="RouteServer", name=ROUTE_SERVER_SUBNET)

    def _hub_doubt(self, hub: Maybe[str]) -> str:
        network = self._inventory.get(hub) if isinstance(hub, str) and hub else None
        if network is not None and not network.existing:
            subnets = of_resource(network).items("subnets")
            return f"the subnets of the gateway's network are unknown: {subnets.reason}" if isinstance(subnets, Unknown) else ""
        return "the gateway's network is not in the input, and may hold a Route Server or an ExpressRoute gateway"


def _has_pool(clients: Properties) -> bool:
    """Say whether point-to-site clients can get addresses: a pool that cannot be read counts."""
    pool = clients.child("vpnclientaddresspool")
    pools = () if pool is None else (pool,) if isinstance(pool, Unknown) else (pool.items(name) for name in _POOLS)
    # Each of these connection configurations has a pool of its own.
    return any(found != () for found in (clients.items("vngclientconnectionconfigurations"), *pools))


def _far_ends(inventory: Inventory, connections: Sequence[Connection]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return, per folded gateway id, the VNet-to-VNet connections that name it as their second gateway, and those that may.

    Under the empty id: reasons why any gateway may be such a second one.
    """
    found: dict[str, list[str]] = defaultdict(list)
    doubts: dict[str, list[str]] = defaultdict(list)
    for connection in connections:
        unsure = isinstance(connection.connection_type, Unknown)
        if unsure or connection.connection_type == "Vnet2Vnet":
            resource = inventory.get(connection.id)
            far = of_resource(resource).reference("virtualnetworkgateway2") if resource else ""
            key = "" if isinstance(far, Unknown) else fold_id(far)
            if unsure or not key:
                doubts[key] += [f"connection {connection.name} may be a VNet-to-VNet connection that ends here"] if far else []
            else:
                found[key].append(connection.name)
    return found, doubts


def _express_route_by_hub(inventory: Inventory) -> tuple[dict[str, list[str]], list[str]]:
    """Return, per folded network id, the names of the ExpressRoute gateways in it, and of those that may be in any network."""
    found: dict[str, list[str]] = defaultdict(list)
    doubtful: list[str] = []
    for resource in inventory.of_type(GATEWAY):
        properties = of_resource(resource)
        kind = properties.text("gatewaytype")
        if isinstance(kind, Unknown) or kind.lower() == "expressroute":
            hub = hub_id(inventory, properties)
            if isinstance(kind, Unknown) or isinstance(hub, Unknown):
                doubtful.append(resource.name)
            elif hub:
                found[fold_id(hub)].append(resource.name)
    return found, doubtful


def _route_servers_by_hub(inventory: Inventory) -> dict[str, list[str]]:
    """Return, per folded network id, the names of its Route Servers: virtual hubs with an IP configuration in a subnet."""
    found: dict[str, list[str]] = defaultdict(list)
    for server in inventory.of_type(HUB):
        children = [{"properties": child.properties} for child in inventory.children(server.id, HUB_IP_CONFIGURATION)]
        for properties in (of_resource(server), Properties({"ipConfigurations": children})):
            network = hub_id(inventory, properties)
            if isinstance(network, str) and network and server.name not in found[fold_id(network)]:
                found[fold_id(network)].append(server.name)
    return found
